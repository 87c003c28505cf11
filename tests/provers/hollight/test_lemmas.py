"""Theorems that HOL Light proves on the way without naming them: recorded, and gated like the named ones."""

from __future__ import annotations

from collections import defaultdict

import pyarrow.parquet as pq
import pytest

from aitp_gym.proof import Failure, Proof, ProofStep, Subgoals, Theorem
from aitp_gym.provers.hollight.build import locate
from aitp_gym.provers.hollight.library import HolLightTheoremRow, known, lemma_rows, theorem_rows
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.provers.hollight.sources import HolLightSources

# From the theorem database that DeepHOL publishes (theorem_database_v1.1), which has them without names too.
PUBLISHED = {
    3158068480668451995: "(a <=> b) <=> (a ==> b) /\\ (b ==> a)",
    1614621365684229417: "(p ==> q) /\\ p ==> p /\\ q",
    3610682436757136007: "0 divides n <=> n = 0",
}


@pytest.fixture(scope="module")
def named(hollight) -> dict[int, list[HolLightTheoremRow]]:
    """The theorems with a name at each position."""
    found = defaultdict(list)
    for row in theorem_rows():
        found[row.position].append(row)
    return found


def attempt(prover: HolLight, row: HolLightTheoremRow, tactic: str, position: int | None = None):
    session = prover.start(Theorem(row.name, row.statement, "hollight", position=position or row.position))
    try:
        (outcome,) = session.apply(session.root, [tactic], 2.0)
    finally:
        session.close()
    return outcome


def is_forbidden(outcome: object) -> bool:
    return isinstance(outcome, Failure) and outcome.kind == "forbidden"


def test_lemmas_are_in_the_order_of_the_sources_and_named_by_their_fingerprints(hollight):
    rows = lemma_rows()
    assert [(row.position, row.name) for row in rows] == sorted((row.position, row.name) for row in rows)
    assert all(row.name == str(row.fingerprint) for row in rows)
    assert len({row.fingerprint for row in rows}) == len(rows)
    files = list(HolLightSources.find().files)
    assert [files.index(row.file) for row in rows] == sorted(files.index(row.file) for row in rows)
    assert {row.kind for row in rows} == {"theorem", "definition"}


def test_lemmas_of_the_published_database_are_there(hollight):
    pretty = {row.fingerprint: row.pretty for row in lemma_rows()}
    assert {fingerprint: pretty[fingerprint] for fingerprint in PUBLISHED} == PUBLISHED


def test_the_kind_of_a_lemma_is_that_of_the_rule_that_made_it(hollight, named):
    kinds = {row.fingerprint: row.kind for row in lemma_rows()}
    assert {kinds[fingerprint] for fingerprint in PUBLISHED} == {"theorem"}
    # What a definition rests on, in the same phrase, is proved.
    inside = [row for row in lemma_rows() if any(other.kind == "definition" for other in named[row.position])]
    assert {row.kind for row in inside} == {"theorem", "definition"}


def test_a_fingerprint_stands_for_the_earliest_theorem_that_has_it(hollight):
    rows = (*theorem_rows(), *lemma_rows())
    found = known()
    assert found.keys() == {row.fingerprint for row in rows}
    for row in rows:
        assert found[row.fingerprint].position <= row.position
    named = {row.fingerprint for row in theorem_rows()}
    before = [row for row in lemma_rows() if row.fingerprint in named]
    assert before, "at least one theorem is proved before it gets its name"
    assert all(found[row.fingerprint] is row for row in before)


def test_the_server_agrees_on_the_earliest(hollight):
    """One position earlier the fingerprint is forbidden, and at the next it is not."""
    for row in list(known().values())[::80]:
        goal = row if not row.hypotheses else theorem_rows()[0]
        tactic = f"ASSUME_TAC THM {row.fingerprint}"
        holist = HolLight(context="holist")
        assert is_forbidden(attempt(holist, goal, tactic, row.position)), row
        assert isinstance(attempt(holist, goal, tactic, row.position + 1), Subgoals), row


def test_a_theorem_cannot_use_the_lemmas_of_its_own_phrase(hollight, named):
    pairs = [(lemma, row) for lemma in lemma_rows() for row in named[lemma.position] if row.hypotheses == 0]
    assert len(pairs) > 200
    contexts = (hollight, HolLight(context="holist"))
    for lemma, row in pairs[::15]:
        tactic = f"MP_TAC THM {lemma.name}"
        for prover in contexts:
            assert is_forbidden(attempt(prover, row, tactic)), (lemma.name, row.name)
        if row.position > 530:  # MP_TAC itself
            assert isinstance(attempt(hollight, row, tactic, row.position + 1), Subgoals), (lemma.name, row.name)
        theorem = Theorem(row.name, row.statement, "hollight", position=row.position)
        verdict = hollight.check(theorem, Proof((ProofStep(tactic, "", ()),)), 5.0)
        assert verdict.status == "refused"
        assert "comes later in the library" in verdict.reason


def test_a_lemma_proves_what_it_says(hollight):
    for row in [row for row in lemma_rows() if row.hypotheses == 0][::100]:
        theorem = hollight.parse(row.statement)
        assert theorem.name == f"statement-{row.fingerprint}"
        proof = Proof((ProofStep(f"ACCEPT_TAC THM {row.name}", "", ()),))
        assert hollight.check(theorem, proof, 5.0).accepted, row


def test_lemmas_are_stored_beside_the_build(hollight):
    rows = lemma_rows()
    table = pq.read_table(locate().directory / "lemmas.parquet")
    assert table["name"].to_pylist() == [row.name for row in rows]
    assert table["statement"].to_pylist() == [row.statement for row in rows]
    # The premises of the environment are the named theorems, as ever.
    assert len(hollight.library.entries) == len(theorem_rows())

"""Every prover: text that cannot be sent is refused with its place, and pasted text with a hint."""

from __future__ import annotations

import pytest

from aitp_gym.errors import BadInput, StatementError
from aitp_gym.proof import Failure, Proof, ProofStep, Subgoals, Theorem
from aitp_gym.theorems.files import read_theorems

# By the name of its fixture: a statement of the prover and a tactic that does something to it.
PROVERS = {
    "propositional": ("A -> A", "intro"),
    "hollight": ("!x. x = x", "GEN_TAC"),
    "hol4": ("!x. x = x", "gen_tac"),
    "lean": ("∀ n : Nat, n = n", "intro n"),
}
UNSENDABLE = dict(
    zip(("\udce9", "\udfff", "\0", "\ufeff", "\r"), ("byte 0xE9", "surrogate", "NUL", "mark", "carriage"), strict=True)
)


@pytest.fixture(scope="module", params=PROVERS)
def known(request):
    if request.param == "propositional":
        from aitp_gym.provers.propositional.prover import PropositionalProver

        prover = PropositionalProver()
    else:
        prover = request.getfixturevalue(request.param)
    return prover, *PROVERS[request.param]


@pytest.mark.parametrize("bad", UNSENDABLE)
def test_a_statement_that_cannot_be_sent_is_refused_with_place_and_reason(known, bad):
    prover, statement, _ = known
    for text, place in ((bad + statement, "character 1 is"), (f"{statement}\n{bad} ", "character 1 of line 2 is")):
        with pytest.raises(StatementError, match=place) as refused:
            prover.parse(text)
        assert UNSENDABLE[bad] in str(refused.value)


def test_a_tactic_that_cannot_be_sent_is_a_parse_failure_and_its_neighbours_are_answered(known):
    prover, statement, tactic = known
    session = prover.start(prover.parse(statement))
    bad = [tactic + text for text in UNSENDABLE]
    outcomes = session.apply(session.root, [tactic, *bad, tactic, tactic], 5.0)
    session.close()
    kinds = [outcome.kind if isinstance(outcome, Failure) else "subgoals" for outcome in outcomes]
    assert kinds == ["subgoals", *("parse" for _ in bad), "subgoals", "subgoals"]
    for outcome, reason in zip(outcomes[1:], UNSENDABLE.values(), strict=False):
        assert reason in outcome.message
    assert isinstance(outcomes[-1], Subgoals)


def test_a_proof_that_cannot_be_sent_is_refused_with_its_step(known):
    prover, statement, tactic = known
    theorem = prover.parse(statement)
    for bad, reason in UNSENDABLE.items():
        steps = (ProofStep(tactic, theorem.statement, (1,)), ProofStep(tactic + bad, "", ()))
        verdict = prover.check(theorem, Proof(steps), 20.0)
        assert (verdict.status, verdict.step) == ("refused", 1)
        assert reason in verdict.reason


def test_a_theorem_from_elsewhere_is_refused_too(known):
    prover, statement, _ = known
    theorem = prover.parse(statement)
    with pytest.raises(StatementError):
        prover.start(Theorem("t", theorem.statement + "\udce9", prover.name)).close()


def test_a_goal_from_elsewhere_is_refused_too(known):
    from aitp_gym.proof import Goal

    prover, statement, tactic = known
    session = prover.start(prover.parse(statement))
    with pytest.raises(BadInput):
        session.apply(Goal.single("x\ud800"), [tactic], 5.0)
    session.close()


@pytest.mark.parametrize("suffix", [".txt", ".jsonl"])
def test_a_file_of_statements_may_have_a_mark_and_windows_lines_but_no_stray_ones(known, tmp_path, suffix):
    import json

    prover, statement, _ = known
    path = tmp_path / f"mine{suffix}"
    line = statement if suffix == ".txt" else json.dumps({"statement": statement}, ensure_ascii=False)
    path.write_bytes(f"\ufeff{line}\r\n{line}\n".encode())
    theorems = read_theorems(path, prover.parse)
    assert [theorem.statement for theorem in theorems] == [prover.parse(statement).statement] * 2
    path.write_bytes(f"{line}\r{line}\n".encode())
    with pytest.raises(BadInput, match=r"line 1: character .* is a carriage return"):
        read_theorems(path, prover.parse)
    path.write_bytes(f"{line}\n{line} \udce9".encode(errors="surrogateescape"))
    with pytest.raises(BadInput, match="line 2 is 0xE9"):
        read_theorems(path, prover.parse)


def test_json_statements_and_names_are_refused_with_their_line(propositional, tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"statement": "A -> A"}\n{"statement": "\\ud800x. x = 0"}\n')
    with pytest.raises(StatementError, match=r"line 2: .*character 1 is U\+D800"):
        read_theorems(path, propositional.parse)
    path.write_text('{"statement": "A -> A", "name": "a\\udfff"}\n')
    with pytest.raises(BadInput, match=r"line 1: `name` .*character 2 is U\+DFFF"):
        read_theorems(path, propositional.parse)


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("hollight", "`!x. x = x`", "Leave out the quotation marks"),
        ("hollight", "!x. x = x;;", "Leave out the `;;`"),
        ("hollight", "∀x. x = x ⇒ T", "writes `!` for `∀`, `==>` for `⇒`"),
        ("hollight", "“!x. x = x”", "Leave out the quotation marks"),
        ("hollight", "|- !x. x = x", "Leave out the `|-`"),
        ("hol4", "“!x. x = x”", "Leave out the quotation marks"),
        ("hol4", "‘!x. x = x’", "Leave out the quotation marks"),
        ("hol4", "``!x. x = x``", "Leave out the quotation marks"),
        ("hol4", "p ↔ p", "`⇔` for `↔`"),
        ("lean", "`∀ n : Nat, n = n`", "Leave out the quotation marks"),
        ("lean", "!n. n = n", "`∀` for `!`"),
        ("lean", "∀ n : Nat, n = n ==> n = n", "`→` for `==>`"),
        ("propositional", "`A -> A`", "Leave out the quotation marks"),
        ("propositional", "A ==> A;;", "Leave out the `;;` at the end. Propositional writes `->` for `==>`"),
    ],
)
def test_pasted_text_is_refused_with_what_to_change(request, name, text, hint):
    with pytest.raises(StatementError) as refused:
        request.getfixturevalue(name).parse(text)
    assert hint in str(refused.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hollight", "(a /\\ b) ==> (b /\\ a)"),
        ("hollight", "(a (b:num)) ==> a b"),
        ("hollight", "(l (v x)) ==> (l (v x))"),
        ("hollight", "(c x y) ==> (c x y)"),
        ("hol4", "(a /\\ b) ==> (b /\\ a)"),
        ("hol4", "(a (b:num)) ==> a b"),
        ("hol4", "(v (x:bool)) ==> (v x)"),
    ],
)
def test_a_statement_in_parentheses_is_in_the_provers_notation_unless_it_is_a_whole_s_expression(request, name, text):
    prover = request.getfixturevalue(name)
    theorem = prover.parse(text)
    assert prover.parse(theorem.statement).statement == theorem.statement
    with pytest.raises(StatementError):
        prover.parse(theorem.statement[:-1])


def test_terms_of_tactics_are_read_by_their_shape_too(hollight):
    session = hollight.start(hollight.parse("?x. x <=> T"))
    exists, whole, both = session.apply(
        session.root,
        ["EXISTS_TAC `(a /\\ b) ==> (a /\\ b)`", "EXISTS_TAC `(c (bool) T)`", "EXISTS_TAC `(c (bool) Nope)`"],
        5.0,
    )
    session.close()
    assert isinstance(exists, Subgoals)
    assert isinstance(whole, Subgoals)
    assert both.kind == "parse"
    assert "bad S-expression" in both.message

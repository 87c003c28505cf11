"""The theorem database: read once, kept as Parquet, matched with the running HOL Light and never believed."""

from __future__ import annotations

import lzma
from collections import Counter

import gymnasium
import pytest
from typer.testing import CliRunner

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.cli.app import app
from aitp_gym.errors import BadInput
from aitp_gym.provers.hollight.holist import database as module
from aitp_gym.provers.hollight.holist.database import Database, import_database
from aitp_gym.provers.hollight.holist.premises import DatabaseLibrary
from aitp_gym.provers.hollight.holist.proto import proof_assistant_pb2 as pb
from aitp_gym.provers.hollight.library import known
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.theorems import load

from .conftest import block


def test_entries_are_read_as_they_were_written(database, entries):
    assert [e.fingerprint for e in database.entries] == [e.fingerprint for e in entries]
    assert [e.conclusion for e in database.entries] == [e.conclusion for e in entries]
    assert [e.index for e in database.entries] == list(range(len(entries)))
    first = database.entries[0]
    assert (first.kind, first.split, first.corpora) == ("theorem", "valid", ("core",))
    assert first.file.endswith(".ml")
    assert {e.split for e in database.corpus("core")} == {"train", "valid"}


def test_a_compressed_file_reads_the_same(database, database_file, tmp_path):
    packed = tmp_path / "database.textpb.xz"
    packed.write_bytes(lzma.compress(database_file.read_bytes()))
    assert Database.load(packed).entries == database.entries


def test_the_second_load_does_not_read_the_text_again(database, database_file, monkeypatch):
    module._load.cache_clear()
    monkeypatch.setattr(module, "_read", lambda path: pytest.fail("the text was read again"))
    assert Database.load(database_file).entries == database.entries


def test_a_damaged_cache_is_made_again(database, cache, database_file):
    (parquet,) = cache.glob("*.parquet")
    parquet.write_bytes(parquet.read_bytes()[:100])
    module._load.cache_clear()
    assert Database.load(database_file).entries == database.entries


def test_the_command_imports_and_counts(cache, database_file, entries):
    result = CliRunner().invoke(app, ["import", "holist-database", str(database_file)])
    assert result.exit_code == 0, result.output
    counts = f"{len(entries)} entries ({len(entries) - 1} core, 1 complex, 0 flyspeck)"
    assert counts in " ".join(result.output.split())
    assert [e.fingerprint for e in Database.load().entries] == [e.fingerprint for e in entries]


def test_an_imported_database_is_found_without_a_path(cache, database_file, monkeypatch):
    with pytest.raises(BadInput, match="aitp import holist-database FILE"):
        Database.load()
    imported = import_database(database_file)
    assert Database.load().digest == imported.digest
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(database_file.with_name("nowhere")))
    with pytest.raises(BadInput, match="nowhere"):
        Database.load()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[: len(text) // 2], "does not end|expected a message"),
        (lambda text: text.replace("tag: THEOREM", "tag: 17", 1), "line 1: expected a message Theorem"),
        (lambda text: text.replace("fingerprint:", "goal_fingerprint:", 1), "entry 0: expected"),
        (lambda text: text.replace("theorems {", "lemmas {", 1), "expected `theorems {`, found `lemmas {`"),
    ],
)
def test_a_damaged_file_is_named_and_leaves_nothing_behind(cache, database_file, tmp_path, damage, message):
    file = tmp_path / "damaged.textpb"
    file.write_text(damage(database_file.read_text()))
    with pytest.raises(BadInput, match=message):
        Database.load(file)
    assert list(cache.glob("*.parquet")) == []


def test_a_cut_off_archive_is_damaged(cache, database_file, tmp_path):
    file = tmp_path / "cut.textpb.xz"
    file.write_bytes(lzma.compress(database_file.read_bytes())[:-30])
    with pytest.raises(BadInput, match="damaged"):
        Database.load(file)


def test_what_hol_light_lacks_is_listed_and_not_offered(hollight, database):
    library = DatabaseLibrary(database, known())
    assert [entry.conclusion.count("nowhere_defined") for entry in library.missing] == [1]
    names = [premise.name for premise in library.library.entries]
    assert names == [str(e.fingerprint) for e in database.entries if "complex" not in e.corpora]


def test_premises_come_before_the_theorem_in_the_database(hollight, database_file, cache, monkeypatch):
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(database_file))
    theorems = load("holist-db-core")
    prover = HolLight(premises="database")
    for place, theorem in enumerate(theorems):
        names = [premise.name for premise in prover.premises(theorem)]
        assert names == [earlier.name for earlier in theorems.theorems[:place]]
    assert prover.versions["holist_database"] == Database.load().digest
    assert len(prover.premises(hollight.parse("T"))) == len(theorems)


def test_premises_also_come_before_the_theorem_in_the_sources(hollight, entries, cache, tmp_path, monkeypatch):
    # In a database that lists the library backwards, all that is earlier there is later in the sources.
    file = tmp_path / "backwards.textpb"
    file.write_text("".join(map(block, reversed(entries))), encoding="utf-8")
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(file))
    prover = HolLight(premises="database")
    theorems = load("holist-db-core")
    positions = [theorem.position for theorem in theorems]
    assert positions == sorted(positions, reverse=True)
    assert [len(prover.premises(theorem)) for theorem in theorems] == [0] * len(theorems)


def test_splits_are_the_published_ones_and_definitions_are_no_goals(hollight, entries, cache, tmp_path, monkeypatch):
    rows = known()
    defined = next(row for row in rows.values() if row.kind == "definition" and row.hypotheses == 0)
    definition = pb.Theorem(
        conclusion=defined.statement, tag=pb.Theorem.DEFINITION, fingerprint=defined.fingerprint, library_tag=["core"]
    )
    tested = pb.Theorem()
    tested.CopyFrom(entries[0])
    tested.training_split = pb.Theorem.TESTING
    file = tmp_path / "database.textpb"
    file.write_text("".join(map(block, [definition, tested, *entries[1:]])), encoding="utf-8")
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(file))
    first = Database.load().entries[0]
    assert (first.kind, first.split) == ("definition", "")
    assert pb.Theorem.FromString(first.message) == definition
    theorems = load("holist-db-core").theorems
    assert theorems[0].name == str(tested.fingerprint)
    assert theorems[0].split == "test"
    assert theorems[0].position == rows[tested.fingerprint].position
    assert str(defined.fingerprint) not in {theorem.name for theorem in theorems}
    offered = {premise.name for premise in HolLight(premises="database").library.entries}
    assert str(defined.fingerprint) in offered


@pytest.mark.parametrize(("premises", "library"), [(None, "holist-database"), ("library", "hollight-core")])
def test_the_premises_come_from_the_database_unless_told_otherwise(
    hollight, database_file, cache, monkeypatch, premises, library
):
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(database_file))
    made = gymnasium.make("aitp/HOList-v0", theorem_set="holist-db-core", premises=premises, split=None)
    env = made.unwrapped
    try:
        env.reset(seed=0)
        assert env.retrieve_premises().library.name == library
    finally:
        made.close()


def test_the_environment_proves_a_theorem_of_the_database(hollight, database_file, cache, monkeypatch):
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(database_file))
    env = gymnasium.make("aitp/HOList-v0", theorem_set="holist-db-core", split=None).unwrapped
    try:
        theorem = env.theorems.theorems[-1]
        env.reset(seed=0, options={"theorem": theorem})
        premises = env.retrieve_premises()
        own = env.step({"goal": 0, "tactic": f"MATCH_ACCEPT_TAC THM {theorem.name}"})
        assert own[4]["outcome"] == "forbidden"
        listed = " ; ".join(f"THM {premise.name}" for premise in premises[-4:])
        _, reward, *_ = env.step({"goal": 0, "tactic": f"MESON_TAC [ {listed} ]"})
        assert reward == 1.0
    finally:
        env.close()


def test_a_corpus_that_is_not_there_says_what_is(database_file, cache, hollight, monkeypatch):
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(database_file))
    with pytest.raises(BadInput, match="Of the 1 entries of holist-db-complex the running HOL Light has 0"):
        load("holist-db-complex")


def test_the_published_database(published, hollight, cache, monkeypatch):
    file = published / "theorem_database_v1.1.textpb.xz"
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(file))
    database = Database.load()
    assert [len(database.corpus(name)) for name in module.CORPORA] == [2566, 17025, 12091]
    assert len(database.by_fingerprint) == len(database.entries)
    library = DatabaseLibrary(database, known())
    present = [entry for entry, _ in library.present if "core" in entry.corpora]
    assert len(present) >= 2481
    theorems = load("holist-db-core").theorems
    proved = [entry for entry in present if entry.kind == "theorem"]
    assert Counter(theorem.split for theorem in theorems) == Counter(entry.split for entry in proved)
    assert [theorem.name for theorem in theorems] == [str(entry.fingerprint) for entry in proved]
    with pytest.raises(BadInput, match=r"Of the 12091 entries of holist-db-flyspeck .* Use holist-db-core"):
        load("holist-db-flyspeck")

"""The theorem database: read once, kept as Parquet, matched with the running HOL Light and never believed."""

from __future__ import annotations

import lzma

import gymnasium
import pytest

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.errors import BadInput
from aitp_gym.provers.hollight import HolLight, known
from aitp_gym.provers.hollight.holist import database as module
from aitp_gym.provers.hollight.holist.database import Database, import_database
from aitp_gym.provers.hollight.holist.premises import DatabaseLibrary
from aitp_gym.theorems import load


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


def test_the_published_database(published, hollight):
    database = Database.load(published / "theorem_database_v1.1.textpb.xz")
    assert [len(database.corpus(name)) for name in module.CORPORA] == [2566, 17025, 12091]
    library = DatabaseLibrary(database, known())
    assert sum("core" in entry.corpora for entry, _ in library.present) >= 2481

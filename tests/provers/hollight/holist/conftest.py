"""A small theorem database, as HOList writes one, made from the running HOL Light; and the published data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aitp_gym.provers.hollight import theorem_rows
from aitp_gym.provers.hollight.holist.proto import proof_assistant_pb2 as pb

# In the order of the library; the last is to be proved from those before it.
NAMES = (
    "TRUTH",
    "AND_CLAUSES",
    "ADD_CLAUSES",
    "ADD_SYM",
    "ADD_ASSOC",
    "EQ_ADD_LCANCEL",
    "LE_REFL",
    "LE_EXISTS",
    "LE_ADD",
)
UNKNOWN = "(a (c (fun (bool) (bool)) nowhere_defined) (v (bool) p))"


def block(message: pb.Theorem) -> str:
    from google.protobuf import text_format

    body = "".join(f"  {line}\n" for line in text_format.MessageToString(message).splitlines())
    return f"theorems {{\n{body}}}\n"


@pytest.fixture(scope="session")
def entries(hollight) -> list[pb.Theorem]:
    """Entries of a database: theorems of HOL Light, and one that no HOL Light has."""
    from aitp_gym.provers.hollight import Replay

    rows = {row.name: row for row in theorem_rows()}
    found = [
        pb.Theorem(
            conclusion=rows[name].statement,
            tag=pb.Theorem.THEOREM,
            fingerprint=rows[name].fingerprint,
            training_split=pb.Theorem.TRAINING if place % 2 else pb.Theorem.VALIDATION,
            library_tag=["core", rows[name].file],
            pretty_printed=f"|- {rows[name].pretty}",
        )
        for place, name in enumerate(NAMES)
    ]
    with Replay() as replay:
        fingerprint = replay.fingerprint(UNKNOWN)
    strange = pb.Theorem(conclusion=UNKNOWN, tag=pb.Theorem.THEOREM, fingerprint=fingerprint, library_tag=["complex"])
    return [*found[:3], strange, *found[3:]]


@pytest.fixture(scope="session")
def database_file(entries, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("holist") / "theorem_database.textpb"
    path.write_text("".join(map(block, entries)), encoding="utf-8")
    return path


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """A cache of the test's own, so that nothing is imported into the user's."""
    from aitp_gym.provers.hollight.holist import database

    monkeypatch.setattr(database, "_cache", lambda: tmp_path / "cache")
    monkeypatch.delenv("AITP_HOLIST_DATABASE", raising=False)
    database._load.cache_clear()
    return tmp_path / "cache"


@pytest.fixture
def database(cache, database_file):
    from aitp_gym.provers.hollight.holist.database import Database

    return Database.load(database_file)


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder with HOList's published data."""
    folder = os.environ.get("AITP_HOLIST_DATA")
    if not folder:
        pytest.skip("HOList's published data is not here: set AITP_HOLIST_DATA to the folder that holds it.")
    return Path(folder)

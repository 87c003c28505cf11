"""A small theorem database and proof logs, as HOList writes them, of the running HOL Light; the published data."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from aitp_gym.proof import Subgoals
from aitp_gym.provers.hollight.holist.prooflogs import LoggedGoal, LoggedParameter, LoggedStep
from aitp_gym.provers.hollight.holist.proto import deephol_pb2 as logs_pb
from aitp_gym.provers.hollight.holist.proto import proof_assistant_pb2 as pb
from aitp_gym.provers.hollight.holist.translate import translate
from aitp_gym.provers.hollight.library import HolLightTheoremRow, theorem_rows
from aitp_gym.provers.hollight.replay import Replay

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
    monkeypatch.setattr(database, "_FEWEST_ENTRIES", 1)
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


# ---- Proof logs ----

_LOGGED_KINDS = {0: "unknown", 2: "term", 3: "theorem", 4: "theorem list", 5: "conversion"}


def goal(conclusion: str, hypotheses: Sequence[str] = (), fingerprint: int | None = None) -> pb.Theorem:
    return pb.Theorem(conclusion=conclusion, hypotheses=hypotheses, fingerprint=fingerprint)


def term(text: str) -> logs_pb.TacticParameter:
    return logs_pb.TacticParameter(parameter_type=logs_pb.Tactic.TERM, term=text)


def theorems(*rows: HolLightTheoremRow) -> logs_pb.TacticParameter:
    stated = [goal(row.statement, fingerprint=row.fingerprint) for row in rows]
    return logs_pb.TacticParameter(parameter_type=logs_pb.Tactic.THEOREM_LIST, theorems=stated)


def make_log(
    statement: str, fingerprint: int, steps: Sequence[tuple[str, list[logs_pb.TacticParameter]]]
) -> logs_pb.ProofLog:
    """The log of a person's proof in which every step leaves one goal, and the last none.

    Args:
        statement: of the theorem, as the log is to state it.
        fingerprint: of the theorem.
        steps: tactics and their parameters, in order.
    """
    nodes = []
    current = goal(statement)
    with Replay() as replay:
        for tactic, parameters in steps:
            logged = LoggedStep(as_logged(current), tactic, tuple(map(_parameter, parameters)), (), True, True)
            outcome = replay.apply(current.conclusion, current.hypotheses, str(translate(logged, str)))
            assert isinstance(outcome, Subgoals), outcome
            left = [goal(part.conclusion, part.hypotheses) for found in outcome.goals for part in found.parts]
            application = logs_pb.TacticApplication(
                tactic=tactic,
                parameters=parameters,
                subgoals=left,
                result=logs_pb.TacticApplication.SUCCESS,
                closed=True,
            )
            nodes.append(logs_pb.ProofNode(goal=current, proofs=[application], status=logs_pb.ProofNode.PROVED))
            if left:
                [current] = left
    assert not left
    return logs_pb.ProofLog(nodes=nodes, theorem_in_database=goal(statement, fingerprint=fingerprint))


def as_logged(theorem: pb.Theorem) -> LoggedGoal:
    return LoggedGoal(theorem.conclusion, tuple(theorem.hypotheses), theorem.fingerprint)


def _parameter(message: logs_pb.TacticParameter) -> LoggedParameter:
    return LoggedParameter(_LOGGED_KINDS[message.parameter_type], tuple(map(as_logged, message.theorems)), message.term)


@pytest.fixture(scope="session")
def rows(hollight) -> dict[str, HolLightTheoremRow]:
    """HOL Light's theorems by name."""
    return {row.name: row for row in theorem_rows()}


@pytest.fixture(scope="session")
def log(rows) -> logs_pb.ProofLog:
    """A person's proof of LE_ADD."""
    steps = [
        ("X_GEN_TAC", [term("(v (num) m)")]),
        ("X_GEN_TAC", [term("(v (num) n)")]),
        ("REWRITE_TAC", [theorems(rows["LE_EXISTS"], rows["EQ_ADD_LCANCEL"])]),
        ("MESON_TAC", [theorems()]),
    ]
    return make_log(rows["LE_ADD"].statement, rows["LE_ADD"].fingerprint, steps)


@pytest.fixture(scope="session")
def polymorphic_log(rows) -> logs_pb.ProofLog:
    """A person's proof of FINITE_SING, whose type variable HOL Light invented and HOList numbers from 0."""
    row = rows["FINITE_SING"]
    statement = re.sub(r"\?\d+", "?0", row.statement)
    assert statement != row.statement
    steps = [
        ("X_GEN_TAC", [term("(v ?0 b)")]),
        ("REWRITE_TAC", [theorems(rows["FINITE_INSERT"], rows["FINITE_EMPTY"])]),
    ]
    return make_log(statement, row.fingerprint, steps)

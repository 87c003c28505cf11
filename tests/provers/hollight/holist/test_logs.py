"""Proof logs: read, said as tactics, replayed and imported."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from aitp_gym.errors import BadInput
from aitp_gym.proof import Sequent, Subgoals
from aitp_gym.provers.hollight import Replay, theorem_rows
from aitp_gym.provers.hollight.holist.conformance import conformance, replay_logs
from aitp_gym.provers.hollight.holist.database import Database
from aitp_gym.provers.hollight.holist.import_logs import HUMAN, PROVER, Imported, import_logs
from aitp_gym.provers.hollight.holist.prooflogs import LoggedGoal, LoggedParameter, LoggedStep, read_logs
from aitp_gym.provers.hollight.holist.proto import deephol_pb2 as pb
from aitp_gym.provers.hollight.holist.proto import proof_assistant_pb2 as pa
from aitp_gym.provers.hollight.holist.translate import NotSayable, read_conversion, translate
from aitp_gym.provers.hollight.holist.type_variables import equivalent, restate


@pytest.fixture(scope="module")
def rows(hollight):
    return {row.name: row for row in theorem_rows()}


def goal(conclusion: str, hypotheses=(), fingerprint: int = 0) -> pa.Theorem:
    return pa.Theorem(conclusion=conclusion, hypotheses=hypotheses, fingerprint=fingerprint)


def parameter(kind: str, *theorems: pa.Theorem, **text: str) -> pb.TacticParameter:
    return pb.TacticParameter(parameter_type=pb.Tactic.ParameterType.Value(kind), theorems=theorems, **text)


@pytest.fixture(scope="module")
def log(hollight, rows) -> pb.ProofLog:
    """A person's proof of LE_ADD in three steps, as HOList logs it."""
    row = rows["LE_ADD"]
    steps = [
        ("X_GEN_TAC", [parameter("TERM", term="(v (num) m)")]),
        ("X_GEN_TAC", [parameter("TERM", term="(v (num) n)")]),
        ("REWRITE_TAC", [parameter("THEOREM_LIST", *(named(rows, name) for name in ("LE_EXISTS", "EQ_ADD_LCANCEL")))]),
        ("MESON_TAC", [parameter("THEOREM_LIST")]),
    ]
    nodes = []
    current = (row.statement, ())
    with Replay() as replay:
        for tactic, parameters in steps:
            logged = LoggedStep(LoggedGoal(*current), tactic, tuple(map(as_parameter, parameters)), (), True, True)
            text = str(translate(logged, str))
            outcome = replay.apply(current[0], list(current[1]), text)
            assert isinstance(outcome, Subgoals), outcome
            left = [part.parts[0] for part in outcome.goals]
            application = pb.TacticApplication(
                tactic=tactic,
                parameters=parameters,
                subgoals=[goal(part.conclusion, part.hypotheses) for part in left],
                result=pb.TacticApplication.SUCCESS,
                closed=True,
            )
            nodes.append(pb.ProofNode(goal=goal(*current), proofs=[application], status=pb.ProofNode.PROVED))
            if not left:
                break
            current = (left[0].conclusion, left[0].hypotheses)
    theorem = goal(row.statement, fingerprint=row.fingerprint)
    return pb.ProofLog(nodes=nodes, theorem_in_database=theorem)


def named(rows, name: str) -> pa.Theorem:
    return goal(rows[name].statement, fingerprint=rows[name].fingerprint)


def as_parameter(message: pb.TacticParameter) -> LoggedParameter:
    kinds = {0: "unknown", 2: "term", 3: "theorem", 4: "theorem list", 5: "conversion"}
    theorems = tuple(LoggedGoal(t.conclusion, tuple(t.hypotheses), t.fingerprint) for t in message.theorems)
    return LoggedParameter(kinds[message.parameter_type], theorems, message.term or message.conv or message.unknown)


@pytest.fixture
def file(log, tmp_path):
    path = tmp_path / "logs.pbtxt"
    path.write_text(text_format.MessageToString(log, as_one_line=True) + "\n")
    return path


def test_logs_are_read_one_to_a_line_or_as_one_message(log, file, tmp_path):
    (first,) = read_logs(file)
    assert [step.tactic for step in first.steps][:2] == ["X_GEN_TAC", "X_GEN_TAC"]
    assert not first.by_prover
    whole = tmp_path / "whole.pbtxt"
    whole.write_text(text_format.MessageToString(log))
    (same,) = read_logs(whole)
    assert same.steps == first.steps


def test_a_line_that_is_no_log_is_named(file):
    file.write_text(file.read_text() + "nodes { goal { conclusion: 7 } }\n")
    with pytest.raises(BadInput, match="line 2"):
        list(read_logs(file))
    file.write_text("nodes { }\n")
    with pytest.raises(BadInput, match="no theorem_in_database"):
        list(read_logs(file))


def test_a_whole_proof_is_replayed_and_imported(hollight, file, rows):
    (log,) = read_logs(file)
    with Replay() as replay:
        replayed = replay_logs(replay, [log])
    assert (replayed.exact, replayed.total, replayed.proofs_verified) == (len(log.steps), len(log.steps), 1)
    result = Imported()
    ((policy, attempt),) = import_logs([log], lambda theorem: "train", result)
    assert (policy, attempt.theorem.name, attempt.theorem.position) == (HUMAN, "LE_ADD", rows["LE_ADD"].position)
    assert attempt.proved
    assert attempt.imported
    assert attempt.verdict.strict is not None
    assert all(step.on_proof for step in attempt.steps)
    assert "REWRITE_TAC [ THM LE_EXISTS ; THM EQ_ADD_LCANCEL ]" in attempt.proof.script()
    assert (result.attempts, result.kept, result.proved) == (1, len(log.steps), 1)


def test_a_log_of_a_prover_is_labelled_as_such(hollight, log, tmp_path):
    other = pb.ProofLog()
    other.CopyFrom(log)
    other.prover_options.prover = "bfs"
    path = tmp_path / "prover.pbtxt"
    path.write_text(text_format.MessageToString(other, as_one_line=True))
    ((policy, _),) = import_logs(read_logs(path), lambda theorem: "", Imported())
    assert policy == PROVER


def test_a_step_that_gives_something_else_is_left_out(hollight, log, tmp_path):
    other = pb.ProofLog()
    other.CopyFrom(log)
    other.nodes[0].proofs[0].subgoals[0].conclusion = "(c (bool) F)"
    path = tmp_path / "other.pbtxt"
    path.write_text(text_format.MessageToString(other, as_one_line=True))
    result = Imported()
    ((_, attempt),) = import_logs(read_logs(path), lambda theorem: "train", result)
    assert not attempt.proved
    assert attempt.proof is None
    assert result.left_out["step: other subgoals"] == 1
    assert result.kept == len(other.nodes) - 1


def test_a_theorem_that_hol_light_lacks_is_not_imported(hollight, log, tmp_path):
    other = pb.ProofLog()
    other.CopyFrom(log)
    other.theorem_in_database.fingerprint = 1
    path = tmp_path / "unknown.pbtxt"
    path.write_text(text_format.MessageToString(other, as_one_line=True))
    result = Imported()
    assert list(import_logs(read_logs(path), lambda theorem: "train", result)) == []
    assert result.left_out == {"log: the theorem is not in this HOL Light": 1}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("SYM_CONV", "SYM_CONV"),
        ("(LAND_CONV o ONCE_DEPTH_CONV) SYM_CONV", "APPLY COMPOSE [ LAND_CONV ; ONCE_DEPTH_CONV ] SYM_CONV"),
        ("RAND_CONV(LAND_CONV BETA_CONV)", "APPLY RAND_CONV APPLY LAND_CONV BETA_CONV"),
        ("ONCE_DEPTH_CONV (BETA_CONV)", "APPLY ONCE_DEPTH_CONV BETA_CONV"),
    ],
)
def test_conversions_are_read_from_ocaml(source, said):
    assert str(read_conversion(source)) == said


@pytest.mark.parametrize(
    "source", ["REWR_CONV th", "(BETA_CONV", "fun x -> x", "", "LAND_CONV", "BETA_CONV o SYM_CONV"]
)
def test_other_ocaml_is_not_said(source):
    with pytest.raises(NotSayable):
        read_conversion(source)


def step(tactic: str, *parameters: LoggedParameter, hypotheses: tuple[str, ...] = ()) -> LoggedStep:
    return LoggedStep(LoggedGoal("g", hypotheses), tactic, parameters, (), True, True)


def test_theorems_are_named_hypotheses_placed_and_the_rest_not_said():
    known = LoggedGoal("c", (), 7)
    hypothesis = LoggedGoal("h", ("h",), 8)
    computed = LoggedGoal("x", ("h", "i"), 9)
    say = {7: "SEVEN"}.get
    rewriting = step("REWRITE_TAC", LoggedParameter("theorem list", (known, hypothesis)), hypotheses=("a", "h"))
    assert str(translate(rewriting, say)) == "REWRITE_TAC [ THM SEVEN ; ASSUM 1 ]"
    gone = step("MP_TAC", LoggedParameter("theorem", (hypothesis,)))
    with pytest.raises(NotSayable, match="not in the goal"):
        translate(gone, say)
    assert str(translate(gone, say, replay=True)) == "MP_TAC ASSUME `h`"
    for theorem, reason in ((computed, "derived"), (LoggedGoal("y", (), 10), "without a name")):
        with pytest.raises(NotSayable, match=reason):
            translate(step("MP_TAC", LoggedParameter("theorem", (theorem,))), say, replay=True)
    with pytest.raises(NotSayable, match="unknown tactic"):
        translate(step("CHEAT_TAC"), say)


def test_invented_names_and_the_order_of_hypotheses_do_not_matter():
    first = Sequent(("(v ?1 a)", "(v ?2 b)"), "(c (fun ?1 ?2) f)")
    assert equivalent(first, Sequent(("(v ?9 b)", "(v ?4 a)"), "(c (fun ?4 ?9) f)"))
    assert not equivalent(first, Sequent(("(v ?9 a)", "(v ?4 b)"), "(c (fun ?4 ?9) f)"))


def test_the_published_figures(published, hollight):
    database = Database.load(published / "theorem_database_v1.1.textpb.xz")
    logs = [log for file in sorted(published.glob("prooflogs-*.pbtxt")) for log in read_logs(file)]
    figures = conformance(database, logs).figures()
    assert figures["fingerprints"] == figures["fingerprints_total"] == 31682
    assert figures["core_present"] >= 2481
    assert figures["steps_replayed"] >= 722
    assert figures["steps_total"] == 813
    assert figures["steps_replayed"] + sum(figures["steps_not_replayed"].values()) == 813

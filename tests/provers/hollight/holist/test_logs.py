"""Proof logs: read, said as tactics, replayed and imported."""

from __future__ import annotations

import lzma
import re
from dataclasses import replace

import pytest
from google.protobuf import text_format

from aitp_gym.errors import BadInput
from aitp_gym.proof import Sequent
from aitp_gym.provers.hollight.holist.conformance import conformance, replay_logs
from aitp_gym.provers.hollight.holist.database import Database
from aitp_gym.provers.hollight.holist.import_logs import HUMAN, PROVER, ImportedLogs, import_logs
from aitp_gym.provers.hollight.holist.prooflogs import LoggedGoal, LoggedParameter, LoggedStep, read_logs
from aitp_gym.provers.hollight.holist.proto import deephol_pb2 as pb
from aitp_gym.provers.hollight.holist.translate import NotSayable, read_conversion, translate
from aitp_gym.provers.hollight.holist.type_variables import equivalent, restate
from aitp_gym.provers.hollight.replay import Replay


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


def test_comments_empty_lines_braces_in_strings_and_compression_do_not_matter(log, file, tmp_path):
    (plain,) = read_logs(file)
    other = pb.ProofLog()
    other.CopyFrom(log)
    other.theorem_in_database.pretty_printed = 'x IN {"}'
    line = text_format.MessageToString(other, as_one_line=True)
    packed = tmp_path / "logs.pbtxt.xz"
    packed.write_bytes(lzma.compress(f"# proto-message: ProofLog\n\n{line}\n\n{line}\n".encode()))
    first, second = read_logs(packed)
    assert first.steps == second.steps == plain.steps
    assert second.where.endswith("line 5")
    empty = tmp_path / "empty.pbtxt"
    empty.write_text("\n")
    assert list(read_logs(empty)) == []


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
    result = ImportedLogs()
    ((policy, attempt),) = import_logs([log], lambda theorem: "train", result)
    assert (policy, attempt.theorem.name, attempt.theorem.position) == (HUMAN, "LE_ADD", rows["LE_ADD"].position)
    assert attempt.proved
    assert attempt.imported
    assert attempt.verdict.strict is not None
    assert all(step.on_proof for step in attempt.steps)
    assert "REWRITE_TAC [ THM LE_EXISTS ; THM EQ_ADD_LCANCEL ]" in attempt.proof.script()
    assert (result.attempts, result.kept, result.proved) == (1, len(log.steps), 1)


def test_a_log_that_is_there_twice_counts_once(hollight, file):
    (log,) = read_logs(file)
    with Replay() as replay:
        replayed = replay_logs(replay, [log, replace(log, where="a copy")])
    assert (replayed.total, replayed.proofs_total) == (len(log.steps), 1)
    result = ImportedLogs()
    assert len(list(import_logs([log, log], lambda theorem: "train", result))) == 1
    assert (result.logs, result.attempts, result.steps, result.kept) == (2, 1, len(log.steps), len(log.steps))
    assert result.left_out == {"log: another log of the theorem was imported": 1}


def test_an_imported_proof_is_stated_with_hol_lights_own_type_variables(hollight, polymorphic_log, rows, tmp_path):
    path = tmp_path / "polymorphic.pbtxt"
    path.write_text(text_format.MessageToString(polymorphic_log, as_one_line=True))
    ((_, attempt),) = import_logs(read_logs(path), lambda theorem: "train", ImportedLogs())
    assert attempt.proved
    statement = rows["FINITE_SING"].statement
    (name,) = set(re.findall(r"\?\d+", statement))
    assert attempt.steps[0].goal == f"⊢ {statement}"
    assert attempt.steps[0].tactic == f"X_GEN_TAC `(v {name} b)`"
    assert all(set(re.findall(r"\?\d+", step.goal)) == {name} for step in attempt.steps)


def test_what_lies_below_a_step_that_is_left_out_is_still_imported(hollight, log, tmp_path):
    other = pb.ProofLog()
    other.CopyFrom(log)
    other.nodes[1].proofs[0].tactic = "NO_SUCH_TAC"
    path = tmp_path / "gap.pbtxt"
    path.write_text(text_format.MessageToString(other, as_one_line=True))
    result = ImportedLogs()
    ((_, attempt),) = import_logs(read_logs(path), lambda theorem: "train", result)
    others = [node.proofs[0].tactic for place, node in enumerate(log.nodes) if place != 1]
    assert [step.tactic.split()[0] for step in attempt.steps] == others
    assert all(step.on_proof for step in attempt.steps)
    assert (attempt.status, attempt.proof) == ("failed", None)
    assert result.left_out == {"step: unknown tactic": 1}


def test_a_step_with_a_theorem_from_later_is_left_out(hollight, log, rows, tmp_path):
    other = pb.ProofLog()
    other.CopyFrom(log)
    later = rows["REAL_LE_TRANS"]
    assert later.position > rows["LE_ADD"].position
    other.nodes[0].proofs[0].tactic = "MP_TAC"
    parameter = other.nodes[0].proofs[0].parameters[0]
    parameter.Clear()
    parameter.parameter_type = pb.Tactic.THEOREM
    parameter.theorems.add(conclusion=later.statement, fingerprint=later.fingerprint)
    path = tmp_path / "later.pbtxt"
    path.write_text(text_format.MessageToString(other, as_one_line=True))
    result = ImportedLogs()
    ((_, attempt),) = import_logs(read_logs(path), lambda theorem: "train", result)
    assert result.left_out == {"step: a theorem from later in the library": 1}
    assert not attempt.proved


def test_a_log_of_a_prover_is_labelled_as_such(hollight, log, tmp_path):
    other = pb.ProofLog()
    other.CopyFrom(log)
    other.prover_options.prover = "bfs"
    path = tmp_path / "prover.pbtxt"
    path.write_text(text_format.MessageToString(other, as_one_line=True))
    ((policy, _),) = import_logs(read_logs(path), lambda theorem: "", ImportedLogs())
    assert policy == PROVER


def test_a_step_that_gives_something_else_is_left_out(hollight, log, tmp_path):
    other = pb.ProofLog()
    other.CopyFrom(log)
    other.nodes[0].proofs[0].subgoals[0].conclusion = "(c (bool) F)"
    path = tmp_path / "other.pbtxt"
    path.write_text(text_format.MessageToString(other, as_one_line=True))
    result = ImportedLogs()
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
    result = ImportedLogs()
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


def test_a_step_is_restated_at_a_goal_with_other_type_variables_and_another_order():
    hypothesis = LoggedGoal("(v ?0 a)", ("(v ?0 a)",))
    logged = LoggedStep(
        LoggedGoal("(c (fun ?0 ?1) f)", ("(v ?0 a)", "(c ?1 d)")),
        "X_GEN_TAC",
        (
            LoggedParameter("term", text="(v (fun ?1 ?0) x)"),
            LoggedParameter("theorem", (hypothesis,)),
        ),
        (),
        True,
        True,
    )
    actual = Sequent(("(c ?0 d)", "(v ?7 a)"), "(c (fun ?7 ?0) f)")
    step = restate(logged, actual)
    assert step.goal == LoggedGoal(actual.conclusion, actual.hypotheses)
    assert step.parameters[0].text == "(v (fun ?0 ?7) x)"
    assert str(translate(replace(step, tactic="MP_TAC", parameters=step.parameters[1:]), str)) == "MP_TAC ASSUM 1"
    assert restate(logged, Sequent(logged.goal.hypotheses, logged.goal.conclusion)) is logged


def test_the_published_figures(published, hollight):
    database = Database.load(published / "theorem_database_v1.1.textpb.xz")
    logs = [log for file in sorted(published.glob("prooflogs-*.pbtxt")) for log in read_logs(file)]
    figures = conformance(database, logs).figures()
    assert figures["fingerprints"] == figures["fingerprints_total"] == 31682
    assert figures["core_present"] >= 2481
    assert figures["steps_replayed"] >= 722
    assert figures["steps_total"] == 813
    assert figures["steps_replayed"] + sum(figures["steps_not_replayed"].values()) == 813

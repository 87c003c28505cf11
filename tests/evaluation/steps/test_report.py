"""`aitp steps`: from traces to tables."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from aitp_gym.cli.app import app
from aitp_gym.evaluation.steps.known_steps import read_known_steps
from aitp_gym.menus import Menu
from aitp_gym.proof import Attempt, Budget, Premises, Spent, Step, Theorem
from aitp_gym.traces import TraceWriter

from .conftest import constant


def attempt(name, *steps, split="train", prover="propositional", status="proved", imported=True) -> Attempt:
    rows = tuple(
        Step(i, i, goal, tactic, -1.0, "subgoals", "", (), 0.0, 0.0, on_proof, 0)
        for i, (goal, tactic, on_proof) in enumerate(steps)
    )
    theorem = Theorem(name, f"statement of {name}", prover, "made", split, position=6)
    versions = {"imported": "proofs"} if imported else {}
    return Attempt(theorem, status, rows, Budget(), Spent(), versions=versions)


def written(folder, *attempts):
    with TraceWriter(folder) as writer:
        for each in attempts:
            writer.write(each, iteration=0, policy="human")
        writer.compact(0)
    return folder


def test_imported_steps_count_and_of_searches_those_of_proofs(tmp_path):
    step = ("⊢ p", "intro", True)
    folder = written(
        tmp_path / "traces",
        attempt("whole", step, step, ("⊢ q", "left", True)),
        attempt("parts", step, status="failed"),
        attempt("found", step, ("⊢ p", "right", False), imported=False),
        attempt("not found", step, imported=False, status="budget"),
    )
    found = list(read_known_steps([folder, folder], lambda theorem: None))
    assert [(each.theorem, each.tactic, each.whole) for each in found] == [
        ("whole", "intro", True),
        ("whole", "left", True),
        ("parts", "intro", False),
        ("found", "intro", True),
    ]
    assert list(read_known_steps([folder], lambda theorem: None, split="valid")) == []


def test_premises_are_read_by_the_provers_grammar_and_are_those_that_the_theorem_may_use(tmp_path, library):
    tactics = ("REWRITE_TAC [ THM T3 ; THM T9 ; THM T1 ; THM T3 ]", "MP_TAC THM ELSEWHERE", "CONJ_TAC")
    goal = f"⊢ {constant('X')}"
    folder = written(tmp_path / "traces", attempt("t", *((goal, each, True) for each in tactics), prover="hollight"))
    found = list(read_known_steps([folder], lambda theorem: Premises(library, range(theorem.position))))
    assert [(each.head, each.premises) for each in found] == [
        ("REWRITE_TAC", ("T3", "T1")),
        ("MP_TAC", ()),
        ("CONJ_TAC", ()),
    ]


def test_where_the_prover_has_no_reader_menus_read_premises(tmp_path, library):
    steps = ((f"⊢ {constant('X')}", "simp[T3, T1]", True), (f"⊢ {constant('X')}", "qexists_tac `x`", True))
    folder = written(tmp_path / "traces", attempt("t", *steps, prover="toy"))
    menu = Menu.from_dict(
        {"name": "m", "version": 1, "prover": "toy", "tactic": [{"text": "simp{premises}", "nearest": [2]}]}
    )
    found = list(read_known_steps([folder], lambda theorem: Premises(library, range(12)), [menu]))
    assert [each.premises for each in found] == [("T3", "T1"), ()]


@pytest.fixture
def traces(tmp_path):
    goals = {"intro": "p{} → q", "split": "p{} ∧ q", "left": "p{} ∨ q"}
    attempts = [
        attempt(f"{split} {tactic} {i}", (f"⊢ {goal.format(i)}", tactic, True), split=split)
        for split, count in (("train", 6), ("valid", 2), ("test", 1))
        for tactic, goal in goals.items()
        for i in range(count)
    ]
    return written(tmp_path / "traces", *attempts)


def test_the_command_prints_figures_and_the_same_again(traces):
    arguments = ["steps", str(traces), "--menu", "propositional", "--json"]
    first, second = (CliRunner().invoke(app, arguments, catch_exceptions=False).stdout for _ in range(2))
    assert first == second
    found = json.loads(first)
    assert found["steps"] == {"train": 18, "valid": 6}, "the test split is left alone"
    assert found["tactics"]["linear"]["top-1"] == 1.0
    assert found["tactics"]["frequency"]["top-3"] == 1.0
    assert found["premises"] == {}
    assert found["menus"]["propositional"]["valid"]["exactly"] == 6


def test_the_command_prints_tables(traces):
    done = CliRunner().invoke(app, ["steps", str(traces), "--menu", "propositional"], catch_exceptions=False)
    assert "6 steps of valid, learned from 18 steps of train" in done.stdout
    assert "outermost symbol" in done.stdout
    assert "What menus can write" in done.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--split", "wild"), "no steps of proofs in split 'wild'"),
        (("--menu", "hollight-full"), "prover 'propositional'; expected 'hollight'"),
        (("--menu", "propositional", "--menu", "hollight-full"), "is for prover 'hollight'; expected 'propositional'"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(traces, options, message):
    done = CliRunner().invoke(app, ["steps", str(traces), *options])
    assert message in str(done.exception)


def test_traces_of_nothing_are_refused(tmp_path):
    folder = written(tmp_path / "traces", replace(attempt("t"), theorem=Theorem("t", "s", "propositional")))
    done = CliRunner().invoke(app, ["steps", str(folder)])
    assert "no steps of proofs in split 'train'" in str(done.exception)

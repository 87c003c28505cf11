"""`aitp verify`: verdicts on rows of a file, whatever the rows, and however often it is begun."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput, ProverLost
from aitp_gym.evaluation.verification import ProverSettings, RowVerdict, Verification, verify_proofs
from aitp_gym.evaluation.worker_pool import WorkerPool

from .generated_proofs import GENERATORS, generated

PROPOSITIONAL = ProverSettings("aitp/Propositional-v0", {})
FIXTURES = {"aitp/Lean-v0": "lean", "aitp/HOList-v0": "hollight", "aitp/Propositional-v0": None}
GOOD = {"statement": "A -> A", "proof": "intro\nassumption"}
WRONG = {"statement": "A -> B", "proof": "intro\nassumption"}


def written(path: Path, rows: list) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def verdicts(path: Path, prover: ProverSettings, **options) -> tuple[Verification, dict[int, RowVerdict]]:
    found: dict[int, RowVerdict] = {}
    result = verify_proofs(path, prover, on_verdict=lambda one: found.update({one.row.line: one}), **options)
    return result, found


def judge_generated(request, tmp_path, env_id: str, count: int, num_workers: int) -> Verification:
    """Have generated proofs checked, and insist on every verdict."""
    fixture = FIXTURES[env_id]
    if fixture is not None:
        request.getfixturevalue(fixture)
    proofs = generated(env_id, count, seed=2026)
    path = written(tmp_path / "proofs.jsonl", [{"statement": one.statement, "proof": one.proof} for one in proofs])
    result, found = verdicts(path, ProverSettings(env_id, {}), num_workers=num_workers)
    wrong = [
        (one, found[line].verdict)
        for line, one in enumerate(proofs, 1)
        if found[line].verdict.status != ("accepted" if one.holds else "refused")
    ]
    assert wrong == []
    assert sorted({one.holds for one in proofs}) == [False, True]
    assert (result.rows, result.verdicts["accepted"]) == (count, sum(one.holds for one in proofs))
    return result


@pytest.mark.parametrize(
    ("env_id", "count"), [("aitp/Lean-v0", 6), ("aitp/HOList-v0", 12), ("aitp/Propositional-v0", 60)]
)
def test_honest_proofs_are_accepted_and_spoilt_ones_refused(request, tmp_path, env_id, count):
    judge_generated(request, tmp_path, env_id, count, num_workers=0)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("env_id", "count"), [("aitp/Lean-v0", 100), ("aitp/HOList-v0", 400), ("aitp/Propositional-v0", 1000)]
)
def test_so_are_hundreds_in_two_processes(request, tmp_path, env_id, count):
    judge_generated(request, tmp_path, env_id, count, num_workers=2)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("env_id", GENERATORS)
def test_so_are_thousands(request, tmp_path, env_id):
    judge_generated(request, tmp_path, env_id, 1000, num_workers=2)


def test_a_bad_row_costs_that_row_alone_and_says_why(tmp_path):
    rows = [
        GOOD | {"id": "first"},
        "no JSON",
        "[1]",
        {"statement": "A"},
        {"proof": "intro"},
        {"statement": 7, "proof": "intro"},
        {"statement": "A ->", "proof": "intro"},
        {"theorem": "no such theorem", "proof": "intro"},
        "",
        WRONG | {"id": 9},
        {"statement": "A -> A", "proof": "intro\0"},
    ]
    result, found = verdicts(written(tmp_path / "rows.jsonl", rows), PROPOSITIONAL, num_workers=0)
    assert [found[line].verdict.status for line in sorted(found)] == [
        "accepted", *["unavailable"] * 7, "refused", "refused",
    ]  # fmt: skip
    assert (found[1].row.id, found[10].row.id) == ("first", 9)
    for line, why in {
        2: "not JSON", 3: "got `[1]`", 4: "no `proof`", 5: "neither", 6: "no text", 7: "formula", 8: "no such theorem",
        11: "NUL",
    }.items():  # fmt: skip
        assert why in found[line].verdict.reason
    assert result.verdicts == {"accepted": 1, "refused": 2, "unavailable": 7}


def test_a_row_may_name_a_theorem_of_the_set(tmp_path):
    from aitp_gym.theorems import load

    theorem = load("propositional-small").split("train")[0]
    rows = [
        {"theorem": theorem.name, "proof": ""},
        {"theorem": theorem.name, "statement": theorem.statement, "proof": ""},
        {"theorem": theorem.name, "statement": "Z -> Z", "proof": ""},
    ]
    _, found = verdicts(written(tmp_path / "rows.jsonl", rows), PROPOSITIONAL, num_workers=0)
    assert [found[line].verdict.status for line in (1, 2, 3)] == ["refused", "refused", "unavailable"]
    assert "states something else" in found[3].verdict.reason


@pytest.mark.parametrize("content", ["", "\n\n", None, b"\xff"])
def test_a_file_without_rows_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "rows.jsonl"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadInput, match=r"Expected .*rows\.jsonl"):
        verify_proofs(path, PROPOSITIONAL)


def test_what_is_done_is_not_done_again(tmp_path):
    path, output = written(tmp_path / "rows.jsonl", [GOOD, WRONG, "bad", GOOD]), tmp_path / "out.jsonl"
    first, found = verdicts(path, PROPOSITIONAL, output=output, num_workers=0)
    assert (len(found), first.done_before) == (4, 0)
    whole = output.read_bytes()
    rows = [json.loads(line) for line in whole.splitlines()]
    assert [(row["line"], row["verdict"]) for row in rows] == [
        (1, "accepted"), (2, "refused"), (3, "unavailable"), (4, "accepted"),
    ]  # fmt: skip
    # A kill in the middle of the third line.
    lines = whole.splitlines(keepends=True)
    output.write_bytes(lines[0] + lines[1] + lines[2][:9])
    again, found = verdicts(path, PROPOSITIONAL, output=output, num_workers=0)
    assert (sorted(found), again.done_before, again.verdicts) == ([3, 4], 2, first.verdicts)
    assert [json.loads(line)["line"] for line in output.read_bytes().splitlines()] == [1, 2, 3, 4]
    third, found = verdicts(path, PROPOSITIONAL, output=output, num_workers=0)
    assert (found, third.done_before, third.verdicts) == ({}, 4, first.verdicts)
    # More rows at the end are rows like others.
    _, found = verdicts(written(path, [GOOD, WRONG, "bad", GOOD, WRONG]), PROPOSITIONAL, output=output, num_workers=0)
    assert sorted(found) == [5]


def test_a_row_that_could_not_be_checked_is_tried_again(tmp_path):
    path, output = written(tmp_path / "rows.jsonl", [GOOD]), tmp_path / "out.jsonl"
    at_once = ProverSettings("aitp/Propositional-v0", {}, timeout_s=1e-9)
    for _ in range(2):
        _, found = verdicts(path, at_once, output=output, num_workers=0)
        assert (found[1].verdict.status, found[1].final) == ("unavailable", False)


@pytest.mark.parametrize("change", ["input", "settings", "damage"])
def test_verdicts_on_something_else_are_not_taken_for_these(tmp_path, change):
    path, output = written(tmp_path / "rows.jsonl", [GOOD, GOOD]), tmp_path / "out.jsonl"
    verify_proofs(path, PROPOSITIONAL, output=output, num_workers=0)
    before, prover = output.read_bytes(), PROPOSITIONAL
    if change == "input":
        written(path, [GOOD, WRONG])
    elif change == "settings":
        prover = ProverSettings("aitp/Propositional-v0", {}, timeout_s=5.0)
    else:
        output.write_bytes(before := b"{}\n" + before)
    with pytest.raises(BadInput, match=r"out\.jsonl, line [12].*Name another --output"):
        verify_proofs(path, prover, output=output, num_workers=0)
    assert output.read_bytes() == before


def test_two_runs_do_not_write_one_file(tmp_path):
    from aitp_gym.evaluation.verdict_file import VerdictFile

    with VerdictFile(tmp_path / "out.jsonl", {}), pytest.raises(BadInput, match="in use"):
        VerdictFile(tmp_path / "out.jsonl", {}).__enter__()


@pytest.mark.parametrize("settings", [{"no_such": 1}, {"theorem_set": "propositional-small", "backend": "x"}])
def test_a_setting_that_the_prover_does_not_have_is_said(tmp_path, settings):
    with pytest.raises(BadInput, match="does not take"):
        verify_proofs(written(tmp_path / "rows.jsonl", [GOOD]), ProverSettings("aitp/Propositional-v0", settings))


class Dying:
    """A worker whose process dies of some tasks."""

    def __init__(self, deadly: int) -> None:
        self._deadly = deadly

    def __call__(self, task: int) -> int:
        if task >= self._deadly:
            os._exit(1)
        return task

    def close(self) -> None:
        """Nothing to release."""


@pytest.mark.integration
def test_a_task_that_kills_its_process_costs_no_other():
    with WorkerPool(Dying, (19,), 2) as workers:
        assert sorted(workers.as_completed(range(20), lambda task: -task)) == [-19, *range(19)]


@pytest.mark.integration
def test_processes_that_die_of_everything_are_an_error():
    with WorkerPool(Dying, (0,), 1) as workers, pytest.raises(ProverLost, match="before they have done any"):
        list(workers.as_completed(range(3), lambda task: -task))

"""Reports of small traces whose numbers were counted by hand."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from aitp_gym.errors import TraceError
from aitp_gym.experiments.reports.report import build_report, write_report
from aitp_gym.experiments.reports.report_table import print_table
from aitp_gym.experiments.run_folder import RunFolder
from aitp_gym.files import read_json, write_json
from aitp_gym.proof import Attempt, Budget, Proof, ProofStep, Spent, Step, Theorem, Verdict
from aitp_gym.traces import TraceWriter

VERSIONS = {
    "theorems_digest": "t",
    "split_digest.train": "s1",
    "split_digest.valid": "s2",
    "prover.hollight_context": "strict",
    "prover.library_digest": "l",
}


def attempt(
    name: str,
    proved_at: int | None,
    *,
    split: str = "valid",
    outcomes: tuple[str, ...] = ("subgoals", "rejected"),
    proof_steps: int = 1,
    found: int | None = None,
    refused: int = 0,
    max_tactics: int | None = 8,
    provable: bool | None = True,
) -> Attempt:
    steps = tuple(
        Step(i, 0, "goal", f"tactic {i}", -1.0, outcome, "", (), 0.5, 0.25, False, len(outcomes))
        for i, outcome in enumerate(outcomes)
    )
    proof = Proof(tuple(ProofStep("t", "g", ()) for _ in range(proof_steps)))
    return Attempt(
        Theorem(name, f"|- {name}", "hollight", split=split, provable=provable),
        "budget" if proved_at is None else "proved",
        steps,
        Budget(max_tactics=max_tactics),
        Spent(nodes=3, tactics=proved_at or 8, prover_s=0.5, wall_s=2.0),
        verdict=None if proved_at is None else Verdict.accept(),
        proof=None if proved_at is None else proof,
        found=int(proved_at is not None) if found is None else found,
        refused=refused,
        proved_at=proved_at,
        policy_s=0.25,
        search_s=0.125,
        check_s=1.0,
        versions={"policy.menu_digest": "m", "prover.hollight_context": "strict"},
    )


def write_run(path, rounds: dict[tuple[int, str], list[Attempt]], *, compact: bool = True) -> None:
    config = {"seed": 5, "exp_config": {"name": "small"}}
    with RunFolder.create(path, config, versions=VERSIONS) as folder, TraceWriter(folder.traces) as writer:
        for (iteration, policy), attempts in rounds.items():
            for one in attempts:
                writer.write(one, iteration=iteration, policy=policy)
        for iteration in {iteration for iteration, _ in rounds} if compact else ():
            writer.compact(iteration)


def small_run() -> dict[tuple[int, str], list[Attempt]]:
    start = [attempt("a", 1), attempt("b", None, found=1, refused=2), attempt("c", None), attempt("d", None)]
    trained = [attempt("a", 1), attempt("b", 2), attempt("c", 5, proof_steps=3), attempt("d", None)]
    uniform = [attempt("a", None), attempt("b", 8), attempt("c", None), attempt("d", 7)]
    canary = attempt("false", None, split="canary", provable=False, outcomes=("timeout",))
    train = [attempt("x", 3, split="train", outcomes=("rejected", "timeout", "subgoals", "rejected"))]
    return {
        (0, "learned"): [*start, canary, *train],
        (0, "uniform"): [*uniform, canary],
        (1, "learned"): [*trained, canary],
    }


@pytest.fixture(params=[True, False], ids=["parquet", "spool"])
def run(tmp_path, request):
    write_run(tmp_path / "run", small_run(), compact=request.param)
    return tmp_path / "run"


def entry(report, iteration, split, policy="learned"):
    entries = report["iterations"] if policy == "learned" else report["baselines"]
    [found] = [e for e in entries if (e["iteration"], e["split"], e["policy"]) == (iteration, split, policy)]
    return found


def test_an_entry_counts_what_was_counted_by_hand(run):
    report = build_report(run)
    assert entry(report, 0, "valid") == {
        "iteration": 0,
        "split": "valid",
        "policy": "learned",
        "attempted": 4,
        "found": 2,
        "proved": 1,
        "proved_strict": None,
        "proved_interval": pytest.approx([0.0456, 0.6994], abs=1e-4),
        "multi_step_proofs": 0,
        "refused": 2,
        "reserved": 0,
        "statuses": {"budget": 3, "proved": 1},
        "tactics": 1 + 3 * 8,
        "nodes": 12,
        "proved_at": {"1": 1, "2": 1, "4": 1, "8": 1},
        "prover_s": 2.0,
        "policy_s": 1.0,
        "search_s": 0.5,
        "check_s": 4.0,
        "wall_s": 8.0,
        "failures": {"rejected": 4},
        "canaries_proved": 0,
    }
    trained = entry(report, 1, "valid")
    assert (trained["proved"], trained["multi_step_proofs"]) == (3, 1)
    assert trained["proved_at"] == {"1": 1, "2": 2, "4": 2, "8": 3}
    assert entry(report, 0, "train")["failures"] == {"rejected": 2, "timeout": 1}
    assert entry(report, 0, "valid", "uniform")["proved_at"] == {"1": 0, "2": 0, "4": 0, "8": 2}


def test_the_learned_policy_and_the_baselines_are_told_apart(run):
    report = build_report(run)
    assert [(e["iteration"], e["split"]) for e in report["iterations"]] == [
        (0, "canary"),
        (0, "train"),
        (0, "valid"),
        (1, "canary"),
        (1, "valid"),
    ]
    assert [(e["policy"], e["split"]) for e in report["baselines"]] == [("uniform", "canary"), ("uniform", "valid")]


def test_comparisons_pair_theorems_within_each_number_of_applications(run):
    comparisons = build_report(run)["comparisons"]
    assert {(c["a"], c["b"], c["split"]) for c in comparisons} == {
        ("learned@0", "learned@1", "valid"),
        ("uniform@0", "learned@1", "valid"),
    }
    found = {(c["a"], c["at"]): c for c in comparisons}
    assert [at for a, at in found if a == "uniform@0"] == [1, 2, 4, 8, None]
    assert found["learned@0", None] == {
        "a": "learned@0",
        "b": "learned@1",
        "split": "valid",
        "at": None,
        "only_a": 0,
        "only_b": 2,
        "both": 1,
        "n": 4,
        "p_value": pytest.approx(0.5),
    }
    # Uniform proves b at 8 and d at 7; the learned policy proves a at 1, b at 2 and c at 5.
    numbers = ("only_a", "only_b", "both", "p_value")
    assert [found["uniform@0", 4][name] for name in numbers] == [0, 2, 0, pytest.approx(0.5)]
    assert [found["uniform@0", 8][name] for name in numbers] == [1, 2, 1, pytest.approx(1.0)]


def test_digests_come_from_the_run_and_from_the_attempts(run):
    report = build_report(run)
    assert report["digests"] == {
        "menu": "m",
        "theorems": "t",
        "split": {"train": "s1", "valid": "s2"},
        "prover": {"hollight_context": "strict", "library_digest": "l"},
        "library": "l",
    }
    assert (report["context"], report["name"], report["seed"]) == ("strict", "small", 5)


def test_a_proof_with_a_reservation_is_not_counted(tmp_path, capsys):
    reserved = replace(attempt("a", 1), verdict=Verdict.accept(reservation="the statement's file declares axioms: bad"))
    write_run(tmp_path / "run", {(0, "learned"): [reserved, attempt("b", 2)]})
    report = build_report(tmp_path / "run")
    (entry,) = report["iterations"]
    assert (entry["proved"], entry["reserved"], entry["found"]) == (1, 1, 2)
    assert (entry["proved_at"]["1"], entry["proved_at"]["2"]) == (0, 1)
    print_table(report)
    assert "Not counted: 1 accepted proofs" in capsys.readouterr().out


def test_a_sandbox_that_was_off_is_named(tmp_path, capsys):
    for which, kept in (("landlock", "landlock"), ("off", "off")):
        attempts = [replace(attempt("a", None), versions={"prover.lean_sandbox": which})]
        write_run(tmp_path / which, {(0, "learned"): attempts})
        report = build_report(tmp_path / which)
        assert report["sandbox"] == kept
        print_table(report)
        assert ("Sandbox off" in capsys.readouterr().out) is (which == "off")


def test_versions_that_differ_between_attempts_are_all_listed(tmp_path):
    attempts = [replace(attempt(name, None), versions={"policy.menu_digest": name}) for name in "ab"]
    write_run(tmp_path / "run", {(0, "learned"): attempts})
    assert build_report(tmp_path / "run")["digests"]["menu"] == ["a", "b"]


def test_a_report_can_be_recomputed_from_the_folder(run):
    written = write_report(run)
    assert read_json(run / "report.json") == written
    (run / "report.json").unlink()
    assert build_report(run) == written


def test_a_proved_canary_is_counted_wherever_it_hides(tmp_path):
    rounds = {
        (0, "learned"): [attempt("false", 2, split="canary", provable=None)],
        (0, "uniform"): [attempt("refuted", 1, split="valid", provable=False)],
    }
    write_run(tmp_path / "run", rounds)
    report = build_report(tmp_path / "run")
    assert report["canaries_proved"] == 2
    assert entry(report, 0, "canary")["canaries_proved"] == 1
    assert "Canaries proved: 2" in printed(report)


def test_without_a_limit_of_tactics_the_curve_reaches_behind_the_longest_proof(tmp_path):
    write_run(tmp_path / "run", {(0, "learned"): [attempt("a", 100, max_tactics=None)]})
    curve = build_report(tmp_path / "run")["iterations"][0]["proved_at"]
    assert curve == {**dict.fromkeys(["1", "2", "4", "8", "16", "32", "64"], 0), "100": 1}


def test_each_iteration_is_compared_with_the_next(tmp_path):
    write_run(tmp_path / "run", {(i, "learned"): [attempt("a", None)] for i in range(3)})
    pairs = [(c["a"], c["b"]) for c in build_report(tmp_path / "run")["comparisons"] if c["at"] is None]
    assert pairs == [("learned@0", "learned@2"), ("learned@0", "learned@1"), ("learned@1", "learned@2")]


def test_policies_without_a_theorem_in_common_are_not_compared(tmp_path):
    write_run(tmp_path / "run", {(0, "learned"): [attempt("a", 1)], (1, "learned"): [attempt("b", 1)]})
    assert build_report(tmp_path / "run")["comparisons"] == []


def test_a_run_without_attempts_has_an_empty_report(tmp_path):
    write_run(tmp_path / "run", {})
    report = write_report(tmp_path / "run")
    assert (report["iterations"], report["baselines"], report["canaries_proved"]) == ([], [], 0)
    assert "No attempts" in printed(report)


def test_a_folder_that_is_no_run_is_told(tmp_path):
    with pytest.raises(TraceError, match=r"run\.json cannot be read"):
        build_report(tmp_path)
    write_json(tmp_path / "run.json", {"schema_version": 99})
    with pytest.raises(TraceError, match="schema version 99"):
        build_report(tmp_path)


def printed(report) -> str:
    console = Console(width=80, record=True, file=StringIO())
    print_table(report, console)
    return console.export_text()


def test_the_tables_fit_a_terminal_and_hold_the_numbers(run):
    text = printed(write_report(run))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if "│" in line]
    assert ["learned@1", "4", "1", "2", "2", "3", "30-95 %", "0"] in lines
    assert ["uniform@0", "4", "0/1", "0/2", "0/2", "1/2"] in lines
    assert "Canaries proved: 0 in 3 attempts." in text

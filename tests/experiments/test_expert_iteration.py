"""The loop on propositional logic, in this process."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import gymnasium
import pytest
from gymnasium.envs.registration import EnvSpec
from hydra import compose, initialize_config_module

from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.envs import ProofEnv
from aitp_gym.errors import CanaryProved, ConfigError, TrainingDiverged, TrainingFailed
from aitp_gym.evaluation.evaluator import derive_seed
from aitp_gym.experiments.experiment import run_experiment
from aitp_gym.proof import Goal, Premises, Subgoals, Verdict
from aitp_gym.provers.propositional.prover import PropositionalProver
from aitp_gym.theorems import load
from aitp_gym.theorems.canaries import canaries
from aitp_gym.traces import TraceReader

FAULTS = Path(__file__).parents[1] / "faults"
FIT = FAULTS / "fit_frequency.py"
CANARIES = len(canaries(PropositionalProver()))


def run(folder: Path, *overrides: str, fit: str = "as-baseline", model: str = "frequency") -> Path:
    training = [sys.executable, str(FIT), "${training.traces}", "${training.output}", fit]
    listed = ",".join(f"'{argument}'" for argument in training)
    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        config = compose(
            "quickstart",
            [
                *(f"exp_config.directory={folder}", "exp_config.experiment=e", "logging_config.id=null"),
                *(f"tac_model={model}", "tac_model.menu=propositional", f"train_after_eval=[[{listed}]]"),
                *("num_theorems=30", "num_valid_theorems=10", "max_tactics=64", "log_level=ERROR", *overrides),
            ],
        )
    return run_experiment(config)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Three evaluations with all baselines, and two trainings."""
    return run(tmp_path_factory.mktemp("loop") / "run", "num_iterations=3")


def test_every_policy_attempts_what_belongs_to_it(finished):
    keys = TraceReader(finished).keys()
    found = Counter(key[:3] for key in keys)
    expected = {(0, "train", "learned"): 30, (1, "train", "learned"): 30}
    for iteration, policy in ((0, "learned"), (1, "learned"), (2, "learned"), (2, "frequency")):
        expected |= {(iteration, "valid", policy): 10, (iteration, "canary", policy): CANARIES}
    for policy in ("uniform", "fixed_order"):
        expected |= {(0, "valid", policy): 10, (0, "canary", policy): CANARIES}
    assert found == expected


def test_the_same_theorems_are_attempted_in_every_iteration(finished):
    keys = TraceReader(finished).keys()
    for split in ("train", "valid"):
        by_round: dict[tuple[int, str], list[str]] = {}
        for key in keys:
            if key.split == split:
                by_round.setdefault((key.iteration, key.policy), []).append(key.theorem)
        assert len({tuple(names) for names in by_round.values()}) == 1


def test_seeds_derive_from_run_iteration_and_theorem(finished):
    for row in TraceReader(finished).attempts().select(["iteration", "theorem", "seed"]).to_pylist():
        assert row["seed"] == derive_seed(0, row["iteration"], row["theorem"])


def test_what_was_trained_is_what_is_evaluated_next(finished):
    checkpoints = json.loads((finished / "state.json").read_text())["checkpoints"]
    expected = {0: FrequencyPolicy("propositional").versions["weights_digest"]}
    for checkpoint in checkpoints:
        policy = FrequencyPolicy("propositional", finished / checkpoint["path"])
        expected[checkpoint["iteration"] + 1] = policy.versions["weights_digest"]
    assert len(set(expected.values())) == 3
    for key, attempt in TraceReader(finished).records(policy="learned"):
        assert attempt.versions["policy.weights_digest"] == expected[key.iteration]


def test_the_frequency_baseline_is_the_one_fitted_last(finished):
    learned = next(TraceReader(finished).records(iteration=2, policy="learned"))[1]
    baseline = next(TraceReader(finished).records(iteration=2, policy="frequency"))[1]
    assert learned.versions["policy.weights_digest"] == baseline.versions["policy.weights_digest"]


def test_the_report_has_an_entry_for_every_iteration_and_split(finished):
    report = json.loads((finished / "report.json").read_text())
    entries = [(entry["iteration"], entry["split"]) for entry in report["iterations"]]
    assert sorted(entries) == sorted(
        [(i, split) for i in (0, 1) for split in ("train", "valid", "canary")] + [(2, "valid"), (2, "canary")]
    )
    assert report["canaries_proved"] == 0
    assert {(test["a"], test["b"]) for test in report["comparisons"]} >= {
        ("learned@0", "learned@2"),
        ("frequency@2", "learned@2"),
        ("uniform@0", "learned@2"),
    }
    assert report["digests"]["menu"]
    assert report["digests"]["split"]


def test_theorems_are_shuffled_by_the_seed_of_the_run(tmp_path):
    def attempted(name: str, *overrides: str) -> list[str]:
        folder = run(tmp_path / name, "num_iterations=1", "baselines=[]", "max_tactics=1", *overrides)
        keys = TraceReader(folder).keys()
        return [key.theorem for key in keys if key.split == "valid"]

    one, same, other = attempted("one"), attempted("same"), attempted("other", "seed=1")
    assert one == same != other
    first = [theorem.name for theorem in load("propositional-small").split("valid")[:10]]
    assert attempted("plain", "shuffle=false") == first


def test_a_baseline_that_nothing_fits_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="under `frequency` in its result file"):
        run(tmp_path / "run", "num_iterations=2", "baselines=[frequency]", fit="")


def test_a_training_that_fails_can_be_repeated(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    broken = f"train_after_eval=[[{sys.executable},-c,'import sys,os; sys.exit(os.environ[\"PYTHONPATH\"])']]"
    with pytest.raises(TrainingFailed, match="/nowhere"):
        run(tmp_path / "run", "num_iterations=2", "baselines=[]", broken)
    assert "exp_config.resume=true goes on with it" in capsys.readouterr().err
    before = TraceReader(tmp_path / "run").keys()
    with pytest.raises(TrainingFailed):
        run(tmp_path / "run", "num_iterations=2", "baselines=[]", broken, "exp_config.resume=true")
    assert TraceReader(tmp_path / "run").keys() == before
    folders = sorted(path.name for path in (tmp_path / "run" / "checkpoints").iterdir())
    assert folders == ["iteration-0-command-0", "iteration-0-command-0-2"]


@pytest.mark.parametrize("runners", [0, pytest.param(1, marks=pytest.mark.integration)])
def test_a_run_whose_weights_diverged_says_so_at_once_and_again_when_it_is_resumed(tmp_path, capsys, runners):
    folder = tmp_path / "run"
    training = f"train_after_eval=[[{sys.executable},'{FAULTS}/diverge_weights.py','${{training.output}}']]"
    few = ("num_theorems=2", "num_valid_theorems=1", "max_tactics=4", "num_iterations=3", "baselines=[]")
    kept = None
    for resume in ("false", "true"):
        with pytest.raises(TrainingDiverged, match="The training after iteration 0 diverged, so that iteration 1 can"):
            run(folder, *few, training, f"num_workers={runners}", f"exp_config.resume={resume}", model="menu")
        [checkpoint] = json.loads((folder / "state.json").read_text())["checkpoints"]
        assert checkpoint["metrics"] == {"loss": "NaN"}
        assert (folder / checkpoint["path"]).is_dir()
        assert len(list((folder / "checkpoints").iterdir())) == 1
        keys = TraceReader(folder).keys()
        assert {key.iteration for key in keys} == {0}
        assert kept in (None, keys)
        kept = keys
    # Nobody is told how to go on with it.
    assert "exp_config.resume=true" not in capsys.readouterr().err


class Gullible(PropositionalProver):
    """Proves everything: what canaries are there to notice."""

    def start(self, theorem):
        return Session(Goal.single(theorem.statement))

    def check(self, theorem, proof, timeout_s):
        return Verdict.accept()

    def premises(self, theorem):
        return Premises.none()


class Session:
    def __init__(self, root):
        self.root = root

    def apply(self, goal, tactics, timeout_s, *, prover_s=None, wall_s=None):
        return [Subgoals(())]

    def pretty(self, goal):
        return goal.text

    def close(self):
        pass


def make_gullible(theorem_set="propositional-small", **settings):
    return ProofEnv(Gullible(), load(theorem_set), **settings)


def test_a_proved_canary_fails_the_run(tmp_path, monkeypatch):
    env_id = "test/Gullible-v0"
    monkeypatch.setitem(gymnasium.registry, env_id, EnvSpec(env_id, entry_point=make_gullible))
    with pytest.raises(CanaryProved, match="canary_"):
        run(tmp_path / "run", "num_iterations=2", f"env_config.id={env_id}")
    report = json.loads((tmp_path / "run" / "report.json").read_text())
    assert report["canaries_proved"] > 0
    assert not (tmp_path / "run" / "state.json").exists()

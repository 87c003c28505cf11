"""Goal models that a run trains, and searches that it compares."""

from __future__ import annotations

import json
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from hydra import compose, initialize_config_module
from rich.console import Console

from aitp_gym.agents.goal_models.value_network import ValueNetwork
from aitp_gym.errors import ConfigError
from aitp_gym.experiments.experiment import run_experiment
from aitp_gym.experiments.reports.report_table import print_table
from aitp_gym.traces import TraceReader

FIT = Path(__file__).parents[1] / "faults" / "fit_goal_model.py"
TRAIN = f"train_after_eval=[['{sys.executable}','{FIT}','${{training.output}}','${{training.seed}}']]"
SMALL = ("num_theorems=4", "num_valid_theorems=6", "max_tactics=40", "log_level=ERROR", "logging_config.id=null")


def run(folder: Path, *overrides: str, name: str = "quickstart") -> Path:
    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        where = (f"exp_config.directory={folder}", "exp_config.experiment=e")
        config = compose(name, [*where, "baselines=[]", *SMALL, *overrides])
    return run_experiment(config)


def digests(run: Path, policy: str) -> dict[int, set[str | None]]:
    """By iteration, the weights of the goal scorer that the attempts of a policy had."""
    found: dict[int, set[str | None]] = {}
    for key, attempt in TraceReader(run).records(policy=policy):
        weights = attempt.versions.get("search.goal_scorer.weights_digest")
        found.setdefault(key.iteration, set()).add(weights)
    return found


def trained(run: Path) -> list[str]:
    checkpoints = json.loads((run / "state.json").read_text())["checkpoints"]
    return [ValueNetwork(run / each["path"]).versions["weights_digest"] for each in checkpoints]


NESTED = (
    "search_model=htps",
    "search_model.goal_scorer={_target_:aitp_gym.agents.goal_models.value_network.ValueNetwork,ckpt_path:null}",
    "update_checkpoints=[[search_model,goal_scorer,ckpt_path]]",
)
SHARED = (
    "goal_model=value_network",
    "search_model=updown",
    "search_model.goal_scorer=${goal_model}",
    "update_checkpoints=[[goal_model,ckpt_path]]",
)


@pytest.mark.parametrize("fields", [NESTED, SHARED], ids=["inside the search", "as the run's goal model"])
def test_a_trained_goal_scorer_is_what_the_next_iteration_searches_with(tmp_path, fields):
    folder = run(tmp_path / "run", "num_iterations=3", TRAIN, *(f"+{f}" if "goal_model=" in f else f for f in fields))
    untrained = ValueNetwork().versions["weights_digest"]
    first, second = trained(folder)
    assert digests(folder, "learned") == {0: {untrained}, 1: {first}, 2: {second}}
    assert len({untrained, first, second}) == 3


def test_a_run_that_goes_on_searches_with_what_it_had_trained(tmp_path):
    fields = (TRAIN, *NESTED)
    run(tmp_path / "run", "num_iterations=2", *fields)
    folder = run(tmp_path / "run", "num_iterations=3", "exp_config.resume=true", *fields)
    assert digests(folder, "learned")[1] == {trained(folder)[0]}
    assert digests(folder, "learned")[2] == {trained(folder)[1]}


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The experiment that compares searches, small, and with a goal model that takes no time to train."""
    overrides = ("num_iterations=2", TRAIN, "update_checkpoints=[[goal_model,ckpt_path]]")
    folder = tmp_path_factory.mktemp("compared") / "run"
    return run(folder, *overrides, "env_config.theorem_set=propositional-small", name="search_comparison")


SEARCHES = ("breadth_first", "depth_first", "fringe", "updown", "htps")
WITH_GOAL_MODEL = ("fringe_goal_model", "updown_goal_model", "htps_goal_model")


def test_every_search_attempts_the_same_theorems_with_the_same_seeds(compared):
    attempts = TraceReader(compared).attempts(iteration=1, split="valid").to_pylist()
    by_policy: dict[str, set[tuple[str, int]]] = {}
    for row in attempts:
        by_policy.setdefault(row["policy"], set()).add((row["theorem"], row["seed"]))
    assert by_policy.keys() == {"learned", *SEARCHES, *WITH_GOAL_MODEL}
    assert {len(each) for each in by_policy.values()} == {6}
    assert len(set(map(frozenset, by_policy.values()))) == 1


def test_before_the_last_iteration_nothing_is_measured(compared):
    rows = TraceReader(compared).attempts(iteration=0).to_pylist()
    assert Counter((row["split"], row["policy"]) for row in rows).keys() == {
        ("train", "learned"),
        ("canary", "learned"),
    }


def test_searches_have_the_policy_of_the_run_and_the_goal_model_that_they_name(compared):
    (network,) = trained(compared)
    for label in WITH_GOAL_MODEL:
        assert digests(compared, label) == {1: {network}}
    policies = {attempt.versions["policy.weights_digest"] for _, attempt in TraceReader(compared).records(iteration=1)}
    assert len(policies) == 1


def test_the_report_tests_each_search_against_the_run_s_own(compared):
    report = json.loads((compared / "report.json").read_text())
    assert report["searches"] == {
        "learned": "BestFirst",
        "breadth_first": "BreadthFirst",
        "depth_first": "DepthFirst",
        "fringe": "Fringe",
        "updown": "UpDown",
        "htps": "HTPS",
        "fringe_goal_model": "Fringe",
        "updown_goal_model": "UpDown",
        "htps_goal_model": "HTPS",
    }
    pairs = {(test["a"], test["b"]) for test in report["comparisons"]}
    assert pairs == {(f"{label}@1", "learned@1") for label in (*SEARCHES, *WITH_GOAL_MODEL)}
    assert report["canaries_proved"] == 0


def test_the_table_says_what_each_search_cost(compared):
    report = json.loads((compared / "report.json").read_text())
    console = Console(file=StringIO(), width=200)
    print_table(report, console)
    lines = console.file.getvalue().splitlines()
    start = next(i for i, line in enumerate(lines) if "searches with the same policy" in line)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines[start:] if line.startswith("│")][:9]
    entries = {
        entry["policy"]: entry for entry in [*report["iterations"], *report["baselines"]] if entry["split"] == "valid"
    }
    assert [row[0] for row in rows] == ["learned (BestFirst)", *SEARCHES, *WITH_GOAL_MODEL]
    for row in rows:
        entry = entries[row[0].split()[0]]
        assert row[1:6] == [str(entry[k]) for k in ("attempted", "proved", "multi_step_proofs", "nodes", "tactics")]
    assert sum("searches with the same policy" in line for line in lines) == 1, "train theorems compare nothing"


def test_a_comparison_that_was_cut_short_goes_on(compared, tmp_path):
    overrides = ("num_iterations=1", "train=none", "env_config.theorem_set=propositional-small", "num_theorems=0")
    folder = run(tmp_path / "run", *overrides, name="search_comparison")
    before = TraceReader(folder).keys()
    again = run(tmp_path / "run", *overrides, "exp_config.resume=true", name="search_comparison")
    assert TraceReader(again).keys() == before
    with pytest.raises(ConfigError, match=r"another experiment: searches\.htps\.settings\.exploration"):
        run(
            tmp_path / "run",
            *overrides,
            "exp_config.resume=true",
            "searches.htps.settings.exploration=2.0",
            name="search_comparison",
        )


def test_a_search_may_not_take_a_name_that_means_something_else(tmp_path):
    with pytest.raises(ConfigError, match="searches may not be called 'uniform'"):
        run(tmp_path / "run", "+search_model@searches.uniform=htps")


def test_a_search_that_cannot_be_built_says_so_before_anything_is_written(tmp_path):
    with pytest.raises(ConfigError, match="bogus"):
        run(tmp_path / "run", "+searches.x={_target_:aitp_gym.search.bogus.Bogus}")
    assert not (tmp_path / "run").exists()

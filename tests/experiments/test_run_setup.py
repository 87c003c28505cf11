"""From the fields of a run to runners, deadlines and baselines."""

from __future__ import annotations

import pytest

from aitp_gym.errors import ConfigError, UnknownName
from aitp_gym.experiments.config import RunConfig
from aitp_gym.experiments.run_setup import baseline_policy, deadlines, open_problem, resources, worker_config

ENV = {"id": "aitp/Propositional-v0", "theorem_set": "propositional-small"}


def config(**fields) -> RunConfig:
    return RunConfig(**{"env_config": ENV, "tac_model": {"menu": "propositional"}, "search_model": {}, **fields})


def test_no_workers_means_this_process():
    assert resources(config(num_workers=0)) is None


def test_a_number_of_workers_wins_over_the_cores():
    found = resources(config(num_workers=5, num_cpus=2, cpu_per_prover=1.5))
    assert found is not None
    assert found.num_runners == 5
    assert found.num_cpus >= 5 * found.cpus_per_runner


def test_without_a_number_the_cores_decide():
    found = resources(config(num_cpus=6, cpu_per_prover=2))
    assert found is not None
    assert found.num_runners == 3
    whole = resources(config())
    assert whole is not None
    assert whole.num_cpus >= 1


def test_gpus_decide_where_they_are_used():
    found = resources(
        config(num_cpus=64, with_gpus=True, num_gpus=2, logical_gpus=4, provers_per_gpu=3, gpu_per_prover=0.1)
    )
    assert found is not None
    assert (found.num_runners, found.gpus_per_runner, found.num_gpus) == (12, 0.1, 2)


def test_a_deadline_lies_behind_all_that_an_attempt_may_use():
    found = deadlines(config(max_tactics=8, tactic_timeout_s=2.0))
    assert found.attempt_s > 8 * 2.0
    slow_check = deadlines(config(max_tactics=8, env_config={**ENV, "check_timeout_s": 500.0}))
    assert slow_check.check_s == 500.0


def test_the_time_of_a_tactic_reaches_the_environment():
    assert worker_config(config(tactic_timeout_s=0.25)).env_kwargs["tactic_timeout_s"] == 0.25


def test_a_baseline_chooses_from_the_menu_of_the_learned_policy():
    assert baseline_policy("uniform", config())["menu"] == "propositional"
    with pytest.raises(ConfigError, match="no field `menu`"):
        baseline_policy("uniform", config(tac_model={}))


def test_splits_are_disjoint_and_canaries_are_there():
    problem = open_problem(config(num_theorems=20, num_valid_theorems=10))
    assert (len(problem.train), len(problem.valid)) == (20, 10)
    assert not {theorem.name for theorem in problem.train} & {theorem.name for theorem in problem.valid}
    assert {theorem.split for theorem in problem.canaries} == {"canary"}
    assert all(theorem.provable is False for theorem in problem.canaries)
    assert {"theorems_digest", "split_digest.train", "split_digest.valid", "canaries_digest"} <= problem.versions.keys()


def test_an_environment_that_does_not_exist_is_named():
    with pytest.raises(UnknownName, match=r"aitp/Nowhere-v0.*aitp/Propositional-v0"):
        open_problem(config(env_config={"id": "aitp/Nowhere-v0"}))
    with pytest.raises(ConfigError, match=r"env_config\.id"):
        open_problem(config(env_config={}))

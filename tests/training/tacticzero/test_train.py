"""Trainings of TacticZero: what they write, how they go on, and what is refused."""

from __future__ import annotations

import csv

import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

pytest.importorskip("torch", reason="torch is not installed: pip install 'aitp-gym[lightning]'")

from aitp_gym.agents import SearchAgent
from aitp_gym.agents.policies.tacticzero import TacticZeroPolicy, TacticZeroScorer
from aitp_gym.envs.registration import make_env
from aitp_gym.errors import AitpError, ConfigError
from aitp_gym.files import read_json
from aitp_gym.search import Fringe
from aitp_gym.traces import TraceReader
from aitp_gym.training.tacticzero.config import TacticZeroTraining
from aitp_gym.training.tacticzero.train import train

SMALL = (
    "steps=400", "evaluate_every=200", "batch_size=8", "max_tactics=20", "num_theorems=8", "num_valid_theorems=3",
    "encoder.width=8", "encoder.buckets=64", "hidden=8", "env.theorem_set=propositional-small",
)  # fmt: skip


def settings(*overrides: str) -> TacticZeroTraining:
    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        composed = compose("train_tacticzero", [*SMALL, *overrides])
    return TacticZeroTraining.from_dict(OmegaConf.to_container(composed, resolve=True))


def test_a_training_measures_exports_goes_on_and_keeps_traces(tmp_path):
    (folder,) = train(settings(f"directory={tmp_path}", "traces=true"))
    with (folder / "proof_rates.csv").open() as file:
        rows = list(csv.DictReader(file))
    steps = [int(row["steps"]) for row in rows]
    assert steps[0] == 0
    assert steps[-1] >= 400
    assert all(0 <= float(row[way]) <= 1 for row in rows for way in ("greedy", "sampled"))
    policies = {key.policy for key, _ in TraceReader(folder / "traces").records()}
    assert policies == {"greedy", "sampled", "learner"}
    with pytest.raises(ConfigError, match="has a training already"):
        train(settings(f"directory={tmp_path}"))
    train(settings(f"directory={tmp_path}", "resume=true", "steps=700"))
    metrics = read_json(folder / "result.json")["metrics"]
    assert metrics["steps"] >= 700
    assert metrics["num_theorems"] == 3
    with pytest.raises(ConfigError, match="with other settings"):
        train(settings(f"directory={tmp_path}", "resume=true", "gamma=0.5"))


def test_the_policy_searches_as_it_was_trained_to(tmp_path):
    (folder,) = train(settings(f"directory={tmp_path}"))
    policy = TacticZeroPolicy("propositional", folder / "policy")
    agent = SearchAgent(policy, Fringe(TacticZeroScorer(folder / "policy"), policy_weight=0.0), num_sampled_tactics=1)
    with make_env("aitp/Propositional-v0", {}) as env:
        env.reset(seed=0, options={"theorem": "p ∧ q → q ∧ p", "budget": {"max_tactics": 200}})
        attempt = agent.prove(env)
    assert attempt.proved
    assert attempt.versions["search.goal_scorer.weights_digest"] == policy.versions["weights_digest"]


def test_the_same_seed_trains_the_same_policy(tmp_path):
    folders = [train(settings(f"directory={tmp_path / name}", "seeds=[3]"))[0] for name in ("a", "b")]
    first, second = (TacticZeroPolicy("propositional", folder / "policy") for folder in folders)
    assert first.versions["weights_digest"] == second.versions["weights_digest"]


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("steps=0", "steps must be a whole number >= 1"),
        ("rewards=many", "rewards must be one of sparse, paper, got 'many'"),
        ("gamma=2", "gamma above 0 and at most 1"),
        ("menu=hollight-full", "is written for hollight"),
        ("encoder.kind=lstm", "encoder.kind must be one of"),
        ("env.id=aitp/Nothing-v0", "Nothing"),
        ("valid_split=later", "no split 'later'"),
        ("start=nowhere", "no checkpoint folder nowhere"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(tmp_path, override, words):
    with pytest.raises(AitpError, match=words) as caught:
        train(settings(f"directory={tmp_path / 't'}", override))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "t").exists()


@pytest.mark.integration
@pytest.mark.timeout(900)
def test_it_learns_to_prove_twice_as_much(tmp_path):
    (folder,) = train(
        settings(
            *(f"directory={tmp_path}", "env.theorem_set=propositional-medium", "steps=40000", "evaluate_every=40000"),
            *("num_theorems=null", "num_valid_theorems=50", "batch_size=32", "max_tactics=50"),
            *("encoder.width=64", "encoder.buckets=16384", "hidden=64"),
        )
    )
    with (folder / "proof_rates.csv").open() as file:
        first, *_, last = csv.DictReader(file)
    assert float(last["greedy"]) >= float(first["greedy"]) + 0.25

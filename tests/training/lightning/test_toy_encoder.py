"""An encoder is added by one file, `tests/agents/encoders/toy_encoder.py`, and one line, in the fixture `toy` below."""

import json

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'aitp-gym[lightning]'")
pytest.importorskip("lightning", reason="training needs lightning: pip install 'aitp-gym[lightning]'")

from aitp_gym.agents.encoders.registry import ENCODERS
from aitp_gym.agents.goal_models.value_network import ValueNetwork
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.proof import Goal, Premises
from aitp_gym.traces import TraceWriter
from aitp_gym.training.lightning.goal_model.__main__ import main as train_value_network
from aitp_gym.training.lightning.menu_policy.__main__ import main as train_menu_policy

from ...agents.encoders.toy_encoder import ToyEncoder
from .goal_model.conftest import learnable_attempts
from .menu_policy.conftest import propositional_attempts

GOALS = [Goal.single(text) for text in ("p ∧ q", "p → q", "p ∨ q", "p")]


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    monkeypatch.setitem(ENCODERS, "toy", f"{ToyEncoder.__module__}:ToyEncoder")


def checkpoint(train, attempts, folder, *options: str) -> str:
    """Train by the command; returns the path of the checkpoint."""
    with TraceWriter(folder / "traces") as writer:
        for each in attempts:
            writer.write(each, iteration=0, policy="learned")
        writer.compact(0)
    arguments = ["--traces", str(folder / "traces"), "--output", str(folder / "out"), "--encoder", "toy", "--quiet"]
    assert train([*arguments, *options, "--result", str(folder / "result.json")]) == 0
    return json.loads((folder / "result.json").read_text())["checkpoint"]


def test_a_menu_policy_learns_with_it_and_a_checkpoint_brings_it_back(tmp_path):
    options = ("--menu", "propositional", "--steps", "60", "--width", "8", "--penalty", "0.01")
    path = checkpoint(train_menu_policy, propositional_attempts(100, seed=1), tmp_path, *options)
    trained = MenuPolicy("propositional", path, noise=0.0)
    assert trained.config.encoder.kind == "toy"
    answers = trained.get_tactics(GOALS, [Premises.none()] * len(GOALS), 5)
    assert [answer[0].tactic for answer in answers[:3]] == ["split", "intro", "left"]
    trained.save(tmp_path / "again")
    again = MenuPolicy("propositional", tmp_path / "again", noise=0.0)
    assert again.versions == trained.versions
    assert again.get_tactics(GOALS, [Premises.none()] * len(GOALS), 5) == answers


def test_a_value_network_learns_with_it_and_a_checkpoint_brings_it_back(tmp_path):
    options = ("--steps", "60", "--width", "8", "--penalty", "0.01", "--held-out", "0")
    path = checkpoint(train_value_network, learnable_attempts(100, seed=1), tmp_path, *options)
    trained = ValueNetwork(path)
    assert trained.config.encoder.kind == "toy"
    provable, *others = trained.score(GOALS[:3])
    assert all(provable > other for other in others)
    trained.save(tmp_path / "again")
    assert ValueNetwork(tmp_path / "again").score(GOALS) == trained.score(GOALS)

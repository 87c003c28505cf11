"""Attempts in traces as episodes of a preset."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.errors import BadInput, TraceError, UnknownName
from aitp_gym.proof import Theorem
from aitp_gym.theorems import load
from aitp_gym.traces import TraceReader, TraceWriter
from aitp_gym.traces.exporters.episode import PresetEpisode
from aitp_gym.training.presets.proof_rates import by_chance, held_out
from aitp_gym.wrappers.trace_episodes import TraceEpisodes

from ..traces.conftest import make

ENV_ID = "aitp/Propositional-Menu-v0"
THEOREMS = load("propositional-small")


def assert_played(episode: PresetEpisode, env: gym.Env[Any, Any], theorem: Theorem) -> None:
    """The preset with its prover shows the same to who takes the same actions."""
    observation, _ = env.reset(seed=0, options={"theorem": theorem})
    for step, action in enumerate(episode.actions):
        assert observation["action_mask"][action]
        for name, array in episode.observations.items():
            assert np.array_equal(array[step], observation[name])
        observation, reward, terminated, _, _ = env.step(action)
        assert reward == pytest.approx(episode.rewards[step])
        assert terminated == (episode.terminated and step == len(episode) - 1)
    for name, array in episode.observations.items():
        assert np.array_equal(array[-1], observation[name]), "with the mask at a truncation too"


@pytest.mark.parametrize(
    ("arguments", "proofs_only"),
    [
        ({}, False),
        ({"max_tactics": 2}, True),
        ({"observation": "tokens", "max_nodes": 3}, False),
        ({"focus": "oldest", "shaping": {"goals": 0.2}, "k": 3}, False),
    ],
)
def test_an_episode_is_what_the_preset_would_show(found, arguments, proofs_only):
    with (
        TraceEpisodes([found], arguments=arguments, proofs_only=proofs_only) as episodes,
        gym.make(ENV_ID, **arguments) as env,
    ):
        assert episodes.observation_space == env.observation_space
        assert episodes.action_space == env.action_space
        played = list(episodes)
        for episode in played:
            assert_played(episode, env, THEOREMS[episode.theorem])
    assert episodes.counts["episodes"] == len(played)
    assert episodes.counts["steps"] == sum(map(len, played))


def test_proofs_end_in_a_reward_unless_they_are_too_long(found):
    attempts = [attempt for _, attempt in TraceReader(found).records() if attempt.proved]
    with TraceEpisodes([found]) as episodes:
        played = list(episodes)
        assert episodes.counts["proved"] == len(played) == len(attempts)
    assert all(episode.terminated and episode.rewards.sum() == episode.rewards[-1] == 1 for episode in played)
    assert all(len(each.proof.steps) == len(episode) for each, episode in zip(attempts, played, strict=True))
    shortest = min(map(len, played))
    with TraceEpisodes([found], arguments={"max_tactics": shortest}) as episodes:
        cut = list(episodes)
    assert [len(episode) for episode in cut] == [shortest] * len(played)
    assert [episode.terminated for episode in cut] == [len(episode) == shortest for episode in played]


def test_other_steps_are_there_if_asked_for(found):
    with TraceEpisodes([found]) as proofs, TraceEpisodes([found], proofs_only=False) as attempts:
        assert len(list(attempts)) > len(list(proofs))
        assert 0 < attempts.counts["proved"] < attempts.counts["episodes"]
        assert any(not episode.terminated for episode in attempts)


def test_splits_and_policies_are_chosen(found):
    names = {split: {theorem.name for theorem in THEOREMS.split(split)} for split in ("train", "valid")}
    for split, own in names.items():
        with TraceEpisodes([found], split=split) as episodes:
            assert {episode.theorem for episode in episodes} <= own
    for chosen in ({"split": "test"}, {"policy": "learned"}):
        with pytest.raises(TraceError, match="no such attempts"):
            TraceEpisodes([found], **chosen)


def test_the_preset_is_of_the_theorems_in_the_traces(found):
    with TraceEpisodes([found], arguments={"max_tactics": 5}) as episodes:
        assert episodes.spec.id == ENV_ID
        assert episodes.spec.kwargs["theorem_set"] == THEOREMS.name
        assert episodes.spec.kwargs["max_tactics"] == 5
    assert gym.spec(ENV_ID).kwargs["max_tactics"] != 5, "the registered one stays as it is"


def test_traces_of_another_prover_are_refused(tmp_path, found):
    traced = tmp_path / "of_hollight"
    with TraceWriter(traced) as writer:
        writer.write(make(proved_at=1), iteration=0, policy="found")
    with TraceEpisodes([traced], ENV_ID) as episodes, pytest.raises(TraceError, match="expected 'propositional'"):
        list(episodes)
    with pytest.raises(TraceError, match="hollight, propositional: give those of one"):
        TraceEpisodes([traced, found])


def test_steps_that_the_menu_does_not_write_are_no_episodes(found):
    with (
        TraceEpisodes([found], split="valid", arguments={"k": 1}) as episodes,
        TraceEpisodes([found], split="valid") as whole,
    ):
        assert sum(map(len, episodes)) < sum(map(len, whole))
    assert episodes.counts["not"] > 0 == whole.counts["not"]


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"env_id": "aitp/Propositional-v0"}, UnknownName, "no preset 'aitp/Propositional-v0'; known: .*Menu-v0"),
        ({"env_id": "CartPole-v1"}, UnknownName, "no preset"),
        ({"arguments": {"colour": "red"}}, BadInput, "does not take colour"),
        ({"arguments": {"menu": "hollight-full"}}, BadInput, "written for hollight"),
        ({"arguments": {"observation": "graph"}}, BadInput, "no graphs"),
        ({"arguments": {"k": -1}}, BadInput, "k must be|whole number|-1"),
    ],
)
def test_a_preset_that_cannot_be_played_is_refused(found, given, kind, message):
    with pytest.raises(kind, match=message):
        TraceEpisodes([found], **given)


@pytest.mark.parametrize(
    ("env_id", "prover"),
    [
        (ENV_ID, "propositional"),
        pytest.param("aitp/HOList-Menu-v0", "hollight", marks=pytest.mark.integration),
        pytest.param("aitp/Lean-Menu-v0", "lean", marks=pytest.mark.integration),
    ],
)
def test_what_was_played_comes_back(env_id, prover, request, tmp_path):
    """With the goals of each prover, and premises, whose ranking is part of what is seen and done."""
    request.getfixturevalue(prover)
    choose, played = by_chance(0), []
    with gym.make(env_id, max_tactics=6) as env, TraceWriter(tmp_path / "traces") as writer:
        for theorem in held_out(env, "train", 6):
            observation, _ = env.reset(seed=0, options={"theorem": theorem})
            seen, actions, over = [observation], [], False
            while not over:
                actions.append(choose(observation))
                observation, reward, terminated, truncated, _ = env.step(actions[-1])
                seen.append(observation)
                over = terminated or truncated
            played.append((seen, actions, reward, terminated))
            writer.write(env.unwrapped.attempt(), iteration=0, policy="chance")
    with TraceEpisodes([tmp_path / "traces"], env_id, {"max_tactics": 6}, proofs_only=False) as episodes:
        again = list(episodes)
    assert len(again) == len(played)
    for episode, (seen, actions, reward, terminated) in zip(again, played, strict=True):
        # The last step may lead to a goal at which nothing was tried any more.
        assert len(episode) >= len(actions) - (not terminated)
        assert episode.actions.tolist() == actions[: len(episode)]
        assert episode.terminated == terminated
        assert not terminated or episode.rewards[-1] == reward
        for name, array in episode.observations.items():
            assert np.array_equal(array, np.stack([each[name] for each in seen[: len(episode) + 1]]))

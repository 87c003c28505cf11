"""TacticZero's learner: episodes, log-probabilities with gradients, and what is learned from."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'aitp-gym[lightning]'")

import torch

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.policies.tacticzero import TacticZeroConfig, TacticZeroPolicy, untrained_weights
from aitp_gym.agents.policies.tacticzero.network import templates_of
from aitp_gym.menus import Menu
from aitp_gym.proof import Theorem, Verdict
from aitp_gym.training.tacticzero.episodes import REWARDS, DrawnStep, TacticZeroEpisode, play_episode
from aitp_gym.training.tacticzero.learner import Learner, Settings, discounted
from aitp_gym.training.tacticzero.network import TacticZeroNetwork, Weighted

MENU = Menu.load("propositional")
CONFIG = TacticZeroConfig.of(MENU, EncoderConfig(width=8, buckets=64), hidden=8)
EASY = "p ∧ q → q"


def network(seed: int = 0) -> TacticZeroNetwork:
    rng = np.random.default_rng(seed)
    shapes = untrained_weights(CONFIG, 0)
    weights = {name: rng.normal(0, 0.2, value.shape).astype(np.float32) for name, value in shapes.items()}
    return TacticZeroNetwork(CONFIG, templates_of(MENU), weights)


def policy_of(net: TacticZeroNetwork) -> TacticZeroPolicy:
    return TacticZeroPolicy.from_weights(MENU, CONFIG, net.weights())


@pytest.fixture(autouse=True)
def one_thread():
    """Networks this small are slower on several."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def env():
    with gymnasium.make("aitp/Propositional-v0") as made:
        yield made.unwrapped


def play(env, policy, theorem: str = EASY, seed: int = 0, **settings) -> TacticZeroEpisode:
    return play_episode(env, env.prover.parse(theorem), policy, np.random.default_rng(seed), max_tactics=40, **settings)


def episodes(env, net: TacticZeroNetwork, number: int = 20) -> list[TacticZeroEpisode]:
    return [play(env, policy_of(net), seed=seed) for seed in range(number)]


def test_an_episode_is_proved_when_the_check_says_so_and_marks_the_steps_of_the_proof(env):
    found = episodes(env, network())
    proved = [episode for episode in found if episode.proved]
    assert len(proved) > 0
    for episode in found:
        assert episode.proved == episode.attempt.proved == (episode.attempt.verdict is not None)
        assert len(episode.decisions) == len(episode.attempt.steps) <= 40
        rewards = [decision.reward for decision in episode.decisions]
        assert rewards == [0.0] * (len(rewards) - 1) + [1.0 if episode.proved else 0.0]
    for episode in proved:
        steps = [step for step, used in zip(episode.attempt.steps, episode.on_proof, strict=True) if used]
        assert {step.tactic for step in steps} == {step.tactic for step in episode.attempt.proof.steps}


def test_a_proof_that_the_check_refuses_earns_nothing(env, monkeypatch):
    monkeypatch.setattr(env.prover, "check", lambda *_, **__: Verdict.refuse("not today"))
    found = episodes(env, network())
    assert any(episode.attempt.refused for episode in found)
    assert not any(episode.proved for episode in found)
    assert all(decision.reward == 0.0 for episode in found for decision in episode.decisions)


@pytest.mark.parametrize("no_repeats", [True, False])
def test_a_tactic_is_tried_once_at_each_goal_where_repeats_are_left_out(env, no_repeats):
    policy, repeats = policy_of(network()), 0
    for seed in range(10):
        episode = play(env, policy, "p ∨ q → q", seed, no_repeats=no_repeats)
        tried = [(episode.texts[decision.goal], decision.slot) for decision in episode.decisions]
        repeats += len(tried) - len(set(tried))
        assert all(decision.slot in decision.allowed for decision in episode.decisions)
    assert (repeats == 0) == no_repeats


def test_the_rewards_of_the_paper_tell_steps_apart(env):
    rewards = REWARDS["paper"]
    found = [play(env, policy_of(network()), seed=seed, rewards=rewards) for seed in range(20)]
    for episode in found:
        *earlier, last = (decision.reward for decision in episode.decisions)
        assert set(earlier) <= {-0.1, 0.1, 0.2}
        assert last == 5.0 if episode.proved else last < -4.7


def test_both_networks_say_the_same_of_goals():
    net = network()
    texts = ["⊢ p → p", "p ∧ q\n⊢ q", "anything else"]
    expected = policy_of(net).outputs(texts)
    for ours, theirs in zip(expected, net(texts), strict=True):
        assert np.allclose(ours, theirs.detach().numpy(), atol=1e-5)


def test_the_log_probability_of_a_step_is_that_of_set_template_and_slot(env):
    net = network(3)
    policy = policy_of(net)
    played = [play(env, policy, seed=seed) for seed in range(3)]
    found = net.logprobs([Weighted(e.texts, e.decisions, [1.0] * len(e.decisions)) for e in played]).tolist()
    expected = []
    for episode in played:
        outputs = policy.outputs(episode.texts)
        for decision in episode.decisions:
            sums = np.array([sum(float(outputs.scores[g]) for g in fringe) for fringe in decision.fringes])
            fringe = sums[decision.fringe] - np.logaddexp.reduce(sums)
            slots = policy.logprobs(decision.allowed, outputs.templates[decision.goal], outputs.slots[decision.goal])
            expected.append(fringe + slots[list(decision.allowed).index(decision.slot)])
    assert found == pytest.approx(expected, abs=1e-4)


def test_returns_are_discounted_sums():
    assert discounted([1.0, 0.0, 2.0], 0.5) == [1.5, 1.0, 2.0]
    assert discounted([], 0.5) == []


def made(reward: float, slot: int = 0, name: str = "t", proved: bool = False) -> TacticZeroEpisode:
    """An episode of one step."""
    theorem = Theorem(name, "p", "propositional")
    decision = DrawnStep([(0,)], 0, np.array([0, 1]), slot, reward)
    return TacticZeroEpisode(theorem, ["⊢ p"], [decision], [True] if proved else [])


def probability(net: TacticZeroNetwork, slot: int = 0) -> float:
    with torch.no_grad():
        return float(net.logprobs([Weighted(["⊢ p"], made(0.0, slot).decisions, [1.0])]).exp())


def test_what_is_rewarded_becomes_likelier_and_what_is_punished_less_likely():
    for reward, likelier in ((1.0, True), (-1.0, False)):
        net = network()
        learner, before = Learner(net, Settings(baseline=False, replay=False)), probability(net)
        learner.learn([made(reward)])
        assert (probability(net) > before) == likelier


def test_what_is_as_good_as_always_teaches_nothing():
    net = network()
    learner = Learner(net, Settings(replay=False))
    for _ in range(3):
        learner.learn([made(1.0)])
    before = probability(net)
    # Adam goes on where it was heading; the gradient itself is what counts.
    loss = learner.learn([made(1.0)])
    assert loss == pytest.approx(0.0, abs=1e-6)
    assert probability(net) == pytest.approx(before, abs=0.05)


def test_the_shortest_proof_is_learned_from_again_where_none_was_found():
    for replay in (True, False):
        net = network()
        learner = Learner(net, Settings(baseline=False, replay=replay))
        learner.learn([made(1.0, slot=0, proved=True)])
        assert len(learner.shortest["t"][1]) == 1
        loss = learner.learn([made(0.0, slot=1)])
        assert (loss != 0.0) == replay


def test_proofs_become_shorter(env):
    net = network()

    def mean_steps() -> float:
        return sum(len(play(env, policy_of(net), seed=seed).decisions) for seed in range(20)) / 20

    before = mean_steps()
    learner = Learner(net, Settings(learning_rate=0.01))
    for batch in range(20):
        policy = policy_of(net)
        learner.learn([play(env, policy, seed=100 * batch + seed) for seed in range(8)])
    assert mean_steps() < 0.8 * before

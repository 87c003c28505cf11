"""TacticZero's policy: what it says of tactics and goals, and its checkpoints."""

from __future__ import annotations

import numpy as np
import pytest

from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.policies.tacticzero import (
    TacticZeroConfig,
    TacticZeroPolicy,
    TacticZeroScorer,
    untrained_weights,
)
from aitp_gym.agents.policies.tacticzero.network import templates_of
from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.menus import Menu
from aitp_gym.proof import Goal, Premises

GOALS = [Goal.single("p → p"), Goal.single("q", ("p ∧ q",)), Goal.single("p ∨ q")]


def random_policy(seed: int = 0, **arguments) -> TacticZeroPolicy:
    """A policy that prefers some tactics, and some goals, to others."""
    menu = Menu.load("propositional")
    config = TacticZeroConfig.of(menu, EncoderConfig(width=8, buckets=64), hidden=8)
    rng = np.random.default_rng(seed)
    shapes = untrained_weights(config, 0)
    weights = {name: rng.normal(0, 1, value.shape).astype(np.float32) for name, value in shapes.items()}
    policy = TacticZeroPolicy.from_weights(menu, config, weights)
    policy.noise = arguments.get("noise", 0.0)
    return policy


def test_untrained_every_template_that_offers_something_is_as_likely_as_another():
    policy = TacticZeroPolicy("propositional", noise=0.0)
    templates = templates_of(policy.menu)
    (suggestions,) = policy.get_tactics([GOALS[1]], [Premises.none()], 100)
    shares: dict[int, float] = {}
    for suggestion in suggestions:
        slot = policy.menu.slot_of(suggestion.tactic, (), GOALS[1].text)
        shares[templates[slot]] = shares.get(templates[slot], 0.0) + np.exp(suggestion.logprob)
    assert len(shares) > 3
    assert np.allclose(list(shares.values()), 1 / len(shares))
    assert np.allclose(policy.outputs([goal.text for goal in GOALS]).scores, np.log(0.5))


def test_a_tactic_is_as_likely_as_its_template_and_its_slot_together():
    policy = random_policy()
    outputs = policy.outputs([GOALS[1].text])
    slots = [0, 2, 3, 7]
    found = np.exp(policy.logprobs(slots, outputs.templates[0], outputs.slots[0]))
    assert found.sum() == pytest.approx(1.0)
    templates = templates_of(policy.menu)[slots]
    by_template = np.exp(outputs.templates[0].astype(float))
    total = sum(by_template[t] for t in set(templates))
    own = np.exp(outputs.slots[0].astype(float))
    for slot, template, probability in zip(slots, templates, found, strict=True):
        siblings = [s for s, t in zip(slots, templates, strict=True) if t == template]
        assert probability == pytest.approx(by_template[template] / total * own[slot] / own[siblings].sum(), rel=1e-5)


def test_noise_of_scale_one_draws_from_the_policy():
    policy = random_policy(noise=1.0)
    quiet = random_policy()
    likely = {each.tactic: np.exp(each.logprob) for each in quiet.get_tactics(GOALS[:1], [Premises.none()], 100)[0]}
    firsts: dict[str, int] = dict.fromkeys(likely, 0)
    draws = 1000
    for seed in range(draws):
        policy.reset(seed)
        firsts[policy.get_tactics(GOALS[:1], [Premises.none()], 1)[0][0].tactic] += 1
    expected = {tactic: draws * share for tactic, share in likely.items()}
    # Chi-square with fewer than forty degrees of freedom; its 0.9999 quantile is below 90.
    large = [tactic for tactic in likely if expected[tactic] >= 5]
    assert sum((firsts[tactic] - expected[tactic]) ** 2 / expected[tactic] for tactic in large) < 90


def test_a_checkpoint_says_the_same_to_a_search_and_to_a_policy(tmp_path):
    policy = random_policy()
    policy.save(tmp_path / "checkpoint")
    again = TacticZeroPolicy("propositional", tmp_path / "checkpoint", noise=0.0)
    none = [Premises.none()] * 3
    assert again.get_tactics(GOALS, none, 100) == policy.get_tactics(GOALS, none, 100)
    scorer = TacticZeroScorer(tmp_path / "checkpoint")
    assert scorer.score(GOALS) == pytest.approx(policy.outputs([goal.text for goal in GOALS]).scores.tolist())
    assert all(score <= 0 for score in scorer.score(GOALS))
    assert scorer.versions["weights_digest"] == again.versions["weights_digest"]


def test_what_is_not_its_checkpoint_is_refused_in_a_sentence(tmp_path):
    random_policy().save(tmp_path / "checkpoint")
    with pytest.raises(CheckpointError, match="expected menu 'hollight-full'"):
        TacticZeroPolicy("hollight-full", tmp_path / "checkpoint")
    with pytest.raises(CheckpointError, match="no checkpoint folder"):
        TacticZeroScorer(tmp_path / "other")
    with pytest.raises(ConfigError, match="noise must be a number >= 0"):
        TacticZeroPolicy("propositional", noise=-1.0)
    config = tmp_path / "checkpoint" / "config.json"
    config.write_text(config.read_text().replace('"hidden": 8', '"hidden": 9'))
    with pytest.raises(CheckpointError, match=r"asks for at least|named and shaped"):
        TacticZeroScorer(tmp_path / "checkpoint")

import math

import numpy as np
import pytest
import torch

from aitp_gym.agents.policies.menu_network import candidate_logits, look_up, pool_cosines, rank_premises, shortlist
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.errors import ConfigError
from aitp_gym.menus import Menu
from aitp_gym.proof import Goal, Premises
from aitp_gym.training.lightning.menu_policy.data import MenuData
from aitp_gym.training.lightning.menu_policy.examples import build_examples
from aitp_gym.training.lightning.menu_policy.fit import fit
from aitp_gym.training.lightning.menu_policy.module import MenuTrainingConfig
from aitp_gym.training.lightning.menu_policy.network import MenuNetwork
from aitp_gym.training.lightning.menu_policy.tried import tried_in

from .conftest import RIGHT, no_premises, propositional_attempts

MENU = Menu.load("propositional")


def accuracy(policy) -> float:
    """Share of new goals whose first suggestion is right."""
    attempts = propositional_attempts(60, seed=99)
    goals = [Goal.single(attempt.theorem.statement) for attempt in attempts]
    answers = policy.get_tactics(goals, [Premises.none()] * len(goals), 1)
    right = [RIGHT[attempt.theorem.statement.split()[1]] for attempt in attempts]
    return sum(answer[0].tactic == tactic for answer, tactic in zip(answers, right, strict=True)) / len(goals)


@pytest.mark.parametrize("kind", ["bag", "transformer", "gnn"])
def test_training_learns_what_depends_on_the_goal_and_frequency_cannot(kind):
    tried = tried_in(propositional_attempts(200, seed=1), MENU, no_premises)
    start = MenuPolicy(MENU, encoder={"kind": kind, "width": 16, "layers": 1, "rounds": 1})
    config = MenuTrainingConfig(steps=200, learning_rate=0.01, goals_per_batch=32)
    fitted = fit(tried, MENU, start, config, seed=0)
    assert accuracy(start) < 0.2
    assert accuracy(fitted.frequency) < 0.6
    assert accuracy(fitted.policy) > 0.9


def test_the_torch_network_computes_what_the_numpy_policy_does(library_attempts, premises_of, library):
    menu = Menu.load("hollight-full")
    policy = MenuPolicy(menu, noise=0.0)
    rng = np.random.default_rng(2)
    weights = {name: rng.normal(0, 0.3, value.shape).astype(np.float32) for name, value in policy.weights.items()}
    policy = MenuPolicy.from_weights(menu, policy.config, weights, noise=0.0)
    tried = tried_in(library_attempts, menu, premises_of)
    examples = build_examples(tried, menu, policy.config, open_weight=0.5)
    network = MenuNetwork(policy.config.encoder, weights).eval()
    data = MenuData(examples, policy.config.encoder)
    with torch.no_grad():
        logits, scores = network(data.collate(range(len(examples.goals))))
    by_row = dict(zip(np.concatenate([np.flatnonzero(examples.goal == g) for g in range(30)]), logits, strict=True))
    for goal in range(30):
        first = tried[np.flatnonzero(examples.goal == goal)[0]]
        goal_text, given = first.goal, first.premises
        best, cosines = ranked(policy, goal_text, given, menu.max_premises)
        names = [given.library.entries[entry].name for entry in best]
        candidates = {candidate.tactic: candidate for candidate in menu.candidates(names)}
        rows = [row for row in np.flatnonzero(examples.goal == goal) if tried[row].tactic in candidates]
        own = [candidates[tried[row].tactic] for row in rows]
        expected = candidate_logits(
            policy._encode([goal_text])[0],
            look_up(goal_text, given).dense,
            pool_cosines(cosines, [candidate.premises for candidate in own]),
            np.array([menu.slots[candidate.slot].group for candidate in own]),
            policy.weights,
        )
        assert len(rows) > 3
        assert [float(by_row[row]) for row in rows] == pytest.approx(expected, abs=1e-4)
    for line, goal in enumerate(sorted(examples.shortlists)):
        first = tried[np.flatnonzero(examples.goal == goal)[0]]
        best, _ = ranked(policy, first.goal, first.premises, menu.max_premises)
        order = scores[line].argsort(descending=True, stable=True)[: menu.max_premises]
        near = look_up(first.goal, first.premises).entries[
            shortlist(look_up(first.goal, first.premises), menu.max_premises)
        ]
        assert near[order[: len(best)]].tolist() == best.tolist()


def ranked(policy, goal, premises, k):
    vectors = policy._library_vectors(premises.library)
    return rank_premises(policy._encode([goal])[0], look_up(goal, premises), vectors, policy.weights, k)


def test_what_successes_named_is_shared_among_the_shortlist(library_attempts, premises_of):
    menu = Menu.load("hollight-full")
    tried = tried_in(library_attempts, menu, premises_of)
    examples = build_examples(tried, menu, MenuPolicy(menu).config, open_weight=0.5)
    assert len(examples.shortlists) == sum(each.success for each in tried)
    for shortlisted in examples.shortlists.values():
        # `MATCH_ACCEPT_TAC` of the nearest was the only success.
        assert shortlisted.used.tolist() == [1.0] + [0.0] * (len(shortlisted.used) - 1)
        assert (np.diff(shortlisted.cosines) <= 0).all()


def test_the_same_seed_trains_the_same_policy(library_attempts, premises_of):
    menu = Menu.load("hollight-full")
    tried = tried_in(library_attempts, menu, premises_of)
    config = MenuTrainingConfig(steps=20)
    digests = [
        fit(tried, menu, MenuPolicy(menu), config, seed=seed).policy.versions["weights_digest"] for seed in (1, 1, 2)
    ]
    assert digests[0] == digests[1] != digests[2]


def test_training_starts_from_the_slots_rates_of_success():
    tried = tried_in(propositional_attempts(100, seed=1), MENU, no_premises)
    fitted = fit(tried, MENU, MenuPolicy(MENU, noise=0.0), MenuTrainingConfig(steps=1, learning_rate=1e-9), seed=0)
    goal, none = [Goal.single("a ↔ b")], [Premises.none()]
    learned = [s.tactic for s in fitted.policy.get_tactics(goal, none, 3)[0]]
    frequent = [s.tactic for s in fitted.frequency.get_tactics(goal, none, 3)[0]]
    assert set(learned) == set(frequent) == set(RIGHT.values())


def test_training_reports_what_it_saw():
    attempts = propositional_attempts(50, seed=3)
    fitted = fit(tried_in(attempts, MENU, no_premises), MENU, MenuPolicy(MENU), MenuTrainingConfig(steps=30), seed=0)
    assert fitted.metrics["goals"] == len({step.goal for attempt in attempts for step in attempt.steps})
    assert fitted.metrics["successes"] > 0
    assert math.isfinite(fitted.metrics["loss"])


def test_the_loss_of_a_training_shorter_than_an_epoch_is_a_number():
    tried = tried_in(propositional_attempts(50, seed=3), MENU, no_premises)
    config = MenuTrainingConfig(steps=1, goals_per_batch=2)
    assert math.isfinite(fit(tried, MENU, MenuPolicy(MENU), config, seed=0).metrics["loss"])


@pytest.mark.parametrize("bad", [{"steps": 0}, {"learning_rate": 0}, {"feature_dropout": 1.0}, {"open_weight": 2.0}])
def test_bad_settings_are_refused(bad):
    with pytest.raises(ConfigError, match=next(iter(bad))):
        MenuTrainingConfig(**bad)

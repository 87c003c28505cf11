"""What every policy over a menu must keep of `TacticPolicy`."""

import math
import subprocess
import sys

import pytest

from aitp_gym.agents.policies.base import TacticPolicy
from aitp_gym.agents.policies.fixed_order import FixedOrderPolicy
from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.agents.policies.tacticzero import TacticZeroPolicy
from aitp_gym.agents.policies.uniform import UniformPolicy
from aitp_gym.menus.offer import make_offer
from aitp_gym.proof import Goal, Premises

POLICIES = {
    "uniform": UniformPolicy,
    "fixed_order": FixedOrderPolicy,
    "frequency": lambda menu: FrequencyPolicy.fitted(menu, [(0, False), (3, True), (3, False), (5, True)]),
    "menu": MenuPolicy,
    "menu_sampling": lambda menu: MenuPolicy(menu, noise=1.0),
    "tacticzero": TacticZeroPolicy,
}


@pytest.fixture(params=POLICIES)
def policy(request):
    policy = POLICIES[request.param]("hollight-full")
    policy.reset(7)
    return policy


def test_a_policy_is_a_tactic_policy_and_says_what_it_is(policy):
    assert isinstance(policy, TacticPolicy)
    assert policy.versions["menu_digest"] == policy.menu.digest


def test_log_probabilities_add_up_to_one_and_descend(policy, goals, premises):
    for answer in policy.get_tactics(goals, premises, 1000):
        logprobs = [suggestion.logprob for suggestion in answer]
        assert math.fsum(map(math.exp, logprobs)) == pytest.approx(1.0)
        assert max(logprobs) <= 0
        assert logprobs == sorted(logprobs, reverse=True)


def test_tactics_are_distinct_and_the_menus_own(policy, goals, premises):
    for answer, given in zip(policy.get_tactics(goals, premises, 1000), premises, strict=True):
        tactics = [suggestion.tactic for suggestion in answer]
        assert len(set(tactics)) == len(tactics) > 20
        allowed = {premise.name for premise in given}
        for tactic in tactics:
            parsed = policy.menu.parse(tactic)
            assert parsed is not None
            assert set(parsed.premises) <= allowed


def test_a_longer_answer_extends_a_shorter_one(policy, goals, premises):
    whole = policy.get_tactics(goals, premises, 1000)
    policy.reset(7)
    for k in (3, 1, 8, 20):
        assert policy.get_tactics(goals, premises, k) == [answer[:k] for answer in whole]


def test_a_batch_answers_as_its_goals_do_alone(policy, goals, premises):
    together = policy.get_tactics(goals, premises, 10)
    policy.reset(7)
    alone = [policy.get_tactics([goal], [given], 10)[0] for goal, given in zip(goals, premises, strict=True)]
    assert [[s.tactic for s in answer] for answer in together] == [[s.tactic for s in answer] for answer in alone]


def test_the_same_seed_gives_the_same_answers(policy, goals, premises):
    first = policy.get_tactics(goals, premises, 30)
    policy.reset(8)
    policy.get_tactics(goals, premises, 30)
    policy.reset(7)
    assert policy.get_tactics(goals, premises, 30) == first


def test_a_goal_without_a_key_is_answered(policy, goals, premises):
    keyless = Goal(goals[0].parts, None)
    assert policy.get_tactics([keyless], premises[:1], 5) == policy.get_tactics(goals[:1], premises[:1], 5)


@pytest.mark.parametrize("name", POLICIES)
def test_a_prover_without_a_library_needs_no_premises(name):
    policy = POLICIES[name]("propositional")
    policy.reset(0)
    goal = Goal.single("p → q", ["q"])
    answer = policy.get_tactics([goal], [Premises.none()], 1000)[0]
    # TacticZero says only what exists at the goal.
    offered = make_offer(policy.menu, goal, Premises.none()).tactics
    assert len(answer) == len(offered if isinstance(policy, TacticZeroPolicy) else policy.menu.slots)


@pytest.mark.parametrize("name", ["uniform", "menu"])
def test_the_order_differs_between_goals_and_between_seeds(name, goals, premises):
    policy = POLICIES[name]("hollight-full")
    orders = set()
    for seed in range(3):
        policy.reset(seed)
        orders |= {
            tuple(s.tactic for s in answer)
            for answer in policy.get_tactics([goals[0], Goal.single("(v (bool) q)")], [premises[0]] * 2, 5)
        }
    assert len(orders) == 6


def test_the_uniform_order_is_the_same_in_every_process():
    code = (
        "from aitp_gym.agents.policies.uniform import UniformPolicy\n"
        "from aitp_gym.proof import Goal, Premises\n"
        "policy = UniformPolicy('propositional'); policy.reset(5)\n"
        "print([s.tactic for s in policy.get_tactics([Goal.single('p')], [Premises.none()], 99)[0]])"
    )
    orders = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(orders) == 1


def test_the_policies_do_not_import_torch():
    code = (
        "import sys\n"
        "from aitp_gym.agents.policies import fixed_order, frequency, menu_policy, uniform\n"
        "print(sorted({'torch', 'lightning', 'scipy', 'ray'} & sys.modules.keys()))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "[]"

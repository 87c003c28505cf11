from collections import Counter

from aitp_gym.agents.policies.uniform import UniformPolicy
from aitp_gym.proof import Goal, Premises


def test_every_tactic_comes_first_equally_often():
    policy = UniformPolicy("propositional")
    size = len(policy.menu.slots)
    goals = [Goal.single(f"p{i}") for i in range(100 * size)]
    policy.reset(1)
    first = Counter(answer[0].tactic for answer in policy.get_tactics(goals, [Premises.none()] * len(goals), 1))
    assert len(first) == size
    # Chi-squared with size - 1 degrees of freedom; its standard deviation is sqrt(2 (size - 1)).
    statistic = sum((count - 100) ** 2 / 100 for count in first.values())
    assert statistic < (size - 1) + 5 * (2 * (size - 1)) ** 0.5

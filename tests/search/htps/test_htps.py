"""HTPS: policies and values against numbers computed by hand."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.errors import BadInput
from aitp_gym.proof import Failure, Goal, ProofGraph, Status, Subgoals
from aitp_gym.search import HTPS, HTPSSettings
from aitp_gym.search.htps.policy import alpha_zero, regularized
from aitp_gym.search.htps.visits import EdgeStatistics


class Table:
    versions = {"name": "table"}  # noqa: RUF012

    def __init__(self, **table: float) -> None:
        self.table = table

    def score(self, goals):
        return [log(self.table.get(goal.parts[0].conclusion, 0.5)) for goal in goals]


def goals(*names: str) -> Subgoals:
    return Subgoals(tuple(map(Goal.single, names)))


def test_puct():
    # sqrt(3 + 1 + 0) = 2, times c = 2: 0.2 + 4 * 0.5 / 4, 0.6 + 4 * 0.3 / 2, 0.5 + 4 * 0.2 / 1.
    assert alpha_zero([0.5, 0.3, 0.2], [0.2, 0.6, 0.5], [3, 1, 0], 2.0) == pytest.approx([0.7, 1.2, 1.3])


def test_the_regularized_policy():
    # lam = 3 * sqrt(4) / (2 + 4) = 1, and 0.5 / alpha + 0.5 / (alpha - 0.5) = 1 has the solution
    # alpha = (1.5 + sqrt(1.25)) / 2 = 1.309017.
    assert regularized([0.5, 0.5], [0.0, 0.5], [3, 1], 3.0) == pytest.approx([0.381966, 0.618034], abs=1e-6)


def test_the_regularized_policy_is_the_prior_where_all_values_are_equal():
    assert regularized([0.6, 0.3, 0.1], [0.4] * 3, [2, 0, 1], 1.0) == pytest.approx([0.6, 0.3, 0.1])


@pytest.mark.parametrize(("counts", "c"), [([0, 0, 0], 1.0), ([1, 2, 0], 0.0)])
def test_without_counts_or_exploration_the_regularized_policy_takes_the_best(counts, c):
    assert regularized([0.2, 0.5, 0.3], [0.4, 0.7, 0.7], counts, c) == [0.0, 1.0, 0.0]


def test_the_regularized_policy_bears_the_least_priors():
    # lam = sqrt(2) / 4 = 0.353553, which is the share of the second; the first takes the rest, alpha being 1 + 5e-301.
    assert regularized([1e-300, 1.0], [1.0, 0.0], [1, 1], 1.0) == pytest.approx([0.646447, 0.353553], abs=1e-6)
    assert regularized([5e-324], [1.0], [1], 1.0) == [1.0]
    # lam = 1 / 4: the first takes what 0.25 / 1 and 0.25 / 0.5 leave of 1.
    assert regularized([2e-313, 1.0, 1.0], [1.0, 0.0, 0.5], [1, 0, 0], 1.0) == pytest.approx([0.25, 0.25, 0.5])


@settings(max_examples=200, deadline=None)
@given(
    edges=st.lists(
        # Numbers so small that floats lose their precision are left to the test above.
        st.tuples(st.just(0.0) | st.floats(1e-290, 1), st.floats(0, 1), st.integers(0, 1000)),
        min_size=1,
        max_size=12,
    ),
    c=st.floats(0.001, 1000),
)
def test_the_regularized_policy_is_a_distribution_and_solves_its_equation(edges, c):
    prior, q, counts = ([float(edge[i]) for edge in edges] for i in range(3))
    policy = regularized(prior, q, counts, c)
    assert all(0.0 <= p <= 1.0 for p in policy)
    assert sum(policy) == pytest.approx(1.0)
    lam = c * sqrt(sum(counts)) / (len(edges) + sum(counts))
    # alpha = Q + lam P / pi is the same for all edges that get any share.
    alphas = [v + lam * p / s for p, v, s in zip(prior, q, policy, strict=True) if s > 1e-3 and lam * p > 1e-9]
    if lam > 1e-3 and sum(prior) > 0.1:
        assert alphas == pytest.approx([alphas[0]] * len(alphas), rel=1e-3)


CRITIC = Table(root=0.5, a=0.8, b=0.5, c=0.3, d=0.9, e=0.4, f=0.1)


def begin(**settings) -> tuple[HTPS, ProofGraph]:
    """The theorem, explored: t of probability 0.6 leaves two goals, u of 0.3 one."""
    search = HTPS(CRITIC, HTPSSettings(**settings))
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph)
    assert search.get_goal() == [0]
    edges = [graph.add(0, "t", goals("a", "b"), log(0.6)), graph.add(0, "u", goals("c"), log(0.3))]
    edges.append(graph.add(0, "v", Failure("rejected"), log(0.1)))
    graph.mark_explored(0)
    search.process_response(edges)
    return search, graph


def counted(search: HTPS, node: int) -> list[tuple[int, int, float]]:
    return [(way.count, way.virtual, way.total) for way in search.statistics[node].edges.values()]


def test_a_search_computed_by_hand():
    search, graph = begin(policy="alpha_zero")
    # No counts, so that both edges have the score 0.5: the likelier is followed.
    assert search.get_goal() == [1, 2]
    assert counted(search, 0) == [(0, 1, 0.0), (0, 0, 0.0)]
    edges = [graph.add(1, "t", goals("d"), log(0.9)), graph.add(2, "t", goals("e"), log(0.9))]
    graph.mark_explored(1)
    graph.mark_explored(2)
    search.process_response(edges)
    # The leaves' critics: 0.8 * 0.5.
    assert counted(search, 0) == [(1, 0, pytest.approx(0.4)), (0, 0, 0.0)]
    # t: 0.4 + 2/3 * 1 / 2 = 0.733; u: 0.5 + 1/3 * 1 / 1 = 0.833.
    assert search.get_goal() == [3]
    edges = [graph.add(3, "t", goals("f"), log(0.9))]
    graph.mark_explored(3)
    search.process_response(edges)
    assert counted(search, 0) == [(1, 0, pytest.approx(0.4)), (1, 0, pytest.approx(0.3))]
    # t: 0.4 + 2/3 * sqrt(2) / 2 = 0.871; u: 0.3 + 1/3 * sqrt(2) / 2 = 0.536.
    assert search.get_goal() == [4, 5]
    search.process_response([graph.add(4, "close", goals(), log(0.5))])
    # d is proved: 1, and so is a. e is a leaf once more: 0.4. Together 0.4.
    assert counted(search, 0) == [(2, 0, pytest.approx(0.8)), (1, 0, pytest.approx(0.3))]
    assert counted(search, 1) == [(1, 0, pytest.approx(1.0))]
    assert counted(search, 2) == [(1, 0, pytest.approx(0.4))]
    # t is 0.4 + 2/3 * sqrt(3) / 3 = 0.785 and u 0.3 + 1/3 * sqrt(3) / 2 = 0.589; a needs no more work.
    assert search.get_goal() == [5]
    events = search.search_trace.events
    last = max(event.index for event in events if event.kind == "back_up")
    backed_up = [event for event in events if event.index == last]
    assert [(event.node, event.edge) for event in backed_up] == [(4, None), (1, 3), (5, None), (2, 4), (0, 0)]
    assert [event.value for event in backed_up] == pytest.approx([1.0, 1.0, 0.4, 0.4, 0.4])
    assert [event.count for event in backed_up] == [None, 1, None, 1, 2]
    assert backed_up[-1].edges == len(graph.edges)
    # The trajectory that has just begun, before it counts: the theorem's t with W / N = 0.8 / 2, b's with 0.4 / 1, e.
    begun = [event for event in events if event.index == last + 1]
    assert [(event.kind, event.node, event.edge) for event in begun] == [
        ("follow", 0, 0),
        ("follow", 2, 4),
        ("select", 5, None),
    ]
    assert [event.count for event in begun] == [2, 1, None]
    assert [event.virtual for event in begun] == [0, 0, None]
    assert [event.value for event in begun] == pytest.approx([0.4, 0.4, None])
    assert begun[0].prior == pytest.approx(exp(graph.edges[0].logprob))
    assert exp(begun[2].score) == pytest.approx(0.4)


def test_the_discount_counts_once_for_each_tactic():
    search, graph = begin(discount=0.5)
    search.get_goal()
    edges = [graph.add(1, "t", goals("d"), log(0.9)), graph.add(2, "t", goals("e"), log(0.9))]
    search.process_response(edges)
    assert counted(search, 0)[0] == (1, 0, pytest.approx(0.5 * 0.8 * 0.5))


def test_a_failed_leaf_is_worth_nothing_and_its_edges_are_not_followed():
    search, graph = begin()
    assert search.get_goal() == [1, 2]
    graph.mark_explored(1)
    search.process_response([])
    assert counted(search, 0)[0] == (1, 0, 0.0)
    assert search.get_goal() == [3]


def test_virtual_counts_send_trajectories_of_one_batch_different_ways():
    # The second trajectory: t has Q = 0.5 / 1 and P = 2/3 and C = 1: 0.5 + 2/3 * 1 / 2 = 0.833; u: 0.5 + 1/3 = 0.833.
    # With a virtual loss of 2, t: 0.5 / 2 + 2/3 * sqrt(2) / 3 = 0.564; u: 0.5 + 1/3 * sqrt(2) = 0.971.
    search, _ = begin(policy="alpha_zero", simulations=2, virtual_loss=2)
    assert search.get_goal() == [1, 2, 3]
    assert counted(search, 0) == [(0, 2, 0.0), (0, 2, 0.0)]
    search.process_response([])
    assert counted(search, 0) == [(1, 0, pytest.approx(0.4)), (1, 0, pytest.approx(0.3))]


@pytest.mark.parametrize(("once", "count"), [(True, 1), (False, 3)])
def test_repeated_trajectories_count_once_or_each_time(once, count):
    search, _ = begin(simulations=3, virtual_loss=0, exploration=0.0, backup_once=once)
    search.get_goal()
    search.process_response([])
    assert counted(search, 0)[0] == (count, 0, pytest.approx(0.4 * count))


def test_values_go_up_also_when_nobody_responds():
    search, _ = begin()
    search.get_goal()
    search.get_goal()
    assert counted(search, 0)[0][0] == 1


def test_priors_are_renormalized_over_what_can_be_chosen_or_taken_as_they_are():
    for renormalize, prior in [(True, 0.6 / 0.9), (False, 0.6)]:
        search, _ = begin(policy="alpha_zero", renormalize=renormalize, unvisited_q=0.0)
        search.get_goal()
        search.process_response([])
        ways = list(search.statistics[0].edges.values())
        assert search.tree_policy(ways)[0] == pytest.approx(0.4 + prior / 2)


def test_the_temperature_of_priors():
    search, _ = begin(policy="alpha_zero", prior_temperature=0.5)
    search.get_goal()
    search.process_response([])
    # 0.36 and 0.09 of 0.45.
    assert search.tree_policy(list(search.statistics[0].edges.values())) == pytest.approx([0.4 + 0.8 / 2, 0.5 + 0.2])


@pytest.mark.parametrize(
    ("solved_q", "expected"),
    [("count_over_counts", 2 / 4), ("one_over_counts", 1 / 4), ("one_over_virtual_counts", 1 / 3), ("one", 1.0)],
)
def test_q_of_a_proved_edge(solved_q, expected):
    search, graph = begin(solved_q=solved_q, exploration=0.0, policy="alpha_zero", explore_solved=True)
    graph.add(1, "close", goals(), -1.0)
    graph.add(2, "close", goals(), -1.0)
    assert graph.root.status is Status.PROVED
    way = EdgeStatistics(0, log(0.6), count=2, virtual=2, total=0.8)
    assert search.tree_policy([way], solved=True) == pytest.approx([expected])


def test_a_goal_may_be_asked_for_more_tactics_as_one_more_way():
    search = HTPS(Table(root=0.3, a=0.6), HTPSSettings(policy="alpha_zero"))
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph)
    search.get_goal()
    search.process_response([graph.add(0, "t", goals("a"), log(0.5)), graph.add(0, "u", Failure("rejected"), log(0.2))])
    # t has the prior 0.5 / 0.7, more tactics 0.2 / 0.7.
    assert search.get_goal() == [1]
    graph.mark_explored(1)
    search.process_response([])
    # a has failed: the only way is to ask for more.
    assert search.get_goal() == [0]
    search.process_response([graph.add(0, "v", goals("b"), log(0.1))])
    assert (search.statistics[0].more.count, search.statistics[0].more.total) == (1, pytest.approx(0.3))
    # Next time its prior is that of the last tactic.
    search.get_goal()
    assert search.statistics[0].more.logprob == log(0.1)


def test_tactics_that_leave_the_same_goals_are_one_way_under_the_quickest():
    graph = ProofGraph(Goal.single("root"))
    search = HTPS()
    search.reset(graph)
    search.get_goal()
    subgoals = goals("a", "b").goals
    edges = [
        graph.add(0, "slow", Subgoals(subgoals, 2.0), log(0.2)),
        graph.add(0, "quick", Subgoals(subgoals[::-1], 1.0), log(0.1)),
    ]
    search.process_response(edges)
    search.get_goal()
    (way,) = search.statistics[0].edges.values()
    assert (way.edge, way.logprob) == (1, log(0.2))


def test_after_a_refusal_counts_stay_and_the_refused_tactic_is_gone():
    search, graph = begin(exploration=0.0)
    search.get_goal()
    search.process_response([])
    graph.invalidate(0, "refused")
    assert search.get_goal() == [3]
    assert [way.edge for way in search.statistics[0].edges.values()] == [1]


def test_goals_below_proved_ones_are_worked_on_only_if_asked_for():
    for explore, expected in [(False, {2}), (True, {2, 4})]:
        search, graph = begin(explore_solved=explore, exploration=0.0)
        search.get_goal()
        edges = [graph.add(1, "t", goals("d"), log(0.9)), graph.add(1, "close", goals(), log(0.001))]
        search.process_response(edges)
        assert graph.nodes[1].status is Status.PROVED
        assert set(search.get_goal()) == expected


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"policy": "ucb"}, "policy must be one of regularized, alpha_zero, got 'ucb'"),
        ({"solved_q": "two"}, "solved_q must be one of count_over_counts, .*, got 'two'"),
        ({"exploration": -1.0}, "exploration must be at least 0.0, got -1.0"),
        ({"unvisited_q": 1.5}, "unvisited_q must be at least 0.0 and at most 1.0, got 1.5"),
        ({"discount": 0.0}, "discount must be above 0.0 and at most 1.0, got 0.0"),
        ({"prior_temperature": float("nan")}, "prior_temperature must be above 0.0, got nan"),
        ({"simulations": 0}, "simulations must be at least 1, got 0"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(BadInput, match=message):
        HTPSSettings(**settings)

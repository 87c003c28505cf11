"""Budgets are exact, and a proof found inside one counts."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aitp_gym.proof import Budget, Verdict


def act(tactic, goal=0):
    return {"goal": goal, "tactic": tactic}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 12),
    st.lists(st.lists(st.sampled_from(["to b", "to a c", "no", "to d e f"]), max_size=6), max_size=12),
)
def test_never_more_tactics_are_applied_than_the_budget_has(scripted, limit, batches):
    env = scripted(budget=Budget(max_tactics=limit))
    env.reset(options={"theorem": "word_a"})
    offered = 0
    for batch in batches:
        if env.done:
            break
        edges = env.expand(0, batch)
        assert len(edges) == min(len(batch), limit - offered)
        offered = min(limit, offered + len(batch))
    assert env.spent.tactics == len(env.graph.edges) == offered
    assert env.done == (offered == limit)
    attempt = env.attempt()
    assert len(attempt.steps) == attempt.spent.tactics == offered
    assert attempt.status == ("budget" if env.done else "exhausted")
    asked = [tactic for session in env.prover.sessions[-1:] for _, tactics, _, _ in session.asked for tactic in tactics]
    assert len(asked) == offered


def test_a_goal_counts_once_however_often_it_is_expanded(scripted):
    env = scripted(budget=Budget(max_nodes=2))
    env.reset(options={"theorem": "word_a"})
    env.expand(0, ["to b", "to c"])
    env.expand(0, ["to d"])
    assert (env.spent.nodes, env.done) == (1, False)
    assert len(env.expand(1, ["no", "no"])) == 2
    assert (env.spent.nodes, env.done) == (2, True)
    assert env.attempt().reason == "max_nodes"


def test_cpu_seconds_are_passed_on_and_end_the_attempt(scripted):
    env = scripted(budget=Budget(prover_s=1.0))
    env.reset(options={"theorem": "word_a"})
    env.expand(0, ["cost 0.75 no"])
    edges = env.expand(0, ["cost 0.125 no", "cost 0.125 to b", "to c"])
    assert [edge.tactic for edge in edges] == ["cost 0.125 no", "cost 0.125 to b"]
    assert [left for _, _, left, _ in env.prover.sessions[0].asked] == [1.0, 0.25]
    assert env.done
    attempt = env.attempt()
    assert (attempt.status, attempt.reason, attempt.spent.prover_s) == ("budget", "prover_s", 1.0)


def test_wall_seconds_run_while_the_policy_thinks_and_not_while_a_proof_is_checked(scripted):
    clock = {"checked": 0.0}

    def slow_refusal(proof):
        started = time.perf_counter()
        while time.perf_counter() - started < 0.05:
            pass
        clock["checked"] += 0.05
        return Verdict.refuse("no")

    env = scripted(judge=slow_refusal, budget=Budget(wall_s=30.0))
    # The budget's clock starts inside the reset, so ours starts before it.
    started = time.perf_counter()
    env.reset(options={"theorem": "word_a"})
    env.expand(0, ["close"])
    env.expand(0, ["no"])
    elapsed_s = time.perf_counter() - started
    assert env.stats.check_s >= 0.05
    assert 0 < env.spent.wall_s <= elapsed_s - 0.05
    assert env.attempt().check_s == env.stats.check_s


def test_a_spent_wall_budget_applies_nothing(scripted):
    env = scripted(budget=Budget(wall_s=1e-9))
    env.reset(options={"theorem": "word_a"})
    assert env.expand(0, ["close"]) == []
    assert env.done
    env.reset(options={"theorem": "word_a"})
    _, reward, terminated, truncated, info = env.step(act("close"))
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert (info["outcome"], info["reason"]) == ("none", "wall_s")
    assert env.prover.sessions[-1].asked == []


@pytest.mark.parametrize(
    "budget", [Budget(max_tactics=1), Budget(max_nodes=1), Budget(prover_s=0.5), Budget(max_tactics=1, prover_s=0.5)]
)
def test_a_proof_found_inside_the_budget_counts(scripted, budget):
    env = scripted(budget=budget)
    env.reset(options={"theorem": "word_a"})
    _, reward, terminated, truncated, _ = env.step(act("cost 0.5 close"))
    assert (reward, terminated, truncated) == (1.0, True, False)
    assert env.attempt().proved

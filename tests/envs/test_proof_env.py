"""What ProofEnv promises, against a prover that does as it is told."""

import pytest
from gymnasium.error import ResetNeeded

from aitp_gym.errors import ProverUnavailable
from aitp_gym.proof import Budget, Failure


def refuse_to_start(theorem):
    raise ProverUnavailable("not installed")


def act(tactic, goal=0):
    return {"goal": goal, "tactic": tactic}


def test_a_proof_is_found_checked_and_rewarded(scripted):
    env = scripted()
    observation, info = env.reset(options={"theorem": "word_a"})
    assert observation == {"theorem": "a", "goals": ("⊢ a",), "count": 1}
    assert info["nodes"] == (0,)
    observation, reward, terminated, truncated, info = env.step(act("to b c"))
    assert observation == {"theorem": "a", "goals": ("⊢ b", "⊢ c", "⊢ a"), "count": 3}
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert (info["outcome"], info["node"], info["children"], info["nodes"]) == ("subgoals", 0, (1, 2), (1, 2, 0))
    env.step(act("close", goal=1))
    assert not env.prover.checked
    observation, reward, terminated, truncated, info = env.step(act("close"))
    assert observation == {"theorem": "a", "goals": (), "count": 0}
    assert (reward, terminated, truncated) == (1.0, True, False)
    assert info["status"] == "proved"
    assert info["proof"].script() == ["to b c", "close", "close"]
    assert info["verdict"].accepted
    assert env.done
    assert env.prover.checked == [info["proof"]]


def test_a_failure_is_an_outcome_and_changes_nothing(scripted):
    env = scripted()
    before, _ = env.reset(options={"theorem": "word_a"})
    after, reward, terminated, truncated, info = env.step(act("nonsense"))
    assert after == before
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert (info["outcome"], info["message"]) == ("parse", "no tactic 'nonsense'")


@pytest.mark.parametrize("index", [1, 63, -1, 10_000])
def test_an_index_outside_the_window_is_a_rejected_application(scripted, index):
    env = scripted(budget=Budget(max_tactics=2))
    env.reset(options={"theorem": "word_a"})
    _, _, terminated, truncated, info = env.step(act("close", goal=index))
    assert (info["outcome"], info["node"], terminated, truncated) == ("rejected", -1, False, False)
    assert env.tactics_left() == 1
    _, _, _, truncated, info = env.step(act("close", goal=index))
    assert (truncated, info["reason"]) == (True, "max_tactics")
    steps = env.attempt().steps
    assert [(s.index, s.node, s.goal, s.outcome) for s in steps] == [(0, -1, "", "rejected"), (1, -1, "", "rejected")]


def test_after_the_end_a_reset_is_needed(scripted):
    env = scripted()
    with pytest.raises(ResetNeeded, match="reset"):
        env.step(act("close"))
    env.reset()
    env.step(act("close"))
    for deed in (lambda: env.step(act("close")), lambda: env.expand(0, ["close"]), lambda: env.run_tactic("close")):
        with pytest.raises(ResetNeeded, match=r"over \(proved\)"):
            deed()
    env.reset()
    assert not env.done


def test_a_root_that_nothing_can_prove_ends_the_attempt(scripted):
    env = scripted()
    env.reset()
    env.expand(0, ["no"])
    env.graph.mark_explored(0)
    assert env.done
    assert env.attempt().status == "failed"


def test_giving_up_ends_the_attempt(scripted):
    env = scripted()
    env.reset()
    env.give_up("tired")
    assert env.done
    attempt = env.attempt()
    assert (attempt.status, attempt.reason) == ("exhausted", "tired")


def test_an_attempt_that_is_not_over_says_who_stopped_it(scripted):
    env = scripted()
    env.reset()
    assert (env.attempt().status, env.attempt().reason) == ("exhausted", "stopped by the caller")
    assert (env.attempt(exhausted=True).status, env.attempt(exhausted=True).reason) == ("exhausted", "")


def test_the_log_has_policy_search_and_versions(scripted):
    env = scripted()
    env.reset()
    env.expand(0, ["no", "close"], [-0.5, -1.5])
    attempt = env.attempt(policy_s=1.0, search_s=2.0, versions={"policy": "uniform"})
    assert (attempt.policy_s, attempt.search_s) == (1.0, 2.0)
    assert attempt.versions == {"policy": "uniform", "prover.scripted": "1"}
    assert [step.logprob for step in attempt.steps] == [-0.5, -1.5]
    assert [step.visits for step in attempt.steps] == [2, 2]
    assert attempt.proved_at == 2


def test_long_text_is_cut_and_said_so(scripted):
    env = scripted(max_text=20)
    long = "long" * 10
    observation, info = env.reset(options={"theorem": long})
    assert info["cut"]
    assert observation in env.observation_space
    assert observation["theorem"].startswith("longlong")
    observation, info = env.reset(options={"theorem": "word_a"})
    assert not info["cut"]
    observation, *_, info = env.step(act(f"to {long}"))
    assert info["cut"]
    assert observation in env.observation_space
    *_, info = env.step(act("close"))
    assert not info["cut"]
    assert env.attempt().steps[0].tactic == f"to {long}"


def test_the_window_has_at_most_max_goals(scripted):
    env = scripted(max_goals=4)
    env.reset()
    observation, *_ = env.step(act("to " + " ".join(f"g{i}" for i in range(9))))
    assert observation["count"] == 10
    assert observation["goals"] == ("⊢ g0", "⊢ g1", "⊢ g2", "⊢ g3")
    assert observation in env.observation_space


def test_run_tactic_returns_the_edge(scripted):
    env = scripted()
    env.reset(options={"theorem": "word_a"})
    assert env.run_tactic("to b c").children == (1, 2)
    assert isinstance(env.run_tactic("no", goal=1).outcome, Failure)
    assert env.graph.edges[1].node == 2
    assert env.run_tactic("lost") is None


def test_the_tree_is_drawn_in_pretty_text(scripted):
    env = scripted(render_mode="ansi")
    env.reset(options={"theorem": "word_a"})
    for tactic in ("to b b", "no", "close", "to c d"):
        if not env.done:
            env.step(act(tactic))
    drawn = env.render()
    assert drawn.splitlines() == [
        "word_a: ✓ 2 goals, 3 tactics",
        "✓ [0] «a»",
        "  ✓ by to b b",
        "    ✓ [1] «b»  (1 tactics failed)",
        "      ✓ by close",
        "    ✓ [1] «b»  (drawn above)",
    ]


def test_a_large_tree_is_drawn_in_part(scripted):
    env = scripted(render_mode="ansi")
    env.reset()
    env.expand(0, [f"to x{i} y{i}" for i in range(300)])
    lines = env.render().splitlines()
    assert len(lines) == 201
    assert lines[-1].startswith("… and more")


def test_sessions_end_with_their_attempt_and_the_prover_only_if_it_is_owned(scripted):
    env = scripted()
    env.reset()
    env.reset()
    first, second = env.prover.sessions
    assert (first.closed, second.closed) == (True, False)
    with env:
        pass
    env.close()
    assert (second.closed, env.prover.closed) == (True, False)
    owner = scripted(close_prover=True)
    owner.close()
    assert owner.prover.closed


def test_a_closed_environment_can_be_read_but_not_used(scripted):
    env = scripted(render_mode="ansi")
    env.reset(options={"theorem": "word_a"})
    env.step(act("to b"))
    env.close()
    assert len(env.graph.nodes) == 2
    assert "to b" in env.render()
    assert env.attempt().status == "exhausted"
    with pytest.raises(ResetNeeded):
        env.step(act("close"))


def test_a_reset_that_fails_leaves_no_attempt_to_go_on_with(scripted):
    env = scripted()
    env.reset()
    env.prover.start = refuse_to_start
    with pytest.raises(ProverUnavailable):
        env.reset()
    with pytest.raises(ResetNeeded):
        env.step(act("close"))


def test_timings_are_kept_apart(scripted):
    env = scripted()
    env.reset()
    *_, info = env.step(act("cost 0.25 close"))
    assert info["verdict"].elapsed_s == 0.0
    stats = env.stats
    assert (stats.tactics_s, stats.prover_s) == (0.25, 0.25)
    assert 0 < stats.session_s <= stats.expand_s
    assert stats.start_s > 0


def test_a_goal_marked_explored_is_observed_no_more_and_costs_nothing(scripted):
    env = scripted(split=None)
    env.reset(options={"theorem": "a"})
    env.step({"goal": 0, "tactic": "to b c"})
    # Without `b` nothing depends on `c` any more.
    observation, reward, terminated, truncated, info = env.mark_explored(1)
    assert (observation["goals"], reward, terminated, truncated) == (("⊢ a",), 0.0, False, False)
    assert (info["outcome"], info["node"], env.spent.tactics) == ("none", 1, 1)
    _, _, terminated, truncated, info = env.mark_explored(0)
    assert (terminated, truncated, info["status"]) == (True, False, "failed")
    # And once more, when it is over.
    assert env.mark_explored(0)[2]


def test_a_rejected_action_costs_an_application_and_is_sent_to_nobody(scripted):
    env = scripted(split=None, budget=Budget(max_tactics=1))
    env.reset(options={"theorem": "a"})
    observation, reward, terminated, truncated, info = env.reject("slot 7", "not on the menu")
    assert (info["outcome"], info["message"], reward) == ("rejected", "not on the menu", 0.0)
    assert (terminated, truncated, observation["count"]) == (False, True, 1)
    assert env.prover.sessions[0].asked == []
    assert env.attempt().steps[0].tactic == "slot 7"
    with pytest.raises(ResetNeeded):
        env.reject("slot 7", "too late")

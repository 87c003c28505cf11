"""What a caller hands over: theorems, statements, budgets, seeds."""

import pytest

from aitp_gym.errors import BadInput, StatementError, UnknownName
from aitp_gym.proof import Budget, Theorem
from aitp_gym.theorems import TheoremSet


def act(tactic, goal=0):
    return {"goal": goal, "tactic": tactic}


def test_a_theorem_is_given_by_name_by_statement_or_as_such(scripted):
    env = scripted()
    for asked, statement in (("word_c", "c"), ("own words", "own words"), (Theorem("x", "y", "scripted"), "y")):
        observation, _ = env.reset(options={"theorem": asked})
        assert observation["theorem"] == env.theorem.statement == statement


def test_bad_input_is_refused_in_a_sentence(scripted):
    env = scripted()
    with pytest.raises(UnknownName, match=r"'words' has no theorem 'word_z'; did you mean word_"):
        env.reset(options={"theorem": "word_z"})
    with pytest.raises(StatementError, match="Expected words"):
        env.reset(options={"theorem": "what is this?"})
    with pytest.raises(BadInput, match=r"theorem.*got int"):
        env.reset(options={"theorem": 3})
    with pytest.raises(BadInput, match=r"got \['theorm'\]"):
        env.reset(options={"theorm": "word_a"})
    with pytest.raises(BadInput, match="fields of Budget"):
        env.reset(options={"budget": {"max_tactic": 3}})
    with pytest.raises(BadInput, match="dict of its fields, got int"):
        env.reset(options={"budget": 3})
    with pytest.raises(BadInput, match="tactic_timeout_s"):
        scripted(tactic_timeout_s=0)
    with pytest.raises(BadInput, match="render_mode"):
        scripted(render_mode="human")
    with pytest.raises(UnknownName, match=r"no split 'valid'; it has: train \(8\)"):
        scripted(split="valid")
    env.reset()
    with pytest.raises(BadInput, match="no node 7"):
        env.expand(7, ["close"])
    with pytest.raises(BadInput, match="1 for 2"):
        env.expand(0, ["a", "b"], [-1.0])
    with pytest.raises(BadInput, match="no goal 3"):
        env.run_tactic("close", goal=3)


def test_an_empty_set_has_nothing_to_draw(scripted):
    env = scripted(split=None)
    env._drawn_from = TheoremSet("none", ()).theorems
    with pytest.raises(BadInput, match="nothing to draw"):
        env.reset()


def test_the_budget_of_a_reset_is_for_that_attempt_only(scripted):
    env = scripted(budget=Budget(max_tactics=5))
    env.reset(options={"budget": {"max_tactics": 2}})
    assert env.tactics_left() == 2
    env.reset(options={"budget": Budget()})
    assert env.tactics_left() is None
    env.reset()
    assert env.tactics_left() == 5


def test_the_same_seed_draws_the_same_theorems(scripted):
    def names(seed):
        env = scripted()
        env.reset(seed=seed)
        first = env.theorem.name
        env.reset()
        second = (env.theorem.name, env.seed)
        env.reset(options={"theorem": "word_a"})
        return first, second, env.seed

    assert names(3) == names(3)
    assert len({names(seed) for seed in range(5)}) > 1

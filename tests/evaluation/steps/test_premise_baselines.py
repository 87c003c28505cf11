"""Premises foretold by popularity, by likeness to the goal, and by near goals."""

import pytest

from aitp_gym.evaluation.steps.premise_baselines import premise_recall

from .conftest import constant


def test_figures_are_those_computed_by_hand(step):
    # By popularity, the later of equals first: T3, T1, T11, T10, …
    train = [step(f"⊢ {constant('X')}", "", "", (name,), split="train") for name in ("T3", "T3", "T1")]
    held_out = [
        step(f"⊢ {constant('X')}", "", "", ("T3", "T10")),
        step(f"⊢ {constant('X')}", "", "", ("T1",)),
        step(f"⊢ {constant('X')}", "", ""),
    ]
    found = premise_recall(train, held_out)["popularity"]
    assert found["mrr"] == pytest.approx((1 / 1 + 1 / 2) / 2)
    assert found["recall@1"] == pytest.approx((1 / 2 + 0) / 2)
    assert found["recall@4"] == found["all@4"] == 1.0
    assert found["all@1"] == 0.0


def test_only_what_precedes_the_theorem_is_ranked(step):
    train = [step(f"⊢ {constant('X')}", "", "", ("T9",), split="train")]
    held_out = [step(f"⊢ {constant('X')}", "", "", ("T4",), before=5)]
    assert premise_recall(train, held_out)["popularity"]["mrr"] == 1.0


def test_likeness_finds_what_shares_constants_with_the_goal(step):
    held_out = [step(f"⊢ {constant('ALL', constant('C5'))}", "", "", ("T5",))]
    found = premise_recall([], held_out)
    assert found["tf-idf"]["recall@1"] == 1.0
    assert found["popularity"]["recall@1"] == 0.0


def test_near_goals_lend_their_premises(step):
    def goal(name):
        return f"⊢ {constant('P', constant(name))}"

    train = [step(goal("NEAR"), "", "", ("T2",), split="train")]
    train += [step(goal(f"FAR{i}"), "", "", ("T7",), split="train") for i in range(5)]
    held_out = [step(goal("NEAR"), "", "", ("T2",))]
    found = premise_recall(train, held_out)
    assert found["popularity"]["mrr"] == 0.5
    assert found["near goals"]["mrr"] == 1.0


def test_without_premises_there_are_no_figures(step):
    assert premise_recall([], [step("⊢ p", "", "")]) == {}

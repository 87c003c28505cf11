"""Tactics foretold by frequency, by symbol, and by a linear model."""

import pytest

from aitp_gym.evaluation.steps.tactic_baselines import tactic_accuracy

from .conftest import constant

PAIRS = [("AND", "CONJ_TAC"), ("IMP", "DISCH_TAC"), ("ALL", "GEN_TAC")]


def test_frequency_guesses_the_same_everywhere(step):
    train = [step(f"⊢ {constant('X')}", "", head) for head in "aaabbc"]
    held_out = [step(f"⊢ {constant('X')}", "", head) for head in "abcd"]
    assert tactic_accuracy(train, held_out)["frequency"] == {1: 0.25, 3: 0.75, 5: 0.75, 10: 0.75}


def test_the_outermost_symbol_tells_what_frequency_cannot(step):
    train = [step(f"⊢ {constant(symbol, constant(f'P{i}'))}", "", head) for symbol, head in PAIRS for i in range(4)]
    held_out = [step(f"⊢ {constant(symbol, constant('NEW'))}", "", head) for symbol, head in PAIRS]
    found = tactic_accuracy(train, held_out)
    assert found["frequency"][1] == pytest.approx(1 / 3)
    assert found["outermost symbol"][1] == 1.0
    assert found["linear"][1] == 1.0


def test_the_linear_model_sees_what_lies_deeper_and_in_hypotheses(step):
    def goals(inner):
        return [f"{constant(h)}\n⊢ {constant('TOP', constant('SAME'), constant(inner))}" for h in ("LEFT", "RIGHT")]

    def steps(inner):
        return [step(goal, "", head) for goal, head in zip(goals(inner), ("a", "b"), strict=True)]

    train = [each for i in range(10) for each in steps(f"P{i}")]
    found = tactic_accuracy(train, steps("NEW"))
    assert found["outermost symbol"][1] == 0.5
    assert found["linear"][1] == 1.0


def test_goals_in_usual_notation_are_told_apart_too(step):
    train = [step(f"⊢ p{i} {symbol} q{i}", "", head) for symbol, head in zip("∧→", "ab", strict=True) for i in range(5)]
    held_out = [step("⊢ r ∧ s", "", "a"), step("⊢ r → s", "", "b")]
    found = tactic_accuracy(train, held_out)
    assert (found["outermost symbol"][1], found["linear"][1]) == (1.0, 1.0)

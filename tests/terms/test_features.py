import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.agents.encoders.bag import BagEncoder
from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.terms.features import goal_features, hash_features, statement_features
from aitp_gym.terms.text_features import text_features, tokens

SUM = "(a (a (c (fun (num) (fun (num) (num))) +) (v (num) m)) (c (num) _0))"
EQUATION = f"(a (a (c (fun (num) (fun (num) (bool))) =) {SUM}) (v (num) m))"
STATEMENT = f"(a (c (fun (fun (num) (bool)) (bool)) !) (l (v (num) m) {EQUATION}))"


def test_a_statement_shows_what_applies_to_what_and_its_outline():
    features = statement_features(STATEMENT)
    assert {"constant +", "= 0 +", "= 0 + 1 _0", "top !", "outline = of + _", "quantified 1"} <= features.keys()


def test_names_of_variables_do_not_matter():
    assert statement_features(STATEMENT.replace("(num) m", "(num) k")) == statement_features(STATEMENT)


def test_goals_and_statements_meet_in_their_features():
    assert statement_features(STATEMENT).items() <= goal_features(f"⊢ {STATEMENT}").items()


def test_a_hypothesis_is_marked_as_one_and_by_its_place():
    features = goal_features("p ∧ q\nr\n⊢ r")
    assert {"hypothesis: ∧", "0: top ∧", "1: is the conclusion", "hypotheses 2"} <= features.keys()
    assert "∧" not in features


def test_the_outermost_operator_of_a_formula_shows():
    assert "top →" in text_features("(p ∧ q) → r")
    assert "top ∧" in text_features("p ∧ (q → r)")


def test_a_hypothesis_that_ends_in_the_conclusion_shows():
    assert "0: ends in the conclusion" in goal_features("p → q ∨ r\n⊢ q ∨ r")


def test_tokens_are_words_and_single_symbols():
    assert tokens("(h0 ∧¬q1)") == ["(", "h0", "∧", "¬", "q1", ")"]
    assert len(tokens("p " * 1000)) == 512


@given(st.dictionaries(st.text(max_size=8), st.integers(1, 50), max_size=20), st.integers(1, 1000))
def test_hashed_features_have_length_one_and_fall_into_the_buckets(features, buckets):
    indices, weights = hash_features(features, buckets)
    assert len(indices) == len(weights) == len(features)
    assert ((indices >= 0) & (indices < buckets)).all()
    if features:
        assert np.linalg.norm(weights) == pytest.approx(1.0, rel=1e-5)


def test_hashes_are_the_same_on_every_machine():
    # The check value that every description of CRC-32 gives.
    indices, _ = hash_features({"123456789": 1}, 2**32)
    assert indices.tolist() == [0xCBF43926]


def test_the_bag_is_a_weighted_sum_of_rows():
    table = np.random.default_rng(0).normal(size=(64, 5)).astype(np.float32)
    goals = ["p\n⊢ p → q", f"⊢ {STATEMENT}"]
    vectors = BagEncoder(EncoderConfig(width=5, buckets=64)).inference({"embedding": table})(goals)
    for goal, vector in zip(goals, vectors, strict=True):
        indices, weights = hash_features(goal_features(goal), 64)
        assert vector == pytest.approx(sum(w * table[i] for i, w in zip(indices, weights, strict=True)), abs=1e-5)

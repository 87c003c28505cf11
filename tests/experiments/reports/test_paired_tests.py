from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import BadInput
from aitp_gym.experiments.reports.paired_tests import (
    Paired,
    application_counts,
    compare_paired,
    mcnemar_exact,
    proved_within,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p_value"),
    [
        (0, 0, 1.0),
        (3, 3, 1.0),
        (0, 1, 1.0),
        (0, 5, 2 / 32),  # 2 * 1/2^5
        (1, 5, 14 / 64),  # 2 * (1 + 6)/2^6
        (2, 14, 2 * (1 + 16 + 120) / 2**16),
        (10, 1, 24 / 2048),
    ],
)
def test_mcnemar_agrees_with_hand_computed_values(only_a, only_b, p_value):
    assert mcnemar_exact(only_a, only_b) == pytest.approx(p_value, rel=1e-12)
    assert mcnemar_exact(only_b, only_a) == pytest.approx(p_value, rel=1e-12)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_two_sided_binomial_test_in_exact_fractions(only_a, only_b):
    n = only_a + only_b
    tail = sum(comb(n, k) for k in range(min(only_a, only_b) + 1))
    assert mcnemar_exact(only_a, only_b) == pytest.approx(float(min(Fraction(1), Fraction(2 * tail, 2**n))), rel=1e-9)


# R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_published_intervals(successes, trials, low, high):
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilson_knows_nothing_without_trials():
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("limit", "counts"), [(1, [1]), (8, [1, 2, 4, 8]), (10, [1, 2, 4, 8, 10]), (64, [1, 2, 4, 8, 16, 32, 64])]
)
def test_a_curve_ends_at_the_budget(limit, counts):
    assert application_counts(limit) == counts


def test_the_curve_counts_proofs_up_to_and_including_each_point():
    assert proved_within([1, None, 2, 3, 8, 9], [1, 2, 4, 8]) == {1: 1, 2: 2, 4: 3, 8: 4}


def test_only_theorems_attempted_by_both_are_paired():
    a = {"both": 1, "late in a": 5, "only a": 2, "neither": None, "a alone tried": 1}
    b = {"both": 3, "late in a": None, "only a": None, "neither": None, "b alone tried": 1}
    assert compare_paired(a, b) == Paired(only_a=2, only_b=0, both=1, n=4, p_value=0.5)
    assert compare_paired(a, b, at=4) == Paired(only_a=1, only_b=0, both=1, n=4, p_value=1.0)
    assert compare_paired(a, b, at=2) == Paired(only_a=2, only_b=0, both=0, n=4, p_value=0.5)
    assert compare_paired(b, a) == Paired(only_a=0, only_b=2, both=1, n=4, p_value=0.5)


@pytest.mark.parametrize(
    "call", [lambda: mcnemar_exact(-1, 2), lambda: wilson_interval(3, 2), lambda: application_counts(0)]
)
def test_impossible_numbers_are_refused(call):
    with pytest.raises(BadInput):
        call()

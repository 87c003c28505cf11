from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.training.lightning.goal_model.survival import Survival

counts = st.lists(st.integers(1, 50), max_size=30)


def test_the_product_limit_by_hand():
    # 3 proved at 1, 2, 4; one open after 3; with the one that is always added 5 are watched at first.
    # S(1) = 4/5; S(2) = 4/5 * 3/4 = 3/5; at 4 only two are left: S(4) = 3/5 * 1/2 = 3/10.
    survival = Survival([1, 2, 4], [3])
    assert [survival.unproved(t) for t in (0, 1, 2, 3, 4, 99)] == pytest.approx([1, 0.8, 0.6, 0.6, 0.3, 0.3])
    assert survival.proved_later(3) == pytest.approx(1 - 0.3 / 0.6)
    assert survival.proved_later(4) == 0


def test_goals_that_cannot_be_proved_are_watched_for_ever():
    assert Survival([1], [], failed=8).unproved(1) == pytest.approx(9 / 10)


def test_nothing_known_means_nothing_proved_later():
    assert Survival([], [5, 6]).proved_later(5) == 0


@given(counts, counts, st.integers(0, 20))
def test_shares_fall_stay_above_zero_and_later_proofs_get_rarer(proved, left_open, failed):
    survival = Survival(proved, left_open, failed)
    shares = [survival.unproved(t) for t in range(60)]
    later = [survival.proved_later(t) for t in range(60)]
    assert all(0 < b <= a <= 1 for a, b in pairwise(shares))
    assert all(0 <= b <= a < 1 for a, b in pairwise(later))


@given(counts)
def test_without_censoring_it_is_the_share_of_those_not_proved_yet(proved):
    survival = Survival(proved, [])
    for t in range(52):
        assert survival.unproved(t) == pytest.approx((1 + sum(at > t for at in proved)) / (1 + len(proved)))

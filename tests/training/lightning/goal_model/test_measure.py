import numpy as np
import pytest

from aitp_gym.errors import BadInput
from aitp_gym.training.lightning.goal_model.measure import calibration


def test_figures_by_hand():
    # Two bins: 0.2, 0.4 with labels 0, 1 (mean 0.3 against 0.5), and 0.9 with label 1.
    found = calibration([0.2, 0.4, 0.9], [0, 1, 1], bins=2)
    assert found["ece"] == pytest.approx((2 * 0.2 + 0.1) / 3)
    assert found["brier"] == pytest.approx((0.04 + 0.36 + 0.01) / 3)
    assert found["brier_of_base_rate"] == pytest.approx(2 / 9)
    assert found["auc"] == 1.0
    assert [(each["from"], each["goals"]) for each in found["reliability"]] == [(0, 2), (0.5, 1)]


def test_ties_count_half():
    assert calibration([0.5, 0.5, 0.2], [1, 0, 0])["auc"] == pytest.approx(0.75)


def test_without_both_kinds_there_is_no_order_to_measure():
    assert calibration([0.5], [1])["auc"] is None


def test_one_belongs_to_the_last_bin():
    (only,) = calibration([1.0], [1])["reliability"]
    assert (only["from"], only["to"]) == (0.9, 1.0)


def test_what_happens_as_often_as_predicted_is_calibrated():
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    assert calibration(p, rng.random(20_000) < p)["ece"] < 0.02
    assert calibration(p, rng.random(20_000) < p**3)["ece"] > 0.1


def test_nothing_to_compare_is_refused():
    with pytest.raises(BadInput, match="at least one"):
        calibration([], [])
    with pytest.raises(BadInput, match="as many"):
        calibration([0.5], [0, 1])

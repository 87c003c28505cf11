"""Figures of a goal model on goals that it has not learned from: counts, calibration, order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import mannwhitneyu

from aitp_gym.errors import BadInput

from .labels import GoalLabel, count_kinds

__all__ = ["calibration", "measured"]


def measured(
    train: Sequence[GoalLabel], held_out: Sequence[GoalLabel], score: Callable[[Sequence[str]], Sequence[float]]
) -> dict[str, Any]:
    """Count the labels, and measure a trained goal model on the held-out ones.

    Args:
        train: labels that were learned from.
        held_out: labels of other theorems.
        score: gives natural log-probabilities for the texts of goals, as many.

    Returns:
        JSON values: `goals`, `held_out_goals`; for each kind of label `proved`, `failed` and `open`, in both parts
        together; `held_out_brier`, `held_out_brier_of_base_rate`, `held_out_ece` and `held_out_auc`, and under
        `calibration` all that `calibration` gives, where anything was held out.
    """
    counts = {"goals": len(train), "held_out_goals": len(held_out), **count_kinds([*train, *held_out])}
    if not held_out:
        return {**counts}
    probabilities = np.exp(score([label.goal for label in held_out]))
    found = calibration(probabilities, [label.value for label in held_out])
    numbers = ("brier", "brier_of_base_rate", "ece", "auc")
    return {**counts, **{f"held_out_{name}": found[name] for name in numbers}, "calibration": found}


def calibration(probabilities: ArrayLike, values: ArrayLike, bins: int = 10) -> dict[str, Any]:
    """Compare predicted probabilities with what was to be predicted.

    Args:
        probabilities: predictions for N goals, in [0, 1], shape (N,), N > 0.
        values: labels, in [0, 1], shape (N,).
        bins: number of bins, of equal width, for the reliability diagram.

    Returns:
        JSON values:
        `brier`: mean squared difference (G. W. Brier, Monthly Weather Review 78 (1950) 1-3);
        `brier_of_base_rate`: that of always saying the mean label, which a model has to beat;
        `ece`: expected calibration error, the mean over the goals of |mean predicted - mean label| of their bin
        (C. Guo et al., ICML 2017, arXiv:1706.04599, eq. 5);
        `auc`: probability that a proved goal (label 1) gets more than another (ties count half); null if either kind
        is missing;
        `reliability`: for each bin that has goals `{"from", "to", "goals", "predicted", "actual"}`.

    Raises:
        BadInput: there are no goals, or the shapes differ.
    """
    p, y = np.asarray(probabilities, np.float64), np.asarray(values, np.float64)
    if p.ndim != 1 or p.shape != y.shape or not len(p):
        raise BadInput(f"Expected as many probabilities as labels, at least one, got shapes {p.shape} and {y.shape}.")
    # A probability of 1 belongs to the last bin.
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    reliability = []
    for b in np.unique(place).tolist():
        own = place == b
        reliability.append(
            {
                "from": b / bins,
                "to": (b + 1) / bins,
                "goals": int(own.sum()),
                "predicted": float(p[own].mean()),
                "actual": float(y[own].mean()),
            }
        )
    gaps = [each["goals"] * abs(each["predicted"] - each["actual"]) for each in reliability]
    proved, others = p[y == 1], p[y != 1]
    auc = None
    if len(proved) and len(others):
        # Mann and Whitney's statistic counts the pairs in which a proved goal gets more, ties half.
        pairs = mannwhitneyu(proved, others, method="asymptotic").statistic
        auc = float(pairs / (len(proved) * len(others)))
    return {
        "brier": float(np.square(p - y).mean()),
        "brier_of_base_rate": float(np.square(y.mean() - y).mean()),
        "ece": float(sum(gaps) / len(p)),
        "auc": auc,
        "reliability": reliability,
    }

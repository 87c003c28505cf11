"""Whether the probabilities of a goal model mean what they say, on goals it has not learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aitp_gym.errors import BadInput

__all__ = ["calibration"]

Array = NDArray[np.float64]


def calibration(probabilities: ArrayLike, values: ArrayLike, bins: int = 10) -> dict[str, Any]:
    """Compare predicted probabilities with what was to be predicted.

    Args:
        probabilities: predicted for N goals, in [0, 1], shape (N,), N > 0.
        values: labels, in [0, 1], shape (N,).
        bins: of equal width, for the reliability diagram.

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
    return {
        "brier": float(np.square(p - y).mean()),
        "brier_of_base_rate": float(np.square(y.mean() - y).mean()),
        "ece": float(sum(gaps) / len(p)),
        "auc": _auc(p, y == 1),
        "reliability": reliability,
    }


def _auc(p: Array, proved: NDArray[np.bool_]) -> float | None:
    """Mann and Whitney's statistic over all pairs of a proved goal and another."""
    positives, negatives = np.sort(p[proved]), p[~proved]
    if not len(positives) or not len(negatives):
        return None
    above = len(positives) - np.searchsorted(positives, negatives, side="right")
    equal = len(positives) - above - np.searchsorted(positives, negatives, side="left")
    return float((above + equal / 2).sum() / (len(positives) * len(negatives)))

"""What a training of a goal model reports, whichever model it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .calibration import calibration
from .labels import Label, count_kinds

__all__ = ["measured"]


def measured(
    train: Sequence[Label], held_out: Sequence[Label], score: Callable[[Sequence[str]], Sequence[float]]
) -> dict[str, Any]:
    """Counts of the labels, and how a trained goal model does on the held-out ones.

    Args:
        train: labels that were learned from.
        held_out: labels of other theorems.
        score: log-probabilities for the texts of goals.

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

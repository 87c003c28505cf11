"""Features of goals and statements: strings that name what occurs where, hashed into a fixed number of buckets."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..errors import StatementError
from .hol_features import hol_features
from .hol_term import parse_hol
from .text_features import text_features

__all__ = ["goal_features", "hash_features", "hash_vector", "statement_features"]

_NAMED_HYPOTHESES = 8


def statement_features(text: str) -> Counter[str]:
    """Count the features of one statement: of the term if it is a typed S-expression, otherwise of its tokens."""
    if text.startswith("("):
        try:
            return hol_features(parse_hol(text))
        except StatementError:
            # A formula may begin with a bracket too.
            pass
    return text_features(text)


def goal_features(text: str) -> Counter[str]:
    """Count the features of a goal.

    Args:
        text: `Goal.text`: hypotheses one per line, then `⊢ conclusion`; parts separated by an empty line.

    Returns:
        Features of the conclusions (those of a statement alike, so that goals and premises meet in them); features of
        the hypotheses, marked as such; and for each of the first eight hypotheses what tactics that name it by its
        place need to know.
    """
    found: Counter[str] = Counter()
    hypotheses: list[str] = []
    conclusion = ""
    for line in text.split("\n"):
        if line.startswith("⊢ "):
            conclusion = line[2:]
            found.update(statement_features(conclusion))
        elif line:
            hypotheses.append(line)
    for place, hypothesis in enumerate(hypotheses):
        features = statement_features(hypothesis)
        found.update({f"hypothesis: {feature}": count for feature, count in features.items()})
        if place < _NAMED_HYPOTHESES:
            found.update(f"{place}: {feature}" for feature in features if feature.startswith("top "))
            if hypothesis == conclusion:
                found[f"{place}: is the conclusion"] += 1
            elif hypothesis.endswith(conclusion):
                found[f"{place}: ends in the conclusion"] += 1
    found[f"hypotheses {min(len(hypotheses), _NAMED_HYPOTHESES)}"] += 1
    return found


def hash_features(features: Mapping[str, int], buckets: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Hash features into buckets, the same on every machine.

    Args:
        features: counts of F features, each >= 1.
        buckets: number of buckets, at most 2**32.

    Returns:
        Bucket numbers, int64, shape (F,), and weights, float32, shape (F,): 1 + ln(count), divided by their Euclidean
        norm.
    """
    indices = np.fromiter((zlib.crc32(name.encode()) % buckets for name in features), np.int64, len(features))
    weights = np.fromiter((1.0 + math.log(count) for count in features.values()), np.float32, len(features))
    norm = float(np.sqrt(np.square(weights).sum()))
    return indices, weights / norm if norm > 0 else weights


def hash_vector(features: Mapping[str, int], buckets: int) -> NDArray[np.float32]:
    """Hash features into a vector of fixed length, with a sign of its own for each, so that collisions even out.

    After K. Weinberger and others, "Feature Hashing for Large Scale Multitask Learning" (ICML 2009).

    Args:
        features: counts of features, each >= 1.
        buckets: length of the vector.

    Returns:
        Sums of +-(1 + ln(count)) by bucket, shape (buckets,).
    """
    vector = np.zeros(buckets, np.float32)
    for name, count in features.items():
        code = zlib.crc32(name.encode())
        weight = 1.0 + math.log(count)
        vector[code % buckets] += weight if code & 0x80000000 else -weight
    return vector

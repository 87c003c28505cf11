"""The tree policies of HTPS: from priors, values and counts of a goal's edges to what to follow."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

__all__ = ["alpha_zero", "regularized"]

_STEPS = 64
_TOLERANCE = 1e-12


def alpha_zero(prior: Sequence[float], q: Sequence[float], counts: Sequence[float], c: float) -> list[float]:
    """Scores of PUCT: Q + c P sqrt(sum of C) / (1 + C) (HTPS, arXiv:2205.11491, section 4; Silver et al. 2018).

    Args:
        prior: P, K probabilities.
        q: Q, K mean values in [0, 1].
        counts: C, K real plus virtual counts.
        c: exploration constant, >= 0.

    Returns:
        K scores; the edge of the largest is to be followed.
    """
    scale = c * sqrt(sum(counts))
    return [v + scale * p / (1 + n) for p, v, n in zip(prior, q, counts, strict=True)]


def regularized(prior: Sequence[float], q: Sequence[float], counts: Sequence[float], c: float) -> list[float]:
    """The policy that AlphaZero's visit counts tend to (Grill et al., ICML 2020, arXiv:2007.12509).

    It maximises the expected Q minus `lam` times the divergence KL(P, pi), with `lam` = c sqrt(sum of C) / (K + sum of
    C), and it is

        pi = lam P / (alpha - Q), with alpha such that pi sums to 1.

    Args:
        prior: P, K probabilities.
        q: Q, K mean values.
        counts: C, K real plus virtual counts.
        c: exploration constant, >= 0.

    Returns:
        K probabilities. Without any count or exploration `lam` is 0: then all is on the edge of largest Q, and of those
        on the one of largest prior.
    """
    total = sum(counts)
    lam = c * sqrt(total) / (len(prior) + total)
    weights = [lam * p for p in prior]
    mass = sum(weights)
    if mass <= 0.0:
        best = max(range(len(q)), key=lambda i: (q[i], prior[i]))
        return [float(i == best) for i in range(len(q))]
    # The sum of pi falls in alpha, from at least 1 at `low` on, and is convex: Newton's method from there converges
    # without overshooting.
    alpha = max(v + w for v, w in zip(q, weights, strict=True) if w > 0.0)
    for _ in range(_STEPS):
        shares = [w / (alpha - v) if w > 0.0 else 0.0 for v, w in zip(q, weights, strict=True)]
        excess = sum(shares) - 1.0
        if excess <= _TOLERANCE:
            break
        slope = sum(s / (alpha - v) for s, v in zip(shares, q, strict=True) if s > 0.0)
        alpha += excess / slope
    total_share = sum(shares)
    return [s / total_share for s in shares]

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
    # Edges of equal Q, as those never followed are, count as one: what has to be solved is short then.
    mass: dict[float, float] = {}
    for v, p in zip(q, prior, strict=True):
        if lam * p > 0.0:
            mass[v] = mass.get(v, 0.0) + lam * p
    if not mass:
        best = max(range(len(q)), key=lambda i: (q[i], prior[i]))
        return [float(i == best) for i in range(len(q))]
    highest = max(mass)
    margin = _margin(sorted((highest - v, w) for v, w in mass.items()))
    shares = [lam * p / (margin + (highest - v)) if p > 0.0 else 0.0 for p, v in zip(prior, q, strict=True)]
    total_share = sum(shares)
    return [share / total_share for share in shares]


def _margin(mass: Sequence[tuple[float, float]]) -> float:
    """How far alpha lies above the highest Q: where the sum of w / (margin + gap) is 1.

    Args:
        mass: gaps to the highest Q, ascending from 0, each with the mass w > 0 of the edges there.
    """
    # The sum falls in the margin and is convex, so Newton's method converges without overshooting from any margin where
    # the sum is at least 1: that is so where all that lies within some gap reaches it alone.
    margin, within = 0.0, 0.0
    for gap, w in mass:
        within += w
        margin = max(margin, within - gap)
    for _ in range(_STEPS):
        excess, fall = -1.0, 0.0
        for gap, w in mass:
            share = w / (margin + gap)
            excess += share
            fall += share * (margin / (margin + gap))
        if excess <= _TOLERANCE:
            break
        # `fall` is minus the slope times the margin: the slope itself may be too large for a float.
        margin *= 1.0 + excess / fall
    return margin

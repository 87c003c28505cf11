"""The statistics of a report: paired tests, intervals, and curves over the tactic applications used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scipy.stats import binomtest

from ...errors import BadInput

__all__ = ["Paired", "application_counts", "compare_paired", "mcnemar_exact", "proved_within", "wilson_interval"]


def mcnemar_exact(only_a: int, only_b: int) -> float:
    """Two-sided exact McNemar test of "both prove equally often", from the discordant pairs alone.

    Under the hypothesis each theorem that just one of the two proves is proved by either with probability 1/2, so the
    p-value is that of a binomial test of `only_a` in `only_a + only_b`.

    Source: Q. McNemar, Psychometrika 12 (1947) 153-157; the exact form: A. Agresti, Categorical Data Analysis,
    3rd ed. (2013), section 11.1.1.

    Args:
        only_a: theorems that a proves and b does not.
        only_b: the other way round.

    Returns:
        The p-value; 1.0 where no theorem tells the two apart.
    """
    if only_a < 0 or only_b < 0:
        raise BadInput(f"Numbers of theorems cannot be negative, got {only_a} and {only_b}.")
    if only_a + only_b == 0:
        return 1.0
    return float(binomtest(only_a, only_a + only_b, 0.5).pvalue)


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Score interval of a proportion, which stays inside [0, 1] and holds its level for small counts too.

    Source: E. B. Wilson, JASA 22 (1927) 209-212.

    Returns:
        Lower and upper end; (0, 1) where there were no trials.
    """
    if not 0 <= successes <= trials:
        raise BadInput(f"Successes must lie between 0 and the number of trials, got {successes} of {trials}.")
    if trials == 0:
        return 0.0, 1.0
    interval = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def application_counts(limit: int) -> list[int]:
    """The points of a curve: 1, 2, 4, ... up to `limit`, which is the last one even if it is no power of two."""
    if limit < 1:
        raise BadInput(f"A curve needs at least one tactic application, got {limit}.")
    powers = [1 << bit for bit in range(limit.bit_length())]
    return powers if powers[-1] == limit else [*powers, limit]


def proved_within(proved_at: Iterable[int | None], counts: Iterable[int]) -> dict[int, int]:
    """How many theorems were proved within each number of tactic applications.

    Args:
        proved_at: for each theorem the applications used up to its proof, `None` where it was not proved.
        counts: the points of the curve.
    """
    used = [at for at in proved_at if at is not None]
    return {count: sum(at <= count for at in used) for count in counts}


@dataclass(frozen=True, slots=True)
class Paired:
    """Two policies on the theorems that both attempted.

    Attributes:
        only_a, only_b, both: theorems proved by one alone, and by both.
        n: theorems attempted by both.
        p_value: of `mcnemar_exact`.
    """

    only_a: int
    only_b: int
    both: int
    n: int
    p_value: float


def compare_paired(a: Mapping[str, int | None], b: Mapping[str, int | None], at: int | None = None) -> Paired:
    """Compare two policies theorem by theorem.

    Args:
        a: by theorem, the applications used up to its proof, `None` where it was not proved.
        b: the same for the other policy.
        at: count only proofs within so many applications; `None` means the full budget.
    """

    def proved(of: Mapping[str, int | None]) -> set[str]:
        return {name for name in common if (used := of[name]) is not None and (at is None or used <= at)}

    common = a.keys() & b.keys()
    by_a, by_b = proved(a), proved(b)
    only_a, only_b = len(by_a - by_b), len(by_b - by_a)
    return Paired(only_a, only_b, len(by_a & by_b), len(common), mcnemar_exact(only_a, only_b))

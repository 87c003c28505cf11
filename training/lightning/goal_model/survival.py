"""How likely a goal still is to be proved after so many tactics: what to teach about goals that were left open."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from operator import mul

__all__ = ["Survival"]


class Survival:
    """The Kaplan-Meier estimate of "not proved after t tactics", and what follows from it for open goals.

    An attempt that ends leaves goals open that more tactics might have proved: their proof is censored. The product
    limit uses them for as long as they were watched (E. L. Kaplan and P. Meier, JASA 53 (1958) 457-481), and gives an
    open goal the share of those like it that were proved later, which is what redistributing its weight to the right
    comes to (B. Efron, Proc. 5th Berkeley Symposium 4 (1967) 831-853). Goals that cannot be proved by what the policy
    offers are watched for ever. One more of these is added, so that little data gives no certainty.

    Args:
        proved: tactics that each proved goal took, >= 1.
        open_goals: tactics spent on each goal that was left open.
        failed: how many goals cannot be proved.
    """

    def __init__(self, proved: Iterable[int], open_goals: Iterable[int], failed: int = 0) -> None:
        events, censored = Counter(proved), Counter(open_goals)
        watched = events.total() + censored.total() + failed + 1
        self._times: list[int] = []
        factors: list[float] = []
        for time in sorted(events | censored):
            if events[time]:
                self._times.append(time)
                factors.append(1 - events[time] / watched)
            watched -= events[time] + censored[time]
        self._shares = list(accumulate(factors, mul, initial=1.0))

    def unproved(self, tactics: int) -> float:
        """The share of all goals that so many tactics do not prove, in (0, 1]."""
        return self._shares[bisect_right(self._times, tactics)]

    def proved_later(self, tactics: int) -> float:
        """The share of the goals unproved after so many tactics that are proved later, in [0, 1)."""
        return 1 - self._shares[-1] / self.unproved(tactics)

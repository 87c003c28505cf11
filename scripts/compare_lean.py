"""Compare ways to talk to the embedded Lean: `python scripts/compare_lean.py` prints the table of docs/lean.md.

All ways (`lean_ways.py`) get the same goals, the same 32 tactics for each, and the same path to a goal: a first tactic
that keeps the kernel busy for some seconds of CPU time, then a few short ones. What a tactic does is compared with what
the stepper found where the path costs nothing. Clients that are not installed are left out (`pip install leanclient`).
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import math
import operator
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from lean_ways import (
    TIMEOUT_S,
    LeanClient,
    LeanDojoClient,
    Processes,
    Serving,
    Stepping,
    Told,
    Way,
    place_of,
    told_of,
)

from aitp_gym.menus import Menu
from aitp_gym.proof import Goal, Subgoals, Theorem
from aitp_gym.provers.base import ProverSession
from aitp_gym.provers.lean.embedded.theorem_sets import lean_embedded
from aitp_gym.provers.lean.outcomes import LeanGoalRef
from aitp_gym.provers.lean.prover import Lean
from aitp_gym.provers.lean.script import Place

SEED = 0
CANDIDATES = 32
GOALS_PER_THEOREM = 20
STARTS = 5
# First tactic of a path that costs nothing; and, with a number after it, a term that keeps the kernel busy. Many short
# spells make a long one, because a larger number takes the kernel deeper.
FREE = "have burnt : True := trivial"
BURN = "(fun n => Nat.rec (motive := fun _ => Nat) 0 (fun _ k => k + k + 1) n)"
SPELL_S = 0.3
TOLERANCE = 0.1
WAYS: dict[str, tuple[type[Way], str]] = {
    "stepper (ours)": (Stepping, ""),
    "language server (ours)": (Serving, ""),
    "a process per candidate": (Processes, ""),
    "leanclient": (LeanClient, "leanclient"),
    "LeanDojo's client": (LeanDojoClient, "lean_dojo"),
}


@dataclass(frozen=True)
class Pair:
    """A goal with the tactics to try at it, and what they do according to the stepper."""

    theorem: Theorem
    goal: Goal
    tactics: tuple[str, ...]
    expected: tuple[Told, ...]


def choose_pairs(count: int) -> list[Pair]:
    """Goals of validation theorems after short paths, up to `GOALS_PER_THEOREM` of each, and tactics of the menu."""
    rng = Random(SEED)
    prover = Lean(backend="embedded", interaction="stepper")
    menu = Menu.load("lean-embedded-steps")
    names = [premise.name for premise in prover.library.entries]

    def offered(goal: Goal) -> list[str]:
        # Premises are drawn by lot, and one draw names too few.
        draws = [menu.candidates(rng.sample(names, menu.max_premises), goal.text) for _ in range(4)]
        tactics = list(dict.fromkeys(candidate.tactic for draw in draws for candidate in draw))
        rng.shuffle(tactics)
        return tactics

    theorems = list(lean_embedded().split("valid"))
    rng.shuffle(theorems)
    pairs: list[Pair] = []
    while len(pairs) < count:
        theorem = theorems.pop()
        session = prover.start(theorem)
        own = list(_pairs_of(theorem, session, offered))
        session.close()
        # A search does not ask for goals in the order in which they were found.
        rng.shuffle(own)
        pairs += own
    prover.close()
    return pairs[:count]


def _pairs_of(theorem: Theorem, session: ProverSession, offered: Callable[[Goal], list[str]]) -> Iterator[Pair]:
    (start,) = session.apply(session.root, [FREE], TIMEOUT_S)
    goals = list(start.goals) if isinstance(start, Subgoals) else []
    # The list grows while it is walked through.
    for goal in goals:
        outcomes = {tactic: session.apply(goal, [tactic], TIMEOUT_S)[0] for tactic in offered(goal)}
        expected = {tactic: told_of(outcome, goal) for tactic, outcome in outcomes.items()}
        # First those that do something. What closes the goal ends a batch: one does at most, and it comes last.
        others = sorted((tactic for tactic in expected if expected[tactic]), key=lambda t: expected[t] == "failed")
        closing = [tactic for tactic in expected if not expected[tactic]][:1]
        tactics = (*others[: CANDIDATES - len(closing)], *closing)
        if len(tactics) == CANDIDATES:
            yield Pair(theorem, goal, tactics, tuple(expected[tactic] for tactic in tactics))
        for outcome in outcomes.values():
            for left in outcome.goals if isinstance(outcome, Subgoals) else ():
                if left.key is not None and left not in goals and len(goals) < GOALS_PER_THEOREM:
                    goals.append(left)


def burning(seconds: Sequence[float]) -> dict[float, str]:
    """Tactics that change as little as `FREE` and take so many CPU seconds of the kernel; found by trying."""
    prover = Lean(backend="embedded", interaction="stepper")
    session = prover.start(Theorem("burn", "theorem burn : False", "lean"))
    size, took_s = 8_000.0, 0.0
    while abs(took_s / SPELL_S - 1) > TOLERANCE:
        size *= SPELL_S / took_s if took_s else 1.0
        # No two alike, so that nothing of an earlier one is remembered.
        took_s = session.apply(session.root, [_spells(int(size), 3)], TIMEOUT_S)[0].cpu_s / 3
    session.close()
    prover.close()
    return {cost_s: _spells(int(size), round(cost_s / SPELL_S)) for cost_s in seconds}


def _spells(size: int, count: int) -> str:
    spells = [f"first | (have x : {BURN} {size + n} = 3 := by decide +kernel) | skip" for n in range(count)]
    return f"have burnt : True := by ({'; '.join(spells)}; trivial)" if spells else FREE


def behind(goal: Goal, tactic: str, cost_s: float) -> Goal:
    """The goal at the end of a path that begins with another tactic than `FREE`."""
    assert isinstance(goal.ref, LeanGoalRef)
    place: Place | None = None
    for step in place_of(goal).steps():
        place = Place(place, tactic if place is None else step.tactic, step.chosen, step.total)
    return Goal(goal.parts, goal.key, LeanGoalRef(place, goal.ref.goals, cost_s))


@dataclass
class Measured:
    """Milliseconds for one tactic, and for each of 32, one entry for each pair; how many outcomes were others."""

    step_ms: list[float] = field(default_factory=list)
    candidate_ms: list[float] = field(default_factory=list)
    differing: int = 0


def measure(way: Way, pairs: Sequence[Pair], tactic: str, cost_s: float, seconds: float) -> Measured:
    """Measure a way after a path.

    Args:
        way: what to measure.
        pairs: goals and their tactics, those of a theorem together.
        tactic: first of the path.
        cost_s: CPU seconds that it takes.
        seconds: after so long no further pair is begun, for one tactic and for 32 each.
    """
    measured = Measured()
    sizes = {1: measured.step_ms} if way.one_by_one else {1: measured.step_ms, CANDIDATES: measured.candidate_ms}
    spent = dict.fromkeys(sizes, 0.0)
    for theorem, group in itertools.groupby(pairs, key=lambda pair: pair.theorem):
        if min(spent.values()) >= seconds:
            break
        way.open(theorem)
        own = list(group)
        for size, times in sizes.items():
            for number, pair in enumerate(own):
                if spent[size] >= seconds:
                    break
                begun = time.perf_counter()
                chosen = slice(number, number + 1) if size == 1 else slice(None)
                way.reach(behind(pair.goal, tactic, cost_s))
                started = time.perf_counter()
                found = way.outcomes(pair.tactics[chosen])
                ended = time.perf_counter()
                times.append(1e3 * (ended - started) / size)
                spent[size] += ended - begun
                measured.differing += sum(map(operator.ne, found, pair.expected[chosen]))
                assert len(found) == size
    return measured


def first_goal_s(make: Callable[[], Way], theorem: Theorem) -> float:
    """Seconds from nothing but a built engine to the theorem's goal, median of a few."""
    times = []
    for _ in range(STARTS):
        started = time.perf_counter()
        way = make()
        way.open(theorem)
        times.append(time.perf_counter() - started)
        way.close()
    return statistics.median(times)


def shown(times: Sequence[float]) -> str:
    """Median, 95th percentile where there are enough, and the number of pairs."""
    if not times:
        return "as a step"

    def figure(value: float) -> str:
        return f"{value:.1f}" if value < 100 else f"{value:.0f}"

    high = figure(statistics.quantiles(times, n=20, method="inclusive")[-1]) if len(times) >= 20 else "–"
    return f"{figure(statistics.median(times))} / {high} ({len(times)})"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="Compare ways to talk to Lean, on the embedded engine.")
    parser.add_argument("--pairs", type=int, default=200, help="goals, with 32 tactics each")
    parser.add_argument("--seconds", type=float, default=15.0, help="for a figure of a way other than the stepper")
    parser.add_argument("--costs", type=float, nargs="+", default=[0.0, 0.3, 3.0], help="CPU seconds of the path")
    arguments = parser.parse_args()
    pairs = choose_pairs(arguments.pairs)
    burns = burning(arguments.costs)
    print("| way | path, s | first goal, s | step, ms | candidate, ms | other outcomes |\n|---|---|---|---|---|---|")
    for name, (make, module) in WAYS.items():
        if module and importlib.util.find_spec(module) is None:
            print(f"{module} is not installed, and left out.", file=sys.stderr)
            continue
        start = f"{first_goal_s(make, pairs[0].theorem):.2f}"
        for cost_s, tactic in burns.items():
            way = make()
            found = measure(way, pairs, tactic, cost_s, math.inf if make is Stepping else arguments.seconds)
            way.close()
            figures = (shown(found.step_ms), shown(found.candidate_ms), str(found.differing))
            print(f"| {' | '.join((name, f'{cost_s:g}', start, *figures))} |", flush=True)
            name = start = ""


if __name__ == "__main__":
    main()

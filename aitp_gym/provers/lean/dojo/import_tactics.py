"""The traced tactics of LeanDojo Benchmark as attempts: what people did, in the terms of our traces.

A traced tactic has the state before and after it. Ours are goals: where the tactic left all goals but the first as
they were, it is a step from the first goal to what took its place; where it did not, all goals are one node together.
Nothing is run, so no such attempt is counted as proved; its steps are what its author used.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....errors import BadInput
from ....proof import Attempt, Budget, Spent, Step, Theorem
from ..goals import LeanGoal, group, parse_state
from .benchmark import SPLITS, STRATEGIES, Benchmark, items
from .entry import TracedTheorem

__all__ = ["HUMAN", "ImportedTactics", "import_tactics"]

HUMAN = "human"
"""Policy label of the attempts."""

Node = tuple[LeanGoal, ...]


@dataclass
class ImportedTactics:
    """Counts of the benchmark's theorems that could be imported.

    Attributes:
        theorems: read; `attempts`: of these imported, the others have no tactics.
        tactics: read; `steps`: of these imported.
        left_out: tactics that were not, by reason.
    """

    theorems: int = 0
    attempts: int = 0
    tactics: int = 0
    steps: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def import_tactics(
    benchmark: Benchmark, theorems: Iterable[Theorem], strategy: str, result: ImportedTactics
) -> Iterator[Attempt]:
    """Turn traced tactics into attempts.

    Args:
        benchmark: to read.
        theorems: the set that goes by the same strategy.
        strategy: of `STRATEGIES`.
        result: is filled in as the benchmark is read.

    Yields:
        An attempt for each theorem that has tactics.

    Raises:
        BadInput: the benchmark is not of the published form.
    """
    if strategy not in STRATEGIES:
        raise BadInput(f"strategy must be one of {', '.join(STRATEGIES)}, got {strategy!r}.")
    known: dict[tuple[str, str, tuple[int, int]], Theorem] = {}
    for theorem in theorems:
        if isinstance(theorem.payload, TracedTheorem):
            known[theorem.payload.file, theorem.payload.name, theorem.payload.start] = theorem
    for split in SPLITS:
        path = benchmark.folder / strategy / f"{split}.json"
        for number, item in enumerate(items(path)):
            result.theorems += 1
            try:
                line, column = item["start"]
                theorem = known[item["file_path"], item["full_name"], (line, column)]
                steps = tuple(_steps(item["traced_tactics"], result))
            except (KeyError, TypeError, ValueError) as error:
                raise BadInput(f"{path}, item {number}: expected a theorem with traced tactics ({error!r}).") from error
            if steps:
                result.attempts += 1
                yield Attempt(
                    theorem=theorem,
                    status="failed",
                    steps=steps,
                    budget=Budget(),
                    spent=Spent(nodes=len({step.node for step in steps}), tactics=len(steps)),
                    reason="the traced proof was not run",
                    versions={"imported": "LeanDojo Benchmark", "lean_repository": benchmark.repository},
                )


def _steps(traced: list[Mapping[str, Any]], result: ImportedTactics) -> Iterator[Step]:
    numbers: dict[Node, int] = {}

    def number(node: Node) -> int:
        return numbers.setdefault(node, len(numbers))

    index = 0
    for fields in traced:
        result.tactics += 1
        try:
            before, after = parse_state(fields["state_before"]), parse_state(fields["state_after"])
        except ValueError:
            result.left_out["its states cannot be read"] += 1
            continue
        if not before:
            result.left_out["no goals are left to apply it to"] += 1
            continue
        node, children = _transition(before, after)
        if children == (node,):
            result.left_out["nothing changes"] += 1
            continue
        result.steps += 1
        yield Step(
            index=index,
            node=number(node),
            goal="\n\n".join(str(goal.sequent) for goal in node),
            tactic=str(fields["tactic"]),
            logprob=math.nan,
            outcome="subgoals",
            message="",
            children=tuple(map(number, children)),
            elapsed_s=0.0,
            cpu_s=0.0,
            on_proof=True,
            visits=1,
        )
        index += 1


def _transition(before: Node, after: Node) -> tuple[Node, tuple[Node, ...]]:
    """The node that a tactic was applied to, and the nodes that it left."""
    first, rest = before[:1], before[1:]
    kept = len(after) - len(rest)
    if kept >= 0 and after[kept:] == rest and group(before)[0] == (0,):
        left = after[:kept]
        return first, tuple(tuple(left[i] for i in places) for places in group(left))
    return before, (after,) if after else ()

"""Tactic blocks: the path to a goal, and whole proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ...errors import BadInput
from ...proof import Proof

__all__ = ["Block", "Place", "path_lines", "proof_block", "readable", "selection", "wrapped"]

_MAX_LINES = 100_000
# Words that what stands on the next line goes on with.
_OPEN_ENDS = ("by", "=>", ":=", "do", "with", "from", "fun")


@dataclass(frozen=True, slots=True)
class Place:
    """Origin of a goal: a tactic on another goal, and which of the goals that it left are meant.

    Attributes:
        parent: the goal it was applied to; `None` for the theorem's own.
        tactic: its text.
        chosen: places, among the goals it left, of those that make the goal; ascending.
        total: how many goals it left.
        kept: by what a session that keeps states finds the one that the tactic left; no part of what a place is.
    """

    parent: Place | None
    tactic: str
    chosen: tuple[int, ...]
    total: int
    kept: object = field(default=None, compare=False, repr=False)

    def steps(self) -> list[Place]:
        """From the theorem to here."""
        steps: list[Place] = []
        place: Place | None = self
        while place is not None:
            steps.append(place)
            place = place.parent
        return steps[::-1]


@dataclass(frozen=True, slots=True)
class Block:
    """A proof as lines of tactics.

    Attributes:
        text: the lines, indented by two spaces or more.
        step_of_line: for each line, the index of the step of the proof that it belongs to.
    """

    text: str
    step_of_line: tuple[int, ...]


def wrapped(tactic: str, indent: str) -> list[str]:
    """A tactic in parentheses, which nothing after it can become a part of; its lines keep their shape."""
    first, *rest = tactic.replace("\r\n", "\n").strip("\n").split("\n")
    inner = indent + " "
    return [f"{indent}({first}", *(inner + line if line.strip() else "" for line in rest), f"{indent})"]


def readable(tactic: str, indent: str) -> list[str]:
    """A tactic as one would write it, in parentheses only where what follows could become a part of it."""
    tactic = tactic.strip()
    if "\n" in tactic or "--" in tactic or tactic.endswith(_OPEN_ENDS):
        return wrapped(tactic, indent)
    return [indent + tactic]


def selection(chosen: Sequence[int], total: int, indent: str) -> list[str]:
    """Lines that leave only the chosen ones of `total` goals, in their order; the others are admitted."""
    if len(chosen) == total:
        return []
    kept = frozenset(chosen)
    return [f"{indent}rotate_left" if place in kept else f"{indent}· sorry" for place in range(total)]


def path_lines(place: Place | None, indent: str = "  ") -> list[str]:
    """Lines that lead from the theorem's goal to another, everything beside the way admitted."""
    lines: list[str] = []
    for step in place.steps() if place is not None else ():
        lines += wrapped(step.tactic, indent)
        lines += selection(step.chosen, step.total, indent)
    return lines


def proof_block(
    proof: Proof,
    places: Callable[[int, int], tuple[int, ...]] | None = None,
    write: Callable[[str, str], list[str]] = wrapped,
) -> Block:
    """A proof as it stands under `by`, without any `sorry`.

    Every goal that is one node by itself is proved in a bullet. At most one child of a step has several parts (goals
    that share metavariables); these wait until the others are done, and the proof goes on with them.

    Args:
        proof: a shared step is written once for each use.
        places: for a step and the number of parts that its child of several parts has, where these lie among the goals
            that the step leaves. Needed only for such proofs.
        write: how a tactic is written, given its text and indentation: `wrapped` or `readable`.

    Raises:
        BadInput: the proof is empty or grows too long when written out, or `places` is needed.
    """
    if not proof.steps:
        raise BadInput("A proof has at least one step.")
    lines: list[str] = []
    owners: list[int] = []
    # Steps to write, with their indentation and whether a bullet stands before them, or a line to write as it is.
    pending: list[tuple[int, str, bool] | tuple[int, str]] = [(0, "  ", False)]
    while pending:
        item = pending.pop()
        if len(item) == 2:
            owner, line = item
            lines.append(line)
            owners.append(owner)
            continue
        index, indent, bullet = item
        step = proof.steps[index]
        inner = indent + "  " if bullet else indent
        written = write(step.tactic, inner)
        if bullet:
            written[0] = f"{indent}· {written[0].lstrip()}"
        lines += written
        owners += [index] * len(written)
        if len(lines) > _MAX_LINES:
            raise BadInput(f"The proof has {len(proof.steps)} steps but over {_MAX_LINES} lines when written out.")
        pending += reversed(list(_continuation(proof, index, inner, places)))
    return Block("\n".join(lines), tuple(owners))


def _continuation(
    proof: Proof, index: int, indent: str, places: Callable[[int, int], tuple[int, ...]] | None
) -> Iterator[tuple[int, str, bool] | tuple[int, str]]:
    """What follows a step: its children's proofs in order, the one of several parts last."""
    children = proof.steps[index].children
    joint = [child for child in children if _parts(proof, child) > 1]
    if len(joint) > 1:
        raise BadInput(f"Step {index} has {len(joint)} subgoals of several parts; a step leaves one at most.")
    if not joint:
        if len(children) == 1:
            yield children[0], indent, False
        else:
            yield from ((child, indent, True) for child in children)
        return
    parts = _parts(proof, joint[0])
    total = len(children) - 1 + parts
    if len(children) > 1:
        if places is None:
            raise BadInput(f"Where the {parts} joint goals of step {index} lie among {total} has to be known.")
        kept = frozenset(places(index, parts))
        alone = iter(child for child in children if child != joint[0])
        for place in range(total):
            if place in kept:
                yield index, f"{indent}rotate_left"
            else:
                yield next(alone), indent, True
    yield joint[0], indent, False


def _parts(proof: Proof, step: int) -> int:
    """How many goals the step's node is made of, as its text tells."""
    return proof.steps[step].goal.count("\n\n") + 1

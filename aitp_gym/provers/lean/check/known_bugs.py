"""Bugs of Lean's kernel with which something false could be proved, and what a check does about each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from ....errors import ProverUnavailable
from .audit import Refused
from .constants import Constant
from .terms import Terms

__all__ = ["KNOWN_BUGS", "KernelBug", "bugs_of", "open_bugs", "refuse_open_bugs", "refuse_shapes"]

_Version = tuple[int, int, int, bool]
_RELEASES = "https://lean-lang.org/doc/reference/latest/releases"
_PULLS = "https://github.com/leanprover/lean4/pull"
Block = tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class KernelBug:
    """A way in which the kernel of some releases accepted something false.

    Attributes:
        number: of the issue or pull request in leanprover/lean4.
        what: what the kernel did.
        fixed: releases that brought the repair, one for each line of releases that has it.
        source: where that is said.
        closed: how a check keeps it from being used, whatever the release; empty where it cannot.
        shape: whether declarations of a statement's own file have what the bug needs. A proof has not: it may bring no
            inductive types, and no free variables. With a release that has the bug they are refused.
    """

    number: int
    what: str
    fixed: tuple[str, ...]
    source: str
    closed: str
    shape: Callable[[Terms, Block], bool] | None = None

    def is_in(self, version: str) -> bool:
        """Whether a release has it; one whose number cannot be read is taken to have every bug."""
        found = _parsed(version)
        if found is None:
            return True
        repairs = sorted(repair for text in self.fixed if (repair := _parsed(text)) is not None)
        of_line = [repair for repair in repairs if repair[:2] == found[:2]]
        return found < (of_line[0] if of_line else repairs[-1])


def _is_nested(terms: Terms, block: Block) -> bool:
    """Whether a type occurs, in one of its constructors, among the arguments of another constant."""
    types = {constant.name for constant in block if constant.kind == "inductive"}
    for constant in block:
        if constant.kind != "constructor":
            continue
        pending, seen = [constant.type], set[int]()
        while pending:
            expr = pending.pop()
            if expr in seen:
                continue
            seen.add(expr)
            match terms.exprs[expr]:
                case ("app", int(function), int(argument)):
                    if types & terms.constants([argument]) and not types & terms.constants([_head(terms, function)]):
                        return True
                    pending += (function, argument)
                case ("lam" | "pi", int(first), int(second)):
                    pending += (first, second)
                case ("let", int(first), int(second), int(third)):
                    pending += (first, second, third)
                case ("proj", int(), int(), int(struct)):
                    pending.append(struct)
    return False


def _head(terms: Terms, expr: int) -> int:
    node = terms.exprs[expr]
    while node[0] == "app" and isinstance(node[1], int):
        expr = node[1]
        node = terms.exprs[expr]
    return expr


def _has_odd_sort(terms: Terms, block: Block) -> bool:
    """Whether a type is not in a sort whose level is written without `imax`."""
    for constant in block:
        if constant.kind != "inductive":
            continue
        node = terms.exprs[constant.type]
        while node[0] == "pi" and isinstance(last := node[-1], int):
            node = terms.exprs[last]
        if node[0] != "sort" or not isinstance(node[1], int) or _has_imax(terms, node[1]):
            return True
    return False


def _has_imax(terms: Terms, level: int) -> bool:
    kind, *parts = terms.levels[level]
    if kind == "imax":
        return True
    return kind != "param" and any(_has_imax(terms, part) for part in parts if isinstance(part, int))


def _has_nested_name(terms: Terms, block: Block) -> bool:
    return any("_nested" in map(str, terms.components(constant.name)) for constant in block)


_READER = "what is read of a module has no free variables and no metavariables"
_NO_TYPES = "a proof may declare no inductive types"
_MEMORY = "a check ends before it holds so much memory"

KNOWN_BUGS: tuple[KernelBug, ...] = (
    KernelBug(
        8060,
        "took a number that is not computed yet for a literal in `Nat.pow`",
        ("4.20.0",),
        f"{_RELEASES}/v4.20.0",
        "",
    ),
    KernelBug(
        8559,
        "forgot the variables of terms that are nested too deeply",
        ("4.21.0",),
        f"{_RELEASES}/v4.21.0",
        "a term that refers over 65,535 binders away is refused",
    ),
    KernelBug(
        14484,
        "accepted free variables in the value of an `opaque` constant",
        ("4.32.1", "4.33.0"),
        "https://github.com/leanprover/lean4/issues/14484",
        _READER,
    ),
    KernelBug(
        14576,
        "did not check the parameters of a nested inductive type",
        ("4.32.2", "4.33.0"),
        "https://github.com/leanprover/lean4/issues/14576",
        _NO_TYPES,
        _is_nested,
    ),
    KernelBug(
        14607,
        "accepted free variables and metavariables in inductive types",
        ("4.33.0",),
        f"{_PULLS}/14607",
        _READER,
    ),
    KernelBug(
        14613,
        "took a type in `Sort (imax 1 0)` for one that is no proposition",
        ("4.33.0",),
        f"{_PULLS}/14613",
        _NO_TYPES,
        _has_odd_sort,
    ),
    KernelBug(
        14616,
        "confused types that are called `_nested` with its own",
        ("4.33.0",),
        f"{_PULLS}/14616",
        _NO_TYPES,
        _has_nested_name,
    ),
    KernelBug(
        14582,
        "accepted inductive types that occur with other parameters than their own",
        ("4.33.1", "4.34.0"),
        f"{_PULLS}/14582",
        _NO_TYPES,
        _is_nested,
    ),
    KernelBug(
        14806,
        "remembered equalities in a way that made a recursor disagree with its rules",
        ("4.33.1", "4.34.0"),
        f"{_PULLS}/14806",
        _NO_TYPES,
    ),
    KernelBug(
        14807,
        "took a type for no proposition where that could not be computed",
        ("4.33.1", "4.34.0"),
        f"{_PULLS}/14807",
        _NO_TYPES,
        _has_odd_sort,
    ),
    KernelBug(
        14838,
        "lost count of references to an object, with 18 GB of memory",
        ("4.33.1", "4.34.0"),
        f"{_PULLS}/14838",
        _MEMORY,
    ),
    KernelBug(
        15289,
        "lost count of references to a shared term, with 100 GB of memory",
        ("4.34.1", "4.35.0"),
        f"{_RELEASES}/v4.34.1",
        _MEMORY,
    ),
)
"""Oldest first. What Lean's own notes call hardening, without a proof of something false, is left out."""

# Resident memory that the last two need, in megabytes.
_NEEDED_MB = {14838: 18_000, 15289: 100_000}


def bugs_of(version: str) -> tuple[KernelBug, ...]:
    """The known bugs of a release."""
    return tuple(bug for bug in KNOWN_BUGS if bug.is_in(version))


def open_bugs(version: str, memory_mb: float) -> tuple[KernelBug, ...]:
    """Those of a release that a check with so much memory cannot keep from being used."""
    return tuple(
        bug for bug in bugs_of(version) if not bug.closed or memory_mb >= _NEEDED_MB.get(bug.number, float("inf"))
    )


def refuse_open_bugs(version: str, memory_mb: float) -> None:
    """Refuse a release with which something false could be proved.

    Raises:
        ProverUnavailable: it is one; the message says why, and what to do.
    """
    if found := open_bugs(version, memory_mb):
        why = "; ".join(f"it {bug.what} (lean4#{bug.number}, {bug.source})" for bug in found)
        raise ProverUnavailable(
            f"The kernel of Lean {version} is known to accept something false: {why}. Use Lean "
            f"{KNOWN_BUGS[-1].fixed[0]} or newer, or less `memory_mb` where memory is the reason; or give a "
            "`second_opinion`; or say `known_bugs=True`, which every report then names."
        )


def refuse_shapes(version: str, terms: Terms, blocks: Iterable[Block]) -> None:
    """Refuse declarations that have what a bug of the kernel needs.

    Args:
        version: of Lean.
        terms: of the constants.
        blocks: what is declared by the statement's file and the proof, as the kernel takes it.

    Raises:
        Refused: they have.
    """
    bugs = [bug for bug in bugs_of(version) if bug.shape is not None]
    for block in blocks if bugs else ():
        for bug in bugs:
            if bug.shape is not None and bug.shape(terms, block):
                raise Refused(
                    f"the statement's file declares {terms.show(block[0].name)}, and the kernel of Lean {version} "
                    f"{bug.what} (lean4#{bug.number}): use Lean {bug.fixed[-1]} or newer"
                )


@lru_cache(maxsize=64)
def _parsed(version: str) -> _Version | None:
    """A release as numbers; what comes before a release (`-rc1`, `-nightly-…`) is smaller than it."""
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)(-)?", version)
    return None if match is None else (int(match[1]), int(match[2]), int(match[3]), match[4] is None)

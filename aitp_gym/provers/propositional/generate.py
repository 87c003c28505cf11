"""Generates formulas that are known to be provable or not, by size and seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Literal, NamedTuple

from ...errors import BadInput, UnknownName
from ...proof import Theorem
from .decision import classically_valid, decide
from .formula import FALSE, And, Atom, Formula, Implies, Or, negation

__all__ = ["SIZES", "Generated", "Kind", "Size", "canaries", "generate", "theorems"]

Kind = Literal["provable", "independent", "false"]
"""`independent` formulas are classically valid and have no intuitionistic proof; `false` ones are not even valid."""


class Size(NamedTuple):
    """Size and difficulty of generated formulas.

    Attributes:
        min_connectives, max_connectives: how many connectives, drawn uniformly; `¬` counts as one.
        variables: how many variables there may be.
        min_sequents: how many sequents the decision procedure has to look at (for `false` formulas: nothing).
    """

    min_connectives: int
    max_connectives: int
    variables: int
    min_sequents: int = 1


SIZES = {"small": Size(2, 4, 3), "medium": Size(5, 8, 3), "hard": Size(8, 16, 4, min_sequents=8)}
"""The named sizes."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A formula whose variables are p, q, … in the order of their first occurrence, and what is known about it."""

    formula: Formula
    kind: Kind


def theorems(size: str, seed: int = 0, count: int = 1_000) -> tuple[Theorem, ...]:
    """Provable theorems, no two alike up to the names of variables; a larger `count` extends a smaller one's answer.

    Six in ten are in the split `train`, the others in `valid`. The formula alone decides, so that none is in both,
    whatever the seeds.

    Raises:
        UnknownName: there is no such size.
        BadInput: there are not that many of that size.
    """
    return tuple(
        Theorem(
            name=f"{size}-{seed}-{index:06d}",
            statement=item.formula.text,
            prover="propositional",
            theorem_set=f"propositional-{size}-{seed}",
            split="train" if _hash(item.formula) % 10 < 6 else "valid",
            provable=True,
        )
        for index, item in enumerate(generate(size, seed, count))
    )


def canaries(size: str = "medium", seed: int = 0, count: int = 20) -> tuple[Theorem, ...]:
    """Statements without a proof, in the split `canary`: classically valid ones and others by turns.

    Raises:
        UnknownName: there is no such size.
        BadInput: there are not that many of that size.
    """
    independent = generate(size, seed, (count + 1) // 2, ["independent"])
    false = generate(size, seed, count // 2, ["false"])
    items = [independent[index // 2] if index % 2 == 0 else false[index // 2] for index in range(count)]
    return tuple(
        Theorem(
            name=f"canary-{size}-{seed}-{index:06d}",
            statement=item.formula.text,
            prover="propositional",
            theorem_set=f"propositional-canaries-{size}-{seed}",
            split="canary",
            provable=False,
        )
        for index, item in enumerate(items)
    )


def generate(size: str, seed: int, count: int, kinds: Sequence[Kind] = ("provable",)) -> tuple[Generated, ...]:
    """The first `count` formulas of the kinds wanted that the seed leads to.

    The same arguments give the same formulas in every process and on every machine. No two are alike up to the names of
    variables.

    Args:
        size: a name in `SIZES`.
        seed: any integer.
        count: how many.
        kinds: which ones to keep.

    Raises:
        UnknownName: there is no such size.
        BadInput: there are not that many of that size.
    """
    if size not in SIZES:
        raise UnknownName(f"Expected a size out of {', '.join(SIZES)}; got {size!r}.")
    found = tuple(islice(_stream(SIZES[size], Random(f"aitp-gym propositional {size} {seed}"), kinds), count))
    if len(found) < count:
        raise BadInput(
            f"Expected at most {len(found)} formulas of the size {size!r} that are {' or '.join(kinds)}; {count} were "
            "asked for. Ask for fewer, or for a larger size."
        )
    return found


# After so many draws in a row without anything new there is next to nothing left of that size.
_MAX_MISSES = 3_000

# Harder ones are left out: nobody would know whether they are provable.
_MAX_SEQUENTS = 5_000


def _stream(size: Size, rng: Random, kinds: Sequence[Kind]) -> Iterator[Generated]:
    drawn: set[str] = set()
    span = size.max_connectives - size.min_connectives + 1
    misses = 0
    while misses < _MAX_MISSES:
        misses += 1
        formula = _draw(rng, size.min_connectives + int(rng.random() * span), size.variables, {})
        if formula.text in drawn:
            continue
        drawn.add(formula.text)
        kind = _kind(formula, size, kinds)
        if kind is not None:
            misses = 0
            yield Generated(formula, kind)


def _kind(formula: Formula, size: Size, wanted: Sequence[Kind]) -> Kind | None:
    """The kind of the formula, or `None` where it is not wanted, too easy or too hard."""
    if not classically_valid(formula):
        return "false" if "false" in wanted else None
    if "provable" not in wanted and "independent" not in wanted:
        return None
    provable, sequents = decide(formula, _MAX_SEQUENTS)
    if provable is None or sequents < size.min_sequents:
        return None
    kind: Kind = "provable" if provable else "independent"
    return kind if kind in wanted else None


_ATOMS = tuple(Atom(name) for name in "pqrstuvwx")


def _draw(rng: Random, connectives: int, variables: int, names: dict[int, Atom]) -> Formula:
    """A random formula: half of the connectives are →, a fifth each ∧ and ∨, a tenth ¬; one leaf in twenty is ⊥.

    Args:
        rng: only its `random` is used, whose values Python promises to keep for a seed.
        connectives: how many.
        variables: how many to draw from.
        names: of the variables drawn so far, to the left: they are named in the order of their first occurrence.
    """
    if connectives == 0:
        if rng.random() < 0.05:
            return FALSE
        return names.setdefault(int(rng.random() * variables), _ATOMS[len(names)])
    which = rng.random()
    if which < 0.1:
        return negation(_draw(rng, connectives - 1, variables, names))
    on_the_left = int(rng.random() * connectives)
    left = _draw(rng, on_the_left, variables, names)
    right = _draw(rng, connectives - 1 - on_the_left, variables, names)
    return Implies(left, right) if which < 0.6 else And(left, right) if which < 0.8 else Or(left, right)


def _hash(formula: Formula) -> int:
    return int.from_bytes(hashlib.sha256(formula.text.encode()).digest()[:8], "big")

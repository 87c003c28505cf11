"""The constants that a constant rests on, in an order in which a kernel can take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ....errors import BadInput
from .constants import Constant
from .terms import Terms

__all__ = ["Closure", "block_of", "collect", "mentioned"]

# What the kernel itself looks up to make sense of a string literal.
_OF_STRINGS = ("String.ofList", "String.mk", "Char.ofNat", "List.nil")
_QUOTIENTS = ("Quot", "Quot.mk", "Quot.lift", "Quot.ind")


@dataclass(frozen=True, slots=True)
class Closure:
    """Constants in an order where each comes after those that it mentions.

    Attributes:
        declarations: each an inductive block (its types, then their constructors), the quotient constants, or one
            constant. Recursors are left out: the kernel makes them.
        outside: names that are used and come from elsewhere.
        below: names of the axioms that those rest on, where that is known.
    """

    declarations: tuple[tuple[Constant, ...], ...]
    outside: frozenset[int]
    below: frozenset[int] = frozenset()

    def axioms(self) -> frozenset[int]:
        """Names of the axioms among them, and of those below."""
        return self.below | {block[0].name for block in self.declarations if block[0].kind == "axiom"}


def collect(terms: Terms, roots: Iterable[int], find: Callable[[int], Constant | None]) -> Closure:
    """Everything that constants rest on.

    Args:
        terms: what names and expressions are numbers of.
        roots: names to begin with.
        find: the constant of a name, or `None` where it comes from elsewhere and is to be named only.

    Raises:
        BadInput: a constant rests on itself, or belongs to an inductive type that is not there.
    """
    ordered: list[tuple[Constant, ...]] = []
    outside: set[int] = set()
    settled: set[int] = set()
    waiting: set[int] = set()
    pending = list(roots)
    while pending:
        name = pending[-1]
        if name in settled:
            pending.pop()
            continue
        constant = find(name)
        if constant is None:
            outside.add(name)
            settled.add(name)
            continue
        block, members = block_of(terms, constant, find)
        if block[0].name in settled:
            # A recursor: it comes with its type.
            settled.add(name)
            continue
        needed = sorted(mentioned(terms, block, find) - members - settled)
        if not needed:
            ordered.append(block)
            settled |= members | {name}
            continue
        if block[0].name in waiting:
            # Whatever was missing has been settled since, unless it waits for this one.
            raise BadInput(f"{terms.show(name)} rests on itself")
        waiting.add(block[0].name)
        pending += needed
    return Closure(tuple(ordered), frozenset(outside))


def block_of(
    terms: Terms, constant: Constant, find: Callable[[int], Constant | None]
) -> tuple[tuple[Constant, ...], set[int]]:
    """What is declared together with a constant, and every name that this settles."""

    def member(name: int, kind: str) -> Constant:
        found = find(name)
        if found is None or found.kind != kind:
            raise BadInput(f"{terms.show(constant.name)} needs the {kind} {terms.show(name)}, which is not there")
        return found

    match constant.kind:
        case "quotient":
            names = [terms.read_name(text) for text in _QUOTIENTS]
            return tuple(member(name, "quotient") for name in names), set(names)
        case "constructor" | "recursor" | "inductive":
            if constant.kind == "inductive":
                of = constant
            else:
                of = member((constant.constructors or constant.together or (0,))[0], "inductive")
            types = [member(name, "inductive") for name in of.together]
            constructors = [member(name, "constructor") for type_ in types for name in type_.constructors]
            block = (*types, *constructors)
            return block, {found.name for found in block}
        case _:
            return (constant,), {constant.name}


def mentioned(terms: Terms, block: tuple[Constant, ...], find: Callable[[int], Constant | None]) -> set[int]:
    """Names of the constants that a block needs to be there, its own among them."""
    if block[0].kind == "quotient":
        return {terms.read_name("Eq")}
    expressions = [expression for constant in block for expression in constant.expressions()]
    found = terms.constants(expressions)
    if terms.read_name("String") in found:
        found |= {name for name in map(terms.read_name, _OF_STRINGS) if find(name) is not None}
    return found

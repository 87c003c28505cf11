"""Constants that a Lean module declares, in the terms of a `Terms`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Constant", "Kind", "Rule"]

Kind: TypeAlias = Literal[
    "axiom", "definition", "theorem", "opaque", "quotient", "inductive", "constructor", "recursor"
]


@dataclass(frozen=True, slots=True)
class Rule:
    """Reduction of a recursor on one constructor: its name, its number of fields, and the right-hand side."""

    constructor: int
    fields: int
    value: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A declared constant. Names and expressions are numbers of a `Terms`; what does not apply is empty.

    Attributes:
        kind: what was declared.
        name: its full name.
        level_params: names of its universe parameters.
        type: its type.
        value: body of a definition or opaque constant, proof of a theorem.
        safety: `safe`, or `unsafe` and `partial`, which the kernel does not hold to its rules.
        hint: when the kernel unfolds a definition: `opaque`, `abbrev`, or a height.
        together: names of the mutual block.
        counts: of an inductive type: parameters, indices, nested types; of a constructor: its place, parameters,
            fields; of a recursor: parameters, indices, motives, minor premises, and 1 if it reduces like K; of a
            quotient: its kind.
        constructors: of an inductive type, in order; of a constructor: its type.
        rules: of a recursor.
    """

    kind: Kind
    name: int
    level_params: tuple[int, ...]
    type: int
    value: int | None = None
    safety: Literal["safe", "unsafe", "partial"] = "safe"
    hint: int | Literal["opaque", "abbrev"] = "opaque"
    together: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    constructors: tuple[int, ...] = ()
    rules: tuple[Rule, ...] = ()

    def expressions(self) -> tuple[int, ...]:
        """Every expression that belongs to it."""
        value = () if self.value is None else (self.value,)
        return (self.type, *value, *(rule.value for rule in self.rules))

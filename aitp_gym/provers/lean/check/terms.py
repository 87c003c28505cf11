"""Names, universe levels and expressions of Lean as data: each is stored once, so that equal means the same number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from ....errors import BadInput

__all__ = ["ANONYMOUS", "ZERO", "ExprNode", "LevelNode", "Terms", "dotted", "shown"]

ANONYMOUS = 0
ZERO = 0

LevelNode: TypeAlias = tuple[str] | tuple[str, int] | tuple[str, int, int]
ExprNode: TypeAlias = (
    tuple[str, int]
    | tuple[str, str]
    | tuple[str, int, int]
    | tuple[str, int, int, int]
    | tuple[str, int, tuple[int, ...]]
)


# What a component may hold to be printed as it is.
_PLAIN = re.compile(r"[^\W\d][\w!?']*")


def shown(name: Iterable[str | int]) -> str:
    """A name as Lean writes it, from its components: quoted where it must be, with escapes for what is not printed."""
    parts = (str(part) if isinstance(part, int) or _PLAIN.fullmatch(part) else _quoted(part) for part in name)
    return ".".join(parts) or "[anonymous]"


def _quoted(part: str) -> str:
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in part)
    return f"«{text}»"


def dotted(name: Iterable[str | int]) -> str:
    """A name for programs that split it at its dots.

    Raises:
        BadInput: it has a component that they would take for something else.
    """
    parts = list(name)
    if wrong := [part for part in parts if not isinstance(part, str) or not re.fullmatch(r"[^\s.«»]+", part)]:
        raise BadInput(f"The name {shown(parts)} cannot be written with dots, because of {wrong[0]!r}.")
    return ".".join(map(str, parts))


class Terms:
    """Tables shared by the modules that are to be compared.

    A number stands for a name, a level or an expression. What the kernel does not look at is left out: names and kinds
    of bound variables, and metadata. Two expressions of the same number are therefore alpha-equivalent.

    Attributes:
        levels: by number: `("zero",)`, `("succ", level)`, `("max", level, level)`, `("imax", level, level)`,
            `("param", name)`.
        exprs: by number: `("bvar", index)`, `("sort", level)`, `("const", name, levels)`,
            `("app", function, argument)`, `("lam", type, body)`, `("pi", type, body)`,
            `("let", type, value, body)`, `("nat", value)`, `("str", value)`,
            `("proj", structure name, index, expression)`.
    """

    def __init__(self) -> None:
        self._components: list[tuple[int, str | int]] = [(ANONYMOUS, "")]
        self._name_ids: dict[tuple[int, str | int], int] = {}
        self.levels: list[LevelNode] = [("zero",)]
        self._level_ids: dict[LevelNode, int] = {("zero",): ZERO}
        self.exprs: list[ExprNode] = []
        self._expr_ids: dict[ExprNode, int] = {}

    def name(self, prefix: int, component: str | int) -> int:
        """The name that follows a prefix with one more component."""
        key = (prefix, component)
        found = self._name_ids.get(key)
        if found is None:
            found = self._name_ids[key] = len(self._components)
            self._components.append(key)
        return found

    def level(self, node: LevelNode) -> int:
        """The number of a level."""
        found = self._level_ids.get(node)
        if found is None:
            found = self._level_ids[node] = len(self.levels)
            self.levels.append(node)
        return found

    def expr(self, node: ExprNode) -> int:
        """The number of an expression."""
        found = self._expr_ids.get(node)
        if found is None:
            found = self._expr_ids[node] = len(self.exprs)
            self.exprs.append(node)
        return found

    def read_name(self, text: str) -> int:
        """The name written with dots, without guillemets; a component of digits is a string all the same."""
        name = ANONYMOUS
        for component in text.split("."):
            name = self.name(name, component)
        return name

    def number(self, components: Iterable[str | int]) -> int:
        """The number of the name with these components."""
        name = ANONYMOUS
        for component in components:
            name = self.name(name, component)
        return name

    def component(self, name: int) -> tuple[int, str | int]:
        """A name's prefix and its last component; the anonymous name is `(ANONYMOUS, "")`."""
        return self._components[name]

    def components(self, name: int) -> tuple[str | int, ...]:
        """A name's components, from the left."""
        parts = []
        while name != ANONYMOUS:
            name, part = self._components[name]
            parts.append(part)
        return tuple(reversed(parts))

    def show(self, name: int) -> str:
        """A name as a person would read it; two names never look the same (see `shown`)."""
        return shown(self.components(name))

    def constants(self, roots: Iterable[int]) -> set[int]:
        """Names of the constants that expressions mention, structures of projections included.

        Literals mention what the kernel needs to give them a type: `Nat`, and `String`.
        """
        found: set[int] = set()
        seen: set[int] = set()
        pending = list(roots)
        while pending:
            expr = pending.pop()
            if expr in seen:
                continue
            seen.add(expr)
            match self.exprs[expr]:
                case ("const", int(name), tuple()):
                    found.add(name)
                case ("app" | "lam" | "pi", int(first), int(second)):
                    pending += (first, second)
                case ("let", int(first), int(second), int(third)):
                    pending += (first, second, third)
                case ("proj", int(name), int(), int(struct)):
                    found.add(name)
                    pending.append(struct)
                case ("nat", _):
                    found.add(self.read_name("Nat"))
                case ("str", _):
                    found.add(self.read_name("String"))
                case ("bvar" | "sort", _):
                    pass
                case node:
                    raise BadInput(f"Expected an expression, got {node!r}.")
        return found

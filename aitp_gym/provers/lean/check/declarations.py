"""Declarations as lines of text: what the processes with a kernel in them read, and nothing else of a candidate.

Each line makes the next name, level or expression, which later lines call by its number; numbers begin at 1 for names
and levels (0 is the anonymous name, and level zero) and at 0 for expressions:

    ns PREFIX HEX        a name: a prefix and a string, in hexadecimal digits of its UTF-8 (`-` where it is empty)
    nn PREFIX NUMBER     a name: a prefix and a number
    ls LEVEL             successor
    lm LEVEL LEVEL       maximum
    li LEVEL LEVEL       impredicative maximum
    lp NAME              parameter
    eb INDEX             bound variable
    es LEVEL             sort
    ec NAME LEVEL…       constant
    ea EXPR EXPR         application
    el TYPE BODY         function
    ep TYPE BODY         dependent function type
    ez TYPE VALUE BODY   `let`
    en DIGITS            natural number
    et HEX               string
    ej NAME INDEX EXPR   projection
    da NAME TYPE PARAM…                axiom
    dd NAME TYPE VALUE HINT PARAM…     definition; the hint is `o`, `a` or a height
    dt NAME TYPE VALUE PARAM…          theorem
    do NAME TYPE VALUE PARAM…          opaque constant
    dq                                 the quotient constants
    di PARAMETERS TYPES (NAME TYPE CONSTRUCTORS (NAME TYPE)…)… PARAM…     inductive types
    x NAME               asks which axioms an imported constant rests on
"""

from __future__ import annotations

from collections.abc import Iterable

from ....errors import BadInput
from .closure import Closure
from .constants import Constant
from .terms import ANONYMOUS, ZERO, Terms

__all__ = ["write"]


def write(terms: Terms, closure: Closure) -> str:
    """A closure as lines.

    Raises:
        BadInput: it holds a constant that is not safe, which no kernel takes.
    """
    lines = _Lines(terms)
    for block in closure.declarations:
        lines.declare(block)
    for name in sorted(closure.outside):
        lines.text.append(f"x {lines.name(name)}")
    return "\n".join(lines.text) + "\n"


class _Lines:
    """The lines so far, and the numbers that they gave."""

    def __init__(self, terms: Terms) -> None:
        self.text: list[str] = []
        self._terms = terms
        self._names = {ANONYMOUS: 0}
        self._levels = {ZERO: 0}
        self._exprs: dict[int, int] = {}

    def declare(self, block: tuple[Constant, ...]) -> None:
        first = block[0]
        if any(constant.safety != "safe" for constant in block):
            raise BadInput(f"{self._terms.show(first.name)} is {first.safety}")
        params = " ".join(str(self.name(name)) for name in first.level_params)
        match first.kind:
            case "quotient":
                self.text.append("dq")
                return
            case "inductive":
                by_name = {constant.name: constant for constant in block}
                types = [constant for constant in block if constant.kind == "inductive"]
                words: list[int] = [first.counts[0], len(types)]
                for type_ in types:
                    words += (self.name(type_.name), self._expr(type_.type), len(type_.constructors))
                    for constructor in type_.constructors:
                        words += (self.name(constructor), self._expr(by_name[constructor].type))
                line = "di " + " ".join(map(str, words))
            case "axiom":
                line = f"da {self.name(first.name)} {self._expr(first.type)}"
            case "definition" | "theorem" | "opaque" if first.value is not None:
                line = f"{self.name(first.name)} {self._expr(first.type)} {self._expr(first.value)}"
                if first.kind == "definition":
                    line += f" {first.hint if isinstance(first.hint, int) else first.hint[0]}"
                line = f"d{first.kind[0]} {line}"
            case kind:
                raise BadInput(
                    f"Expected something that can be declared, got the {kind} {self._terms.show(first.name)}."
                )
        self.text.append(f"{line} {params}".rstrip())

    def name(self, name: int) -> int:
        chain = []
        while name not in self._names:
            chain.append(name)
            name, _ = self._terms.component(name)
        for missing in reversed(chain):
            prefix, part = self._terms.component(missing)
            word = (
                f"nn {self._names[prefix]} {part}"
                if isinstance(part, int)
                else f"ns {self._names[prefix]} {_hex(part)}"
            )
            self._names[missing] = len(self._names)
            self.text.append(word)
        return self._names[chain[0]] if chain else self._names[name]

    def _level(self, level: int) -> int:
        pending = [level]
        while pending:
            current = pending[-1]
            if current in self._levels:
                pending.pop()
                continue
            match self._terms.levels[current]:
                case ("param", int(name)):
                    line = f"lp {self.name(name)}"
                case (str(kind), *parts):
                    missing = [part for part in parts if part not in self._levels]
                    if missing:
                        pending += missing
                        continue
                    line = f"l{kind[0]} " + " ".join(str(self._levels[part]) for part in parts)
            self._levels[current] = len(self._levels)
            self.text.append(line)
        return self._levels[level]

    def _expr(self, expr: int) -> int:
        pending = [expr]
        while pending:
            current = pending[-1]
            if current in self._exprs:
                pending.pop()
                continue
            children, line = self._parts(current)
            missing = [child for child in children if child not in self._exprs]
            if missing:
                pending += missing
                continue
            line += "".join(f" {self._exprs[child]}" for child in children)
            self._exprs[current] = len(self._exprs)
            self.text.append(line)
        return self._exprs[expr]

    def _parts(self, expr: int) -> tuple[Iterable[int], str]:
        """The expressions that one is made of, and the line up to their numbers."""
        match self._terms.exprs[expr]:
            case ("bvar", int(index)):
                return (), f"eb {index}"
            case ("sort", int(level)):
                return (), f"es {self._level(level)}"
            case ("const", int(name), tuple(levels)):
                return (), " ".join(map(str, ("ec", self.name(name), *map(self._level, levels))))
            case ("app", int(function), int(argument)):
                return (function, argument), "ea"
            case ("lam" | "pi" as kind, int(type_), int(body)):
                return (type_, body), f"e{kind[0]}"
            case ("let", int(type_), int(value), int(body)):
                return (type_, value, body), "ez"
            case ("nat", int(value)):
                return (), f"en {value}"
            case ("str", str(text)):
                return (), f"et {_hex(text)}"
            case ("proj", int(name), int(index), int(struct)):
                return (struct,), f"ej {self.name(name)} {index}"
            case node:
                raise BadInput(f"Expected an expression, got {node!r}.")


def _hex(text: str) -> str:
    return text.encode().hex() or "-"

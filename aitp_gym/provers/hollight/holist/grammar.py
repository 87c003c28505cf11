"""HOList's tactic language as values: reads a tactic's text, and writes it as the original spells it.

    TACTIC  ::= NAME ARGUMENT …                       the arguments that `tactics.TACTICS` gives the name
    THEOREM ::= THM name-or-fingerprint | ASSUM n
              | RULE ARGUMENT …                       computed: the arguments that `tactics.RULES` gives the rule
    LIST    ::= [ THEOREM ; … ] | [ ]                 of terms likewise
    TERM    ::= `…`                                   a typed S-expression, or HOL Light's notation
    CONV    ::= BETA_CONV | … | APPLY CONVERSIONAL CONV
    CONVERSIONAL ::= LAND_CONV | … | COMPOSE [ CONVERSIONAL ; … ]

For example ``MP_TAC SPEC `n` GSYM THM ADD_ASSOC`` or ``REWRITE_TAC [ GSYM THM ADD1 ; ASSUM 0 ]``. Words are nested to a
depth of 100. The replay grammar has one theorem more, ``ASSUME TERM``. The server has the last word on every tactic
(`ocaml/reader.ml`, `ocaml/table.ml`); a test holds the two to the same language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ....errors import BadInput
from .tactics import CONVERSIONALS, CONVERSIONS, RULES, TACTICS, Kind

__all__ = [
    "Applied",
    "Argument",
    "Assum",
    "Assume",
    "Call",
    "Composed",
    "Computed",
    "Conversion",
    "Conversional",
    "Int",
    "LabelArgument",
    "TermArgument",
    "TermArguments",
    "Theorems",
    "Thm",
    "named",
    "parse",
]


@dataclass(frozen=True, slots=True)
class Thm:
    """A theorem of the library, by name or fingerprint."""

    name: str

    def __str__(self) -> str:
        return f"THM {self.name}"


@dataclass(frozen=True, slots=True)
class Assum:
    """A hypothesis of the goal, by its place from 0."""

    index: int

    def __str__(self) -> str:
        return f"ASSUM {self.index}"


@dataclass(frozen=True, slots=True)
class TermArgument:
    """A term."""

    text: str

    def __str__(self) -> str:
        return f"`{self.text}`"


@dataclass(frozen=True, slots=True)
class Assume:
    """The theorem `t |- t`; replay grammar only."""

    term: TermArgument

    def __str__(self) -> str:
        return f"ASSUME {self.term}"


@dataclass(frozen=True, slots=True)
class Computed:
    """A theorem that a rule computes from its arguments."""

    rule: str
    arguments: tuple[Argument, ...]

    def __str__(self) -> str:
        return " ".join((self.rule, *map(str, self.arguments)))


Theorem = Thm | Assum | Assume | Computed


@dataclass(frozen=True, slots=True)
class Theorems:
    """A list of theorems."""

    items: tuple[Theorem, ...] = ()

    def __str__(self) -> str:
        return f"[ {' ; '.join(map(str, self.items))} ]" if self.items else "[ ]"


@dataclass(frozen=True, slots=True)
class TermArguments:
    """A list of terms."""

    items: tuple[TermArgument, ...] = ()

    def __str__(self) -> str:
        return f"[ {' ; '.join(map(str, self.items))} ]" if self.items else "[ ]"


@dataclass(frozen=True, slots=True)
class Int:
    """A number."""

    value: int

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class LabelArgument:
    """A word."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Conversional:
    """A function from conversions to conversions, by name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Composed:
    """Conversionals one inside the other, the outermost first."""

    items: tuple[Conversional | Composed, ...]

    def __str__(self) -> str:
        return f"COMPOSE [ {' ; '.join(map(str, self.items))} ]"


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion, by name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Applied:
    """A conversional applied to a conversion."""

    function: Conversional | Composed
    argument: Conversion | Applied

    def __str__(self) -> str:
        return f"APPLY {self.function} {self.argument}"


Argument = (
    Theorem
    | Theorems
    | TermArgument
    | TermArguments
    | Int
    | LabelArgument
    | Conversional
    | Composed
    | Conversion
    | Applied
)


@dataclass(frozen=True, slots=True)
class Call:
    """A tactic with its arguments; `str` gives the original's spelling."""

    tactic: str
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.tactic, *map(str, self.arguments)))


def parse(text: str, *, replay: bool = False) -> Call:
    """Read a tactic.

    Args:
        text: of the tactic.
        replay: whether the replay grammar is meant.

    Raises:
        BadInput: it is not one; says what was expected and what was found.
    """
    reader = _Reader(text, replay)
    name = reader.word("a tactic")
    tactic = TACTICS.get(name)
    if tactic is None:
        raise BadInput(f"{_short(name)} is not a tactic.")
    call = Call(name, tuple(reader.argument(kind) for kind in tactic.arguments))
    reader.finish()
    return call


def named(call: Call) -> Iterator[Thm | Assum | Assume]:
    """The theorems that a tactic names, those in lists and in what rules compute among them, from left to right."""
    pending: list[Argument] = list(reversed(call.arguments))
    while pending:
        match pending.pop():
            case (Thm() | Assum() | Assume()) as theorem:
                yield theorem
            case Theorems(items):
                pending.extend(reversed(items))
            case Computed(_, arguments):
                pending.extend(reversed(arguments))


_MAX_DEPTH = 100
_TOKEN = re.compile(r"[ \t\n\r]*(?:(?P<mark>[\[\];])|`(?P<term>[^`]*)`|(?P<word>[^ \t\n\r\[\];`]+)|(?P<open>`))")
_NUMBER = re.compile(r"[0-9]+")
_Item = TypeVar("_Item")


class _Reader:
    """Reads one token after the other; a token is a mark, a term in backquotes, or a word."""

    def __init__(self, text: str, replay: bool) -> None:
        self._text = text.rstrip(" \t\n\r")
        self._at = 0
        self._depth = 0
        self._replay = replay

    def _next(self) -> tuple[str, str]:
        """Kind and text of the next token; both empty at the end."""
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            return "", ""
        self._at = match.end()
        kind = match.lastgroup or ""
        if kind == "open":
            raise BadInput("A term is not closed by a backquote.")
        return kind, match[kind]

    def _peek(self) -> tuple[str, str]:
        at = self._at
        token = self._next()
        self._at = at
        return token

    def word(self, what: str) -> str:
        kind, text = self._next()
        if kind != "word":
            raise _expected(what, kind, text)
        return text

    def _mark(self, *marks: str) -> str:
        kind, text = self._next()
        if kind != "mark" or text not in marks:
            raise _expected(" or ".join(marks), kind, text)
        return text

    def finish(self) -> None:
        kind, text = self._next()
        if kind:
            raise _expected("the end of the tactic", kind, text)

    def argument(self, kind: Kind) -> Argument:
        read: dict[Kind, Callable[[], Argument]] = {
            Kind.THEOREM: self._theorem,
            Kind.THEOREM_LIST: self._theorems,
            Kind.TERM: self._term,
            Kind.TERM_LIST: lambda: TermArguments(self._list(self._term)),
            Kind.CONV: self._conversion,
            Kind.CONVERSIONAL: self._conversional,
            Kind.INT: lambda: Int(self._number("a number")),
            Kind.LABEL: lambda: LabelArgument(self.word("a label")),
        }
        return read[kind]()

    def _number(self, what: str) -> int:
        text = self.word(what)
        if not _NUMBER.fullmatch(text):
            raise _expected(what, "word", text)
        return int(text)

    def _term(self) -> TermArgument:
        kind, text = self._next()
        if kind != "term":
            raise _expected("a term in backquotes", kind, text)
        return TermArgument(text)

    def _theorem(self) -> Theorem:
        match word := self.word("a theorem"):
            case "THM":
                return Thm(self.word("the name or fingerprint of a theorem"))
            case "ASSUM":
                return Assum(self._number("a number"))
            case "ASSUME" if self._replay:
                return Assume(self._term())
            case _ if word in RULES:
                return self._deeper(lambda: Computed(word, tuple(map(self.argument, RULES[word]))))
            case _:
                raise _expected("THM, ASSUM or a rule", "word", word)

    def _deeper(self, read: Callable[[], _Item]) -> _Item:
        """Read what is one level further inside."""
        if self._depth >= _MAX_DEPTH:
            raise BadInput(f"The tactic has more than {_MAX_DEPTH} levels of words within words.")
        self._depth += 1
        item = read()
        self._depth -= 1
        return item

    def _list(self, read: Callable[[], _Item]) -> tuple[_Item, ...]:
        self._mark("[")
        if self._peek() == ("mark", "]"):
            self._next()
            return ()
        items = [read()]
        while self._mark(";", "]") == ";":
            items.append(read())
        return tuple(items)

    def _theorems(self) -> Theorems:
        return Theorems(self._list(self._theorem))

    def _conversional(self) -> Conversional | Composed:
        name = self.word("a conversional")
        if name == "COMPOSE":
            return self._deeper(lambda: Composed(self._list(self._conversional)))
        if name not in CONVERSIONALS:
            raise BadInput(f"{_short(name)} is not a conversional.")
        return Conversional(name)

    def _conversion(self) -> Conversion | Applied:
        name = self.word("a conversion")
        if name == "APPLY":
            return Applied(self._conversional(), self._deeper(self._conversion))
        if name not in CONVERSIONS:
            raise BadInput(f"{_short(name)} is not a conversion.")
        return Conversion(name)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _expected(what: str, kind: str, text: str) -> BadInput:
    found = {"": "the end", "term": f"`{_short(text)}`"}.get(kind, _short(text))
    return BadInput(f"Expected {what}, found {found}.")

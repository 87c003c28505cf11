"""Theorems of a Lean file, as far as they can be told without Lean.

A statement ends at the first `:=`, `where` or line of alternatives (`| … => …`) outside of brackets; its proof at the
next command. Not found are declarations that a macro of the file's own makes. A statement that holds a `match` outside
of brackets is cut short at its alternatives; one that holds a `let` is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .lexer import without_comments
from .outline import THEOREMS, LeanCommand, LeanWord, commands
from .source import Source

__all__ = ["Declaration", "declarations", "ends_statement", "is_missing", "stated", "statement_name"]

_BINDINGS = ("let", "have", "letI", "haveI", "let_fun")
_ROOT = "_root_."
# A proof that is missing, in each of the ways in which one writes that.
_MISSING = frozenset(
    (
        *("", ":= sorry", ":= by sorry", ":= by admit", ":= by exact sorry", ":= ( sorry )", ":= ( by sorry )"),
        *(":= by { sorry }", ":=", ":= by"),
    )
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A theorem of a file.

    Attributes:
        keyword: `theorem`, `lemma` or `example`.
        name: its full name, the namespaces that are open included; an example has one made from its text; empty if the
            name is missing.
        start: offset in the file where it begins, with the comment that documents it.
        statement: offset of its first modifier or keyword; `statement_end`: of what comes after the statement.
        at: offset of the keyword.
        end: offset of the next command.
        unproved: whether its proof is `sorry`, or not there at all.
        mutual: whether it stands in a `mutual` block.
    """

    keyword: str
    name: str
    start: int
    statement: int
    statement_end: int
    at: int
    end: int
    unproved: bool
    mutual: bool

    def signature(self, text: str) -> str:
        """The statement, from the file's text, without comments; an example as a theorem with a name."""
        head, rest = text[self.statement : self.at], text[self.at : self.statement_end]
        if self.keyword == "example":
            rest = f"theorem {self.name.rpartition('.')[2]}{rest.removeprefix('example')}"
        return without_comments(head + rest).strip()

    def source(self, text: str) -> Source:
        """The theorem without its proof, in its place in the file."""
        return Source(text[: self.start], self.signature(text))


def declarations(text: str) -> tuple[Declaration, ...]:
    """The theorems, lemmas and examples of a file that have a name, and a proof or `sorry` for one, in order."""
    return tuple(found for found in stated(text) if found.name and found.statement_end < found.end)


def stated(text: str) -> Iterator[Declaration]:
    """Whatever a text states as theorem, lemma or example, in order, complete or not."""
    # The scopes that are open: names of namespaces, empty for sections, `None` for `mutual`.
    opened: list[str | None] = []
    for command in commands(text):
        if command.keyword in ("namespace", "section", "mutual", "end"):
            _follow(opened, command)
        elif command.keyword in THEOREMS:
            proof = ends_statement(command.words)
            at, end = command.words[0].token.start, proof[0].token.start if proof else command.end
            name = statement_name(text[at:end].strip()) if command.keyword == "example" else _written(command)
            full = name.removeprefix(_ROOT) if name.startswith(_ROOT) else ".".join([*filter(None, opened), name])
            yield Declaration(
                command.keyword,
                full if name else "",
                command.start,
                command.head,
                end,
                at,
                command.end,
                is_missing(proof),
                None in opened,
            )


def statement_name(text: str) -> str:
    """A name for what has none, from its text."""
    return f"statement_{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _written(command: LeanCommand) -> str:
    return "" if command.name is None else command.name.text


def _follow(opened: list[str | None], command: LeanCommand) -> None:
    """Take note of a command that opens or closes a scope."""
    name = command.name
    parts = name.text.split(".") if name is not None else [""]
    match command.keyword:
        case "namespace":
            opened += parts
        case "section":
            opened += [""] * len(parts)
        case "mutual":
            opened.append(None)
        case _:
            del opened[max(0, len(opened) - len(parts)) :]


def ends_statement(words: Sequence[LeanWord]) -> Sequence[LeanWord]:
    """What comes after the statement of a theorem: its proof, with what introduces it; empty if nothing does.

    Args:
        words: of the theorem, or of a proposition alone.
    """
    depth = bindings = 0
    for place, word in enumerate(words):
        depth += word.depth
        if depth > 0 or word.token.kind not in ("name", "symbol"):
            continue
        if word.is_name(*_BINDINGS):
            bindings += 1
        elif word.is_symbol(":="):
            if not bindings:
                return words[place:]
            bindings -= 1
        elif word.is_name("where") or (word.is_symbol("|") and word.leads and _is_alternative(words[place:])):
            return words[place:]
    return ()


def is_missing(proof: Sequence[LeanWord]) -> bool:
    """Whether this is no proof but what one writes for want of one."""
    return " ".join(word.text for word in proof) in _MISSING


def _is_alternative(words: Sequence[LeanWord]) -> bool:
    """Whether a `|` begins an alternative, and not an absolute value: then `=>` comes before any `:=`."""
    return next((word.text == "=>" for word in words if word.is_symbol("=>") or word.is_symbol(":=")), False)

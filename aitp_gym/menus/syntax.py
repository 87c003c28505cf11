"""Syntax of premises in a prover's tactic language, alone and in lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ..errors import BadInput

__all__ = ["PremiseSyntax"]

_NAME = r"[^\s\[\];,]+"


@dataclass(frozen=True, slots=True)
class PremiseSyntax:
    """The spelling of premises.

    Attributes:
        premise: one premise, with `{name}` for its name.
        separator: between two premises of a list.
        open: before the first premise of a list; `close`: after the last.
        empty: the list without premises.
    """

    premise: str = "{name}"
    separator: str = ", "
    open: str = "["
    close: str = "]"
    empty: str = "[]"

    def check(self) -> None:
        """Object to a spelling that could not be read back.

        Raises:
            BadInput: a part is not a text, a premise does not have its name once, or names and separators run together.
        """
        parts = asdict(self)
        if wrong := sorted(name for name, part in parts.items() if not isinstance(part, str)):
            raise BadInput(f"`syntax` must consist of texts; {wrong} are none.")
        if self.premise.count("{name}") != 1:
            raise BadInput(f"`syntax.premise` must have {{name}} once, got {self.premise!r}.")
        if re.search(r"[\s\[\];,]", self.separator) is None:
            raise BadInput(
                f"`syntax.separator` must have a space, comma, semicolon or bracket, which names do not, got "
                f"{self.separator!r}."
            )

    def one(self, name: str) -> str:
        """A premise as a tactic's argument."""
        return self.premise.replace("{name}", name)

    def many(self, names: Sequence[str]) -> str:
        """A list of premises as a tactic's argument."""
        if not names:
            return self.empty
        return self.open + self.separator.join(self.one(name) for name in names) + self.close

    @property
    def one_pattern(self) -> str:
        """A regular expression for `one`, the name as its only group."""
        return re.escape(self.premise).replace(re.escape("{name}"), f"({_NAME})")

    @property
    def many_pattern(self) -> str:
        """A regular expression for `many`, the whole list as its only group."""
        item = re.escape(self.premise).replace(re.escape("{name}"), _NAME)
        some = f"{re.escape(self.open)}{item}(?:{re.escape(self.separator)}{item})*{re.escape(self.close)}"
        return f"({re.escape(self.empty)}|{some})"

    def names_of(self, text: str) -> tuple[str, ...]:
        """The names in a list that `many_pattern` matched: the inverse of `many`."""
        if text == self.empty:
            return ()
        pattern = re.compile(self.one_pattern)
        items = text[len(self.open) : len(text) - len(self.close)].split(self.separator)
        return tuple(match[1] for item in items if (match := pattern.fullmatch(item)))

"""Text from outside.

What cannot go to a prover as it is is refused with its place, and nothing is ever replaced on the way. What a terminal
would obey is shown escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from .errors import BadInput, StatementError
from .files import read_bytes

__all__ = ["UTF8_MARK", "read_utf8", "refuse_unsendable", "shown", "unsendable", "unsendable_step"]

UTF8_MARK = "\ufeff"
"""The mark that some editors put in front of a UTF-8 file (BOM)."""

# Statement files of libraries have a few megabytes.
_MAX_FILE_BYTES = 256 * 2**20
# Control characters; marks that nobody sees or that turn the direction of text; separators; halves of surrogate pairs.
_HIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
_UNSENDABLE = re.compile(f"[\0{UTF8_MARK}\ud800-\udfff]|\r(?!\n)")


def unsendable(text: str) -> str:
    """Why a text cannot go to a prover as it is: the first such character, with its place; empty if it can.

    These are halves of surrogate pairs (bytes of a command line that are not UTF-8 come as such), NUL, which ends texts
    on the way, a byte order mark, which nobody sees, and a carriage return alone, which hides a line.
    """
    if text.isascii() and "\0" not in text and "\r" not in text:
        return ""
    match = _UNSENDABLE.search(text)
    if match is None:
        return ""
    start = match.start()
    line = text.count("\n", 0, start)
    column = start - (text.rfind("\n", 0, start) + 1)
    place = f"character {column + 1} of line {line + 1}" if "\n" in text else f"character {start + 1}"
    return f"{place} is {_name(match[0])}"


def shown(text: object, *, lines: bool = False) -> str:
    """A text as a terminal may show it: what the terminal would obey, or nobody would see, as escapes of Python's.

    These are control characters and so the sequences that they begin (colours, links, titles), marks that turn the
    direction of text or have no width, and halves of surrogate pairs. The text itself stays data: this is for people.

    Args:
        text: what is shown; for something else than a text, its `str`.
        lines: whether line feeds and tabs stay as they are.
    """
    text = str(text)
    if text.isprintable():
        return text
    return "".join(
        repr(character)[1:-1]
        if unicodedata.category(character) in _HIDDEN_CATEGORIES and not (lines and character in "\n\t")
        else character
        for character in text
    )


def refuse_unsendable(text: str, prover: str, what: str = "the statement") -> None:
    """Object to a text that cannot go to a prover as it is.

    Raises:
        StatementError: it cannot; the message says where and why.
    """
    if reason := unsendable(text):
        raise StatementError(f"{prover} cannot be given {what}: {reason}. Nothing is replaced: write what was meant.")


def unsendable_step(tactics: Iterable[str]) -> tuple[int, str] | None:
    """Number of the first of a proof's tactics that cannot go to a prover as it is, and why; `None` if all can."""
    for number, tactic in enumerate(tactics):
        if reason := unsendable(tactic):
            return number, f"tactic {number} cannot be sent to the prover: {reason}"
    return None


def read_utf8(path: Path) -> str:
    """The text of a UTF-8 file of statements, without a byte order mark in front, lines ending with a line feed.

    Raises:
        BadInput: it cannot be read, is no regular file or too large, is not UTF-8, or holds a carriage return alone;
            the message names the line.
    """
    try:
        content = read_bytes(path, _MAX_FILE_BYTES)
        text = content.decode()
    except OSError as error:
        raise BadInput(f"Expected a UTF-8 file at {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        byte = content[error.start]
        raise BadInput(
            f"Expected a UTF-8 file at {path}: byte {column} of line {line} is 0x{byte:02X}, which is not UTF-8. Save "
            "it as UTF-8."
        ) from error
    text = text.removeprefix(UTF8_MARK).replace("\r\n", "\n")
    if "\r" in text:
        before = text[: text.index("\r")]
        raise BadInput(
            f"{path}, line {before.count(chr(10)) + 1}: character {len(before) - before.rfind(chr(10))} is a carriage "
            "return without a line feed; end lines with one of \\n and \\r\\n."
        )
    return text


def _name(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"U+{code:04X}, which stands for the byte 0x{code - 0xDC00:02X} that is not UTF-8"
    if 0xD800 <= code <= 0xDFFF:
        return f"U+{code:04X}, half of a surrogate pair"
    names = {
        "\0": "NUL (U+0000)",
        "\r": "a carriage return without a line feed",
        UTF8_MARK: "a byte order mark (U+FEFF)",
    }
    return names[character]

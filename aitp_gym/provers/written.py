"""Text of other people in files that provers run: as a string, as a name, and in a comment.

OCaml and Standard ML write strings alike, and both end a comment at `*)`; OCaml reads strings inside comments too.
"""

from __future__ import annotations

import hashlib
import re

__all__ = ["ml_comment", "ml_identifier", "ml_string"]

_PLAIN = re.compile(r"(?!.*__)[A-Za-z][A-Za-z0-9_]{0,60}")


def ml_string(text: str) -> str:
    """A string literal of OCaml and of Standard ML whose value is the text in UTF-8."""
    # Decimal escapes mean the same in both.
    inner = (chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03d}" for b in text.encode())
    return f'"{"".join(inner)}"'


def ml_comment(text: str) -> str:
    """A text that is read as nothing but a part of the comment that it stands in, on one line of ASCII.

    What could begin or end something there is escaped or gets a space: quotation marks, which open strings, `{name|`,
    which opens one too, backquotes, and parentheses beside stars.
    """
    text = " ".join(text.split()).encode("ascii", "backslashreplace").decode()
    text = re.sub(r"[\x00-\x1f\x7f\"`]", lambda match: f"\\x{ord(match[0]):02x}", text)
    text = re.sub(r"\{(?=[^ ])", "{ ", text)
    return re.sub(r"(?<=\()(?=\*)|(?<=\*)(?=\))", " ", text)


def ml_identifier(name: str) -> str:
    """A value's name for a theorem: of its own, and the theorem's where that is a plain word."""
    if _PLAIN.fullmatch(name):
        return f"found_{name}"
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name)[:40].strip("_")
    return f"found_{plain}__{hashlib.sha256(name.encode()).hexdigest()[:12]}"

"""Hints for statements that were pasted from elsewhere: quotation marks around them, symbols of another notation."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["pasted_hint"]

_OPENING = {"`": "`", "“": "”", "‘": "’", '"': '"', "'": "'"}
_MAX_SYMBOLS = 6


def pasted_hint(statement: str, spellings: Mapping[str, str], prover: str) -> str:
    """What to change in a statement that a prover did not read; empty where nothing looks pasted.

    Args:
        statement: as it was given.
        spellings: symbols that the prover does not know, with what it writes instead.
        prover: its name, for the message.

    Returns:
        Sentences with a blank in front of each.
    """
    text = statement.strip()
    hints = []
    if text.endswith(";"):
        hints.append(f"Leave out the `{';;' if text.endswith(';;') else ';'}` at the end.")
        text = text.rstrip("; ")
    if text[:1] in _OPENING:
        hints.append("Leave out the quotation marks: a statement is the term alone.")
    if text.startswith(("⊢", "|-")):
        hints.append(f"Leave out the `{'⊢' if text[0] == '⊢' else '|-'}` in front.")
    # A single ASCII sign means many things; in front of a statement it is a quantifier or a negation.
    known = [
        f"`{new}` for `{old}`"
        for old, new in spellings.items()
        if (text.startswith(old) if len(old) == 1 and old.isascii() else old in text)
    ]
    if known:
        hints.append(f"{prover} writes {', '.join(known[:_MAX_SYMBOLS])}.")
    return "".join(f" {hint}" for hint in hints)

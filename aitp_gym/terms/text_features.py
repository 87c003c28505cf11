"""Features of plain text, such as formulas written infix."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

__all__ = ["text_features", "tokens"]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_OPENING, _CLOSING = "([{⟨", ")]}⟩"
_MAX_TOKENS = 512


def tokens(text: str, limit: int = _MAX_TOKENS) -> list[str]:
    """Split a text into words and single symbols, at most `limit` of them."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        if len(found) == limit:
            break
        found.append(match[0])
    return found


def text_features(text: str) -> Counter[str]:
    """Count token n-grams (n up to 3) of the first 512 tokens, and the set of symbols outside all brackets.

    In infix notation the symbols outside the brackets hold the outermost operator, which decides what tactics apply.
    """
    words = tokens(text)
    found = Counter(words)
    found.update(f"{a} {b}" for a, b in pairwise(words))
    found.update(f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False))
    depth = 0
    outer = set()
    for word in words:
        if word in _OPENING:
            depth += 1
        elif word in _CLOSING:
            depth -= 1
        elif depth == 0 and not word.isalnum():
            outer.add(word)
    found["top " + " ".join(sorted(outer))] += 1
    found[f"length {len(words).bit_length()}"] += 1
    return found

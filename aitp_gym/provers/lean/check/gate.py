"""Objections to a proof's text that need no Lean."""

from __future__ import annotations

import re

from ..lexical import misplaced

__all__ = ["objection"]

# Of a whole proof.
_MAX_CHARACTERS = 4 * 2**20
# Beside what no tactic may hold: marks without width, with which two names can look alike, and line ends that only some
# programs take for such.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200d\u2028\u2029\u2060-\u2064\ufe00-\ufe0f\U000e0000-\U000e007f]")


def objection(body: str) -> tuple[str, int | None] | None:
    """Why a text cannot be a tactic block, and the line of it that is to blame, where one is; `None` if it can.

    It keeps a proof from leaving its place. That it proves anything is for others to find out.
    """
    for number, line in enumerate(body.split("\n")):
        if match := _UNSEEN.search(line):
            return f"character {match[0]!r} is not allowed in a proof", number
        if line.strip() and not line.startswith("  "):
            return "a line of the proof is not indented as part of it", number
    if failure := misplaced(body, _MAX_CHARACTERS):
        return failure.message, None
    return None

"""The names of a goal's hypotheses, for tactic languages that call them by name."""

from __future__ import annotations

__all__ = ["hypothesis_names"]

_INACCESSIBLE = "✝"


def hypothesis_names(goal: str) -> list[str]:
    """Names that a tactic can use for the hypotheses and variables of a goal, the last one first.

    Args:
        goal: `Goal.text` of a prover that writes `name : type` or `name other : type`, one declaration after the other,
            lines that go on with one indented. Of several parts the first counts, which is what tactics act on.
    """
    names: list[str] = []
    for line in goal.split("\n"):
        if not line or line.startswith("⊢"):
            break
        declared, colon, _ = line.partition(" : ")
        if colon and not line[0].isspace():
            names.extend(name for name in declared.split(" ") if not name.endswith(_INACCESSIBLE))
    return names[::-1]

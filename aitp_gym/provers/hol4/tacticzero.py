"""TacticZero's goals (arXiv:2102.09756) matched to the theorems of the running HOL4.

TacticZero publishes its goals in prefix notation: `@ f x` for an application, `| v body` for an abstraction, `V` and a
name for a variable, `C$theory$ name` for a constant; types are left out. A goal is found where a theorem of today's
library has the same text. Its training and test split was drawn without a seed and cannot be had again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import BadInput
from ...files import read_text
from ...terms.hol_term import parse_hol
from .library import Hol4TheoremRow, theorem_rows

__all__ = ["LEAKY_THEORIES", "MatchedGoals", "match_goals", "polish", "read_goals"]

LEAKY_THEORIES = frozenset({"prim_rec", "num", "numeral", "one", "sat", "marker", "normalForms"})
"""Theories so early that HOL4's provers use their theorems, and later ones, as built-in facts: `metis_tac` those of
`sat`, the arithmetic decision procedure those of `prim_rec`. What is closed there is often refused by the check."""

# TacticZero's file has two megabytes.
_MAX_BYTES = 256 * 2**20
# Names that changed since 2021.
_RENAMED = {"C$while$": "C$While$", "C$topology$ pairwise": "C$pred_set$ pairwise"}


@dataclass(frozen=True)
class MatchedGoals:
    """Goals beside the library.

    Attributes:
        found: each goal's theorem, in the order of the goals.
        missing: goals that no theorem has, as people would write them.
    """

    found: tuple[Hol4TheoremRow, ...]
    missing: tuple[str, ...]


def read_goals(path: Path) -> list[tuple[str, str]]:
    """Goals in prefix notation, each with its usual notation, from a JSON file of pairs.

    Raises:
        BadInput: the file is not that.
    """
    try:
        pairs = json.loads(read_text(path, _MAX_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"Expected a JSON file of goals at {path}: {error}.") from error
    good = isinstance(pairs, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in pairs
    )
    if not good or not pairs:
        raise BadInput(f"{path}: expected a list of pairs: a goal in prefix notation, and in HOL4's.")
    return [(prefix, usual) for prefix, usual in pairs]


def match_goals(goals: Iterable[tuple[str, str]]) -> MatchedGoals:
    """Find the goals among the theorems of the running HOL4; of several with one text the first counts.

    Raises:
        ProverUnavailable: HOL4 was not found.
    """
    library: Mapping[str, Hol4TheoremRow] = {polish(row.statement): row for row in reversed(theorem_rows())}
    found, missing = [], []
    for prefix, usual in goals:
        for old, new in _RENAMED.items():
            prefix = prefix.replace(old, new)
        row = library.get(" ".join(prefix.split()))
        if row is None:
            missing.append(usual)
        else:
            found.append(row)
    return MatchedGoals(tuple(found), tuple(missing))


def polish(statement: str) -> str:
    """A statement in TacticZero's prefix notation.

    Args:
        statement: typed S-expression.
    """
    parts: list[str] = []
    pending = [parse_hol(statement)]
    while pending:
        term = pending.pop()
        parts.extend("@" for _ in term.args)
        pending.extend(reversed(term.args))
        if term.variable is not None and term.body is not None:
            parts.append("|")
            pending.extend((term.body, term.variable))
        elif term.kind == "variable":
            parts.append(f"V{_decoded(term.name)}")
        else:
            theory, _, constant = _decoded(term.name).partition("$")
            parts.append(f"C${theory}$ {constant}")
    return " ".join(parts)


def _decoded(name: str) -> str:
    """A name without the escapes of S-expressions."""
    if "%" not in name or name == "%":
        return "" if name == "%" else name
    head, *rest = name.split("%")
    return head + "".join(chr(int(piece[:2], 16)) + piece[2:] for piece in rest)

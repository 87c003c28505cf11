"""The typed tables of tactics (HOList's 41, their replacements, and ours beside them), rules and conversions.

HOList is described in arXiv:1904.03241; names, numbers and parameter kinds are those of its `hollight_tactics.textpb`.
CHEAT_TAC, which its parser also knows, is not here, nor anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ....errors import BadInput

__all__ = [
    "CONVERSIONALS",
    "CONVERSIONS",
    "HOLIST",
    "REPLACEMENTS",
    "RULES",
    "TACTICS",
    "Kind",
    "Tactic",
    "read_tactics",
]


class Kind(Enum):
    """Kind of an argument of a tactic or a rule.

    HOList's files call `INT`, `LABEL` and `CONVERSIONAL` all UNKNOWN.
    """

    THEOREM = "theorem"
    THEOREM_LIST = "list of theorems"
    TERM = "term"
    TERM_LIST = "list of terms"
    CONV = "conversion"
    CONVERSIONAL = "conversional"
    INT = "number"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Tactic:
    """A tactic of the closed table.

    Attributes:
        name: as written.
        arguments: kinds of its arguments, in order.
        holist_id: its number in HOList, `None` where HOList does not have it.
    """

    name: str
    arguments: tuple[Kind, ...] = ()
    holist_id: int | None = None


_T, _H, _L = Kind.TERM, Kind.THEOREM, Kind.THEOREM_LIST

HOLIST: tuple[Tactic, ...] = tuple(
    Tactic(name, arguments, number)
    for number, (name, arguments) in enumerate(
        [
            ("EXISTS_TAC", (_T,)),
            ("ARITH_TAC", ()),
            ("DISJ_CASES_TAC", (_H,)),
            ("RAW_POP_TAC", (Kind.INT,)),
            ("REAL_ARITH_TAC", ()),
            ("REWRITE_TAC", (_L,)),
            ("MATCH_ACCEPT_TAC", (_H,)),
            ("EQ_TAC", ()),
            ("X_GEN_TAC", (_T,)),
            ("BACKCHAIN_TAC", (_H,)),
            ("RAW_SUBGOAL_TAC", (_T,)),
            ("ITAUT_TAC", ()),
            ("UNDISCH_TAC", (_T,)),
            ("DISCH_TAC", ()),
            ("ASM_METIS_TAC", (_L,)),
            ("MP_TAC", (_H,)),
            ("RAW_CONJUNCTS_TAC", (_H,)),
            ("REAL_ARITH_TAC2", ()),
            ("ACCEPT_TAC", (_H,)),
            ("MK_COMB_TAC", ()),
            ("PURE_REWRITE_TAC", (_L,)),
            ("ABS_TAC", ()),
            ("MATCH_MP_TAC", (_H,)),
            ("DISJ2_TAC", ()),
            ("RAW_POP_ALL_TAC", ()),
            ("PURE_ONCE_REWRITE_TAC", (_L,)),
            ("SUBST1_TAC", (_H,)),
            ("CONV_TAC", (Kind.CONV,)),
            ("SIMP_TAC", (_L,)),
            ("ANTS_TAC", ()),
            ("CONTR_TAC", (_H,)),
            ("CONJ_TAC", ()),
            ("ASM_MESON_TAC", (_L,)),
            ("REFL_TAC", ()),
            ("X_CHOOSE_TAC", (_T, _H)),
            ("DISJ1_TAC", ()),
            ("SPEC_TAC", (_T, _T)),
            ("LABEL_TAC", (Kind.LABEL, _H)),
            ("ONCE_REWRITE_TAC", (_L,)),
            ("GEN_REWRITE_TAC", (Kind.CONVERSIONAL, _L)),
            ("TRANS_TAC", (_H, _T)),
        ]
    )
)
"""HOList's tactics; the place of each is its number."""

REPLACEMENTS: dict[int, Tactic] = {
    8: Tactic("GEN_TAC", (), 8),
    11: Tactic("MESON_TAC", (_L,), 11),
    34: Tactic("CHOOSE_TAC", (_H,), 34),
}
"""What HOList's published configuration puts in place of some tactics, by number, so that none invents a term."""

_OURS = (
    *map(
        Tactic,
        [
            "AP_TERM_TAC",
            "AP_THM_TAC",
            "ASM_ARITH_TAC",
            "ASM_INT_ARITH_TAC",
            "ASM_REAL_ARITH_TAC",
            "BETA_TAC",
            "BINOP_TAC",
            "COND_CASES_TAC",
            "DIMINDEX_TAC",
            "INDUCT_TAC",
            "INTEGER_TAC",
            "INT_ARITH_TAC",
            "LET_TAC",
            "LIST_INDUCT_TAC",
            "MONO_TAC",
            "NUMBER_TAC",
            "SELECT_ELIM_TAC",
            "STRIP_TAC",
        ],
    ),
    *(Tactic(name, (_T,)) for name in ("ABBREV_TAC", "ASM_CASES_TAC", "BOOL_CASES_TAC")),
    *(
        Tactic(name, (_H,))
        for name in ("ASSUME_TAC", "STRIP_ASSUME_TAC", "STRUCT_CASES_TAC", "SUBST_ALL_TAC", "SUBST_VAR_TAC")
    ),
    *(
        Tactic(name, (_L,))
        for name in (
            "ASM_REWRITE_TAC",
            "ASM_SIMP_TAC",
            "IMP_REWRITE_TAC",
            "METIS_TAC",
            "ONCE_ASM_REWRITE_TAC",
            "PURE_ASM_REWRITE_TAC",
            "SET_TAC",
        )
    ),
    Tactic("EXPAND_TAC", (Kind.LABEL,)),
)

TACTICS: dict[str, Tactic] = {tactic.name: tactic for tactic in (*HOLIST, *REPLACEMENTS.values(), *_OURS)}
"""Every tactic that the environment accepts, by name."""

_PROCEDURES = """
    ARITH_RULE INTEGER_RULE INT_ARITH INT_RING ITAUT NUMBER_RULE NUM_RING REAL_ARITH REAL_FIELD REAL_RING SET_RULE
    TAUT"""
_CONVERSIONS = """
    BETA_CONV COND_ELIM_CONV CONTRAPOS_CONV GEN_BETA_CONV HAS_SIZE_CONV INT_REDUCE_CONV MOD_DOWN_CONV NUM_CANCEL_CONV
    NUM_REDUCE_CONV REAL_RAT_REDUCE_CONV SELECT_CONV SYM_CONV let_CONV"""
_CONVERSIONALS = (
    "BINDER_CONV BINOP_CONV DEPTH_CONV I LAND_CONV ONCE_DEPTH_CONV RAND_CONV RATOR_CONV REDEPTH_CONV TOP_DEPTH_CONV"
)

RULES: dict[str, tuple[Kind, ...]] = {
    name: arguments
    for names, arguments in (
        ("BETA_RULE CONJUNCT1 CONJUNCT2 EQT_ELIM EQT_INTRO GEN_ALL GSYM LE_IMP SELECT_RULE SPEC_ALL SYM", (_H,)),
        ("CONJ IMP_ANTISYM_RULE MATCH_MP MP PROVE_HYP", (_H, _H)),
        ("AP_TERM DISCH GEN ISPEC SPEC", (_T, _H)),
        ("GENL ISPECL SPECL", (Kind.TERM_LIST, _H)),
        ("AC AP_THM", (_H, _T)),
        ("ONCE_REWRITE_RULE PURE_ONCE_REWRITE_RULE PURE_REWRITE_RULE REWRITE_RULE SIMP_RULE", (_L, _H)),
        ("MESON", (_L, _T)),
        ("CONV_RULE", (Kind.CONV, _H)),
        ("GEN_REWRITE_RULE", (Kind.CONVERSIONAL, _L, _H)),
        (_PROCEDURES, (_T,)),
    )
    for name in names.split()
}
"""HOL Light's rules, which compute a theorem that a tactic is given, by name: the kinds of their arguments."""

CONVERSIONS = frozenset([*_CONVERSIONS.split(), *_PROCEDURES.split()])
"""Names of conversions; those that prove the term they are given are rules too."""

CONVERSIONALS = frozenset(_CONVERSIONALS.split())
"""Names of functions from conversions to conversions."""


def read_tactics(path: Path, replacements: Path | None = None) -> tuple[Tactic, ...]:
    """The tactics of HOList's own files, as our table has them.

    Args:
        path: of a `hollight_tactics.textpb`.
        replacements: of a `hollight_tactics_replacements.textpb`; its tactics take the place of those of their number.

    Returns:
        Tactics by ascending number.

    Raises:
        BadInput: a file cannot be read, or has a tactic that our table has not, or with other arguments.
        DependencyNotInstalled: protobuf is missing.
    """
    from .messages import read_message

    found: dict[int, Tactic] = {}
    for file in (path, *([replacements] if replacements is not None else [])):
        for entry in read_message(file, "TacticsInfo").tactics:
            tactic = TACTICS.get(entry.name)
            if tactic is None or [_IN_FILES[kind] for kind in tactic.arguments] != list(entry.parameter_types):
                raise BadInput(f"{file} has the tactic {entry.name!r}, which is not in the table with such arguments.")
            found[entry.id] = tactic
    return tuple(found[number] for number in sorted(found))


# `Tactic.ParameterType` of proto/deephol.proto.
_IN_FILES = {
    Kind.TERM: 2,
    Kind.THEOREM: 3,
    Kind.THEOREM_LIST: 4,
    Kind.CONV: 5,
    Kind.INT: 0,
    Kind.LABEL: 0,
    Kind.CONVERSIONAL: 0,
}

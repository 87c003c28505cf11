"""The recorder: a second program from HOL Light's sources, which writes down how they prove while it loads them.

Tactics, rules and conversions get wrappers, each right after the phrase that binds it, so that whatever follows uses
the wrapper. `ocaml/computed.ml` and `ocaml/steps.ml` have the functions that they call.
"""

from __future__ import annotations

from pathlib import Path

from ..build import Program
from ..sources import Additions

__all__ = ["RECORDER"]

_OCAML_DIR = Path(__file__).parent / "ocaml"

# Tactics by their parameters and, after a colon, what is recorded of these; so are rules.
_TACTICS = {
    "ths: Rec.thms ths": """
        PURE_REWRITE_TAC REWRITE_TAC PURE_ONCE_REWRITE_TAC ONCE_REWRITE_TAC PURE_ASM_REWRITE_TAC ASM_REWRITE_TAC
        PURE_ONCE_ASM_REWRITE_TAC ONCE_ASM_REWRITE_TAC SIMP_TAC PURE_SIMP_TAC ONCE_SIMP_TAC ASM_SIMP_TAC
        PURE_ASM_SIMP_TAC ONCE_ASM_SIMP_TAC ASM_MESON_TAC MESON_TAC ASM_METIS_TAC METIS_TAC
        IMP_REWRITE_TAC SEQ_IMP_REWRITE_TAC SET_TAC""",
    "th: Rec.thm th": """
        ASSUME_TAC ACCEPT_TAC SUBST1_TAC MP_TAC CHOOSE_TAC DISJ_CASES_TAC CONTR_TAC MATCH_ACCEPT_TAC MATCH_MP_TAC
        STRIP_ASSUME_TAC STRUCT_CASES_TAC SUBST_ALL_TAC SUBST_VAR_TAC""",
    "tm: Rec.Term tm": """
        UNDISCH_TAC X_GEN_TAC EXISTS_TAC X_META_EXISTS_TAC BOOL_CASES_TAC ASM_CASES_TAC ABBREV_TAC WF_INDUCT_TAC""",
    "s: Rec.Text s": "EXPAND_TAC FIX_TAC INTRO_TAC",
    "s th: Rec.Text s; Rec.thm th": "LABEL_TAC DESTRUCT_TAC",
    "c: Rec.conv c": "CONV_TAC",
    "f ths: Rec.conversional f; Rec.thms ths": "GEN_REWRITE_TAC",
    "(t,x): Rec.Term t; Rec.Term x": "SPEC_TAC",
    "tm th: Rec.Term tm; Rec.thm th": "X_CHOOSE_TAC META_SPEC_TAC",
    "th tm: Rec.thm th; Rec.Term tm": "TRANS_TAC",
    "ths th: Rec.thms ths; Rec.thm th": "TARGET_REWRITE_TAC",
}
_PLAIN_TACTICS = """
    REFL_TAC ABS_TAC MK_COMB_TAC AP_TERM_TAC AP_THM_TAC BINOP_TAC BETA_TAC DISCH_TAC EQ_TAC GEN_TAC CONJ_TAC
    DISJ1_TAC DISJ2_TAC STRIP_TAC ANTS_TAC ITAUT_TAC COND_CASES_TAC SELECT_ELIM_TAC HINT_EXISTS_TAC LET_TAC
    INDUCT_TAC NUM_REDUCE_TAC LIST_INDUCT_TAC REAL_ARITH_TAC ASM_REAL_ARITH_TAC INT_ARITH_TAC ASM_INT_ARITH_TAC
    INTEGER_TAC ARITH_TAC ASM_ARITH_TAC NUMBER_TAC DIMINDEX_TAC MONO_TAC ASM_FOL_TAC META_EXISTS_TAC"""

_RULES = {
    "th: Rec.thm th": """
        SYM BETA_RULE GSYM EQT_ELIM EQT_INTRO CONJUNCT1 CONJUNCT2 DISCH_ALL UNDISCH UNDISCH_ALL SPEC_ALL GEN_ALL
        NOT_ELIM NOT_INTRO EQF_INTRO EQF_ELIM SELECT_RULE LE_IMP REAL_LE_IMP REAL_LET_IMP INT_OF_REAL_THM""",
    "th1 th2: Rec.thm th1; Rec.thm th2": "PROVE_HYP CONJ MP IMP_ANTISYM_RULE IMP_TRANS MATCH_MP",
    "tm th: Rec.Term tm; Rec.thm th": "AP_TERM DISCH ADD_ASSUM SPEC ISPEC GEN CONTR CCONTR DISJ2",
    "th tm: Rec.thm th; Rec.Term tm": "AP_THM AC DISJ1",
    "ths th: Rec.thms ths; Rec.thm th": """
        SUBS PURE_REWRITE_RULE REWRITE_RULE PURE_ONCE_REWRITE_RULE ONCE_REWRITE_RULE PURE_ASM_REWRITE_RULE
        ASM_REWRITE_RULE PURE_ONCE_ASM_REWRITE_RULE ONCE_ASM_REWRITE_RULE SIMP_RULE PURE_SIMP_RULE ONCE_SIMP_RULE""",
    "tms th: Rec.terms tms; Rec.thm th": "SPECL ISPECL GENL",
    "ths tm: Rec.thms ths; Rec.Term tm": "MESON METIS",
    "c th: Rec.conv c; Rec.thm th": "CONV_RULE",
    "f ths th: Rec.conversional f; Rec.thms ths; Rec.thm th": "GEN_REWRITE_RULE",
}
# The kernel binds these in a module, so that their wrappers follow its file. Those of its rules that only work on
# equations (TRANS, EQ_MP, ABS) would hide what a person wrote under what it is made of.
_KERNEL_RULES = {
    "tm: Rec.Term tm": "ASSUME REFL",
    "l th: Rec.terms2 l; Rec.thm th": "INST",
    "ty th: Rec.types2 ty; Rec.thm th": "INST_TYPE",
}

# Rules when they are applied to a term, and values with a name when they are passed on.
_CONVERSIONS = """
    ITAUT CONJ_ACI_RULE DISJ_ACI_RULE NUM_RING REAL_RING REAL_ARITH REAL_FIELD INT_ARITH INT_RING
    INTEGER_RULE ARITH_RULE NUMBER_RULE SET_RULE
    NO_CONV ALL_CONV BETA_CONV SYM_CONV ETA_CONV SELECT_CONV CONTRAPOS_CONV TAUT COND_ELIM_CONV GEN_BETA_CONV let_CONV
    num_CONV PRESIMP_CONV NNF_CONV NNFC_CONV SKOLEM_CONV PRENEX_CONV DNF_CONV CNF_CONV CONDS_ELIM_CONV MOD_DOWN_CONV
    NUM_REDUCE_CONV NUM_SUC_CONV NUM_ADD_CONV NUM_MULT_CONV NUM_EXP_CONV NUM_EQ_CONV NUM_CANCEL_CONV EXPAND_CASES_CONV
    NUM_SIMPLIFY_CONV NUM_NORMALIZE_CONV REAL_INT_REDUCE_CONV REAL_RAT_REDUCE_CONV REAL_POLY_CONV INT_REDUCE_CONV
    INT_POLY_CONV HAS_SIZE_CONV NUMSEG_CONV EXPAND_NSUM_CONV EXPAND_SUM_CONV UNWIND_CONV FORALL_UNWIND_CONV
    DIMINDEX_CONV"""
_MADE_CONVERSIONS = {
    "ths: Rec.thms ths": """
        PURE_REWRITE_CONV REWRITE_CONV PURE_ONCE_REWRITE_CONV ONCE_REWRITE_CONV SIMP_CONV PURE_SIMP_CONV ONCE_SIMP_CONV
        SUBS_CONV""",
    "th: Rec.thm th": "REWR_CONV",
    "f ths: Rec.conversional f; Rec.thms ths": "GEN_REWRITE_CONV",
}
_CONVERSIONALS = """
    REPEATC CHANGED_CONV TRY_CONV RATOR_CONV RAND_CONV LAND_CONV COMB_CONV ABS_CONV BINOP_CONV ONCE_DEPTH_CONV
    DEPTH_CONV REDEPTH_CONV TOP_DEPTH_CONV TOP_SWEEP_CONV PROP_ATOM_CONV LIST_CONV BINDER_CONV SUB_CONV"""
_INFIX_CONVERSIONALS = """
let thenc_ = fun a b -> Rec.closure "THENC" (fun () -> [Rec.conv a; Rec.conv b]) (thenc_ a b);;
let orelsec_ = fun a b -> Rec.closure "ORELSEC" (fun () -> [Rec.conv a; Rec.conv b]) (orelsec_ a b);;
"""

# Combinators that change the goal by themselves, anew over HOList's primitives: all others are made of these.
_COMBINATORS = {
    "POP_ASSUM": """\
let POP_ASSUM (ttac:thm_tactic) : tactic = function
    ((_,th)::_,_) as g -> (RAW_POP_TAC 0 THEN ttac th) g
  | _ -> failwith "POP_ASSUM: No assumption to pop";;""",
    "POP_ASSUM_LIST": """\
let POP_ASSUM_LIST (asltac:thm list->tactic) : tactic =
  fun (asl,w as g) -> (RAW_POP_ALL_TAC THEN asltac (map snd asl)) g;;""",
    "REMOVE_THEN": """\
let REMOVE_THEN s (ttac:thm_tactic) : tactic =
  fun (asl,w as g) ->
    let th = try assoc s asl with Failure _ -> failwith("USE_TAC: didn't find assumption "^s) in
    (RAW_POP_TAC (index s (map fst asl)) THEN ttac th) g;;""",
    "UNDISCH_THEN": """\
let UNDISCH_THEN tm (ttac:thm_tactic) : tactic =
  fun (asl,w as g) ->
    let (_,th as entry),_ = remove (fun (_,th) -> aconv (concl th) tm) asl in
    (RAW_POP_TAC (index entry asl) THEN ttac th) g;;""",
    # No more than `dest_conj` comes before the goal, or ORELSE_TCL chooses differently.
    "CONJUNCTS_THEN2": """\
let CONJUNCTS_THEN2 (ttac1:thm_tactic) (ttac2:thm_tactic) : thm_tactic =
  fun cth ->
    let c1,c2 = dest_conj(concl cth) in
    fun g ->
      let th1 = Rec.stands_for "CONJUNCT1" [Rec.thm cth] (ASSUME c1)
      and th2 = Rec.stands_for "CONJUNCT2" [Rec.thm cth] (ASSUME c2) in
      (RAW_CONJUNCTS_TAC cth THEN ttac1 th1 THEN ttac2 th2) g;;""",
    "SUBGOAL_THEN": """\
let SUBGOAL_THEN tm (ttac:thm_tactic) : tactic =
  RAW_SUBGOAL_TAC tm THENL [ALL_TAC; POP_ASSUM ttac];;""",
}
_BY_HAND = {
    "RULE_ASSUM_TAC": """\
let RULE_ASSUM_TAC rule : tactic =
  fun (asl,w as g) ->
    let args () = map (fun (_,th) -> Rec.thm (rule th)) asl in
    Proofs.step "RULE_ASSUM_TAC" args (RULE_ASSUM_TAC rule) g;;""",
    "HYP_TAC": """\
let HYP_TAC s rule : tactic = Proofs.step "HYP_TAC" (fun () -> [Rec.Text s]) (HYP_TAC s rule);;""",
    "prove": "let prove (t,tac) = Proofs.proving t (fun () -> prove (t,tac));;",
}
_GOALS = "mk_fthm"


def _call(function: str, name: str, parameters: str) -> str:
    bound, recorded = parameters.split(": ")
    return f'let {name} {bound} = {function} "{name}" (fun () -> [{recorded}]) (fun () -> {name} {bound});;'


def _conversion(name: str) -> str:
    return f'{_call("Rec.rule", name, "tm: Rec.Term tm")}\nlet _ = Rec.name_conv "{name}" {name};;'


def _made_conversion(name: str, parameters: str) -> str:
    bound, recorded = parameters.split(": ")
    return (
        f"let {name} {bound} = if !Rec.depth > 0 then {name} {bound} else\n"
        f"  let c = Rec.within (fun () -> {name} {bound}) in\n"
        f'  Rec.closure "{name}" (fun () -> [{recorded}])\n'
        f'   (fun tm -> Rec.rule "{name}" (fun () -> [{recorded}; Rec.Term tm]) (fun () -> c tm));;'
    )


def _additions() -> Additions:
    """The wrappers, and the modules of ours that they need, in their places."""
    after = {
        **{
            name: _call(function, name, parameters)
            for function, table in (("Proofs.made", _TACTICS), ("Rec.rule", _RULES))
            for parameters, names in table.items()
            for name in names.split()
        },
        **{
            name: f'let {name} : tactic = Proofs.step "{name}" (fun () -> []) {name};;'
            for name in _PLAIN_TACTICS.split()
        },
        **{name: _call("Rec.rule_pair", name, "th: Rec.thm th") for name in ("CONJ_PAIR", "EQ_IMP_RULE")},
        "CONJUNCTS": _call("Rec.rule_list", "CONJUNCTS", "th: Rec.thm th"),
        **{name: _conversion(name) for name in _CONVERSIONS.split()},
        **{
            name: _made_conversion(name, parameters)
            for parameters, names in _MADE_CONVERSIONS.items()
            for name in names.split()
        },
        **{
            name: f'let {name} c = Rec.closure "{name}" (fun () -> [Rec.conv c]) ({name} c);;'
            for name in _CONVERSIONALS.split()
        },
        **_COMBINATORS,
        **_BY_HAND,
        _GOALS: (_OCAML_DIR / "steps.ml").read_text(),
    }
    kernel = [
        _call("Rec.rule", name, parameters) for parameters, names in _KERNEL_RULES.items() for name in names.split()
    ]
    files = {
        "fusion.ml": "\n".join([(_OCAML_DIR / "computed.ml").read_text(), *kernel, ""]),
        "equal.ml": _INFIX_CONVERSIONALS,
    }
    return Additions(after, files, frozenset({_GOALS, "prove", *_COMBINATORS}))


RECORDER = Program(
    "hlrecord",
    "the recorder of HOL Light's proofs",
    ("digits", "farmhash", "sexp", "normal", "library", "record"),
    (Path(__file__), *sorted(_OCAML_DIR.glob("*.ml"))),
    _additions(),
)

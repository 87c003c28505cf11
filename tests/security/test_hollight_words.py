"""A cheat for each rule, conversion and tactic that goes beyond HOList's language: none proves what is false."""

from __future__ import annotations

import pytest

from aitp_gym.proof import Goal, Proof, ProofStep, Subgoals
from aitp_gym.provers.hollight.holist.tactics import CONVERSIONALS, CONVERSIONS, RULES, TACTICS

# By the word: a goal's conclusion and hypotheses, and a tactic that would close it if the word were too generous.
CHEATS = {
    # The conclusion is not what the rule gives.
    "CONJUNCT1": ("p:bool", ["p \\/ q"], "ACCEPT_TAC CONJUNCT1 ASSUM 0"),
    "CONJUNCT2": ("q:bool", ["p \\/ q"], "ACCEPT_TAC CONJUNCT2 ASSUM 0"),
    "EQT_ELIM": ("p:bool", ["p <=> F"], "ACCEPT_TAC EQT_ELIM ASSUM 0"),
    "EQT_INTRO": ("p <=> T", ["q:bool"], "ACCEPT_TAC EQT_INTRO ASSUM 0"),
    "GSYM": ("b:num = a", ["~(a:num = b)"], "ACCEPT_TAC GSYM ASSUM 0"),
    "SYM": ("b:num = a", ["a <= b:num"], "ACCEPT_TAC SYM ASSUM 0"),
    "BETA_RULE": ("F", ["(\\x. x) T"], "ACCEPT_TAC BETA_RULE ASSUM 0"),
    "LE_IMP": ("!p. p <= m ==> p <= n", ["n <= m:num"], "ACCEPT_TAC LE_IMP ASSUM 0"),
    "SELECT_RULE": ("P (y:num):bool", ["?x:num. P x"], "ACCEPT_TAC SELECT_RULE ASSUM 0"),
    "SPEC_ALL": ("x:num = y", ["!x:num. x = x"], "ACCEPT_TAC SPEC_ALL ASSUM 0"),
    "AP_TERM": ("(f:num->num) m = g n", ["m:num = n"], "ACCEPT_TAC AP_TERM `f:num->num` ASSUM 0"),
    "AP_THM": ("(f:num->num) m = f n", ["(f:num->num) = g"], "ACCEPT_TAC AP_THM ASSUM 0 `m:num`"),
    "AC": ("m + n = m * n", [], "ACCEPT_TAC AC THM ADD_AC `m + n = m * n`"),
    "IMP_ANTISYM_RULE": ("p <=> q", ["p ==> q"], "ACCEPT_TAC IMP_ANTISYM_RULE ASSUM 0 ASSUM 0"),
    # A variable that is not free to be anything.
    "GEN": ("!n:num. P n", ["P (n:num):bool"], "ACCEPT_TAC GEN `n:num` ASSUM 0"),
    "GENL": ("!m n:num. R m n", ["R (m:num) (n:num):bool"], "ACCEPT_TAC GENL [`m:num`; `n:num`] ASSUM 0"),
    "GEN_ALL": ("!n:num. P n", ["P (n:num):bool"], "ACCEPT_TAC GEN_ALL ASSUM 0"),
    "SPEC": ("?y:num. ~(y = y)", ["!x:num. ?y. ~(x = y)"], "ACCEPT_TAC SPEC `y:num` ASSUM 0"),
    "SPECL": ("!y:num. y = 0", ["!x:num. !y. y = x"], "ACCEPT_TAC SPECL [`y:num`] ASSUM 0"),
    "MATCH_MP": ("q:bool", ["p ==> q"], "ACCEPT_TAC MATCH_MP ASSUM 0 THM TRUTH"),
    "MP": ("q:bool", ["p ==> q"], "ACCEPT_TAC MP ASSUM 0 THM TRUTH"),
    # What is true of one type is not true of another: the theorem comes with a hypothesis that the goal has not.
    "ISPEC": ("n = 0", ["!x:A. x = a"], "MATCH_MP_TAC ISPEC `n:num` ASSUM 0"),
    "ISPECL": ("m:num = n", ["!x y:A. x = y"], "ACCEPT_TAC ISPECL [`m:num`; `n:num`] ASSUM 0"),
    "REWRITE_RULE": ("1 = 2", ["!x y:A. x = y"], "ACCEPT_TAC REWRITE_RULE [ASSUM 0] SPEC `1` THM EQ_REFL"),
    "PURE_REWRITE_RULE": ("1 = 2", ["1 = 3"], "ACCEPT_TAC PURE_REWRITE_RULE [ASSUM 0] SPEC `1` THM EQ_REFL"),
    "ONCE_REWRITE_RULE": ("1 = 2", ["1 = 3"], "ACCEPT_TAC ONCE_REWRITE_RULE [ASSUM 0] SPEC `1` THM EQ_REFL"),
    "PURE_ONCE_REWRITE_RULE": ("F", ["p <=> F"], "ACCEPT_TAC PURE_ONCE_REWRITE_RULE [GSYM ASSUM 0] THM TRUTH"),
    "SIMP_RULE": ("1 = 2", ["p ==> 1 = 2"], "ACCEPT_TAC SIMP_RULE [ASSUM 0] SPEC `1` THM EQ_REFL"),
    "GEN_REWRITE_RULE": ("2 = 1", ["1 = 2"], "ACCEPT_TAC GEN_REWRITE_RULE RAND_CONV [ASSUM 0] ASSUM 0"),
    "CONV_RULE": ("F", ["~T"], "ACCEPT_TAC CONV_RULE CONTRAPOS_CONV ASSUM 0"),
    # Hypotheses do not get lost.
    "PROVE_HYP": ("q:bool", ["p:bool"], "ACCEPT_TAC PROVE_HYP THM TRUTH ASSUM 0"),
    "DISCH": ("q ==> p", ["q:bool"], "ACCEPT_TAC DISCH `q:bool` ASSUM 0"),
    "CONJ": ("p /\\ q", ["p:bool"], "ACCEPT_TAC CONJ ASSUM 0 ASSUM 0"),
    # Procedures prove what they are given, or fail.
    "ARITH_RULE": ("m - n + n = m", [], "ACCEPT_TAC ARITH_RULE `m - n + n = m`"),
    "INTEGER_RULE": ("(x:int) divides y", [], "ACCEPT_TAC INTEGER_RULE `(x:int) divides y`"),
    "INT_ARITH": ("&0 <= (x:int)", [], "ACCEPT_TAC INT_ARITH `&0 <= (x:int)`"),
    "INT_RING": ("(x:int) * x = x", [], "ACCEPT_TAC INT_RING `(x:int) * x = x`"),
    "ITAUT": ("p \\/ ~q", [], "ACCEPT_TAC ITAUT `p \\/ ~q`"),
    "MESON": ("(?x:A. P x) ==> !x. P x", [], "ACCEPT_TAC MESON [ ] `(?x:A. P x) ==> !x. P x`"),
    "NUMBER_RULE": ("(m:num) divides n", [], "ACCEPT_TAC NUMBER_RULE `(m:num) divides n`"),
    "NUM_RING": ("m * m = m", [], "ACCEPT_TAC NUM_RING `m * m = m`"),
    "REAL_ARITH": ("&0 < x * x", [], "ACCEPT_TAC REAL_ARITH `&0 < x * x`"),
    "REAL_FIELD": ("x * inv x = &1", [], "ACCEPT_TAC REAL_FIELD `x * inv x = &1`"),
    "REAL_RING": ("x * x = (x:real)", [], "ACCEPT_TAC REAL_RING `x * x = (x:real)`"),
    "SET_RULE": ("s SUBSET (t:A->bool)", [], "ACCEPT_TAC SET_RULE `s SUBSET (t:A->bool)`"),
    "TAUT": ("p ==> q", [], "ACCEPT_TAC TAUT `p ==> q`"),
    # Conversions.
    "HAS_SIZE_CONV": ("s HAS_SIZE 2 <=> s = {a:A,b}", [], "CONV_TAC APPLY LAND_CONV HAS_SIZE_CONV"),
    "INT_REDUCE_CONV": ("&2 + &2 = (&5:int)", [], "CONV_TAC INT_REDUCE_CONV"),
    "MOD_DOWN_CONV": ("(m MOD 3 + n) MOD 3 = m + n", [], "CONV_TAC APPLY LAND_CONV MOD_DOWN_CONV"),
    "NUM_CANCEL_CONV": ("a + b = a + c", [], "CONV_TAC NUM_CANCEL_CONV"),
    "let_CONV": ("let n = 1 in n = 2", [], "CONV_TAC let_CONV"),
    "DEPTH_CONV": ("2 + 2 = 5", [], "CONV_TAC APPLY DEPTH_CONV NUM_REDUCE_CONV"),
    # Tactics.
    "ABBREV_TAC": ("n = 5", [], "ABBREV_TAC `n = 5`"),
    "ASM_CASES_TAC": ("F", [], "ASM_CASES_TAC `F`"),
    "ASM_INT_ARITH_TAC": ("(x:int) <= y", ["(x:int) <= z"], "ASM_INT_ARITH_TAC"),
    "ASM_REAL_ARITH_TAC": ("(x:real) <= y", ["(x:real) <= z"], "ASM_REAL_ARITH_TAC"),
    "BOOL_CASES_TAC": ("p:bool", [], "BOOL_CASES_TAC `p:bool`"),
    "DIMINDEX_TAC": ("dimindex(:1) = 2", [], "DIMINDEX_TAC"),
    "EXPAND_TAC": ("n = 1", ["0 = n"], "EXPAND_TAC n"),
    "IMP_REWRITE_TAC": ("n:num = 0", ["p ==> n = 0"], "IMP_REWRITE_TAC [ASSUM 0]"),
    "INTEGER_TAC": ("(x:int) divides y", [], "INTEGER_TAC"),
    "LET_TAC": ("let n = 1 in n = 2", [], "LET_TAC"),
    "MONO_TAC": ("(p ==> q) ==> (p ==> r)", [], "MONO_TAC"),
    "NUMBER_TAC": ("(m:num) divides n", [], "NUMBER_TAC"),
    "ONCE_ASM_REWRITE_TAC": ("p:bool", ["p <=> q", "q <=> r"], "ONCE_ASM_REWRITE_TAC [ ]"),
    "PURE_ASM_REWRITE_TAC": ("1 = 2", ["!x y:A. x = y"], "PURE_ASM_REWRITE_TAC [THM EQ_REFL]"),
    "SELECT_ELIM_TAC": ("(@n:num. T) = 0", [], "SELECT_ELIM_TAC"),
    "STRUCT_CASES_TAC": ("p:bool", ["p \\/ T"], "STRUCT_CASES_TAC ASSUM 0"),
    "SUBST_ALL_TAC": ("m:num = n", ["m <= n:num"], "SUBST_ALL_TAC ASSUM 0"),
    "SUBST_VAR_TAC": ("n = 1", ["n = n + 0"], "SUBST_VAR_TAC ASSUM 0"),
}
HOLISTS_CONVERSIONS = {
    "BETA_CONV", "COND_ELIM_CONV", "CONTRAPOS_CONV", "GEN_BETA_CONV", "NUM_REDUCE_CONV", "REAL_RAT_REDUCE_CONV",
    "SELECT_CONV", "SYM_CONV",
}  # fmt: skip


def test_every_rule_and_every_conversion_has_its_cheat():
    assert set(RULES) | (CONVERSIONS - HOLISTS_CONVERSIONS) | {"DEPTH_CONV"} <= CHEATS.keys()
    assert CHEATS.keys() <= {*RULES, *CONVERSIONS, *CONVERSIONALS, *TACTICS}


@pytest.fixture(scope="module")
def session(hollight):
    session = hollight.start(hollight.parse("T"))
    yield session
    session.close()


@pytest.mark.parametrize("word", CHEATS)
def test_no_word_closes_what_does_not_hold(hollight, session, word):
    conclusion, hypotheses, tactic = CHEATS[word]
    assert word in tactic.split()
    theorem = hollight.parse(conclusion)
    goal = Goal.single(theorem.statement, [hollight.parse(text).statement for text in hypotheses])
    (outcome,) = session.apply(goal, [tactic], 1.0)
    assert not (isinstance(outcome, Subgoals) and outcome.closed), outcome
    # Read as a tactic: it is its meaning that does not suffice.
    assert isinstance(outcome, Subgoals) or outcome.kind in {"rejected", "no_progress", "timeout"}, outcome
    if not hypotheses:
        # Some procedures search for ever; a busy machine has no verdict on those.
        assert not hollight.check(theorem, Proof((ProofStep(tactic, "", ()),)), 1.0).accepted

from __future__ import annotations

import pytest

from aitp_gym.proof import Failure, Goal, Subgoals
from aitp_gym.provers.hollight.library import word_positions

# The tactics of HOList, by the list that DeepHOL publishes with its networks (hollight_tactics.textpb).
HOLIST = """EXISTS_TAC ARITH_TAC DISJ_CASES_TAC RAW_POP_TAC REAL_ARITH_TAC REWRITE_TAC MATCH_ACCEPT_TAC EQ_TAC X_GEN_TAC
BACKCHAIN_TAC RAW_SUBGOAL_TAC ITAUT_TAC UNDISCH_TAC DISCH_TAC ASM_METIS_TAC MP_TAC RAW_CONJUNCTS_TAC REAL_ARITH_TAC2
ACCEPT_TAC MK_COMB_TAC PURE_REWRITE_TAC ABS_TAC MATCH_MP_TAC DISJ2_TAC RAW_POP_ALL_TAC PURE_ONCE_REWRITE_TAC SUBST1_TAC
CONV_TAC SIMP_TAC ANTS_TAC CONTR_TAC CONJ_TAC ASM_MESON_TAC REFL_TAC X_CHOOSE_TAC DISJ1_TAC SPEC_TAC LABEL_TAC
ONCE_REWRITE_TAC GEN_REWRITE_TAC TRANS_TAC"""

P, Q, R = "(v (bool) p)", "(v (bool) q)", "(v (bool) r)"


def binary(name: str, left: str, right: str) -> str:
    return f"(a (a (c (fun (bool) (fun (bool) (bool))) {name}) {left}) {right})"


@pytest.fixture
def attempt(hollight):
    """Applies one tactic to a goal given by conclusion and hypotheses, or by a statement."""
    sessions = []

    def apply(tactic: str, statement: str = "p ==> p", hypotheses: tuple[str, ...] = ()):
        theorem = hollight.parse(statement)
        session = hollight.start(theorem)
        sessions.append(session)
        goal = Goal.single(theorem.statement, [hollight.parse(text).statement for text in hypotheses])
        (outcome,) = session.apply(goal, [tactic], 5.0)
        return outcome

    yield apply
    for session in sessions:
        session.close()


def test_every_tactic_of_holist_is_there_but_the_one_that_cheats(hollight):
    assert set(HOLIST.split()) <= word_positions("tactic").keys()
    assert "CHEAT_TAC" not in word_positions("tactic")


@pytest.mark.parametrize(
    ("tactic", "statement", "hypotheses", "left"),
    [
        ("CONJ_TAC", "p /\\ q", (), 2),
        ("GEN_TAC", "!x:num. x = x", (), 1),
        ("X_GEN_TAC `y:num`", "!x:num. x = x", (), 1),
        ("EXISTS_TAC `2`", "?n. n = 2", (), 1),
        ("EXISTS_TAC `(c (num) _0)`", "?n:num. n = n", (), 1),
        ("DISCH_TAC", "p ==> q", (), 1),
        ("ACCEPT_TAC ASSUM 1", "q:bool", ("p:bool", "q:bool"), 0),
        ("MATCH_ACCEPT_TAC THM ADD_SYM", "a + b = b + a", (), 0),
        ("MATCH_ACCEPT_TAC THM 1300629121302339976", "a + b = b + a", (), 0),
        ("MATCH_MP_TAC THM EQ_IMP", "p ==> p", (), 1),
        ("REWRITE_TAC [THM ADD_CLAUSES; THM MULT_CLAUSES]", "n * 0 + 0 = 0", (), 0),
        ("REWRITE_TAC [ THM ADD_CLAUSES ; THM MULT_CLAUSES ]", "n * 0 + 0 = 0", (), 0),
        ("ASM_REWRITE_TAC []", "a:num = c", ("a:num = b", "b:num = c"), 0),
        ("REWRITE_TAC [ASSUM 0; ASSUM 1]", "a:num = c", ("a:num = b", "b:num = c"), 0),
        ("GEN_REWRITE_TAC ONCE_DEPTH_CONV [THM ADD_SYM]", "a + b = c + d", (), 1),
        ("GEN_REWRITE_TAC COMPOSE [ LAND_CONV ; RAND_CONV ] [THM ADD_SYM]", "a * (b + c) = c + d", (), 1),
        ("CONV_TAC NUM_REDUCE_CONV", "2 + 2 = 4", (), 0),
        ("CONV_TAC APPLY RAND_CONV NUM_REDUCE_CONV", "x = 2 + 2", (), 1),
        ("ARITH_TAC", "x < y ==> x + 1 <= y", (), 0),
        ("REAL_ARITH_TAC", "&0 < x ==> &0 <= x + x", (), 0),
        ("INT_ARITH_TAC", "(x:int) < y ==> x + &1 <= y", (), 0),
        ("SET_TAC []", "s INTER t SUBSET (s:A->bool)", (), 0),
        ("INDUCT_TAC", "!n. n + 0 = n", (), 2),
        ("LIST_INDUCT_TAC", "!l:A list. APPEND l [] = l", (), 2),
        ("ASM_MESON_TAC []", "q:bool", ("p ==> q", "p:bool"), 0),
        ("METIS_TAC []", "p \\/ ~p", (), 0),
        ("ITAUT_TAC", "p /\\ q ==> q", (), 0),
        ("UNDISCH_TAC `p:bool`", "q:bool", ("p:bool",), 1),
        ("SPEC_TAC `n:num` `m:num`", "n + 0 = n", (), 1),
        ("TRANS_TAC THM LE_TRANS `b:num`", "a <= c:num", (), 1),
        ("CHOOSE_TAC ASSUM 0", "q:bool", ("?n:num. P n",), 1),
        ("X_CHOOSE_TAC `m:num` ASSUM 0", "q:bool", ("?n:num. P n",), 1),
        ("DISJ_CASES_TAC ASSUM 0", "r:bool", ("p \\/ q",), 2),
        ("LABEL_TAC name ASSUM 0", "r:bool", ("p \\/ q",), 1),
        ("RAW_POP_TAC 0", "r:bool", ("p:bool", "q:bool"), 1),
        ("RAW_POP_ALL_TAC", "r:bool", ("p:bool", "q:bool"), 1),
        ("RAW_SUBGOAL_TAC `p:bool`", "r:bool", (), 2),
        ("BACKCHAIN_TAC THM LT_IMP_LE", "a <= b:num", (), 1),
        ("ABBREV_TAC `n = 2 + 2`", "2 + 2 = x", (), 1),
        ("ASM_CASES_TAC `p:bool`", "q:bool", (), 2),
        ("BOOL_CASES_TAC `p:bool`", "p \\/ ~p", (), 2),
        ("EXPAND_TAC n", "n = m:num", ("2 + 2 = n",), 1),
        ("IMP_REWRITE_TAC [THM MOD_LT]", "1 MOD n = 1", (), 1),
        ("LET_TAC", "let n = 2 in n = m", (), 1),
        ("SELECT_ELIM_TAC", "(@n. n = 2) = 2", (), 1),
        ("STRUCT_CASES_TAC SPEC `n:num` THM num_CASES", "n = 0 \\/ ~(n = 0)", (), 2),
        ("SUBST_ALL_TAC ASSUM 0", "m = n:num", ("m = n:num",), 1),
        ("INTEGER_TAC", "(x:int) divides x * y", (), 0),
        ("ASM_INT_ARITH_TAC", "(x:int) <= z", ("(x:int) <= y", "(y:int) <= z"), 0),
        ("CONV_TAC APPLY ONCE_DEPTH_CONV NUM_CANCEL_CONV", "~(a + b = a + c)", (), 1),
        ("CONV_TAC let_CONV", "let n = 2 in n = m", (), 1),
        ("CONV_TAC ARITH_RULE", "m <= m + n", (), 0),
    ],
)
def test_a_tactic_leaves_as_many_goals_as_it_should(attempt, tactic, statement, hypotheses, left):
    outcome = attempt(tactic, statement, hypotheses)
    assert isinstance(outcome, Subgoals), outcome
    assert len(outcome.goals) == left


def test_subgoals_are_typed_s_expressions_with_their_hypotheses_in_order(attempt):
    outcome = attempt("DISCH_TAC", "q ==> r", ("p:bool",))
    assert outcome.goals == (Goal.single(R, (Q, P)),)
    outcome = attempt("CONJ_TAC", "(p ==> q) /\\ r")
    assert outcome.goals == (Goal.single(binary("==>", P, Q)), Goal.single(R))


@pytest.mark.parametrize(
    "tactic",
    [
        "",
        "NOPE_TAC",
        "CONJ_TAC CONJ_TAC",
        "CONJ_TAC;",
        "THEN CONJ_TAC",
        "REWRITE_TAC",
        "REWRITE_TAC THM ADD_SYM",
        "REWRITE_TAC [THM ADD_SYM",
        "REWRITE_TAC [THM ADD_SYM THM ADD_ASSOC]",
        "REWRITE_TAC [THM NO_SUCH_THEOREM]",
        "REWRITE_TAC [THM 12345]",
        "REWRITE_TAC [`p:bool`]",
        "MP_TAC",
        "MP_TAC ASSUM",
        "MP_TAC ASSUM -1",
        "MP_TAC ASSUM x",
        "EXISTS_TAC 1",
        "EXISTS_TAC `1",
        "EXISTS_TAC `1 +`",
        "EXISTS_TAC `(c (bool) NOSUCH)`",
        "EXISTS_TAC `(v (nosuchtype) x)`",
        "EXISTS_TAC `(v (bool x)`",
        "EXISTS_TAC `(a (v (bool) p) (v (bool) q))`",
        "X_GEN_TAC `x:num#`",
        "CONV_TAC NO_CONV",
        "GEN_REWRITE_TAC [ ] [ ]",
        "RAW_POP_TAC one",
        "RAW_POP_TAC 0x0",
        "MP_TAC ASSUM 1_0",
        "MP_TAC ASSUM 99999999999999999999",
        "MP_TAC THM 0x120cc34b77c12188",  # the fingerprint of ADD_SYM, in hexadecimal
        "\u22a2 CONJ_TAC",
        "CONJ_TAC \ud800",
        "CONJ_TAC\0",
    ],
)
def test_what_is_not_a_tactic_is_a_parse_failure(attempt, tactic):
    outcome = attempt(tactic, "p /\\ q")
    assert isinstance(outcome, Failure)
    assert outcome.kind == "parse", outcome
    assert outcome.message


@pytest.mark.parametrize(
    ("tactic", "statement"),
    [
        ("CONJ_TAC", "p ==> q"),
        ("MP_TAC ASSUM 3", "p:bool"),
        ("EXISTS_TAC `T`", "?n. n = 2"),
        ("MATCH_MP_TAC THM ADD_SYM", "p:bool"),
        ("RAW_POP_TAC 7", "p:bool"),
    ],
)
def test_a_tactic_that_does_not_apply_is_rejected(attempt, tactic, statement):
    outcome = attempt(tactic, statement)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "rejected", outcome


def test_an_unchanged_goal_is_no_progress(attempt):
    outcome = attempt("REWRITE_TAC []", "p ==> q")
    assert isinstance(outcome, Failure)
    assert outcome.kind == "no_progress"

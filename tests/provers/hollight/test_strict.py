"""The strict context: nothing in a proof may come from later in the library than the theorem."""

from __future__ import annotations

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Failure, Outcome, Proof, ProofStep, Subgoals, Theorem
from aitp_gym.provers.hollight.holist.tactics import RULES, Kind
from aitp_gym.provers.hollight.library import HolLightTheoremRow, left_out, theorem_rows, word_positions
from aitp_gym.provers.hollight.prover import HolLight

# A call of each tactic that every goal can be given; what it does there does not matter.
ARGUMENTS = {
    "[ ]": """ASM_MESON ASM_METIS ASM_REWRITE ASM_SIMP MESON METIS ONCE_REWRITE PURE_ONCE_REWRITE PURE_REWRITE REWRITE
        SET SIMP IMP_REWRITE ONCE_ASM_REWRITE PURE_ASM_REWRITE""",
    "THM T_DEF": """ACCEPT ASSUME BACKCHAIN CHOOSE CONTR DISJ_CASES MATCH_ACCEPT MATCH_MP MP RAW_CONJUNCTS STRIP_ASSUME
        SUBST1 STRUCT_CASES SUBST_ALL SUBST_VAR""",
    "`p:bool`": "ABBREV ASM_CASES BOOL_CASES EXISTS RAW_SUBGOAL UNDISCH X_GEN",
    "label": "EXPAND",
    "`p:bool` `q:bool`": "SPEC",
    "`p:bool` THM T_DEF": "X_CHOOSE",
    "THM T_DEF `p:bool`": "TRANS",
    "label THM T_DEF": "LABEL",
    "I [ ]": "GEN_REWRITE",
    "BETA_CONV": "CONV",
    "0": "RAW_POP",
}
CALLS = {f"{name}_TAC": f"{name}_TAC {text}" for text, names in ARGUMENTS.items() for name in names.split()}

# Arguments by their kinds, for rules.
SAMPLES = {
    Kind.THEOREM: "THM T_DEF",
    Kind.THEOREM_LIST: "[ ]",
    Kind.TERM: "`p:bool`",
    Kind.TERM_LIST: "[ `p:bool` ]",
    Kind.CONV: "BETA_CONV",
    Kind.CONVERSIONAL: "I",
}
# What a word of each kind stands in: a tactic whose own words, apart from it, are these.
CARRIERS = {"rule": ["MP_TAC"], "conversion": ["CONV_TAC"], "conversional": ["GEN_REWRITE_TAC"]}


def with_word(kind: str, name: str) -> str:
    match kind:
        case "rule":
            return f"MP_TAC {name} {' '.join(SAMPLES[argument] for argument in RULES[name])}"
        case "conversion":
            return f"CONV_TAC {name}"
    return f"GEN_REWRITE_TAC {name} [ ]"


@pytest.fixture(scope="module")
def rows(hollight) -> dict[str, HolLightTheoremRow]:
    return {row.name: row for row in theorem_rows()}


def theorem_of(row: HolLightTheoremRow, position: int | None = None) -> Theorem:
    return Theorem(row.name, row.statement, "hollight", position=row.position if position is None else position)


def apply(prover: HolLight, theorem: Theorem, *tactics: str) -> list[Outcome]:
    session = prover.start(theorem)
    try:
        return session.apply(session.root, tactics, 2.0)
    finally:
        session.close()


def is_forbidden(outcome: Outcome) -> bool:
    return isinstance(outcome, Failure) and outcome.kind == "forbidden"


def closes(outcome: Outcome) -> bool:
    return isinstance(outcome, Subgoals) and outcome.closed


def test_arithmetic_cannot_prove_what_it_rests_on(hollight, rows):
    (outcome,) = apply(hollight, theorem_of(rows["ADD_SYM"]), "ARITH_TAC")
    assert is_forbidden(outcome)
    assert "ARITH_TAC comes later in the library" in outcome.message
    (outcome,) = apply(hollight, theorem_of(rows["REAL_ADD_SYM"]), "REAL_ARITH_TAC")
    assert is_forbidden(outcome)


def test_the_same_statement_of_a_user_may_use_everything(hollight, rows):
    theorem = hollight.parse(rows["ADD_SYM"].pretty)
    assert theorem.position is None
    (outcome,) = apply(hollight, theorem, "ARITH_TAC")
    assert closes(outcome)


def test_every_tactic_is_forbidden_up_to_its_place_and_allowed_after_it(hollight, rows):
    truth = rows["TRUTH"]
    for name, position in word_positions("tactic").items():
        call = CALLS.get(name, name)
        at, after = (apply(hollight, theorem_of(truth, p), call)[0] for p in (position, position + 1))
        assert is_forbidden(at), name
        assert not is_forbidden(after), name
        assert not (isinstance(after, Failure) and after.kind == "parse"), (name, after)


@pytest.mark.parametrize("kind", ["rule", "conversion", "conversional"])
def test_every_rule_and_conversion_is_forbidden_up_to_its_place_and_allowed_after_it(hollight, rows, kind):
    tactics, truth = word_positions("tactic"), rows["TRUTH"]
    first = max(tactics[name] for name in CARRIERS[kind])
    for name, position in word_positions(kind).items():
        call = with_word(kind, name)
        if name != "I":
            (at,) = apply(hollight, theorem_of(truth, position), call)
            assert is_forbidden(at), name
            if position > first:
                assert at.message.startswith(name), at
        (after,) = apply(hollight, theorem_of(truth, max(position, first) + 1), call)
        # Another word of the call may come later still, such as the conversion in `CONV_RULE BETA_CONV`.
        assert not is_forbidden(after) or not after.message.startswith(name), (name, after)
        assert not (isinstance(after, Failure) and after.kind == "parse"), (name, after)


def test_a_theorem_sees_the_last_value_of_a_name_before_it(hollight, rows):
    """The sources bind REAL_ARITH_TAC for real numbers first, and again once it can read decimal numbers."""
    whole, rational = "&0 <= x ==> &0 <= x + x", "#0.5 + #0.5 = &1"
    first = word_positions("tactic")["REAL_ARITH_TAC"]

    def closed_at(position: int, statement: str) -> bool:
        theorem = Theorem("here", hollight.parse(statement).statement, "hollight", position=position)
        by_tactic = closes(apply(hollight, theorem, "REAL_ARITH_TAC")[0])
        assert closes(apply(hollight, theorem, f"ACCEPT_TAC REAL_ARITH `{statement}`")[0]) == by_tactic
        return by_tactic

    assert closed_at(first + 1, whole)
    assert not closed_at(first + 1, rational)
    assert closed_at(100_000, rational)
    (outcome,) = apply(hollight, theorem_of(rows["REAL_ADD_SYM"]), "REAL_ARITH_TAC")
    assert is_forbidden(outcome)


def test_no_theorem_proves_itself_or_what_comes_before_it(hollight):
    ordered = theorem_rows()
    for row, later in zip(ordered[300::40], ordered[301::40], strict=False):
        own, by_fingerprint, next_one = apply(
            hollight,
            theorem_of(row),
            f"ACCEPT_TAC THM {row.name}",
            f"MATCH_ACCEPT_TAC THM {row.fingerprint}",
            f"REWRITE_TAC [THM {later.name}]",
        )
        assert is_forbidden(own), row.name
        # The same statement may have an earlier name.
        assert is_forbidden(by_fingerprint) or closes(by_fingerprint), row.name
        assert is_forbidden(next_one), row.name


def test_a_fingerprint_of_a_later_theorem_is_forbidden(hollight, rows):
    later = rows["REAL_ADD_SYM"].fingerprint
    (outcome,) = apply(hollight, theorem_of(rows["ADD_SYM"]), f"MP_TAC THM {later}")
    assert is_forbidden(outcome)


def test_a_theorem_before_may_be_used(hollight, rows):
    proved = apply(hollight, theorem_of(rows["ADD_AC"]), "MESON_TAC [THM ADD_SYM ; THM ADD_ASSOC]")
    assert closes(proved[0])


@pytest.mark.parametrize("name", ["FST", "SND", "PAIR", "COND_CLAUSES", "SELECT_REFL"])
def test_a_default_rewrite_does_not_prove_its_own_theorem(hollight, rows, name):
    (before,) = apply(hollight, theorem_of(rows[name]), "REWRITE_TAC [ ]")
    (after,) = apply(hollight, theorem_of(rows[name], position=100_000), "REWRITE_TAC [ ]")
    assert isinstance(before, Failure)
    assert before.kind == "no_progress"
    assert closes(after)


def test_default_conversions_come_with_their_place(hollight, rows):
    statement = hollight.parse("(\\(x,y). x + y) (1,n) = 1 + n").statement
    before = Theorem("before", statement, "hollight", position=rows["PAIR"].position)
    after = Theorem("after", statement, "hollight", position=rows["ADD_SYM"].position)
    assert not closes(apply(hollight, before, "PURE_REWRITE_TAC [ ]", "REWRITE_TAC [ ]")[-1])
    assert closes(apply(hollight, after, "REWRITE_TAC [ ]")[0])


def test_default_congruences_come_with_their_place(hollight, rows):
    # The phrase after SUM_COMBINE_L lets SIMP_TAC assume, within a sum, that the index is in its range.
    statement = hollight.parse("sum (m..n) (\\i. if m <= i then f i else g i) = sum (m..n) f").statement
    change = rows["SUM_COMBINE_L"].position + 1
    before = Theorem("before", statement, "hollight", position=change)
    after = Theorem("after", statement, "hollight", position=change + 1)
    assert not closes(apply(hollight, before, "SIMP_TAC [ ]")[0])
    assert closes(apply(hollight, after, "SIMP_TAC [ ]")[0])


def test_the_facts_at_the_end_are_those_of_the_loaded_system(hollight, rows):
    """Put back from their history, the default facts do what they do untouched."""
    tactics = ["SIMP_TAC [ ]", "REWRITE_TAC [ ]", "ONCE_REWRITE_TAC [ ]"]
    for row in theorem_rows()[::60]:
        untouched = Theorem(row.name, row.statement, "hollight")
        put_back = theorem_of(row, position=100_000)
        outcomes = [apply(hollight, theorem, *tactics) for theorem in (untouched, put_back)]
        for one, other in zip(*outcomes, strict=True):
            assert type(one) is type(other), row.name
            if isinstance(one, Subgoals) and isinstance(other, Subgoals):
                assert one.goals == other.goals, row.name


def test_premises_are_the_theorems_strictly_before(hollight, rows):
    for name in ("TRUTH", "ADD_SYM", "SUM_ADD_SPLIT"):
        premises = hollight.premises(theorem_of(rows[name]))
        assert all(premise.position < rows[name].position for premise in premises)
        following = premises.library.entries[len(premises)]
        assert following.position >= rows[name].position
    assert len(hollight.premises(hollight.parse("p ==> p"))) == len(rows)


def test_a_check_refuses_a_proof_that_uses_a_later_theorem_or_tactic(hollight, rows):
    theorem = theorem_of(rows["ADD_SYM"])
    for tactic in ("ARITH_TAC", "ACCEPT_TAC THM ADD_SYM", "MESON_TAC [THM ADD_AC]"):
        verdict = hollight.check(theorem, Proof((ProofStep(tactic, "", ()),)), 10.0)
        assert verdict.status == "refused"
        assert "comes later in the library" in verdict.reason
        assert verdict.step == 0


def test_the_context_of_holist_lends_tactics_and_rewrites_but_no_premises(hollight, rows):
    holist = HolLight(context="holist")
    assert holist.versions != hollight.versions
    assert closes(apply(holist, theorem_of(rows["ADD_SYM"]), "ARITH_TAC")[0])
    assert closes(apply(holist, theorem_of(rows["FST"]), "REWRITE_TAC [ ]")[0])
    assert is_forbidden(apply(holist, theorem_of(rows["ADD_SYM"]), "ACCEPT_TAC THM ADD_SYM")[0])
    with pytest.raises(BadInput, match="strict, holist"):
        HolLight(context="lenient")


def test_few_theorems_have_no_place_and_they_cannot_be_named(hollight):
    assert len(theorem_rows()) > 2900
    assert 0 < len(left_out()) < 10
    for name in left_out():
        (outcome,) = apply(hollight, hollight.parse("T"), f"MP_TAC THM {name}")
        assert isinstance(outcome, Failure)
        assert outcome.kind == "parse"

"""The tactic language as values: what is read is what is written, and the server reads the same language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.errors import BadInput
from aitp_gym.proof import Failure
from aitp_gym.provers.hollight.holist.grammar import (
    Applied,
    Assum,
    Assume,
    Call,
    Composed,
    Computed,
    Conversion,
    Conversional,
    Int,
    LabelArgument,
    TermArgument,
    TermArguments,
    Theorems,
    Thm,
    named,
    parse,
)
from aitp_gym.provers.hollight.holist.tactics import (
    CONVERSIONALS,
    CONVERSIONS,
    HOLIST,
    REPLACEMENTS,
    RULES,
    TACTICS,
    Kind,
    read_tactics,
)
from aitp_gym.provers.hollight.library import word_positions

words = st.text(st.characters(codec="ascii", exclude_characters=" \t\n\r[];`", exclude_categories=["C"]), min_size=1)
terms = st.text(st.characters(codec="ascii", exclude_characters="`", exclude_categories=["C"])).map(TermArgument)
conversionals = st.recursive(
    st.sampled_from(sorted(CONVERSIONALS)).map(Conversional),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: Composed(tuple(items))),
    max_leaves=4,
)
conversions = st.recursive(
    st.sampled_from(sorted(CONVERSIONS)).map(Conversion),
    lambda inner: st.builds(Applied, conversionals, inner),
    max_leaves=4,
)
theorems = st.recursive(
    words.map(Thm) | st.integers(0, 10**6).map(Assum),
    lambda inner: st.sampled_from(sorted(RULES)).flatmap(
        lambda rule: st.tuples(*(arguments(inner)[kind] for kind in RULES[rule])).map(lambda a: Computed(rule, a))
    ),
    max_leaves=4,
)


def arguments(theorem):
    """By kind; of theorems, those given."""
    return {
        **OTHERS,
        Kind.THEOREM: theorem,
        Kind.THEOREM_LIST: st.lists(theorem, max_size=4).map(lambda items: Theorems(tuple(items))),
    }


OTHERS = {
    Kind.TERM: terms,
    Kind.TERM_LIST: st.lists(terms, max_size=3).map(lambda items: TermArguments(tuple(items))),
    Kind.CONV: conversions,
    Kind.CONVERSIONAL: conversionals,
    Kind.INT: st.integers(0, 10**9).map(Int),
    Kind.LABEL: words.map(LabelArgument),
}
calls = st.sampled_from(sorted(TACTICS)).flatmap(
    lambda name: st.tuples(*(arguments(theorems)[kind] for kind in TACTICS[name].arguments)).map(
        lambda a: Call(name, a)
    )
)


@given(calls)
def test_what_is_written_reads_back_as_the_same(call):
    assert parse(str(call)) == call


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        call = parse(text)
    except BadInput:
        return
    assert parse(str(call)) == call


def test_the_originals_spelling():
    assert str(parse("REWRITE_TAC [THM 1;ASSUM 0]")) == "REWRITE_TAC [ THM 1 ; ASSUM 0 ]"
    assert str(parse("  MESON_TAC []\n")) == "MESON_TAC [ ]"
    assert str(parse("CONV_TAC APPLY COMPOSE[LAND_CONV;RAND_CONV] SYM_CONV")) == (
        "CONV_TAC APPLY COMPOSE [ LAND_CONV ; RAND_CONV ] SYM_CONV"
    )
    assert str(parse("X_CHOOSE_TAC `x:num`  THM A")) == "X_CHOOSE_TAC `x:num` THM A"


def test_a_theorem_may_be_computed_from_others():
    call = parse("REWRITE_TAC [GSYM SPECL[`x`;`y`]THM A; MATCH_MP THM B ASSUM 2]")
    assert str(call) == "REWRITE_TAC [ GSYM SPECL [ `x` ; `y` ] THM A ; MATCH_MP THM B ASSUM 2 ]"
    assert list(named(call)) == [Thm("A"), Thm("B"), Assum(2)]
    spec = Computed("SPECL", (TermArguments((TermArgument("x"), TermArgument("y"))), Thm("A")))
    assert call.arguments == (Theorems((Computed("GSYM", (spec,)), Computed("MATCH_MP", (Thm("B"), Assum(2))))),)


@pytest.mark.parametrize("nested", ["MP_TAC {} THM A", "CONV_TAC {} BETA_CONV"], ids=["rules", "conversions"])
def test_words_are_nested_to_a_bounded_depth(session, nested):
    word = "GSYM " if "MP_TAC" in nested else "APPLY I "
    deepest, deeper = (nested.format((word * depth).strip()) for depth in (100, 101))
    assert parse(str(parse(deepest))) == parse(deepest)
    for text in (deeper, nested.format(word * 20_000)):
        with pytest.raises(BadInput, match="more than 100 levels"):
            parse(text)
    outcomes = [session.apply(session.root, [t.replace("THM A", "THM ADD_SYM")], 2.0)[0] for t in (deepest, deeper)]
    assert [isinstance(outcome, Failure) and outcome.kind == "parse" for outcome in outcomes] == [False, True]


def test_assumed_theorems_belong_to_the_replay_grammar():
    assert parse("MP_TAC ASSUME `p:bool`", replay=True) == Call("MP_TAC", (Assume(TermArgument("p:bool")),))
    with pytest.raises(BadInput, match="Expected THM, ASSUM or a rule, found ASSUME"):
        parse("MP_TAC ASSUME `p:bool`")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expected a tactic, found the end"),
        ("CHEAT_TAC", "CHEAT_TAC is not a tactic"),
        ("GEN_TAC now", "Expected the end of the tactic, found now"),
        ("MESON_TAC [ THM A , THM B ]", "Expected ; or \\], found ,"),
        ("RAW_POP_TAC -1", "Expected a number, found -1"),
        ("RAW_POP_TAC 1_0", "Expected a number"),
        ("EXISTS_TAC `x", "not closed by a backquote"),
        ("EXISTS_TAC x", "Expected a term in backquotes, found x"),
        ("CONV_TAC DEPTH_CONV", "DEPTH_CONV is not a conversion"),
        ("GEN_REWRITE_TAC SYM_CONV [ ]", "SYM_CONV is not a conversional"),
        ("MP_TAC GSYM", "Expected a theorem, found the end"),
        ("MP_TAC SPEC THM A `x`", "Expected a term in backquotes, found THM"),
        ("MP_TAC SPECL `x` THM A", "Expected \\[, found `x`"),
        ("MP_TAC NO_RULE THM A", "Expected THM, ASSUM or a rule, found NO_RULE"),
        ("GSYM THM A", "GSYM is not a tactic"),
    ],
)
def test_a_bad_tactic_is_explained(text, message):
    with pytest.raises(BadInput, match=message):
        parse(text)


def test_python_and_server_have_the_same_table(hollight):
    hollight.parse("T")
    assert set(word_positions("tactic")) == set(TACTICS)
    assert set(word_positions("rule")) == set(RULES)
    assert set(word_positions("conversion")) == CONVERSIONS
    assert set(word_positions("conversional")) == CONVERSIONALS


def test_the_table_has_holists_tactics_by_number():
    assert [tactic.holist_id for tactic in HOLIST] == list(range(41))
    assert {number: tactic.name for number, tactic in REPLACEMENTS.items()} == {
        8: "GEN_TAC",
        11: "MESON_TAC",
        34: "CHOOSE_TAC",
    }
    assert "CHEAT_TAC" not in TACTICS


def test_the_published_tactics_files_are_the_table(published):
    files = published / "hollight_tactics.textpb", published / "hollight_tactics_replacements.textpb"
    assert read_tactics(files[0]) == HOLIST
    assert read_tactics(*files) == tuple(REPLACEMENTS.get(number, tactic) for number, tactic in enumerate(HOLIST))


def test_a_tactics_file_with_something_else_is_refused(tmp_path):
    file = tmp_path / "tactics.textpb"
    file.write_text('tactics { id: 0 name: "CHEAT_TAC" }\n')
    with pytest.raises(BadInput, match="CHEAT_TAC"):
        read_tactics(file)
    file.write_text('tactics { id: 0 name: "EXISTS_TAC" parameter_types: THEOREM }\n')
    with pytest.raises(BadInput, match="with such arguments"):
        read_tactics(file)


@pytest.fixture(scope="module")
def session(hollight):
    session = hollight.start(hollight.parse("!p:bool. p ==> p"))
    yield session
    session.close()


WORDS = (
    "GEN_TAC REWRITE_TAC THM ASSUM ASSUME 0 -1 TRUTH [ ] ; `p:bool` ` APPLY COMPOSE LAND_CONV SYM_CONV CONV_TAC "
    "RAW_POP_TAC LABEL_TAC SPEC_TAC GEN_REWRITE_TAC x MP_TAC GSYM CONJUNCT1 SPEC SPECL MATCH_MP TAUT REWRITE_RULE"
)
alphabet = st.sampled_from(WORDS.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(alphabet, max_size=8).map(" ".join))
def test_the_server_reads_the_same_language(session, text):
    outcome = session.apply(session.root, [text], 0.5)[0]
    refused = isinstance(outcome, Failure) and outcome.kind == "parse"
    try:
        call = parse(text)
    except BadInput:
        assert refused, outcome
        return
    # What the grammar cannot know: which theorems there are, and whether a term can be read.
    unknowable = refused and ("no theorem" in outcome.message or "bad term" in outcome.message)
    assert not refused or unknowable, (str(call), outcome)

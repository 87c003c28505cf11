from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import BadInput, UnknownName
from aitp_gym.menus import Menu, menu_names
from aitp_gym.menus.hypotheses import hypothesis_names

RANKED = [f"THEOREM_{i}" for i in range(30)]
MINIMAL = {"name": "m", "version": 1, "prover": "p", "tactic": [{"text": "intro"}]}


@pytest.fixture(params=menu_names())
def menu(request):
    return Menu.load(request.param)


def test_our_menus_are_there():
    assert {"hollight-full", "hollight-no-hammer", "propositional"} <= set(menu_names())


def test_every_menu_is_named_like_its_file():
    assert [Menu.load(name).name for name in menu_names()] == menu_names()


def test_parse_inverts_candidates(menu):
    for candidate in menu.candidates(RANKED):
        parsed = menu.parse(candidate.tactic)
        assert parsed is not None
        assert parsed.premises == tuple(RANKED[i] for i in candidate.premises)
        slot = menu.slots[candidate.slot]
        assert parsed.template == slot.template
        assert parsed.assumption == (slot.number if slot.kind == "index" else None)


@given(ranked=st.lists(st.from_regex(r"[A-Z][A-Z0-9_%'.:]{0,12}", fullmatch=True), unique=True, max_size=20))
def test_slot_of_finds_the_slot_that_wrote_a_text(ranked):
    menu = Menu.load("hollight-full")
    first: dict[str, int] = {}
    for candidate in menu.candidates(ranked):
        first.setdefault(candidate.tactic, candidate.slot)
        parsed = menu.parse(candidate.tactic)
        assert parsed is not None
        assert list(parsed.premises) == [ranked[i] for i in candidate.premises]
    assert {text: menu.slot_of(text, ranked) for text in first} == first


def test_a_list_of_premises_takes_what_there_is():
    menu = Menu.load("hollight-full")
    tactics = {c.tactic for c in menu.candidates(["ADD_SYM", "ADD_ASSOC"])}
    assert "ASM_MESON_TAC [ THM ADD_SYM ; THM ADD_ASSOC ]" in tactics
    assert "MATCH_MP_TAC THM ADD_ASSOC" in tactics
    assert not any(tactic.startswith("MATCH_MP_TAC THM") for tactic in {c.tactic for c in menu.candidates([])})


def test_slot_of_goes_by_the_text_where_the_ranking_does_not_know_the_premises():
    menu = Menu.load("hollight-full")
    label = {index: slot.label for index, slot in enumerate(menu.slots)}
    assert label[menu.slot_of("REWRITE_TAC [ THM A ; THM B ]")] == "REWRITE_TAC {premises} 4"
    assert label[menu.slot_of("MATCH_MP_TAC THM A")] == "MATCH_MP_TAC {premise} 4"
    assert label[menu.slot_of("MP_TAC ASSUM 1")] == "MP_TAC ASSUM {index} 1"


@pytest.mark.parametrize(
    "tactic", ["", "CHEAT_TAC", "REWRITE_TAC [ THM A THM B ]", "MP_TAC ASSUM 99", "ARITH_TAC ", "MATCH_MP_TAC THM A B"]
)
def test_what_the_menu_cannot_have_written_has_no_slot(tactic):
    assert Menu.load("hollight-full").slot_of(tactic) is None


def test_no_hammer_has_no_hammers():
    for slot in Menu.load("hollight-no-hammer").slots:
        assert not slot.hammer
        assert not any(word in slot.template for word in ("MESON", "METIS", "ARITH", "ITAUT"))
        assert slot.kind != "premises" or slot.number <= 4


def test_hammers_are_marked_and_the_mark_is_none_of_what_the_digest_tells_apart():
    full = Menu.load("hollight-full")
    marked = {slot.template for slot in full.slots if slot.hammer}
    assert {"ASM_MESON_TAC {premises}", "ARITH_TAC"} <= marked
    assert not marked & {"REWRITE_TAC {premises}", "CONJ_TAC"}
    plain, hammer = (
        Menu.from_dict({**MINIMAL, "tactic": [{"text": "auto", **mark}]}) for mark in ({}, {"hammer": True})
    )
    assert hammer.slots[0].hammer
    assert plain.digest == hammer.digest


def test_a_mark_of_hammers_is_true_or_false():
    with pytest.raises(BadInput, match="`hammer` must be true or false, got 'yes'"):
        Menu.from_dict({**MINIMAL, "tactic": [{"text": "auto", "hammer": "yes"}]})


def test_the_digest_follows_the_content_and_not_the_name(tmp_path):
    source = (Path(__file__).parents[2] / "aitp_gym/provers/propositional/menus/propositional.toml").read_text()
    renamed = tmp_path / "renamed.toml"
    renamed.write_text(source.replace('name = "propositional"', 'name = "mine"'))
    changed = tmp_path / "changed.toml"
    changed.write_text(source.replace('text = "intro"', 'text = "introduce"'))
    original = Menu.load("propositional")
    assert Menu.load(renamed).digest == original.digest
    assert Menu.load(changed).digest != original.digest


def test_an_unknown_menu_names_the_nearest():
    with pytest.raises(UnknownName, match=r"'holight-full'. Did you mean 'hollight-full'\?"):
        Menu.load("holight-full")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tactic": []}, "offers no tactic"),
        ({"tactic": [{"text": "a"}, {"text": "a"}]}, "same tactic"),
        ({"tactic": [{"text": "a {premise}"}]}, "`ranks`"),
        ({"tactic": [{"text": "a", "ranks": [1]}]}, "`ranks`"),
        ({"tactic": [{"text": "a {premise}", "ranks": [0]}]}, "integers >= 1"),
        ({"tactic": [{"text": "a {premises}", "nearest": [4, 1]}]}, "ascending"),
        ({"tactic": [{"no": "text"}]}, "`text`"),
        ({"version": "one"}, "`version` must be of type int"),
        ({"extra": 1}, "extra"),
        ({"syntax": {"quote": "x"}}, "quote"),
    ],
)
def test_a_bad_menu_is_refused_with_the_reason(change, message):
    with pytest.raises(BadInput, match=message):
        Menu.from_dict({**MINIMAL, **change})


def test_a_file_that_is_no_menu_is_refused_by_name(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text("name = ")
    with pytest.raises(BadInput, match=r"broken\.toml is not a menu"):
        Menu.load(path)


LEAN_GOAL = "p q : Prop\ninst✝ : Decidable p\nh₁ : p ∧\n    q\nx : Nat := 3\n⊢ q : Prop\n\nother : p\n⊢ p"
NAMING = {
    **MINIMAL,
    "tactic": [
        {"text": "apply {premise}", "ranks": [1, 2]},
        {"text": "apply {hypothesis}", "last": [1, 2, 3]},
    ],
}


def test_hypotheses_are_named_from_the_last_to_the_first_as_far_as_they_have_names_to_type():
    assert hypothesis_names(LEAN_GOAL) == ["x", "h₁", "q", "p"]


def test_a_menu_offers_the_hypotheses_of_the_goal():
    menu = Menu.from_dict(NAMING)
    tactics = [candidate.tactic for candidate in menu.candidates(["mt", "h₁"], LEAN_GOAL)]
    assert tactics == ["apply mt", "apply h₁", "apply x", "apply h₁", "apply q"]
    assert [candidate.tactic for candidate in menu.candidates(["mt"])] == ["apply mt"]


def test_a_name_is_that_of_a_hypothesis_where_the_goal_has_one():
    menu = Menu.from_dict(NAMING)
    assert menu.parse("apply x", LEAN_GOAL) == ("apply {hypothesis}", (), None)
    assert menu.parse("apply x") == ("apply {premise}", ("x",), None)
    assert [slot.label for slot in menu.slots][menu.slot_of("apply q", ["mt"], LEAN_GOAL)] == "apply {hypothesis} 3"
    assert menu.slot_of("apply p", ["mt"], LEAN_GOAL) is None


def test_within_k_keeps_what_reaches_no_further():
    menu = Menu.load("hollight-full")
    for k in (0, 1, 4, 16):
        near = menu.within(k)
        assert near.slots == tuple(slot for slot in menu.slots if slot.reach <= k)
        assert near.max_premises <= k
    assert menu.within(16) == menu
    assert menu.within(4).digest != menu.digest
    # The first assumption has place 0, and needs one assumption.
    assert {slot.label for slot in Menu.load("propositional").within(1).slots} >= {"intro", "exact h{index} 0"}
    assert "exact h{index} 1" not in {slot.label for slot in Menu.load("propositional").within(1).slots}


@pytest.mark.parametrize("k", [-1, 17, 2.5, True, "4"])
def test_within_a_k_that_the_menu_does_not_have_is_refused(k):
    with pytest.raises(BadInput, match=r"k must be a whole number from 0 to 16.*'hollight-full'"):
        Menu.load("hollight-full").within(k)

"""HOL Light's menus, against its tactic language."""

import pytest

from aitp_gym.menus import Menu
from aitp_gym.provers.hollight.holist.grammar import parse
from aitp_gym.provers.hollight.spec import SPEC

MENUS = [file.stem for file in sorted(SPEC.menus.glob("*.toml"))]


@pytest.mark.parametrize("name", MENUS)
def test_every_tactic_that_a_menu_offers_is_one(name):
    menu = Menu.load(name)
    for candidate in menu.candidates([f"T{number}" for number in range(menu.max_premises)]):
        assert str(parse(candidate.tactic)) == candidate.tactic


def test_a_tactic_is_a_hammer_in_every_menu_or_in_none():
    marks: dict[str, set[bool]] = {}
    for name in MENUS:
        for slot in Menu.load(name).slots:
            marks.setdefault(slot.template.split()[0], set()).add(slot.hammer)
    marks.pop("CONV_TAC")  # a hammer with TAUT, and none with other conversions
    assert [tactic for tactic, found in marks.items() if len(found) > 1] == []

import os

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.menus import Menu

HEAD = 'name = "m"\nversion = 1\nprover = "toy"\n'
TACTIC = '[[tactic]]\ntext = "A"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 50_000, "is not a menu"),
        (HEAD + "syntax = { premise = 3 }\n" + TACTIC, "must consist of texts"),
        (HEAD + 'syntax = { premise = "THM" }\n' + TACTIC, "must have {name} once"),
        (HEAD + 'syntax = { separator = "" }\n' + TACTIC, "must have a space"),
        (HEAD + 'syntax = { separator = "and" }\n' + TACTIC, "must have a space"),
        (HEAD + '[[tactic]]\ntext = "A {premise} {premise}"\nranks = [1]\n', "and once"),
    ],
)
def test_a_menu_that_could_not_be_used_is_refused(tmp_path, text, said):
    path = tmp_path / "menu.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        Menu.load(path)


def test_a_large_menu_is_refused_unread(tmp_path):
    path = tmp_path / "menu.toml"
    path.touch()
    os.truncate(path, 2**40)
    with pytest.raises(BadInput, match="no more than"):
        Menu.load(path)

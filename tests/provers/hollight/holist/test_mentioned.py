"""Theorems in the text of a tactic."""

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.provers.hollight.holist.mentioned import read_tactic
from aitp_gym.provers.registry import find


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("GEN_TAC", ("GEN_TAC", ())),
        ("MATCH_MP_TAC THM LE_TRANS", ("MATCH_MP_TAC", ("LE_TRANS",))),
        ("REWRITE_TAC [ THM B ; ASSUM 0 ; THM A ]", ("REWRITE_TAC", ("B", "A"))),
        ("TRANS_TAC THM LE_TRANS `(c (num) THM)`", ("TRANS_TAC", ("LE_TRANS",))),
        ("GEN_REWRITE_TAC COMPOSE [ LAND_CONV ; I ] [ THM A ]", ("GEN_REWRITE_TAC", ("A",))),
    ],
)
def test_theorems_are_found_wherever_they_stand_in_the_arguments(text, read):
    assert read_tactic(text) == read


def test_what_is_no_tactic_is_refused():
    with pytest.raises(BadInput, match="is not a tactic"):
        read_tactic("CHEAT_TAC")


def test_the_prover_names_its_reader():
    reader = find("hollight").read_tactic
    assert reader is not None
    assert reader("MP_TAC THM A") == ("MP_TAC", ("A",))

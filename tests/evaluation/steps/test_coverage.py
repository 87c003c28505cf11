"""What menus can write of what people did."""

import pytest

from aitp_gym.evaluation.steps.coverage import coverage, meaning, writable
from aitp_gym.menus import Menu

MENU = Menu.load("hollight-full")
RANKED = ["A", "B", "C", "D", "E"]


def offered(goal="⊢ g"):
    return {meaning(MENU, candidate.tactic, goal) for candidate in MENU.candidates(RANKED, goal)}


@pytest.mark.parametrize(
    ("tactic", "how"),
    [
        ("CONJ_TAC", "exactly"),
        ("EXISTS_TAC `(v (num) n)`", "no"),
        ("MATCH_MP_TAC THM B", "exactly"),
        ("MATCH_MP_TAC THM E", "template"),
        ("MP_TAC ASSUM 1", "exactly"),
        ("MP_TAC ASSUM 7", "template"),
        ("REWRITE_TAC [ THM A ; THM B ; THM C ; THM D ]", "exactly"),
        ("REWRITE_TAC [ THM D ; THM B ; THM C ; THM A ]", "exactly"),
        ("REWRITE_TAC [ THM A ; THM C ]", "template"),
        ("REWRITE_TAC [ ASSUM 0 ]", "no"),
    ],
)
def test_a_tactic_is_written_exactly_in_template_or_not_at_all(tactic, how):
    assert writable(MENU, tactic, "⊢ g", offered()) == how


def test_steps_and_whole_proofs_are_counted_by_split(step):
    steps = [
        step("⊢ g", "CONJ_TAC", "", theorem="a"),
        step("⊢ g", "MATCH_MP_TAC THM E", "", theorem="a"),
        step("⊢ g", "GEN_TAC", "", theorem="b"),
        step("⊢ g", "UNDISCH_TAC `(v (bool) p)`", "", theorem="c"),
        step("⊢ g", "GEN_TAC", "", theorem="d", whole=False),
        step("⊢ g", "GEN_TAC", "", theorem="e", split="train"),
    ]
    found = coverage(MENU, steps, lambda step, k: RANKED[:k])
    assert found["valid"].as_json() == {
        "steps": 5,
        "template": 4,
        "exactly": 3,
        "proofs": 3,
        "proofs_template": 2,
        "proofs_exactly": 1,
    }
    assert (found["train"].steps, found["train"].proofs_exactly) == (1, 1)

from dataclasses import replace

import pytest

from aitp_gym.errors import TraceError
from aitp_gym.menus import Menu
from aitp_gym.proof import Attempt, Budget, Proof, ProofStep, Spent, Step, Theorem
from aitp_gym.traces import TraceWriter
from aitp_gym.training.lightning.menu_policy.tried import read_tried, tried_in

from .conftest import no_premises, propositional_attempts

MENU = Menu.load("propositional")


def attempt(*steps, status="proved", split="train", name="t"):
    rows = tuple(
        Step(i, 0, "⊢ p → p", tactic, -1.0, outcome, "", (), 0.0, 0.0, on_proof, 0, refused)
        for i, (tactic, outcome, on_proof, refused) in enumerate(steps)
    )
    return Attempt(Theorem(name, "p → p", "propositional", split=split), status, rows, Budget(), Spent())


def labels(*attempts):
    return {each.tactic: (each.success, each.open) for each in tried_in(attempts, MENU, no_premises)}


def test_steps_of_an_accepted_proof_are_successes():
    found = labels(attempt(("intro", "subgoals", True, False), ("left", "rejected", False, False)))
    assert found == {"intro": (True, False), "left": (False, False)}


def test_steps_that_worked_but_are_on_no_proof_are_open():
    assert labels(attempt(("exfalso", "subgoals", False, False)))["exfalso"] == (False, True)


def test_a_refused_step_is_a_failure():
    assert labels(attempt(("intro", "subgoals", False, True), status="budget"))["intro"] == (False, False)


def test_an_attempt_without_accepted_proof_has_no_success():
    assert labels(attempt(("intro", "subgoals", True, False), status="budget"))["intro"] == (False, True)


def test_a_crash_and_a_tactic_of_no_slot_teach_nothing():
    assert labels(attempt(("intro", "crash", False, False), ("cut p", "subgoals", False, False))) == {}


def test_each_tactic_counts_once_at_a_goal_and_the_best_outcome_stays():
    first = attempt(("intro", "subgoals", False, False), status="budget")
    second = attempt(("intro", "subgoals", True, False))
    assert labels(first, second) == labels(second, first) == {"intro": (True, False)}
    assert len(tried_in([first, first, second], MENU, no_premises)) == 1


def test_the_slot_of_a_premise_is_its_rank(library_attempts, premises_of):
    menu = Menu.load("hollight-full")
    tried = tried_in(library_attempts, menu, premises_of)
    accepted = {menu.slots[each.slot].label for each in tried if each.success}
    assert accepted == {"MATCH_ACCEPT_TAC {premise} 1"}


def test_only_the_split_asked_for_is_read(tmp_path):
    with TraceWriter(tmp_path / "traces") as writer:
        for each in propositional_attempts(3, seed=1):
            writer.write(each, iteration=0, policy="learned")
        valid = attempt(("intro", "subgoals", True, False), split="valid", name="v")
        writer.write(valid, iteration=0, policy="learned")
        writer.compact(0)
    tried = read_tried([tmp_path / "traces"], MENU, no_premises)
    assert {each.theorem for each in tried} == {"t0", "t1", "t2"}


def test_traces_without_tactics_of_the_menu_are_refused(tmp_path):
    with TraceWriter(tmp_path / "traces") as writer:
        foreign = attempt(("cut p", "subgoals", True, False))
        writer.write(replace(foreign, status="budget"), iteration=0, policy="learned")
    with pytest.raises(TraceError, match="No tactic of menu 'propositional' was tried in the 1 'train' attempts"):
        read_tried([tmp_path / "traces"], MENU, no_premises)


def test_an_authors_steps_are_successes_and_what_the_menu_offers_besides_is_not():
    imported = replace(attempt(("intro", "subgoals", True, False), status="failed"), versions={"imported": "proof log"})
    tried = tried_in([imported], MENU, no_premises)
    assert [each.tactic for each in tried if each.success] == ["intro"]
    passed_over = {each.tactic for each in tried if not each.success}
    assert passed_over == {candidate.tactic for candidate in MENU.candidates(())} - {"intro"}
    assert not any(each.open for each in tried)


def test_hammers_that_an_author_passed_over_can_count_as_not_tried():
    tactics = [
        {"text": "intro"},
        {"text": "left"},
        {"text": "auto", "hammer": True},
        {"text": "decide", "hammer": True},
    ]
    menu = Menu.from_dict({"name": "m", "version": 1, "prover": "propositional", "tactic": tactics})
    imported = replace(attempt(("auto", "subgoals", True, False), name="u"), versions={"imported": "proof log"})
    own = attempt(("decide", "rejected", False, False))
    for unknown, passed_over in ((False, {"intro", "left", "decide"}), (True, {"intro", "left"})):
        tried = tried_in([own, imported], menu, no_premises, hammers_unknown=unknown)
        assert {each.tactic for each in tried if each.theorem == "u" and not each.success} == passed_over
        assert {each.tactic for each in tried if each.theorem == "u" and each.success} == {"auto"}
        assert [each.success for each in tried if each.theorem == "t"] == [False], "what was tried is known"


def test_an_authors_tactic_outside_the_menu_teaches_nothing():
    imported = replace(attempt(("cut p", "subgoals", True, False)), versions={"imported": "proof log"})
    assert tried_in([imported], MENU, no_premises) == []


def test_imported_and_own_attempts_mix():
    own = attempt(("left", "subgoals", True, False), ("intro", "rejected", False, False))
    imported = replace(attempt(("intro", "subgoals", True, False), name="u"), versions={"imported": "proof log"})
    tried = tried_in([own, imported], MENU, no_premises)
    assert {(each.theorem, each.tactic) for each in tried if each.success} == {("t", "left"), ("u", "intro")}


def test_premises_of_a_success_are_those_that_its_proof_needs(library_attempts, premises_of):
    menu = Menu.load("hollight-full")
    original = next(each for each in library_attempts if each.proved)
    step = next(step for step in original.steps if step.on_proof)
    named = menu.parse(step.tactic).premises[0]
    tactic = f"REWRITE_TAC [ THM {named} ; THM T1 ]"
    rows = tuple(replace(row, tactic=tactic) if row.index == step.index else row for row in original.steps)
    pruned = Proof((ProofStep(f"REWRITE_TAC [ THM {named} ]", step.goal, (), edge=step.index),))
    (success,) = [
        each for each in tried_in([replace(original, steps=rows, proof=pruned)], menu, premises_of) if each.success
    ]
    assert (success.tactic, success.used) == (tactic, (named,))

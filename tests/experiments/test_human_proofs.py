"""Proofs of people that a run learns from: looked at before it begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aitp_gym.errors import ConfigError
from aitp_gym.experiments.human_proofs import check_human_proofs
from aitp_gym.proof import Attempt, Budget, Spent, Step, Theorem
from aitp_gym.traces import TraceWriter

THEOREM = Theorem("t", "p -> p", "propositional", "made", "train")


def write(folder, *theorems, tactic="intro"):
    step = Step(0, 0, "⊢ p", tactic, -1.0, "subgoals", "", (), 0.0, 0.0, True, 0)
    with TraceWriter(folder) as writer:
        for theorem in theorems:
            attempt = Attempt(theorem, "proved", (step,), Budget(), Spent(), versions={"imported": "proofs"})
            writer.write(attempt, iteration=0, policy="human")
        writer.compact(0)
    return folder


def held_out(*statements):
    return [Theorem(f"v{i}", text, "propositional", split="valid") for i, text in enumerate(statements)]


def test_a_folder_that_is_missing_is_said_how_to_make(tmp_path):
    with pytest.raises(ConfigError, match=r"no folder .*`aitp record` writes one"):
        check_human_proofs(tmp_path / "human", "hollight", [])


def test_a_folder_without_proofs_to_learn_from_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no attempts of split 'train'"):
        check_human_proofs(tmp_path, "hollight", [])


def test_proofs_for_another_prover_are_refused(tmp_path):
    folder = write(tmp_path / "human", THEOREM)
    with pytest.raises(ConfigError, match=r"prover 'hollight', and .* those of 'propositional'"):
        check_human_proofs(folder, "hollight", [])


def test_train_proofs_of_what_is_measured_on_are_refused(tmp_path):
    folder = write(tmp_path / "human", THEOREM)
    assert check_human_proofs(folder, "propositional", held_out("q -> q"))
    with pytest.raises(ConfigError, match=r"1 of the 2 validation theorems are proved .*split by \(made\)"):
        check_human_proofs(folder, "propositional", held_out("q -> q", "p -> p"))


def test_other_splits_are_not_learned_from_and_do_not_matter(tmp_path):
    folder = write(tmp_path / "human", replace(THEOREM, split="valid"), replace(THEOREM, name="u", statement="q -> q"))
    assert check_human_proofs(folder, "propositional", held_out("p -> p"))


def test_other_steps_make_another_experiment(tmp_path):
    first, same, other = (
        check_human_proofs(write(tmp_path / name, THEOREM, tactic=tactic), "propositional", [])
        for name, tactic in (("first", "intro"), ("same", "intro"), ("other", "assumption"))
    )
    assert first == same != other

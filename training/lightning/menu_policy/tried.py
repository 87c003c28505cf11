"""From traces to what was tried: a goal, a slot of the menu, its premises, and whether it was worth it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aitp_gym.agents.policies.menu_base import nearest_names
from aitp_gym.errors import TraceError
from aitp_gym.menus import Menu
from aitp_gym.proof import Attempt, Premises, Theorem
from aitp_gym.traces import TraceReader

__all__ = ["PremisesOf", "Tried", "read_tried", "tried_in"]

PremisesOf = Callable[[Theorem], Premises]


@dataclass(frozen=True, slots=True)
class Tried:
    """One tactic tried at one goal of one theorem.

    Attributes:
        theorem: the theorem's name.
        goal: text of the goal; `premises`: what it could use.
        tactic: text of the tactic; `slot`: the slot of the menu that wrote it, ranks by tf-idf similarity.
        used: names of the tactic's premises.
        success: whether an accepted proof uses the step.
        open: whether it worked, but no accepted proof uses it: it may have led somewhere or not.
    """

    theorem: str
    goal: str
    premises: Premises
    tactic: str
    slot: int
    used: tuple[str, ...]
    success: bool
    open: bool


def read_tried(folders: Sequence[Path], menu: Menu, premises_of: PremisesOf, split: str = "train") -> list[Tried]:
    """What was tried in the attempts of one split, in the order of the traces.

    Raises:
        TraceError: a folder is no trace, or none of its steps can be learned from with this menu.
    """
    attempts = [attempt for folder in folders for _, attempt in TraceReader(folder).records(split=split)]
    found = tried_in(attempts, menu, premises_of)
    if not found:
        names = ", ".join(map(str, folders))
        raise TraceError(
            f"No tactic of menu {menu.name!r} was tried in the {len(attempts)} {split!r} attempts of {names}: "
            "give traces of a run with this menu."
        )
    return found


def tried_in(attempts: Iterable[Attempt], menu: Menu, premises_of: PremisesOf) -> list[Tried]:
    """What was tried, each (theorem, goal, tactic) once, in the order of the first try.

    Several iterations try the same tactic at the same goal; counting it each time would weigh easy theorems by the
    number of iterations. A tactic that was part of an accepted proof in any of them is a success. A step that a check
    refused is none, nor one that a crash of the prover cut short.
    """
    found: dict[tuple[str, str, str], Tried] = {}
    rankings: dict[tuple[str, str, int], list[str]] = {}
    for attempt in attempts:
        if not attempt.steps:
            continue
        theorem = attempt.theorem
        premises = premises_of(theorem)
        for step in attempt.steps:
            key = (theorem.name, step.goal, step.tactic)
            earlier = found.get(key)
            success = attempt.proved and step.on_proof and not step.refused
            if earlier is not None and (earlier.success or not success):
                continue
            place = (step.goal, premises.library.digest, len(premises))
            if place not in rankings:
                rankings[place] = nearest_names(step.goal, premises, menu.max_premises)
            parsed, slot = menu.parse(step.tactic), menu.slot_of(step.tactic, rankings[place])
            if parsed is None or slot is None or step.outcome == "crash":
                continue
            unused = step.outcome == "subgoals" and not success and not step.refused
            found[key] = Tried(
                theorem.name, step.goal, premises, step.tactic, slot, parsed.premises, success, open=unused
            )
    return list(found.values())

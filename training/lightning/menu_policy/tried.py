"""Tried tactics from traces: a goal, a slot of the menu, its premises, and whether it was worth it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aitp_gym.agents.policies.menu_base import nearest_names
from aitp_gym.errors import TraceError
from aitp_gym.menus import Menu
from aitp_gym.proof import Attempt, Premises, Theorem
from aitp_gym.traces import TraceReader

__all__ = ["PremisesOf", "Tried", "read_tried", "tried_in"]

PremisesOf = Callable[[Theorem], Premises]
"""Gives the premises that a theorem may use."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One tactic tried at one goal of one theorem.

    Attributes:
        theorem: name of the theorem.
        goal: text of the goal.
        premises: premises that it could use.
        tactic: text of the tactic.
        slot: number of the menu's slot that wrote it, ranks by tf-idf similarity.
        used: names of the tactic's premises.
        success: whether an accepted proof uses the step, or the author of an imported one.
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


def read_tried(
    folders: Sequence[Path],
    menu: Menu,
    premises_of: PremisesOf,
    split: str = "train",
    *,
    hammers_unknown: bool = False,
) -> list[Tried]:
    """Read what was tried in the attempts of one split, in the order of the traces.

    Args:
        folders: folders with traces.
        menu: menu whose slots wrote the tactics.
        premises_of: gives the premises that a theorem may use.
        split: name of the split.
        hammers_unknown: as `tried_in` takes it.

    Raises:
        TraceError: a folder is no trace, or none of its steps can be learned from with this menu.
    """
    attempts = [attempt for folder in folders for _, attempt in TraceReader(folder).records(split=split)]
    found = tried_in(attempts, menu, premises_of, hammers_unknown=hammers_unknown)
    if not found:
        names = ", ".join(map(str, folders))
        raise TraceError(
            f"No tactic of menu {menu.name!r} was tried in the {len(attempts)} {split!r} attempts of {names}: "
            "give traces of a run with this menu."
        )
    return found


def tried_in(
    attempts: Iterable[Attempt], menu: Menu, premises_of: PremisesOf, *, hammers_unknown: bool = False
) -> list[Tried]:
    """Collect what was tried, each (theorem, goal, tactic) once, in the order of the first try.

    Several iterations try the same tactic at the same goal; counting it each time would weigh easy theorems by the
    number of iterations. A tactic that was part of an accepted proof in any of them is a success. A step that a check
    refused is none, nor one that a crash of the prover cut short. The premises of a success are those that its proof
    was found to need, if it was pruned.

    An imported proof shows only what its author did. Each of its steps that the menu can say is a success, whether or
    not the proof could be replayed as a whole, and all that the menu offers besides other lengths of the same tactic
    counts as not worth trying at that goal: the author chose among everything. Of hammers this is not so sure: a person
    who explains a step may know well that a machine would find the rest. With `hammers_unknown` those passed over count
    as not tried, and what is known of them comes from attempts that tried them.

    Args:
        attempts: to learn from.
        menu: menu whose slots wrote the tactics.
        premises_of: gives the premises that a theorem may use.
        hammers_unknown: whether the author of an imported step says nothing about the menu's hammers but by using them.
    """
    found: dict[tuple[str, str, str], Tried] = {}
    rankings: dict[tuple[str, str, int], list[str]] = {}
    for attempt in attempts:
        if not attempt.steps:
            continue
        theorem = attempt.theorem
        premises = premises_of(theorem)
        needed = _needed(attempt)
        for step in attempt.steps:
            key = (theorem.name, step.goal, step.tactic)
            earlier = found.get(key)
            success = step.on_proof and not step.refused and (attempt.proved or attempt.imported)
            if earlier is not None and (earlier.success or not success):
                continue
            place = (step.goal, premises.library.digest, len(premises))
            if place not in rankings:
                rankings[place] = nearest_names(step.goal, premises, menu.max_premises)
            parsed = menu.parse(step.tactic, step.goal)
            slot = menu.slot_of(step.tactic, rankings[place], step.goal)
            if parsed is None or slot is None or step.outcome == "crash":
                continue
            unused = step.outcome == "subgoals" and not success and not step.refused
            pruned = menu.parse(needed.get(step.index, step.tactic), step.goal)
            used = parsed.premises if pruned is None else pruned.premises
            found[key] = Tried(theorem.name, step.goal, premises, step.tactic, slot, used, success, open=unused)
            if attempt.imported and success:
                for other in _passed_over(menu, slot, rankings[place], found[key]):
                    if not (hammers_unknown and menu.slots[other.slot].hammer):
                        found.setdefault((other.theorem, other.goal, other.tactic), other)
    return list(found.values())


def _needed(attempt: Attempt) -> dict[int, str]:
    """By index of a step, the tactic that the proof has in its place; shorter where the proof was pruned."""
    if attempt.proof is None:
        return {}
    # Edges are numbered in the order of application; a stray belongs to no node and has none.
    applied = [step.index for step in attempt.steps if step.node >= 0]
    return {applied[step.edge]: step.tactic for step in attempt.proof.steps if 0 <= step.edge < len(applied)}


def _passed_over(menu: Menu, chosen: int, ranked: Sequence[str], step: Tried) -> Iterator[Tried]:
    """What the author of an imported step could have done by this menu, and did not."""
    template = menu.slots[chosen].template
    for candidate in menu.candidates(ranked, step.goal):
        if menu.slots[candidate.slot].template != template:
            used = tuple(ranked[place] for place in candidate.premises)
            yield replace(step, tactic=candidate.tactic, slot=candidate.slot, used=used, success=False, open=False)

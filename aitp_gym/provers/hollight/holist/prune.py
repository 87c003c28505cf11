"""Parameter pruning: an accepted proof without the premises it does not need.

As in HOList (arXiv:1904.03241, `prune_lib.py`): for each tactic with a list of theorems, one theorem after the other is
left out, the last first, and stays out if the tactic still gives the same subgoals.
"""

from __future__ import annotations

from dataclasses import replace

from ....errors import BadInput
from ....proof import Goal, Proof, Subgoals
from ...base import ProverSession
from .grammar import Call, Theorems, parse

__all__ = ["prune"]


def prune(session: ProverSession, proof: Proof, timeout_s: float) -> Proof:
    """Leave out the premises that a proof does not need.

    Args:
        session: on the theorem that the proof proves.
        proof: accepted by a check. What comes back should be checked again: the tactics are not the same.
        timeout_s: CPU seconds for each application.

    Returns:
        The proof with shorter lists; its structure is the same.
    """
    goals: dict[int, Goal] = {0: session.root}
    steps = list(proof.steps)
    # A step's parents have smaller numbers, so its goal is known when its turn comes.
    for number, step in enumerate(steps):
        goal = goals.get(number)
        if goal is None:
            continue
        outcome = session.apply(goal, [step.tactic], timeout_s)[0]
        if not isinstance(outcome, Subgoals) or len(outcome.goals) != len(step.children):
            continue
        goals.update(zip(step.children, outcome.goals, strict=True))
        steps[number] = replace(step, tactic=_shortest(session, goal, step.tactic, outcome, timeout_s))
    return Proof(tuple(steps))


def _shortest(session: ProverSession, goal: Goal, tactic: str, wanted: Subgoals, timeout_s: float) -> str:
    try:
        call = parse(tactic)
    except BadInput:
        return tactic
    for place, argument in enumerate(call.arguments):
        if isinstance(argument, Theorems):
            for index in reversed(range(len(argument.items))):
                shorter = _without(call, place, index)
                found = session.apply(goal, [str(shorter)], timeout_s)[0]
                if isinstance(found, Subgoals) and _same(found, wanted):
                    call = shorter
    return tactic if call == parse(tactic) else str(call)


def _without(call: Call, place: int, index: int) -> Call:
    """The call without one theorem of its list at `place`."""
    listed = call.arguments[place]
    assert isinstance(listed, Theorems)
    shorter = Theorems((*listed.items[:index], *listed.items[index + 1 :]))
    return replace(call, arguments=(*call.arguments[:place], shorter, *call.arguments[place + 1 :]))


def _same(found: Subgoals, wanted: Subgoals) -> bool:
    """Whether the subgoals are the same, in order; of hypotheses, as sets."""
    return list(map(_key, found.goals)) == list(map(_key, wanted.goals))


def _key(goal: Goal) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((part.conclusion, frozenset(part.hypotheses)) for part in goal.parts)

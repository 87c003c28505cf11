"""Recorded steps in the environment's tactic language, or why they cannot be said in it.

A theorem argument has one of four origins: the library (`THM name`), the goal's hypotheses (`ASSUM n`), a rule that
computed it from others (`GSYM THM name`), or a hypothesis that the proof took out of the goal and holds in its hands.
The language has no word for the last; `replay` spares it by taking hypotheses out later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..holist.grammar import (
    Applied,
    Argument,
    Assum,
    Call,
    Composed,
    Computed,
    Conversion,
    Conversional,
    Int,
    LabelArgument,
    TermArgument,
    TermArguments,
    Theorem,
    Theorems,
    Thm,
)
from ..holist.tactics import CONVERSIONALS, CONVERSIONS, RULES, TACTICS, Kind
from ..holist.translate import NotSayable
from .recording import RecordedStep

__all__ = ["TAKEN_OUT", "Speaker", "taken_out"]

TAKEN_OUT = "a hypothesis that was taken out of the goal"
"""Why a step cannot be said that could be if the hypothesis were still there."""

_PROBE = ["text", "_"]
# The parts of what gives two theorems.
_SAME_RULES = {"CONJ_PAIR 0": "CONJUNCT1", "CONJ_PAIR 1": "CONJUNCT2"}
_WORD = re.compile(r"[^ \t\n\r\[\];`]+")


@dataclass(frozen=True)
class Speaker:
    """Says the steps of one proof.

    Args:
        terms: of the recording.
        position: of the theorem; what comes later cannot be named.
    """

    terms: Sequence[str]
    position: int

    def say(self, step: RecordedStep, hypotheses: Sequence[int]) -> Call:
        """A step as a tactic.

        Args:
            step: as recorded.
            hypotheses: of the goal that the tactic is for, which may have more than the recorded one.

        Raises:
            NotSayable: the language cannot say it; like causes have the same words.
        """
        tactic = TACTICS.get(step.tactic)
        if tactic is None:
            raise NotSayable(f"the tactic {step.tactic}")
        return Call(tactic.name, self._arguments(tactic.arguments, step.arguments, hypotheses))

    def _arguments(
        self, kinds: Sequence[Kind], given: Sequence[Any], hypotheses: Sequence[int]
    ) -> tuple[Argument, ...]:
        if len(kinds) != len(given):
            raise NotSayable("other arguments than the tactic takes")
        return tuple(self._argument(kind, argument, hypotheses) for kind, argument in zip(kinds, given, strict=True))

    def _argument(self, kind: Kind, argument: Any, hypotheses: Sequence[int]) -> Argument:
        match kind, argument:
            case Kind.THEOREM, ["thm", *_]:
                return self._theorem(argument, hypotheses)
            case Kind.THEOREM_LIST, ["list", items]:
                return Theorems(tuple(self._theorem(item, hypotheses) for item in items))
            case Kind.TERM, ["term", number]:
                return TermArgument(self.terms[number])
            case Kind.TERM_LIST, ["list", items]:
                return TermArguments(tuple(TermArgument(self.terms[number]) for _, number in items))
            case Kind.CONV, _:
                return _conversion(argument)
            case Kind.CONVERSIONAL, _:
                return _conversional(argument)
            case Kind.INT, ["text", text]:
                return Int(int(text))
            case Kind.LABEL, ["text", text] if _WORD.fullmatch(text or "_"):
                return LabelArgument(text or "_")
        raise NotSayable("a pattern of labels" if kind is Kind.LABEL else "other arguments than the tactic takes")

    def _theorem(self, theorem: Any, hypotheses: Sequence[int]) -> Theorem:
        _, conclusion, own, name, position, computed = theorem
        if name is not None and position < self.position and not own:
            return Thm(name)
        if conclusion in hypotheses:
            return Assum(hypotheses.index(conclusion))
        if computed is not None and computed[0] != "ASSUME":
            rule, given = computed
            return self._computed(rule, given, hypotheses)
        if own == [conclusion]:
            raise NotSayable(TAKEN_OUT)
        raise NotSayable("a theorem of unknown origin" if name is None else "a lemma of the same phrase")

    def _computed(self, rule: str, given: Sequence[Any], hypotheses: Sequence[int]) -> Theorem:
        rule = _SAME_RULES.get(rule, rule)
        if rule not in RULES:
            raise NotSayable(f"the rule {rule}")
        return Computed(rule, self._arguments(RULES[rule], given, hypotheses))


def _conversion(argument: Any) -> Conversion | Applied:
    match argument:
        case ["conv", name, [inner]] if name in CONVERSIONALS:
            return Applied(Conversional(name), _conversion(inner))
        case ["conv", name, []] if name in CONVERSIONS:
            return Conversion(name)
        case ["conv", name, _]:
            raise NotSayable(f"the conversion {name}")
    raise NotSayable("a conversion without a name")


def _conversional(argument: Any) -> Conversional | Composed:
    """A conversional, given what it makes of a conversion without content."""
    chain = []
    while argument != _PROBE:
        match argument:
            case ["conv", name, [inner]] if name in CONVERSIONALS:
                chain.append(Conversional(name))
                argument = inner
            case ["conv", name, _]:
                raise NotSayable(f"the conversion {name}")
            case _:
                raise NotSayable("a conversion without a name")
    return chain[0] if len(chain) == 1 else Composed(tuple(chain)) if chain else Conversional("I")


def taken_out(arguments: Sequence[Any], hypotheses: Sequence[int]) -> frozenset[int]:
    """Hypotheses that a step was given as theorems when its goal did not have them any more.

    Args:
        arguments: of the step.
        hypotheses: of its goal, as recorded.
    """
    found: set[int] = set()
    pending = list(arguments)
    while pending:
        match pending.pop():
            case ["list", items]:
                pending.extend(items)
            case ["thm", conclusion, own, _, _, computed]:
                if computed is not None and computed[0] != "ASSUME":
                    pending.extend(computed[1])
                elif own == [conclusion] and conclusion not in hypotheses:
                    found.add(conclusion)
    return frozenset(found)

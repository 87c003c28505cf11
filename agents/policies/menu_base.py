"""Base of policies over a menu: candidates, merging of equal texts, answers that extend one another."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aitp_gym.menus import Candidate, Menu
from aitp_gym.menus.premise_ranking import nearest_premises
from aitp_gym.proof import Goal, Premises

from .base import Suggestion

__all__ = ["Answer", "MenuBase", "goal_generator", "nearest_names", "softmax_answer"]


class Answer(NamedTuple):
    """All that a policy has to say about a goal, best first.

    Attributes:
        tactics: distinct texts, length C.
        logprobs: natural log-probabilities of the texts, descending, shape (C,); the probabilities add up to 1.
    """

    tactics: list[str]
    logprobs: NDArray[np.float64]


class MenuBase(ABC):
    """A tactic policy that chooses from a menu. Follows `TacticPolicy`.

    Args:
        menu: the menu, its name, or the path of its file.
    """

    name: str

    def __init__(self, menu: Menu | str | Path) -> None:
        self.menu = menu if isinstance(menu, Menu) else Menu.load(menu)
        self.versions: Mapping[str, str] = {
            "policy": self.name,
            "menu": self.menu.name,
            "menu_digest": self.menu.digest,
        }
        self._seed = 0
        self._answers: dict[tuple[str, str, int], Answer] = {}
        # Without premises and hypotheses the menu offers the same to every goal.
        varies = self.menu.max_premises > 0 or self.menu.names_hypotheses
        self._constant = None if varies else self.menu.candidates(())

    def reset(self, seed: int) -> None:
        """Begin an attempt; everything random that follows derives from `seed` and the goals."""
        self._seed = seed
        self._answers.clear()

    def get_tactics(self, goals: Sequence[Goal], premises: Sequence[Premises], k: int) -> list[list[Suggestion]]:
        """The `k` best distinct tactics for each of B goals, best first; see `TacticPolicy.get_tactics`."""
        keys = [
            (goal.key or goal.text, given.library.digest, len(given))
            for goal, given in zip(goals, premises, strict=True)
        ]
        unseen = {key: i for i, key in enumerate(keys) if key not in self._answers}
        if unseen:
            places = list(unseen.values())
            answers = self._answer([goals[i] for i in places], [premises[i] for i in places])
            self._answers.update(zip(unseen, answers, strict=True))
        return [
            list(map(Suggestion, answer.tactics[:k], answer.logprobs[:k].tolist()))
            for answer in (self._answers[key] for key in keys)
        ]

    @abstractmethod
    def _answer(self, goals: Sequence[Goal], premises: Sequence[Premises]) -> list[Answer]:
        """All that the policy has to say about each goal."""

    def _candidates(self, goal: Goal, premises: Premises) -> list[Candidate]:
        """What the menu offers with premises in the order of their tf-idf similarity to the goal."""
        if self._constant is not None:
            return self._constant
        return self.menu.candidates(nearest_names(goal.text, premises, self.menu.max_premises), goal.text)


def nearest_names(goal: str, premises: Premises, k: int) -> list[str]:
    """Names of the `k` premises nearest to a goal's text, nearest first; see `nearest_premises`."""
    return nearest_premises(goal, premises, k)[0]


def softmax_answer(tactics: Sequence[str], logits: NDArray[np.floating]) -> Answer:
    """Take the softmax over distinct texts, best first; among equals, what comes first stays first.

    A text that several slots write gets the best of their logits, not their sum: it would not succeed more often for
    having several names.

    Args:
        tactics: C texts, C > 0.
        logits: logits of the texts, shape (C,).

    Returns:
        Distinct texts and their natural log-probabilities, at most C of each.
    """
    texts = list(tactics)
    if len(set(texts)) < len(texts):
        best: dict[str, float] = {}
        for text, logit in zip(texts, logits.tolist(), strict=True):
            best[text] = max(best.get(text, logit), logit)
        texts, logits = list(best), np.array(list(best.values()))
    order = np.argsort(-logits, kind="stable")
    shifted = logits[order].astype(np.float64) - float(logits[order[0]])
    logprobs = shifted - np.log(np.exp(shifted).sum())
    # Rounding must not push a certainty above 1.
    return Answer([texts[i] for i in order.tolist()], np.minimum(logprobs, 0.0))


def goal_generator(seed: int, goal: Goal) -> np.random.Generator:
    """Generator of random numbers that depends on the attempt's seed and the goal alone, in every process alike."""
    text = f"{seed}\n{goal.key or goal.text}"
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest, np.uint64)))

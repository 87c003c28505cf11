"""Frequency policy: the rate at which each slot of the menu has led to a proof, whatever the goal."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from aitp_gym.errors import CheckpointError, TraceError
from aitp_gym.files import read_json, write_json
from aitp_gym.menus import Menu
from aitp_gym.proof import Goal, Premises

from .menu_base import Answer, MenuBase, softmax_answer

__all__ = ["FrequencyPolicy"]

_SCHEMA_VERSION = 1


class FrequencyPolicy(MenuBase):
    """Ranks slots by their rate of success, without looking at the goal: the baseline that any learner must beat.

    The rate of a slot tried n times with s successes is (s + a·r) / (n + a), where r is the rate over all slots and
    a = `prior_tries`: additive smoothing towards the average slot, so that an untried slot is neither first nor last.

    Args:
        menu: the menu, its name, or the path of its file.
        ckpt_path: file written by `save`; without one, nothing has been tried yet.
        prior_tries: number of tries that the average counts for, > 0.

    Attributes:
        rates: smoothed rates of success of the menu's S slots, in (0, 1), shape (S,).
    """

    name = "frequency"

    def __init__(self, menu: Menu | str | Path, ckpt_path: str | Path | None = None, prior_tries: float = 4.0) -> None:
        super().__init__(menu)
        self.prior_tries = prior_tries
        self._tries = np.zeros(len(self.menu.slots))
        self._successes = np.zeros(len(self.menu.slots))
        if ckpt_path is not None:
            self._load(Path(ckpt_path))
        self._update()

    @classmethod
    def fitted(cls, menu: Menu | str | Path, tried: Iterable[tuple[int, bool]], prior_tries: float = 4.0) -> Self:
        """Count what was tried.

        Args:
            menu: the menu, its name, or the path of its file.
            tried: for each tactic application the number of its slot, and whether it was part of an accepted proof.
            prior_tries: number of tries that the average counts for, > 0.
        """
        policy = cls(menu, prior_tries=prior_tries)
        for slot, success in tried:
            policy._tries[slot] += 1
            policy._successes[slot] += success
        policy._update()
        return policy

    def save(self, path: str | Path) -> None:
        """Write the counts as JSON, by the slots' labels."""
        content = {
            "policy": self.name,
            "schema_version": _SCHEMA_VERSION,
            "menu": self.menu.name,
            "menu_digest": self.menu.digest,
            "prior_tries": self.prior_tries,
            "slots": {
                slot.label: {"tries": int(tries), "successes": int(successes)}
                for slot, tries, successes in zip(self.menu.slots, self._tries, self._successes, strict=True)
            },
        }
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, content)

    def _load(self, path: Path) -> None:
        try:
            content = read_json(path)
            policy, version, digest = content["policy"], content["schema_version"], content["menu_digest"]
        except (TraceError, KeyError) as error:
            raise CheckpointError(
                f"{path} is not a checkpoint of the frequency policy ({type(error).__name__}: {error}); "
                "give the JSON file that `FrequencyPolicy.save` wrote."
            ) from error
        if (policy, version, digest) != (self.name, _SCHEMA_VERSION, self.menu.digest):
            raise CheckpointError(
                f"{path} is of policy {policy!r}, schema {version}, menu {content.get('menu')!r} ({str(digest)[:12]}); "
                f"expected policy {self.name!r}, schema {_SCHEMA_VERSION}, menu {self.menu.name!r} "
                f"({self.menu.digest[:12]}): fit it again with this menu."
            )
        try:
            self.prior_tries = float(content["prior_tries"])
            for index, slot in enumerate(self.menu.slots):
                self._tries[index] = content["slots"][slot.label]["tries"]
                self._successes[index] = content["slots"][slot.label]["successes"]
            counts = np.array([self._successes, self._tries])
            if not (0 < self.prior_tries < math.inf and np.isfinite(counts).all() and (counts[0] >= 0).all()):
                raise ValueError("counts are numbers >= 0, and prior_tries > 0")
            if (counts[0] > counts[1]).any():
                raise ValueError("a slot has more successes than tries")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise CheckpointError(f"{path} is damaged: {type(error).__name__}: {error}. Fit it again.") from error

    def _update(self) -> None:
        tries, successes, prior = self._tries, self._successes, self.prior_tries
        # The average too is smoothed, towards one half: before anything is tried, all slots are alike.
        average = (successes.sum() + 0.5) / (tries.sum() + 1.0)
        self.rates = (successes + prior * average) / (tries + prior)
        counts = json.dumps([self._tries.tolist(), self._successes.tolist(), prior])
        digest = hashlib.sha256(counts.encode()).hexdigest()
        self.versions = {**self.versions, "weights_digest": digest}

    def _answer(self, goals: Sequence[Goal], premises: Sequence[Premises]) -> list[Answer]:
        return [self._by_rate(goal, given) for goal, given in zip(goals, premises, strict=True)]

    def _by_rate(self, goal: Goal, premises: Premises) -> Answer:
        candidates = self._candidates(goal, premises)
        rates = self.rates[[candidate.slot for candidate in candidates]]
        return softmax_answer([candidate.tactic for candidate in candidates], np.log(rates))

"""What was tried, as arrays: features computed once, before training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aitp_gym.agents.encoders.features import hash_features, statement_features
from aitp_gym.agents.policies.menu_config import MenuPolicyConfig
from aitp_gym.agents.policies.menu_network import look_up
from aitp_gym.menus import Menu
from aitp_gym.proof import Library

from .tried import Tried

__all__ = ["Examples", "Sparse", "build_examples"]

Sparse = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Bucket numbers and weights of one text's features; see `hash_features`."""


@dataclass(frozen=True)
class Examples:
    """E tried tactics at G goals, with at most M premises each.

    Attributes:
        goals: texts of the goals, length G; `dense`: their dense features, shape (G, K).
        goal: of each example, shape (E,); `group`: of its slot, shape (E,).
        premises: its premises as rows of `statements`, -1 where there are fewer than M; shape (E, M).
        cosines: of these premises and the goal, shape (E, M); 0 where there is none.
        statements: features of the premises that occur.
        label: 1 for a success, else 0; shape (E,). `weight`: shape (E,).
    """

    goals: list[str]
    dense: NDArray[np.float32]
    goal: NDArray[np.int64]
    group: NDArray[np.int64]
    premises: NDArray[np.int64]
    cosines: NDArray[np.float32]
    statements: list[Sparse]
    label: NDArray[np.float32]
    weight: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.goal)


def build_examples(tried: Sequence[Tried], menu: Menu, config: MenuPolicyConfig, open_weight: float) -> Examples:
    """Compute features and labels.

    Args:
        tried: what was tried.
        menu: whose slots it names.
        config: of the network.
        open_weight: weight of an example that worked but is on no accepted proof; all others weigh 1.
    """
    size, width = len(tried), max(menu.max_premises, 1)
    goal_rows: dict[tuple[str, str, int], int] = {}
    statement_rows: dict[tuple[str, int], int] = {}
    places: dict[str, dict[str, int]] = {}
    seen = []
    goals: list[str] = []
    statements: list[Sparse] = []
    goal = np.zeros(size, np.int64)
    premises = np.full((size, width), -1, np.int64)
    cosines = np.zeros((size, width), np.float32)
    for row, each in enumerate(tried):
        library = each.premises.library
        if library.digest not in places:
            places[library.digest] = {entry.name: i for i, entry in enumerate(library.entries)}
        key = (each.goal, library.digest, len(each.premises))
        if key not in goal_rows:
            goal_rows[key] = len(goals)
            goals.append(each.goal)
            seen.append(look_up(each.goal, each.premises))
        goal[row] = goal_rows[key]
        here = seen[goal[row]]
        # A premise that the library lacks belongs to another version of it, and nothing is known about it.
        entries = [place for name in each.used if (place := places[library.digest].get(name)) is not None]
        for column, entry in enumerate(entries[:width]):
            position = int(np.searchsorted(here.entries, entry))
            if position == len(here.entries) or here.entries[position] != entry:
                continue
            cosines[row, column] = here.cosines[position]
            if (library.digest, entry) not in statement_rows:
                statement_rows[library.digest, entry] = len(statements)
                statements.append(_statement(library, entry, config.premise_buckets))
            premises[row, column] = statement_rows[library.digest, entry]
    groups = np.array([slot.group for slot in menu.slots])
    return Examples(
        goals=goals,
        dense=np.stack([each.dense for each in seen]),
        goal=goal,
        group=groups[[each.slot for each in tried]],
        premises=premises,
        cosines=cosines,
        statements=statements,
        label=np.array([each.success for each in tried], np.float32),
        weight=np.array([open_weight if each.open else 1.0 for each in tried], np.float32),
    )


def _statement(library: Library, entry: int, buckets: int) -> Sparse:
    return hash_features(statement_features(library.entries[entry].statement), buckets)

"""Examples for the menu policy: tried tactics as arrays, features computed once before training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aitp_gym.agents.encoders.bag import Sparse
from aitp_gym.agents.policies.menu_config import MenuPolicyConfig
from aitp_gym.agents.policies.menu_network import look_up, pool_cosines, shortlist
from aitp_gym.menus import Menu
from aitp_gym.proof import Library, Premises
from aitp_gym.terms.features import hash_features, statement_features

from .tried import Tried

__all__ = ["Examples", "Shortlist", "build_examples"]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Shortlist of the S premises nearest to a goal, and how often its proofs used them.

    Attributes:
        rows: places in `Examples.statements`, int64, shape (S,).
        cosines: tf-idf similarities to the goal, in [0, 1], shape (S,).
        used: for each premise, the successes that named it, each divided by how many premises it named; shape (S,).
    """

    rows: NDArray[np.int64]
    cosines: NDArray[np.float32]
    used: NDArray[np.float32]


@dataclass(frozen=True)
class Examples:
    """E tried tactics at G goals.

    Attributes:
        goals: texts of the goals, length G.
        dense: dense features of the goals, shape (G, K).
        goal: number of each tried tactic's goal, shape (E,).
        group: group of each tried tactic's slot, shape (E,).
        pooled: greatest and mean similarity of each tried tactic's premises, shape (E, 2).
        label: 1 for a success, else 0, shape (E,).
        weight: weight of each tried tactic in the loss, in [0, 1], shape (E,).
        shortlists: shortlists by number of the goal, where a success named premises.
        statements: features of the premises in shortlists.
    """

    goals: list[str]
    dense: NDArray[np.float32]
    goal: NDArray[np.int64]
    group: NDArray[np.int64]
    pooled: NDArray[np.float32]
    label: NDArray[np.float32]
    weight: NDArray[np.float32]
    shortlists: dict[int, Shortlist]
    statements: list[Sparse]

    def __len__(self) -> int:
        return len(self.goal)


def build_examples(tried: Sequence[Tried], menu: Menu, config: MenuPolicyConfig, open_weight: float) -> Examples:
    """Compute features and labels; see `Examples` for the shapes.

    Args:
        tried: E tried tactics.
        menu: menu whose slots they name.
        config: configuration of the network.
        open_weight: weight, in [0, 1], of an example that worked but is on no accepted proof; all others weigh 1.
    """
    libraries: dict[str, _LibraryView] = {}
    places: dict[tuple[str, str, int], int] = {}
    goals: list[_GoalView] = []
    statements: list[Sparse] = []
    shortlists: dict[int, Shortlist] = {}
    goal = np.zeros(len(tried), np.int64)
    pooled = np.zeros((len(tried), 2), np.float32)
    for row, each in enumerate(tried):
        library = each.premises.library
        if library.digest not in libraries:
            libraries[library.digest] = _LibraryView(library, config.premise_buckets, statements)
        key = (each.goal, library.digest, len(each.premises))
        if key not in places:
            places[key] = len(goals)
            goals.append(_GoalView(each.goal, each.premises, libraries[library.digest]))
        place = places[key]
        goal[row] = place
        used = goals[place].find(each.used)
        pooled[row] = pool_cosines(goals[place].seen.cosines, [used])[0]
        if each.success and used:
            if place not in shortlists:
                shortlists[place] = goals[place].shortlist(menu.max_premises)
            shortlists[place].used[:] += goals[place].share(used, menu.max_premises)
    groups = np.array([slot.group for slot in menu.slots])
    return Examples(
        goals=[view.text for view in goals],
        dense=np.stack([view.seen.dense for view in goals]),
        goal=goal,
        group=groups[[each.slot for each in tried]],
        pooled=pooled,
        label=np.array([each.success for each in tried], np.float32),
        weight=np.array([open_weight if each.open else 1.0 for each in tried], np.float32),
        shortlists=shortlists,
        statements=statements,
    )


class _LibraryView:
    """Where a library's entries are, and the rows of their features, computed when first asked for."""

    def __init__(self, library: Library, buckets: int, statements: list[Sparse]) -> None:
        self.places = {entry.name: place for place, entry in enumerate(library.entries)}
        self._library = library
        self._buckets = buckets
        self._statements = statements
        self._rows: dict[int, int] = {}

    def row(self, entry: int) -> int:
        if entry not in self._rows:
            self._rows[entry] = len(self._statements)
            statement = self._library.entries[entry].statement
            self._statements.append(hash_features(statement_features(statement), self._buckets))
        return self._rows[entry]


class _GoalView:
    """A goal and the premises it could use."""

    def __init__(self, text: str, premises: Premises, library: _LibraryView) -> None:
        self.text = text
        self.seen = look_up(text, premises)
        self._library = library

    def find(self, names: Sequence[str]) -> list[int]:
        """Places of premises in `seen`; those that are not there belong to another version of the library."""
        entries = [self._library.places[name] for name in names if name in self._library.places]
        places = np.searchsorted(self.seen.entries, entries)
        inside = places < len(self.seen.entries)
        found = zip(places[inside].tolist(), np.array(entries)[inside].tolist(), strict=True)
        return [place for place, entry in found if self.seen.entries[place] == entry]

    def shortlist(self, k: int) -> Shortlist:
        """The goal's shortlist, nothing of it used yet."""
        near = shortlist(self.seen, k)
        rows = np.array([self._library.row(int(entry)) for entry in self.seen.entries[near]], np.int64)
        return Shortlist(rows, self.seen.cosines[near], np.zeros(len(near), np.float32))

    def share(self, used: Sequence[int], k: int) -> NDArray[np.float32]:
        """One success, shared among the premises of the shortlist that it named; shape (S,)."""
        named = np.isin(shortlist(self.seen, k), used)
        return (named / max(len(used), 1)).astype(np.float32)

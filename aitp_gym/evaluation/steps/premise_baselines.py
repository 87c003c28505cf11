"""Baselines for premises: those that somebody named at a goal, foretold by what they share with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from aitp_gym.menus.premise_ranking import TfIdf, indices_of, tfidf_of, top_ranked

from ...proof import Library, Premise
from .known_steps import KnownStep

__all__ = ["WITHIN", "premise_recall"]

WITHIN = (1, 4, 16, 64)
"""Lengths of the lists that are looked through."""

_NEIGHBOURS = 60
# What tf-idf counts for beside the premises of near goals.
_SHARE = 0.5
_Scores = NDArray[np.floating]


def premise_recall(train: Sequence[KnownStep], held_out: Sequence[KnownStep]) -> dict[str, dict[str, float]]:
    """Measure how far up in rankings the premises of held-out steps are.

    - `popularity`: how many training steps named a premise;
    - `tf-idf`: what it shares with the goal;
    - `near goals`: how near, squared, the training goals are that named it, of the 60 nearest;
    - `near goals and tf-idf`: their sum, tf-idf weighed by one half.

    Args:
        train: steps to learn from.
        held_out: steps to measure on; those without premises do not count.

    Returns:
        By ranking: `mrr`, the mean of one by the rank of the first premise; `recall@k`, the mean share of a step's
        premises among the first k; `all@k`, the share of steps with all of theirs there. Empty if no step counts.
    """
    train, held_out = [step for step in train if step.premises], [step for step in held_out if step.premises]
    ranks: dict[str, list[list[int]]] = {}
    # The steps of a library together, in their order.
    for digest, steps in groupby(sorted(held_out, key=_library), key=_library):
        own = list(steps)
        rankings = _rankings([step for step in train if _library(step) == digest], own[0].allowed.library)
        places = {entry.name: place for place, entry in enumerate(own[0].allowed.library.entries)}
        for step in own:
            wanted = [places[name] for name in step.premises]
            allowed = indices_of(step.allowed.indices)
            for name, scores in rankings.items():
                ranks.setdefault(name, []).append(_ranks(scores(step), allowed, wanted))
    return {name: _figures(found) for name, found in ranks.items()}


def _library(step: KnownStep) -> str:
    return step.allowed.library.digest


def _rankings(train: Sequence[KnownStep], library: Library) -> dict[str, Callable[[KnownStep], _Scores]]:
    """Functions from a step to scores of all N entries of the library, shape (N,)."""
    places = {entry.name: place for place, entry in enumerate(library.entries)}
    named = [np.array([places[name] for name in step.premises]) for step in train]
    popularity = np.zeros(len(library.entries))
    for entries in named:
        popularity[entries] += 1
    similar = tfidf_of(library)
    goals = TfIdf(Library("goals", "goals", tuple(Premise(str(n), step.goal, n) for n, step in enumerate(train))))

    def near(step: KnownStep) -> _Scores:
        scores = np.zeros(len(library.entries))
        cosines = goals.cosines(step.goal)
        for neighbour in top_ranked(cosines, range(len(train)), _NEIGHBOURS) if train else ():
            scores[named[neighbour]] += cosines[neighbour] ** 2
        return scores

    return {
        "popularity": lambda step: popularity,
        "tf-idf": lambda step: similar.cosines(step.goal),
        "near goals": near,
        "near goals and tf-idf": lambda step: near(step) + _SHARE * similar.cosines(step.goal),
    }


def _ranks(scores: _Scores, allowed: NDArray[np.int64], wanted: Sequence[int]) -> list[int]:
    """Ranks, from 1, of the wanted among the allowed entries; as `top_ranked` ranks them, the later of equals first."""
    values = scores[allowed]
    return [
        1 + int(np.count_nonzero((values > scores[place]) | ((values == scores[place]) & (allowed > place))))
        for place in wanted
    ]


def _figures(ranks: Sequence[Sequence[int]]) -> dict[str, float]:
    figures = {"mrr": float(np.mean([1 / min(each) for each in ranks]))}
    for k in WITHIN:
        figures[f"recall@{k}"] = float(np.mean([np.mean([rank <= k for rank in each]) for each in ranks]))
    for k in WITHIN:
        figures[f"all@{k}"] = float(np.mean([max(each) <= k for each in ranks]))
    return figures

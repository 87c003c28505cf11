"""The arithmetic of the learned menu policy on numpy arrays. `training.lightning.menu_policy.network` is its twin.

With goal vector e (D,), dense features d (K,), and for each premise p its tf-idf cosine and its vector v (R,):

    score(p)     = similarity · cosine(p) + ⟨e · goal_map, v(p)⟩
    logit(slot)  = weight[g] · e + dense[g] · d + bias[g] + premise[g] · (max score, mean score over its premises)

where g is the slot's group. The premises of a slot are those its rank or length takes from the nearest by cosine in the
order by `score`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aitp_gym.menus import Candidate
from aitp_gym.proof import Library, Premises

from ..encoders.features import hash_features, statement_features
from .menu_config import NUM_DENSE, NUM_PROGRESS, MenuPolicyConfig
from .premises import indices_of, tfidf_of, top_ranked

__all__ = [
    "GoalPremises",
    "candidate_logits",
    "dense_features",
    "init_weights",
    "library_vectors",
    "look_up",
    "rank_premises",
]

SHORTLIST = 4
"""How many times more premises are scored than named."""

Array = NDArray[np.float32]
Weights = Mapping[str, NDArray[np.float32]]


class GoalPremises(NamedTuple):
    """What a goal sees of its library before any learned score.

    Attributes:
        entries: library indices of the premises it may use, ascending, shape (P,).
        cosines: their tf-idf similarity, shape (P,).
        dense: features of the goal, shape (K,).
    """

    entries: NDArray[np.int64]
    cosines: Array
    dense: Array


def look_up(goal: str, premises: Premises) -> GoalPremises:
    """Compare a goal's text with what it may use."""
    index = indices_of(premises.index)
    if not len(index):
        return GoalPremises(index, np.zeros(0, np.float32), np.zeros(NUM_DENSE, np.float32))
    cosines = tfidf_of(premises.library).cosines(goal)[index]
    return GoalPremises(index, cosines, dense_features(cosines, len(index) / len(premises.library.entries)))


def dense_features(cosines: Array, progress: float) -> Array:
    """Where in the library a goal stands, and how well the library covers it.

    Args:
        cosines: similarity of its premises, shape (P,), P > 0.
        progress: share of the library that it may use, in [0, 1].

    Returns:
        A thermometer of `progress` in 16 steps, then the mean similarity of the 1, 4 and 16 nearest; shape (K,).
    """
    best = np.sort(np.partition(cosines, max(len(cosines) - 16, 0))[-16:])[::-1]
    steps = progress * NUM_PROGRESS >= np.arange(1, NUM_PROGRESS + 1)
    means = [best[:n].mean() for n in (1, 4, 16)]
    return np.concatenate([steps, means], dtype=np.float32)


def library_vectors(library: Library, weights: Weights) -> Array:
    """The vectors v of a library's statements, shape (N, R)."""
    table = weights["premise.embedding"]
    vectors = np.zeros((len(library.entries), table.shape[1]), np.float32)
    for row, entry in enumerate(library.entries):
        indices, values = hash_features(statement_features(entry.statement), len(table))
        vectors[row] = values @ table[indices]
    return vectors


def rank_premises(
    vector: Array, seen: GoalPremises, vectors: Array, weights: Weights, k: int
) -> tuple[NDArray[np.int64], Array]:
    """Choose premises for a goal among the nearest by tf-idf: the learned score has seen no others in training.

    Args:
        vector: of the goal, shape (D,).
        seen: its premises.
        vectors: of the whole library, shape (N, R).
        weights: of the network.
        k: how many; the `SHORTLIST` · k nearest are scored.

    Returns:
        The `k` of highest score: library indices and scores, best first, each of shape (min(k, P),).
    """
    near = top_ranked(seen.cosines, range(len(seen.entries)), SHORTLIST * k)
    scores: Array = weights["premise.similarity"] * seen.cosines[near] + vectors[seen.entries[near]] @ (
        vector @ weights["premise.goal_map"]
    )
    # Equal scores stay in the order of the shortlist, so an untrained policy names the nearest.
    best = np.argsort(-scores, kind="stable")[:k]
    return seen.entries[near[best]], scores[best]


def candidate_logits(
    vector: Array,
    dense: Array,
    scores: Array,
    groups: NDArray[np.int64],
    candidates: Sequence[Candidate],
    weights: Weights,
) -> Array:
    """Logits of candidates for one goal.

    Args:
        vector: of the goal, shape (D,).
        dense: features of the goal, shape (K,).
        scores: of the ranked premises that the candidates' `premises` index, shape (M,), descending.
        groups: group of each slot, shape (S,).
        candidates: C of them.
        weights: of the network.

    Returns:
        Shape (C,).
    """
    by_group = weights["slot.weight"] @ vector + weights["slot.dense"] @ dense + weights["slot.bias"]
    chosen = groups[[candidate.slot for candidate in candidates]]
    logits = by_group[chosen]
    if len(scores):
        means = np.cumsum(scores) / np.arange(1, len(scores) + 1)
        # A candidate's premises are a run of ranks: one rank, or all up to one.
        first = [candidate.premises[0] if candidate.premises else -1 for candidate in candidates]
        last = [candidate.premises[-1] if candidate.premises else -1 for candidate in candidates]
        named = np.array(first) >= 0
        best = np.where(named, scores[first], 0.0)
        mean = np.where(named, np.where(np.array(first) == 0, means[last], scores[first]), 0.0)
        logits = logits + (weights["slot.premise"][chosen] * np.stack([best, mean], axis=1)).sum(axis=1)
    return logits.astype(np.float32)


def init_weights(config: MenuPolicyConfig, seed: int) -> dict[str, Array]:
    """Small random weights: logits next to zero, premises in the very order of their cosines.

    The weights of a transformer are not among them; see `encoders.transformer`.
    """
    rng = np.random.default_rng(seed)
    width, rank, groups = config.encoder.width, config.premise_rank, config.num_groups

    def normal(scale: float, *shape: int) -> Array:
        return rng.normal(0.0, scale, shape).astype(np.float32)

    weights: dict[str, Array] = {
        "premise.embedding": normal(0.02, config.premise_buckets, rank),
        "premise.goal_map": np.zeros((width, rank), np.float32),
        "premise.similarity": np.ones((), np.float32),
        "slot.weight": normal(0.01, groups, width),
        "slot.dense": np.zeros((groups, NUM_DENSE), np.float32),
        "slot.bias": np.zeros(groups, np.float32),
        "slot.premise": np.zeros((groups, 2), np.float32),
    }
    if config.encoder.kind == "bag":
        weights["encoder.embedding"] = normal(0.02, config.encoder.buckets, width)
    return weights

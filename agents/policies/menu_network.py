"""Arithmetic of the learned menu policy on numpy arrays. `training.lightning.menu_policy.network` is its twin.

With goal vector e (D,), dense features d (K,), and for each premise p its tf-idf cosine and its vector v (R,):

    score(p)     = similarity · cosine(p) + ⟨e · goal_map, v(p)⟩
    logit(slot)  = weight[g] · e + dense[g] · d + bias[g] + premise[g] · (max, mean of its premises' cosines)

where g is the slot's group. The softmax of `score` over the premises nearest by cosine says which of them a proof uses;
a slot's premises are those its rank or length takes from their order by `score`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aitp_gym.menus.premise_ranking import indices_of, tfidf_of, top_ranked
from aitp_gym.proof import Library, Premises
from aitp_gym.terms.features import hash_features, statement_features

from ..encoders.registry import encoder_weights
from .menu_config import NUM_DENSE, NUM_PROGRESS, MenuPolicyConfig

__all__ = [
    "GoalPremises",
    "candidate_logits",
    "dense_features",
    "init_weights",
    "library_vectors",
    "look_up",
    "pool_cosines",
    "rank_premises",
    "shortlist",
]

SHORTLIST = 4
"""How many times more premises are scored than named."""

SIMILARITY = 10.0
"""What `similarity` starts from: the nearest of a goal's premises differ by about 0.1 in cosine, so by one nat."""

Array = NDArray[np.float32]
Weights = Mapping[str, NDArray[np.float32]]


class GoalPremises(NamedTuple):
    """Premises of a goal before any learned score.

    Attributes:
        entries: library indices of the premises that it may use, ascending, int64, shape (P,).
        cosines: tf-idf similarities of these premises, in [0, 1], shape (P,).
        dense: dense features of the goal, shape (K,).
    """

    entries: NDArray[np.int64]
    cosines: Array
    dense: Array


def look_up(goal: str, premises: Premises) -> GoalPremises:
    """Compare a goal's text with the P premises that it may use."""
    index = indices_of(premises.indices)
    if not len(index):
        return GoalPremises(index, np.zeros(0, np.float32), np.zeros(NUM_DENSE, np.float32))
    cosines = tfidf_of(premises.library).cosines(goal)[index]
    return GoalPremises(index, cosines, dense_features(cosines, len(index) / len(premises.library.entries)))


def dense_features(cosines: Array, progress: float) -> Array:
    """Compute a goal's dense features: where in the library it stands, and how well the library covers it.

    Args:
        cosines: tf-idf similarities of its premises, in [0, 1], shape (P,), P > 0.
        progress: share of the library that it may use, in [0, 1].

    Returns:
        A thermometer of `progress` in 16 steps, then the mean similarity of the 1, 4 and 16 nearest; shape (K,).
    """
    best = np.sort(np.partition(cosines, max(len(cosines) - 16, 0))[-16:])[::-1]
    steps = progress * NUM_PROGRESS >= np.arange(1, NUM_PROGRESS + 1)
    means = [best[:n].mean() for n in (1, 4, 16)]
    return np.concatenate([steps, means], dtype=np.float32)


def library_vectors(library: Library, weights: Weights) -> Array:
    """Compute the vectors v of a library's N statements, shape (N, R)."""
    table = weights["premise.embedding"]
    vectors = np.zeros((len(library.entries), table.shape[1]), np.float32)
    for row, entry in enumerate(library.entries):
        indices, values = hash_features(statement_features(entry.statement), len(table))
        vectors[row] = values @ table[indices]
    return vectors


def shortlist(seen: GoalPremises, k: int) -> NDArray[np.int64]:
    """Places in `seen` of the premises nearest by tf-idf, nearest first; shape (min(SHORTLIST · k, P),).

    Only these get a learned score: training has seen no others, and what it says of others is noise.

    Args:
        seen: P premises of a goal.
        k: number of premises that will be named.
    """
    return top_ranked(seen.cosines, range(len(seen.entries)), SHORTLIST * k)


def rank_premises(
    vector: Array, seen: GoalPremises, vectors: Array, weights: Weights, k: int
) -> tuple[NDArray[np.int64], Array]:
    """Choose the premises of highest score from the shortlist.

    Args:
        vector: vector of the goal, shape (D,).
        seen: P premises of the goal.
        vectors: vectors of the whole library, shape (N, R).
        weights: weights of the network, see `init_weights`.
        k: number of premises to choose, at most.

    Returns:
        Library indices and cosines of the chosen, best first, each of shape (min(k, P),).
    """
    near = shortlist(seen, k)
    learned = vectors[seen.entries[near]] @ (vector @ weights["premise.goal_map"])
    scores = weights["premise.similarity"] * seen.cosines[near] + learned
    # Equal scores stay in the order of the shortlist, so an untrained policy names the nearest.
    best = near[np.argsort(-scores, kind="stable")[:k]]
    return seen.entries[best], seen.cosines[best]


def pool_cosines(cosines: Array, premises: Sequence[Sequence[int]]) -> Array:
    """Pool the similarities of each candidate's premises: the greatest and the mean, 0 where there are none.

    Args:
        cosines: similarities of the ranked premises, shape (M,).
        premises: for each of C candidates, indices into `cosines`.

    Returns:
        Shape (C, 2).
    """
    pooled = np.zeros((len(premises), 2), np.float32)
    for row, used in enumerate(premises):
        if used:
            own = cosines[list(used)]
            pooled[row] = own.max(), own.mean()
    return pooled


def candidate_logits(vector: Array, dense: Array, pooled: Array, groups: NDArray[np.int64], weights: Weights) -> Array:
    """Compute the logits of C candidates for one goal, shape (C,).

    Args:
        vector: vector of the goal, shape (D,).
        dense: dense features of the goal, shape (K,).
        pooled: pooled similarities of the candidates' premises, shape (C, 2).
        groups: groups of the candidates' slots, shape (C,).
        weights: weights of the network, see `init_weights`.
    """
    by_group = weights["slot.weight"] @ vector + weights["slot.dense"] @ dense + weights["slot.bias"]
    logits: Array = by_group[groups] + (weights["slot.premise"][groups] * pooled).sum(axis=1)
    return logits


def init_weights(config: MenuPolicyConfig, seed: int) -> dict[str, Array]:
    """Small random weights: logits next to zero, premises in the very order of their cosines.

    Args:
        config: sizes: D, R, the number of groups and that of the premises' buckets.
        seed: for everything random.

    Returns:
        `premise.embedding` (premise_buckets, R), `premise.goal_map` (D, R), `premise.similarity` (),
        `slot.weight` (groups, D), `slot.dense` (groups, K), `slot.bias` (groups,), `slot.premise` (groups, 2), and
        those of the encoder, named `encoder.*`.
    """
    rng = np.random.default_rng(seed)
    width, rank, groups = config.encoder.width, config.premise_rank, config.num_groups

    def normal(scale: float, *shape: int) -> Array:
        return rng.normal(0.0, scale, shape).astype(np.float32)

    return {
        "premise.embedding": normal(0.02, config.premise_buckets, rank),
        "premise.goal_map": np.zeros((width, rank), np.float32),
        "premise.similarity": np.full((), SIMILARITY, np.float32),
        "slot.weight": normal(0.01, groups, width),
        "slot.dense": np.zeros((groups, NUM_DENSE), np.float32),
        "slot.bias": np.zeros(groups, np.float32),
        "slot.premise": np.zeros((groups, 2), np.float32),
        **encoder_weights(config.encoder, seed, rng),
    }

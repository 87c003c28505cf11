"""Baselines for tactics: the one that somebody used at a goal, foretold without a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax

from aitp_gym.terms.text_features import text_features, tokens

from ...errors import StatementError
from ...terms.hol_term import parse_hol, subterms
from .known_steps import KnownStep

__all__ = ["TOP", "tactic_accuracy", "tactic_ranks"]

TOP = (1, 3, 5, 10)
"""Numbers of guesses that are allowed."""

# Of the linear model: squares of its weights against the log-likelihood of one step, and iterations at most.
_PENALTY = 1.0
_ITERATIONS = 60


def tactic_accuracy(train: Sequence[KnownStep], held_out: Sequence[KnownStep]) -> dict[str, dict[int, float]]:
    """Measure how often the names of held-out steps' tactics are among the first guesses of `tactic_ranks`.

    Args:
        train: steps to learn from; not empty.
        held_out: steps to measure on; not empty.

    Returns:
        By predictor and number of guesses, the share of the held-out steps, in [0, 1].
    """
    return {name: {k: float(np.mean(ranks <= k)) for k in TOP} for name, ranks in tactic_ranks(train, held_out).items()}


def tactic_ranks(train: Sequence[KnownStep], held_out: Sequence[KnownStep]) -> dict[str, NDArray[np.float64]]:
    """Rank the names of held-out steps' tactics among the guesses of simple predictors.

    - `frequency`: the same guesses everywhere, the most frequent tactics;
    - `outermost symbol`: the most frequent tactics at conclusions with the same outermost symbol;
    - `linear`: multinomial logistic regression over the constants (or words) of conclusion and hypotheses.

    Args:
        train: steps to learn from; not empty.
        held_out: steps to measure on; not empty.

    Returns:
        By predictor the ranks, from 1, infinite where the name is no guess; shape (number of held-out steps,).
    """
    names = [name for name, _ in Counter(step.head for step in train).most_common()]
    by_symbol: dict[str, Counter[str]] = {}
    for step in train:
        by_symbol.setdefault(_outermost(step.goal), Counter())[step.head] += 1

    def with_symbol(step: KnownStep) -> list[str]:
        first = [name for name, _ in by_symbol.get(_outermost(step.goal), Counter()).most_common()]
        return [*first, *(name for name in names if name not in first)]

    return {
        "frequency": _ranks(held_out, lambda step: names),
        "outermost symbol": _ranks(held_out, with_symbol),
        "linear": _ranks(held_out, _linear(train, held_out, names)),
    }


def _ranks(steps: Sequence[KnownStep], guesses: Callable[[KnownStep], Sequence[str]]) -> NDArray[np.float64]:
    return np.array(
        [
            1.0 + list(guessed).index(step.head) if step.head in guessed else np.inf
            for step in steps
            for guessed in [guesses(step)]
        ]
    )


def _linear(
    train: Sequence[KnownStep], held_out: Sequence[KnownStep], names: Sequence[str]
) -> Callable[[KnownStep], Sequence[str]]:
    """Guesses of a linear model for held-out steps, by their goals."""
    goals = list(dict.fromkeys(step.goal for step in held_out))
    columns: dict[str, int] = {}
    for step in train:
        for feature in _features(step.goal):
            columns.setdefault(feature, len(columns))
    number = {name: place for place, name in enumerate(names)}
    labels = np.array([number[step.head] for step in train])
    weights = _logistic_regression(_matrix((step.goal for step in train), columns), labels, len(names))
    ranked = np.argsort(-(_matrix(goals, columns) @ weights), axis=1, kind="stable")
    best = {goal: [names[place] for place in row] for goal, row in zip(goals, ranked[:, : max(TOP)], strict=True)}
    return lambda step: best[step.goal]


def _matrix(goals: Iterable[str], columns: Mapping[str, int]) -> csr_matrix:
    """Known features of each of G goals as ones, and a one for all; shape (G, F + 1)."""
    rows = [[len(columns), *(columns[name] for name in _features(goal) if name in columns)] for goal in goals]
    starts = np.cumsum([0, *map(len, rows)])
    indices = np.array([place for row in rows for place in row])
    return csr_matrix((np.ones(len(indices)), indices, starts), shape=(len(rows), len(columns) + 1))


def _logistic_regression(features: csr_matrix, labels: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Weights of C classes with the greatest penalised likelihood, shape (F, C).

    Args:
        features: of N steps, shape (N, F).
        labels: class of each, shape (N,).
        classes: C.
    """
    shape, steps = (features.shape[1], classes), np.arange(len(labels))
    transposed = features.T.tocsr()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(shape)
        logprobs = log_softmax(features @ weights, axis=1)
        excess = np.exp(logprobs)
        excess[steps, labels] -= 1.0
        value = _PENALTY / 2 * float(flat @ flat) - float(logprobs[steps, labels].sum())
        return value / len(labels), (transposed @ excess + _PENALTY * weights).ravel() / len(labels)

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    weights: NDArray[np.float64] = found.x.reshape(shape)
    return weights


def _outermost(goal: str) -> str:
    conclusion = next((line for line in goal.split("\n") if line.startswith("⊢ ")), goal)
    return _symbols(conclusion.removeprefix("⊢ "))[0]


@lru_cache(maxsize=50_000)
def _features(goal: str) -> frozenset[str]:
    """Symbols of conclusion and hypotheses, the outermost of the conclusion, and sizes."""
    found: set[str] = {f"outermost {_outermost(goal)}"}
    hypotheses = 0
    for line in filter(None, goal.split("\n")):
        _, symbols, size = _symbols(line.removeprefix("⊢ "))
        if line.startswith("⊢ "):
            found.update(f"conclusion {symbol}" for symbol in symbols)
            found.add(f"size {size.bit_length()}")
        else:
            found.update(f"hypothesis {symbol}" for symbol in symbols)
            hypotheses += 1
    return frozenset({*found, f"hypotheses {min(hypotheses, 4)}"})


@lru_cache(maxsize=50_000)
def _symbols(text: str) -> tuple[str, frozenset[str], int]:
    """Outermost symbol, constants (or words) and number of nodes (or words) of a term."""
    if text.startswith("("):
        try:
            term = parse_hol(text)
        except StatementError:
            pass  # A formula may begin with a bracket too.
        else:
            nodes = subterms(term)
            return term.head, frozenset(node.name for node in nodes if node.kind == "constant"), len(nodes)
    words = tokens(text)
    outermost = next(feature for feature in text_features(text) if feature.startswith("top "))
    return outermost.removeprefix("top "), frozenset(words), len(words)

"""Premises ranked by what they share with a goal: cosine of tf-idf vectors over constants or words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..proof import Library, Premises
from ..terms.hol_term import constants

__all__ = ["TfIdf", "indices_of", "nearest_premises", "tfidf_of", "top_ranked"]

# What a statement in usual notation is about: parts of names, except such short ones as variables have, and symbols.
_WORD = re.compile(r"[^\W\d_]{3,}|[^\w\s()\[\]{},.:⊢]+|\[\]")


class TfIdf:
    """Tf-idf vectors of the N statements of a library, computed once and stored by constant.

    A statement may be the text of a goal, with a hypothesis in each line; its constants count like the conclusion's.
    Constants are those of a typed S-expression; of a statement in usual notation (Lean's), its words and symbols.

    The weight of a constant that occurs n times in a statement, and in d of the library's N statements, is
    (1 + ln n) · ln((N + 1) / (d + 1)); vectors are scaled to length 1.

    Args:
        library: library with N entries.
    """

    def __init__(self, library: Library) -> None:
        self.digest = library.digest
        self._size = len(library.entries)
        terms = all(line.startswith("(") for entry in library.entries for line in _lines(entry.statement))
        self._count: Callable[[str], Mapping[str, int]] = constants if terms else _words
        counts = [self._counts(entry.statement) for entry in library.entries]
        frequency = Counter(name for found in counts for name in found)
        self._idf = {name: float(np.log((self._size + 1) / (n + 1))) for name, n in frequency.items()}
        postings: dict[str, list[tuple[int, float]]] = {}
        for entry, found in enumerate(counts):
            for name, weight in self._vector(found).items():
                postings.setdefault(name, []).append((entry, weight))
        self._postings = {
            name: (np.array([entry for entry, _ in rows]), np.array([weight for _, weight in rows], np.float32))
            for name, rows in postings.items()
        }

    def cosines(self, goal: str) -> NDArray[np.float32]:
        """Similarity of each entry of the library to a goal, in [0, 1], shape (N,).

        Args:
            goal: `Goal.text`; the constants of hypotheses count like those of the conclusion.
        """
        scores = np.zeros(self._size, np.float32)
        for name, weight in self._vector(self._counts(goal)).items():
            entries, weights = self._postings[name]
            scores[entries] += weight * weights
        return scores

    def _counts(self, text: str) -> Mapping[str, int]:
        found: Counter[str] = Counter()
        for line in _lines(text):
            found.update(self._count(line))
        return found

    def _vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        weights = {
            name: (1.0 + float(np.log(n))) * self._idf[name] for name, n in counts.items() if self._idf.get(name, 0) > 0
        }
        norm = float(np.sqrt(sum(weight * weight for weight in weights.values())))
        return {name: weight / norm for name, weight in weights.items()}


def _lines(text: str) -> list[str]:
    return [line.removeprefix("⊢ ") for line in text.split("\n")]


def _words(text: str) -> Mapping[str, int]:
    return Counter(_WORD.findall(text))


def top_ranked(scores: NDArray[np.float32], index: Sequence[int], k: int) -> NDArray[np.int64]:
    """Select the entries of highest score, best first; equal scores put the later entry first.

    Later entries are nearer to the goal in its library, and so likelier to be about the same things.

    Args:
        scores: scores of the whole library, shape (N,).
        index: indices of the entries that may be chosen, ascending.
        k: number of entries to select, at most; >= 1.

    Returns:
        Indices into the library, shape (min(k, len(index)),).
    """
    chosen = indices_of(index)
    values = scores[chosen]
    if k < len(chosen):
        # All ties of the k-th value stay in, or the choice among them would not be ours.
        kept = np.flatnonzero(values >= np.partition(values, len(values) - k)[len(values) - k])
        chosen, values = chosen[kept], values[kept]
    return chosen[np.lexsort((-chosen, -values))][:k]


def indices_of(index: Sequence[int]) -> NDArray[np.int64]:
    """Turn the indices of P entries of a library into an int64 array, shape (P,); fast where they are a range."""
    if isinstance(index, range):
        return np.arange(index.start, index.stop, index.step, dtype=np.int64)
    return np.array(index, dtype=np.int64)


_KEPT = 4
_cache: dict[str, TfIdf] = {}


def tfidf_of(library: Library) -> TfIdf:
    """Vectors of a library, computed at its first use in this process; the last few libraries are kept."""
    found = _cache.pop(library.digest, None) or TfIdf(library)
    _cache[library.digest] = found
    while len(_cache) > _KEPT:
        del _cache[next(iter(_cache))]
    return found


def nearest_premises(goal: str, premises: Premises, k: int) -> tuple[list[str], NDArray[np.float32]]:
    """Find the `k` premises nearest to a goal's text by tf-idf over constants, nearest first.

    Args:
        goal: `Goal.text`.
        premises: P premises that it may use.
        k: number of premises, at most.

    Returns:
        Their names and their similarities to the goal, in [0, 1]; min(k, P) of each.
    """
    if not k or not len(premises):
        return [], np.zeros(0, np.float32)
    scores = tfidf_of(premises.library).cosines(goal)
    nearest = top_ranked(scores, premises.indices, k)
    return [premises.library.entries[i].name for i in nearest], scores[nearest]

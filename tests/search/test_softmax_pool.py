"""A pool that draws by the softmax of scores."""

from __future__ import annotations

import math
import random
from collections import Counter
from math import inf

import pytest

from aitp_gym.search.softmax_pool import SoftmaxPool


def frequencies(pool: SoftmaxPool, draws: int) -> dict[int, float]:
    source = random.Random(1)
    return {item: count / draws for item, count in Counter(pool.draw(source) for _ in range(draws)).items()}


def test_items_are_drawn_by_the_exponentials_of_their_scores():
    pool = SoftmaxPool()
    assert pool.is_empty
    for score in (0.0, 1.0, -inf, 2.0, -1.0):
        pool.add(score)
    # exp: 1, 2.71828, 0, 7.38906, 0.36788; together 11.47522.
    expected = {0: 0.08714, 1: 0.23688, 3: 0.64391, 4: 0.03206}
    assert frequencies(pool, 20_000) == pytest.approx(expected, abs=0.015)
    assert len(pool) == 5


def test_items_change_and_go():
    pool = SoftmaxPool()
    for _ in range(9):
        pool.add(0.0)
    for item in range(9):
        pool[item] = -inf if item != 5 else -3.0
    assert frequencies(pool, 100) == {5: 1.0}
    assert pool[5] == -3.0
    pool[5] = -inf
    assert pool.is_empty


@pytest.mark.parametrize("shift", [-1e6, -5000.0, 0.0, 5000.0])
def test_the_size_of_the_scores_does_not_matter(shift):
    pool = SoftmaxPool()
    for score in (0.0, math.log(3.0), -2000.0):
        pool.add(shift + score)
    assert frequencies(pool, 20_000) == pytest.approx({0: 0.25, 1: 0.75}, abs=0.015)


def test_the_total_is_that_of_the_scores_after_any_history():
    source = random.Random(0)
    pool, scores = SoftmaxPool(), []
    for _ in range(2000):
        score = source.choice([source.gauss(0, 10), -inf])
        if source.random() < 0.5 or not scores:
            assert pool.add(score) == len(scores)
            scores.append(score)
        else:
            item = source.randrange(len(scores))
            pool[item] = scores[item] = score
    highest = max(scores)
    total = highest + math.log(math.fsum(math.exp(score - highest) for score in scores))
    assert pool.total == pytest.approx(total, rel=1e-12)
    assert [pool[item] for item in range(len(pool))] == scores

"""The parts of a proof graph on their own: open sets, cycle detection."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.proof.cycles import CycleDetector
from aitp_gym.proof.open_set import OpenSet


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5000))))
def test_an_open_set_is_a_sorted_set(actions):
    ours, reference = OpenSet(), set()
    for add, item in actions:
        (ours.add if add else ours.discard)(item)
        (reference.add if add else reference.discard)(item)
        assert (item in ours) == (item in reference)
    assert list(ours) == sorted(reference)
    assert len(ours) == len(reference)
    assert 10**6 not in ours


@pytest.mark.parametrize("seed", range(40))
def test_cycles_are_found_exactly_in_graphs_far_larger_than_one_search(seed):
    rng = random.Random(seed)
    (nodes, window), reach = rng.choice([(400, 1), (400, 3), (200, 20)]), rng.choice([10, 40, 400])
    detector = CycleDetector()
    detector.add_node(None)
    below = [1]  # for each node, the nodes it reaches as bits, itself included

    def link(source: int, target: int) -> None:
        for n in range(len(below)):
            if below[n] >> source & 1:
                below[n] |= below[target]

    for n in range(1, nodes):
        parent = max(0, n - 1 - rng.randrange(window))
        detector.add_node(parent)
        below.append(1 << n)
        link(parent, n)
    found = 0
    for _ in range(nodes):
        source = rng.randrange(nodes)
        target = min(nodes - 1, max(0, source + rng.randint(-reach, reach)))
        closes = bool(below[target] >> source & 1)
        # Few cycles, or all soon is one.
        if closes and found and rng.random() < 0.9:
            continue
        assert detector.add_arc(source, target) == closes
        found += closes
        link(source, target)
    assert found > 0

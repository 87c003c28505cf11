"""A long random walk with premises: no hang, flat memory, and every limit kept."""

from __future__ import annotations

from collections import Counter

import pytest

from aitp_gym.provers.hol4.figures import hol4_figures, random_walk

STEPS = 2000


@pytest.mark.slow
def test_a_random_walk_keeps_its_limits_and_its_memory(hol4):
    done = random_walk(hol4, steps=STEPS, seed=1)
    kinds = Counter(kind for kind, _ in done)
    assert len(done) == STEPS
    assert kinds["subgoals"] > STEPS / 20
    assert not kinds.keys() & {"crash", "parse", "forbidden"}
    # Wall time on a busy machine; the limits count CPU time.
    late = [elapsed_s for _, elapsed_s in done if elapsed_s > 0.1 * 5 + 1 + 0.2]
    assert late == []
    assert all(worker.resident_mb < 400 for worker in hol4._pool._idle)


@pytest.mark.benchmark
def test_the_figures_are_what_is_promised(hol4):
    figures = hol4_figures(2.0)
    assert figures["ready_s"] < 0.2
    assert figures["cheap_tactic_ms"] < 1.5
    assert figures["restart_s"] < 0.5

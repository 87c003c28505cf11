"""Lean's figures, on a quiet machine."""

import pytest

from aitp_gym.bench import measure


@pytest.mark.benchmark
def test_lean_is_as_fast_as_promised(lean):
    figures = measure(["lean"])["lean"]
    assert figures["first_goal_s"] < 0.3
    assert figures["step_ms"] < 10.0
    assert figures["candidate_ms"] < 2.0
    assert figures["restart_s"] < 0.4
    assert figures["depth_60_ms"] < 3.0
    assert figures["after_heavy_path_ms"] < 3.0
    assert figures["candidate_after_heavy_path_ms"] < 2.0

"""Lean's figures, on a quiet machine."""

import pytest

from aitp_gym.provers.lean.figures import lean_figures


@pytest.mark.benchmark
def test_lean_is_as_fast_as_promised(lean):
    figures = lean_figures()
    assert figures["first_goal_s"] < 1.0
    assert figures["step_ms"] < 50.0
    assert figures["candidate_ms"] < 10.0
    assert figures["restart_s"] < 0.5

"""Figures of the tactic policies."""

import pytest

from aitp_gym.bench.measure import parts
from aitp_gym.bench.policies import BATCH_SIZES, POLICIES, policy_figures


def test_every_policy_is_measured_alone_and_in_batches():
    pytest.importorskip("torch", reason="most encoders need torch: pip install 'aitp-gym[lightning]'")
    figures = policy_figures(goals=2, library=20)
    assert tuple(figures) == POLICIES
    for measured in figures.values():
        assert list(measured) == [str(size) for size in BATCH_SIZES]
        assert all(ms > 0 for ms in measured.values())


def test_the_part_names_the_figures_that_it_gives():
    assert set(parts()["policies"].figures) == set(POLICIES)

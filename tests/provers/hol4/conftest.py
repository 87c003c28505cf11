"""HOL4 where there is one; and everywhere a stand-in that plays a recorded conversation."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.hol4 import Hol4, Installation

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def hol4() -> Iterator[Hol4]:
    """The user's HOL4, in the strict context."""
    try:
        Installation.find()
    except ProverUnavailable as error:
        pytest.skip(f"HOL4 cannot be used here: {error}")
    prover = Hol4()
    yield prover
    prover.close()


@pytest.fixture
def played(tmp_path, monkeypatch) -> Iterator[Hol4]:
    """A `Hol4` over a stand-in for `hol` that plays `transcript.jsonl` and objects to any other request."""
    from aitp_gym.provers.hol4 import heap

    binaries = tmp_path / "hol" / "bin"
    binaries.mkdir(parents=True)
    launcher = binaries / "hol"
    player = HERE / "player.py"
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} {player} {HERE / "transcript.jsonl"} "$@"\n')
    launcher.chmod(0o755)
    (binaries / "hol.state").write_bytes(b"")
    monkeypatch.setenv("HOLDIR", os.fspath(tmp_path / "hol"))
    monkeypatch.setattr(heap, "cache_root", lambda: tmp_path / "cache")
    prover = Hol4()
    yield prover
    prover.close()

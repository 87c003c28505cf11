"""A stand-in for HOL4 that plays a recorded conversation, for wherever there is no HOL4."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aitp_gym.provers.hol4.prover import Hol4

HERE = Path(__file__).parent


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

"""Servers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .servers import Address, WatchedProver, eventually, served, server_of


@pytest.fixture
def watched() -> WatchedProver:
    """Propositional logic that tells how many of its sessions are open."""
    return WatchedProver()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Address, WatchedProver]]:
    """A server with the usual limits for all tests of a file, and its prover."""
    prover = WatchedProver()
    with served(server_of(prover)) as address:
        yield address, prover


@pytest.fixture
def address(running: tuple[Address, WatchedProver]) -> Iterator[Address]:
    """Of the server; no session may be left when the test is over."""
    address, prover = running
    yield address
    assert eventually(lambda: prover.sessions == [])

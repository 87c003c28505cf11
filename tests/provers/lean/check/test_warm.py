"""Checks that fork from processes which have started already: the same verdicts, and nothing of one in another."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers import sandbox
from aitp_gym.provers.lean.check import verify, warm
from aitp_gym.provers.lean.check.compiler import compile_file, lean_command
from aitp_gym.provers.lean.check.conformance import examination
from aitp_gym.provers.lean.source import Source

from .conftest import ENOUGH

SWAP = Source("", "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p")
MIDDLE = Source("", "theorem middle (p : Prop) : p ∨ ¬p")
CHEAT = Source("", "theorem cheat : 1 = 2")


@pytest.fixture
def warmed(engine, monkeypatch):
    """The engine with its checks kept warm, from the first one on."""
    if sandbox.choose() == "bubblewrap":
        pytest.skip("in bubblewrap each check has processes of its own")
    monkeypatch.setattr(warm, "_PAYS_AFTER", 0)
    with warm.keep_warm(engine):
        yield engine
    assert warm.warm_checks(engine) is None


def test_verdicts_are_those_of_processes_of_their_own(warmed):
    checks = warm.warm_checks(warmed)
    for source, body, status, word in (
        (SWAP, "  exact ⟨h.2, h.1⟩", "accepted", ""),
        (SWAP, "  exact h", "refused", "Lean reports"),
        (MIDDLE, "  exact Classical.em p", "accepted", ""),
        (CHEAT, "  set_option debug.skipKernelTC true in decide +kernel", "refused", "the kernel does not accept"),
        (SWAP, "  exact ⟨h.2, h.1⟩", "accepted", ""),
    ):
        found = verify(warmed, source, body, 30)
        assert (found.status, word in found.reason) == (status, True), found
    assert verify(warmed, MIDDLE, "  exact Classical.em p", 30).axioms == ("Classical.choice", "Quot.sound", "propext")
    assert verify(warmed, SWAP, "  exact ⟨h.2, h.1⟩", 30).axioms == ()
    # One host of each kind did it all.
    with checks.compiler() as compiler, checks.kernel() as kernel:
        assert min(compiler._forks, kernel._forks) > 5


@pytest.mark.integration
def test_every_cheat_is_refused_and_every_honest_twin_accepted(warmed):
    found = examination(warmed)
    assert found.faults == ()
    assert (found.cheats_refused, found.honest_accepted) == (found.cheats_total, found.cheats_total)


def test_what_is_compiled_is_what_a_process_of_its_own_compiles(engine, warmed, tmp_path):
    text = SWAP.with_proof("  exact ⟨h.2, h.1⟩")
    for name in ("fork", "own"):
        (tmp_path / name).mkdir()
    forked = compile_file(warmed, text, tmp_path / "fork", ENOUGH)
    kept, warm._kept = warm._kept, {}
    try:
        own = compile_file(engine, text, tmp_path / "own", ENOUGH)
    finally:
        warm._kept = kept
    assert own.olean is not None
    assert (forked.olean, forked.messages) == (own.olean, own.messages)


def test_a_fork_is_in_a_sandbox_of_its_own(warmed, tmp_path):
    own, other, file = tmp_path / "own", tmp_path / "other", tmp_path / "own" / "Aitp.lean"
    own.mkdir(), other.mkdir()
    file.write_text("theorem t : 1 = 1 := rfl\n")
    for target, written in ((own, True), (other, False)):
        olean = target / "Aitp.olean"
        argv = lean_command(warmed, ["--root", os.fspath(own), "-o", os.fspath(olean), os.fspath(file)], writable=[own])
        with warm.warm_checks(warmed).compiler() as host, host.fork(argv, tmp_path / "log", 30) as running:
            assert (running.wait() == 0, olean.exists()) == (written, written)


def test_a_proof_that_takes_too_long_ends_alone(warmed):
    assert verify(warmed, SWAP, "  exact ⟨h.2, h.1⟩", 30).status == "accepted"
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    found = verify(warmed, SWAP, "  repeat (have := h)", 1.0)
    assert found.status == "unavailable" or "CPU seconds to compile" in found.reason
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before
    assert verify(warmed, SWAP, "  exact ⟨h.2, h.1⟩", 30).status == "accepted"


def test_a_host_that_is_killed_costs_one_check(warmed):
    assert verify(warmed, SWAP, "  exact ⟨h.2, h.1⟩", 30).status == "accepted"
    with warm.warm_checks(warmed).compiler() as host:
        pid = host._process.pid
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ProverUnavailable, match="was lost"):
            host.fork(["lean"], host._process.log, 1)
    assert verify(warmed, SWAP, "  exact ⟨h.2, h.1⟩", 30).status == "accepted"

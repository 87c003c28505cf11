"""What goes wrong with a child costs one tactic and little time, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time

import pytest

from aitp_gym.errors import ProverLost, ProverUnavailable
from aitp_gym.proof import Failure, Goal, Proof, ProofStep, Subgoals
from aitp_gym.provers import process
from aitp_gym.provers.hollight import check
from aitp_gym.provers.hollight.child import Child
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.provers.hollight.server import Server
from aitp_gym.provers.hollight.session import HolLightSession
from aitp_gym.provers.hollight.wire import FieldFrames

LOOPING = "(!x:A. R x (f x)) /\\ (!x y z. R x y /\\ R y z ==> R x z) ==> R a (g a)"
RESTART_S = 0.5


@pytest.fixture
def session(hollight):
    opened = hollight.start(hollight.parse("!p q. p /\\ q ==> q /\\ p"))
    yield opened
    opened.close()


def child_of(session: HolLightSession) -> Child:
    child = session._worker.child
    assert child is not None
    return child


class Proxy:
    """Stands between a session and its child, and spoils what the child replies after so many bytes."""

    def __init__(self, session: HolLightSession, after: int, on_fault) -> None:
        child = child_of(session)
        self._real = child._connection
        ours, self._near = socket.socketpair()
        child._connection = ours
        child._frames = FieldFrames(ours.fileno(), ours.fileno())
        self._left = after
        self._on_fault = on_fault
        self._threads = [threading.Thread(target=run) for run in (self._requests, self._replies)]
        for thread in self._threads:
            thread.start()

    def _requests(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._near.recv(65536):
                self._real.settimeout(None)
                self._real.sendall(data)
        with contextlib.suppress(OSError):
            self._real.shutdown(socket.SHUT_RDWR)

    def _replies(self) -> None:
        with contextlib.suppress(OSError):
            self._real.settimeout(None)
            while data := self._real.recv(65536):
                self._near.sendall(data[: self._left])
                self._left -= len(data)
                if self._left <= 0:
                    self._on_fault(self)
                    return

    def hang_up(self) -> None:
        self._near.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        self._near.close()
        self._real.close()


@pytest.fixture
def spoil(session):
    """Spoil the replies of the session's child after so many bytes."""
    proxies = []

    def start(after: int, on_fault=Proxy.hang_up) -> None:
        proxies.append(Proxy(session, after, on_fault))

    yield start
    session.close()
    for proxy in proxies:
        proxy.close()


def assert_works(session: HolLightSession) -> None:
    started = time.monotonic()
    (outcome,) = session.apply(session.root, ["GEN_TAC"], 1.0)
    assert isinstance(outcome, Subgoals)
    assert time.monotonic() - started < RESTART_S


def test_a_child_killed_before_the_request_costs_one_tactic(session):
    child = child_of(session)
    child._handle.kill()
    assert child._handle.wait(10)
    outcomes = session.apply(session.root, ["GEN_TAC", "GEN_TAC", "MESON_TAC [ ]"], 1.0)
    assert [getattr(outcome, "kind", "subgoals") for outcome in outcomes] == ["crash", "subgoals", "subgoals"]
    assert outcomes[0].elapsed_s < RESTART_S
    assert_works(session)


def test_a_child_killed_while_it_works_costs_the_tactic_it_worked_on(hollight):
    session = hollight.start(hollight.parse(LOOPING))
    child = child_of(session)
    tactics = ["DISCH_TAC", "MESON_TAC [ ]", "DISCH_TAC"]
    killer = threading.Thread(target=kill_when_busy, args=(child,))
    killer.start()
    outcomes = session.apply(session.root, tactics, 20.0)
    killer.join()
    assert [getattr(outcome, "kind", "subgoals") for outcome in outcomes] == ["subgoals", "crash", "subgoals"]
    session.close()


def kill_when_busy(child: Child) -> None:
    """Kill the child once it has used 0.1 s of CPU."""
    with process.ProcessHandle(child.pid) as handle:
        while cpu_s(child.pid) < 0.1 and not handle.wait(0.01):
            pass
        handle.kill()


def cpu_s(pid: int) -> float:
    # The clock of another process, as in clock_getcpuclockid(3).
    return time.clock_gettime((~pid << 3) | 2)


def test_a_child_killed_after_a_reply_costs_the_next_tactic_only(session):
    assert_works(session)
    child_of(session)._handle.kill()
    first, second = session.apply(session.root, ["GEN_TAC", "GEN_TAC"], 1.0)
    assert isinstance(first, Failure)
    assert first.kind == "crash"
    assert isinstance(second, Subgoals)


def test_a_stopped_child_is_killed_at_the_deadline_and_replaced(session):
    stopped = child_of(session)
    with process.ProcessHandle(stopped.pid) as handle:
        handle.send(signal.SIGSTOP)
        started = time.monotonic()
        first, second = session.apply(session.root, ["GEN_TAC", "GEN_TAC"], 0.1)
        assert time.monotonic() - started < 3.0
        assert handle.wait(10)
    assert isinstance(first, Failure)
    assert first.kind == "timeout"
    assert isinstance(second, Subgoals)
    assert_works(session)


def test_a_stopped_child_ends_with_its_session(session):
    with process.ProcessHandle(child_of(session).pid) as handle:
        handle.send(signal.SIGSTOP)
        session.close()
        assert handle.wait(10)


@pytest.mark.parametrize("after", [1, 3, 4, 7, 100])
def test_a_reply_cut_off_costs_one_tactic(session, spoil, after):
    spoil(after)
    first, second = session.apply(session.root, ["GEN_TAC", "GEN_TAC"], 1.0)
    assert isinstance(first, Failure)
    assert first.kind == "crash"
    assert isinstance(second, Subgoals)
    assert_works(session)


def test_a_reply_cut_in_half_keeps_the_replies_before_it(session, spoil):
    (whole,) = session.apply(session.root, ["GEN_TAC"], 1.0)
    size = len(whole.goals[0].text.encode())
    spoil(size + size // 2)
    outcomes = session.apply(session.root, ["GEN_TAC", "GEN_TAC", "GEN_TAC"], 1.0)
    assert [getattr(outcome, "kind", "subgoals") for outcome in outcomes] == ["subgoals", "crash", "subgoals"]
    assert outcomes[0].goals == whole.goals


def test_half_a_reply_and_then_silence_costs_one_tactic(session, spoil):
    spoil(50, on_fault=lambda proxy: None)
    first, second = session.apply(session.root, ["GEN_TAC", "GEN_TAC"], 0.1)
    assert isinstance(first, Failure)
    assert first.kind == "timeout"
    assert isinstance(second, Subgoals)


def test_a_reply_of_nonsense_costs_one_tactic(session, spoil):
    spoil(0, on_fault=lambda proxy: proxy._near.sendall(b"\0\0\0\5hello"))
    first, second = session.apply(session.root, ["GEN_TAC", "GEN_TAC"], 1.0)
    assert isinstance(first, Failure)
    assert first.kind == "crash"
    assert isinstance(second, Subgoals)


def test_a_reply_that_claims_to_be_huge_costs_one_tactic(session, spoil):
    spoil(0, on_fault=lambda proxy: proxy._near.sendall(b"\xff\xff\xff\xff"))
    first, second = session.apply(session.root, ["GEN_TAC", "GEN_TAC"], 1.0)
    assert isinstance(first, Failure)
    assert first.kind == "crash"
    assert isinstance(second, Subgoals)


@pytest.fixture
def bomb(hollight):
    """A session in little memory, and a goal whose hypotheses make it twice as large at every rewriting."""
    small = HolLight(memory_mb=64)
    equations = ("!x. f x = g (SUC x) + (g (SUC x):num)", "!x. g x = f (SUC x) + (f (SUC x):num)")
    session = small.start(hollight.parse("Q (f (a:num):num):bool"))
    hypotheses = [hollight.parse(equation).statement for equation in equations]
    yield session, Goal.single(session.root.parts[0].conclusion, hypotheses)
    session.close()


def test_a_memory_bomb_is_out_of_memory_and_the_rest_goes_on(bomb):
    session, goal = bomb
    outcomes = session.apply(goal, ["REWRITE_TAC [ASSUM 0; ASSUM 1]", "UNDISCH_TAC `p:bool`", "RAW_POP_TAC 0"], 20.0)
    assert [getattr(outcome, "kind", "subgoals") for outcome in outcomes] == ["out_of_memory", "rejected", "subgoals"]


def test_a_child_that_holds_too_much_is_killed_from_outside(hollight):
    session = hollight.start(hollight.parse(LOOPING))
    child_of(session).memory_mb = 5
    first, second = session.apply(session.root, ["MESON_TAC [ ]", "DISCH_TAC"], 20.0)
    assert isinstance(first, Failure)
    assert first.kind == "out_of_memory"
    assert first.elapsed_s < 5.0
    assert isinstance(second, Subgoals)
    session.close()


def test_a_request_that_overflows_the_stack_is_an_error_and_the_child_survives(session):
    child = child_of(session)
    kind, message = child.request(["PARSE", "~" * 3_900_000 + "p"])
    assert kind == "error"
    assert "stack limit" in message
    assert child.request(["PING"]) == ["ok"]


def test_deep_goals_are_no_trouble(session):
    child = child_of(session)
    depth = 100_000
    goal = Goal.single("(a (c (fun (bool) (bool)) ~) " * depth + "(v (bool) p)" + ")" * depth)
    (outcome,) = session.apply(goal, ["REFL_TAC"], 20.0)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "rejected"
    assert child_of(session) is child


def test_a_prover_that_cannot_be_replaced_is_lost(session, monkeypatch):
    def refuse(self, progress=None):
        raise ProverUnavailable("no room")

    monkeypatch.setattr(Server, "open", refuse)
    child_of(session)._handle.kill()
    with pytest.raises(ProverLost, match="no room"):
        session.apply(session.root, ["GEN_TAC", "GEN_TAC"], 1.0)


def test_a_fork_of_the_client_leaves_the_child_alone(session):
    """Data loaders fork; what their workers inherit they must not end."""
    pid = os.fork()
    if pid == 0:
        session.close()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    child = child_of(session)
    assert_works(session)
    assert child_of(session) is child


def test_a_check_survives_the_loss_of_one_child_but_not_of_two(hollight, monkeypatch):
    theorem = hollight.parse("p ==> p")
    proof = Proof((ProofStep("MESON_TAC [ ]", "", ()),))
    lost = 0
    limit = 1
    original = Server.open

    def open_and_kill(self, progress=None):
        nonlocal lost
        child = original(self, progress)
        if lost < limit:
            lost += 1
            child._handle.kill()
        return child

    monkeypatch.setattr(Server, "open", open_and_kill)
    assert hollight.check(theorem, proof, 5.0).accepted
    assert lost == 1
    lost, limit = 0, 2
    verdict = hollight.check(theorem, proof, 5.0)
    assert verdict.status == "unavailable"
    assert verdict.reason


def test_a_session_leaves_no_process_behind(hollight):
    sessions = [hollight.start(hollight.parse(LOOPING)) for _ in range(4)]
    handles = [process.ProcessHandle(child_of(session).pid) for session in sessions]
    for session in sessions[:2]:
        session.apply(session.root, ["DISCH_TAC"], 1.0)
    for session in sessions:
        session.close()
    for handle in handles:
        assert handle.wait(10)
        handle.close()


def test_a_child_ends_when_its_client_is_gone(hollight, session):
    child = child_of(session)
    with process.ProcessHandle(child.pid) as handle:
        child._connection.close()
        assert handle.wait(10)


def test_a_check_that_gets_no_processor_is_late_not_refused(hollight, session):
    """Wall time that passes while the processor is elsewhere does not speak against the proof."""
    looping = hollight.parse(LOOPING).statement
    cpu_us, wall_us = "60000000", "100000"
    request = ["CHECK", "", "strict", "512", cpu_us, wall_us, "0", looping, "MESON_TAC [ ]"]
    kind, reason = child_of(session).request(request)
    assert kind == "late"
    assert "busy" in reason


def test_a_check_whose_children_keep_silent_is_unavailable(hollight, monkeypatch):
    original = Server.open

    def open_and_stop(self, progress=None):
        child = original(self, progress)
        child._handle.send(signal.SIGSTOP)
        return child

    theorem = hollight.parse("p ==> p")
    monkeypatch.setattr(Server, "open", open_and_stop)
    monkeypatch.setattr(check, "_GRACE_S", 0.1)
    verdict = hollight.check(theorem, Proof((ProofStep("MESON_TAC [ ]", "", ()),)), 0.2)
    assert verdict.status == "unavailable"
    assert "no answer" in verdict.reason

"""Nothing that a caller sends is run, asserts anything, or harms the server."""

from __future__ import annotations

import contextlib
import os
import socket
import stat

import pytest

from aitp_gym.errors import StatementError
from aitp_gym.proof import Failure, Goal, Proof, ProofStep, Theorem
from aitp_gym.provers import process
from aitp_gym.provers.frames import ConnectionLost
from aitp_gym.provers.hollight.child import Child, peer


@pytest.fixture
def server(hollight):
    """The running server; every test must leave it alive, the same, and able to prove."""
    hollight.parse("T")
    server = hollight._server
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.fspath(server.socket_path))
        pid, _ = peer(connection)
    with process.ProcessHandle(pid) as parent:
        yield server
        assert parent.alive()
    verdict = hollight.check(hollight.parse("p \\/ ~p"), Proof((ProofStep("MESON_TAC [ ]", "", ()),)), 10.0)
    assert verdict.accepted
    child = server.connect()
    assert child.request(["INFO"])[5] == "3", "HOL Light has three axioms"
    child.close()


@pytest.mark.parametrize(
    "tactic",
    [
        "CHEAT_TAC",
        'Sys.command "touch PWNED"',
        'let _ = Sys.command "touch PWNED" in ALL_TAC',
        'ALL_TAC;; Sys.command "touch PWNED";;',
        "MP_TAC (mk_thm([],`F`))",
        "ACCEPT_TAC (mk_thm([],`F`))",
        "ACCEPT_TAC (new_axiom `F`)",
        "DISCH_TAC ;; new_axiom `F`",
        "ACCEPT_TAC (ASSUME `F`)",
        "ACCEPT_TAC ASSUME `F`",
        "ACCEPT_TAC THM (ASSUME `F`)",
        "CONTR_TAC ASSUME `F`",
        "X_META_EXISTS_TAC `x:bool`",
        "EXISTS_TAC `1",
        "EXISTS_TAC ```",
        "EXISTS_TAC `\\`; Sys.command `",
        "UNDISCH_TAC `;Sys.command`",
        "UNDISCH_TAC `:bool`",
        "REWRITE_TAC [THM ../../etc/passwd]",
        "MP_TAC THM -1",
        "MP_TAC THM 0x7fffffffffffffffff",
        '#use "/etc/passwd"',
        "`",
        "[",
        "[[[[[[[[" * 1000,
        "APPLY " * 10_000,
        "CONV_TAC " + "APPLY I " * 10_000 + "BETA_CONV",
    ],
)
def test_text_that_is_no_tactic_has_no_effect(hollight, server, tactic, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    theorem = hollight.parse("F")
    session = hollight.start(theorem)
    (outcome,) = session.apply(session.root, [tactic], 1.0)
    session.close()
    assert isinstance(outcome, Failure)
    assert outcome.kind in {"parse", "rejected"}, outcome
    assert hollight.check(theorem, Proof((ProofStep(tactic, "", ()),)), 10.0).status == "refused"
    for folder in (tmp_path, server.folder, server.build.directory):
        assert not list(folder.glob("PWNED"))


def test_what_follows_only_from_itself_is_not_a_step(hollight, server):
    """Every tactic is run under VALID: a justification that does not hold is a failure at once."""
    session = hollight.start(hollight.parse("F"))
    goal = Goal.single(session.root.parts[0].conclusion, ["(v (bool) p)"])
    (outcome,) = session.apply(goal, ["ACCEPT_TAC ASSUM 0"], 1.0)
    session.close()
    assert isinstance(outcome, Failure)
    assert outcome.kind == "rejected"


def test_a_goal_with_a_free_hypothesis_does_not_prove_the_theorem(hollight, server):
    """A session answers for any goal it is given; the check starts from the statement."""
    theorem = hollight.parse("F")
    session = hollight.start(theorem)
    falsum = session.root.parts[0].conclusion
    (outcome,) = session.apply(Goal.single(falsum, [falsum]), ["ACCEPT_TAC ASSUM 0"], 1.0)
    session.close()
    assert outcome.closed
    verdict = hollight.check(theorem, Proof((ProofStep("ACCEPT_TAC ASSUM 0", "", ()),)), 10.0)
    assert verdict.status == "refused"


@pytest.mark.parametrize("size", [300_000, 10_000_000])
def test_huge_tactics_are_refused(hollight, server, size):
    session = hollight.start(hollight.parse("T"))
    tactics = ["EXISTS_TAC `" + "x" * size + "`", "(" * size, "MP_TAC THM " + "9" * size, "ACCEPT_TAC THM TRUTH"]
    outcomes = session.apply(session.root, tactics, 1.0)
    session.close()
    assert [getattr(outcome, "kind", "closed") for outcome in outcomes] == ["parse", "parse", "parse", "closed"]


def test_tactics_too_many_for_one_request_go_in_several(hollight, server):
    session = hollight.start(hollight.parse("p ==> p"))
    tactics = ["NOPE_TAC " + "x" * 200_000] * 30 + ["DISCH_TAC", "MESON_TAC [ ]", "DISCH_TAC"]
    outcomes = session.apply(session.root, tactics, 1.0)
    session.close()
    kinds = [getattr(outcome, "kind", "subgoals") for outcome in outcomes]
    assert kinds[:30] == ["parse"] * 30
    assert kinds[30:] == ["subgoals", "subgoals"]
    assert outcomes[-1].closed


def test_huge_and_deep_statements_are_refused(hollight, server):
    for statement in ("p /\\ " * 2_000_000 + "p", "(" * 10_000, "`" * 1000):
        with pytest.raises(StatementError):
            hollight.parse(statement)
    with pytest.raises(StatementError):
        hollight.start(Theorem("deep", "(a " * 1_000_000, "hollight"))


@pytest.mark.parametrize(
    "frame",
    [
        b"\xff\xff\xff\xff",
        b"\x7f\xff\xff\xff",
        b"\0\0\0\0",
        b"\0\0\0\3abc",
        b"\0\0\0\x091\0APPLY\0\0",
        b"\0\0\0\x081\0READ\0\0",
        b"\0\0\0\x10APPLY",
        b"\0\0",
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(range(256)) * 10,
    ],
)
def test_broken_frames_end_at_most_their_own_child(server, frame):
    child = server.connect()
    with process.ProcessHandle(child.pid) as handle:
        child._connection.sendall(frame)
        child._connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionLost):
            assert child._frames.receive(10.0)[1] == "error"
        child.close()
        assert handle.wait(10)


@pytest.mark.parametrize(
    "request_",
    [
        ["NOPE"],
        ["SHUTDOWN", "now"],
        ["APPLY"],
        ["APPLY", "", "strict", "512", "x", "1", "1", "1", "0", "(c (bool) T)", "CONJ_TAC"],
        ["APPLY", "", "lenient", "512", "1", "1", "1", "1", "0", "(c (bool) T)", "CONJ_TAC"],
        ["APPLY", "", "strict", "512", "1", "1", "1", "1", "-5", "(c (bool) T)", "CONJ_TAC"],
        ["APPLY", "", "strict", "512", "1", "1", "1", "1", "999999999", "(c (bool) T)"],
        ["CHECK", "", "strict", "512", "1", "1"],
        ["PRETTY", "(c (bool) NOSUCH)"],
        ["READ", "(l (c (bool) T) (c (bool) T))"],
    ],
)
def test_wrong_requests_are_answered_with_an_error(server, request_):
    child = server.connect()
    assert child.request(request_)[0] == "error"
    assert child.request(["PING"]) == ["ok"]
    child.close()


@pytest.mark.parametrize(
    "text",
    [
        "(c (num) T)",
        "(c (bool) =)",
        "(a (c (bool) T) (c (bool) T))",
        "(v (fun (bool)) x)",
        "(v () x)",
        "(v (bool) )",
        "(v (bool) a\nb)",
        "(l (a (v (fun A A) f) (v A x)) (v A x))",
        "(v (bool) x) (v (bool) y)",
        "(v (bool) x))",
    ],
)
def test_ill_typed_terms_are_refused(hollight, server, text):
    with pytest.raises(StatementError):
        hollight.start(Theorem("bad", text, "hollight"))


def test_one_client_cannot_poison_another(hollight, server):
    """Each child starts from the parent's state, whatever another child was told."""
    poisoned = hollight.start(hollight.parse("F"))
    poisoned.apply(poisoned.root, ["RAW_SUBGOAL_TAC `F`", "MP_TAC THM TRUTH"] * 5, 1.0)
    clean = hollight.start(hollight.parse("F"))
    (outcome,) = clean.apply(clean.root, ["ASM_MESON_TAC [ ]"], 1.0)
    assert isinstance(outcome, Failure)
    poisoned.close()
    clean.close()


def test_the_socket_is_private(server):
    assert stat.S_IMODE(server.socket_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    assert server.folder.stat().st_uid == os.getuid()


def test_a_child_of_another_parent_is_not_believed(server):
    """The number in the hello must be that of a child of the process that listens."""
    near, far = socket.socketpair()
    hello = "\0".join(["hello", "2", server.build.identity, "1", "1"]).encode()
    far.sendall(len(hello).to_bytes(4, "big") + hello)
    with near, far, pytest.raises(ConnectionLost):
        Child.greet(near, server.build.identity, 10.0)

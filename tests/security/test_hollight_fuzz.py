"""A bounded storm of spoilt requests: children answer or end, and the server stays what it was."""

from __future__ import annotations

import os
import random
import socket

import pytest

from aitp_gym.provers import process
from aitp_gym.provers.hollight.child import Child, peer
from aitp_gym.provers.prover_process import ProcessFault

REQUESTS = 2000
GOAL = "(a (a (c (fun (bool) (fun (bool) (bool))) ==>) (v (bool) p)) (v (bool) p))"
LIMITS = ["512", "50000", "1000000", "100000", "1000000"]
VALID = [
    ["PING"],
    ["INFO"],
    ["READ", GOAL],
    ["PARSE", "!x:num. x = x"],
    ["PRETTY", GOAL, "(v (num) n)"],
    ["FINGERPRINT", GOAL, "(v (bool) q)"],
    ["APPLY", "4000", "strict", *LIMITS, "0", GOAL, "DISCH_TAC", "MESON_TAC [ THM TRUTH ; THM 12 ]"],
    ["APPLY", "", "holist", *LIMITS, "1", GOAL, "(v (bool) p)", "EXISTS_TAC `1`", "REWRITE_TAC [ ASSUM 0 ]"],
    ["APPLY", "", "replay", *LIMITS, "0", GOAL, "MP_TAC ASSUME `p:bool`", "CONV_TAC APPLY LAND_CONV SYM_CONV"],
    ["APPLY", "4000", "strict", *LIMITS, "0", GOAL, "MP_TAC SPECL [ `1` ; `2` ] GSYM THM ADD_SYM", "MP_TAC TAUT `p`"],
    ["CHECK", "", "strict", "512", "50000", "1000000", "0", GOAL, "DISCH_TAC", "ACCEPT_TAC ASSUM 0"],
]
PIECES = [
    "", "(", ")", "((((", "`", "[", "]", ";", "THM", "ASSUM", "ASSUME", "-1", "0x10", "99999999999999999999",
    "CHEAT_TAC", "strict", "replay", "(c (bool) F)", "(v () x)", "(l (c (bool) T) (c (bool) T))", "\n", "\\", '"',
    "MP ", "GSYM ", "é∀�", "(" * 500, "a" * 5000, "Sys.command", "TRUTH", "%", "GEN%PVAR%0", "?1",
]  # fmt: skip


def spoilt(chance: random.Random) -> list[str]:
    """A valid request with some of its fields changed, moved, doubled or left out."""
    fields = list(chance.choice(VALID))
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(fields))
        match chance.randrange(6):
            case 0:
                fields[place] = chance.choice(PIECES)
            case 1:
                fields.insert(place, chance.choice(PIECES))
            case 2 if len(fields) > 1:
                del fields[place]
            case 3:
                cut = chance.randint(0, len(fields[place]))
                fields[place] = fields[place][:cut] + chance.choice(PIECES) + fields[place][cut:]
            case 4:
                cut = chance.randint(0, len(fields[place]))
                fields[place] = fields[place][:cut]
            case _:
                other = chance.randrange(len(fields))
                fields[place], fields[other] = fields[other], fields[place]
    # A request to stop the server is obeyed: that is no fault.
    return ["PING"] if fields == ["SHUTDOWN"] else fields


def server_process(server) -> process.ProcessHandle:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.fspath(server.socket_path))
        return process.ProcessHandle(peer(connection)[0])


@pytest.mark.parametrize("seed", [1, 2])
def test_spoilt_requests_harm_nobody(hollight, seed):
    hollight.parse("T")
    server = hollight._server
    chance = random.Random(seed)
    with server_process(server) as parent:
        before_mb = process.resident_mb(parent.pid)
        child: Child | None = None
        answered = lost = 0
        for _ in range(REQUESTS // 2):
            if child is None:
                child = server.connect()
            try:
                with child.exchange(spoilt(chance)) as receive:
                    while (reply := receive(10.0))[0] == "more":
                        pass
                    answered += 1
                    if reply[0] == "retiring":
                        raise ProcessFault("worn out")
            except ProcessFault:
                lost += 1
                child.close()
                child = None
        if child is not None:
            child.close()
        assert parent.alive()
        assert process.resident_mb(parent.pid) < before_mb + 20
    assert answered > 0.9 * REQUESTS / 2, f"{lost} requests cost a child"
    last = server.connect()
    assert last.request(["INFO"])[5] == "3", "HOL Light has three axioms"
    last.close()


@pytest.mark.parametrize("text", ["(v (bool) " + "x" * 10_000_000 + ")", "(a " * 3_000_000, "(c (bool) T) " * 700_000])
def test_a_term_of_ten_megabytes_is_answered_in_time(hollight, text):
    child = hollight._server.open()
    reply = child.request(["APPLY", "", "strict", *LIMITS, "0", text, "ACCEPT_TAC THM TRUTH"], 20.0)
    assert reply[0] == "error" or reply[3] == "failure"
    assert child.request(["PING"]) == ["ok"]
    child.close()


@pytest.mark.parametrize("name", ["12345", "0", "4611686018427387904", "-3", "0x2", "1_000", "NO_SUCH_THEOREM"])
def test_an_unknown_fingerprint_or_name_is_no_theorem(hollight, name):
    session = hollight.start(hollight.parse("p ==> p"))
    (outcome,) = session.apply(session.root, [f"MP_TAC THM {name}"], 1.0)
    session.close()
    assert (outcome.kind, f"no theorem {name}" in outcome.message) == ("parse", True)

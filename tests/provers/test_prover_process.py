"""A prover's process: one exchange at a time, answers to the one who asked, and nobody else's process."""

from __future__ import annotations

import copy
import os
import pickle
import sys
import threading

import pytest

from aitp_gym.errors import ConcurrentUse
from aitp_gym.exclusive_use import ExclusiveUse
from aitp_gym.provers import process
from aitp_gym.provers.frames import SizedFrames
from aitp_gym.provers.prover_process import ProcessDied, ProcessSilent, ProverProcess

# Answers as often as it is told to, each reply with what was asked and the number that it is told to give.
PLAYER = """
import json, sys
while header := sys.stdin.buffer.readline():
    request = json.loads(sys.stdin.buffer.read(int(header)))
    for number in request.get("numbers", [request["id"]]):
        payload = json.dumps({"id": number, "asked": request["text"]}).encode()
        sys.stdout.buffer.write(b"%d\\n%b" % (len(payload), payload))
        sys.stdout.buffer.flush()
"""


class Player(ProverProcess[dict[str, object]]):
    def __init__(self, log) -> None:
        self.process = process.spawn([sys.executable, "-c", PLAYER], log, pipes=True)
        super().__init__()
        self._frames = SizedFrames.over(self.process)

    @property
    def resident_mb(self) -> float:
        return process.resident_mb(self.process.pid)

    def _end(self) -> None:
        self.process.close()

    def _let_go(self) -> None:
        self.process.let_go()


@pytest.fixture
def player(tmp_path):
    started = Player(tmp_path / "log")
    yield started
    started.close()


def test_replies_answer_their_request(player):
    assert [player.request({"text": text}, 10.0)["asked"] for text in "abc"] == ["a", "b", "c"]
    with player.exchange({"text": "twice", "numbers": [4, 4]}) as receive:
        assert [receive(10.0)["asked"] for _ in range(2)] == ["twice", "twice"]
    assert player.usable


@pytest.mark.parametrize("number", [0, 2, -1, None, "1", [1]])
def test_a_reply_with_the_number_of_another_request_is_not_believed(player, number):
    with process.ProcessHandle(player.process.pid) as handle:
        with pytest.raises(ProcessDied, match="request 1 was asked"):
            player.request({"text": "a", "numbers": [number]}, 10.0)
        assert not player.usable
        assert handle.wait(10)


def test_an_answer_too_many_is_not_the_answer_to_the_next_request(player):
    assert player.request({"text": "a", "numbers": [1, 1]}, 10.0)["asked"] == "a"
    with pytest.raises(ProcessDied, match="a reply to request 1 came, request 2 was asked"):
        player.request({"text": "b"}, 10.0)


def cut_short(player: Player, error: type[BaseException]) -> None:
    with player.exchange({"text": "a", "numbers": [1, 1]}) as receive:
        receive(10.0)
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError, GeneratorExit])
def test_an_exchange_that_is_cut_short_costs_the_process(player, error):
    with process.ProcessHandle(player.process.pid) as handle:
        with pytest.raises(error):
            cut_short(player, error)
        assert not player.usable
        assert handle.wait(10)
    with pytest.raises(ProcessDied, match="given up before"):
        player.request({"text": "b"}, 10.0)


def test_an_exchange_that_somebody_still_holds_open_is_not_gone_on_with(player):
    """A traceback keeps the frames of what was interrupted, generators too, so nothing may be cleaned up in time."""
    held = player.exchange({"text": "a", "numbers": [1, 1]})
    receive = held.__enter__()
    receive(10.0)
    assert not player.usable
    with pytest.raises(ProcessDied, match="given up before"):
        player.request({"text": "b"}, 10.0)
    assert player.process.wait(10) is not None


def test_a_process_that_another_thread_closes_answers_no_more(player):
    refusals: list[str] = []

    def wait() -> None:
        try:
            player.request({"text": "a", "numbers": []}, 30.0)
        except ProcessDied as error:
            refusals.append(str(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while player.usable:
        pass
    player.close()
    waiting.join(10)
    assert len(refusals) == 1


def test_silence_costs_the_process(player):
    with pytest.raises(ProcessSilent):
        player.request({"text": "a", "numbers": []}, 0.1)
    assert not player.usable


def test_a_fork_lets_go_of_the_process_and_leaves_it_alone(player):
    child = os.fork()
    if child == 0:
        refused = not player.usable
        try:
            player.request({"text": "from the fork"}, 10.0)
        except ProcessDied:
            player.close()
            del player.process
            os._exit(0 if refused else 1)
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert player.request({"text": "a"}, 10.0)["asked"] == "a"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_process_is_not_copied(player, duplicate):
    with pytest.raises(TypeError, match="copy the prover"):
        duplicate(player)
    assert player.request({"text": "a"}, 10.0)["asked"] == "a"


def test_no_two_processes_have_the_same_serial(player, tmp_path):
    other = Player(tmp_path / "log")
    other.close()
    assert player.serial != other.serial
    # Those of a fork would be numbered alike.
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        third = Player(tmp_path / "log")
        os.write(writer, third.serial.encode())
        third.close()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        serial = told.read()
    assert os.waitpid(child, 0)[1] == 0
    fourth = Player(tmp_path / "log")
    fourth.close()
    assert len({player.serial, other.serial, serial, fourth.serial}) == 4


def test_one_thread_at_a_time_is_let_in_and_the_same_one_again():
    guard = ExclusiveUse("This thing")
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with guard, guard:
            inside.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(10)
    with pytest.raises(ConcurrentUse, match="This thing is in use by another thread"), guard:
        pass
    # A fork has no such thread.
    child = os.fork()
    if child == 0:
        with guard:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    leave.set()
    holder.join()
    with guard:
        pass

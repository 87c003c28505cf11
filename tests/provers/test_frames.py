"""Frames: whole or not at all, and never waited for in vain."""

from __future__ import annotations

import os
import time

import pytest

from aitp_gym.provers.frames import ConnectionLost, ReplyLate, SizedFrames


@pytest.fixture
def pipes():
    there_read, here_write = os.pipe()
    here_read, there_write = os.pipe()
    yield SizedFrames(here_read, here_write), there_read, there_write
    for descriptor in (there_read, here_write, here_read, there_write):
        try:
            os.close(descriptor)
        except OSError:
            continue


def test_a_message_goes_out_with_its_length(pipes):
    frames, there, _ = pipes
    frames.send({"op": "ping", "text": "∀"}, 1.0)
    header, _, payload = os.read(there, 1000).partition(b"\n")
    assert int(header) == len(payload)


def test_replies_come_whole_however_they_are_cut(pipes):
    frames, _, there = pipes
    text = b'7\n{"a":1}9\n{"b": 22}'
    for cut in range(len(text)):
        os.write(there, text[:cut])
        found = []
        if cut:
            try:
                while len(found) < 2:
                    found.append(frames.receive(0.0))
            except ReplyLate:
                pass
        os.write(there, text[cut:])
        while len(found) < 2:
            found.append(frames.receive(1.0))
        assert found == [{"a": 1}, {"b": 22}]


@pytest.mark.parametrize(
    "nonsense", [b"hello\n{}", b"-1\n{}", b"99999999999\n", b"x" * 40, b"2\n[]", b"3\nnul", b"\n\n"]
)
def test_what_is_no_frame_ends_the_connection(pipes, nonsense):
    frames, _, there = pipes
    os.write(there, nonsense)
    with pytest.raises(ConnectionLost):
        frames.receive(1.0)


def test_silence_and_an_end_are_told_apart(pipes):
    frames, _, there = pipes
    started = time.monotonic()
    with pytest.raises(ReplyLate):
        frames.receive(0.05)
    assert time.monotonic() - started < 2.0
    os.write(there, b'100\n{"cut')
    os.close(there)
    with pytest.raises(ConnectionLost, match="within a reply"):
        frames.receive(1.0)


def test_a_reader_that_does_not_read_is_given_up(pipes):
    frames, _, _ = pipes
    with pytest.raises(ReplyLate, match="does not read"):
        frames.send({"text": "x" * 10_000_000}, 0.05)


def test_a_reader_that_is_gone_is_noticed(pipes):
    frames, there, _ = pipes
    os.close(there)
    with pytest.raises(ConnectionLost):
        frames.send({"op": "ping"}, 1.0)

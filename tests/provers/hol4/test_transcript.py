"""The protocol: the recorded conversation is what the client makes of it, and what a real HOL4 still says."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

from aitp_gym.provers import frames as pipes

HERE = Path(__file__).parent
TRANSCRIPT = HERE / "transcript.jsonl"

_spec = importlib.util.spec_from_file_location("hol4_conversation", HERE / "conversation.py")
conversation = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(conversation)


def record(prover, monkeypatch) -> list[dict]:
    """What goes over the wire in the conversation; times, which differ, as 0, and each worker's hello but the first."""
    lines: list[dict] = []
    send, frame = pipes.SizedFrames.send, pipes.SizedFrames._frame

    def sending(self, message, timeout_s):
        lines.append({"send": without_number(message)})
        send(self, message, timeout_s)

    def receiving(self):
        found = frame(self)
        if found is not None and not ("protocol" in found and lines):
            lines.append({"reply": {**without_number(found), **dict.fromkeys({"wall_us", "cpu_us"} & found.keys(), 0)}})
        return found

    with monkeypatch.context() as patched:
        patched.setattr(pipes.SizedFrames, "send", sending)
        patched.setattr(pipes.SizedFrames, "_frame", receiving)
        prover.close()
        conversation.talk(prover)
    return lines


def without_number(message: dict) -> dict:
    return {key: value for key, value in message.items() if key != "id"}


def test_the_client_makes_of_the_recording_what_it_says(played):
    found = conversation.talk(played)
    assert found["kinds"] == ["subgoals", "parse", "parse", "parse", "rejected", "rejected"]
    assert found["messages"][:3] == [
        "there is no theorem list.NOPE",
        "NOPE_TAC is not a tactic",
        "expected , or ], found the end",
    ]
    assert len(found["subgoals"]) == 2
    assert found["closed"] == [True, True]
    assert found["theorem"][2] == "∀l. MAP (λx. x) l = l"
    assert found["pretty"].splitlines()[0] == "MAP (λx. x) l = l"
    assert (found["verdict"], found["refused"]) == ("accepted", "unsolved goals are left after the last tactic")


def test_a_request_outside_the_recording_is_a_crash_and_the_session_goes_on(played):
    theorem = played.parse(conversation.STATEMENT)
    session = played.start(theorem)
    (outcome,) = session.apply(session.root, ["never recorded"], 0.5)
    assert outcome.kind == "crash"
    again = session.apply(session.root, conversation.TACTICS, 0.5)
    assert len(again) == len(conversation.TACTICS)
    session.close()
    played.close()


def test_a_real_hol4_says_what_was_recorded(hol4, monkeypatch):
    recorded = [json.loads(line) for line in TRANSCRIPT.read_text().splitlines()]
    assert record(hol4, monkeypatch) == recorded

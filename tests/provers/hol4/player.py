"""Stands in for `hol`: builds an empty heap, and as a server gives the recorded replies to the recorded requests.

The recording is what a real HOL4 said; see test_transcript.py, which holds it against the real one where there is one.
Lines are JSON: `{"send": …}` or `{"reply": …}`. Times in requests have to be the same; numbers of requests are left
out. A request that was not recorded ends the stand-in, as a crash of HOL4 would.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path


def build(script: Path) -> None:
    heap = re.search(r'saveChild \("([^"]+)"', script.read_text())
    Path(heap[1]).write_bytes(b"heap")


def play(lines: list[dict]) -> None:
    def say(reply: dict) -> None:
        payload = json.dumps(reply).encode()
        sys.stdout.buffer.write(b"%d\n%b" % (len(payload), payload))
        sys.stdout.buffer.flush()

    say(lines[0]["reply"])
    conversations = list(after_requests(lines[1:]))
    while header := sys.stdin.buffer.readline():
        request = json.loads(sys.stdin.buffer.read(int(header)))
        number = request.pop("id")
        replies = next((replies for sent, replies in conversations if sent == request), None)
        if replies is None:
            print(f"not recorded: {request}", file=sys.stderr)
            sys.exit(3)
        for reply in replies:
            say({**reply, "id": number})


def after_requests(lines: list[dict]):
    sent, replies = None, []
    for line in lines:
        if "send" in line:
            if sent is not None:
                yield sent, replies
            sent, replies = line["send"], []
        else:
            replies.append(line["reply"])
    if sent is not None:
        yield sent, replies


if __name__ == "__main__":
    transcript, *arguments = sys.argv[1:]
    if any(argument.startswith("--holstate=") for argument in arguments):
        play([json.loads(line) for line in Path(transcript).read_text().splitlines()])
    else:
        build(Path(arguments[-1]))

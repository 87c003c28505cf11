"""Stands in for `lake env lean FILE` as lake.py does, with a real Lean behind it: that in the variable STAND_IN_LEAN.

Its library is too small for LeanDojo's REPL, so repl.lean takes its place, and this script says what that says as
LeanDojo's would. Whether a proof contains `sorry` is told from the tactics that led to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lake import json_requests, say

REPL = Path(__file__).with_name("repl.lean")


class Lean:
    def __init__(self, prepared: str) -> None:
        folder = Path(tempfile.mkdtemp())
        file = folder / "Prepared.lean"
        file.write_text(REPL.read_text() + prepared.removeprefix("import Lean4Repl\n"))
        self.process = subprocess.Popen(
            [os.environ["STAND_IN_LEAN"], str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, state: int, tactic: str) -> tuple[str, str]:
        """`OK` or `FAIL`, and the rest of the answer."""
        self.process.stdin.write(f"{state}\n{tactic.replace(chr(10), '␤')}\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stderr.readline()) not in (".\n", ""):
            lines.append(line)
        if not line:
            print(self.process.stdout.read())
            sys.exit(1)
        return lines[0].strip(), "".join(lines[1:]).strip()


def main() -> None:
    lean = Lean(Path(sys.argv[-1]).read_text())
    # Numbers of states here, and whether each has something admitted; what `skip` leaves is the first.
    _, answer = lean.ask(0, "skip")
    states = [(0, False)]
    say({"sid": 0, "tacticState": answer.partition("\n")[2], "error": None})
    for request in json_requests():
        number, admitted = states[request["sid"]]
        kind, answer = lean.ask(number, request["cmd"])
        if kind == "FAIL":
            say({"sid": None, "tacticState": None, "error": answer})
            continue
        number, _, goals = answer.partition("\n")
        admitted = admitted or "sorry" in request["cmd"]
        states.append((int(number), admitted))
        if not goals and admitted:
            say({"sid": None, "tacticState": None, "error": "proof contains `sorry`"})
        else:
            say({"sid": len(states) - 1, "tacticState": goals or "no goals", "error": None})


if __name__ == "__main__":
    main()

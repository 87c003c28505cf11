"""The stepper's source for a full Lean: its requests and answers, over bare pipes.

Runs where `lean` is on PATH; .github/workflows/lean.yml runs it with an old toolchain and with a current one.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

OPTIONS = ("-DElab.async=false", "-Dlinter.all=false")
STATEMENT = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by skip\n"
# `repeat` without the quote would soon nest too deeply; this one goes on for minutes.
LOOP = "repeat' (have := hp)"
# From this version on, files that begin with `module` need no option.
MODULES = (4, 27)


class Wires:
    """A Lean that runs the stepper, and the pipes to it."""

    def __init__(self, built: Path, lean_path: str = "") -> None:
        read, self._stops = os.pipe()
        # Out of the way of the two numbers that the shell gives to requests and answers.
        stops = fcntl.fcntl(read, fcntl.F_DUPFD, 10)
        os.close(read)
        self._process = subprocess.Popen(
            ["sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >&2', "sh", "lean", *OPTIONS, built / "Serve.lean"],
            env={**os.environ, "LEAN_PATH": os.pathsep.join(filter(None, (lean_path, os.fspath(built))))},
            pass_fds=(stops,),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        os.close(stops)
        self.number = 0
        assert self.ask("hello", stops=f"/dev/fd/{stops}")["status"] == "ok"

    def send(self, op: str, **fields: Any) -> None:
        self.number += 1
        if "text" in fields:
            fields["bytes"] = len(fields["text"].encode())
        self._process.stdin.write((json.dumps({"op": op, "id": self.number, **fields}) + "\n").encode())
        self._process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        answer = json.loads(self._process.stdout.readline())
        assert answer["id"] == self.number
        return answer

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        self.send(op, **fields)
        return self.receive()

    def header(self, text: str = "") -> int:
        answer = self.ask("header", text=text)
        assert answer["status"] == "ok", answer
        return answer["scope"]

    def theorem(self, scope: int, text: str = STATEMENT) -> dict[str, Any]:
        return self.ask("theorem", scope=scope, text=text, name="secret")

    def attempt(self, state: int, tactic: str, *places: int, **fields: Any) -> dict[str, Any]:
        self.send_attempt(state, tactic, *places, **fields)
        return self.receive()

    def send_attempt(self, state: int, tactic: str, *places: int, **fields: Any) -> None:
        limits = {"heartbeats": 10**6, "drop": ()} | fields
        self.send("try", state=state, goals=places or (0,), tactic=f"({tactic}\n )", **limits)

    def interrupt(self, number: int) -> None:
        os.write(self._stops, b"%d\n" % number)

    def close(self) -> None:
        os.close(self._stops)
        try:
            # Where no request can come any more, it ends by itself.
            self._process.stdin.close()
            self._process.wait(timeout=30)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()


def version() -> tuple[int, ...]:
    said = subprocess.run(["lean", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"version (\d+)\.(\d+)", said)
    assert match is not None, said
    return int(match[1]), int(match[2])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("lean") is None:
        pytest.skip("No Lean of the user's own: `lean` is not on PATH (install elan)")
    folder = tmp_path_factory.mktemp("stepper")
    source = files("aitp_gym.provers.lean.stepper").joinpath("full.lean").read_text(encoding="utf-8")
    (folder / "AitpStepper.lean").write_text(source, encoding="utf-8")
    (folder / "Serve.lean").write_text("import AitpStepper\naitp_serve\n", encoding="utf-8")
    command = ["lean", "-o", "AitpStepper.olean", "AitpStepper.lean"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def start(built: Path) -> Iterator[Callable[..., Wires]]:
    started: list[Wires] = []

    def start_one(lean_path: str = "") -> Wires:
        started.append(Wires(built, lean_path))
        return started[-1]

    yield start_one
    for wires in started:
        wires.close()


def test_states_stay_and_candidates_do_not_see_each_other(start):
    wires = start()
    scope = wires.header()
    opened = wires.theorem(scope)
    assert (opened["status"], opened["state"]) == ("ok", 0)
    assert opened["goals"][0][0] == "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"
    first = wires.attempt(0, "constructor")
    assert [goal[0].rpartition("⊢ ")[2] for goal in first["goals"]] == ["p", "q"]
    assert wires.attempt(first["state"], "exact hq", 1)["goals"] == []
    assert wires.attempt(first["state"], "exact hp; exact hq", 0, 1)["goals"] == []
    assert wires.attempt(0, "exact ⟨hp, hq⟩", drop=(first["state"],))["goals"] == []
    assert wires.attempt(first["state"], "exact hp")["status"] == "lost"
    assert wires.ask("close")["status"] == "ok"
    # What was open is no theorem now.
    assert wires.theorem(scope)["status"] == "ok"


@pytest.mark.parametrize(
    ("tactic", "statuses"),
    [
        ("exact hq", ("error", "logged")),
        ("exact t p q hp hq", ("error", "logged")),
        ("nonsense", ("parse",)),
        ("skip) <;> (skip", ("parse",)),
        ("exact ⟨hp, hq⟩ /- ", ("parse",)),
        ("sorry", ("unproved",)),
    ],
)
def test_what_proves_nothing_is_refused(start, tactic, statuses):
    wires = start()
    assert wires.theorem(wires.header())["status"] == "ok"
    answer = wires.attempt(0, tactic)
    assert answer["status"] in statuses
    assert answer["messages"]
    assert wires.attempt(0, "exact ⟨hp, hq⟩")["goals"] == []


def test_a_loop_can_be_interrupted_and_what_follows_it_is_not(start):
    wires = start()
    assert wires.theorem(wires.header())["status"] == "ok"
    wires.send_attempt(0, LOOP)
    wires.interrupt(wires.number)
    assert wires.receive()["status"] == "interrupted"
    wires.interrupt(wires.number)
    assert wires.attempt(0, "exact ⟨hp, hq⟩")["goals"] == []
    # A limit of Lean's own ends it too.
    assert wires.attempt(0, LOOP, heartbeats=100)["status"] == "exhausted"


def test_texts_before_a_theorem_stand_and_wrong_ones_are_placed(start):
    wires = start()
    start_of_file = wires.header()
    definition = "def two : Nat := 2\n"
    scope = wires.ask("commands", scope=start_of_file, text=f"namespace A\n{definition}")["scope"]
    about_two = "theorem t : A.two = 2 := by skip\n"
    assert wires.theorem(scope, about_two)["status"] == "ok"
    assert wires.attempt(0, "rfl")["goals"] == []
    wires.ask("close")
    wrong = wires.theorem(start_of_file, about_two)
    assert wrong["status"] == "wrong"
    assert "two" in wrong["messages"][0]
    wrong = wires.ask("commands", scope=start_of_file, text=f"{definition}def three : Nat := four\n")
    assert (wrong["status"], wrong["at"]) == ("wrong", len(definition))
    assert "four" in wrong["messages"][0]


@pytest.mark.parametrize(
    "text",
    [
        "def t : Nat := by skip\n",
        "theorem t : True := by skip\ntheorem u : True := by skip\n",
        "theorem t : Nat := by skip\n",
    ],
)
def test_what_is_not_one_theorem_is_wrong(start, text):
    wires = start()
    answer = wires.theorem(wires.header(), text)
    assert answer["status"] == "wrong"
    assert answer["messages"]


def test_nothing_of_the_stepper_is_visible_and_imports_are(start):
    wires = start()
    assert wires.ask("header", text="import No.Such.Module\n")["status"] == "wrong"
    scope = wires.header("import Lean\n")
    assert wires.ask("commands", scope=scope, text="open Lean in\n#check (`a : Name)\n")["status"] == "ok"
    assert wires.ask("commands", scope=scope, text="#check Aitp.step\n")["status"] == "wrong"
    assert wires.ask("commands", scope=scope + 100, text="")["status"] == "lost"


def test_a_theorem_about_a_file_that_begins_with_module(start, tmp_path):
    if version() < MODULES:
        pytest.skip("The module system of this Lean is experimental: it needs 4.27")
    (tmp_path / "lakefile.toml").write_text('name = "tiny"\ndefaultTargets = ["Tiny"]\n\n[[lean_lib]]\nname = "Tiny"\n')
    (tmp_path / "Tiny.lean").write_text("module\n\n@[expose] public def two : Nat := 2\n")
    subprocess.run(["lake", "build"], cwd=tmp_path, check=True, timeout=150)
    shown = ["lake", "env", "printenv", "LEAN_PATH"]
    lean_path = subprocess.run(shown, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()
    wires = start(lean_path)
    scope = wires.header("module\n\npublic import Tiny\n")
    assert wires.theorem(scope, "theorem t : two = 2 := by skip\n")["status"] == "ok"
    assert wires.attempt(0, "simp only [two]")["goals"] == []

"""Ways to talk to the embedded Lean that `compare_lean.py` measures: ours, and the clients of others."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aitp_gym.proof import Goal, Outcome, Subgoals, Theorem
from aitp_gym.provers.lean.document import compose, read
from aitp_gym.provers.lean.dojo import host
from aitp_gym.provers.lean.dojo.entry import PlacedStatement
from aitp_gym.provers.lean.dojo.repository import TracedRepository
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.goals import parse_state
from aitp_gym.provers.lean.lsp import Diagnostic
from aitp_gym.provers.lean.outcomes import LeanGoalRef
from aitp_gym.provers.lean.prover import Lean
from aitp_gym.provers.lean.script import Place, selection, wrapped
from aitp_gym.provers.lean.statement import source_of

TIMEOUT_S = 60.0
# Never reached, and the same in every document, so that a server sees no change in it.
_HEARTBEATS = 1_200_000
_NUMBER = re.compile(r"\?[mu]\.\d+")
_SEVERITIES = {1: "error", 2: "warning", 3: "information"}
_STAND_INS = Path(__file__).resolve().parents[1] / "tests" / "provers" / "lean" / "dojo"

# What a tactic did: the texts of the goals that it left, sorted, or one word.
Told = tuple[str, ...] | str


def told(texts: Sequence[str], goal: Goal) -> Told:
    """What a tactic that did not fail has done to a goal; the numbers of metavariables say nothing."""
    left, before = (
        tuple(sorted(_NUMBER.sub("?", str(text)) for text in all_texts)) for all_texts in (texts, goal.parts)
    )
    return "unchanged" if left == before else left


def told_of(outcome: Outcome, goal: Goal) -> Told:
    """What an outcome says."""
    if isinstance(outcome, Subgoals):
        return told([str(part) for left in outcome.goals for part in left.parts], goal)
    return "unchanged" if outcome.kind == "no_progress" else "failed"


def place_of(goal: Goal) -> Place:
    """The way to a goal that is not the theorem's own."""
    assert isinstance(goal.ref, LeanGoalRef)
    assert goal.ref.place is not None
    return goal.ref.place


class Way(ABC):
    """A way to talk to Lean; built, it may have started some of what it needs.

    Attributes:
        one_by_one: whether each of many candidates costs what one alone does, because nothing is kept between them.
    """

    one_by_one = False

    def __init__(self) -> None:
        self.engine = toolchain()
        self.goal: Goal

    @abstractmethod
    def open(self, theorem: Theorem) -> None:
        """Begin a theorem, instead of the last; ends when its goal is known."""

    def reach(self, goal: Goal) -> None:
        """Get ready for a goal of the theorem."""
        self.goal = goal

    @abstractmethod
    def outcomes(self, tactics: Sequence[str]) -> list[Told]:
        """What tactics do to the goal that was reached last."""

    @abstractmethod
    def close(self) -> None:
        """End what was started."""


class Stepping(Way):
    """Our stepper, which keeps the states of the goals that were reached."""

    interaction = "stepper"

    def __init__(self) -> None:
        super().__init__()
        self._prover = Lean(backend="embedded", interaction=self.interaction)
        self._session: Any = None
        self._goals: dict[Place | None, Goal] = {}

    def open(self, theorem: Theorem) -> None:
        """Open a session."""
        if self._session is not None:
            self._session.close()
        self._session = self._prover.start(theorem)
        self._goals = {None: self._session.root}

    def reach(self, goal: Goal) -> None:
        """Walk to the goal, where no goal before it was reached the same way."""
        for place in place_of(goal).steps():
            if place not in self._goals:
                (outcome,) = self._session.apply(self._goals[place.parent], [place.tactic], TIMEOUT_S)
                self._goals |= {place_of(left): left for left in outcome.goals}
        self.goal = self._goals[place_of(goal)]

    def outcomes(self, tactics: Sequence[str]) -> list[Told]:
        """All in one request."""
        return [told_of(outcome, self.goal) for outcome in self._session.apply(self.goal, tactics, TIMEOUT_S)]

    def close(self) -> None:
        """End its processes."""
        if self._session is not None:
            self._session.close()
        self._prover.close()


class Serving(Stepping):
    """Our language server, which knows a goal by the way to it."""

    interaction = "server"

    def reach(self, goal: Goal) -> None:
        """Nothing is walked ahead of a request."""
        self.goal = goal


class Documents(Way):
    """Base of the ways that hand Lean a whole file for each candidate: theorem, path to the goal, tactic."""

    def open(self, theorem: Theorem) -> None:
        """Have a file read with the theorem in it."""
        self._source = source_of(theorem, self.engine.header)
        self._read(None, "skip")

    def outcomes(self, tactics: Sequence[str]) -> list[Told]:
        """A file for each."""
        found = self._read(place_of(self.goal), *tactics)
        return ["failed" if goals is None else told(goals, self.goal) for goals in found]

    @abstractmethod
    def diagnostics(self, texts: list[str]) -> list[list[Diagnostic]]:
        """What Lean says of files."""

    def _read(self, place: Place | None, *tactics: str) -> list[list[str] | None]:
        documents = [compose(self._source, place, [tactic], _HEARTBEATS) for tactic in tactics]
        found = []
        for document, said in zip(documents, self.diagnostics([item.text for item in documents]), strict=True):
            reading = read(document.copies[0], said, settled=True)
            goals = None if reading is None else reading.goals
            found.append(None if goals is None else [str(goal.sequent) for goal in goals])
        return found


class Processes(Documents):
    """A process of Lean for each candidate, one after another."""

    one_by_one = True

    def diagnostics(self, texts: list[str]) -> list[list[Diagnostic]]:
        """What a fresh Lean says of each."""
        return [self._diagnostics(text) for text in texts]

    def close(self) -> None:
        """Nothing is left running."""

    def _diagnostics(self, text: str) -> list[Diagnostic]:
        command = [*self.engine.lean, "--json", "-Dlinter.all=false", "--stdin"]
        done = subprocess.run(command, input=text, env=self.engine.env, capture_output=True, text=True)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return [Diagnostic(row["pos"]["line"] - 1, row["severity"], row["data"]) for row in rows]


class LeanClient(Documents):
    """What `leanclient` has for trying tactics: a pool of two documents, whose texts are replaced."""

    def __init__(self) -> None:
        super().__init__()
        self._aio: Any = importlib.import_module("leanclient.aio")
        self._folder = tempfile.TemporaryDirectory(prefix="aitp-leanclient-")
        self._runner = asyncio.Runner()
        self._runner.run(self._start())

    async def _start(self) -> None:
        variables = [f"{name}={value}" for name, value in self.engine.env.items() if name.startswith("LEAN")]
        options = "-Dserver.reportDelayMs=0", "-Dlinter.all=false"
        command = ["env", *variables, *self.engine.lean, "--server", *options]
        self._client = self._aio.AsyncLeanLSPClient(self._folder.name, server_command=command)
        await self._client.start()
        self._pool = self._aio.ScratchPool(self._client, header="")

    def diagnostics(self, texts: list[str]) -> list[list[Diagnostic]]:
        """What the server says after the edits."""
        trials = self._runner.run(self._pool.run_texts(texts))
        return [[self._diagnostic(item) for item in trial.diagnostics.items] for trial in trials]

    def close(self) -> None:
        """End the server."""
        self._runner.run(self._client.close())
        self._runner.close()
        self._folder.cleanup()

    @staticmethod
    def _diagnostic(item: dict[str, Any]) -> Diagnostic:
        return Diagnostic(item["range"]["start"]["line"], _SEVERITIES.get(item["severity"], "hint"), item["message"])


class LeanDojoClient(Way):
    """LeanDojo's `Dojo` as it is, over the stand-ins for `lake` and its REPL that the tests have."""

    def __init__(self) -> None:
        super().__init__()
        self._lean_dojo = importlib.import_module("lean_dojo")
        self._folder = tempfile.TemporaryDirectory(prefix="aitp-leandojo-")
        repository, tools = Path(self._folder.name) / "traced" / "repository", Path(self._folder.name) / "bin"
        self._traced = TracedRepository("", "", repository, "")
        self._traced.scratch.mkdir(parents=True)
        (repository / "Lean4Repl.lean").touch()
        tools.mkdir()
        for name in ("lake.py", "real_lake.py", "repl.lean"):
            shutil.copy(_STAND_INS / name, tools)
        script = f'#!/bin/sh\nexec "{sys.executable}" -S -E "{tools}/real_lake.py" "$@"\n'
        (tools / "lake").write_text(script, encoding="utf-8")
        (tools / "lake").chmod(0o755)
        os.environ["PATH"] = f"{tools}:{os.environ['PATH']}"
        os.environ.update({name: value for name, value in self.engine.env.items() if name.startswith("LEAN")})
        os.environ["STAND_IN_LEAN"] = self.engine.lean[0]
        self._dojo: Any = None
        self._states: dict[Place | None, Any] = {}

    def open(self, theorem: Theorem) -> None:
        """Enter a Dojo."""
        self._leave()
        self._entry = PlacedStatement(self._traced, source_of(theorem, self.engine.header))
        self._entry.prepare()
        where = host.repository(self._traced.directory), Path(self._entry.file), self._entry.name
        self._dojo, root = self._lean_dojo.Dojo(self._lean_dojo.Theorem(*where), timeout=TIMEOUT_S).__enter__()
        self._states = {None: root}

    def reach(self, goal: Goal) -> None:
        """Run what leads there; the goals beside the way are admitted, so that the state has this one alone."""
        for place in place_of(goal).steps():
            if place not in self._states:
                *lines, end = wrapped(place.tactic, "")
                lines += selection(place.chosen, place.total, " ")
                self._states[place] = self._dojo.run_tac(self._states[place.parent], "\n".join([*lines, end]))
        self.goal = goal

    def outcomes(self, tactics: Sequence[str]) -> list[Told]:
        """One after another."""
        state = self._states[place_of(self.goal)]
        return [self._told(self._dojo.run_tac(state, "\n".join(wrapped(tactic, "")))) for tactic in tactics]

    def close(self) -> None:
        """Leave the Dojo."""
        self._leave()
        self._folder.cleanup()

    def _told(self, result: Any) -> Told:
        if isinstance(result, self._lean_dojo.TacticState):
            return told([str(goal.sequent) for goal in parse_state(result.pp)], self.goal)
        # A proof that is complete but for goals beside the way is given up, as it says.
        return "failed" if isinstance(result, self._lean_dojo.LeanError) else ()

    def _leave(self) -> None:
        if self._dojo is not None:
            self._dojo.__exit__(None, None, None)
            self._entry.remove()

"""A traced repository as LeanDojo leaves it, with a stand-in for `lake`; see lake.py."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

COMMIT = "7b6ecb9ad4829e4e73600a3329baeb3b5df8d23f"
URL = "https://github.com/yangky11/lean4-example"
REPOSITORY = f"{URL}@{COMMIT}"

THEOREMS = {
    "True": "True",
    "both": "True ∧ True",
    "deep": "True ∧ True ∧ True",
    "some": "∃ x, True",
    "mixed": "False ∧ ∃ x, True",
    "Nested.unreadable": "unreadable",
    "slow": "slow",
    "strange": "strange",
}


def write_traced_repository(directory: Path) -> None:
    """What `Dojo.__enter__` looks for: the source, its trace, the files that it imports, and the REPL."""
    text = "/-! A file. -/\n\n" + "".join(
        f"theorem {name} : {goal} := by\n  trivial\n\n" for name, goal in THEOREMS.items()
    )
    traces = directory / ".lake" / "build" / "ir"
    traces.mkdir(parents=True)
    (directory / "Lean4Repl.lean").write_text("-- LeanDojo puts its REPL here\n")
    (directory / "lean-toolchain").write_text("leanprover/lean4:v4.20.0\n")
    (directory / "Lean4Example.lean").write_text(text)
    (traces / "Lean4Example.ast.json").write_text(json.dumps(trace(text)))
    (traces / "Lean4Example.dep_paths").write_text("\n")


def trace(text: str) -> dict:
    """A trace as ExtractData.lean writes it, of a file of one-line statements."""

    def place(what: str, after: int = 0) -> tuple[int, int]:
        at = text.index(what, after)
        return len(text[:at].encode()), len(text[: at + len(what)].encode())

    def info(at: int, end: int) -> dict:
        return {"original": {"leading": "", "pos": at, "trailing": "", "endPos": end}}

    def node(kind: str, *parts: dict) -> dict:
        return {"node": {"kind": f"Lean.Parser.{kind}", "info": "none", "args": list(parts)}}

    def declaration(name: str) -> dict:
        start = text.index(f"theorem {name} ")
        ident = {"ident": {"info": info(*place(name, start)), "rawVal": name, "val": name, "preresolved": []}}
        return node(
            "Command.declaration",
            node("Command.declModifiers"),
            node(
                "Command.theorem",
                {"atom": {"info": info(*place("theorem", start)), "val": "theorem"}},
                node("Command.declId", ident),
                node("Command.declSig"),
                node(
                    "Command.declValSimple",
                    {"atom": {"info": info(*place(":=", start)), "val": ":="}},
                    node("Term.byTactic", {"atom": {"info": info(*place("by\n  trivial", start)), "val": "by"}}),
                ),
            ),
        )

    return {
        "commandASTs": [node("Module.header"), *map(declaration, THEOREMS)],
        "tactics": [],
        "premises": [],
    }


def stand_in(folder: Path, script: str) -> Path:
    """A folder for PATH with a script of this folder as `lake`. A sandbox that lets `lake` be run shows all of it."""
    folder.mkdir()
    for name in ("lake.py", "real_lake.py", "repl.lean"):
        shutil.copy(Path(__file__).with_name(name), folder)
    tool = folder / "lake"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -E "{folder / script}" "$@"\n')
    tool.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A traced repository in LeanDojo's cache, with the stand-in on PATH."""
    folder = tmp_path_factory.mktemp("dojo")
    cache = folder / "cache"
    directory = cache / f"yangky11-lean4-example-{COMMIT}" / "lean4-example"
    write_traced_repository(directory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CACHE_DIR", str(cache))
        # In front of what is there: other tests, which may run before this is undone, find their provers on PATH.
        patch.setenv("PATH", f"{stand_in(folder / 'bin', 'lake.py')}:{os.environ['PATH']}")
        yield directory


@pytest.fixture(scope="module")
def prover(traced: Path) -> Iterator[object]:
    """LeanDojo at the traced repository."""
    pytest.importorskip("lean_dojo", reason="LeanDojo is not installed: pip install 'aitp-gym[lean]'")
    from aitp_gym.provers.lean.dojo.prover import LeanDojo

    prover = LeanDojo(REPOSITORY, memory_mb=512)
    yield prover
    prover.close()


@pytest.fixture
def enter(prover: object) -> Iterator[Callable[[str], object]]:
    """Opens a session on a theorem of the repository by its name."""
    from aitp_gym.proof import Theorem
    from aitp_gym.provers.lean.dojo.entry import TracedTheorem

    sessions = []

    def session(name: str) -> object:
        payload = TracedTheorem(REPOSITORY, "Lean4Example.lean", name, (1, 1))
        sessions.append(prover.start(Theorem(name, name, "lean", payload=payload)))
        return sessions[-1]

    yield session
    for opened in sessions:
        opened.close()

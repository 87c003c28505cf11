"""The engine, and files run through it in batch."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.toolchain import Toolchain


@pytest.fixture(scope="session")
def engine() -> Toolchain:
    try:
        return toolchain()
    except ProverUnavailable as error:
        pytest.skip(f"The embedded Lean cannot be used here: {error}")


@dataclass(frozen=True)
class Run:
    """What Lean said about a file: its exit status, and severity, line and text of each message."""

    status: int
    messages: list[tuple[str, int, str]]

    @property
    def errors(self) -> list[tuple[int, str]]:
        return [(line, text) for severity, line, text in self.messages if severity == "error"]

    @property
    def printed(self) -> list[str]:
        return [text for severity, _, text in self.messages if severity == "information"]


@pytest.fixture(scope="session")
def run_lean(engine: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    folder: Path = tmp_path_factory.mktemp("lean")

    def run(text: str) -> Run:
        file = folder / "file.lean"
        file.write_text(text, encoding="utf-8")
        command = [*engine.lean, "--json", "-DmaxErrors=100000", str(file)]
        done = subprocess.run(command, env=dict(engine.env), capture_output=True, text=True, timeout=120)
        messages: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
        return Run(done.returncode, [(m["severity"], m["pos"]["line"], m["data"]) for m in messages])

    return run

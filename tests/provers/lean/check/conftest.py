"""The embedded engine, and files compiled with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.lean.check.compiler import compile_file
from aitp_gym.provers.lean.check.objects import Region
from aitp_gym.provers.lean.check.olean import Module
from aitp_gym.provers.lean.check.terms import Terms
from aitp_gym.provers.lean.check.watch import Allowance
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.toolchain import Toolchain

ENOUGH = Allowance(cpu_s=30, wall_s=120, memory_mb=4096)


@pytest.fixture(scope="session")
def engine() -> Toolchain:
    """The Lean that comes with pip."""
    try:
        return toolchain()
    except ProverUnavailable as error:
        pytest.skip(f"Lean cannot be used here: {error}")


@pytest.fixture(scope="session")
def compiled(engine: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Compiles a text to the bytes of a module."""

    def compile_text(text: str) -> bytes:
        done = compile_file(engine, text, tmp_path_factory.mktemp("lean"), ENOUGH)
        assert done.olean is not None, done.ended.said
        return done.olean

    return compile_text


@pytest.fixture(scope="session")
def library(engine: Toolchain) -> Module:
    """The engine's library as a compiled module."""
    return Module(Region.load(Path(engine.env["LEAN_PATH"]) / "Init.olean"), Terms())


def module(olean: bytes, terms: Terms | None = None) -> Module:
    """Bytes as a module."""
    return Module(Region(Path("test.olean"), olean), terms or Terms())

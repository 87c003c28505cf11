"""Other checkers of Lean proofs, asked after ours has accepted: comparator, nanoda, lean4lean, SafeVerify, others."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....errors import BadInput
from ... import process
from ..source import Source
from ..toolchain import Toolchain
from .audit import Refused
from .axioms import ALLOWED_AXIOMS
from .statement import CompiledStatement
from .terms import dotted

__all__ = ["Opinion", "OpinionUnavailable", "ask", "read_opinions"]

# How each is called where these names are in a command: see `Opinion`.
_FILES = {
    "statement": "Challenge.lean",
    "proof": "Solution.lean",
    "statement_olean": "Challenge.olean",
    "proof_olean": "Solution.olean",
    "config": "config.json",
}
_FIELDS = (*_FILES, "folder", "theorem")


class OpinionUnavailable(Exception):
    """Raised where another checker was to be asked and could not answer."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A command that checks a proof once more: status 0 means that it accepts, any other that it does not.

    Attributes:
        words: its words, in which `{statement}` and `{proof}` are the two files, `{statement_olean}` and
            `{proof_olean}` the same compiled, `{config}` what comparator reads, `{folder}` where these are, and
            `{theorem}` the theorem's full name. It runs in the project's folder, with its environment.
    """

    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called: its program, or the one that `lake env` starts."""
        words = self.words[2:] if self.words[:2] == ("lake", "env") and len(self.words) > 2 else self.words
        return os.path.basename(words[0])


def read_opinions(commands: str | Sequence[str] | None) -> tuple[Opinion, ...]:
    """Commands as a user writes them.

    Args:
        commands: one, or several; words are separated as in a shell, and no shell reads them.

    Raises:
        BadInput: one is empty or has a field that is not known.
    """
    listed = [commands] if isinstance(commands, str) else list(commands or ())
    return tuple(map(_read, listed))


def _read(command: str) -> Opinion:
    try:
        words = tuple(shlex.split(command))
        for word in words:
            word.format(**dict.fromkeys(_FIELDS, ""))
    except (ValueError, KeyError, IndexError) as error:
        known = ", ".join(f"{{{field}}}" for field in _FIELDS)
        raise BadInput(
            f"second_opinion: expected a command with the fields {known}, got {command!r}: {error}"
        ) from error
    if not words:
        raise BadInput("second_opinion: expected a command, got an empty text.")
    return Opinion(words)


def ask(
    opinions: Sequence[Opinion],
    toolchain: Toolchain,
    source: Source,
    body: str,
    statement: CompiledStatement,
    olean: bytes,
    folder: Path,
    timeout_s: float,
) -> None:
    """Ask each of them about a proof.

    Args:
        opinions: whom to ask.
        toolchain: which Lean.
        source: the statement.
        body: its proof.
        statement: the statement, compiled.
        olean: the file with the proof, compiled.
        folder: for files; nobody else may write to it.
        timeout_s: wall seconds for each.

    Raises:
        Refused: one of them does not accept it.
        OpinionUnavailable: one of them is not there, or did not come to an end.
    """
    if not opinions:
        return
    place = folder / "opinions"
    place.mkdir()
    contents: Mapping[str, str | bytes] = {
        "statement": source.with_proof("  sorry"),
        "proof": source.with_proof(body),
        "statement_olean": statement.olean,
        "proof_olean": olean,
        "config": json.dumps(
            {
                "challenge_module": "Challenge",
                "solution_module": "Solution",
                "theorem_names": [dotted(statement.name)],
                "permitted_axioms": list(ALLOWED_AXIOMS),
            }
        ),
    }
    for field, content in contents.items():
        (place / _FILES[field]).write_bytes(content.encode() if isinstance(content, str) else content)
    fields = {field: os.fspath(place / name) for field, name in _FILES.items()}
    fields |= {"folder": os.fspath(place), "theorem": dotted(statement.name)}
    for number, opinion in enumerate(opinions):
        argv = [word.format(**fields) for word in opinion.words]
        if shutil.which(argv[0], path=toolchain.env.get("PATH")) is None:
            raise OpinionUnavailable(f"the second opinion of {opinion.name} is not to be had: {argv[0]} was not found")
        log = place / f"{number}.log"
        status = process.run(argv, log, timeout_s=timeout_s, cwd=toolchain.directory, env=toolchain.env)
        if status is None or status < 0:
            how = f"did not come to an end in {timeout_s:.0f} s" if status is None else f"ended with signal {-status}"
            raise OpinionUnavailable(f"the second opinion of {opinion.name} is not to be had: it {how}")
        if status != 0:
            said = " ".join(process.tail(log).split())[-300:]
            raise Refused(f"{opinion.name}, asked for a second opinion, does not accept the proof: {said}")

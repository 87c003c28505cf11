"""HOList's proof logs, of people and of provers, from their text files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from ....errors import BadInput

__all__ = ["Log", "LoggedGoal", "LoggedParameter", "LoggedStep", "read_logs"]

# `TacticApplication.Result` and `Tactic.ParameterType` of proto/deephol.proto.
_SUCCESS = 4
_KINDS = {0: "unknown", 1: "variable", 2: "term", 3: "theorem", 4: "theorem list", 5: "conversion"}
_EMPTY = re.compile(r"\s*(#.*)?$")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')


@dataclass(frozen=True, slots=True)
class LoggedGoal:
    """A goal or a theorem: typed S-expressions, and HOList's fingerprint (0 where the log has none)."""

    conclusion: str
    hypotheses: tuple[str, ...] = ()
    fingerprint: int = 0


@dataclass(frozen=True, slots=True)
class LoggedParameter:
    """An argument of a tactic.

    Attributes:
        kind: `term`, `theorem`, `theorem list`, `conversion`, `variable` or `unknown`.
        theorems: where the kind says so; the list may be empty.
        text: of all other kinds: a term, OCaml source of a conversion, or a word.
    """

    kind: str
    theorems: tuple[LoggedGoal, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class LoggedStep:
    """A tactic that was applied to a goal.

    Attributes:
        goal: that it was applied to; `subgoals`: what it left, in order.
        succeeded: whether the log says that it worked.
        closed: whether the log says that its subgoals were proved.
    """

    goal: LoggedGoal
    tactic: str
    parameters: tuple[LoggedParameter, ...]
    subgoals: tuple[LoggedGoal, ...]
    succeeded: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Log:
    """One log.

    Attributes:
        where: file and line.
        theorem: what was to be proved.
        steps: in the order of the log.
        by_prover: whether a search wrote it (it has the search's options), or a person's proof is recorded.
    """

    where: str
    theorem: LoggedGoal
    steps: tuple[LoggedStep, ...]
    by_prover: bool


def read_logs(path: Path) -> Iterator[Log]:
    """The logs of a file of `ProofLog` messages in text form, one to a line, or of a file that is one message.

    Args:
        path: of a `.pbtxt` or `.textpb` file, compressed with xz or not.

    Raises:
        BadInput: the file cannot be read; names file and line.
        DependencyNotInstalled: protobuf is missing.
    """
    from .messages import open_text, parse_message, text_lines

    with open_text(path) as file:
        lines = ((n, line) for n, line in enumerate(text_lines(file, path), 1) if not _EMPTY.match(line))
        begin, first = next(lines, (0, ""))
        if _is_whole(first):
            for number, line in chain([(begin, first)], lines):
                where = f"{path}, line {number}"
                yield _log(parse_message(line, "ProofLog", where), where)
        elif first:
            text = first + "".join(line for _, line in lines)
            yield _log(parse_message(text, "ProofLog", str(path)), f"{path}, line {begin}")


def _is_whole(line: str) -> bool:
    """Whether a line could be a message by itself: what it opens, outside strings, it closes."""
    bare = _STRING.sub("", line)
    return bare.count("{") == bare.count("}") > 0


def _log(message: Any, where: str) -> Log:
    if not message.HasField("theorem_in_database"):
        raise BadInput(f"{where}: expected a proof log of a theorem; it has no theorem_in_database.")
    steps = tuple(_step(node, application) for node in message.nodes for application in node.proofs)
    return Log(where, _goal(message.theorem_in_database), steps, message.HasField("prover_options"))


def _step(node: Any, application: Any) -> LoggedStep:
    return LoggedStep(
        goal=_goal(node.goal),
        tactic=application.tactic,
        parameters=tuple(map(_parameter, application.parameters)),
        subgoals=tuple(map(_goal, application.subgoals)),
        succeeded=application.result == _SUCCESS,
        closed=application.closed,
    )


def _goal(theorem: Any) -> LoggedGoal:
    return LoggedGoal(theorem.conclusion, tuple(theorem.hypotheses), theorem.fingerprint)


def _parameter(parameter: Any) -> LoggedParameter:
    text = parameter.term or parameter.conv or parameter.unknown
    return LoggedParameter(_KINDS[parameter.parameter_type], tuple(map(_goal, parameter.theorems)), text)

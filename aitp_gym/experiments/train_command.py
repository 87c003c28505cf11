"""One training command of the loop: a fresh process, and the result file it leaves."""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from ..errors import ConfigError, TrainingFailed
from ..files import json_numbers, json_value, read_text, writing
from ..moved_names import with_current_names

__all__ = ["RESULT_VARIABLE", "TrainingResult", "command_argv", "fresh_folder", "run_command"]

RESULT_VARIABLE = "AITP_RESULT"
_TAIL_LINES = 8
_TAIL_BYTES = 8192
_LOOK_EVERY_S = 0.5
_MAX_RESULT_BYTES = 16 * 2**20
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """Report of a training command.

    Attributes:
        checkpoint: file or folder of what it trained.
        frequency: checkpoint of the frequency baseline, fitted from the same traces, if it did that.
        metrics: for the log, as JSON values; a number that is not finite is text (`files.NOT_FINITE`).
    """

    checkpoint: Path
    frequency: Path | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)


def fresh_folder(parent: Path, name: str) -> Path:
    """Create and return `parent/name`, or `parent/name-2`, … where an interrupted training has left one."""
    for serial in range(1, 10_000):
        folder = parent / (name if serial == 1 else f"{name}-{serial}")
        with writing(folder):
            try:
                folder.mkdir(parents=True)
            except FileExistsError:
                continue
        return folder
    raise TrainingFailed(f"{parent} holds thousands of folders named {name}: clear it, or use another run folder.")


def command_argv(tree: DictConfig, index: int, context: Mapping[str, Any]) -> list[str]:
    """The arguments of a command of `train_after_eval`, its interpolations resolved.

    Args:
        tree: the configuration; it is not changed.
        index: of the command.
        context: values for the fields of `training`.

    Raises:
        ConfigError: an interpolation cannot be resolved, or the command is empty.
    """
    resolved = tree.copy()
    OmegaConf.update(resolved, "training", dict(context))
    try:
        command = OmegaConf.to_container(resolved.train_after_eval, resolve=True)[index]
    except OmegaConfBaseException as error:
        raise ConfigError(f"train_after_eval[{index}] cannot be resolved: {str(error).splitlines()[0]}") from error
    command = with_current_names(command)
    arguments = shlex.split(command) if isinstance(command, str) else _without_nulls(_flatten(command))
    if not arguments:
        raise ConfigError(f"train_after_eval[{index}] is empty: give a command with its arguments.")
    return arguments


def _flatten(arguments: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for argument in arguments:
        flat.extend(argument if isinstance(argument, list) else [argument])
    return flat


def _without_nulls(arguments: Sequence[Any]) -> list[str]:
    kept: list[str] = []
    for argument in arguments:
        if argument is None:
            # `--init null` says that there is nothing to start from, so the option goes too.
            if kept and kept[-1].startswith("--"):
                kept.pop()
        else:
            kept.append(str(argument))
    return kept


def run_command(
    argv: Sequence[str], result_file: Path, log_file: Path, on_line: Callable[[str], None] = lambda line: None
) -> TrainingResult:
    """Run a training command to its end.

    Args:
        argv: program and arguments; no shell is involved.
        result_file: what the command must write; must not exist yet.
        log_file: takes the command's output; must not exist yet.
        on_line: called about twice a second with the last line of the output.

    Raises:
        TrainingFailed: the command cannot be started, fails, or leaves no readable result.
        NotWritable: the log exists already, or cannot be made.
    """
    environment = {**os.environ, RESULT_VARIABLE: str(result_file)}
    prepare = _die_with_parent() if sys.platform == "linux" else None
    with writing(log_file):
        # A new file that stays open: what the command makes of its name is not looked at.
        log = log_file.open("x+b")
    with log:
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                preexec_fn=prepare,
            )
        except OSError as error:
            raise TrainingFailed(f"The training command {argv[0]!r} does not start: {error.strerror}.") from error
        try:
            while (code := _wait(process)) is None:
                on_line(_tail(log, 1))
        except BaseException:
            process.kill()
            process.wait()
            raise
        if code != 0:
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
            raise TrainingFailed(
                f"The training command {how}. Its output is in {log_file}; it ends with:\n{_tail(log)}"
            )
    return _read_result(result_file, log_file)


def _wait(process: subprocess.Popen[bytes]) -> int | None:
    try:
        return process.wait(timeout=_LOOK_EVERY_S)
    except subprocess.TimeoutExpired:
        return None


def _die_with_parent() -> Callable[[], None]:
    """What a child calls to be killed by the kernel when its parent dies: a killed run leaves no training behind."""
    # Loaded here, because a child of a process with threads must not import anything.
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _read_result(path: Path, log_file: Path) -> TrainingResult:
    expected = '{"checkpoint": PATH, "metrics": {...}}'
    try:
        result = json_value(read_text(path, _MAX_RESULT_BYTES))
        checkpoint, frequency, metrics = Path(result["checkpoint"]), result.get("frequency"), result.get("metrics")
        named = [checkpoint.absolute(), *([Path(frequency).absolute()] if frequency is not None else [])]
    except FileNotFoundError as error:
        raise TrainingFailed(
            f"The training command ended well but wrote no result file {path} (expected {expected}; the path is "
            f"also in ${RESULT_VARIABLE}). Its output is in {log_file}."
        ) from error
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise TrainingFailed(f"The result file {path} of the training is not {expected}.") from error
    missing = [str(file) for file in named if not file.exists()]
    if missing:
        raise TrainingFailed(f"The result file {path} names {missing[0]}, which does not exist.")
    return TrainingResult(named[0], named[1] if len(named) > 1 else None, _numbers(metrics))


def _numbers(metrics: Any) -> Mapping[str, Any]:
    """Metrics as JSON values, whatever the command made of numbers that JSON does not have."""
    return dict(json_numbers(metrics)) if isinstance(metrics, dict) else {}


def _tail(log: BinaryIO, lines: int = _TAIL_LINES) -> str:
    """Last lines of the log, without moving the place where the command writes."""
    size = os.fstat(log.fileno()).st_size
    text = os.pread(log.fileno(), _TAIL_BYTES, max(0, size - _TAIL_BYTES)).decode(errors="replace")
    # A progress bar rewrites its line after a carriage return.
    return "\n".join(line.split("\r")[-1].rstrip() for line in text.rstrip().split("\n")[-lines:])

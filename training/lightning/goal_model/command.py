"""What the training commands of goal models share: options, labels, result file."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from aitp_gym.errors import AitpError, BadInput
from aitp_gym.files import write_json

from .labels import Label, LabelRule, OpenRule, read_labels
from .split import split_labels

__all__ = ["Outputs", "given", "goal_model_parser", "labels_of", "quieten_lightning", "run_command"]


def goal_model_parser(program: str, description: str) -> argparse.ArgumentParser:
    """The options that every goal model has."""
    parser = argparse.ArgumentParser(prog=f"python -m aitp_gym.training.lightning.{program}", description=description)
    add = parser.add_argument
    add("--traces", type=Path, nargs="+", required=True, metavar="DIR", help="folders with traces; all are used")
    add("--output", type=Path, required=True, metavar="DIR", help="folder to write `checkpoint/` to")
    add("--result", type=Path, metavar="FILE", help="result file to write (default: $AITP_RESULT, else result.json)")
    add("--split", default="train", help="whose attempts to learn from (default: train)")
    add("--held-out", type=float, default=0.1, help="share of the theorems to measure on (default: 0.1)")
    add("--seed", type=int, default=0)
    rule = LabelRule()
    add("--open-goals", choices=get_args(OpenRule), default=rule.open_goals, help="what to teach of goals left open")
    add("--min-visits", type=int, default=rule.min_visits, help="tactics that make an open goal worth a label")
    add("--steps", type=int, help="batches to learn from")
    add("--learning-rate", type=float)
    add("--goals-per-batch", type=int)
    add("--provable-weight", type=float, help="how many times a provable goal counts")
    add("--quiet", action="store_true", help="no progress bar")
    return parser


class Outputs:
    """Where a command writes; nothing that is there already is overwritten.

    Args:
        options: of `goal_model_parser`.

    Attributes:
        checkpoint: folder for the checkpoint.

    Raises:
        BadInput: a file is in the way.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.checkpoint: Path = options.output / "checkpoint"
        self._result: Path = options.result or Path(os.environ.get("AITP_RESULT", options.output / "result.json"))
        if taken := [str(path) for path in (self.checkpoint, self._result) if path.exists()]:
            raise BadInput(
                f"{', '.join(taken)} exists already and is not overwritten: give another --output or --result."
            )

    def write_result(self, metrics: Mapping[str, Any]) -> None:
        """Say where the checkpoint is, and how the training went."""
        write_json(self._result, {"checkpoint": str(self.checkpoint.absolute()), "metrics": dict(metrics)})


def labels_of(options: argparse.Namespace) -> tuple[list[Label], list[Label]]:
    """Labels to learn from, and held-out ones.

    Raises:
        TraceError: the traces cannot be read or hold nothing to learn from.
        BadInput: an option is out of range.
    """
    if not 0 <= options.held_out < 1:
        raise BadInput(f"--held-out must lie in [0, 1), got {options.held_out}.")
    labels = read_labels(options.traces, LabelRule(options.open_goals, options.min_visits), options.split)
    train, held_out = split_labels(labels, options.held_out, options.seed)
    if not train:
        raise BadInput(f"--held-out {options.held_out} leaves none of {len(labels)} goals to learn from.")
    return train, held_out


def run_command(train: Callable[[], None]) -> int:
    """Run a command's body; returns its exit status, after one sentence about an error of ours."""
    try:
        train()
    except AitpError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def quieten_lightning() -> None:
    """Keep Lightning to warnings; it sets its own level when it is imported, so call this afterwards."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)


def given(options: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    """The options among `names` that were given."""
    return {name: value for name in names if (value := getattr(options, name)) is not None}

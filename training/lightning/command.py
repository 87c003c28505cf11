"""Frame of the training commands: options, outputs that are never overwritten, result file, exit status."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.encoders.registry import ENCODERS
from aitp_gym.errors import AitpError, BadInput, ConfigError
from aitp_gym.files import json_numbers, write_json

__all__ = [
    "Outputs",
    "command_parser",
    "encoder_config",
    "encoder_options",
    "given",
    "quieten_lightning",
    "run_command",
]


def command_parser(program: str, description: str) -> argparse.ArgumentParser:
    """Parser of the options that every training command has.

    Args:
        program: name of the command's package in `training/lightning`.
        description: one sentence for `--help`.
    """
    parser = argparse.ArgumentParser(prog=f"python -m aitp_gym.training.lightning.{program}", description=description)
    add = parser.add_argument
    add("--traces", type=Path, nargs="+", required=True, metavar="DIR", help="folders with traces; all are used")
    add("--output", type=Path, required=True, metavar="DIR", help="folder to write the checkpoint to")
    add("--result", type=Path, metavar="FILE", help="result file to write (default: $AITP_RESULT, else result.json)")
    add("--split", default="train", help="whose attempts to learn from (default: train)")
    add("--seed", type=int, default=0)
    add("--steps", type=int, help="batches to learn from")
    add("--learning-rate", type=float)
    add("--quiet", action="store_true", help="no progress bar")
    return parser


def encoder_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which encoder of goals an untrained network gets."""
    add = parser.add_argument
    add("--encoder", choices=tuple(ENCODERS), default="bag", help="kind of encoder (default: bag)")
    add("--width", type=int, default=32, help="length of a goal's vector (default: 32)")
    add(
        "--encoder-fields",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="further fields of the encoder's configuration, such as rounds=2 or directed=true",
    )


def encoder_config(options: argparse.Namespace) -> EncoderConfig:
    """Encoder that the options of `encoder_options` ask for.

    Raises:
        ConfigError: there is no such field, or it cannot have that value.
    """
    fields: dict[str, Any] = {"kind": options.encoder, "width": options.width}
    for field in options.encoder_fields:
        name, _, value = field.partition("=")
        try:
            fields[name] = json.loads(value.lower())
        except ValueError as error:
            raise ConfigError(
                f"Expected NAME=VALUE with a number, true or false as the value, got {field!r}."
            ) from error
    return EncoderConfig.from_dict(fields)


class Outputs:
    """Files that a command writes; nothing that is there already is overwritten.

    Args:
        options: of `command_parser`.
        others: names of further files in the output folder, by their key in the result file.

    Attributes:
        checkpoint: folder for the checkpoint.
        others: paths of the further files, by the same keys.

    Raises:
        BadInput: a file is in the way.
    """

    def __init__(self, options: argparse.Namespace, **others: str) -> None:
        self.checkpoint: Path = options.output / "checkpoint"
        self.others: dict[str, Path] = {key: options.output / name for key, name in others.items()}
        self._result: Path = options.result or Path(os.environ.get("AITP_RESULT", options.output / "result.json"))
        if taken := [str(p) for p in (self.checkpoint, *self.others.values(), self._result) if p.exists()]:
            raise BadInput(
                f"{', '.join(taken)} exists already and is not overwritten: give another --output or --result."
            )

    def write_result(self, metrics: Mapping[str, Any]) -> None:
        """Say where the checkpoint and the other files are, and how the training went.

        Args:
            metrics: JSON values; numbers that are not finite are written as text (`files.NOT_FINITE`).
        """
        paths = {"checkpoint": self.checkpoint, **self.others}
        absolute = {key: str(path.absolute()) for key, path in paths.items()}
        write_json(self._result, {**absolute, "metrics": json_numbers(metrics)})


def run_command(train: Callable[[], None]) -> int:
    """Run the body of a command; returns its exit status, after one sentence about an error of ours."""
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
    """Options among `names` that were given, by name."""
    return {name: value for name in names if (value := getattr(options, name)) is not None}

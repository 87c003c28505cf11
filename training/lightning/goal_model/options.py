"""Options that every goal model's command has, and the labels that they ask for."""

from __future__ import annotations

import argparse
from typing import get_args

from aitp_gym.errors import BadInput

from ..command import command_parser
from .labels import GoalLabel, LabelRule, OpenRule, read_labels, split_labels

__all__ = ["goal_model_parser", "labels_of"]


def goal_model_parser(program: str, description: str) -> argparse.ArgumentParser:
    """Parser of the options that every goal model has; arguments as for `command_parser`."""
    parser = command_parser(program, description)
    add = parser.add_argument
    rule = LabelRule()
    add("--held-out", type=float, default=0.1, help="share of the theorems to measure on (default: 0.1)")
    add("--open-goals", choices=get_args(OpenRule), default=rule.open_goals, help="what to teach of goals left open")
    add("--min-visits", type=int, default=rule.min_visits, help="tactics that make an open goal worth a label")
    add("--goals-per-batch", type=int)
    add("--provable-weight", type=float, help="how many times a provable goal counts")
    return parser


def labels_of(options: argparse.Namespace) -> tuple[list[GoalLabel], list[GoalLabel]]:
    """Read the labels to learn from, and the held-out ones.

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

"""Names that modules had in earlier versions, so that recorded configurations still name what they mean.

A configuration records dotted names: `_target_`s of policies, searches and goal scorers, and the modules of training
commands. Where a module moves, its old name goes into `MOVED`, and nothing stays behind in its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["MOVED", "with_current_names"]

MOVED = {
    "aitp_gym.search.htps_policy": "aitp_gym.search.htps.policy",
    "aitp_gym.search.htps_settings": "aitp_gym.search.htps",
    "aitp_gym.search.htps_statistics": "aitp_gym.search.htps.visits",
    "aitp_gym.search.htps_targets": "aitp_gym.search.htps",
    "aitp_gym.training.bench_traces": "aitp_gym.bench.traces",
    "aitp_gym.training.compare": "aitp_gym.experiments.reports.compare",
    "aitp_gym.training.config": "aitp_gym.experiments.config",
    "aitp_gym.training.evaluation": "aitp_gym.evaluation.evaluator",
    "aitp_gym.training.experiment": "aitp_gym.experiments.experiment",
    "aitp_gym.training.expert_iteration": "aitp_gym.experiments.expert_iteration",
    "aitp_gym.training.one_step": "aitp_gym.evaluation.one_step",
    "aitp_gym.training.problem": "aitp_gym.experiments.run_setup",
    "aitp_gym.training.progress": "aitp_gym.experiments.progress",
    "aitp_gym.training.report": "aitp_gym.experiments.reports.report",
    "aitp_gym.training.run_folder": "aitp_gym.experiments.run_folder",
    "aitp_gym.training.search_targets": "aitp_gym.evaluation.search_targets",
    "aitp_gym.training.state": "aitp_gym.experiments.checkpoints",
    "aitp_gym.training.statistics": "aitp_gym.experiments.reports.paired_tests",
    "aitp_gym.training.tasks": "aitp_gym.evaluation.tasks",
    "aitp_gym.training.train_command": "aitp_gym.experiments.train_command",
    "aitp_gym.training.wandb_mirror": "aitp_gym.experiments.wandb_mirror",
    "aitp_gym.training.worker": "aitp_gym.evaluation.worker",
}
"""Dotted names of modules in earlier versions, with those that they have now."""

_OLD = re.compile(rf"(?<![\w.])({'|'.join(re.escape(name) for name in sorted(MOVED, key=len, reverse=True))})(?!\w)")


def with_current_names(tree: Any) -> Any:
    """Copy a configuration, with every dotted name of a module that has moved replaced by the one it has now.

    Args:
        tree: mappings, lists and texts of a configuration, nested; other values are kept as they are.
    """
    if isinstance(tree, str):
        return _OLD.sub(lambda match: MOVED[match[1]], tree)
    if isinstance(tree, Mapping):
        return {key: with_current_names(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [with_current_names(value) for value in tree]
    return tree

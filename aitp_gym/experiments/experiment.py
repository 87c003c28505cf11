"""An experiment from its configuration: everything is checked, then opened, then the loop runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from ..errors import CanaryProved, ConfigError, TrainingDiverged
from ..evaluation.evaluator import Evaluator
from ..evaluation.worker import build
from ..wandb_run import WandbRun
from .checkpoints import LoopState
from .config import RunConfig, read_config
from .expert_iteration import ExpertIteration
from .progress import RunDisplay
from .run_folder import RunFolder
from .run_setup import deadlines, open_problem, resources, worker_config
from .wandb_mirror import WandbMirror

__all__ = ["run_experiment"]

_log = logging.getLogger(__name__)


def run_experiment(composed: DictConfig, on_report: Callable[[Mapping[str, Any]], None] | None = None) -> Path:
    """Run the loop as configured, or go on with it.

    Args:
        composed: as Hydra composed it.
        on_report: called after each iteration with the content of `report.json`, such as to tell a tuner; what it
            raises ends the run, which can be resumed. `None` for nobody.

    Returns:
        The run folder.

    Raises:
        AitpError: the configuration cannot be used (nothing was written), or the run failed (it can be resumed).
    """
    config, tree = read_config(composed)
    with RunDisplay(config.log_level) as display:
        runners = resources(config)
        problem = open_problem(config)
        # What cannot be built should say so before there is a folder for it.
        policy = build(config.tac_model)
        for search in (config.search_model, *config.searches.values()):
            build(search)
        versions = {**problem.versions, **_menu_versions(policy)}
        directory, resume = config.exp_config.directory, config.exp_config.resume
        with RunFolder.create(directory, asdict(config), resume=resume, versions=versions) as folder:
            _check_resume_iteration(config, folder)
            _log.info("%s %s", "Going on with the run in" if folder.resumed else "The run is kept in", folder.path)
            sizes = len(problem.train), len(problem.valid), len(problem.canaries)
            _log.info("%d train theorems, %d validation theorems, %d canaries", *sizes)
            with (
                _wandb_run(config, folder) as wandb_run,
                Evaluator(
                    worker_config(config),
                    resources=runners,
                    deadlines=deadlines(config),
                    ray_address=config.ray_address,
                ) as evaluator,
            ):
                mirror = WandbMirror(wandb_run, folder.path)
                loop = ExpertIteration(config, tree, folder, problem, evaluator, mirror, display, on_report)
                try:
                    loop.run()
                except (CanaryProved, TrainingDiverged):
                    raise  # Going on would end here again.
                except BaseException:
                    _log.error(
                        "The run stopped. The same command with exp_config.experiment=%s exp_config.directory=%s "
                        "exp_config.resume=true goes on with it.",
                        config.exp_config.experiment,
                        folder.path,
                    )
                    raise
            return folder.path


def _wandb_run(config: RunConfig, folder: RunFolder) -> WandbRun:
    logging_config, exp_config = config.logging_config, config.exp_config
    return WandbRun.start(
        folder.path,
        id=logging_config.id,
        offline=logging_config.offline,
        project=exp_config.name,
        name=exp_config.experiment,
        config=folder.record["config"],
        setting="logging_config.offline",
    )


def _menu_versions(policy: Any) -> dict[str, str]:
    """The menu's name and digest: with the theorem set and the prover, what decides a run besides the weights."""
    return {name: value for name, value in policy.versions.items() if name.startswith("menu")}


def _check_resume_iteration(config: RunConfig, folder: RunFolder) -> None:
    wanted = config.resume_iteration
    if wanted is None:
        return
    reached = LoopState(folder.path).iterations_trained(len(config.train_after_eval))
    if wanted != reached:
        raise ConfigError(
            f"resume_iteration={wanted} was asked for, but the run in {folder.path} goes on with iteration {reached}: "
            f"set it to null or to {reached}. What is on record is not done again; for that, begin another run."
        )

"""`aitp run`: a `hydra.main` behind a command, with its errors turned into sentences."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from .. import configs
from ..errors import AitpError, ConfigError, UnknownName
from ..text import shown

__all__ = ["experiments", "run", "sentence"]

_NOT_AN_EXPERIMENT = {"base", "train_clone", "train_rllib", "train_sb3", "train_tacticzero"}
# Everything that a run writes goes into its run folder, so Hydra is kept from making folders of its own. An override of
# the caller comes later and wins.
_HYDRA = (
    "hydra.run.dir=.",
    "hydra.sweep.dir=${exp_config.directory}",
    "hydra.output_subdir=null",
    "hydra/job_logging=none",
    "hydra/hydra_logging=none",
)
_HELP = "aitp run --config-name=NAME [FIELD=VALUE]... runs an experiment; -m runs one for each of VALUE,VALUE,... "


def experiments(folder: Path | None = None) -> list[str]:
    """Names of the experiments that can be run: the packaged ones, and those in the caller's own folder."""
    folders = [Path(configs.__file__).parent, *([folder] if folder else [])]
    return sorted({file.stem for place in folders for file in place.glob("*.yaml")} - _NOT_AN_EXPERIMENT)


def run(arguments: Sequence[str]) -> None:
    """Run `aitp run` with what follows it on the command line.

    Raises:
        AitpError: the configuration cannot be used, or the run failed; in one sentence.
    """
    # Hydra wants all overrides in one place; people do not, so they are gathered behind the options.
    parsed = get_args_parser().parse_intermixed_args(list(arguments))
    options = [argument for argument in arguments if argument not in parsed.overrides]
    folder = Path(parsed.config_dir) if parsed.config_dir else None
    if parsed.help and parsed.config_name is None:
        options.append("--config-name=base")
    elif not (parsed.help or parsed.hydra_help or parsed.info or parsed.shell_completion):
        _check_config_name(parsed.config_name, folder)
    header = f"hydra.help.header='{_HELP}Experiments: {', '.join(experiments(folder))}.'"
    try:
        with _command_line(["aitp run", *options, *_HYDRA, header, *parsed.overrides]):
            _hydra_main()
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(sentence(error)) from error


@hydra.main(version_base="1.3", config_path="pkg://aitp_gym.configs")  # type: ignore[untyped-decorator]  # Hydra ships no types
def _hydra_main(config: DictConfig) -> None:
    from aitp_gym.experiments.experiment import run_experiment

    from .report import print_report

    hydra_config = HydraConfig.get()
    if hydra_config.mode is RunMode.MULTIRUN:
        with open_dict(config):
            OmegaConf.update(config, "exp_config.directory", hydra_config.runtime.output_dir)
    try:
        print_report(run_experiment(config))
    except AitpError as error:
        if os.environ.get("AITP_DEBUG") == "1":
            raise
        # Through Hydra the error would come with lines about jobs and overrides around it.
        print(f"aitp: {shown(error, lines=True)}", file=sys.stderr)
        sys.exit(2)


def _check_config_name(name: str | None, folder: Path | None) -> None:
    known = experiments(folder)
    if name is None:
        raise UnknownName(f"Say which experiment to run: aitp run --config-name=NAME; known: {', '.join(known)}.")
    if name.removesuffix(".yaml") not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]}? " if close else ""
        raise UnknownName(
            f"There is no configuration {name!r}. {hint}Known: {', '.join(known)}. "
            "Your own are found with --config-dir=FOLDER."
        )


@contextmanager
def _command_line(argv: list[str]) -> Iterator[None]:
    """Let Hydra see these arguments, and let its errors through instead of being printed and ended with an exit."""
    saved_argv, saved_variable = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    sys.argv, os.environ["HYDRA_FULL_ERROR"] = argv, "1"
    try:
        yield
    finally:
        sys.argv = saved_argv
        if saved_variable is None:
            del os.environ["HYDRA_FULL_ERROR"]
        else:
            os.environ["HYDRA_FULL_ERROR"] = saved_variable


def sentence(error: Exception) -> str:
    """What Hydra or OmegaConf objects to, in one sentence."""
    from aitp_gym.experiments.config import unknown_field

    text = str(error).split("Config search path:")[0]
    unknown = re.match(r"Could not override '([^']+)'", text)
    if unknown:
        return unknown_field(unknown[1])
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "The configuration cannot be composed: " + " ".join(lines)

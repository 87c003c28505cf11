"""The fields of a run: what `configs/base.yaml` documents, as types, and the checks that tie them together."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from ..errors import ConfigError
from ..proof import Budget

__all__ = ["BASELINES", "LEARNED", "ExpConfig", "LoggingConfig", "RunConfig", "TrainingContext", "read_config"]

LEARNED = "learned"
"""How reports call the learned policy, under the search of the run."""
BASELINES = ("uniform", "fixed_order", "frequency")
_BUILT = ("env_config", "tac_model", "search_model", "goal_model", "searches")  # whose fields are arguments
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass
class ExpConfig:
    """`exp_config`: names of the run, and where it is kept."""

    name: str = MISSING
    experiment: str = MISSING
    resume: bool = False
    directory: str = MISSING


@dataclass
class LoggingConfig:
    """`logging_config`: the Weights & Biases mirror."""

    id: str | None = None
    offline: bool = True


@dataclass
class TrainingContext:
    """`training`: what the loop fills in before each command of `train_after_eval`, for interpolation in it."""

    python: str = MISSING
    traces: str = MISSING
    output: str = MISSING
    result: str = MISSING
    iteration: int = MISSING
    seed: int = MISSING


@dataclass
class RunConfig:
    """All fields of a run; `configs/base.yaml` says what each means, its unit, and which of two limits wins."""

    exp_config: ExpConfig = field(default_factory=ExpConfig)
    logging_config: LoggingConfig = field(default_factory=LoggingConfig)
    seed: int = 0
    log_level: str = "INFO"

    env_config: dict[str, Any] = MISSING
    tac_model: dict[str, Any] = MISSING
    search_model: dict[str, Any] = MISSING
    goal_model: dict[str, Any] | None = None
    searches: dict[str, Any] = field(default_factory=dict)

    shuffle: bool = True
    num_theorems: int | None = None
    num_valid_theorems: int | None = None
    measure_each_iteration: bool = True
    baselines: list[str] = field(default_factory=list)

    num_iterations: int = 2
    resume_iteration: int | None = None
    human_proofs: str | None = None
    train_after_eval: list[Any] = field(default_factory=list)
    update_checkpoints: list[list[str]] = field(default_factory=list)
    training: TrainingContext = field(default_factory=TrainingContext)

    num_sampled_tactics: int = 8
    max_successful_branches: int | None = None
    re_expand: bool = True
    max_tactics: int | None = None
    max_nodes: int | None = None
    total_timeout: float | None = None
    env_timeout: float | None = None
    tactic_timeout_s: float = 1.0

    num_workers: int | None = None
    ray_address: str | None = None
    num_cpus: int | None = None
    cpu_per_prover: float = 1.0
    with_gpus: bool = False
    num_gpus: int = 0
    logical_gpus: int = 0
    gpu_per_prover: float = 0.0
    provers_per_gpu: int = 1

    @property
    def budget(self) -> Budget:
        """The limits of each attempt."""
        return Budget(self.max_nodes, self.max_tactics, self.env_timeout, self.total_timeout)


def read_config(config: DictConfig) -> tuple[RunConfig, DictConfig]:
    """Check a composed configuration.

    Args:
        config: as Hydra composed it.

    Returns:
        The fields as a typed object, and the same configuration as a tree in which interpolations can be resolved
        and checkpoints replaced.

    Raises:
        ConfigError: a field is unknown, missing, of a wrong type, or does not fit the others.
    """
    _refuse_unknown(config, RunConfig, ())
    try:
        tree = OmegaConf.merge(OmegaConf.structured(RunConfig), config)
        for name in _BUILT:
            if tree[name] is not None:
                OmegaConf.to_container(tree[name], resolve=True)
                if missing := sorted(OmegaConf.missing_keys(tree[name])):
                    raise ConfigError(f"A field without a value: {name}.{missing[0]}. Every `???` needs one.")
        typed = RunConfig(**{f.name: _plain(tree, f.name) for f in fields(RunConfig)})
    except MissingMandatoryValue as error:
        raise ConfigError(f"A field without a value: {_first_line(error)}. Every `???` needs one.") from error
    except OmegaConfBaseException as error:
        key = getattr(error, "full_key", None)
        where = f"The configuration field {key!r}" if key else "The configuration"
        raise ConfigError(f"{where} cannot be used: {_first_line(error)}.") from error
    _check(typed, tree)
    return typed, tree


def _plain(tree: DictConfig, name: str) -> Any:
    if name in ("train_after_eval", "training"):
        # These interpolate what the loop fills in later.
        return OmegaConf.to_container(tree[name], resolve=False)
    value = tree[name]
    return OmegaConf.to_object(value) if OmegaConf.is_config(value) else value


def _refuse_unknown(config: DictConfig, schema: type, path: tuple[str, ...]) -> None:
    known = {f.name: f for f in fields(schema)}
    for key in map(str, config):
        if key not in known:
            raise ConfigError(unknown_field(".".join((*path, key))))
        factory = known[key].default_factory
        node = config._get_node(key)
        if isinstance(factory, type) and is_dataclass(factory) and isinstance(node, DictConfig):
            _refuse_unknown(node, factory, (*path, key))


def unknown_field(name: str) -> str:
    """The sentence about a field that the configuration does not have."""
    # The blocks that `name` lies in exist, so they are no answer.
    known = [field for field in _field_names(RunConfig) if not name.startswith(f"{field}.")]
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"The configuration has no field {name!r}: did you mean {close[0]!r}?"
    if name.split(".")[0] in _BUILT:
        return f"The configuration has no field {name!r}: add it with +{name}=VALUE if what it configures takes it."
    return f"The configuration has no field {name!r}: known fields are {', '.join(known)}."


def _field_names(schema: type, prefix: str = "") -> Iterator[str]:
    for known in fields(schema):
        yield prefix + known.name
        if isinstance(known.default_factory, type) and is_dataclass(known.default_factory):
            yield from _field_names(known.default_factory, f"{prefix}{known.name}.")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")


def _check(config: RunConfig, tree: DictConfig) -> None:
    positive = ["num_iterations", "num_sampled_tactics", "tactic_timeout_s", "cpu_per_prover", "provers_per_gpu"]
    optional = ["num_valid_theorems", "max_tactics", "max_nodes", "total_timeout", "env_timeout"]
    for name in [*positive, *optional, "num_cpus"]:
        value = getattr(config, name)
        if value is not None and not value > 0:
            raise ConfigError(f"{name} must be above 0, got {value}.")
    not_negative = ["num_theorems", "num_workers", "num_gpus", "logical_gpus", "gpu_per_prover"]
    for name in [*not_negative, "resume_iteration", "seed"]:
        value = getattr(config, name)
        if value is not None and value < 0:
            raise ConfigError(f"{name} must not be negative, got {value}.")
    if config.resume_iteration is not None and not config.exp_config.resume:
        raise ConfigError("resume_iteration needs exp_config.resume=true and the directory of the run to go on with.")
    if not any(getattr(config, name) for name in ("max_tactics", "max_nodes", "total_timeout", "env_timeout")):
        raise ConfigError(
            "An attempt needs a limit: set at least one of max_tactics, max_nodes, env_timeout and total_timeout."
        )
    if config.log_level.upper() not in _LOG_LEVELS:
        raise ConfigError(f"log_level must be one of {', '.join(_LOG_LEVELS)}, got {config.log_level!r}.")
    for baseline in config.baselines:
        if baseline not in BASELINES:
            raise ConfigError(f"baselines may name {', '.join(BASELINES)}, got {baseline!r}.")
    for label in config.searches:
        if label in (LEARNED, *BASELINES):
            raise ConfigError(f"searches may not be called {label!r}: reports have something else of that name.")
    _check_training(config, tree)


def _check_training(config: RunConfig, tree: DictConfig) -> None:
    commands, updates = config.train_after_eval, config.update_checkpoints
    if len(commands) != len(updates):
        raise ConfigError(
            "train_after_eval and update_checkpoints must have the same length, one field to update for each command, "
            f"but there are {len(commands)} commands and {len(updates)} fields."
        )
    for index, command in enumerate(commands):
        if not command or not isinstance(command, str | list):
            raise ConfigError(
                f"train_after_eval[{index}] must be a list of arguments or a string that is split like one, "
                f"got {command!r}."
            )
    for index, path in enumerate(updates):
        if not path or OmegaConf.select(tree, ".".join(path), default=_ABSENT) is _ABSENT:
            raise ConfigError(
                f"update_checkpoints[{index}] names the field {'.'.join(path)!r}, which the configuration does not "
                "have; it must be a list of keys such as [tac_model, ckpt_path]."
            )


_ABSENT = object()

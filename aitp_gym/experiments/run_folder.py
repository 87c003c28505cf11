"""A run's folder: what was asked for, what came out, and everything needed to go on after a kill.

run.json       configuration, seed, versions, digests: written first
report.json    the numbers, recomputable from the traces
traces/        see `aitp_gym.traces`
checkpoints/   what training left
run.lock       held by the process that drives the run
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import ConfigError, TraceError
from ..files import FolderLock, is_unfinished, read_json, write_json, writing
from ..moved_names import with_current_names

__all__ = ["RUN_SCHEMA_VERSION", "RunFolder", "read_run"]

RUN_SCHEMA_VERSION = 1

# Fields that may change between the parts of one run: where it logs, what computes it, how long it goes on.
FREE_FIELDS = frozenset(
    {
        "baselines",
        "cpu_per_prover",
        "exp_config",
        "gpu_per_prover",
        "log_level",
        "logging_config",
        "logical_gpus",
        "num_cpus",
        "num_gpus",
        "num_iterations",
        "num_workers",
        "provers_per_gpu",
        "ray_address",
        "resume_iteration",
        "training",
        "with_gpus",
    }
)
_RECORD = {"config": dict, "versions": dict, "packages": dict, "resumptions": list}
_PACKAGES = ("aitp-gym", "gymnasium", "numpy", "pyarrow", "scipy", "torch", "lightning", "ray")


class RunFolder:
    """The folder of one run, open for writing by this process alone. Make one with `create`.

    Attributes:
        path: the folder.
        record: content of `run.json`.
        resumed: whether the run was there before.
    """

    def __init__(self, path: Path, record: dict[str, Any], lock: FolderLock, resumed: bool) -> None:
        self.path = path
        self.record = record
        self.resumed = resumed
        self._lock = lock

    @classmethod
    def create(
        cls,
        path: Path | str,
        config: Mapping[str, Any],
        *,
        resume: bool = False,
        versions: Mapping[str, str] | None = None,
    ) -> Self:
        """Begin a run, or go on with one.

        Args:
            path: the folder; it must be missing or empty, or with `resume` may hold this very run.
            config: all fields of the run as plain JSON values; `seed` is one of them.
            resume: go on with the run in the folder, and begin one if there is none.
            versions: digests and versions that identify the problem: theorem set, splits, menu, library, prover.

        Raises:
            ConfigError: the folder holds something else, or a run of another experiment (the message names the fields
                that differ), or a run and `resume` is false. Nothing in it is changed.
            BadInput: another process drives the run.
            NotWritable: the folder cannot be made or written.
            TraceError: `run.json` cannot be read or is of another schema version.
        """
        path = Path(path)
        wanted = _record(config, versions or {})
        _refuse_foreign(path)
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(path / "run.lock", f"The run folder {path}")
        try:
            resumed = (path / "run.json").exists()
            if resumed:
                if not resume:
                    raise ConfigError(
                        f"{path} holds a run already: set exp_config.resume=true to go on with it, or choose another "
                        "exp_config.directory."
                    )
                wanted = _resumed(path, read_run(path), wanted)
            write_json(path / "run.json", wanted)
            folder = cls(path, wanted, lock, resumed)
            with writing(path):
                folder.traces.mkdir(exist_ok=True)
                folder.checkpoints.mkdir(exist_ok=True)
        except BaseException:
            lock.release()
            raise
        return folder

    @property
    def traces(self) -> Path:
        """Folder of the traces."""
        return self.path / "traces"

    @property
    def checkpoints(self) -> Path:
        """Folder for checkpoints."""
        return self.path / "checkpoints"

    @property
    def report(self) -> Path:
        """The report's file."""
        return self.path / "report.json"

    def close(self) -> None:
        """Let other processes drive the run; calling it twice is allowed."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_run(path: Path) -> dict[str, Any]:
    """The content of a run folder's `run.json`.

    Raises:
        TraceError: it is missing, unreadable, or of another schema version.
    """
    record = read_json(path / "run.json")
    found = record.get("schema_version")
    if found != RUN_SCHEMA_VERSION:
        raise TraceError(
            f"{path / 'run.json'} has schema version {found!r}; this aitp-gym reads version {RUN_SCHEMA_VERSION}. "
            "Use the aitp-gym that wrote it, or another run folder."
        )
    for name, kind in _RECORD.items():
        if not isinstance(record.get(name), kind):
            raise TraceError(
                f"{path / 'run.json'} must have {name!r} as a JSON {'list' if kind is list else 'object'}; it is "
                "damaged or not from a run."
            )
    if not all(isinstance(value, str) for value in record["versions"].values()):
        raise TraceError(f"{path / 'run.json'} must have texts as versions; it is damaged or not from a run.")
    return record


def _record(config: Mapping[str, Any], versions: Mapping[str, str]) -> dict[str, Any]:
    try:
        plain = json.loads(json.dumps(config, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError(f"The configuration of a run must be plain JSON values: {error}.") from error
    return {
        "schema_version": RUN_SCHEMA_VERSION,
        "created": _now(),
        "seed": plain.get("seed"),
        "config": plain,
        "versions": dict(versions),
        "packages": _packages(),
        "resumptions": [],
    }


def _resumed(path: Path, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The record of a run that goes on: its latest configuration, and what changed in it and when."""
    before, after = (_flat(with_current_names(record["config"])) for record in (old, new))
    changed = {name: (before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys())}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    fixed = {name: pair for name, pair in changed.items() if name.split(".")[0] not in FREE_FIELDS}
    versions = {
        name: (old["versions"].get(name), new["versions"].get(name)) for name in old["versions"] | new["versions"]
    }
    fixed |= {name: pair for name, pair in versions.items() if pair[0] != pair[1]}
    if fixed:
        listed = "; ".join(f"{name} was {was!r}, is {now!r}" for name, (was, now) in fixed.items())
        raise ConfigError(
            f"The run in {path} is another experiment: {listed}. Use the same values, or another exp_config.directory."
        )
    entry = {"at": _now(), "changed": {name: list(pair) for name, pair in changed.items()}, "packages": new["packages"]}
    return {**old, "config": new["config"], "resumptions": [*old["resumptions"], entry]}


def _flat(tree: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(tree, dict) or not tree:
        return {prefix: tree}
    return {
        name: value
        for key, branch in tree.items()
        for name, value in _flat(branch, f"{prefix}.{key}" if prefix else key).items()
    }


def _refuse_foreign(path: Path) -> None:
    try:
        entries = list(path.iterdir())
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise ConfigError(f"The run folder {path} is a file: choose another exp_config.directory.") from None
    except OSError as error:
        raise ConfigError(f"The run folder {path} cannot be read: {error.strerror}.") from error
    names = {entry.name for entry in entries if entry.name != "run.lock" and not is_unfinished(entry)}
    if names and "run.json" not in names:
        raise ConfigError(
            f"{path} is not empty and not a run folder (it holds {min(names)!r} and no run.json): choose another "
            "exp_config.directory. Nothing was written."
        )


def _packages() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

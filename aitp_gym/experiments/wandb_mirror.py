"""A mirror of the run folder in Weights & Biases. The files are the truth; nothing reads the mirror."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from ..errors import ConfigError, DependencyNotInstalled
from ..proof import Attempt
from ..traces import Key, TraceReader

__all__ = ["WandbMirror"]

_log = logging.getLogger(__name__)

_METRICS = ("attempted", "found", "proved", "refused", "tactics", "nodes", "prover_s", "policy_s", "search_s", "wall_s")
_MAX_PROOFS = 1000  # rows of a table of proofs
_MAX_SCRIPT = 1000  # tactics of a proof when written out


class WandbMirror:
    """Sends metrics and proofs to W&B; a mirror without a run does nothing.

    Make one with `start`; a context manager. A failure of W&B never fails the run: it is logged once, and the mirror
    does nothing from then on.
    """

    def __init__(self, run: Any, folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._logged: set[tuple[int, str, str]] = set()

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        id: str | None,
        offline: bool = True,
        project: str = "aitp-gym",
        name: str | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> Self:
        """Open the mirror of a run folder.

        The environment variable WANDB_MODE, where it is set, wins over `offline`, as W&B's users know it: `disabled`
        means no mirror, `offline` and `online` what they say. WANDB_DISABLED=true means no mirror either.

        Args:
            folder: the run folder; W&B keeps its files in `wandb/` below it, and nowhere else.
            id: W&B's id for the run, the same again when the run is resumed; `None` means no mirror.
            offline: write files only and never use the network (`wandb sync` uploads them later).
            project: of W&B.
            name: of the run in W&B.
            config: shown there beside the run.

        Raises:
            DependencyNotInstalled: W&B is asked for online but is not installed. Offline it is done without.
            ConfigError: W&B is asked for online and refuses, or WANDB_MODE is none of W&B's modes.
        """
        if id is None or (mode := _mode(offline)) is None:
            return cls(None, folder)
        offline = mode == "offline"
        try:
            import wandb
        except ImportError as error:
            if offline:
                _log.info("wandb is not installed, so the run is not mirrored (pip install 'aitp-gym[wandb]').")
                return cls(None, folder)
            raise DependencyNotInstalled(
                "To mirror a run online (logging_config.offline=false, or WANDB_MODE=online) wandb is needed: "
                "pip install 'aitp-gym[wandb]', or leave it offline."
            ) from error
        try:
            with _inside(folder / "wandb"):
                run = wandb.init(
                    dir=folder,
                    mode=mode,
                    id=id,
                    resume=None if offline else "allow",
                    reinit="create_new",
                    project=project,
                    name=name,
                    config=dict(config or {}),
                    settings=wandb.Settings(
                        silent=True,
                        console="off",
                        symlink=False,
                        disable_git=True,
                        disable_job_creation=True,
                        save_code=False,
                        x_disable_stats=True,
                        init_timeout=30,
                    ),
                )
            run.define_metric("iteration")
            run.define_metric("*", step_metric="iteration")
        except Exception as error:
            if offline:
                _log.warning("W&B does not start, so the run is not mirrored: %s", error)
                return cls(None, folder)
            raise ConfigError(
                f"W&B refuses to start online: {error} Set logging_config.offline=true, or WANDB_MODE=offline."
            ) from error
        return cls(run, folder)

    def log(self, report: Mapping[str, Any]) -> None:
        """Mirror what is new in a report: numbers for each policy, split and iteration, and the proofs behind them."""
        for entry in [*report["baselines"], *report["iterations"]]:
            key = (entry["iteration"], entry["split"], entry["policy"])
            if self._run is not None and key not in self._logged:
                self._logged.add(key)
                self._guarded(self._log_entry, entry)

    def close(self) -> None:
        """Let W&B write what is left; calling it twice is allowed."""
        if self._run is not None:
            self._guarded(self._run.finish)
        self._run = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _log_entry(self, entry: Mapping[str, Any]) -> None:
        import wandb

        prefix = f"{entry['split']}/{entry['policy']}"
        values: dict[str, Any] = {f"{prefix}/{name}": entry[name] for name in _METRICS}
        values |= {f"{prefix}/proved_within/{count}": number for count, number in entry["proved_at"].items()}
        records = TraceReader(self._folder).records(entry["iteration"], entry["split"], entry["policy"])
        rows = list(_proof_rows(records))
        if rows:
            columns = ["iteration", "theorem", "statement", "tactics", "proof"]
            values[f"{prefix}/proofs"] = wandb.Table(columns=columns, data=rows)
        self._run.log({"iteration": entry["iteration"], **values})

    def _guarded(self, call: Any, *arguments: Any) -> None:
        try:
            with _inside(self._folder / "wandb"):
                call(*arguments)
        except Exception as error:
            _log.warning("W&B failed, so the run is no longer mirrored: %s", error)
            self._run = None


def _mode(offline: bool) -> Literal["offline", "online"] | None:
    """What the environment says, else the configuration; `None` means no mirror."""
    if os.environ.get("WANDB_DISABLED", "").lower() in ("true", "1"):
        return None
    wanted = os.environ.get("WANDB_MODE", "").lower()
    # The second names are W&B's own of old.
    modes: dict[str, Literal["offline", "online"] | None] = {
        "": "offline" if offline else "online",
        "disabled": None,
        "offline": "offline",
        "dryrun": "offline",
        "online": "online",
        "run": "online",
    }
    if wanted not in modes:
        raise ConfigError(f"WANDB_MODE must be disabled, offline or online, got {os.environ['WANDB_MODE']!r}.")
    return modes[wanted]


def _proof_rows(records: Iterator[tuple[Key, Attempt]]) -> Iterator[list[Any]]:
    shown = 0
    for key, attempt in records:
        if attempt.proved and attempt.proof is not None and shown < _MAX_PROOFS:
            shown += 1
            # A proof that shares steps may be far longer when written out than as a DAG.
            steps = attempt.proof.steps
            script = attempt.proof.script(_MAX_SCRIPT) if len(steps) < _MAX_SCRIPT else []
            statement = attempt.theorem.pretty or attempt.theorem.statement
            yield [key.iteration, key.theorem, statement, attempt.proved_at, "\n".join(script)]


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Keep W&B's cache, data and settings in the run folder, and its telemetry off.

    It would put the former into the home folder otherwise, and send the latter over the network even when offline.
    """
    folders = ("WANDB_CACHE_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR", "WANDB_ARTIFACT_DIR")
    wanted = {name: str(folder.absolute() / name.split("_")[1].lower()) for name in folders}
    wanted["WANDB_ERROR_REPORTING"] = "false"
    saved = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

"""A run in Weights & Biases beside a folder of results. The folder is the truth; nothing reads the run."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from .errors import ConfigError, DependencyNotInstalled

__all__ = ["WandbRun"]

_log = logging.getLogger(__name__)


class WandbRun:
    """A run in W&B, or nothing where none is wanted: then all methods do nothing.

    Make one with `start`; a context manager. A failure of W&B never fails who logs: it is logged once, and nothing is
    sent from then on.
    """

    def __init__(self, run: Any, folder: Path) -> None:
        self._run = run
        self._folder = folder

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
        step: str = "iteration",
        setting: str = "offline",
    ) -> Self:
        """Open a run.

        The environment variable WANDB_MODE, where it is set, wins over `offline`, as W&B's users know it: `disabled`
        means none, `offline` and `online` what they say. WANDB_DISABLED=true means no run either.

        Args:
            folder: W&B keeps its files in `wandb/` below it, and nowhere else.
            id: W&B's id for the run, the same again when it is resumed; `None` means that nothing is sent.
            offline: write files only and never use the network (`wandb sync` uploads them later).
            project: of W&B.
            name: of the run in W&B.
            config: shown there beside the run.
            step: name of the value that others are drawn over.
            setting: name of the field that gave `offline`, for messages.

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
                _log.info("wandb is not installed, so nothing is sent to W&B (pip install 'aitp-gym[wandb]').")
                return cls(None, folder)
            raise DependencyNotInstalled(
                f"To log to W&B online ({setting}=false, or WANDB_MODE=online) wandb is needed: "
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
            run.define_metric(step)
            run.define_metric("*", step_metric=step)
        except Exception as error:
            if offline:
                _log.warning("W&B does not start, so nothing is sent: %s", error)
                return cls(None, folder)
            raise ConfigError(
                f"W&B refuses to start online: {error} Set {setting}=true, or WANDB_MODE=offline."
            ) from error
        return cls(run, folder)

    def log(self, values: Callable[[], Mapping[str, Any]]) -> None:
        """Send values by name; they are made only if there is a run."""
        if self._run is not None:
            self._guarded(lambda: self._run.log(dict(values())))

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

    def _guarded(self, call: Callable[[], object]) -> None:
        try:
            with _inside(self._folder / "wandb"):
                call()
        except Exception as error:
            _log.warning("W&B failed, so nothing is sent any more: %s", error)
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

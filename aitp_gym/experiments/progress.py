"""Progress of a run for a person: log lines, and progress bars where there is a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..text import shown

__all__ = ["EvaluationBar", "RunDisplay"]

_LOGGER = "aitp_gym"


class _ShownFormatter(logging.Formatter):
    """Formatter of messages that may quote anything."""

    def format(self, record: logging.LogRecord) -> str:
        return shown(super().format(record), lines=True)


class EvaluationBar:
    """Counts the attempts of one evaluation: done of all, and proved of done."""

    def __init__(self, display: RunDisplay, title: str, total: int, done: int, proved: int) -> None:
        self._progress = display.progress
        self._proved = proved
        self._task = self._progress.add_task(shown(title), total=total, completed=done, note=self._note())

    def advance(self, proved: bool) -> None:
        """One more attempt has ended."""
        self._proved += proved
        self._progress.update(self._task, advance=1, note=self._note())

    def close(self) -> None:
        """Take the bar away."""
        self._progress.remove_task(self._task)

    def _note(self) -> str:
        return f"{self._proved} proved"


class RunDisplay:
    """The terminal of a run, as a context manager.

    Messages of this project go to stderr from `log_level` up. Bars are drawn only where stderr is a terminal; a log
    file of a batch job gets the messages alone.

    Args:
        log_level: a name of `logging`.
        console: to write to; `None` means stderr.
    """

    def __init__(self, log_level: str, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self.progress = Progress(
            SpinnerColumn(),
            # What is described comes from files and from training commands: it is no markup.
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._level = log_level.upper()
        self._handler: logging.Handler = (
            RichHandler(console=self.console, show_path=False, log_time_format="%X")
            if self.console.is_terminal
            else logging.StreamHandler(self.console.file if console else sys.stderr)
        )
        layout = "%(message)s" if self.console.is_terminal else "%(asctime)s %(message)s"
        self._handler.setFormatter(_ShownFormatter(layout, datefmt="%H:%M:%S"))

    def __enter__(self) -> RunDisplay:
        logger = logging.getLogger(_LOGGER)
        self._saved = (logger.level, logger.propagate)
        logger.addHandler(self._handler)
        logger.setLevel(self._level)
        logger.propagate = False
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()
        logger = logging.getLogger(_LOGGER)
        logger.removeHandler(self._handler)
        logger.setLevel(self._saved[0])
        logger.propagate = self._saved[1]

    @contextmanager
    def evaluation(self, title: str, total: int, done: int = 0, proved: int = 0) -> Iterator[EvaluationBar]:
        """A bar for one evaluation.

        Args:
            title: what is evaluated.
            total: attempts in all.
            done: how many of them are on record already.
            proved: how many of those proved their theorem.
        """
        bar = EvaluationBar(self, title, total, done, proved)
        try:
            yield bar
        finally:
            bar.close()

    @contextmanager
    def training(self, title: str) -> Iterator[Callable[[str], None]]:
        """A bar for a training command; what it yields takes the line to be shown beside the elapsed time."""
        task = self.progress.add_task(shown(title), total=None, note="")
        try:
            yield lambda line: self.progress.update(task, note=shown(line))
        finally:
            self.progress.remove_task(task)

"""Progress of slow work: a callback that gets a text and the part that is done."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator

__all__ = ["Progress", "console", "silent"]

Progress = Callable[[str, float], None]
"""Called with what is being done and how much of it is done, from 0 to 1."""

_log = logging.getLogger(__name__)


def silent(text: str, part: float) -> None:
    """Show nothing."""


@contextlib.contextmanager
def console(title: str) -> Iterator[Progress]:
    """A progress bar on the terminal; without a terminal, one line in the log for each new text."""
    if sys.stderr.isatty():
        yield from _bar(title)
        return
    last = ""

    def log(text: str, part: float) -> None:
        nonlocal last
        if text != last:
            last = text
            _log.info("%s: %s", title, text)

    yield log


def _bar(title: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda text, part: bar.update(task, description=f"{title}: {text}", completed=part)

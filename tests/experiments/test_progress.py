"""What a terminal and a log file get to see of a run."""

from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from aitp_gym.experiments.progress import RunDisplay


def shown(log_level: str, terminal: bool) -> str:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=100)
    log = logging.getLogger("aitp_gym.training.example")
    with RunDisplay(log_level, console) as display:
        with display.evaluation("iteration 0: learned", total=3, done=1) as bar:
            bar.advance(True)
            display.progress.refresh()
            log.info("an event")
            log.debug("a detail")
        with display.training("iteration 0: training") as show:
            show("epoch 1")
            display.progress.refresh()
    return text.getvalue()


def test_a_terminal_gets_bars_and_messages():
    text = shown("INFO", terminal=True)
    for part in ("iteration 0: learned", "2/3", "1 proved", "an event", "iteration 0: training", "epoch 1"):
        assert part in text
    assert "a detail" not in text


def test_a_file_gets_the_messages_alone():
    [line] = shown("INFO", terminal=False).splitlines()
    assert line.endswith("an event")


@pytest.mark.parametrize(("level", "expected"), [("DEBUG", 2), ("INFO", 1), ("warning", 0)])
def test_the_log_level_decides_which_messages_are_shown(level, expected):
    assert len(shown(level, terminal=False).splitlines()) == expected


def test_logging_is_as_before_when_the_run_is_over():
    logger = logging.getLogger("aitp_gym")
    before = (logger.level, logger.propagate, list(logger.handlers))
    shown("DEBUG", terminal=False)
    assert (logger.level, logger.propagate, list(logger.handlers)) == before

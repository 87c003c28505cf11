"""The report of a run as tables."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

__all__ = ["print_report", "recompute"]

_WIDTH = 160


def print_report(folder: Path) -> None:
    """Print the report of a run folder and where it is."""
    from aitp_gym.training.report_table import print_table
    from aitp_gym.training.run_folder import read_json

    # A table that is cut to the width of a pipe would lose its numbers.
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    print_table(read_json(folder / "report.json"), console)
    print(f"Report: {folder / 'report.json'}")


def recompute(folder: Path) -> None:
    """Compute the report of a run folder anew from its traces, write it, and print it."""
    from aitp_gym.training.report import write_report

    write_report(folder)
    print_report(folder)

"""`aitp doctor`: the states of the provers, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from ..provers.status import ProverStatus
from ..text import shown

__all__ = ["print_json", "print_table"]


def print_table(statuses: Iterable[ProverStatus]) -> None:
    """A paragraph for each prover."""
    console = Console(highlight=False, soft_wrap=True)
    for status in statuses:
        state = Text("ready    ", "green") if status.ready else Text("not ready", "red")
        version = f" {status.version}" if status.version else ""
        console.print(state, Text(shown(f"{status.name}{version}: {status.message}", lines=True)))
        if status.command:
            console.print(Text(shown(f"          to change that: {status.command}", lines=True)))


def print_json(statuses: Iterable[ProverStatus]) -> None:
    """A JSON object from names to states."""
    print(json.dumps({status.name: asdict(status) for status in statuses}, indent=2))

"""`aitp doctor`, `aitp build`, `aitp stop`: states of the provers, and the servers behind them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from ..doctor import ProverStatus

__all__ = ["build_hollight", "print_json", "print_table", "stop_hollight"]


def print_table(statuses: Iterable[ProverStatus]) -> None:
    """A paragraph for each prover."""
    console = Console(highlight=False, soft_wrap=True)
    for status in statuses:
        state = Text("ready    ", "green") if status.ready else Text("not ready", "red")
        version = f" {status.version}" if status.version else ""
        console.print(state, Text(f"{status.name}{version}: {status.message}"))
        if status.command:
            console.print(Text(f"          to change that: {status.command}"))


def print_json(statuses: Iterable[ProverStatus]) -> None:
    """A JSON object from names to states."""
    print(json.dumps({status.name: asdict(status) for status in statuses}, indent=2))


def build_hollight() -> None:
    """Compile the HOL Light server, unless that was done before."""
    from ..provers.hollight import build

    built = build()
    print(f"The HOL Light {built.hol_version} server is built: {built.executable}")


def stop_hollight() -> None:
    """End the HOL Light servers of this user."""
    from ..provers.hollight import stop_all

    count = stop_all()
    print(f"Ended {count} HOL Light server{'s' * (count != 1)}." if count else "No HOL Light server was running.")

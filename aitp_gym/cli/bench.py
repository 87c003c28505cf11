"""The figures of the benchmark, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["print_json", "print_table"]


def print_table(result: Mapping[str, Any]) -> None:
    """A line for each figure."""
    for name, value in _flat(result):
        print(f"{name:32} {value if isinstance(value, str) else '-' if value is None else f'{value:.4g}'}")


def print_json(result: Mapping[str, Any]) -> None:
    """A JSON object of the figures."""
    print(json.dumps(result, indent=2))


def _flat(result: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in result.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value

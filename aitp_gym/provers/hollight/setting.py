"""Position, context and memory limit, which all requests about one theorem share."""

from __future__ import annotations

from dataclasses import dataclass

from ..batch_session import UNLIMITED_S

__all__ = ["HolLightSetting", "child_memory_mb", "microseconds"]


@dataclass(frozen=True, slots=True)
class HolLightSetting:
    """Setting of all requests about one theorem."""

    position: int | None
    context: str
    memory_mb: int

    def fields(self) -> list[str]:
        """As the server reads it."""
        return ["" if self.position is None else str(self.position), self.context, str(self.memory_mb)]


def child_memory_mb(memory_mb: int) -> float:
    """What a child may hold before it is killed from outside; its own limit, seen late, acts first."""
    return 2.0 * memory_mb + 256


def microseconds(seconds: float) -> str:
    """As the server reads times."""
    return str(int(min(seconds, UNLIMITED_S) * 1e6))

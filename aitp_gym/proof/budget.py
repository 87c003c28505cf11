"""Budget of an attempt, and the amounts spent of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from ..errors import BadInput

__all__ = ["Budget", "Spent"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one attempt; `None` means no limit.

    Attributes:
        max_nodes: goals expanded (a goal counts once, however often it is expanded).
        max_tactics: tactic applications.
        prover_s: CPU seconds inside the prover.
        wall_s: wall seconds since the reset.
    """

    max_nodes: int | None = None
    max_tactics: int | None = None
    prover_s: float | None = None
    wall_s: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None:
                continue
            whole = field.name.startswith("max_")
            allowed = int if whole else int | float
            if isinstance(value, bool) or not isinstance(value, allowed) or not value > 0:
                kind = "whole number" if whole else "number of seconds"
                raise BadInput(f"Budget.{field.name} must be a positive {kind} or None, got {value!r}.")

    def as_dict(self) -> dict[str, float | int | None]:
        """The four limits by name."""
        return asdict(self)


@dataclass(slots=True)
class Spent:
    """Amounts that an attempt has used: the four amounts that `Budget` limits, in the same units."""

    nodes: int = 0
    tactics: int = 0
    prover_s: float = 0.0
    wall_s: float = 0.0

    def exceeded(self, budget: Budget) -> str | None:
        """Name of the first limit that is used up, or `None`."""
        pairs = (
            ("max_nodes", self.nodes, budget.max_nodes),
            ("max_tactics", self.tactics, budget.max_tactics),
            ("prover_s", self.prover_s, budget.prover_s),
            ("wall_s", self.wall_s, budget.wall_s),
        )
        return next((name for name, used, limit in pairs if limit is not None and used >= limit), None)

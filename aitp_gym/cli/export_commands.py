"""Group of `aitp export`, whose name alone means the proofs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.core import TyperGroup

__all__ = ["ExportCommands"]


class ExportCommands(TyperGroup):
    """The commands of `aitp export`: `aitp export RUN` is `aitp export proofs RUN`."""

    # Typer's own types for contexts are Click's in some versions and private in others.
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments."""
        return list(super().parse_args(ctx, ["proofs", *args] if _means_proofs(args) else args))


def _means_proofs(args: list[str]) -> bool:
    if not args or args[0] in ("--help", "proofs"):
        return False
    if args[0] == "traces":
        # The trace folder of a run has this name too.
        given = any(arg == "--help" or arg.partition("=")[0] == "--to" for arg in args)
        return not given and Path("traces").is_dir()
    return True

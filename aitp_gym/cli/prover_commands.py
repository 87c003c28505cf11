"""Groups of `aitp` whose commands are the provers' own."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

__all__ = ["ProverCommands"]


class ProverCommands(TyperGroup):
    """The commands that the provers' specs have for the group of this name, imported when the group is used."""

    @cached_property
    def _own(self) -> dict[str, Any]:
        from ..provers.registry import specs

        # With a callback Typer keeps a group that has but one command a group.
        app = typer.Typer(callback=lambda: None, add_completion=False)
        for spec in specs():
            for command in spec.commands():
                if command.group == self.name:
                    app.command(command.name, epilog=f"Example: {command.example}")(command.function)
        group = get_command(app)
        assert isinstance(group, TyperGroup)
        return dict(group.commands)

    # Typer's own types for contexts and commands are Click's in some versions and private in others.

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands, in the order of the provers."""
        return list(self._own)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name, `None` if there is none."""
        return self._own.get(cmd_name)

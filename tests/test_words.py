"""Docstrings that name the thing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("aitp_gym", "agents", "search", "training", "configs")
RIDDLE = re.compile(r"(What|Which|Whether|How|Where|Why|When|Who)\b")


def named(nodes: tuple[type[ast.AST], ...]) -> dict[str, str]:
    """First lines of the docstrings of public modules or classes, by place."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            # Written by the protocol compiler.
            if path.name.endswith(("_pb2.py", "_pb2_grpc.py")):
                continue
            module = ast.parse(path.read_text(encoding="utf-8"))
            for node in (module, *module.body):
                name = getattr(node, "name", "")
                if isinstance(node, nodes) and not name.startswith("_"):
                    line = (ast.get_docstring(node) or "").partition("\n")[0]
                    found[f"{path.relative_to(ROOT)} {name}"] = line
    return found


@pytest.mark.parametrize("kind", [ast.Module, ast.ClassDef])
def test_a_docstring_begins_with_a_noun_phrase_that_names_the_thing(kind):
    assert {place: line for place, line in named((kind,)).items() if not line or RIDDLE.match(line)} == {}

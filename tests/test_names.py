"""Names that stand for one thing each."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("aitp_gym", "agents", "search", "training")


def public_classes() -> dict[str, list[str]]:
    """Files that define each public class, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            # Written by the protocol compiler.
            if "proto" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(str(path.relative_to(ROOT)))
    return found


def test_a_class_name_stands_once_in_the_house():
    twice = {name: places for name, places in public_classes().items() if len(places) > 1}
    assert twice == {}

"""Declarations of the syntax that is compiled into the engine, written out from `library/native.toml`.

Lean's interpreter takes a constant marked `extern` from the symbol that the constant's own name is mangled to, so
declaring `Lean.Parser.Tactic.intro` with the right type is enough to have Lean's own parser of `intro`. Nothing checks
the type: a wrong one crashes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["native_declarations"]

_TABLE = Path(__file__).parent / "library" / "native.toml"
_PLAIN_COMPONENT = re.compile(r"[A-Za-z_][A-Za-z0-9_'!?]*")
_TIMES = re.compile(r"\*(\d+)$")


def native_declarations() -> str:
    """Lean text that declares every entry of the table, a line each."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    lines = [f"declare_syntax_cat {category}" for category in table["categories"]]
    for entry in table["parsers"]:
        lines.extend(_parsers(entry))
    for entry in table["macros"]:
        lines.extend(_macros(entry))
    for entry in table["unexpanders"]:
        lines.extend(_unexpanders(entry))
    return "\n".join(lines) + "\n"


def _parsers(entry: Mapping[str, Any]) -> Iterator[str]:
    # What continues a term or tactic to its left is of another type than what begins one.
    kind = "TrailingParserDescr" if entry.get("trailing") else "ParserDescr"
    attribute = f"{entry['category']}_parser, " if "category" in entry else ""
    for name in entry["names"].split():
        yield _declaration(attribute, _in(entry.get("namespace", ""), name), f"Lean.{kind}")


def _macros(entry: Mapping[str, Any]) -> Iterator[str]:
    space = entry.get("namespace", "")
    for name, number in _numbered(entry["kinds"]):
        kind = _in(space, name)
        macro = _in(entry.get("declared_in", space), _auxiliary(entry["module"], "macroRules", kind, number))
        yield _declaration(f"macro {_quoted(kind)}, ", macro, "Lean.Macro")


def _unexpanders(entry: Mapping[str, Any]) -> Iterator[str]:
    named = list(entry.get("named", {}).items())
    for constant, number in _numbered(entry.get("constants", "")):
        named.append((constant, _auxiliary(entry["module"], "unexpand", constant, number)))
    for constant, function in named:
        yield _declaration(f"app_unexpander {constant}, ", function, "Lean.PrettyPrinter.Unexpander")


def _declaration(attribute: str, name: str, kind: str) -> str:
    return f'@[{attribute}extern "c"] opaque {_quoted(name)} : {kind}'


def _in(namespace: str, name: str) -> str:
    return f"{namespace}.{name}" if namespace else name


def _auxiliary(module: str, purpose: str, name: str, number: int) -> str:
    """What Lean calls the definition that it makes of the n-th alternative of an anonymous macro or unexpander."""
    return f"_aux_{module}___{purpose}_{name}_{number}".replace(".", "_")


def _numbered(names: str) -> Iterator[tuple[str, int]]:
    """Each name of the list as often as it says, counted from 1."""
    for name in names.split():
        times = _TIMES.search(name)
        for number in range(1, int(times[1]) + 1 if times else 2):
            yield _TIMES.sub("", name), number


def _quoted(name: str) -> str:
    return ".".join(part if _PLAIN_COMPONENT.fullmatch(part) else f"«{part}»" for part in name.split("."))

"""The theorems of Lean files: miniF2F and its like, and any file of a project."""

from __future__ import annotations

from pathlib import Path

from ...errors import BadInput
from ...proof import Theorem
from ...text import read_utf8, unsendable
from ...theorems import TheoremSet
from .declarations import Declaration, declarations
from .source import Source

__all__ = ["lean_files"]

_SPLIT = "test"
_SPLIT_NAMES = {"train": "train", "valid": "valid", "validation": "valid", "val": "valid", "test": "test"}


def lean_files(path: str | Path) -> TheoremSet:
    """The theorems of a Lean file, or of all `.lean` files below a folder, each to be proved in its place.

    Where some theorems of a file have `sorry` for a proof, these are its problems, and none of them sees another. Where
    none has, every theorem is one, its proof left out; what stands before it, proofs included, it may use.

    A file or folder named `train`, `valid` (or `val`, `validation`) or `test`, in any case, gives the split of what is
    in it; everything else is in `test`. What is found without asking Lean is in `declarations.py`; theorems of a
    `mutual` block, which prove each other, are none.

    Args:
        path: of a file or a folder.

    Raises:
        BadInput: a file cannot be read, or there is no theorem.
    """
    path = Path(path)
    files = sorted(path.rglob("*.lean")) if path.is_dir() else [path]
    found: list[tuple[str, Source, str]] = []
    for file in files:
        text = read_utf8(file)
        if reason := unsendable(text):
            raise BadInput(f"{file} cannot be given to Lean: {reason}.")
        relative = file.relative_to(path) if path.is_dir() else Path(file.name)
        split = _split(relative)
        found += [(name, source, split) for name, source in _problems(text, declarations(text))]
    if not found:
        raise BadInput(f"Expected theorems in {path}, found none in {len(files)} files.")
    names = _unique([name for name, _, _ in found])
    return TheoremSet(
        path.stem,
        tuple(
            Theorem(unique, source.signature, "lean", path.stem, split, payload=source)
            for unique, (_, source, split) in zip(names, found, strict=True)
        ),
    )


def _problems(text: str, declared: tuple[Declaration, ...]) -> list[tuple[str, Source]]:
    """Names and sources of a file's problems."""
    problems = []
    declared = tuple(declaration for declaration in declared if not declaration.mutual)
    # The text up to the next declaration, without those that have no proof: nothing may rest on them.
    before, place = "", 0
    any_unproved = any(declaration.unproved for declaration in declared)
    for declaration in declared:
        before += text[place : declaration.start]
        place = declaration.start
        if declaration.unproved:
            place = declaration.end
        if declaration.unproved or not any_unproved:
            problems.append((declaration.name, Source(before, declaration.signature(text))))
    return problems


def _split(path: Path) -> str:
    for part in (path.stem, *reversed(path.parts[:-1])):
        if part.lower() in _SPLIT_NAMES:
            return _SPLIT_NAMES[part.lower()]
    return _SPLIT


def _unique(names: list[str]) -> list[str]:
    """The names, numbered from the second one on where they repeat."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique

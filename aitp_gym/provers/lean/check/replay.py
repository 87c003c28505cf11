"""Has Lean's kernel check constants in a fresh process where nothing of a candidate runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from ....errors import BadInput
from ... import sandbox
from ..toolchain import Toolchain
from . import kernel, watch
from .audit import Refused
from .closure import Closure, collect
from .compiler import lean_command
from .constants import Constant
from .declarations import write
from .library_base import LIBRARY, library_base
from .objects import Region
from .olean import Module
from .terms import Terms
from .warm import WarmHost, warm_checks

__all__ = ["KernelAnswer", "replay", "write_library"]

_SCRIPT = Path(__file__).with_name("replay.lean")
Find = Callable[[int], Constant | None]


@dataclass(frozen=True, slots=True)
class KernelAnswer:
    """Answer of the kernel.

    Attributes:
        ended: how its process ended.
        reason: what the kernel does not accept; empty if it accepts all.
        axioms: names of the axioms that the constants rest on.
        finished: whether it came to an end; otherwise `ended` says why not.
    """

    ended: watch.Ended
    reason: str
    axioms: frozenset[str]
    finished: bool


def replay(
    toolchain: Toolchain,
    terms: Terms,
    roots: Collection[int],
    find: Find,
    imports: tuple[str, ...],
    folder: Path,
    allowance: watch.Allowance,
) -> KernelAnswer:
    """Check constants and what they rest on.

    With the embedded engine everything is checked anew, its library included, in an environment that begins empty. In a
    project, what is imported is taken from there.

    Args:
        toolchain: whose kernel.
        terms: of the constants.
        roots: names of what is to be checked.
        find: the constants of the candidate and of the statement's file; `None` for what is imported.
        imports: names of the modules that the file imports.
        folder: a folder of its own.
        allowance: what the kernel may use.

    Raises:
        Refused: something is used that is not there, rests on itself, or is not safe, or the library has it already.
        BadInput: a module of the library cannot be read.
    """
    checks = warm_checks(toolchain)
    if checks is not None and imports == (LIBRARY,) and checks.kernel_pays:
        with checks.kernel() as host:
            return _replay_above(toolchain, terms, roots, find, folder, allowance, host)
    library = _library(toolchain, terms, imports) if toolchain.kind == "embedded" else lambda name: None
    # In a project the kernel itself objects.
    for name in roots:
        if library(name) is not None:
            raise Refused(f"the proof declares {terms.show(name)}, which the library has already")
    try:
        closure = collect(terms, roots, lambda name: find(name) or library(name))
        lines = write(terms, closure)
    except BadInput as error:
        raise Refused(str(error)) from error
    if toolchain.kind == "embedded" and closure.outside:
        raise Refused(f"the proof uses {terms.show(min(closure.outside))}, which is declared nowhere")
    file = folder / "declarations"
    file.write_text(lines, encoding="ascii")
    argv = _command(toolchain, file, imports)
    ended = watch.run(argv, folder / "kernel.log", allowance, cwd=toolchain.directory, env=toolchain.env)
    return _reading(terms, closure, ended)


def _replay_above(
    toolchain: Toolchain,
    terms: Terms,
    roots: Collection[int],
    find: Find,
    folder: Path,
    allowance: watch.Allowance,
    host: WarmHost,
) -> KernelAnswer:
    """Check constants in a kernel that has checked the library already, and knows nothing else."""
    library = library_base(toolchain)
    for name in roots:
        if library.fault(terms.components(name)) is not None:
            raise Refused(f"the proof declares {terms.show(name)}, which the library has already")
    below: set[int] = set()
    try:
        closure = collect(terms, roots, find)
        for name in sorted(closure.outside):
            components = terms.components(name)
            if (fault := library.fault(components)) is None:
                raise Refused(f"the proof uses {terms.show(name)}, which is declared nowhere")
            if fault:
                raise Refused(fault)
            below.update(terms.number(axiom) for axiom in library.axioms(components))
        closure = replace(closure, below=frozenset(below))
        lines = write(terms, closure)
    except BadInput as error:
        raise Refused(str(error)) from error
    file = folder / "declarations"
    file.write_text(lines, encoding="ascii")
    argv = _command(toolchain, file, (LIBRARY,))
    ended = watch.run(argv, folder / "kernel.log", allowance, cwd=toolchain.directory, env=toolchain.env, host=host)
    return _reading(terms, closure, ended)


def write_library(toolchain: Toolchain, file: Path) -> None:
    """Write the declarations of the embedded engine's library to a file, as `kernel.py` reads them."""
    library = library_base(toolchain)
    file.write_text(write(library.terms, library.closure), encoding="ascii")


def _command(toolchain: Toolchain, file: Path, imports: tuple[str, ...]) -> list[str]:
    if toolchain.kind != "embedded":
        arguments = ["--run", os.fspath(_SCRIPT), os.fspath(file), *imports]
        return lean_command(toolchain, arguments, readable=[file, _SCRIPT])
    from ..embedded.wheel import Wheel

    script = Path(kernel.__file__)
    return sandbox.wrap(
        [sys.executable, "-I", "-S", script, Wheel.find().directory, file],
        readable=[file, script, *toolchain.readable],
        children=False,
    )


def _library(toolchain: Toolchain, terms: Terms, imports: tuple[str, ...]) -> Find:
    """Constants of the imported modules and of those that they import."""
    folders = [Path(folder) for folder in toolchain.env.get("LEAN_PATH", "").split(os.pathsep) if folder]
    modules: dict[str, Module] = {}
    pending = list(imports)
    while pending:
        name = pending.pop()
        if name in modules:
            continue
        places = [folder.joinpath(*name.split(".")).with_suffix(".olean") for folder in folders]
        found = next((place for place in places if place.is_file()), None)
        if found is None:
            raise BadInput(f"The module {name} is in none of {', '.join(map(str, folders))}.")
        modules[name] = Module(Region.load(found), terms)
        pending += modules[name].imports

    def find(name: int) -> Constant | None:
        return next((module.constant(name) for module in modules.values() if name in module), None)

    return find


def _reading(terms: Terms, closure: Closure, ended: watch.Ended) -> KernelAnswer:
    *lines, verdict = ended.said.removesuffix("\n").split("\n")
    word, _, rest = verdict.partition(" ")
    if ended.used_up or ended.status != 0 or word not in ("accepted", "refused"):
        return KernelAnswer(ended, "", frozenset(), False)
    if word == "refused":
        number, _, why = rest.partition(" ")
        name = terms.show(closure.declarations[int(number)][0].name)
        return KernelAnswer(ended, f"the kernel does not accept {name}: {why or 'no reason given'}", frozenset(), True)
    axioms = {line.removeprefix("axiom ") for line in lines if line.startswith("axiom ")}
    return KernelAnswer(ended, "", frozenset(axioms | {terms.show(name) for name in closure.axioms()}), True)

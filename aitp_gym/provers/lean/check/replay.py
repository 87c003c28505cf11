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
from .axioms import Axiom
from .closure import Closure, collect
from .compiler import lean_command
from .constants import Constant
from .declarations import write
from .imported_modules import ImportedModules
from .known_bugs import refuse_shapes
from .library_base import LIBRARY, library_base
from .terms import ANONYMOUS, Terms, dotted
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
        axioms: the axioms that the constants rest on.
        finished: whether it came to an end; otherwise `ended` says why not.
    """

    ended: watch.Ended
    reason: str
    axioms: frozenset[Axiom]
    finished: bool


def replay(
    toolchain: Toolchain,
    terms: Terms,
    roots: Collection[int],
    find: Find,
    imports: tuple[int, ...],
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
    library = ImportedModules(toolchain, terms)
    modules = [dotted(terms.components(name)) for name in imports]
    checks = warm_checks(toolchain)
    if checks is not None and modules == [LIBRARY] and checks.kernel_pays:
        with checks.kernel() as host:
            return _replay_above(toolchain, library, terms, roots, find, imports, folder, allowance, host)
    if embedded := toolchain.kind == "embedded":
        library.load(imports)
    # In a project the kernel itself objects.
    for name in roots:
        if library.find(name) is not None:
            raise Refused(f"the proof declares {terms.show(name)}, which the library has already")
    try:
        closure = collect(terms, roots, lambda name: find(name) or library.find(name))
        refuse_shapes(toolchain.version, terms, (block for block in closure.declarations if find(block[0].name)))
        lines = write(terms, closure)
    except BadInput as error:
        raise Refused(str(error)) from error
    if embedded and closure.outside:
        raise Refused(f"the proof uses {terms.show(min(closure.outside))}, which is declared nowhere")
    file = folder / "declarations"
    file.write_text(lines, encoding="ascii")
    argv = _command(toolchain, file, modules)
    ended = watch.run(argv, folder / "kernel.log", allowance, cwd=toolchain.directory, env=toolchain.env)
    return _reading(terms, library, closure, ended)


def _replay_above(
    toolchain: Toolchain,
    library: ImportedModules,
    terms: Terms,
    roots: Collection[int],
    find: Find,
    imports: tuple[int, ...],
    folder: Path,
    allowance: watch.Allowance,
    host: WarmHost,
) -> KernelAnswer:
    """Check constants in a kernel that has checked the library already, and knows nothing else."""
    base = library_base(toolchain)
    for name in roots:
        if base.fault(terms.components(name)) is not None:
            raise Refused(f"the proof declares {terms.show(name)}, which the library has already")
    below: set[int] = set()
    try:
        closure = collect(terms, roots, find)
        refuse_shapes(toolchain.version, terms, closure.declarations)
        for name in sorted(closure.outside):
            components = terms.components(name)
            if (fault := base.fault(components)) is None:
                raise Refused(f"the proof uses {terms.show(name)}, which is declared nowhere")
            if fault:
                raise Refused(fault)
            below.update(terms.number(axiom) for axiom in base.axioms(components))
        closure = replace(closure, below=frozenset(below))
        if closure.axioms():
            # Their types are compared with the standard ones.
            library.load(imports)
        lines = write(terms, closure)
    except BadInput as error:
        raise Refused(str(error)) from error
    file = folder / "declarations"
    file.write_text(lines, encoding="ascii")
    argv = _command(toolchain, file, [LIBRARY])
    ended = watch.run(argv, folder / "kernel.log", allowance, cwd=toolchain.directory, env=toolchain.env, host=host)
    return _reading(terms, library, closure, ended)


def write_library(toolchain: Toolchain, file: Path) -> None:
    """Write the declarations of the embedded engine's library to a file, as `kernel.py` reads them."""
    library = library_base(toolchain)
    file.write_text(write(library.terms, library.closure), encoding="ascii")


def _command(toolchain: Toolchain, file: Path, imports: list[str]) -> list[str]:
    if toolchain.kind != "embedded":
        arguments = ["--run", os.fspath(_SCRIPT), os.fspath(file), *imports]
        return lean_command(toolchain, arguments, readable=[file, _SCRIPT])
    from ..embedded.wheel import Wheel

    script = Path(kernel.__file__)
    return sandbox.wrap(
        [sys.executable, "-I", "-S", script, Wheel.find().directory, file],
        readable=[file, script, *toolchain.readable],
        runnable=[sys.executable],
        children=False,
        using=toolchain.sandbox,
    )


def _reading(terms: Terms, library: ImportedModules, closure: Closure, ended: watch.Ended) -> KernelAnswer:
    *lines, verdict = ended.said.removesuffix("\n").split("\n")
    word, _, rest = verdict.partition(" ")
    if ended.used_up or ended.status != 0 or word not in ("accepted", "refused"):
        return KernelAnswer(ended, "", frozenset(), False)
    if word == "refused":
        number, _, why = rest.partition(" ")
        name = terms.show(closure.declarations[int(number)][0].name)
        return KernelAnswer(ended, f"the kernel does not accept {name}: {why or 'no reason given'}", frozenset(), True)
    found = [library.axiom(name) for name in closure.axioms()]
    for line in lines:
        kind, *names = line.split(" ")
        if kind == "axiom":
            axiom, module = (_read_name(terms, text) for text in names)
            library.load_one(module)
            found.append(library.axiom(axiom))
    return KernelAnswer(ended, "", frozenset(found), True)


def _read_name(terms: Terms, text: str) -> int:
    """A name as `replay.lean` prints it: components in hexadecimal digits, or numbers, each after a dot."""
    name = ANONYMOUS
    for part in text.split(".")[1:]:
        name = terms.name(name, int(part[1:]) if part[0] == "n" else bytes.fromhex(part[1:]).decode())
    return name

"""A statement compiled with `sorry` for a proof: what every proof of it is compared with."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from ....errors import BadInput
from ..declarations import declarations
from ..source import Source
from ..toolchain import Toolchain
from .audit import find_theorem, is_made_on_demand
from .compiler import compile_file
from .objects import Region
from .olean import Module
from .terms import ANONYMOUS, Terms
from .watch import Allowance

__all__ = ["CompiledStatement", "compile_statement"]

_KEPT = 32
_WALL_FACTOR = 4.0


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """A compiled statement.

    Attributes:
        olean: the bytes of the module.
        name: components of the theorem's full name.
        first_line, body_line: lines of the file, from 0, where the theorem and its proof begin.
        declares: what its file declares before the theorem, each with its kind, such as `axiom bad`; without what Lean
            adds by itself.
        axioms: names of the axioms among that.
    """

    olean: bytes
    name: tuple[str | int, ...]
    first_line: int
    body_line: int
    declares: tuple[str, ...] = ()
    axioms: tuple[str, ...] = ()

    def theorem(self, terms: Terms) -> int:
        """The theorem's name in some terms."""
        found = ANONYMOUS
        for component in self.name:
            found = terms.name(found, component)
        return found


_kept: OrderedDict[tuple[str, Source], CompiledStatement] = OrderedDict()
_lock = threading.Lock()


def compile_statement(
    toolchain: Toolchain, source: Source, folder: Path, timeout_s: float, memory_mb: float
) -> CompiledStatement:
    """Compile a statement, unless it is one of the last few.

    Args:
        toolchain: which Lean.
        source: the theorem.
        folder: for temporary files.
        timeout_s: CPU seconds it may take.
        memory_mb: resident memory it may take.

    Raises:
        BadInput: it does not compile, or it cannot be told which of its constants is the theorem.
    """
    key = (toolchain.identity, source)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = _compile(toolchain, source, folder / "statement", Allowance(timeout_s, _WALL_FACTOR * timeout_s, memory_mb))
    with _lock:
        _kept[key] = made
        if len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return made


def _compile(toolchain: Toolchain, source: Source, folder: Path, allowance: Allowance) -> CompiledStatement:
    folder.mkdir(exist_ok=True)
    compiled = compile_file(toolchain, source.with_proof("  sorry"), folder, allowance)
    if compiled.olean is None:
        errors, ended = [message.text for message in compiled.errors()], compiled.ended
        why = f"{ended.used_up} used up" if ended.used_up else f"status {ended.status}: {ended.said[:300]}"
        raise BadInput(f"The statement itself does not compile: {(errors or [why])[0]}")
    terms = Terms()
    module = Module(Region(Path("the statement"), compiled.olean), terms)
    if module.is_module:
        raise BadInput("The statement's file takes part in Lean's module system (`module`): leave that line out.")
    declared = declarations(source.with_proof("  sorry"))
    name = find_theorem(module, declared[-1].name.replace("«", "").replace("»", "") if declared else "")
    if name is None:
        raise BadInput(f"It cannot be told which constant the theorem is: {source.signature[:200]!r}.")
    first_line = source.preamble.count("\n")
    body_line = source.with_proof("").count("\n") - 1
    declares, axioms = _declared(module, name)
    return CompiledStatement(compiled.olean, terms.components(name), first_line, body_line, declares, axioms)


def _declared(module: Module, theorem: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a module declares beside a theorem and what Lean adds by itself, and the axioms among that."""
    terms = module.terms
    named = [constant for constant in module.constants() if constant.name != theorem]
    declares = [
        f"{constant.kind} {terms.show(constant.name)}"
        for constant in named
        if constant.kind not in ("constructor", "recursor") and not is_made_on_demand(terms, constant.name)
    ]
    axioms = [terms.show(constant.name) for constant in named if constant.kind == "axiom"]
    return tuple(sorted(declares)), tuple(sorted(axioms))

"""Axioms that are not what their names say, and files that declare what the kernel takes for Lean's own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.lean.check import verify
from aitp_gym.provers.lean.check.audit import Refused, refuse_builtins
from aitp_gym.provers.lean.check.axioms import Axiom, axiom_reason
from aitp_gym.provers.lean.check.objects import Region
from aitp_gym.provers.lean.check.olean import Module
from aitp_gym.provers.lean.check.terms import Terms, dotted, shown
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.embedded.sources import library_text
from aitp_gym.provers.lean.source import Source
from aitp_gym.provers.lean.toolchain import Toolchain

STANDARD = ("propext", "Classical.choice", "Quot.sound")


@pytest.fixture(scope="module")
def engine() -> Toolchain:
    try:
        return toolchain()
    except ProverUnavailable as error:
        pytest.skip(f"Lean cannot be used here: {error}")


@pytest.fixture(scope="module")
def library(engine: Toolchain) -> Module:
    return Module(Region.load(Path(engine.env["LEAN_PATH"]) / "Init.olean"), Terms())


def standard(library: Module, name: str) -> Axiom:
    number = library.terms.read_name(name)
    return Axiom(number, library.constant(number), True)


def test_the_three_are_allowed_as_the_library_declares_them(library):
    assert axiom_reason(library.terms, [standard(library, name) for name in STANDARD]) == ""


@pytest.mark.parametrize("name", STANDARD)
def test_an_allowed_name_is_not_enough(library, name):
    axiom = standard(library, name)
    assert axiom.constant is not None
    elsewhere = dataclasses.replace(axiom, own=False)
    assert f"is called {name} and is not Lean's own" in axiom_reason(library.terms, [elsewhere])
    lost = dataclasses.replace(axiom, constant=None)
    assert f"{name}, which does not say there what it says in Lean" in axiom_reason(library.terms, [lost])
    false = library.terms.expr(("const", library.terms.read_name("False"), ()))
    others = (
        {"type": false},
        {"level_params": (*axiom.constant.level_params, library.terms.read_name("v"))},
        {"safety": "unsafe"},
        {"kind": "opaque"},
    )
    for other in others:
        changed = dataclasses.replace(axiom, constant=dataclasses.replace(axiom.constant, **other))
        assert "does not say there" in axiom_reason(library.terms, [changed])


def test_universes_may_be_called_otherwise(library):
    axiom = standard(library, "Classical.choice")
    terms, constant = library.terms, axiom.constant
    assert constant is not None
    (old,) = constant.level_params
    new = terms.read_name("elsewhere")

    def renamed(expr: int) -> int:
        match terms.exprs[expr]:
            case ("sort", int(level)) if terms.levels[level] == ("param", old):
                return terms.expr(("sort", terms.level(("param", new))))
            case ("const", int(name), tuple(levels)):
                given = tuple(terms.level(("param", new)) for level in levels if terms.levels[level] == ("param", old))
                return terms.expr(("const", name, given))
            case ("app" | "pi" as kind, int(first), int(second)):
                return terms.expr((kind, renamed(first), renamed(second)))
        return expr

    other = dataclasses.replace(constant, level_params=(new,), type=renamed(constant.type))
    assert other != constant
    assert axiom_reason(terms, [dataclasses.replace(axiom, constant=other)]) == ""


def test_names_are_compared_component_by_component(library):
    terms = library.terms
    choice = library.constant(terms.read_name("Classical.choice"))
    single = terms.name(0, "Classical.choice")
    assert single != choice.name
    reason = axiom_reason(terms, [Axiom(single, dataclasses.replace(choice, name=single), True)])
    assert reason.startswith("the proof rests on the axiom «Classical.choice»; only")


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("A", "b'", "c!", "αβ", "x₁", "_x"), "A.b'.c!.αβ.x₁._x"),
        (("A.b",), "«A.b»"),
        (("A", 1, "b"), "A.1.b"),
        (("1",), "«1»"),
        (("", "a b", "a\nb", "a\u200bb", "a\u202eb"), "«».«a b».«a\\nb».«a\\u200bb».«a\\u202eb»"),
        ((), "[anonymous]"),
    ],
)
def test_names_are_shown_as_lean_writes_them_and_nothing_in_them_is_hidden(parts, text):
    assert shown(parts) == text


def test_a_name_that_others_would_split_otherwise_is_not_given_to_them():
    assert dotted(("Init", "Core")) == "Init.Core"
    for parts in (("Init.Core",), ("A", 1), ("a b",), ("«",), ("",)):
        with pytest.raises(ValueError, match="cannot be written with dots"):
            dotted(parts)


def test_a_library_of_ones_own_is_not_leans(engine):
    """A whole `prelude` that declares everything itself, `Nat.add` and `Classical.choice` included."""
    source = Source(library_text(), "theorem cheat : True")
    finding = verify(engine, source, "  exact True.intro", 60)
    assert finding.status == "refused"
    assert finding.reason.startswith("the statement's file declares ")
    assert finding.reason.endswith("which the kernel takes for Lean's own")


@pytest.mark.parametrize("name", ["Nat.add", "Quot.sound.aux", "Char.ofNat", "Nat.succ.other"])
def test_only_what_the_kernel_knows_by_name_is_kept_for_lean(library, name):
    class File:
        terms = library.terms

        def __contains__(self, number: int) -> bool:
            return number == library.terms.read_name(name)

    if name in ("Nat.add", "Char.ofNat"):
        with pytest.raises(Refused, match=name):
            refuse_builtins(File())
    else:
        refuse_builtins(File())


def test_what_the_statements_file_declares_is_told_and_axioms_are_a_reservation(engine):
    preamble = "axiom «a b» : 1 = 1\ndef two : Nat := 2\ninductive Light where\n  | on\n"
    marked = verify(engine, Source(preamble, "theorem t : two = 2"), "  rfl", 30)
    assert (marked.status, marked.reason, marked.axioms) == ("accepted", "", ())
    assert set(marked.declares) >= {"axiom «a b»", "definition two", "inductive Light"}
    assert not any(line.split()[1] == "t" for line in marked.declares)
    assert marked.reservation == "the statement's file declares axioms: «a b»"
    plain = verify(
        engine, Source("def two : Nat := 2\n", "theorem t (p : Prop) : p ∨ ¬p"), "  exact Classical.em p", 30
    )
    assert (plain.status, plain.reservation) == ("accepted", "")
    assert plain.axioms == ("Classical.choice", "Quot.sound", "propext")

"""What kernels of 2025 and 2026 were wrong about: none of it passes here, and releases that have it are told apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput, ProverUnavailable
from aitp_gym.provers.lean.check import verify
from aitp_gym.provers.lean.check.audit import Refused
from aitp_gym.provers.lean.check.constants import Constant
from aitp_gym.provers.lean.check.known_bugs import (
    KNOWN_BUGS,
    bugs_of,
    open_bugs,
    refuse_open_bugs,
    refuse_shapes,
)
from aitp_gym.provers.lean.check.replay import replay
from aitp_gym.provers.lean.check.terms import Terms
from aitp_gym.provers.lean.check.watch import Allowance
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.source import Source
from aitp_gym.provers.lean.toolchain import Toolchain

ENOUGH = Allowance(cpu_s=30, wall_s=120, memory_mb=4096)


@pytest.fixture(scope="module")
def engine() -> Toolchain:
    try:
        return toolchain()
    except ProverUnavailable as error:
        pytest.skip(f"Lean cannot be used here: {error}")


class Declarations:
    """Constants made by hand, over the engine's library, as a metaprogram could make them."""

    def __init__(self) -> None:
        self.terms = Terms()
        self.constants: dict[int, Constant] = {}
        self.type = self.terms.expr(("sort", self.terms.level(("succ", 0))))
        self.prop = self.terms.expr(("sort", 0))

    def const(self, name: str, *levels: int) -> int:
        return self.terms.expr(("const", self.terms.read_name(name), levels))

    def apply(self, function: int, *arguments: int) -> int:
        for argument in arguments:
            function = self.terms.expr(("app", function, argument))
        return function

    def pi(self, *types: int) -> int:
        *domains, found = types
        for domain in reversed(domains):
            found = self.terms.expr(("pi", domain, found))
        return found

    def inductive(self, name: str, type_: int, *fields: int, parameters: int = 0) -> int:
        """A type with one constructor, `mk`, whose arguments are the fields; those of a family are its parameters."""
        number, make = self.terms.read_name(name), self.terms.read_name(f"{name}.mk")
        bound = [self.terms.expr(("bvar", len(fields) - 1 - place)) for place in range(parameters)]
        result = self.apply(self.terms.expr(("const", number, ())), *bound)
        counts = (parameters, 0, 0)
        self.constants[number] = Constant(
            "inductive", number, (), type_, together=(number,), counts=counts, constructors=(make,)
        )
        of = (0, parameters, len(fields) - parameters)
        self.constants[make] = Constant(
            "constructor", make, (), self.pi(*fields, result), counts=of, constructors=(number,)
        )
        return number

    def define(self, name: str, type_: int, value: int) -> int:
        number = self.terms.read_name(name)
        self.constants[number] = Constant("definition", number, (), type_, value)
        return number

    def block(self, name: int) -> tuple[Constant, ...]:
        found = self.constants[name]
        return (found, *(self.constants[make] for make in found.constructors))


def ill_typed_parameter(made: Declarations) -> int:
    """lean4#14576: a type nested in one whose parameter is no term at all, `true true`, and is never looked at."""
    bool_, true = made.const("Bool"), made.const("Bool.true")
    made.inductive(
        "Phantom", made.pi(bool_, made.type, made.type), bool_, made.type, made.terms.expr(("bvar", 0)), parameters=2
    )
    return made.inductive(
        "Tree", made.type, made.apply(made.const("Phantom"), made.apply(true, true), made.const("Tree"))
    )


def other_parameters(made: Declarations) -> int:
    """lean4#14582: a family nested in a type with another parameter than its own."""
    nat, zero = made.const("Nat"), made.const("Nat.zero")
    field = made.apply(made.const("List", 0), made.apply(made.const("Odd"), zero))
    return made.inductive("Odd", made.pi(nat, made.type), nat, field, parameters=1)


def hidden_proposition(made: Declarations) -> int:
    """lean4#14613: a proposition in `Sort (imax 1 0)`, out of whose proofs a truth value is taken."""
    one = made.terms.level(("succ", 0))
    hidden = made.terms.expr(("sort", made.terms.level(("imax", one, 0))))
    of = made.inductive("Hidden", hidden, made.const("Bool"))
    proof = made.terms.expr(("bvar", 0))
    value = made.terms.expr(("lam", made.const("Hidden"), made.terms.expr(("proj", of, 0, proof))))
    return made.define("leak", made.pi(made.const("Hidden"), made.const("Bool")), value)


def wrong_structure(made: Declarations) -> int:
    """A projection that is named after another structure than the term that it is out of."""
    other = made.inductive("Other", made.type, made.const("Bool"))
    made.inductive("Sealed", made.prop, made.const("Bool"))
    proof = made.terms.expr(("bvar", 0))
    value = made.terms.expr(("lam", made.const("Sealed"), made.terms.expr(("proj", other, 0, proof))))
    return made.define("leak", made.pi(made.const("Sealed"), made.const("Bool")), value)


def far_projection(made: Declarations) -> int:
    """lean4#14632: the field number 2^32, which is number 0 where only 32 bits are kept."""
    pair = made.inductive("Pair", made.type, made.const("Bool"))
    value = made.terms.expr(
        ("lam", made.const("Pair"), made.terms.expr(("proj", pair, 2**32, made.terms.expr(("bvar", 0)))))
    )
    return made.define("leak", made.pi(made.const("Pair"), made.const("Bool")), value)


def stuck_type(made: Declarations) -> int:
    """lean4#14807: a type whose own type is a term that nobody can compute."""
    stuck = made.apply(
        made.const("Classical.choice", made.terms.level(("succ", made.terms.level(("succ", 0))))), made.const("Nat")
    )
    return made.inductive("Stuck", stuck, made.const("Bool"))


def opaque_power(made: Declarations) -> int:
    """lean4#8060: a power of a constant that is no number yet, said to be one."""
    number = made.terms.read_name("secret")
    made.constants[number] = Constant("opaque", number, (), made.const("Nat"), made.terms.expr(("nat", 2)))
    two, four = made.terms.expr(("nat", 2)), made.terms.expr(("nat", 4))
    one = made.terms.level(("succ", 0))
    equation = made.apply(
        made.const("Eq", one), made.const("Nat"), made.apply(made.const("Nat.pow"), made.const("secret"), two), four
    )
    name = made.terms.read_name("t")
    made.constants[name] = Constant(
        "theorem", name, (), equation, made.apply(made.const("Eq.refl", one), made.const("Nat"), four)
    )
    return name


EXPLOITS = (
    ill_typed_parameter,
    other_parameters,
    hidden_proposition,
    wrong_structure,
    far_projection,
    stuck_type,
    opaque_power,
)


@pytest.mark.parametrize("exploit", EXPLOITS, ids=lambda exploit: exploit.__name__)
def test_the_engines_kernel_does_not_take_it(engine, tmp_path, exploit: Callable[[Declarations], int]):
    made = Declarations()
    root = exploit(made)
    done = replay(engine, made.terms, [root], made.constants.get, (made.terms.read_name("Init"),), tmp_path, ENOUGH)
    assert done.finished
    assert "the kernel does not accept" in done.reason


def test_the_same_without_the_trick_is_taken(engine, tmp_path):
    made = Declarations()
    bool_, true = made.const("Bool"), made.const("Bool.true")
    fields = (bool_, made.type, made.terms.expr(("bvar", 0)))
    made.inductive("Phantom", made.pi(bool_, made.type, made.type), *fields, parameters=2)
    tree = made.inductive("Tree", made.type, bool_, made.apply(made.const("Phantom"), true, made.const("Tree")))
    pair = made.inductive("Pair", made.type, made.const("Bool"))
    taken = made.terms.expr(("proj", pair, 0, made.terms.expr(("bvar", 0))))
    root = made.define("first", made.pi(made.const("Pair"), bool_), made.terms.expr(("lam", made.const("Pair"), taken)))
    made.define("second", made.pi(made.const("Tree"), bool_), made.terms.expr(("lam", made.const("Tree"), true)))
    roots = [tree, root, made.terms.read_name("second")]
    done = replay(engine, made.terms, roots, made.constants.get, (made.terms.read_name("Init"),), tmp_path, ENOUGH)
    assert (done.finished, done.reason) == (True, "")


@pytest.mark.parametrize(
    ("exploit", "version", "number"),
    [
        (ill_typed_parameter, "4.32.1", 14576),
        (other_parameters, "4.33.0", 14582),
        (hidden_proposition, "4.32.2", 14613),
        (stuck_type, "4.33.0", 14807),
    ],
)
def test_a_release_that_has_the_bug_refuses_what_it_needs(exploit, version, number):
    made = Declarations()
    exploit(made)
    (types,) = [name for name in ("Tree", "Odd", "Hidden", "Stuck") if made.terms.read_name(name) in made.constants]
    block = made.block(made.terms.read_name(types))
    with pytest.raises(Refused, match=rf"kernel of Lean {version}.*lean4#{number}"):
        refuse_shapes(version, made.terms, [block])
    refuse_shapes("4.35.0", made.terms, [block])


def test_names_that_an_old_kernel_confuses_are_refused_there():
    made = Declarations()
    block = made.block(made.inductive("A._nested", made.type, made.const("Bool")))
    with pytest.raises(Refused, match="14616"):
        refuse_shapes("4.32.2", made.terms, [block])
    refuse_shapes("4.33.0", made.terms, [block])


def test_plain_types_are_taken_by_every_release():
    made = Declarations()
    nat = made.const("Nat")
    pair = made.inductive("Pair", made.type, nat, nat)
    walk = made.inductive("Walk", made.type, made.pi(nat, made.const("Walk")))
    for version in ("4.9.0", "4.32.0", "4.35.0"):
        refuse_shapes(version, made.terms, [made.block(pair), made.block(walk)])


def test_a_statement_whose_file_nests_types_is_refused_with_such_a_release(engine):
    source = Source("inductive Tree where\n  | node (children : List Tree) : Tree\n", "theorem t : 1 = 1")
    assert verify(engine, source, "  rfl", 30).status == "accepted"
    # What the kernel takes decides: the type has to be used to be sent to it.
    used = Source(source.preamble, "theorem t (x : Tree) : x = x")
    assert verify(engine, used, "  rfl", 30).status == "accepted"
    old = dataclasses.replace(engine, version="4.32.0", identity="an older one")
    finding = verify(old, used, "  rfl", 30)
    assert finding.status == "refused"
    assert "declares Tree, and the kernel of Lean 4.32.0 did not check" in finding.reason


@pytest.mark.parametrize(
    ("version", "present", "absent"),
    [
        ("4.35.0", (), (8060, 14484, 14576, 14607, 14807, 15289)),
        ("4.34.0", (15289,), (14807, 14838)),
        ("4.33.1", (15289,), (14807, 14582)),
        ("4.33.0", (14807, 14806), (14484, 14576, 14607)),
        ("4.33.0-rc1", (14484, 14576, 14607), (8060,)),
        ("4.32.2", (14607, 14613), (14484, 14576)),
        ("4.32.1", (14576,), (14484,)),
        ("4.32.0", (14484, 14576, 14607), (8060,)),
        ("4.19.0", (8060, 8559, 14484), ()),
        ("4.36.0-nightly-2026-11-01", (), (14807,)),
        ("a build of mine", (8060, 14484, 15289), ()),
    ],
)
def test_releases_are_told_apart(version, present, absent):
    numbers = {bug.number for bug in bugs_of(version)}
    assert numbers >= set(present)
    assert not numbers & set(absent)


def test_every_bug_says_where_it_is_described_and_when_it_was_repaired():
    for bug in KNOWN_BUGS:
        assert bug.source.startswith(("https://github.com/leanprover/lean4/", "https://lean-lang.org/"))
        assert bug.fixed
        assert not bug.is_in(bug.fixed[-1])


def test_a_release_is_refused_for_what_nothing_here_makes_up_for():
    for version in ("4.35.0", "4.32.0", "4.20.0"):
        refuse_open_bugs(version, 4096)
    with pytest.raises(ProverUnavailable, match=r"lean4#8060.*second_opinion.*known_bugs=True"):
        refuse_open_bugs("4.19.0", 4096)
    # A third of a terabyte is room enough to lose count in.
    assert [bug.number for bug in open_bugs("4.34.0", 300_000)] == [15289]
    with pytest.raises(ProverUnavailable, match="memory_mb"):
        refuse_open_bugs("4.34.0", 300_000)


def test_free_variables_and_far_variables_are_refused_where_a_module_is_read(engine, tmp_path):
    """lean4#14484, #14607 and #8559: the terms cannot be said in what the kernel is given."""
    from aitp_gym.provers.lean.check.compiler import compile_file
    from aitp_gym.provers.lean.check.objects import Region
    from aitp_gym.provers.lean.check.olean import Module

    done = compile_file(engine, "opaque secret (n : Nat) : Nat := n\n", tmp_path, ENOUGH)
    assert done.olean is not None
    olean = done.olean

    def variables() -> list[int]:
        """Places of the bound variables: a tag of 0, one field that is a small number, and what is remembered."""
        words = range(88, len(olean) - 24, 8)
        return [
            place for place in words if olean[place : place + 8] == b"\0\0\0\0\x18\0\x01\0" and olean[place + 8] & 1
        ]

    assert variables()
    for tag, what in ((1, "free"), (2, "meta")):
        changed = bytearray(olean)
        for place in variables():
            changed[place + 7] = tag
        with pytest.raises(BadInput, match="not one that a constant may have"):
            Module(Region(Path(what), bytes(changed)), Terms()).constants()
    far = bytearray(olean)
    for place in variables():
        far[place + 8 : place + 16] = (70_000 << 1 | 1).to_bytes(8, "little")
    with pytest.raises(BadInput, match="70000 binders away"):
        Module(Region(Path("far"), bytes(far)), Terms()).constants()

"""Compiled modules as data: what is read is what was declared, and damage is found."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.errors import BadInput
from aitp_gym.provers.lean.check.objects import Region
from aitp_gym.provers.lean.check.terms import Terms

from .conftest import module

TEXT = """
universe u
def big : Nat := 1180591620717411303424
def small : Nat := 7
theorem pair {p q : Prop} (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩
def poly (α : Sort u) (a : α) : α := let b := a; b
private theorem hidden : small = 7 := rfl
axiom assumed : 1 = 2
inductive Tree (α : Type u) where
  | leaf : Tree α
  | node (left : Tree α) (value : α) (right : Tree α) : Tree α
opaque sealed : Nat := 3
"""
HEADER = 88


@pytest.fixture(scope="session")
def small(compiled):
    return compiled(TEXT)


def named(found, text: str):
    return found.constant(found.terms.read_name(text))


def test_kinds_and_counts_are_read(small):
    found = module(small)
    assert [found.terms.show(name) for name in found.imports] == ["Init"]
    assert not found.is_module
    kinds = {
        name: named(found, name).kind for name in ("big", "pair", "assumed", "Tree", "Tree.node", "Tree.rec", "sealed")
    }
    assert kinds == {
        "big": "definition",
        "pair": "theorem",
        "assumed": "axiom",
        "Tree": "inductive",
        "Tree.node": "constructor",
        "Tree.rec": "recursor",
        "sealed": "opaque",
    }
    terms = found.terms
    assert [terms.show(name) for name in named(found, "Tree").constructors] == ["Tree.leaf", "Tree.node"]
    assert named(found, "Tree.node").counts == (1, 1, 3)
    assert [rule.fields for rule in named(found, "Tree.rec").rules] == [0, 3]


def test_numbers_of_any_size_are_read(small):
    found = module(small)
    numbers = {node[1] for node in (found.terms.exprs if found.constants() else []) if node[0] == "nat"}
    assert {1180591620717411303424, 7, 3} <= numbers


def test_types_and_universes_are_read(small):
    found = module(small)
    terms = found.terms
    poly = named(found, "poly")
    assert [terms.show(name) for name in poly.level_params] == ["u"]
    kind, domain, body = terms.exprs[poly.type]
    assert kind == "pi"
    assert terms.exprs[domain] == ("sort", terms.level(("param", terms.read_name("u"))))
    # α, then a value of it: the first variable counted from the inside, then the second.
    assert terms.exprs[body] == ("pi", terms.expr(("bvar", 0)), terms.expr(("bvar", 1)))


def test_names_of_private_constants_are_read(small):
    found = module(small)
    assert [found.terms.show(name) for name in found.names if "hidden" in found.terms.components(name)] == [
        "_private.Aitp.0.hidden"
    ]


def test_what_a_theorem_mentions_is_found(small):
    found = module(small)
    pair = named(found, "pair")
    assert pair.value is not None
    assert {found.terms.show(name) for name in found.terms.constants([pair.value])} >= {"And", "And.intro"}


def test_names_of_bound_variables_make_no_difference(compiled):
    terms = Terms()
    one = module(compiled("theorem t (p q : Prop) (h : p) (k : q) : p ∧ q := ⟨h, k⟩"), terms)
    other = module(compiled("theorem t (a b : Prop) (x : a) (y : b) : a ∧ b := ⟨x, y⟩"), terms)
    third = module(compiled("theorem t (p q : Prop) (h : p) (k : q) : q ∧ p := ⟨k, h⟩"), terms)
    assert named(one, "t") == named(other, "t")
    assert named(one, "t").type != named(third, "t").type


def test_the_whole_library_is_read(library):
    constants = library.constants()
    assert len(constants) == len(library.names) > 500
    axioms = {library.terms.show(found.name) for found in constants if found.kind == "axiom" and found.safety == "safe"}
    assert {"propext", "Classical.choice", "Quot.sound", "sorryAx"} <= axioms


def test_a_root_that_stands_last_is_found(small):
    """As earlier releases of Lean write it."""
    (root,) = struct.unpack_from("<Q", small, HEADER)
    earlier = small[:HEADER] + struct.pack("<Q", 1 << 32) + small[HEADER + 8 :] + struct.pack("<Q", root)
    terms = Terms()
    assert module(earlier, terms).constants() == module(small, terms).constants()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: b"", "expected a compiled Lean module"),
        (lambda data: b"PK\3\4" + data[4:], "expected a compiled Lean module"),
        (lambda data: data[:5] + b"\1" + data[6:], "format 2"),
        (lambda data: data[:HEADER] + bytes(len(data) - HEADER), "no pointer"),
        (lambda data: data[: len(data) // 2], "damaged"),
    ],
)
def test_what_is_no_module_is_said_to_be_none(small, change, words):
    with pytest.raises(BadInput, match=words):
        module(change(small)).constants()


def test_a_term_that_contains_itself_is_damage(small):
    data = bytearray(small)
    (base,) = struct.unpack_from("<Q", small, 80)
    changed = 0
    for place in range(HEADER + 8, len(small) - 24, 8):
        # An application: its function becomes itself.
        if data[place + 6] == 2 and data[place + 7] == 5 and struct.unpack_from("<H", data, place + 4)[0] == 32:
            struct.pack_into("<Q", data, place + 8, base + place)
            changed += 1
    assert changed > 5
    with pytest.raises(BadInput, match="contains itself"):
        module(bytes(data)).constants()


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_damage_never_does_more_than_being_noticed(small, data):
    spoilt = bytearray(small)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(small) - 1))
        spoilt[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 40))
    with contextlib.suppress(BadInput):
        module(bytes(spoilt[: len(spoilt) - cut])).constants()


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        Region.load(tmp_path / "none.olean")

"""Compiled proofs that somebody has changed before they are judged: nothing but what the kernel takes is believed."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.lean.check.audit import Refused
from aitp_gym.provers.lean.check.compiler import compile_file
from aitp_gym.provers.lean.check.objects import Object, Region
from aitp_gym.provers.lean.check.statement import CompiledStatement, compile_statement
from aitp_gym.provers.lean.check.verify import CheckAllowance, judge
from aitp_gym.provers.lean.check.watch import Allowance
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.source import Source
from aitp_gym.provers.process import Deadline

PREAMBLE = "def Wanted : Prop := 1 = 2\ndef Given : Prop := 1 = 1\ntheorem given : 1 = 1 := rfl\n"
SIGNATURE = "theorem t : 1 = 2"


class Bench:
    """Compiles proofs of a false statement, and has them judged."""

    def __init__(self, folder: Path) -> None:
        self.engine = toolchain()
        self.folder = folder
        self._number = 0

    def fresh(self) -> Path:
        self._number += 1
        path = self.folder / str(self._number)
        path.mkdir()
        return path

    def compile(self, text: str) -> bytes:
        done = compile_file(self.engine, text, self.fresh(), Allowance(30, 120, 4096))
        assert done.olean is not None, done.ended.said
        return done.olean

    def statement(self, preamble: str = PREAMBLE, signature: str = SIGNATURE) -> CompiledStatement:
        return compile_statement(self.engine, Source(preamble, signature), self.fresh(), 30, 4096)

    def judge(self, olean: bytes, statement: CompiledStatement | None = None) -> str:
        """Why a module is refused; `accepted` if it is not."""
        try:
            limits = CheckAllowance(30, Deadline.after(120), 4096)
            judge(self.engine, statement or self.statement(), olean, limits, self.fresh())
        except Refused as error:
            return str(error)
        return "accepted"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    try:
        return Bench(tmp_path_factory.mktemp("tampering"))
    except ProverUnavailable as error:
        pytest.skip(f"Lean cannot be used here: {error}")


def base_of(olean: bytes | bytearray) -> int:
    return int(struct.unpack_from("<Q", olean, 80)[0])


def values(olean: bytes, name: str) -> Object:
    """The record of a constant that is listed by a name: base, value and what follows."""
    region = Region(Path("test"), olean)
    root = region.follow(region.root)
    assert isinstance(root, Object)
    for pointer, constant in zip(region.array(root.fields[1]), region.array(root.fields[2]), strict=True):
        listed = region.follow(pointer)
        assert isinstance(listed, Object)
        if region.string(listed.fields[1]) == name:
            outer = region.follow(constant)
            assert isinstance(outer, Object)
            inner = region.follow(outer.fields[0])
            assert isinstance(inner, Object)
            return inner
    raise AssertionError(f"no {name}")


def with_field(olean: bytes, record: Object, index: int, pointer: int) -> bytes:
    changed = bytearray(olean)
    struct.pack_into("<Q", changed, record.place + 8 + 8 * index, pointer)
    return bytes(changed)


def base_record(olean: bytes, record: Object) -> Object:
    found = Region(Path("test"), olean).follow(record.fields[0])
    assert isinstance(found, Object)
    return found


def test_a_proof_of_the_statement_is_accepted_when_nobody_changed_it(bench):
    statement = bench.statement(PREAMBLE, "theorem t : 1 = 1")
    assert bench.judge(bench.compile(f"{PREAMBLE}theorem t : 1 = 1 := by\n  rfl\n"), statement) == "accepted"


def test_the_statement_compiled_with_sorry_is_no_proof_of_it(bench):
    assert "sorryAx" in bench.judge(bench.statement().olean)


def test_a_proof_of_another_statement_is_refused(bench):
    assert "another statement" in bench.judge(bench.compile(f"{PREAMBLE}theorem t : 1 = 1 := by\n  rfl\n"))


def test_a_proof_whose_universes_are_called_otherwise_is_refused(bench):
    statement = bench.statement("", "theorem t.{u} (α : Type u) : α = α")
    olean = bench.compile("theorem t.{v} (α : Type v) : α = α := by\n  rfl\n")
    assert "another statement" in bench.judge(olean, statement)


def test_a_proof_whose_stated_type_was_exchanged_is_refused_by_the_kernel(bench):
    olean = bench.compile(f"{PREAMBLE}theorem t : 1 = 1 := by\n  rfl\n")
    wanted = values(olean, "Wanted").fields[1]
    exchanged = with_field(olean, base_record(olean, values(olean, "t")), 2, wanted)
    assert "the kernel does not accept t" in bench.judge(exchanged)


def test_a_value_exchanged_for_that_of_another_theorem_is_refused_by_the_kernel(bench):
    olean = bench.statement().olean
    exchanged = with_field(olean, values(olean, "t"), 1, values(olean, "given").fields[1])
    assert "the kernel does not accept t" in bench.judge(exchanged)


def test_a_definition_before_the_theorem_that_was_exchanged_is_refused(bench):
    statement = bench.statement(PREAMBLE, "theorem t : Wanted")
    olean = bench.compile(
        f"{PREAMBLE.replace('Prop := 1 = 2', 'Prop := 1 = 1')}theorem t : Wanted := by\n  exact rfl\n"
    )
    assert "Wanted" in bench.judge(olean, statement)
    assert "is another one" in bench.judge(olean, statement)


def test_a_definition_before_the_theorem_that_is_missing_is_refused(bench):
    assert "given" in bench.judge(bench.compile(f"{PREAMBLE.rpartition('theorem')[0]}{SIGNATURE} := by\n  sorry\n"))


def test_an_axiom_whose_name_was_overwritten_by_that_of_an_allowed_one_is_refused(bench):
    olean = bench.statement().olean
    renamed = olean.replace(b"sorryAx\0", b"propext\0")
    assert renamed != olean
    assert "the kernel does not accept t" in bench.judge(renamed)


def test_an_added_axiom_is_refused(bench):
    assert "declares an axiom, bad" in bench.judge(
        bench.compile(f"{PREAMBLE}axiom bad : 1 = 2\n{SIGNATURE} := by\n  exact bad\n")
    )


def test_a_theorem_turned_into_an_axiom_is_refused(bench):
    assert "not as a theorem" in bench.judge(bench.compile(f"{PREAMBLE}axiom t : 1 = 2\n"))


def test_a_constant_of_the_library_cannot_be_given_another_value(bench):
    """Equal names would make the statement mean something else."""
    statement = bench.statement(PREAMBLE, "theorem t : 1 = 1")
    olean = bench.compile(f"{PREAMBLE}def Zat.casesOn : Nat := 0\ntheorem t : 1 = 1 := by\n  rfl\n")
    renamed = olean.replace(b"Zat\0", b"Nat\0")
    assert renamed != olean
    assert "declares Nat.casesOn, which the library has already" in bench.judge(renamed, statement)


def test_another_import_is_refused(bench):
    olean = bench.statement().olean
    spoilt = olean.replace(b"Init\0", b"Evil\0")
    assert spoilt != olean
    assert "imports Evil" in bench.judge(spoilt)


def test_what_is_remembered_about_terms_is_not_believed(bench):
    """Lean stores with each term its hash, and whether variables occur in it: false ones could mislead a kernel."""
    statement = bench.statement(PREAMBLE, "theorem t (p : Prop) (h : p) : p ∧ p")
    olean = bench.compile(f"{PREAMBLE}theorem t (p : Prop) (h : p) : p ∧ p := by\n  exact ⟨h, h⟩\n")
    forged = bytearray(olean)
    changed = 0
    for place in range(96, len(olean) - 32, 8):
        size, fields, tag = struct.unpack_from("<HBB", olean, place + 4)
        # Applications and functions: two or three parts and, after them, what is remembered.
        whole = struct.unpack_from("<i", olean, place)[0] == 0 and size >= 8 * (2 + fields)
        if whole and (tag, fields) in ((5, 2), (6, 3), (7, 3)):
            struct.pack_into("<Q", forged, place + 8 + 8 * fields, 0)
            changed += 1
    assert changed > 5
    assert bytes(forged) != olean
    assert bench.judge(bytes(forged), statement) == "accepted"


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:200], lambda data: b"", lambda data: data[:88] + b"\xff" * (len(data) - 88)],
    ids=["cut", "empty", "overwritten"],
)
def test_a_damaged_module_is_refused_and_never_read_as_a_proof(bench, damage: Callable[[bytes], bytes]):
    reason = bench.judge(damage(bench.statement().olean))
    assert "the proof" in reason
    assert "module" in reason or "Lean" in reason

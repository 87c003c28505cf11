"""Lean's kernel without the rest of Lean: type-checks declarations, one by one, in an environment that begins empty.

`python -I -S kernel.py FOLDER FILE`, where FOLDER holds the embedded engine's shared libraries and FILE has lines as in
`declarations.py`. It imports nothing of ours. No text is elaborated and no compiled module is loaded: terms are built
anew with the kernel's own constructors, so nothing that somebody else computed about them is believed. It prints
`refused NUMBER REASON` for the first declaration that the kernel does not take, and `accepted` if it takes them all.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator

# Errors of the kernel by constructor, in the order of `Lean.Kernel.Exception`.
_REASONS = (
    "an unknown constant",
    "a name that is declared already",
    "a value whose type is not the declared one",
    "metavariables",
    "free variables",
    "an application of something that is no function",
    "something that should be a type and is none",
    "a `let` whose value is not of its type",
    "a term whose type is not the expected one",
    "an argument whose type is not the expected one",
    "an invalid projection",
    "a theorem whose type is not a proposition",
    "",
    "too many steps",
    "too much memory",
    "too deep a recursion",
    "an interruption",
)
_OTHER = 12
# `Declaration.quotDecl` and nothing: constructors without fields are numbers in the pointer itself.
_NOTHING, _QUOTIENT = 1, 4 << 1 | 1
_OPAQUE, _ABBREVIATION = 1, 1 << 1 | 1
_SAFE = b"\1"

Words = Iterator[str]


class Objects:
    """Objects as Lean lays them out (`lean.h`), made by its own functions where what they hold is computed.

    They live as long as the process: a reference count of 0 tells Lean to leave them alone.

    Args:
        folder: with the shared libraries.
    """

    def __init__(self, folder: str) -> None:
        for name in ("libInit_shared.so", "libleanshared_2.so", "libleanshared_1.so"):
            ctypes.CDLL(f"{folder}/{name}", ctypes.RTLD_GLOBAL)
        self.lean = ctypes.CDLL(f"{folder}/libleanshared.so", ctypes.RTLD_GLOBAL)
        self._kept: list[object] = []
        self.lean.lean_initialize()
        self.lean.lean_io_mark_end_initialization()
        self._text = self.function("lean_mk_string_from_bytes", ctypes.c_char_p, ctypes.c_size_t)
        self._number = self.function("lean_cstr_to_nat", ctypes.c_char_p)

    def function(self, name: str, *arguments: type) -> Callable[..., int]:
        """A function of Lean's that returns an object, which is kept."""
        found = getattr(self.lean, name)
        found.restype, found.argtypes = ctypes.c_void_p, arguments

        def call(*values: object) -> int:
            address = int(found(*values))
            if not address & 1:
                ctypes.c_int32.from_address(address).value = 0
            return address

        return call

    def maker(self, name: str, pointers: int, *more: type) -> Callable[..., int]:
        """A function of Lean's from objects to an object."""
        return self.function(name, *(ctypes.c_void_p,) * pointers, *more)

    def string(self, data: bytes) -> int:
        """A string."""
        return self._text(data, len(data))

    def natural(self, digits: str) -> int:
        """A natural number: in the pointer itself where it is small."""
        return int(digits) << 1 | 1 if len(digits) < 18 else self._number(digits.encode())

    def record(self, tag: int, *fields: int, scalars: bytes = b"") -> int:
        """A constructor with its fields and the small numbers after them."""
        rest = [int.from_bytes(scalars[place : place + 8], "little") for place in range(0, len(scalars), 8)]
        size = 8 * (1 + len(fields) + len(rest))
        data = (ctypes.c_uint64 * (size // 8))(size << 32 | len(fields) << 48 | tag << 56, *fields, *rest)
        self._kept.append(data)
        return ctypes.addressof(data)

    def list(self, elements: list[int]) -> int:
        """A list."""
        found = _NOTHING
        for element in reversed(elements):
            found = self.record(1, element, found)
        return found


class Environment:
    """Constants that the kernel has accepted so far."""

    def __init__(self, objects: Objects) -> None:
        self._add = objects.lean.lean_add_decl
        self._add.restype = ctypes.c_void_p
        self._add.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)
        make, strip = objects.lean.l_Lean_mkEmptyEnvironment, objects.lean.lean_elab_environment_to_kernel_env
        make.restype, make.argtypes = ctypes.c_void_p, (ctypes.c_uint32,)
        strip.restype, strip.argtypes = ctypes.c_void_p, (ctypes.c_void_p,)
        made = int(make(0))
        if _tag(made) != 0:
            raise SystemExit("the kernel makes no environment")
        self._address = int(strip(_field(made, 0)))

    def add(self, declaration: int) -> str:
        """Have a declaration checked and added; why it was not, or nothing."""
        # Neither steps nor depth are limited here: time and stack are, from outside.
        result = int(self._add(self._address, 0, 0, declaration, _NOTHING))
        found = _field(result, 0)
        if _tag(result) == 1:
            self._address = found
            return ""
        kind = found >> 1 if found & 1 else _tag(found)
        if kind == _OTHER:
            text = _field(found, 0)
            return ctypes.string_at(text + 32, _field(text, 0) - 1).decode(errors="replace")
        return _REASONS[kind] if kind < len(_REASONS) else f"error {kind}"


class Builder:
    """Builds what the lines describe."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        zero = objects.maker("lean_level_mk_zero", 1)
        self._names, self._levels, self._exprs = [_NOTHING], [zero(_NOTHING)], list[int]()
        name, expr, level = self._name, self._expr, self._level
        make = objects.maker
        name_string, name_number = make("lean_name_mk_string", 2), make("lean_name_mk_numeral", 2)
        succ, param = make("lean_level_mk_succ", 1), make("lean_level_mk_param", 1)
        maximum, impredicative = make("lean_level_mk_max", 2), make("lean_level_mk_imax", 2)
        bvar, sort, literal = (make(f"lean_expr_mk_{kind}", 1) for kind in ("bvar", "sort", "lit"))
        const, app = make("lean_expr_mk_const", 2), make("lean_expr_mk_app", 2)
        lam, pi = make("lean_expr_mk_lambda", 3, ctypes.c_uint8), make("lean_expr_mk_forall", 3, ctypes.c_uint8)
        let, proj = make("lean_expr_mk_let", 4), make("lean_expr_mk_proj", 3)
        record, natural, string = objects.record, objects.natural, objects.string
        # Variables need no names: the kernel counts binders. Arguments are built from the left, as they are read.
        self._terms: dict[str, tuple[list[int], Callable[[Words], int]]] = {
            "ns": (self._names, lambda words: name_string(name(words), string(_bytes(next(words))))),
            "nn": (self._names, lambda words: name_number(name(words), natural(next(words)))),
            "ls": (self._levels, lambda words: succ(level(words))),
            "lm": (self._levels, lambda words: maximum(level(words), level(words))),
            "li": (self._levels, lambda words: impredicative(level(words), level(words))),
            "lp": (self._levels, lambda words: param(name(words))),
            "eb": (self._exprs, lambda words: bvar(natural(next(words)))),
            "es": (self._exprs, lambda words: sort(level(words))),
            "ec": (self._exprs, lambda words: const(name(words), self._all(self._levels, words))),
            "ea": (self._exprs, lambda words: app(expr(words), expr(words))),
            "el": (self._exprs, lambda words: lam(_NOTHING, expr(words), expr(words), 0)),
            "ep": (self._exprs, lambda words: pi(_NOTHING, expr(words), expr(words), 0)),
            "ez": (self._exprs, lambda words: let(_NOTHING, expr(words), expr(words), expr(words))),
            "en": (self._exprs, lambda words: literal(record(0, natural(next(words))))),
            "et": (self._exprs, lambda words: literal(record(1, string(_bytes(next(words)))))),
            "ej": (self._exprs, lambda words: proj(name(words), natural(next(words)), expr(words))),
        }

    def term(self, kind: str, words: Words) -> None:
        """A line that makes a name, a level or an expression."""
        table, make = self._terms[kind]
        table.append(make(words))

    def declaration(self, kind: str, words: Words) -> int:
        """A line that declares something, as the kernel wants it."""
        record = self._objects.record
        if kind == "dq":
            return _QUOTIENT
        if kind == "di":
            return self._inductive(words)
        name, type_ = self._name(words), self._expr(words)
        value = self._expr(words) if kind != "da" else 0
        hint = self._hint(next(words)) if kind == "dd" else 0
        base = record(0, name, self._all(self._names, words), type_)
        together = self._objects.list([name])
        match kind:
            case "da":
                return record(0, record(0, base, scalars=b"\0"))
            case "dd":
                return record(1, record(0, base, value, hint, together, scalars=_SAFE))
            case "dt":
                return record(2, record(0, base, value, together))
            case "do":
                return record(3, record(0, base, value, together, scalars=b"\0"))
        raise SystemExit(f"unknown line {kind}")

    def _inductive(self, words: Words) -> int:
        record, make_list = self._objects.record, self._objects.list
        parameters, types = self._objects.natural(next(words)), []
        for _ in range(int(next(words))):
            name, type_ = self._name(words), self._expr(words)
            constructors = [record(0, self._name(words), self._expr(words)) for _ in range(int(next(words)))]
            types.append(record(0, name, type_, make_list(constructors)))
        return record(6, self._all(self._names, words), parameters, make_list(types), scalars=b"\0")

    def _hint(self, word: str) -> int:
        if word in "oa":
            return _OPAQUE if word == "o" else _ABBREVIATION
        return self._objects.record(2, scalars=int(word).to_bytes(8, "little"))

    def _name(self, words: Words) -> int:
        return self._names[int(next(words))]

    def _level(self, words: Words) -> int:
        return self._levels[int(next(words))]

    def _expr(self, words: Words) -> int:
        return self._exprs[int(next(words))]

    def _all(self, table: list[int], words: Words) -> int:
        return self._objects.list([table[int(word)] for word in words])


def _tag(address: int) -> int:
    """Which constructor an object is of."""
    return ctypes.c_uint8.from_address(address + 7).value


def _field(address: int, index: int) -> int:
    """A field of an object."""
    return ctypes.c_uint64.from_address(address + 8 + 8 * index).value


def _bytes(word: str) -> bytes:
    return b"" if word == "-" else bytes.fromhex(word)


def check(objects: Objects, environment: Environment, file: str) -> str:
    """Check what a file declares and add it to an environment; what is refused and why, or nothing."""
    builder, number = Builder(objects), 0
    with open(file, encoding="ascii") as lines:
        for line in lines:
            kind, *rest = line.split()
            words = iter(rest)
            # What the environment has already is only named.
            if kind == "x":
                continue
            if not kind.startswith("d"):
                builder.term(kind, words)
                continue
            if reason := environment.add(builder.declaration(kind, words)):
                return f"refused {number} {reason}"
            number += 1
    return ""


def main() -> None:
    """Check what a file declares."""
    objects = Objects(sys.argv[1])
    print(check(objects, Environment(objects), sys.argv[2]) or "accepted")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # Not `sys.exit`: what Lean still holds lies in memory that Python would free.
    os._exit(0)

"""Lean's kernel without the rest of Lean: type-checks declarations, one by one, in an environment that begins empty.

`python -I -S kernel.py FOLDER FILE`, where FOLDER holds the embedded engine's shared libraries; the lines of FILE are those
of `declarations.py`. It imports nothing of ours. No text is elaborated and no compiled module is loaded: terms are
built anew with the kernel's own constructors, so nothing that somebody else computed about them is believed. It prints
`refused NUMBER REASON` for the first declaration that the kernel does not take, and `accepted` if it takes them all.
"""

import ctypes
import os
import sys

# Errors of the kernel by constructor, in the order of `Lean.Kernel.Exception`.
REASONS = (
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
OTHER = 12


class Kernel:
    """The functions of Lean's kernel, and objects for them.

    Objects live as long as the process: a reference count of 0 tells Lean to leave them alone.
    """

    def __init__(self, folder: str) -> None:
        for name in ("libInit_shared.so", "libleanshared_2.so", "libleanshared_1.so"):
            ctypes.CDLL(f"{folder}/{name}", ctypes.RTLD_GLOBAL)
        self.lean = ctypes.CDLL(f"{folder}/libleanshared.so", ctypes.RTLD_GLOBAL)
        self._kept: list[object] = []
        self.lean.lean_initialize()
        self.lean.lean_io_mark_end_initialization()
        self.name_string = self._function("lean_name_mk_string", 2)
        self.name_number = self._function("lean_name_mk_numeral", 2)
        self.level_succ = self._function("lean_level_mk_succ", 1)
        self.level_max = self._function("lean_level_mk_max", 2)
        self.level_imax = self._function("lean_level_mk_imax", 2)
        self.level_param = self._function("lean_level_mk_param", 1)
        self.bvar = self._function("lean_expr_mk_bvar", 1)
        self.sort = self._function("lean_expr_mk_sort", 1)
        self.const = self._function("lean_expr_mk_const", 2)
        self.app = self._function("lean_expr_mk_app", 2)
        self._lambda = self._function("lean_expr_mk_lambda", 3, ctypes.c_uint8)
        self._forall = self._function("lean_expr_mk_forall", 3, ctypes.c_uint8)
        self._let = self._function("lean_expr_mk_let", 4)
        self.lit = self._function("lean_expr_mk_lit", 1)
        self.proj = self._function("lean_expr_mk_proj", 3)
        self._text = self.lean.lean_mk_string_from_bytes
        self._text.restype, self._text.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_size_t)
        self._natural = self.lean.lean_cstr_to_nat
        self._natural.restype, self._natural.argtypes = ctypes.c_void_p, (ctypes.c_char_p,)
        zero = self._function("lean_level_mk_zero", 1)
        self.zero = zero(1)

    def _function(self, name: str, pointers: int, *more: type):  # noqa: ANN202
        function = getattr(self.lean, name)
        function.restype = ctypes.c_void_p
        function.argtypes = (ctypes.c_void_p,) * pointers + more

        def call(*arguments: int) -> int:
            return keep(function(*arguments))

        return call

    def lam(self, type_: int, body: int) -> int:
        """A function of an unnamed variable."""
        return self._lambda(1, type_, body, 0)

    def pi(self, type_: int, body: int) -> int:
        """A type of functions of an unnamed variable."""
        return self._forall(1, type_, body, 0)

    def let(self, type_: int, value: int, body: int) -> int:
        """A `let` of an unnamed variable."""
        return self._let(1, type_, value, body)

    def string(self, data: bytes) -> int:
        """A string."""
        return keep(self._text(data, len(data)))

    def natural(self, digits: str) -> int:
        """A natural number: in the pointer itself where it is small."""
        if len(digits) < 18:
            return int(digits) << 1 | 1
        return keep(self._natural(digits.encode()))

    def record(self, tag: int, *fields: int, scalars: bytes = b"") -> int:
        """A constructor."""
        scalars = scalars.ljust(-(-len(scalars) // 8) * 8, b"\0")
        size = 8 + 8 * len(fields) + len(scalars)
        header = size << 32 | len(fields) << 48 | tag << 56
        data = (ctypes.c_uint64 * (size // 8))(
            header, *fields, *(int.from_bytes(scalars[i : i + 8], "little") for i in range(0, len(scalars), 8))
        )
        self._kept.append(data)
        return ctypes.addressof(data)

    def list(self, elements: list) -> int:
        """A list."""
        found = 1
        for element in reversed(elements):
            found = self.record(1, element, found)
        return found

    def empty_environment(self) -> int:
        """An environment without a single constant."""
        make = self.lean.l_Lean_mkEmptyEnvironment
        make.restype, make.argtypes = ctypes.c_void_p, (ctypes.c_uint32,)
        result = make(0)
        if tag_of(result) != 0:
            raise SystemExit("failed to make an environment")
        strip = self.lean.lean_elab_environment_to_kernel_env
        strip.restype, strip.argtypes = ctypes.c_void_p, (ctypes.c_void_p,)
        return strip(field_of(result, 0))

    def add(self, environment: int, declaration: int) -> tuple:
        """The environment with one more declaration, or `None` and why the kernel does not take it."""
        add = self.lean.lean_add_decl
        add.restype = ctypes.c_void_p
        add.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)
        # Neither steps nor depth are limited here: time and stack are, from outside.
        result = add(environment, 0, 0, declaration, 1)
        if tag_of(result) == 1:
            return field_of(result, 0), ""
        error = field_of(result, 0)
        reason = error >> 1 if error & 1 else tag_of(error)
        if reason == OTHER:
            return None, text_of(field_of(error, 0))
        return None, REASONS[reason] if reason < len(REASONS) else f"error {reason}"


def keep(address: int) -> int:
    """Make an object of ours immortal, so that it can be shared freely."""
    if not address & 1:
        ctypes.c_int32.from_address(address).value = 0
    return address


def tag_of(address: int) -> int:
    """Which constructor an object is of."""
    return ctypes.c_uint8.from_address(address + 7).value


def field_of(address: int, index: int) -> int:
    """A field of an object."""
    return ctypes.c_uint64.from_address(address + 8 + 8 * index).value


def text_of(address: int) -> str:
    """A string object's text."""
    size = field_of(address, 0)
    return ctypes.string_at(address + 32, size - 1).decode(errors="replace")


def unhex(word: str) -> bytes:
    """Bytes from hexadecimal digits."""
    return b"" if word == "-" else bytes.fromhex(word)


class Reader:
    """Builds what the lines describe."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.names, self.levels, self.exprs = [1], [kernel.zero], []

    def term(self, kind: str, words: list) -> None:
        """A line that makes a name, a level or an expression."""
        kernel, names, levels, exprs = self.kernel, self.names, self.levels, self.exprs
        match kind:
            case "ea":
                exprs.append(kernel.app(exprs[int(words[0])], exprs[int(words[1])]))
            case "el":
                exprs.append(kernel.lam(exprs[int(words[0])], exprs[int(words[1])]))
            case "ep":
                exprs.append(kernel.pi(exprs[int(words[0])], exprs[int(words[1])]))
            case "ez":
                exprs.append(kernel.let(*(exprs[int(word)] for word in words)))
            case "eb":
                exprs.append(kernel.bvar(kernel.natural(words[0])))
            case "ec":
                exprs.append(kernel.const(names[int(words[0])], kernel.list([levels[int(word)] for word in words[1:]])))
            case "es":
                exprs.append(kernel.sort(levels[int(words[0])]))
            case "ej":
                exprs.append(kernel.proj(names[int(words[0])], kernel.natural(words[1]), exprs[int(words[2])]))
            case "en":
                exprs.append(kernel.lit(kernel.record(0, kernel.natural(words[0]))))
            case "et":
                exprs.append(kernel.lit(kernel.record(1, kernel.string(unhex(words[0])))))
            case "ns":
                names.append(kernel.name_string(names[int(words[0])], kernel.string(unhex(words[1]))))
            case "nn":
                names.append(kernel.name_number(names[int(words[0])], kernel.natural(words[1])))
            case "ls":
                levels.append(kernel.level_succ(levels[int(words[0])]))
            case "lm":
                levels.append(kernel.level_max(levels[int(words[0])], levels[int(words[1])]))
            case "li":
                levels.append(kernel.level_imax(levels[int(words[0])], levels[int(words[1])]))
            case "lp":
                levels.append(kernel.level_param(names[int(words[0])]))
            case _:
                raise SystemExit(f"unknown line {kind}")

    def declaration(self, kind: str, words: list) -> int:
        """A line that declares something, as the kernel wants it."""
        record, names, exprs = self.kernel.record, self.names, self.exprs

        def base(params: list) -> int:
            return record(
                0, names[int(words[0])], self.kernel.list([names[int(word)] for word in params]), exprs[int(words[1])]
            )

        match kind:
            case "da":
                return record(0, record(0, base(words[2:]), scalars=b"\0"))
            case "dd":
                hint = {"o": 1, "a": 3}.get(words[3]) or record(2, scalars=int(words[3]).to_bytes(4, "little"))
                together = self.kernel.list([names[int(words[0])]])
                value = exprs[int(words[2])]
                # Safety: 0 unsafe, 1 safe, 2 partial.
                return record(1, record(0, base(words[4:]), value, hint, together, scalars=b"\1"))
            case "dt":
                together = self.kernel.list([names[int(words[0])]])
                return record(2, record(0, base(words[3:]), exprs[int(words[2])], together))
            case "do":
                together = self.kernel.list([names[int(words[0])]])
                return record(3, record(0, base(words[3:]), exprs[int(words[2])], together, scalars=b"\0"))
            case "dq":
                return 4 << 1 | 1
            case "di":
                return self._inductive(words)
        raise SystemExit(f"unknown line {kind}")

    def _inductive(self, words: list) -> int:
        record, names, exprs = self.kernel.record, self.names, self.exprs
        rest = iter(words)
        parameters, types = self.kernel.natural(next(rest)), []
        for _ in range(int(next(rest))):
            name, type_ = names[int(next(rest))], exprs[int(next(rest))]
            constructors = [record(0, names[int(next(rest))], exprs[int(next(rest))]) for _ in range(int(next(rest)))]
            types.append(record(0, name, type_, self.kernel.list(constructors)))
        params = self.kernel.list([names[int(word)] for word in rest])
        return record(6, params, parameters, self.kernel.list(types), scalars=b"\0")


def main() -> None:
    """Check what a file declares."""
    kernel = Kernel(sys.argv[1])
    reader = Reader(kernel)
    environment = kernel.empty_environment()
    number = 0
    with open(sys.argv[2], encoding="ascii") as lines:
        for line in lines:
            kind, *words = line.split()
            if not kind.startswith("d"):
                reader.term(kind, words)
                continue
            environment, reason = kernel.add(environment, reader.declaration(kind, words))
            if environment is None:
                print("refused", number, reason)
                return
            number += 1
    print("accepted")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # Not `sys.exit`: what Lean still holds lies in memory that Python would free.
    os._exit(0)

"""The objects in a compiled module of Lean (`.olean`), read as bytes: nothing in them is run or trusted."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ....errors import BadInput

__all__ = ["MAX_BYTES", "Object", "Region", "Value"]

# Layout: `src/library/module.cpp` (header) and `src/include/lean/lean.h` (objects) of Lean 4, little-endian, 64 bits.
_HEADER = struct.Struct("<5sBB33s40sQ")
_OBJECT = struct.Struct("<iHBB")
_WORD = struct.Struct("<Q")
_ARRAY, _STRING, _BIGNUM = 246, 249, 250
_LAST_CONSTRUCTOR = 244
MAX_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class Object:
    """A constructor with its fields.

    Attributes:
        place: where it begins in the file; the same place is the same object.
        tag: which constructor.
        fields: pointers, to be followed with `Region.follow`.
        scalars: bytes after the fields: small numbers, in the order of their sizes.
    """

    place: int
    tag: int
    fields: tuple[int, ...]
    scalars: bytes


# A constructor without fields is a small number, and so is a small natural number.
Value: TypeAlias = int | Object | str | tuple[int, ...]


class Region:
    """One file.

    Args:
        path: of the file, for messages.
        data: its bytes.

    Attributes:
        version: release of Lean that wrote it, as it says.
        root: pointer to the module's data.

    Raises:
        BadInput: it is no compiled module, or of a format that is not known.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self._data = data
        if len(data) < _HEADER.size + 8 or data[:5] != b"olean":
            raise BadInput(f"{path}: expected a compiled Lean module, got {len(data)} bytes that begin {data[:8]!r}.")
        _, layout, self._flags, version, _, self._base = _HEADER.unpack_from(data)
        if layout != 2:
            raise BadInput(f"{path}: expected an .olean file of format 2 (Lean 4.17 or later), got format {layout}.")
        self.version = version.rstrip(b"\0").decode("ascii", errors="replace")
        # The pointer to the root stands first in recent releases, last in earlier ones.
        first, last = self._word(_HEADER.size), self._word(len(data) - 8 - len(data) % 8)
        self.root = first if self._inside(first) else last
        if not self._inside(self.root):
            raise self.damage("there is no pointer to a module's data")

    @classmethod
    def load(cls, path: Path) -> Region:
        """Read a file.

        Raises:
            BadInput: it cannot be read, is too large, or is no compiled module.
        """
        try:
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise BadInput(f"{path}: expected at most {MAX_BYTES} bytes, got {size}.")
            return cls(path, path.read_bytes())
        except OSError as error:
            raise BadInput(f"{path}: cannot be read: {error}.") from error

    def damage(self, what: str) -> BadInput:
        """The error to raise where the file is not what it should be."""
        return BadInput(f"{self.path}: the compiled module is damaged: {what}.")

    def place(self, pointer: int) -> int:
        """Where the object that a pointer means begins; small numbers have no place."""
        place: int = pointer - self._base
        if not self._inside(pointer):
            raise self.damage(f"a pointer leads to {place}, outside of its {len(self._data)} bytes")
        return place

    def follow(self, pointer: int) -> Value:
        """What a pointer means."""
        if pointer & 1:
            return pointer >> 1
        place = self.place(pointer)
        _, size, count, tag = _OBJECT.unpack_from(self._data, place)
        if tag <= _LAST_CONSTRUCTOR:
            end = place + size
            if size < 8 + 8 * count or end > len(self._data):
                raise self.damage(f"the object at {place} has {count} fields and {size} bytes")
            fields = struct.unpack_from(f"<{count}Q", self._data, place + 8)
            return Object(place, tag, fields, self._data[place + 8 + 8 * count : end])
        if tag == _ARRAY:
            count = self._word(place + 8)
            if count > (len(self._data) - place) // 8 - 3:
                raise self.damage(f"the array at {place} has {count} elements")
            return struct.unpack_from(f"<{count}Q", self._data, place + 24)
        if tag == _STRING:
            return self._string(place)
        if tag == _BIGNUM:
            return self._bignum(place)
        raise self.damage(f"the object at {place} has tag {tag}")

    def constructor(self, pointer: int, *tags: int, fields: int, scalars: int = 0) -> Object:
        """A constructor that must have one of the tags, that many fields and at least that many further bytes."""
        found = self.follow(pointer)
        if not isinstance(found, Object) or found.tag not in tags or len(found.fields) != fields:
            raise self.damage(f"expected a constructor {tags} of {fields} fields, got {_brief(found)}")
        if len(found.scalars) < scalars:
            raise self.damage(f"expected {scalars} bytes after the fields, got {len(found.scalars)}")
        return found

    def array(self, pointer: int) -> tuple[int, ...]:
        """An array's elements, as pointers."""
        found = self.follow(pointer)
        if not isinstance(found, tuple):
            raise self.damage(f"expected an array, got {_brief(found)}")
        return found

    def list(self, pointer: int) -> list[int]:
        """A list's elements, as pointers."""
        elements: list[int] = []
        while (found := self.follow(pointer)) != 0:
            if not isinstance(found, Object) or found.tag != 1 or len(found.fields) != 2:
                raise self.damage(f"expected a list, got {_brief(found)}")
            elements.append(found.fields[0])
            pointer = found.fields[1]
            if len(elements) > len(self._data) // 24:
                raise self.damage("a list does not end")
        return elements

    def string(self, pointer: int) -> str:
        """A string."""
        found = self.follow(pointer)
        if not isinstance(found, str):
            raise self.damage(f"expected a string, got {_brief(found)}")
        return found

    def natural(self, pointer: int) -> int:
        """A natural number of any size."""
        found = self.follow(pointer)
        if not isinstance(found, int):
            raise self.damage(f"expected a natural number, got {_brief(found)}")
        return found

    def _inside(self, pointer: int) -> bool:
        place: int = pointer - self._base
        return place % 8 == 0 and _HEADER.size <= place <= len(self._data) - 8

    def _word(self, place: int) -> int:
        if place + 8 > len(self._data):
            raise self.damage(f"it ends at {len(self._data)}, inside an object")
        return int(_WORD.unpack_from(self._data, place)[0])

    def _string(self, place: int) -> str:
        size = self._word(place + 8)
        begin = place + 32
        if size < 1 or begin + size > len(self._data):
            raise self.damage(f"the string at {place} has {size} bytes")
        try:
            return self._data[begin : begin + size - 1].decode()
        except UnicodeDecodeError as error:
            raise self.damage(f"the string at {place} is not UTF-8") from error

    def _bignum(self, place: int) -> int:
        if not self._flags & 1:
            raise BadInput(f"{self.path}: expected large numbers as GMP writes them, got Lean's own encoding.")
        # GMP's `mpz_t`: allocated and used limbs (negative for a negative number), and a pointer to them.
        _, used = struct.unpack_from("<ii", self._data, place + 8) if place + 16 <= len(self._data) else (0, -1)
        limbs = self.place(self._word(place + 16))
        if used < 0 or limbs + 8 * used > len(self._data):
            raise self.damage(f"the number at {place} has {used} limbs")
        return int.from_bytes(self._data[limbs : limbs + 8 * used], "little")


def _brief(value: Value) -> str:
    if isinstance(value, Object):
        return f"constructor {value.tag} of {len(value.fields)} fields at {value.place}"
    return f"{value!r}"[:80]

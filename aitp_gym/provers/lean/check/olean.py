"""A compiled Lean module as data: its imports and constants, each decoded when it is asked for."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Literal

from .constants import Constant, Kind, Rule
from .objects import Object, Region
from .terms import ANONYMOUS, ZERO, Terms

__all__ = ["Module"]

# Constructors in the order in which Lean declares them (`Declaration.lean`, `Expr.lean`).
_KINDS: tuple[Kind, ...] = (
    "axiom",
    "definition",
    "theorem",
    "opaque",
    "quotient",
    "inductive",
    "constructor",
    "recursor",
)
_EXPRS = ("bvar", "fvar", "mvar", "sort", "const", "app", "lam", "pi", "let", "lit", "mdata", "proj")
# Kernels of some releases lose count of more; no proof has nearly as many.
_MAX_BINDERS = 65_535
_SAFETY: tuple[Literal["unsafe", "safe", "partial"], ...] = ("unsafe", "safe", "partial")


class Module:
    """One `.olean` file.

    Args:
        region: the file.
        terms: what names and expressions are numbers of; modules to be compared share one.

    Attributes:
        imports: names of the modules that it imports directly, as numbers.
        is_module: whether it takes part in Lean's module system; its constants are then spread over several files.

    Raises:
        BadInput: it is damaged, or holds something else than a module. Any method may find the damage.
    """

    def __init__(self, region: Region, terms: Terms) -> None:
        self.terms = terms
        self._region = region
        self._names: dict[int, int] = {}
        self._levels: dict[int, int] = {}
        self._exprs: dict[int, int] = {}
        self._decoded: dict[int, Constant] = {}
        # The fields have been these since 2024; a flag for modules of the module system stands behind them.
        root = region.follow(region.root)
        if not isinstance(root, Object) or root.tag != 0 or len(root.fields) != 5:
            raise region.damage("it does not begin with a module's data")
        self.is_module = bool(root.scalars and root.scalars[0])
        imports, names, constants = map(region.array, root.fields[:3])
        if len(names) != len(constants):
            raise region.damage(f"{len(names)} names for {len(constants)} constants")
        # A module may be imported for several purposes.
        self.imports = tuple(dict.fromkeys(map(self._import, imports)))
        self._places = {self._name(name): pointer for name, pointer in zip(names, constants, strict=True)}

    @property
    def names(self) -> frozenset[int]:
        """Names of its constants."""
        return frozenset(self._places)

    def __contains__(self, name: int) -> bool:
        return name in self._places

    def constant(self, name: int) -> Constant:
        """One of its constants.

        Raises:
            KeyError: it declares none of that name.
        """
        found = self._decoded.get(name)
        if found is None:
            found = self._decoded[name] = self._constant(self._places[name])
            if found.name != name:
                raise self._region.damage(f"{self.terms.show(name)} is listed, {self.terms.show(found.name)} is there")
        return found

    def constants(self) -> list[Constant]:
        """All of its constants."""
        return [self.constant(name) for name in self._places]

    def _import(self, pointer: int) -> int:
        found = self._region.follow(pointer)
        if not isinstance(found, Object) or len(found.fields) != 1:
            raise self._region.damage("an import is not one")
        return self._name(found.fields[0])

    def _constant(self, pointer: int) -> Constant:
        region = self._region
        outer = region.follow(pointer)
        if not isinstance(outer, Object) or outer.tag >= len(_KINDS) or len(outer.fields) != 1:
            raise region.damage("a constant is not one")
        kind = _KINDS[outer.tag]
        number_of_fields = {"axiom": 1, "definition": 4, "theorem": 3, "opaque": 3, "quotient": 1}
        counts = {"inductive": 6, "constructor": 5, "recursor": 7}
        inner = region.constructor(outer.fields[0], 0, fields=(number_of_fields | counts)[kind])
        base = region.constructor(inner.fields[0], 0, fields=3)
        name, params = self._name(base.fields[0]), self._name_list(base.fields[1])
        type_ = self._expr(base.fields[2])
        fields, flags = inner.fields, inner.scalars
        if kind != "theorem" and not flags:
            raise region.damage(f"the flags of {self.terms.show(name)} are missing")
        match kind:
            case "axiom":
                return Constant(kind, name, params, type_, safety=_safety(flags[0]))
            case "definition":
                if flags[0] >= len(_SAFETY):
                    raise region.damage(f"{self.terms.show(name)} has safety {flags[0]}")
                value, together = self._expr(fields[1]), self._name_list(fields[3])
                return Constant(kind, name, params, type_, value, _SAFETY[flags[0]], self._hint(fields[2]), together)
            case "theorem":
                return Constant(kind, name, params, type_, self._expr(fields[1]), together=self._name_list(fields[2]))
            case "opaque":
                value, together = self._expr(fields[1]), self._name_list(fields[2])
                return Constant(kind, name, params, type_, value, _safety(flags[0]), together=together)
            case "quotient":
                return Constant(kind, name, params, type_, counts=(flags[0],))
            case "inductive":
                numbers = tuple(region.natural(fields[place]) for place in (1, 2, 5))
                together, constructors = self._name_list(fields[3]), self._name_list(fields[4])
                safety = _safety(flags[1] if len(flags) > 1 else 1)
                return Constant(
                    kind,
                    name,
                    params,
                    type_,
                    safety=safety,
                    together=together,
                    counts=numbers,
                    constructors=constructors,
                )
            case "constructor":
                numbers = tuple(map(region.natural, fields[2:5]))
                of = (self._name(fields[1]),)
                return Constant(kind, name, params, type_, safety=_safety(flags[0]), counts=numbers, constructors=of)
            case "recursor":
                numbers = (*map(region.natural, fields[2:6]), flags[0])
                rules = tuple(map(self._rule, region.list(fields[6])))
                safety = _safety(flags[1] if len(flags) > 1 else 1)
                together = self._name_list(fields[1])
                return Constant(
                    kind, name, params, type_, safety=safety, together=together, counts=numbers, rules=rules
                )

    def _rule(self, pointer: int) -> Rule:
        found = self._region.constructor(pointer, 0, fields=3)
        return Rule(self._name(found.fields[0]), self._region.natural(found.fields[1]), self._expr(found.fields[2]))

    def _hint(self, pointer: int) -> int | Literal["opaque", "abbrev"]:
        found = self._region.follow(pointer)
        if found == 0:
            return "opaque"
        if found == 1:
            return "abbrev"
        if not isinstance(found, Object) or found.tag != 2 or len(found.scalars) < 4:
            raise self._region.damage("a reducibility hint is not one")
        return int(struct.unpack_from("<I", found.scalars)[0])

    def _name_list(self, pointer: int) -> tuple[int, ...]:
        return tuple(map(self._name, self._region.list(pointer)))

    def _name(self, pointer: int) -> int:
        def step(found: Object, of: Callable[[int], int]) -> int:
            if found.tag not in (1, 2) or len(found.fields) != 2:
                raise self._region.damage(f"the name at {found.place} is not one")
            prefix = of(found.fields[0])
            component = self._region.string if found.tag == 1 else self._region.natural
            return self.terms.name(prefix, component(found.fields[1]))

        return self._fold(pointer, self._names, {0: ANONYMOUS}, step)

    def _level(self, pointer: int) -> int:
        def step(found: Object, of: Callable[[int], int]) -> int:
            fields, terms = found.fields, self.terms
            match found.tag, len(fields):
                case 0, 0:
                    return ZERO
                case 1, 1:
                    return terms.level(("succ", of(fields[0])))
                case 2 | 3, 2:
                    first, second = of(fields[0]), of(fields[1])
                    return terms.level(("max" if found.tag == 2 else "imax", first, second))
                case 4, 1:
                    return terms.level(("param", self._name(fields[0])))
            raise self._region.damage(f"the level at {found.place} is not one that a constant may have")

        return self._fold(pointer, self._levels, {0: ZERO}, step)

    def _expr(self, pointer: int) -> int:
        return self._fold(pointer, self._exprs, {}, self._expr_step)

    def _expr_step(self, found: Object, of: Callable[[int], int]) -> int:
        region, terms, fields = self._region, self.terms, found.fields
        match _EXPRS[found.tag] if found.tag < len(_EXPRS) else "", len(fields):
            case "bvar", 1:
                return terms.expr(("bvar", self._index(fields[0])))
            case "sort", 1:
                return terms.expr(("sort", self._level(fields[0])))
            case "const", 2:
                levels = tuple(map(self._level, region.list(fields[1])))
                return terms.expr(("const", self._name(fields[0]), levels))
            case "app", 2:
                function, argument = of(fields[0]), of(fields[1])
                return terms.expr(("app", function, argument))
            case "lam" | "pi" as kind, 3:
                type_, body = of(fields[1]), of(fields[2])
                return terms.expr((kind, type_, body))
            case "let", 4:
                type_, value, body = of(fields[1]), of(fields[2]), of(fields[3])
                return terms.expr(("let", type_, value, body))
            case "lit", 1:
                literal = region.follow(fields[0])
                if isinstance(literal, Object) and literal.tag in (0, 1) and len(literal.fields) == 1:
                    if literal.tag == 0:
                        return terms.expr(("nat", region.natural(literal.fields[0])))
                    return terms.expr(("str", region.string(literal.fields[0])))
            case "mdata", 2:
                return of(fields[1])
            case "proj", 3:
                structure, index, of_ = self._name(fields[0]), region.natural(fields[1]), of(fields[2])
                return terms.expr(("proj", structure, index, of_))
        raise region.damage(f"the expression at {found.place} is not one that a constant may have")

    def _index(self, pointer: int) -> int:
        index = self._region.natural(pointer)
        if index > _MAX_BINDERS:
            raise self._region.damage(f"a term refers over {index} binders away")
        return index

    def _fold(
        self,
        pointer: int,
        done: dict[int, int],
        small: dict[int, int],
        step: Callable[[Object, Callable[[int], int]], int],
    ) -> int:
        """Number an object after all those it is made of, without recursion, however deep it is."""

        def finished(child: int) -> int:
            if child & 1:
                if child >> 1 not in small:
                    raise self._region.damage(f"a small number {child >> 1} where there should be a term")
                return small[child >> 1]
            found = done.get(child)
            if found is None:
                raise _Unfinished(child)
            return found

        pending = [pointer]
        begun: set[int] = set()
        while pending:
            current = pending[-1]
            if current & 1 or current in done:
                pending.pop()
                continue
            found = self._region.follow(current)
            if not isinstance(found, Object):
                raise self._region.damage(f"no term at {self._region.place(current)}")
            try:
                number = step(found, finished)
            except _Unfinished as missing:
                # A cycle would come back to something that is still waiting for its parts.
                if missing.pointer in begun:
                    raise self._region.damage(f"the term at {found.place} contains itself") from None
                begun.add(current)
                pending.append(missing.pointer)
                continue
            begun.discard(current)
            done[current] = number
            pending.pop()
        return finished(pointer)


class _Unfinished(Exception):
    """Raised where a part of a term has no number yet."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer


def _safety(unsafe: int) -> Literal["safe", "unsafe"]:
    return "unsafe" if unsafe else "safe"

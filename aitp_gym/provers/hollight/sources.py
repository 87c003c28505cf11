"""From an installed HOL Light to one OCaml source file that can be compiled natively.

The files on disk are not changed. Their texts are joined in the order in which `hol.ml` loads them; what only a
toplevel understands is left out; and after every phrase comes a call that records where each theorem and each tactic
gets its value, and when the facts that tactics consult change. That is what the strict context rests on. The functions
that prove or define record their results, so that lemmas without a name are known too.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ...errors import ProverUnavailable
from .phrases import Phrase, split
from .recorder import wrappers

__all__ = ["OCAML_DIR", "Additions", "HolLightSources"]

OCAML_DIR = Path(__file__).parent / "ocaml"
DEFAULT_DIR = Path("/usr/share/hol-light")

# Textual changes without which the native compiler refuses: two values whose types it cannot generalise.
_FIXES = {
    "let print_fpf = pp_print_fpf Format.std_formatter": "let print_fpf x = pp_print_fpf Format.std_formatter x",
    "let pp_print_matrix_ni = pp_print_matrix pp_print_null": (
        "let pp_print_matrix_ni f x = pp_print_matrix pp_print_null f x"
    ),
}

# What hol.ml defines and the files use.
_PREAMBLE = """\
let hol_version = "{version}";;
let hol_dir = ref "{directory}";;
let temp_path = ref ".";;
let hol_expand_directory (s:string) = s;;
let file_on_path (_:string list) (s:string) = s;;
let load_path = ref ["."];;
"""

# Mutable facts that tactics consult, by the name after whose definition they can be followed.
_TRACKED = {
    "basic_rewrites": "basic_rewrites set_basic_rewrites",
    "basic_convs": "basic_convs set_basic_convs",
    "basic_congs": "basic_congs set_basic_congs",
} | {
    name: f"(fun () -> !{name}) (fun value -> {name} := value)"
    for name in (
        "inductive_type_store",
        "basic_rectype_net",
        "distinctness_store",
        "injectivity_store",
        "monotonicity_theorems",
        "the_inductive_definitions",
    )
}
_MUST_TRACK = {"basic_rewrites", "basic_convs", "basic_congs"}

_DEFINING = {
    "define",
    "define_quotient_type",
    "define_type",
    "define_type_raw",
    "new_axiom",
    "new_basic_definition",
    "new_basic_type_definition",
    "new_definition",
    "new_inductive_definition",
    "new_recursive_definition",
    "new_specification",
    "new_type_definition",
}
_TOPLEVEL_ONLY = re.compile(r'^(?:needs ".*?";;|#(?:install_printer|load)\b.*)$', re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_']*")


@dataclass(frozen=True)
class Additions:
    """Text that a program of its own adds to HOL Light's phrases in the one source file.

    Attributes:
        after_name: what follows every phrase that binds a name at top level, by the name.
        after_file: what follows the last phrase of a file, by the file.
        required: names without which the additions make no sense.
    """

    after_name: Mapping[str, str] = field(default_factory=dict)
    after_file: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


_NOTHING = Additions()


@dataclass(frozen=True)
class HolLightSources:
    """The sources of one HOL Light installation."""

    directory: Path

    @classmethod
    def find(cls) -> HolLightSources:
        """The installation that `HOLLIGHT_DIR` names, else the one of the Debian package.

        Raises:
            ProverUnavailable: there is none.
        """
        directory = Path(os.environ.get("HOLLIGHT_DIR") or DEFAULT_DIR)
        if not (directory / "hol.ml").is_file():
            raise ProverUnavailable(
                f"HOL Light was not found in {directory} (no hol.ml there). Install the Debian package hol-light, "
                "or set HOLLIGHT_DIR to the folder of another installation."
            )
        return cls(directory)

    @cached_property
    def main(self) -> str:
        """Text of `hol.ml`."""
        return (self.directory / "hol.ml").read_text()

    @property
    def version(self) -> str:
        """HOL Light's own version, for example `2.20++`."""
        found = re.search(r'let hol_version = "([^"]*)"', self.main)
        return found.group(1) if found else "unknown"

    @cached_property
    def files(self) -> dict[str, str]:
        """Name and text of each file of the core, in the order of loading."""
        names = re.findall(r'^loads "(.*?)";;', self.main, re.MULTILINE)
        return {name: (self.directory / name).read_text() for name in names}

    def digest(self) -> str:
        """SHA-256 over the sources' names and texts, as hex."""
        state = hashlib.sha256(self.main.encode())
        for name, text in self.files.items():
            state.update(f"\0{name}\0".encode() + text.encode())
        return state.hexdigest()

    def joined(self, additions: Additions = _NOTHING) -> str:
        """The one source file.

        Args:
            additions: text to add to HOL Light's own.

        Raises:
            ProverUnavailable: this HOL Light lacks something that the strict context or an addition needs.
        """
        phrases = [(name, phrase) for name, text in self.files.items() for phrase in split(_prepare(name, text))]
        last = {bound: i for i, (_, phrase) in enumerate(phrases) for bound in phrase.names}
        times: Counter[str] = Counter()
        missing = (_MUST_TRACK | additions.required) - last.keys()
        if missing:
            raise ProverUnavailable(
                f"The HOL Light in {self.directory} has no {', '.join(sorted(missing))}; expected one like 2.20++."
            )
        recorded = self._recorded_names()
        after = additions.after_name
        parts = [_PREAMBLE.format(version=self.version, directory=self.directory)]
        current = ""
        for i, (name, phrase) in enumerate(phrases):
            if name != current:
                current = name
                number = list(self.files).index(name) + 1
                parts.append(f'\nTrack.enter_file "{name}" {number} {len(self.files)};;\n')
            parts.append(phrase.text + ";;")
            parts.extend(f"\n{after[bound]}\n" for bound in phrase.names if bound in after)
            times.update(phrase.names)
            kept = {f"{bound}__{times[bound]}": bound for bound in phrase.names}
            parts.extend(f"\nlet {alias} = {bound};;\n" for alias, bound in kept.items() if alias in recorded)
            names = [bound for bound in phrase.names if last[bound] == i] + list(kept)
            parts.extend(_marks(i + 1, phrase, [name for name in names if name in recorded]))
            if i + 1 == len(phrases) or phrases[i + 1][0] != name:
                parts.append(additions.after_file.get(name, "") + wrappers(name))
        joined = "".join(parts)
        for old, new in _FIXES.items():
            joined = joined.replace(old, new)
        return joined

    def _recorded_names(self) -> set[str]:
        """Names whose place is needed: the library's theorems, and whatever our table of tactics mentions.

        Of a name that is bound again the table can have earlier values too, as NAME__1 for the first.
        """
        theorems = re.findall(r'"([^"]+)"\s*,', self.files["database.ml"])
        return {*theorems, *_WORD.findall((OCAML_DIR / "table.ml").read_text())}


def _prepare(name: str, text: str) -> str:
    """Leave out what only a toplevel understands."""
    text = _TOPLEVEL_ONLY.sub("", text)
    if name == "system.ml":
        # The quotation expander works at compile time here (ocaml/quot.ml).
        start, stop = text.index("let quotexpander"), text.index("set_jrh_lexer;;")
        text = "open Num;;\n" + text[:start] + text[stop:]
    return text


def _marks(position: int, phrase: Phrase, names: list[str]) -> Iterator[str]:
    """What follows a phrase: the record of its names and of changed facts, then facts to be followed from here on."""
    if phrase.tokens[:1] in (("set_jrh_lexer",), ("open",)):
        return
    kind = "definition" if _DEFINING.intersection(phrase.tokens) else "theorem"
    values = "; ".join(f'("{name}",Obj.repr {name})' for name in names)
    yield f'\nlet _ = Track.mark {position} "{kind}" [{values}];;\n'
    for name in phrase.names:
        if name in _TRACKED:
            yield f"let _ = Track.track {_TRACKED[name]};;\n"

"""Where the theorems of a Lean file are, as far as that can be told without Lean.

Comments (nested ones too), strings and brackets are read as Lean reads them. A theorem begins with its modifiers at the
beginning of a line; its statement ends at the first `:=`, `where` or line of alternatives (`| … => …`) outside of
brackets; its proof at the next command at the beginning of a line.

Not found are declarations that a macro of the file's own makes, and theorems within `mutual`. A statement that holds a
`match` outside of brackets is cut short at its alternatives; one that holds a `let` is not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from .source import Source

__all__ = ["Declaration", "declarations", "masked", "without_comments"]

_SKIPPED = re.compile(
    r"""
    (?P<line>--[^\n]*)
  | (?P<comment>/-)
  | (?<![\w'!?])r(?P<hashes>\#*)"
  | (?P<string>")
  | (?<![\w'!?])'(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)|[^\\'\n])'
    """,
    re.VERBOSE,
)
_COMMENT_PART = re.compile(r"/-|-/")
_STRING_END = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_NOT_NEWLINE = re.compile(r"[^\n]")

_ATTRIBUTE = r"@\[(?:[^\[\]]|\[[^\[\]]*\])*\]\s*"
_SCOPED = r"(?:open|set_option|omit|include|variable|universe)\b[^\n]*?\bin\s+"
_MODIFIERS = rf"(?:{_ATTRIBUTE}|(?:private|protected|noncomputable|nonrec|unsafe|partial|scoped|local)\s+|{_SCOPED})*"
_NAME = r"(?:«[^»\n]*»|[^\s.«»(){}\[\]:⦃⦄,]+)(?:\.(?:«[^»\n]*»|[^\s.«»(){}\[\]:⦃⦄,]+))*"
_THEOREM = re.compile(rf"^[ ]*(?P<whole>{_MODIFIERS}(?P<keyword>theorem|lemma)\s+(?P<name>{_NAME}))", re.MULTILINE)
_WORDS = (
    "abbrev add_decl_doc alias attribute axiom builtin_initialize class declare_aesop_rule_sets "
    "declare_simp_like_tactic declare_syntax_cat def deriving elab elab_rules end example export extend_docs "
    "import include inductive infix infixl infixr initialize initialize_simps_projections instance irreducible_def "
    "lemma library_note local macro macro_rules mutual namespace noncomputable nonrec notation notation3 omit opaque "
    "open partial postfix prefix private protected register_simp_attr run_cmd run_meta scoped section set_option "
    "simproc structure suppress_compilation syntax theorem universe unsafe variable variables"
)
_COMMAND = re.compile(rf"^(?:@\[|\#|(?:{'|'.join(_WORDS.split())})\b)", re.MULTILINE)
_SCOPE = re.compile(
    rf"^[ ]*(?:(?P<open>namespace)\s+(?P<space>{_NAME})|(?:noncomputable\s+)?section\b|(?P<end>end)\b)", re.MULTILINE
)
_PIECE = re.compile(
    r"""
    (?P<open>[(\[{⟨⦃])
  | (?P<close>[)\]}⟩⦄])
  | (?P<define>:=)
  | (?P<binding>(?<![\w.'])(?:let|have|letI|haveI|let_fun)(?![\w'!?.]))
  | (?P<where>(?<![\w.'])where(?![\w'!?]))
  | (?<=\n)[ ]*(?P<alternative>\|)
    """,
    re.VERBOSE,
)
_SORRY = re.compile(r":=\s*(?:by\s+)?sorry\s*\Z")
_ROOT = "_root_."


@dataclass(frozen=True, slots=True)
class Declaration:
    """A theorem of a file.

    Attributes:
        name: its full name, the namespaces that are open included.
        start: offset in the file where it begins, with the comment that documents it.
        statement: offset of its first modifier or keyword; `statement_end`: of what comes after the statement.
        end: offset of the next command.
        unproved: whether its proof is `sorry`.
    """

    name: str
    start: int
    statement: int
    statement_end: int
    end: int
    unproved: bool

    def signature(self, text: str) -> str:
        """The statement, from the file's text, without comments."""
        return without_comments(text[self.statement : self.statement_end]).strip()

    def source(self, text: str) -> Source:
        """The theorem without its proof, in its place in the file."""
        return Source(text[: self.start], self.signature(text))


def masked(text: str) -> str:
    """The text with spaces for whatever stands in comments, strings and character literals; of the same length."""
    parts: list[str] = []
    place = 0
    for start, end, _ in _spans(text):
        parts += (text[place:start], _NOT_NEWLINE.sub(" ", text[start:end]))
        place = end
    return "".join([*parts, text[place:]])


def without_comments(text: str) -> str:
    """The text without its comments; strings stay."""
    parts: list[str] = []
    place = 0
    for start, end, comment in _spans(text):
        if comment:
            parts += (text[place:start], " ")
            place = end
    return "".join([*parts, text[place:]])


def _spans(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where comments and literals begin and end, and whether each is a comment."""
    place = 0
    while match := _SKIPPED.search(text, place):
        place = _end_of(text, match)
        yield match.start(), place, bool(match["comment"] or match["line"])


def _end_of(text: str, match: re.Match[str]) -> int:
    """Where a comment or literal ends whose beginning was found; the end of the text if it does not."""
    if match["comment"]:
        depth, place = 1, match.end()
        while depth:
            part = _COMMENT_PART.search(text, place)
            if part is None:
                return len(text)
            depth += 1 if part[0] == "/-" else -1
            place = part.end()
        return place
    if match["hashes"] is not None:
        end = text.find('"' + match["hashes"], match.end())
        return len(text) if end < 0 else end + 1 + len(match["hashes"])
    if match["string"]:
        closed = _STRING_END.match(text, match.end())
        return len(text) if closed is None else closed.end()
    return match.end()


def declarations(text: str) -> tuple[Declaration, ...]:
    """The theorems and lemmas of a file, in order."""
    return tuple(_found(text, masked(text)))


def _found(text: str, bare: str) -> Iterator[Declaration]:
    documents = {end: start for start, end, _ in _spans(text) if text.startswith("/--", start)}
    theorems = list(_THEOREM.finditer(bare))
    commands = sorted({*(m.start() for m in _COMMAND.finditer(bare)), *(m.start("whole") for m in theorems), len(bare)})
    scopes = list(_SCOPE.finditer(bare))
    # Names of the namespaces that are open, empty for sections.
    opened: list[str] = []
    at = 0
    for match in theorems:
        statement = match.start("whole")
        while at < len(scopes) and scopes[at].start() < statement:
            if scopes[at]["end"]:
                del opened[-1:]
            else:
                opened.append(scopes[at]["space"] or "")
            at += 1
        end = commands[bisect_left(commands, match.end())]
        statement_end = _statement_end(bare, match.end(), end)
        if statement_end is None:
            continue
        name = match["name"]
        full = name.removeprefix(_ROOT) if name.startswith(_ROOT) else ".".join([*filter(None, opened), name])
        unproved = _SORRY.fullmatch(bare[statement_end:end].strip()) is not None
        start = documents.get(len(text[:statement].rstrip()), statement)
        yield Declaration(full, start, statement, statement_end, end, unproved)


def _statement_end(bare: str, start: int, end: int) -> int | None:
    """Where a statement ends; `None` if it does not before the next command."""
    depth = bindings = 0
    for piece in _PIECE.finditer(bare, start, end):
        kind = piece.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif depth > 0:
            continue
        elif kind == "binding":
            bindings += 1
        elif kind == "define":
            if not bindings:
                return piece.start()
            bindings -= 1
        elif kind == "where" or (kind == "alternative" and _is_alternative(bare, piece.end(), end)):
            return piece.start(kind)
    return None


def _is_alternative(bare: str, start: int, end: int) -> bool:
    """Whether a `|` begins an alternative, and not an absolute value: then `=>` comes before any `:=`."""
    arrow = bare.find("=>", start, end)
    define = bare.find(":=", start, end)
    return arrow >= 0 and (define < 0 or arrow < define)

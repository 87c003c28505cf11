"""Theorems of a Lean file, as far as they can be told without Lean.

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

from .lexer import masked, tokens, without_comments
from .source import Source

__all__ = ["Declaration", "declarations"]

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


def declarations(text: str) -> tuple[Declaration, ...]:
    """The theorems and lemmas of a file, in order."""
    return tuple(_found(text, masked(text)))


def _found(text: str, bare: str) -> Iterator[Declaration]:
    documents = {token.end: token.start for token in tokens(text) if text.startswith("/--", token.start)}
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

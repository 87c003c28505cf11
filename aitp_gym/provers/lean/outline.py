"""Outline of Lean text: its commands in order, each with its head, as far as they can be told without Lean.

A command begins at a word that begins commands, at the beginning of a line; before it may stand attributes, modifiers,
and what holds for it alone (`open … in`). `theorem` and `example`, which are nothing else in Lean, begin one anywhere,
`lemma` at the first word of a line. A command goes on to the next one: a word that only a macro of the file's own makes
a command belongs to the command before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .lexer import Token, tokens

__all__ = ["THEOREMS", "LeanCommand", "LeanWord", "commands", "words_of"]

THEOREMS = frozenset(("theorem", "lemma", "example"))
"""Keywords of what can be proved."""

_MODIFIERS = frozenset(
    ["private", "protected", "public", "noncomputable", "meta", "nonrec", "unsafe", "partial", "scoped", "local"]
)
# What holds for the next command alone where `in` follows.
_SCOPED = frozenset(
    ["attribute", "include", "omit", "open", "set_option", "suppress_compilation", "universe", "variable", "variables"]
)
_WORDS = (
    "abbrev add_decl_doc alias attribute axiom builtin_initialize class coinductive declare_aesop_rule_sets "
    "declare_simp_like_tactic declare_syntax_cat def deriving elab elab_rules end example export extend_docs "
    "import include inductive infix infixl infixr initialize initialize_simps_projections instance irreducible_def "
    "lemma library_note macro macro_rules module mutual namespace notation notation3 omit opaque open postfix prefix "
    "prelude register_simp_attr run_cmd run_meta section set_option simproc structure suppress_compilation syntax "
    "theorem universe variable variables"
)
_BEGIN = frozenset(_WORDS.split()) | _MODIFIERS
_BEGIN_ANYWHERE = frozenset(("theorem", "example"))
_BRACKETS = {"(": 1, "[": 1, "{": 1, "⟨": 1, "⦃": 1, ")": -1, "]": -1, "}": -1, "⟩": -1, "⦄": -1}
# How far the `in` of `open … in` is looked for, in words.
_FAR = 200


@dataclass(frozen=True, slots=True)
class LeanWord:
    """Token that is no comment, with its text.

    Attributes:
        token: kind and place.
        text: as it stands there.
        leads: whether nothing but spaces stands before it on its line; `column`: how many, then.
    """

    token: Token
    text: str
    leads: bool
    column: int

    @property
    def depth(self) -> int:
        """How much deeper in brackets what follows it lies."""
        return _BRACKETS.get(self.text, 0) if self.token.kind == "bracket" else 0

    def is_name(self, *texts: str) -> bool:
        """Whether it is one of these names or keywords."""
        return self.token.kind == "name" and self.text in texts

    def is_symbol(self, text: str) -> bool:
        """Whether it is this symbol."""
        return self.token.kind == "symbol" and self.text == text


@dataclass(frozen=True, slots=True)
class LeanCommand:
    """Command of a text.

    Attributes:
        keyword: what it does (`theorem`, `open`, …); empty for text before the first command.
        start: offset where it begins, with the comment that documents it.
        head: offset of its first word, which may be an attribute or a modifier.
        end: offset of the next command.
        words: its words from the keyword on.
    """

    keyword: str
    start: int
    head: int
    end: int
    words: tuple[LeanWord, ...]

    @property
    def name(self) -> LeanWord | None:
        """The word after the keyword, if it is a name."""
        return self.words[1] if len(self.words) > 1 and self.words[1].token.kind == "name" else None


def words_of(text: str) -> list[LeanWord]:
    """The tokens of a text that are no comments, in order."""
    found = []
    for token in tokens(text):
        if token.kind != "comment":
            line = text.rfind("\n", 0, token.start) + 1
            leads = not text[line : token.start].strip(" ")
            found.append(LeanWord(token, text[token.start : token.end], leads, token.start - line))
    return found


@lru_cache(maxsize=16)
def commands(text: str) -> tuple[LeanCommand, ...]:
    """The commands of a text, in order; of the last few texts they are kept, since several parts ask for them."""
    return tuple(_commands(text, words_of(text)))


def _commands(text: str, words: Sequence[LeanWord]) -> Iterator[LeanCommand]:
    documents = {token.start: token.end for token in tokens(text) if text.startswith("/--", token.start)}
    begins = list(_begins(words))
    if words and (not begins or begins[0][0] > 0):
        begins.insert(0, (0, -1))
    after = [place for place, _ in begins[1:]] + [len(words)]
    starts = [_start(text, documents, words[place].token.start) for place, _ in begins] + [len(text)]
    for (place, keyword), following, start, end in zip(begins, after, starts, starts[1:], strict=False):
        head = words[place].token.start
        if keyword < 0:
            yield LeanCommand("", start, head, end, tuple(words[place:following]))
        else:
            yield LeanCommand(words[keyword].text, start, head, end, tuple(words[keyword:following]))


def _start(text: str, documents: dict[int, int], head: int) -> int:
    """Where the comment that documents a command begins, or the command."""
    places = sorted(documents)
    at = bisect_left(places, head) - 1
    return places[at] if at >= 0 and not text[documents[places[at]] : head].strip() else head


def _begins(words: Sequence[LeanWord]) -> Iterator[tuple[int, int]]:
    """Places of the first words of commands, each with its keyword's."""
    place = 0
    while place < len(words):
        keyword = _keyword(words, place)
        if keyword is None:
            place += 1
            continue
        yield place, keyword
        place = keyword + 1


def _keyword(words: Sequence[LeanWord], place: int) -> int | None:
    """Place of the keyword of the command that begins at a word; `None` if none does."""
    first = words[place]
    at_margin = first.leads and first.column == 0
    if not (_is_attribute(words, place) or _is_command_word(first)):
        return None
    at = place
    while at < len(words):
        word = words[at]
        if _is_attribute(words, at):
            at = _closed(words, at + 1)
        elif word.is_name(*_MODIFIERS):
            at += 1
        elif word.is_name(*_SCOPED) and (following := _after_in(words, at)) is not None:
            at = following
        else:
            break
    else:
        return len(words) - 1 if at_margin else None
    word = words[at]
    if word.is_name(*_BEGIN_ANYWHERE) or (word.is_name("lemma") and first.leads):
        return at
    if not at_margin:
        return None
    return at if _is_command_word(word) else place


def _is_attribute(words: Sequence[LeanWord], place: int) -> bool:
    return words[place].is_symbol("@") and place + 1 < len(words) and words[place + 1].text == "["


def _is_command_word(word: LeanWord) -> bool:
    return word.token.kind == "name" and (word.text in _BEGIN or word.text.startswith("#"))


def _closed(words: Sequence[LeanWord], place: int) -> int:
    """The place after what a bracket opens."""
    depth = 0
    while place < len(words):
        depth += words[place].depth
        place += 1
        if depth <= 0:
            break
    return place


def _after_in(words: Sequence[LeanWord], place: int) -> int | None:
    """The place after the `in` of `open … in`; `None` if none follows before the next command."""
    for at in range(place + 1, min(len(words), place + _FAR)):
        word = words[at]
        if word.is_name("in"):
            return at + 1
        if word.is_name(*_BEGIN_ANYWHERE) or (word.leads and word.column == 0 and word.text in _BEGIN):
            return None
    return None

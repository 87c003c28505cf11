"""Tokens of Lean text: what Lean takes for comments, strings, characters and names, in every reader of ours."""

from __future__ import annotations

import pytest

from aitp_gym.provers.lean.declarations import declarations
from aitp_gym.provers.lean.lexer import masked, tokens, without_comments
from aitp_gym.provers.lean.lexical import misplaced
from aitp_gym.provers.lean.statement import read_statement


def told(text: str) -> list[tuple[str, str]]:
    return [(token.kind, text[token.start : token.end]) for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('r#"a " b"# x', [("raw string", 'r#"a " b"#'), ("name", "x")]),
        ('r"\\" x', [("raw string", 'r"\\"'), ("name", "x")]),
        ('"\\" x" y', [("string", '"\\" x"'), ("name", "y")]),
        ("'\"' x", [("character", "'\"'"), ("name", "x")]),
        ("'\\'' x", [("character", "'\\''"), ("name", "x")]),
        ("h' 'a' x", [("name", "h'"), ("character", "'a'"), ("name", "x")]),
        ("/- a /- b -/ c -/ x", [("comment", "/- a /- b -/ c -/"), ("name", "x")]),
        ("-- a /- b\nx", [("comment", "-- a /- b"), ("name", "x")]),
        # Where the readers disagreed: guillemets hold anything but a line break, and a name does not end before `r`.
        ("«a -- b» x", [("name", "«a -- b»"), ("name", "x")]),
        ("«a /- b».c x", [("name", "«a /- b».c"), ("name", "x")]),
        ('«a "b» x', [("name", '«a "b»'), ("name", "x")]),
        ('h\'r"\\"" x', [("name", "h'r"), ("string", '"\\""'), ("name", "x")]),
        ('x.r"\\"" y', [("name", "x.r"), ("string", '"\\""'), ("name", "y")]),
        ("«a».def", [("name", "«a».def")]),
    ],
)
def test_tokens_are_leans(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize("text", ["/- a", "/- /- -/", '"a', 'r#"a"', '"a\\"'])
def test_what_does_not_end_reaches_to_the_end(text):
    (token,) = tokens(f"  {text}")
    assert (token.start, token.end, token.closed) == (2, 2 + len(text), False)
    assert misplaced(f"simp {text}").kind == "parse"


def test_a_theorem_whose_name_holds_a_comment_sign_is_found():
    text = "theorem «a -- b» : True := trivial\ntheorem c : True := trivial\n"
    assert [found.name for found in declarations(text)] == ["«a -- b»", "c"]
    assert without_comments(text) == masked(text) == text


def test_a_string_after_a_name_that_ends_in_r_hides_what_it_holds():
    text = 'theorem t : x.r"\\" := " = y := rfl\ntheorem u : True := trivial\n'
    first, second = declarations(text)
    assert (first.signature(text), second.name) == ('theorem t : x.r"\\" := " = y', "u")


def test_a_name_that_is_a_keyword_in_its_last_part_is_no_command():
    assert misplaced("exact «a».def") is None
    assert misplaced("def x := 1").kind == "forbidden"


def test_a_keyword_in_a_comment_makes_no_declaration_of_a_proposition():
    source = read_statement("-- the theorem of Euclid\n∀ n : Nat, n + 0 = n")
    assert source.signature.startswith("theorem statement_")
    assert source.signature.endswith("∀ n : Nat, n + 0 = n")

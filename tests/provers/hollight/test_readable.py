"""HOL Light's notation for people reads back as the same theorem, or says that it does not."""

from __future__ import annotations

import re

import pytest

from aitp_gym.provers.hollight.library import theorem_rows

MARK = "// does not read back as the same term"
_TOKEN = re.compile(r"[()]|[^\s()]+")


def shape(sexp: str) -> str:
    """An S-expression with type variables, bound variables and the like numbered as they come."""
    tokens, names, shaped = _TOKEN.findall(sexp), dict[tuple[str, ...], int](), list[str]()

    def number(*key: str) -> str:
        return f"#{names.setdefault(key, len(names))}"

    def type_from(i: int) -> tuple[str, int]:
        if tokens[i] != "(":
            return number("type", tokens[i]), i + 1
        text, i = "(" + tokens[i + 1], i + 2
        while tokens[i] != ")":
            part, i = type_from(i)
            text += f" {part}"
        return text + ")", i + 1

    def term_from(i: int, bound: dict[tuple[str, str], str]) -> int:
        kind = tokens[i + 1]
        shaped.append(kind)
        if kind in "vc":
            type_, i = type_from(i + 2)
            shaped.append(f"{type_} {bound.get((tokens[i], type_), tokens[i]) if kind == 'v' else tokens[i]}")
            return i + 2
        if kind == "l":
            type_, at = type_from(i + 4)
            bound = {**bound, (tokens[at], type_): f"bound {len(bound)} {i}"}
            shaped.append(type_)
            return term_from(at + 2, bound) + 1
        return term_from(term_from(i + 2, bound), bound) + 1

    term_from(0, {})
    return " ".join(shaped)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("!x y:num. x + y = y + x", "!x y. x + y = y + x"),
        ("!x y:real. x + y = y + x", "!x y. (x:real) + y = y + x"),
        ("(&1:int) + &1 = &2", "(&1:int) + &1 = &2"),
        ("FINITE({}:A->bool)", "FINITE {}"),
        ("!s t:A->bool. s SUBSET t \\/ t SUBSET (s:A->bool)", "!s t. s SUBSET t \\/ t SUBSET s"),
    ],
)
def test_types_are_written_where_the_text_would_mean_something_else(hollight, statement, text):
    theorem = hollight.parse(statement)
    assert text in theorem.pretty
    assert shape(hollight.parse(theorem.pretty).statement) == shape(theorem.statement)


def test_goals_are_shown_readable_too(hollight):
    session = hollight.start(hollight.parse("!x:real. x <= x"))
    (outcome,) = session.apply(session.root, ["GEN_TAC"], 5.0)
    assert session.pretty(outcome.goals[0]) == "⊢ (x:real) <= x"
    session.close()


def test_texts_of_the_library_read_back_or_are_marked(hollight):
    rows = theorem_rows()
    assert sum(MARK in row.pretty for row in rows) < len(rows) / 100
    for row in rows[::60]:
        if MARK not in row.pretty:
            assert shape(hollight.parse(row.pretty).statement) == shape(row.statement), row.name

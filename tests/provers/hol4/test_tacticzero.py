"""TacticZero's notation, and its goals in today's library."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.provers.hol4.library import theorem_rows
from aitp_gym.provers.hol4.tacticzero import LEAKY_THEORIES, match_goals, polish, read_goals
from aitp_gym.theorems import load


def test_prefix_notation_leaves_types_out_and_names_as_they_are():
    statement = "(a (c (min$fun (min$fun 'a (min$bool)) (min$bool)) bool$!) (l (v 'a x) (v (min$bool) p%20q)))"
    assert polish(statement) == "@ C$bool$ ! | Vx Vp q"
    assert polish("(c (min$bool) bool$T)") == "C$bool$ T"
    assert polish("(a (v (min$fun (list$list 'a) 'b) f) (v (list$list 'a) l))") == "@ Vf Vl"


@pytest.fixture
def goals(hol4, tmp_path) -> Path:
    rows = {row.name: row for row in theorem_rows()}
    names = ("list.MAP_ID", "arithmetic.ADD_ASSOC", "sat.AND_IMP")
    pairs = [[polish(rows[name].statement), rows[name].pretty] for name in names if name in rows]
    path = tmp_path / "goals.json"
    path.write_text(json.dumps([*pairs, ["@ C$no$ where Vx", "nowhere x"]]))
    return path


def test_goals_are_found_by_their_text_and_the_others_are_listed(goals):
    matched = match_goals(read_goals(goals))
    assert [row.name for row in matched.found][:2] == ["list.MAP_ID", "arithmetic.ADD_ASSOC"]
    assert matched.missing == ("nowhere x",)


def test_the_theorem_set_has_the_goals_in_splits_and_leaky_theories_apart(goals, monkeypatch):
    with pytest.raises(BadInput, match="AITP_TACTICZERO_GOALS"):
        load("tacticzero")
    monkeypatch.setenv("AITP_TACTICZERO_GOALS", str(goals))
    theorems = load("tacticzero")
    assert {t.split for t in theorems} <= {"train", "valid", "test", "leaky"}
    assert all((t.split == "leaky") == (t.name.partition(".")[0] in LEAKY_THEORIES) for t in theorems)


def test_a_file_that_is_no_list_of_goals_is_refused(tmp_path):
    path = tmp_path / "goals.json"
    for content in ("{}", "[]", '[["one"]]', "not json"):
        path.write_text(content)
        with pytest.raises(BadInput, match="goals"):
            read_goals(path)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(BadInput, match="goals"):
            read_goals(path)


def test_the_published_goals(hol4):
    folder = os.environ.get("AITP_HOL4_DATA")
    if not folder:
        pytest.skip("TacticZero's published goals are not here: set AITP_HOL4_DATA to the folder that holds them.")
    listed = read_goals(Path(folder) / "paper_goals.json")
    assert len(listed) == 1340
    assert len(match_goals(listed).found) >= 1330

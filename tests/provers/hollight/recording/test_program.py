"""The recorder's source: wrappers right after what they wrap, and HOL Light's own text as it was."""

from __future__ import annotations

import re

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.hollight.build import locate
from aitp_gym.provers.hollight.recording.program import RECORDER
from aitp_gym.provers.hollight.sources import Additions, HolLightSources

LIB = """\
let basic_rewrites = 1;; let basic_convs = 1;; let basic_congs = 1;;
let AN_TAC = 2;;
let user = AN_TAC;;
let AN_TAC = 3;;
"""


@pytest.fixture
def sources(tmp_path) -> HolLightSources:
    """Two files in the place of HOL Light's."""
    (tmp_path / "hol.ml").write_text('let hol_version = "0";;\nloads "lib.ml";;\nloads "database.ml";;\n')
    (tmp_path / "lib.ml").write_text(LIB)
    (tmp_path / "database.ml").write_text('theorems := ["AN_TAC",AN_TAC];;\n')
    return HolLightSources(tmp_path)


def test_a_wrapper_follows_each_phrase_that_binds_its_name_before_anything_uses_it(sources):
    added = Additions({"AN_TAC": "WRAPPER"}, {"lib.ml": "LAST"})
    joined = sources.joined(added)
    order = re.findall(r"let AN_TAC = \d|WRAPPER|Track\.mark \d+|let user|LAST|enter_file", joined)
    assert order[order.index("let AN_TAC = 2") :] == [
        *("let AN_TAC = 2", "WRAPPER", "Track.mark 4"),
        *("let user", "Track.mark 5"),
        *("let AN_TAC = 3", "WRAPPER", "Track.mark 6", "LAST"),
        *("enter_file", "Track.mark 7"),
    ]
    assert joined.replace("\nWRAPPER\n", "").replace("LAST", "") == sources.joined()
    assert (sources.directory / "lib.ml").read_text() == LIB


def test_sources_without_what_the_wrappers_rest_on_are_refused(sources):
    with pytest.raises(ProverUnavailable, match="has no SOME_TAC; expected one like"):
        sources.joined(Additions(required=frozenset({"SOME_TAC"})))


def test_the_recorder_is_another_build_than_the_server(hollight):
    server, recorder = locate(), locate(RECORDER)
    assert server.identity != recorder.identity
    assert (server.executable.name, recorder.executable.name) == ("hlserve", "hlrecord")


def test_every_wrapped_name_is_bound_by_hol_light_and_every_tactic_calls_itself(hollight):
    names = set(re.findall(r"\w+", " ".join(HolLightSources.find().files.values())))
    assert set(RECORDER.additions.after_name) <= names
    for name, text in RECORDER.additions.after_name.items():
        if name.endswith("_TAC"):
            assert re.match(rf"let {name} .*\b{name}\b", text, re.DOTALL), name

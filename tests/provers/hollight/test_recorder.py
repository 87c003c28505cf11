"""The wrappers that make HOL Light record its lemmas: in the right places, and nothing else changed."""

from __future__ import annotations

import re

import pytest

from aitp_gym.provers.hollight.phrases import split
from aitp_gym.provers.hollight.recorder import wrappers
from aitp_gym.provers.hollight.sources import HolLightSources

REBOUND = re.compile(r"^let (\w+)", re.MULTILINE)


@pytest.fixture(scope="module")
def sources(hollight) -> HolLightSources:
    return HolLightSources.find()


def test_each_wrapper_follows_the_file_that_defines_what_it_wraps(sources):
    rebound = {name: REBOUND.findall(wrappers(name)) for name in sources.files}
    assert {name for names in rebound.values() for name in names} >= {"prove", "define", "new_axiom", "new_definition"}
    for file, names in rebound.items():
        phrases = split(sources.files[file])
        bound = {name for phrase in phrases for name in phrase.names}
        # The kernel is a module of this signature, which its file includes in the end.
        signature = ("module", "type", "Hol_kernel")
        kernel = {token for phrase in phrases if phrase.tokens[:3] == signature for token in phrase.tokens}
        assert {*names} <= bound | kernel, file


def test_wrappers_have_no_position(sources):
    joined = sources.joined()
    assert len(re.findall(r"Track\.record", joined)) > 10
    without = joined
    for file in sources.files:
        if wrappers(file):
            assert without.count(wrappers(file)) == 1 or file in ("drule.ml", "pair.ml")
            without = without.replace(wrappers(file), "")
    assert "Track.record" not in without
    marks = re.compile(r'Track\.mark (\d+) "')
    assert marks.findall(without) == marks.findall(joined)
    positions = [int(number) for number in marks.findall(joined)]
    assert positions == sorted(set(positions))


def test_what_is_recorded_is_declared_to_be_a_theorem(sources):
    """The server takes the recorded values for theorems without a look."""
    for file in sources.files:
        for call in re.findall(r'Track\.record "\w+" \((.*)\)', wrappers(file)):
            assert call.endswith(": thm"), (file, call)


def test_most_files_are_left_alone():
    assert wrappers("arith.ml") == ""

"""Recorded steps in the tactic language, and the causes of those that are not sayable."""

from __future__ import annotations

import pytest

from aitp_gym.provers.hollight.holist.grammar import parse
from aitp_gym.provers.hollight.holist.translate import NotSayable
from aitp_gym.provers.hollight.recording.recording import RecordedStep
from aitp_gym.provers.hollight.recording.say import TAKEN_OUT, Speaker, taken_out

TERMS = ("(c (bool) T)", "(v (bool) p)", "(v (bool) q)")
PLACE = 100


def thm(number: int, *hypotheses: int, name: str | None = None, position: int = 0, computed: object = None) -> list:
    return ["thm", number, list(hypotheses), name, position, computed]


EARLIER = thm(0, name="TRUTH", position=10)
LATER = thm(0, name="LATER", position=PLACE)
ASSUMED = thm(1, 1)
PROBE = ["text", "_"]
SYM_CONV = ["conv", "SYM_CONV", []]


def say(tactic: str, *arguments: object, hypotheses: tuple[int, ...] = ()) -> str:
    speaker = Speaker(TERMS, PLACE)
    call = speaker.say(RecordedStep(tactic, arguments, (0, *hypotheses), ()), hypotheses)
    assert parse(str(call)) == call
    return str(call)


@pytest.mark.parametrize(
    ("said", "tactic", "arguments"),
    [
        ("GEN_TAC", "GEN_TAC", []),
        ("MP_TAC THM TRUTH", "MP_TAC", [EARLIER]),
        ("REWRITE_TAC [ ]", "REWRITE_TAC", [["list", []]]),
        ("REWRITE_TAC [ THM TRUTH ; ASSUM 1 ]", "REWRITE_TAC", [["list", [EARLIER, ASSUMED]]]),
        ("EXISTS_TAC `(v (bool) q)`", "EXISTS_TAC", [["term", 2]]),
        ("RAW_POP_TAC 3", "RAW_POP_TAC", [["text", "3"]]),
        ("LABEL_TAC here ASSUM 1", "LABEL_TAC", [["text", "here"], ASSUMED]),
        ("LABEL_TAC _ ASSUM 1", "LABEL_TAC", [["text", ""], ASSUMED]),
        ("X_CHOOSE_TAC `(v (bool) q)` THM TRUTH", "X_CHOOSE_TAC", [["term", 2], EARLIER]),
        ("CONV_TAC SYM_CONV", "CONV_TAC", [SYM_CONV]),
        ("CONV_TAC APPLY RAND_CONV SYM_CONV", "CONV_TAC", [["conv", "RAND_CONV", [SYM_CONV]]]),
        ("MP_TAC GSYM THM TRUTH", "MP_TAC", [thm(0, computed=["GSYM", [EARLIER]])]),
        ("MP_TAC CONJUNCT2 ASSUM 1", "MP_TAC", [thm(0, 1, computed=["CONJ_PAIR 1", [ASSUMED]])]),
        (
            "MP_TAC SPECL [ `(v (bool) q)` ; `(v (bool) p)` ] THM TRUTH",
            "MP_TAC",
            [thm(0, computed=["SPECL", [["list", [["term", 2], ["term", 1]]], EARLIER]])],
        ),
        (
            "REWRITE_TAC [ MATCH_MP THM TRUTH GSYM THM TRUTH ]",
            "REWRITE_TAC",
            [["list", [thm(0, computed=["MATCH_MP", [EARLIER, thm(0, computed=["GSYM", [EARLIER]])]])]]],
        ),
        (
            "MP_TAC GEN_REWRITE_RULE LAND_CONV [ ] THM TRUTH",
            "MP_TAC",
            [thm(0, computed=["GEN_REWRITE_RULE", [["conv", "LAND_CONV", [PROBE]], ["list", []], EARLIER]])],
        ),
        ("MP_TAC TAUT `(v (bool) p)`", "MP_TAC", [thm(0, computed=["TAUT", [["term", 1]]])]),
        ("GEN_REWRITE_TAC I [ ]", "GEN_REWRITE_TAC", [PROBE, ["list", []]]),
        ("GEN_REWRITE_TAC LAND_CONV [ ]", "GEN_REWRITE_TAC", [["conv", "LAND_CONV", [PROBE]], ["list", []]]),
        (
            "GEN_REWRITE_TAC COMPOSE [ RAND_CONV ; LAND_CONV ] [ THM TRUTH ]",
            "GEN_REWRITE_TAC",
            [["conv", "RAND_CONV", [["conv", "LAND_CONV", [PROBE]]]], ["list", [EARLIER]]],
        ),
    ],
)
def test_a_step_is_said_in_the_environments_own_words(said, tactic, arguments):
    assert say(tactic, *arguments, hypotheses=(2, 1)) == said


@pytest.mark.parametrize(
    ("cause", "tactic", "arguments"),
    [
        ("the tactic FIX_TAC", "FIX_TAC", [["text", "x"]]),
        ("a lemma of the same phrase", "MP_TAC", [LATER]),
        ("the rule INST_TYPE", "MP_TAC", [thm(1, computed=["INST_TYPE", [["list", []], EARLIER]])]),
        ("a theorem of unknown origin", "MP_TAC", [thm(1, computed=["GSYM", [thm(0)]])]),
        (TAKEN_OUT, "MP_TAC", [thm(0, 1, computed=["CONJUNCT1", [ASSUMED]])]),
        ("other arguments than the tactic takes", "MP_TAC", [thm(1, computed=["GSYM", [EARLIER, EARLIER]])]),
        ("a theorem of unknown origin", "MP_TAC", [thm(1)]),
        (TAKEN_OUT, "MP_TAC", [ASSUMED]),
        (TAKEN_OUT, "MP_TAC", [thm(1, 1, computed=["ASSUME", [["term", 1]]])]),
        ("the conversion SUB_CONV", "CONV_TAC", [["conv", "SUB_CONV", [SYM_CONV]]]),
        ("the conversion REWRITE_CONV", "CONV_TAC", [["conv", "REWRITE_CONV", [["list", []]]]]),
        ("a conversion without a name", "CONV_TAC", [["unknown"]]),
        ("a conversion without a name", "GEN_REWRITE_TAC", [["unknown"], ["list", []]]),
        ("a pattern of labels", "LABEL_TAC", [["text", "a b"], EARLIER]),
        ("other arguments than the tactic takes", "MP_TAC", [["term", 1]]),
        ("other arguments than the tactic takes", "MP_TAC", []),
    ],
)
def test_what_cannot_be_said_has_its_cause(cause, tactic, arguments):
    with pytest.raises(NotSayable) as error:
        say(tactic, *arguments)
    assert str(error.value) == cause


def test_a_hypothesis_that_was_taken_out_is_found_wherever_it_is_used():
    assert taken_out([["list", [EARLIER, ASSUMED]]], ()) == {1}
    assert taken_out([thm(2, 1, computed=["CONJUNCT1", [ASSUMED]])], ()) == {1}
    assert taken_out([["list", [EARLIER, ASSUMED]]], (1,)) == frozenset()
    assert taken_out([["term", 1], ["text", "x"]], ()) == frozenset()

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.hollight.phrases import split
from aitp_gym.provers.hollight.sources import HolLightSources

PIECES = [
    "let a = 1",
    '"(* ;; "',
    "`x ;; y`",
    '(* ;; (* " ;; " *) *)',
    "'\"'",
    "';'",
    "x' y''",
    "(f:'a->'b)",
    "'\\''",
    "\n",
]


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1).map(" ".join), min_size=1, max_size=8))
def test_only_what_ends_a_phrase_cuts_the_source(texts):
    phrases = split(";;".join(texts) + ";;")
    assert [phrase.text for phrase in phrases] == texts


@pytest.mark.parametrize(
    ("phrase", "names"),
    [
        ("let ADD = prove(`x = x`, REFL_TAC)", ("ADD",)),
        ("let rec f x = g x and g y = f y", ("f", "g")),
        ("let A,B = CONJ_PAIR th", ("A", "B")),
        ("let [A;B] = CONJUNCTS th", ("A", "B")),
        ("let (VALID:tactic->tactic) = fun t -> t", ("VALID",)),
        ("let (F:(int->int)->thm),G = a,b", ("F", "G")),
        ("let x : thm = y", ("x",)),
        ("let f x = let y = 1 and z = 2 in y and g = 3", ("f", "g")),
        ("let th = ARITH in extend_basic_rewrites [th]", ()),
        ("let (o) = fun f g x -> f(g x)", ()),
        ('let s = "let t = 1 and u = 2"', ("s",)),
        ("(* let no = 1 *) let yes = 1", ("yes",)),
        ("type t = A | B", ()),
        ("module M = struct let x = 1 end", ()),
    ],
)
def test_the_names_that_a_phrase_binds(phrase, names):
    assert split(phrase)[0].names == names


def test_a_folder_without_hol_light_is_refused_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLLIGHT_DIR", str(tmp_path))
    with pytest.raises(ProverUnavailable, match=r"hol-light.*HOLLIGHT_DIR"):
        HolLightSources.find()


@pytest.fixture(scope="module")
def sources():
    try:
        return HolLightSources.find()
    except ProverUnavailable as error:
        pytest.skip(str(error))


def test_every_file_is_cut_without_loss(sources):
    for name, text in sources.files.items():
        cut = "".join(phrase.text + ";;" for phrase in split(text))
        assert text.startswith(cut.removesuffix(";;").rstrip()), name
        assert ";;" not in text[len(cut) :], name


def test_the_joined_source_records_every_name_once_and_loads_nothing(sources):
    joined = sources.joined()
    assert joined.count('("ADD_SYM",Obj.repr ADD_SYM)') == 1
    assert joined.count('("ARITH_TAC",Obj.repr ARITH_TAC)') == 1
    assert joined.count("Track.track basic_rewrites") == 1
    assert "\n#load" not in joined
    assert "\nneeds " not in joined
    assert len(sources.digest()) == 64

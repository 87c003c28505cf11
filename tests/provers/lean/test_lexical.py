"""What a reader without Lean's parser can tell about a tactic's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.provers.lean.lexical import MAX_CHARACTERS, misplaced

WELL_PLACED = [
    "simp",
    "cases h with\n| inl a => exact Or.inr a\n| inr b => exact Or.inl b",
    'exact ⟨fun x => x, (f (g y))⟩ -- a remark with ( and "',
    "exact /- a /- nested -/ remark ) -/ h",
    'exact congrArg (fun s => s) (rfl : "a)" = "a)")',
    "exact (rfl : '\"' = '\"')",
    "rw [Nat.add_comm, h'] at h ⊢",
    "open Nat in simp",
    "set_option maxRecDepth 1000 in simp",
    "exact foo.end",
    "exact «a name with (»",
    "induction n with\n| zero => rfl\n| succ n ih => simp [ih]",
    'exact (rfl : r#"a " b"# = _)',
    "have h1 : p := by assumption\n  exact h1",
]


@pytest.mark.parametrize("tactic", WELL_PLACED)
def test_usual_tactics_pass(tactic):
    assert misplaced(tactic) is None


@pytest.mark.parametrize(
    ("tactic", "kind", "words"),
    [
        ("exact (h", "parse", "`(` is not closed"),
        ("exact h)", "parse", "`)` closes nothing"),
        ("exact (h]", "parse", "`]` closes nothing"),
        ("skip) (skip", "parse", "closes nothing"),
        ("skip /- and so on", "parse", "comment is not closed"),
        ("skip -/", "parse", "closes no comment"),
        ('exact "abc', "parse", "string is not closed"),
        ('exact r#"abc"', "parse", "string is not closed"),
        ('exact s!"{', "parse", "string is not closed"),
        ('exact s!"{x}"', "parse", "may not hold `{`"),
        ("exact «abc", "parse", "do not match"),
        ("", "parse", "empty"),
        (" \n ", "parse", "empty"),
        ("skip\x00", "parse", "not allowed"),
        ("exact h\u202e", "parse", "not allowed"),
        ("skip\ttrivial", "parse", "not allowed"),
        ("sorry", "forbidden", "does not check"),
        ("first | admit | skip", "forbidden", "does not check"),
        ("exact sorryAx _ true", "forbidden", "does not check"),
        ("native_decide", "forbidden", "does not check"),
        ("skip\naxiom bad : False", "forbidden", "begins a command"),
        ("trivial\ntheorem other : 1 = 2 := by decide", "forbidden", "begins a command"),
        ("skip\nend", "forbidden", "begins a command"),
        ("skip\n#eval 1", "forbidden", "begins a command"),
        ("set_option maxHeartbeats 0", "forbidden", "without `in`"),
        ("open Classical\nskip", "forbidden", "without `in`"),
        ("run_tac pure ()", "forbidden", "runs code"),
        ("x" * (MAX_CHARACTERS + 1), "parse", "are read at most"),
    ],
)
def test_what_cannot_stay_in_its_place_is_refused(tactic, kind, words):
    failure = misplaced(tactic)
    assert failure is not None
    assert failure.kind == kind
    assert words in failure.message


@given(st.text(alphabet="()[]{}⟨⟩\"'/-«»rs!#{ \nab\\", max_size=40))
def test_whatever_passes_has_its_brackets_in_order(text):
    if misplaced(text) is None and not any(mark in text for mark in "\"'/-«»"):
        depth = 0
        for character in text:
            depth += (character in "([{⟨") - (character in ")]}⟩")
            assert depth >= 0
        assert depth == 0

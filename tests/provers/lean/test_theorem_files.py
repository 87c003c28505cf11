"""The theorems of Lean files as theorem sets."""

from __future__ import annotations

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.theorems import load

MINIF2F = """import Mathlib
set_option maxHeartbeats 400000

open BigOperators Real Nat Topology Rat

/-- A problem, which has a theorem in its description. -/
theorem mathd_algebra_478
  (b h v : ℝ)
  (h₀ : 0 < b ∧ 0 < h) -- positive
  (h₁ : v = 1 / 3 * (b * h)) :
  v = 65 := by sorry

lemma helper : (1 : ℕ) = 1 := rfl

theorem amc12a_2019_p21
  (z : ℂ) : |1| = 1 := by
  sorry
"""


def test_problems_of_a_file_share_its_header_and_do_not_see_each_other(tmp_path):
    path = tmp_path / "Problems.lean"
    path.write_text(MINIF2F)
    theorems = load(path)
    assert [theorem.name for theorem in theorems] == ["mathd_algebra_478", "amc12a_2019_p21"]
    assert theorems.splits == {"test": 2}
    first, second = (theorem.payload for theorem in theorems)
    assert first.preamble == MINIF2F[: MINIF2F.index("/--")]
    assert first.signature.startswith("theorem mathd_algebra_478\n")
    assert first.signature.endswith("v = 65")
    assert "positive" not in first.signature
    assert second.preamble == first.preamble + "lemma helper : (1 : ℕ) = 1 := rfl\n\n"
    assert second.signature == "theorem amc12a_2019_p21\n  (z : ℂ) : |1| = 1"


def test_every_theorem_of_a_file_without_sorry_is_one_with_what_precedes_it(tmp_path):
    path = tmp_path / "Done.lean"
    path.write_text("namespace N\ntheorem a : True := trivial\n\ntheorem b : True := by\n  exact a\n\nend N\n")
    theorems = load(path)
    assert [theorem.name for theorem in theorems] == ["N.a", "N.b"]
    assert theorems["N.b"].payload.preamble == "namespace N\ntheorem a : True := trivial\n\n"
    assert theorems["N.b"].payload.signature == "theorem b : True"


def test_a_folder_gives_splits_by_its_names(tmp_path):
    for name in ("Valid/P1.lean", "Test/P2.lean", "train.lean", "Other/P1.lean"):
        path = tmp_path / "minif2f" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("theorem problem : True := by sorry\n")
    theorems = load(tmp_path / "minif2f")
    assert theorems.splits == {"test": 2, "train": 1, "valid": 1}
    assert [theorem.name for theorem in theorems] == ["problem", "problem#2", "problem#3", "problem#4"]


@pytest.mark.parametrize("content", [None, "def x := 1\n"])
def test_a_file_without_theorems_is_refused(tmp_path, content):
    path = tmp_path / "Empty.lean"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput, match=r"Expected .*Empty\.lean"):
        load(path)

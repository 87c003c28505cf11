/-! Theorems to try provers on: see `../dojo/test_live.py`. -/

namespace Live

/-- A theorem before the others, for them to use. -/
theorem first (p : Prop) (h : p) : p := h

theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by
  constructor
  · exact h.2
  · exact h.1

@[simp] theorem add_swap (a b c : Nat) : a + b + c = a + c + b := by
  omega

theorem between : ∃ n : Nat, 2 < n ∧ n < 4 := by
  exact ⟨3, by decide, by decide⟩

theorem by_cases_on : ∀ n : Nat, n = 0 ∨ 0 < n
  | 0 => Or.inl rfl
  | n + 1 => Or.inr (Nat.succ_pos n)

/-- A theorem after the others, which they may not use. -/
theorem last (p q : Prop) (h : p ∧ q) : q ∧ p := swap p q h

end Live

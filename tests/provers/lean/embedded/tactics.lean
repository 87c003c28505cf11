/-! A use of every tactic that the embedded library supports. All of it has to be accepted. -/

section logic
variable {p q r : Prop}
example (h : p) : p := by exact h
example (h : p) : p := by assumption
example (f : p → q) (h : p) : q := by apply f; exact h
example (f : p → q) (h : p) : q := by refine f ?_; exact h
example (h : p) (g : q) : p ∧ q := by refine ⟨?_, ?_⟩ <;> assumption
example (h : p) (g : q) : p ∧ q := by constructor <;> assumption
example (h : p) (g : q) : p ∧ q := by exact ⟨‹p›, ‹q›⟩
example (h : p) (g : q) (k : r) : p ∧ q ∧ r := by and_intros <;> assumption
example : p → q → p := by intro h _; exact h
example : p → q → p := by intros; assumption
example : p → q → p := by unhygienic intros; exact a
example : p ∧ q → q ∧ p := by intro ⟨h, g⟩; exact ⟨g, h⟩
example : p ∧ q → q ∧ p := by rintro ⟨h, g⟩; exact ⟨g, h⟩
example (h : p ∧ q) : q := by obtain ⟨_, g⟩ := h; exact g
example (h : p ∨ q) : q ∨ p := by
  rcases h with h | h
  · exact .inr h
  · exact .inl h
example (h : p ∨ q) : q ∨ p := by
  cases h with
  | inl h => right; exact h
  | inr h => left; exact h
example (h : p ∨ q) : q ∨ p := by
  cases h
  case inl h => right; exact h
  next h => left; exact h
example (h : p ∨ q) : q ∨ p := by
  cases h
  · rename_i h
    right
    exact h
  · left
    assumption
example (h : p) (g : ¬p) : q := by exfalso; exact g h
example (h : p) (g : ¬p) : q := by contradiction
example (h : p) : ¬¬p := by intro g; exact absurd h g
example : p ∨ ¬p := by
  by_cases h : p
  · left; exact h
  · right; exact h
example : p ∨ ¬p := by
  if h : p then exact .inl h else exact .inr h
example : ¬¬p → p := by intro h; false_or_by_contra; contradiction
example (h : p ↔ q) (g : q) : p := by rw [h]; exact g
example (h : p ↔ q) (g : q) : p := by rw [← h] at g; exact g
example (h : p ↔ q) (g : q) : p := by rwa [h]
example (h : p ↔ q) (g : q) : p := by rewrite [h]; exact g
example (h : p ↔ q) (g : q) : p := by simpa [h] using g
example (h : p ↔ q) (g : q) : p := by simp only [h]; exact g
example (h : p) : p ∧ True := by simp [h]
example (h : p) : p ∧ True := by simp [*]
example (h : p) (f : p → q) : q := by simp_all
example (h : p ∧ True) : p := by simp at h; exact h
example (h : p) (f : p → q) : q := by have g := f h; exact g
example (h : p) (f : p → q) : q := by have g : q := by exact f h
                                      exact g
example (h : p) (f : p → q) : q := by suffices g : p by exact f g
                                      exact h
example (h : p) (f : p → q) : q := by specialize f h; exact f
example (h : p) (f : p → q) : q := by replace h := f h; exact h
example (h : p) (f : p → q) : q := by revert h; exact f
example (h : p) : p := by show p; exact h
example (h : p) : p := by first | contradiction | exact h
example (h : p) : p := by try contradiction
                          exact h
example (h : p) (g : q) (k : r) : p ∧ q ∧ r := by repeat' constructor
                                                  all_goals assumption
example (h : p) (g : q) : p ∧ q := by
  constructor
  rotate_left
  focus exact g
  exact h
example (h : p) (g : q) : p ∧ q := by
  constructor
  rotate_right
  · exact g
  · exact h
example (h : p) (g : q) : p ∧ q := by
  constructor
  any_goals exact h
  iterate 1 exact g
example (h : p) (g : q) : p := by clear g; skip; exact h
example : True := by trivial
example (h : p) : p := by fail_if_success contradiction
                          exact h
end logic

section equality
variable {α β : Type} {a b c : α} {f g : α → β} {s : α → Prop}
example : a = a := by rfl
example (h : a = b) : b = a := by symm; exact h
example (h : a = b) (g : b = c) : a = c := by rw [h, g]
example (h : a = b) (g : b = c) : a = c := by subst h; exact g
example (h : a = b) (g : b = c) : a = c := by subst_vars; rfl
example (h : a = b) (g : b = c) : a = c := by
  calc
    a = b := h
    _ = c := g
example (h : a = b) : f a = f b := by congr
example (h : ∀ x, f x = g x) : f = g := by funext x; exact h x
example (h : a = b) : f a = f b := by
  conv => lhs; rw [h]
example (h : a = b) : f a = f b := by
  conv =>
    lhs
    arg 1
    rw [h]
example (h : s a) (e : a = b) : ∃ x, s x ∧ x = b := by exists a
example (h : ∃ x, s x) : ∃ x, s x ∨ x = a := by
  cases h with
  | intro x h => exact ⟨x, .inl h⟩
example (n : Nat) : n = n := by generalize n = m; rfl
example : (fun x : α => x) a = a := by dsimp
example : id a = a := by unfold id; rfl
example : id a = a := by delta id; rfl
example : id a = a := by change a = a; rfl
example (p : Prop) [Decidable p] : (if p then a else a) = a := by split <;> rfl
example (p : Prop) [Decidable p] : (if p then a else a) = a := by simp
end equality

section data
variable {α : Type} {n m : Nat} {a b : α} {l k : List α}
example : 2 + 2 = 4 ∧ ¬3 ≤ 2 ∧ 7 ∣ 7 ∨ True := by simp
example : 2 + 2 = 4 ∧ ¬3 ≤ 2 ∧ 3 ≠ 4 := by decide
example (h : n + 1 = m + 1) : n = m := by injection h
example (h : n + 1 = m + 1) : n = m := by cases h; rfl
example (h : n + 1 = 0) : False := by injection h
example (h : n + 1 = 0) : False := by nomatch h
example : n + 1 ≠ 0 := by nofun
example (h : a :: l = b :: k) : a = b ∧ l = k := by simp at h; exact h
example (h : a :: l = b :: k) : a = b := by injections
example : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [← Nat.add_assoc, ih]
example : 0 + n = n := by
  induction n
  case zero => rfl
  case succ n ih => rw [← Nat.add_assoc, ih]
example : l ++ [] = l := by
  unhygienic induction l
  · rfl
  · simp
example (h : n ≤ m) : n ≤ m + 1 := by
  match h with
  | .refl => exact .step .refl
  | .step h => exact .step (.step h)
example (x : Bool) : (x && true) = x := by cases x <;> rfl
example (x : Nat × Nat) : x = (x.1, x.2) := by obtain ⟨i, j⟩ := x; rfl
example (h : n < m) (g : m ≤ 3) : n < 3 := by
  calc
    n < m := h
    _ ≤ 3 := g
end data

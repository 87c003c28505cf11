/-!
# Theorems for the embedded Lean, with a proof of each

The set `lean-embedded` takes the statements from here and leaves the proofs out; `lean` compiles this file as it stands.
Every declaration is a `theorem … := by` with its proof on the lines below, indented.
-/

/-! ## Propositional logic -/

theorem logic_and_rotate (p q r : Prop) : p ∧ q ∧ r → r ∧ p ∧ q := by
  intro ⟨hp, hq, hr⟩
  exact ⟨hr, hp, hq⟩
theorem logic_and_reverse (p q r s : Prop) (h : p ∧ q ∧ r ∧ s) : s ∧ r ∧ q ∧ p := by
  obtain ⟨hp, hq, hr, hs⟩ := h
  exact ⟨hs, hr, hq, hp⟩
theorem logic_or_rotate (p q r : Prop) : p ∨ q ∨ r → r ∨ p ∨ q := by
  rintro (h | h | h)
  · exact .inr (.inl h)
  · exact .inr (.inr h)
  · exact .inl h
theorem logic_and_or_swap (p q r : Prop) : p ∧ (q ∨ r) → (r ∨ q) ∧ p := by
  intro ⟨hp, h⟩
  exact ⟨h.symm, hp⟩
theorem logic_imp_chain (p q r s : Prop) (h₁ : p → q) (h₂ : q → r) (h₃ : r → s) : p → s := by
  intro hp
  exact h₃ (h₂ (h₁ hp))
theorem logic_imp_swap (p q r : Prop) : (p → q → r) → q → p → r := by
  intro h hq hp
  exact h hp hq
theorem logic_imp_dup (p q : Prop) : (p → p → q) → p → q := by
  intro h hp
  exact h hp hp
theorem logic_imp_compose (p q r : Prop) : (p → q → r) → (p → q) → p → r := by
  intro f g hp
  exact f hp (g hp)
theorem logic_imp_and (p q r : Prop) : (p → q ∧ r) ↔ (p → q) ∧ (p → r) := by
  constructor
  · intro h
    exact ⟨fun hp => (h hp).1, fun hp => (h hp).2⟩
  · intro ⟨f, g⟩ hp
    exact ⟨f hp, g hp⟩
theorem logic_or_elim_twice (p q r s : Prop) (h : p ∨ q) (g : r ∨ s) : (p ∧ r) ∨ (p ∧ s) ∨ (q ∧ r) ∨ (q ∧ s) := by
  cases h <;> cases g <;> simp_all
theorem logic_or_imp_mono (p q r s : Prop) (f : p → r) (g : q → s) : p ∨ q → s ∨ r := by
  rintro (h | h)
  · exact .inr (f h)
  · exact .inl (g h)
theorem logic_contrapose_twice (p q : Prop) : (p → q) → ¬¬p → ¬¬q := by
  intro h hp hq
  exact hp fun x => hq (h x)
theorem logic_not_or_left (p q : Prop) : ¬(p ∨ q) → ¬p := by
  intro h hp
  exact h (.inl hp)
theorem logic_not_iff_not_self (p : Prop) : ¬(p ↔ ¬p) := by
  intro h
  have hn : ¬p := fun hp => h.1 hp hp
  exact hn (h.2 hn)
theorem logic_not_not_em (p : Prop) : ¬¬(p ∨ ¬p) := by
  intro h
  exact h (.inr fun hp => h (.inl hp))
theorem logic_not_not_and (p q : Prop) : ¬¬(p ∧ q) → ¬¬p ∧ ¬¬q := by
  intro h
  exact ⟨fun hp => h fun g => hp g.1, fun hq => h fun g => hq g.2⟩
theorem logic_not_not_imp (p q : Prop) : ¬¬(p → q) → p → ¬¬q := by
  intro h hp hq
  exact h fun f => hq (f hp)
theorem logic_peirce (p q : Prop) : ((p → q) → p) → p := by
  intro h
  by_cases hp : p
  · exact hp
  · exact h fun x => absurd x hp
theorem logic_dummett (p q : Prop) : (p → q) ∨ (q → p) := by
  by_cases hp : p
  · exact .inr fun _ => hp
  · exact .inl fun x => absurd x hp
theorem logic_contrapose_back (p q : Prop) : (¬q → ¬p) → p → q := by
  intro h hp
  by_cases hq : q
  · exact hq
  · exact absurd hp (h hq)
theorem logic_not_imp_elim (p q : Prop) : ¬(p → q) → p ∧ ¬q := by
  intro h
  exact Classical.not_imp.1 h
theorem logic_de_morgan_three (p q r : Prop) : ¬(p ∨ q ∨ r) ↔ ¬p ∧ ¬q ∧ ¬r := by
  constructor
  · intro h
    exact ⟨fun x => h (.inl x), fun x => h (.inr (.inl x)), fun x => h (.inr (.inr x))⟩
  · rintro ⟨hp, hq, hr⟩ (h | h | h)
    · exact hp h
    · exact hq h
    · exact hr h
theorem logic_iff_and_imp (p q : Prop) : (p ↔ q) → (p ∧ q ↔ p) := by
  intro h
  simp [h]
theorem logic_and_iff_left_of_imp (p q : Prop) (h : p → q) : p ∧ q ↔ p := by
  exact ⟨fun g => g.1, fun hp => ⟨hp, h hp⟩⟩
theorem logic_or_iff_right_of_imp (p q : Prop) (h : p → q) : p ∨ q ↔ q := by
  exact ⟨fun g => g.elim h id, .inr⟩
theorem logic_and_absorbs_or (p q : Prop) : p ∧ (p ∨ q) ↔ p := by
  exact ⟨fun g => g.1, fun hp => ⟨hp, .inl hp⟩⟩
theorem logic_or_absorbs_and (p q : Prop) : p ∨ (p ∧ q) ↔ p := by
  exact ⟨fun g => g.elim id fun x => x.1, .inl⟩
theorem logic_iff_trans_three (p q r s : Prop) (h₁ : p ↔ q) (h₂ : q ↔ r) (h₃ : r ↔ s) : p ↔ s := by
  rw [h₁, h₂, h₃]
theorem logic_iff_cycle (p q r : Prop) (f : p → q) (g : q → r) (h : r → p) : (p ↔ r) := by
  exact ⟨fun x => g (f x), h⟩
theorem logic_or_resolve_three (p q r : Prop) (h : p ∨ q ∨ r) (hp : ¬p) (hq : ¬q) : r := by
  simp_all
theorem logic_xor_symm (p q : Prop) : (p ∧ ¬q) ∨ (q ∧ ¬p) → (q ∧ ¬p) ∨ (p ∧ ¬q) := by
  intro h
  exact h.symm
theorem logic_xor_not_both (p q : Prop) (h : (p ∧ ¬q) ∨ (q ∧ ¬p)) : ¬(p ∧ q) := by
  rintro ⟨hp, hq⟩
  rcases h with h | h
  · exact h.2 hq
  · exact h.2 hp
theorem logic_curry_three (p q r s : Prop) : (p ∧ q ∧ r → s) ↔ (p → q → r → s) := by
  exact ⟨fun h hp hq hr => h ⟨hp, hq, hr⟩, fun h ⟨hp, hq, hr⟩ => h hp hq hr⟩
theorem logic_case_analysis (p q r : Prop) (h : p ∨ q) (f : p → r) (g : q → r) : r := by
  cases h
  · apply f
    assumption
  · apply g
    assumption
theorem logic_and_or_distrib_right (p q r : Prop) : (p ∨ q) ∧ r ↔ (p ∧ r) ∨ (q ∧ r) := by
  rw [and_comm, and_or_left, and_comm, @and_comm r q]
theorem logic_or_and_distrib_right (p q r : Prop) : (p ∧ q) ∨ r ↔ (p ∨ r) ∧ (q ∨ r) := by
  rw [or_comm, or_and_left, or_comm, @or_comm r q]
theorem logic_false_of_three (p q r : Prop) (h : p → q) (g : q → r) (hp : p) (hr : ¬r) : False := by
  exact hr (g (h hp))
theorem logic_not_and_of_imp_not (p q : Prop) (h : p → ¬q) : ¬(p ∧ q) := by
  intro ⟨hp, hq⟩
  exact h hp hq
theorem logic_iff_not_comm (p q : Prop) : (p ↔ ¬q) → (q → ¬p) := by
  intro h hq hp
  exact h.1 hp hq
theorem logic_implies_or_split (p q r : Prop) : (p → q ∨ r) ↔ (p → q) ∨ (p → r) := by
  by_cases hp : p
  · simp [hp]
  · simp [hp]
theorem logic_or_not_elim (p q : Prop) : (p ∨ ¬p → q) → q := by
  intro h
  exact h (Classical.em p)
theorem logic_biconditional_assoc (p q r : Prop) : ((p ↔ q) ↔ r) ↔ (p ↔ (q ↔ r)) := by
  by_cases hp : p <;> by_cases hq : q <;> simp [hp, hq]
theorem logic_not_iff (p q : Prop) : ¬(p ↔ q) ↔ (¬p ↔ q) := by
  by_cases hp : p <;> by_cases hq : q <;> simp [hp, hq]
theorem logic_imp_iff_not_imp_not (p q : Prop) : (p → q) ↔ (¬q → ¬p) := by
  by_cases hp : p <;> by_cases hq : q <;> simp [hp, hq]

/-! ## Quantifiers -/

theorem quant_exists_swap_and (α : Type) (p q : α → Prop) : (∃ x, p x ∧ q x) → (∃ x, q x) ∧ (∃ x, p x) := by
  intro ⟨x, hp, hq⟩
  exact ⟨⟨x, hq⟩, x, hp⟩
theorem quant_forall_imp (α : Type) (p q : α → Prop) (h : ∀ x, p x → q x) : (∀ x, p x) → ∀ x, q x := by
  intro g x
  exact h x (g x)
theorem quant_exists_chain (α : Type) (p q r : α → Prop) (f : ∀ x, p x → q x) (g : ∀ x, q x → r x) :
    (∃ x, p x) → ∃ x, r x := by
  intro ⟨x, hx⟩
  exact ⟨x, g x (f x hx)⟩
theorem quant_forall_or_left (α : Type) (p : α → Prop) (q : Prop) : q ∨ (∀ x, p x) → ∀ x, q ∨ p x := by
  rintro (h | h) x
  · exact .inl h
  · exact .inr (h x)
theorem quant_forall_or_classical (α : Type) (p : α → Prop) (q : Prop) (h : ∀ x, q ∨ p x) : q ∨ ∀ x, p x := by
  by_cases hq : q
  · exact .inl hq
  · exact .inr fun x => (h x).resolve_left hq
theorem quant_not_forall_of_exists_not (α : Type) (p : α → Prop) : (∃ x, ¬p x) → ¬∀ x, p x := by
  intro ⟨x, hx⟩ h
  exact hx (h x)
theorem quant_not_exists_not (α : Type) (p : α → Prop) : (¬∃ x, ¬p x) ↔ ∀ x, p x := by
  rw [not_exists]
  simp
theorem quant_exists_forall_swap (α β : Type) (r : α → β → Prop) : (∃ x, ∀ y, r x y) → ∀ y, ∃ x, r x y := by
  intro ⟨x, h⟩ y
  exact ⟨x, h y⟩
theorem quant_exists_exists_swap (α β : Type) (r : α → β → Prop) (h : ∃ x y, r x y) : ∃ y x, r x y := by
  obtain ⟨x, y, g⟩ := h
  exact ⟨y, x, g⟩
theorem quant_drinker (α : Type) (a : α) (p : α → Prop) : ∃ x, p x → ∀ y, p y := by
  by_cases h : ∀ y, p y
  · exact ⟨a, fun _ => h⟩
  · obtain ⟨x, hx⟩ := Classical.not_forall.1 h
    exact ⟨x, fun g => absurd g hx⟩
theorem quant_barber (α : Type) (shaves : α → α → Prop) : ¬∃ x, ∀ y, shaves x y ↔ ¬shaves y y := by
  rintro ⟨x, h⟩
  have hx := h x
  have hn : ¬shaves x x := fun g => hx.1 g g
  exact hn (hx.2 hn)
theorem quant_forall_and_exists (α : Type) (p q : α → Prop) (h : ∀ x, p x) (g : ∃ x, q x) : ∃ x, p x ∧ q x := by
  obtain ⟨x, hx⟩ := g
  exact ⟨x, h x, hx⟩
theorem quant_exists_or_forall (α : Type) (p q : α → Prop) (h : ∀ x, p x ∨ q x) : (∀ x, p x) ∨ ∃ x, q x := by
  by_cases g : ∃ x, q x
  · exact .inr g
  · exact .inl fun x => (h x).resolve_right fun hx => g ⟨x, hx⟩
theorem quant_syllogism_barbara (α : Type) (p q r : α → Prop) (h : ∀ x, p x → q x) (g : ∀ x, q x → r x) :
    ∀ x, p x → r x := by
  intro x hx
  exact g x (h x hx)
theorem quant_syllogism_celarent (α : Type) (p q r : α → Prop) (h : ∀ x, p x → ¬q x) (g : ∀ x, r x → p x) :
    ∀ x, r x → ¬q x := by
  intro x hr
  exact h x (g x hr)
theorem quant_syllogism_darii (α : Type) (p q r : α → Prop) (h : ∀ x, p x → q x) (g : ∃ x, r x ∧ p x) :
    ∃ x, r x ∧ q x := by
  obtain ⟨x, hr, hp⟩ := g
  exact ⟨x, hr, h x hp⟩
theorem quant_syllogism_ferio (α : Type) (p q r : α → Prop) (h : ∀ x, p x → ¬q x) (g : ∃ x, r x ∧ p x) :
    ∃ x, r x ∧ ¬q x := by
  obtain ⟨x, hr, hp⟩ := g
  exact ⟨x, hr, h x hp⟩
theorem quant_syllogism_festino (α : Type) (p q r : α → Prop) (h : ∀ x, p x → ¬q x) (g : ∃ x, r x ∧ q x) :
    ∃ x, r x ∧ ¬p x := by
  obtain ⟨x, hr, hq⟩ := g
  exact ⟨x, hr, fun hp => h x hp hq⟩
theorem quant_syllogism_disamis (α : Type) (p q r : α → Prop) (h : ∃ x, p x ∧ q x) (g : ∀ x, p x → r x) :
    ∃ x, r x ∧ q x := by
  obtain ⟨x, hp, hq⟩ := h
  exact ⟨x, g x hp, hq⟩
theorem quant_exists_eq_self (α : Type) (a : α) : ∃ x, x = a ∧ a = x := by
  exact ⟨a, rfl, rfl⟩
theorem quant_unique_of_all_eq (α : Type) (p : α → Prop) (a b c : α) (h : ∀ x y, p x → p y → x = y)
    (ha : p a) (hb : p b) (hc : p c) : a = c ∧ b = c := by
  exact ⟨h a c ha hc, h b c hb hc⟩
theorem quant_relation_symm_trans (α : Type) (r : α → α → Prop) (symm : ∀ x y, r x y → r y x)
    (trans : ∀ x y z, r x y → r y z → r x z) (a b : α) (h : r a b) : r a a := by
  exact trans a b a h (symm a b h)
theorem quant_relation_euclidean (α : Type) (r : α → α → Prop) (refl : ∀ x, r x x)
    (euclid : ∀ x y z, r x y → r x z → r y z) (a b : α) (h : r a b) : r b a := by
  exact euclid a b a h (refl a)
theorem quant_relation_irrefl_asymm (α : Type) (r : α → α → Prop) (irrefl : ∀ x, ¬r x x)
    (trans : ∀ x y z, r x y → r y z → r x z) (a b : α) (h : r a b) : ¬r b a := by
  intro g
  exact irrefl a (trans a b a h g)
theorem quant_relation_chain (α : Type) (r : α → α → Prop) (trans : ∀ x y z, r x y → r y z → r x z)
    (a b c d : α) (h₁ : r a b) (h₂ : r b c) (h₃ : r c d) : r a d := by
  exact trans a b d h₁ (trans b c d h₂ h₃)
theorem quant_subset_trans (α : Type) (s t u : α → Prop) (h : ∀ x, s x → t x) (g : ∀ x, t x → u x) (a : α)
    (ha : s a) : u a := by
  exact g a (h a ha)
theorem quant_subset_inter (α : Type) (s t u : α → Prop) (h : ∀ x, s x → t x) (g : ∀ x, s x → u x) :
    ∀ x, s x → t x ∧ u x := by
  intro x hx
  exact ⟨h x hx, g x hx⟩
theorem quant_union_subset (α : Type) (s t u : α → Prop) (h : ∀ x, s x → u x) (g : ∀ x, t x → u x) :
    ∀ x, s x ∨ t x → u x := by
  rintro x (hx | hx)
  · exact h x hx
  · exact g x hx
theorem quant_diff_subset (α : Type) (s t : α → Prop) : (∀ x, s x ∧ ¬t x → s x) ∧ ∀ x, s x → t x ∨ (s x ∧ ¬t x) := by
  constructor
  · intro x h
    exact h.1
  · intro x hs
    by_cases ht : t x
    · exact .inl ht
    · exact .inr ⟨hs, ht⟩

/-! ## Equality and functions -/

theorem eq_chain_four (α : Type) (a b c d : α) (h₁ : a = b) (h₂ : b = c) (h₃ : c = d) : d = a := by
  rw [h₁, h₂, h₃]
theorem eq_symm_pair (α : Type) (a b c d : α) (h : a = b ∧ c = d) : b = a ∧ d = c := by
  exact ⟨h.1.symm, h.2.symm⟩
theorem eq_common_left (α : Type) (a b c : α) (h : a = b) (g : a = c) : b = c := by
  rw [← h, g]
theorem eq_transport (α : Type) (p : α → Prop) (a b c : α) (h : a = b) (g : b = c) (hc : p c) : p a := by
  rw [h, g]
  exact hc
theorem eq_ne_of_eq_of_ne (α : Type) (a b c : α) (h : a = b) (g : b ≠ c) : a ≠ c := by
  rw [h]
  exact g
theorem eq_ne_apply (α β : Type) (f : α → β) (a b : α) (h : f a ≠ f b) : b ≠ a := by
  intro e
  exact h (by rw [e])
theorem fun_apply_twice (α : Type) (f : α → α) (a b : α) (h : f a = b) (g : f b = a) : f (f a) = a := by
  rw [h, g]
theorem fun_apply_cycle (α : Type) (f : α → α) (a : α) (h : f (f (f a)) = a) (g : f (f a) = a) : f a = a := by
  rw [g] at h
  exact h
theorem fun_congr_two (α β γ : Type) (f : α → β → γ) (a b : α) (c d : β) (h : a = b) (g : c = d) : f a c = f b d := by
  rw [h, g]
theorem fun_inverse_unique (α : Type) (f g h : α → α) (left : ∀ x, g (f x) = x) (right : ∀ x, f (h x) = x) (a : α) :
    g a = h a := by
  have e := left (h a)
  rw [right a] at e
  exact e
theorem fun_left_inverse_injective (α β : Type) (f : α → β) (g : β → α) (h : ∀ x, g (f x) = x) (a b : α)
    (e : f a = f b) : a = b := by
  rw [← h a, e, h b]
theorem fun_comp_injective (α β γ : Type) (f : α → β) (g : β → γ) (hf : ∀ x y, f x = f y → x = y)
    (hg : ∀ x y, g x = g y → x = y) : ∀ x y, g (f x) = g (f y) → x = y := by
  intro x y h
  exact hf x y (hg (f x) (f y) h)
theorem fun_injective_of_comp (α β γ : Type) (f : α → β) (g : β → γ) (h : ∀ x y, g (f x) = g (f y) → x = y) :
    ∀ x y, f x = f y → x = y := by
  intro x y e
  apply h
  rw [e]
theorem fun_comp_surjective (α β γ : Type) (f : α → β) (g : β → γ) (hf : ∀ y, ∃ x, f x = y)
    (hg : ∀ z, ∃ y, g y = z) : ∀ z, ∃ x, g (f x) = z := by
  intro z
  obtain ⟨y, hy⟩ := hg z
  obtain ⟨x, hx⟩ := hf y
  exact ⟨x, by rw [hx, hy]⟩
theorem fun_surjective_of_comp (α β γ : Type) (f : α → β) (g : β → γ) (h : ∀ z, ∃ x, g (f x) = z) :
    ∀ z, ∃ y, g y = z := by
  intro z
  obtain ⟨x, hx⟩ := h z
  exact ⟨f x, hx⟩
theorem fun_right_inverse_surjective (α β : Type) (f : α → β) (g : β → α) (h : ∀ y, f (g y) = y) :
    ∀ y, ∃ x, f x = y := by
  intro y
  exact ⟨g y, h y⟩
theorem fun_comp_ext (α β γ : Type) (f g : β → γ) (k : α → β) (h : ∀ y, f y = g y) : f ∘ k = g ∘ k := by
  funext x
  exact h (k x)
theorem fun_const_comp (α β : Type) (a : α) (f : α → β) : (fun x => f (Function.const α a x)) = fun _ => f a := by
  funext x
  rfl
theorem fun_id_of_forall (α : Type) (f : α → α) (h : ∀ x, f x = x) : f = id := by
  funext x
  exact h x
theorem fun_involution (α : Type) (f : α → α) (h : ∀ x, f (f x) = x) (a b : α) (e : f a = b) : a = f b := by
  rw [← e, h]
theorem fun_fixpoint_comp (α : Type) (f g : α → α) (a : α) (hf : f a = a) (hg : g a = a) : f (g (f a)) = a := by
  rw [hf, hg, hf]
theorem fun_commute (α : Type) (f g : α → α) (h : ∀ x, f (g x) = g (f x)) (a : α) : f (f (g a)) = g (f (f a)) := by
  rw [h, h]
theorem fun_idempotent (α : Type) (f : α → α) (h : ∀ x, f (f x) = f x) (a : α) : f (f (f a)) = f a := by
  rw [h, h]
theorem fun_eta_pair (α β : Type) (x : α × β) : (x.1, x.2) = x := by
  rfl
theorem fun_pair_eq (α β : Type) (a c : α) (b d : β) (h : (a, b) = (c, d)) : c = a ∧ d = b := by
  cases h
  exact ⟨rfl, rfl⟩
theorem fun_swap_swap (α β : Type) (x : α × β) : ((x.2, x.1).2, (x.2, x.1).1) = x := by
  rfl
theorem fun_cantor (α : Type) (f : α → α → Prop) : ¬∀ s : α → Prop, ∃ x, f x = s := by
  intro h
  obtain ⟨x, hx⟩ := h fun y => ¬f y y
  have e : f x x = ¬f x x := congrFun hx x
  have hn : ¬f x x := fun g => (e ▸ g : ¬f x x) g
  exact hn (e ▸ hn)

/-! ## Conditionals and truth values -/

theorem cond_if_same (p : Prop) [Decidable p] (a b : Nat) (h : a = b) : (if p then a else b) = b := by
  split
  · exact h
  · rfl
theorem cond_if_or (p : Prop) [Decidable p] (a b : Nat) : (if p then a else b) = a ∨ (if p then a else b) = b := by
  split
  · exact .inl rfl
  · exact .inr rfl
theorem cond_if_not (p : Prop) [Decidable p] (a b : Nat) : (if ¬p then a else b) = if p then b else a := by
  by_cases h : p <;> simp [h]
theorem cond_if_nested (p : Prop) [Decidable p] (a b c : Nat) : (if p then if p then a else b else c) = if p then a else c := by
  by_cases h : p <;> simp [h]
theorem cond_if_apply (p : Prop) [Decidable p] (f : Nat → Nat) (a b : Nat) :
    f (if p then a else b) = if p then f a else f b := by
  split <;> rfl
theorem cond_if_and (p q : Prop) [Decidable p] [Decidable q] (a b : Nat) :
    (if p ∧ q then a else b) = if p then if q then a else b else b := by
  by_cases hp : p <;> by_cases hq : q <;> simp [hp, hq]
theorem cond_if_add (p : Prop) [Decidable p] (a b c : Nat) : (if p then a else b) + c = if p then a + c else b + c := by
  split <;> rfl
theorem cond_if_le (p : Prop) [Decidable p] (a b : Nat) (h : a ≤ b) : (if p then a else b) ≤ b := by
  split
  · exact h
  · exact Nat.le_refl b
theorem bool_and_assoc (a b c : Bool) : ((a && b) && c) = (a && (b && c)) := by
  cases a <;> rfl
theorem bool_or_assoc (a b c : Bool) : ((a || b) || c) = (a || (b || c)) := by
  cases a <;> rfl
theorem bool_and_or_distrib (a b c : Bool) : (a && (b || c)) = ((a && b) || (a && c)) := by
  cases a <;> rfl
theorem bool_or_and_distrib (a b c : Bool) : (a || (b && c)) = ((a || b) && (a || c)) := by
  cases a <;> rfl
theorem bool_de_morgan_and (a b : Bool) : (!(a && b)) = (!a || !b) := by
  cases a <;> rfl
theorem bool_de_morgan_or (a b : Bool) : (!(a || b)) = (!a && !b) := by
  cases a <;> rfl
theorem bool_and_self (a : Bool) : (a && a) = a := by
  cases a <;> rfl
theorem bool_or_not_self (a : Bool) : (a || !a) = true := by
  cases a <;> rfl
theorem bool_and_not_self (a : Bool) : (a && !a) = false := by
  cases a <;> rfl
theorem bool_absorb (a b : Bool) : (a && (a || b)) = a := by
  cases a <;> rfl
theorem bool_and_eq_true (a b : Bool) (h : (a && b) = true) : a = true ∧ b = true := by
  cases a <;> cases b <;> simp_all
theorem bool_ne_not (a : Bool) : a ≠ !a := by
  cases a <;> decide
theorem bool_three_functions (f : Bool → Bool) (b : Bool) : f (f (f b)) = f b := by
  cases h : f true <;> cases g : f false <;> cases b <;> simp [h, g]

/-! ## Options -/

theorem option_map_comp (α β γ : Type) (f : α → β) (g : β → γ) (x : Option α) :
    Option.map g (Option.map f x) = Option.map (g ∘ f) x := by
  cases x <;> rfl
theorem option_some_inj (α : Type) (a b : α) (h : some a = some b) : b = a := by
  cases h
  rfl
theorem option_none_ne_some (α : Type) (a : α) : none ≠ some a := by
  intro h
  cases h
theorem option_cases (α : Type) (x : Option α) : x = none ∨ ∃ a, x = some a := by
  cases x with
  | none => exact .inl rfl
  | some a => exact .inr ⟨a, rfl⟩
theorem option_map_eq_none (α β : Type) (f : α → β) (x : Option α) (h : Option.map f x = none) : x = none := by
  cases x with
  | none => rfl
  | some a => cases h

/-! ## Natural numbers -/

theorem nat_add_rotate (a b c : Nat) : a + b + c = b + c + a := by
  rw [Nat.add_assoc, Nat.add_comm]
theorem nat_add_swap_inner (a b c d : Nat) : (a + b) + (c + d) = (a + c) + (b + d) := by
  simp [Nat.add_comm, Nat.add_left_comm]
theorem nat_succ_add_succ (a b : Nat) : (a + 1) + (b + 1) = a + b + 2 := by
  simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
theorem nat_add_self (n : Nat) : n + n = 2 * n := by
  rw [Nat.succ_mul, Nat.one_mul]
theorem nat_mul_two (n : Nat) : n * 2 = n + n := by
  rw [Nat.mul_succ, Nat.mul_one]
theorem nat_add_mul_self (a b : Nat) : (a + b) * (a + b) = a * a + 2 * (a * b) + b * b := by
  rw [Nat.mul_add, Nat.add_mul, Nat.add_mul, Nat.mul_comm b a, Nat.succ_mul, Nat.one_mul]
  simp [Nat.add_assoc]
theorem nat_mul_add_one (a b : Nat) : a * (b + 1) = a + a * b := by
  rw [Nat.mul_add, Nat.mul_one, Nat.add_comm]
theorem nat_mul_rotate (a b c : Nat) : a * b * c = b * c * a := by
  rw [Nat.mul_assoc, Nat.mul_comm]
theorem nat_mul_swap_inner (a b c d : Nat) : (a * b) * (c * d) = (a * c) * (b * d) := by
  simp [Nat.mul_comm, Nat.mul_left_comm]
theorem nat_eq_zero_of_add (a b : Nat) (h : a + b = 0) : b = 0 := by
  rw [Nat.add_comm] at h
  exact Nat.eq_zero_of_add_eq_zero_right h
theorem nat_eq_zero_of_add_self (a : Nat) (h : a + a = 0) : a = 0 := by
  exact Nat.eq_zero_of_add_eq_zero_right h
theorem nat_zero_or_succ (n : Nat) : n = 0 ∨ ∃ m, n = m + 1 := by
  cases n with
  | zero => exact .inl rfl
  | succ m => exact .inr ⟨m, rfl⟩
theorem nat_succ_inj_iff (a b : Nat) : a + 1 = b + 1 ↔ b = a := by
  constructor
  · intro h
    exact (Nat.succ.inj h).symm
  · intro h
    rw [h]
theorem nat_add_right_eq_self (a b : Nat) (h : a + b = a) : b = 0 := by
  exact Nat.add_left_cancel (h : a + b = a + 0)
theorem nat_add_cancel_both (a b c d : Nat) (h : a + b + c = a + d + c) : b = d := by
  exact Nat.add_left_cancel (Nat.add_right_cancel h)
theorem nat_pow_one (n : Nat) : n ^ 1 = n := by
  rw [Nat.pow_succ, Nat.pow_zero, Nat.one_mul]
theorem nat_one_pow (n : Nat) : 1 ^ n = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [Nat.pow_succ, ih]
theorem nat_pow_add (a m n : Nat) : a ^ (m + n) = a ^ m * a ^ n := by
  induction n with
  | zero => rw [Nat.add_zero, Nat.pow_zero, Nat.mul_one]
  | succ n ih => rw [← Nat.add_assoc, Nat.pow_succ, ih, Nat.pow_succ, Nat.mul_assoc]
theorem nat_mul_pow (a b n : Nat) : (a * b) ^ n = a ^ n * b ^ n := by
  induction n with
  | zero => rfl
  | succ n ih => simp [Nat.pow_succ, ih, Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc]
theorem nat_zero_pow_succ (n : Nat) : 0 ^ (n + 1) = 0 := by
  rw [Nat.pow_succ, Nat.mul_zero]
theorem nat_le_trans_three (a b c d : Nat) (h₁ : a ≤ b) (h₂ : b ≤ c) (h₃ : c ≤ d) : a ≤ d := by
  exact Nat.le_trans h₁ (Nat.le_trans h₂ h₃)
theorem nat_le_of_add_le (a b c : Nat) (h : a + b ≤ c) : a ≤ c := by
  exact Nat.le_trans (Nat.le_add_right a b) h
theorem nat_le_add_of_le (a b c : Nat) (h : a ≤ b) : a ≤ b + c := by
  exact Nat.le_trans h (Nat.le_add_right b c)
theorem nat_le_of_succ_lt (a b : Nat) (h : a + 1 < b) : a ≤ b := by
  exact Nat.le_of_succ_le (Nat.le_of_succ_le h)
theorem nat_lt_of_lt_of_eq (a b c : Nat) (h : a < b) (g : b = c) : a < c := by
  rw [← g]
  exact h
theorem nat_le_cycle (a b c : Nat) (h : a ≤ b) (g : b ≤ c) (k : c ≤ a) : a = c := by
  exact Nat.le_antisymm (Nat.le_trans h g) k
theorem nat_lt_asymm (a b : Nat) (h : a < b) : ¬b < a := by
  intro g
  exact Nat.lt_irrefl a (Nat.lt_trans h g)
theorem nat_not_lt_and_eq (a b : Nat) : ¬(a < b ∧ a = b) := by
  intro ⟨h, e⟩
  rw [e] at h
  exact Nat.lt_irrefl b h
theorem nat_lt_or_eq_or_gt (a b : Nat) : a < b ∨ a = b ∨ b < a := by
  rcases Nat.lt_or_ge a b with h | h
  · exact .inl h
  · rcases Nat.eq_or_lt_of_le h with e | g
    · exact .inr (.inl e.symm)
    · exact .inr (.inr g)
theorem nat_le_iff_exists (a b : Nat) : a ≤ b ↔ ∃ c, b = a + c := by
  constructor
  · intro h
    obtain ⟨c, e⟩ := Nat.le.dest h
    exact ⟨c, e.symm⟩
  · intro ⟨c, e⟩
    rw [e]
    exact Nat.le_add_right a c
theorem nat_lt_succ_iff (a b : Nat) : a < b + 1 ↔ a ≤ b := by
  exact ⟨Nat.le_of_lt_succ, Nat.lt_succ_of_le⟩
theorem nat_pos_of_ne_zero (n : Nat) (h : n ≠ 0) : 0 < n := by
  cases n with
  | zero => exact absurd rfl h
  | succ n => exact Nat.zero_lt_succ n
theorem nat_ne_zero_of_lt (a b : Nat) (h : a < b) : b ≠ 0 := by
  intro e
  rw [e] at h
  exact Nat.not_lt_zero a h
theorem nat_add_lt_add (a b c d : Nat) (h : a < b) (g : c < d) : a + c < b + d := by
  have k : a + 1 + c ≤ b + d := Nat.le_trans (Nat.add_le_add_right h c) (Nat.add_le_add_left (Nat.le_of_lt g) b)
  rw [Nat.add_right_comm] at k
  exact k
theorem nat_double_le (a b : Nat) (h : a ≤ b) : a + a ≤ b + b := by
  exact Nat.add_le_add h h
theorem nat_square_le (a b : Nat) (h : a ≤ b) : a * a ≤ b * b := by
  exact Nat.le_trans (Nat.mul_le_mul_left a h) (Nat.mul_le_mul_right b h)
theorem nat_le_square (n : Nat) : n ≤ n * n := by
  cases n with
  | zero => exact Nat.le_refl 0
  | succ n =>
    rw [Nat.mul_add, Nat.mul_one]
    exact Nat.le_add_left _ _
theorem nat_le_mul_succ (a b : Nat) : a ≤ a * (b + 1) := by
  rw [Nat.mul_add, Nat.mul_one]
  exact Nat.le_add_left a (a * b)
theorem nat_no_greatest (n : Nat) : ∃ m, n < m := by
  exact ⟨n + 1, Nat.lt_succ_self n⟩
theorem nat_not_all_le (n : Nat) : ¬∀ m, m ≤ n := by
  intro h
  exact Nat.not_succ_le_self n (h (n + 1))
theorem nat_least_is_zero (n : Nat) (h : ∀ m, n ≤ m) : n = 0 := by
  exact Nat.eq_zero_of_le_zero (h 0)
theorem nat_between (a b : Nat) (h : a ≤ b) (g : b < a + 1) : b = a := by
  exact Nat.le_antisymm (Nat.le_of_lt_succ g) h
theorem nat_sub_add_self (a b : Nat) : (a + b) - b + b = a + b := by
  rw [Nat.add_sub_cancel]
theorem nat_add_sub_cancel_left (a b : Nat) : a + b - a = b := by
  rw [Nat.add_comm, Nat.add_sub_cancel]
theorem nat_succ_sub_one (n : Nat) : n + 1 - 1 = n := by
  exact Nat.add_sub_cancel n 1
theorem nat_sub_succ_self (n : Nat) : n - (n + 1) = 0 := by
  rw [Nat.sub_succ, Nat.sub_self]
  rfl
theorem nat_pred_le (n : Nat) : Nat.pred n ≤ n := by
  cases n with
  | zero => exact Nat.le_refl 0
  | succ n => exact Nat.le_succ n
theorem nat_induct_step_two (p : Nat → Prop) (zero : p 0) (one : p 1) (step : ∀ n, p n → p (n + 2)) (n : Nat) :
    p n ∧ p (n + 1) := by
  induction n with
  | zero => exact ⟨zero, one⟩
  | succ n ih => exact ⟨ih.2, step n ih.1⟩
theorem nat_induct_from_le (p : Nat → Prop) (k : Nat) (base : p k) (step : ∀ n, p n → p (n + 1)) (m : Nat) :
    p (k + m) := by
  induction m with
  | zero => exact base
  | succ m ih => exact step (k + m) ih
theorem nat_iterate_add (f : Nat → Nat) (zero : f 0 = 0) (step : ∀ n, f (n + 1) = f n + 2) (n : Nat) : f n = n + n := by
  induction n with
  | zero => exact zero
  | succ n ih =>
    rw [step, ih]
    simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
theorem nat_iterate_const (f : Nat → Nat) (step : ∀ n, f (n + 1) = f n) (n : Nat) : f n = f 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [step, ih]
theorem nat_iterate_id (f : Nat → Nat) (zero : f 0 = 0) (step : ∀ n, f (n + 1) = f n + 1) (n : Nat) : f n = n := by
  induction n with
  | zero => exact zero
  | succ n ih => rw [step, ih]
theorem nat_iterate_pow (f : Nat → Nat) (zero : f 0 = 1) (step : ∀ n, f (n + 1) = f n * 2) (n : Nat) : f n = 2 ^ n := by
  induction n with
  | zero => exact zero
  | succ n ih => rw [step, ih, Nat.pow_succ]
theorem nat_increasing (f : Nat → Nat) (step : ∀ n, f n ≤ f (n + 1)) (n : Nat) : f 0 ≤ f n := by
  induction n with
  | zero => exact Nat.le_refl (f 0)
  | succ n ih => exact Nat.le_trans ih (step n)
theorem nat_increasing_le (f : Nat → Nat) (step : ∀ n, f n < f (n + 1)) (n : Nat) : n ≤ f n := by
  induction n with
  | zero => exact Nat.zero_le (f 0)
  | succ n ih => exact Nat.lt_of_le_of_lt ih (step n)
theorem nat_gauss (s : Nat → Nat) (zero : s 0 = 0) (step : ∀ n, s (n + 1) = s n + (n + 1)) (n : Nat) :
    2 * s n = n * (n + 1) := by
  induction n with
  | zero => rw [zero]
  | succ n ih =>
    rw [step, Nat.mul_add, ih, ← Nat.add_mul, Nat.mul_comm]
theorem nat_sum_of_odd (s : Nat → Nat) (zero : s 0 = 0) (step : ∀ n, s (n + 1) = s n + (n + n + 1)) (n : Nat) :
    s n = n * n := by
  induction n with
  | zero => exact zero
  | succ n ih =>
    rw [step, ih, Nat.mul_add, Nat.mul_one, Nat.add_mul, Nat.one_mul]
    simp [Nat.add_assoc]
theorem nat_even_or_odd (n : Nat) : ∃ k, n = k + k ∨ n = k + k + 1 := by
  induction n with
  | zero => exact ⟨0, .inl rfl⟩
  | succ n ih =>
    obtain ⟨k, h | h⟩ := ih
    · exact ⟨k, .inr (by rw [h])⟩
    · exact ⟨k + 1, .inl (by rw [h]; simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc])⟩
theorem nat_even_add_even (a b : Nat) (h : ∃ k, a = k + k) (g : ∃ k, b = k + k) : ∃ k, a + b = k + k := by
  obtain ⟨i, hi⟩ := h
  obtain ⟨j, hj⟩ := g
  exact ⟨i + j, by rw [hi, hj]; simp [Nat.add_comm, Nat.add_left_comm]⟩
theorem nat_even_mul (a b : Nat) (h : ∃ k, a = k + k) : ∃ k, a * b = k + k := by
  obtain ⟨i, hi⟩ := h
  exact ⟨i * b, by rw [hi, Nat.add_mul]⟩
theorem nat_small_sums : 2 + 3 = 5 ∧ 4 * 6 = 24 ∧ 10 - 3 = 7 := by
  decide
theorem nat_small_order : 3 < 7 ∧ 7 ≤ 7 ∧ ¬5 ≤ 2 := by
  decide
theorem nat_exists_square : ∃ n, n * n = 49 := by
  exact ⟨7, rfl⟩
theorem nat_exists_between : ∃ n, 3 < n ∧ n < 5 := by
  exact ⟨4, by decide⟩
theorem nat_exists_sum_and_product : ∃ a b, a + b = 5 ∧ a * b = 6 := by
  exact ⟨2, 3, by decide⟩

/-! ## Divisibility -/

theorem dvd_trans_three (a b c d : Nat) (h₁ : a ∣ b) (h₂ : b ∣ c) (h₃ : c ∣ d) : a ∣ d := by
  exact Nat.dvd_trans h₁ (Nat.dvd_trans h₂ h₃)
theorem dvd_mul_of_dvd (a b c : Nat) (h : a ∣ b) : a ∣ b * c := by
  exact Nat.dvd_trans h (Nat.dvd_mul_right b c)
theorem dvd_mul_of_dvd_left (a b c : Nat) (h : a ∣ b) : a ∣ c * b := by
  exact Nat.dvd_trans h (Nat.dvd_mul_left b c)
theorem dvd_add_three (a b c d : Nat) (h₁ : a ∣ b) (h₂ : a ∣ c) (h₃ : a ∣ d) : a ∣ b + c + d := by
  exact Nat.dvd_add (Nat.dvd_add h₁ h₂) h₃
theorem dvd_linear (a b c x y : Nat) (h : a ∣ b) (g : a ∣ c) : a ∣ b * x + c * y := by
  exact Nat.dvd_add (Nat.dvd_trans h (Nat.dvd_mul_right b x)) (Nat.dvd_trans g (Nat.dvd_mul_right c y))
theorem dvd_add_self (a b : Nat) (h : a ∣ b) : a ∣ a + b := by
  exact Nat.dvd_add (Nat.dvd_refl a) h
theorem dvd_square (a b : Nat) (h : a ∣ b) : a ∣ b * b := by
  exact Nat.dvd_trans h (Nat.dvd_mul_right b b)
theorem dvd_mul_mul (a b c d : Nat) (h : a ∣ b) (g : c ∣ d) : a * c ∣ b * d := by
  obtain ⟨x, hx⟩ := h
  obtain ⟨y, hy⟩ := g
  exact ⟨x * y, by rw [hx, hy]; simp [Nat.mul_comm, Nat.mul_left_comm]⟩
theorem dvd_of_mul_dvd (a b c : Nat) (h : a * b ∣ c) : a ∣ c := by
  exact Nat.dvd_trans (Nat.dvd_mul_right a b) h
theorem dvd_zero_eq_zero (n : Nat) (h : 0 ∣ n) : n = 0 := by
  obtain ⟨k, e⟩ := h
  rw [e, Nat.zero_mul]
theorem dvd_two_double (n : Nat) : 2 ∣ n + n := by
  exact ⟨n, by rw [Nat.succ_mul, Nat.one_mul]⟩
theorem dvd_succ_mul (n : Nat) : n ∣ n * n + n := by
  exact Nat.dvd_add (Nat.dvd_mul_right n n) (Nat.dvd_refl n)
theorem dvd_pow_succ (a n : Nat) : a ∣ a ^ (n + 1) := by
  rw [Nat.pow_succ]
  exact Nat.dvd_mul_left a (a ^ n)
theorem dvd_product_of_consecutive (n : Nat) : 2 ∣ n * (n + 1) := by
  induction n with
  | zero => exact ⟨0, by rw [Nat.zero_mul]⟩
  | succ n ih =>
    rw [Nat.mul_add (n + 1) (n + 1) 1, Nat.mul_one, Nat.mul_add (n + 1) n 1, Nat.mul_one, Nat.mul_comm (n + 1) n]
    rw [Nat.add_assoc]
    exact Nat.dvd_add ih ⟨n + 1, by rw [Nat.succ_mul, Nat.one_mul]⟩

/-! ## Lists -/

theorem list_append_assoc_four (α : Type) (k l m n : List α) : k ++ (l ++ (m ++ n)) = ((k ++ l) ++ m) ++ n := by
  rw [List.append_assoc, List.append_assoc]
theorem list_cons_append_singleton (α : Type) (a : α) (l k : List α) : l ++ (a :: k) = (l ++ [a]) ++ k := by
  rw [List.append_assoc]
  rfl
theorem list_length_append_comm (α : Type) (l k : List α) : (l ++ k).length = (k ++ l).length := by
  rw [List.length_append, List.length_append, Nat.add_comm]
theorem list_length_append_three (α : Type) (k l m : List α) : (k ++ l ++ m).length = k.length + l.length + m.length := by
  rw [List.length_append, List.length_append]
theorem list_length_snoc (α : Type) (a : α) (l : List α) : (l ++ [a]).length = l.length + 1 := by
  rw [List.length_append]
  rfl
theorem list_length_map (α β : Type) (f : α → β) (l : List α) : (List.map f l).length = l.length := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [List.map_cons, List.length_cons, ih, List.length_cons]
theorem list_length_reverse (α : Type) (l : List α) : l.reverse.length = l.length := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [List.reverse_cons, List.length_append, ih]; rfl
theorem list_map_id (α : Type) (l : List α) : List.map id l = l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [List.map_cons, ih]; rfl
theorem list_map_comp (α β γ : Type) (f : α → β) (g : β → γ) (l : List α) :
    List.map g (List.map f l) = List.map (g ∘ f) l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [List.map_cons, List.map_cons, ih]; rfl
theorem list_map_congr (α β : Type) (f g : α → β) (h : ∀ a, f a = g a) (l : List α) : List.map f l = List.map g l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [List.map_cons, List.map_cons, h, ih]
theorem list_map_append_three (α β : Type) (f : α → β) (k l m : List α) :
    List.map f (k ++ l ++ m) = List.map f k ++ List.map f l ++ List.map f m := by
  rw [List.map_append, List.map_append]
theorem list_map_reverse (α β : Type) (f : α → β) (l : List α) : List.map f l.reverse = (List.map f l).reverse := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [List.reverse_cons, List.map_append, ih]; rfl
theorem list_reverse_reverse (α : Type) (l : List α) : l.reverse.reverse = l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [List.reverse_cons, List.reverse_append, ih]; rfl
theorem list_reverse_snoc (α : Type) (a : α) (l : List α) : (l ++ [a]).reverse = a :: l.reverse := by
  rw [List.reverse_append]
  rfl
theorem list_reverse_append_three (α : Type) (k l m : List α) :
    (k ++ l ++ m).reverse = m.reverse ++ (l.reverse ++ k.reverse) := by
  rw [List.reverse_append, List.reverse_append]
theorem list_reverse_injective (α : Type) (l k : List α) (h : l.reverse = k.reverse)
    (g : ∀ m : List α, m.reverse.reverse = m) : l = k := by
  rw [← g l, h, g k]
theorem list_append_nil_nil (α : Type) (l : List α) : [] ++ l ++ [] = l := by
  simp
theorem list_append_left_cancel (α : Type) (k l m : List α) (h : k ++ l = k ++ m) : l = m := by
  induction k with
  | nil => exact h
  | cons a k ih => exact ih (List.cons.inj h).2
theorem list_append_eq_nil (α : Type) (l k : List α) (h : l ++ k = []) : l = [] ∧ k = [] := by
  cases l with
  | nil => exact ⟨rfl, h⟩
  | cons a l => cases h
theorem list_cons_injective (α : Type) (a b : α) (l k : List α) (h : a :: l = b :: k) : b = a ∧ k = l := by
  cases h
  exact ⟨rfl, rfl⟩
theorem list_nil_or_cons (α : Type) (l : List α) : l = [] ∨ ∃ a k, l = a :: k := by
  cases l with
  | nil => exact .inl rfl
  | cons a k => exact .inr ⟨a, k, rfl⟩
theorem list_length_zero (α : Type) (l : List α) (h : l.length = 0) : l = [] := by
  cases l with
  | nil => rfl
  | cons a l => cases h
theorem list_length_pos (α : Type) (a : α) (l : List α) : 0 < (a :: l).length := by
  rw [List.length_cons]
  exact Nat.zero_lt_succ l.length
theorem list_ne_cons_self (α : Type) (a : α) (l : List α) : l ≠ a :: l := by
  intro h
  exact Nat.succ_ne_self l.length (congrArg List.length h).symm
theorem list_length_append_le (α : Type) (l k : List α) : l.length ≤ (l ++ k).length := by
  rw [List.length_append]
  exact Nat.le_add_right l.length k.length
theorem list_mem_singleton (α : Type) (a b : α) : a ∈ [b] ↔ a = b := by
  simp
theorem list_mem_head (α : Type) (a b : α) (l : List α) : b ∈ a :: b :: l := by
  simp
theorem list_mem_append_comm (α : Type) (a : α) (l k : List α) : a ∈ l ++ k ↔ a ∈ k ++ l := by
  rw [List.mem_append, List.mem_append, or_comm]
theorem list_mem_append_left (α : Type) (a : α) (l k m : List α) (h : a ∈ l) : a ∈ l ++ k ++ m := by
  simp [List.mem_append, h]
theorem list_mem_map (α β : Type) (f : α → β) (a : α) (l : List α) (h : a ∈ l) : f a ∈ List.map f l := by
  induction l with
  | nil => cases h
  | cons b l ih =>
    rw [List.mem_cons] at h
    rw [List.map_cons, List.mem_cons]
    rcases h with h | h
    · exact .inl (by rw [h])
    · exact .inr (ih h)
theorem list_mem_reverse (α : Type) (a : α) (l : List α) : a ∈ l.reverse ↔ a ∈ l := by
  induction l with
  | nil => exact Iff.rfl
  | cons b l ih => simp [List.mem_append, ih, or_comm]
theorem list_forall_mem_append (α : Type) (p : α → Prop) (l k : List α) (h : ∀ a, a ∈ l → p a) (g : ∀ a, a ∈ k → p a) :
    ∀ a, a ∈ l ++ k → p a := by
  intro a ha
  rcases List.mem_append.1 ha with ha | ha
  · exact h a ha
  · exact g a ha
theorem list_forall_mem_cons (α : Type) (p : α → Prop) (b : α) (l : List α) :
    (∀ a, a ∈ b :: l → p a) ↔ p b ∧ ∀ a, a ∈ l → p a := by
  constructor
  · intro h
    exact ⟨h b (List.mem_cons.2 (.inl rfl)), fun a ha => h a (List.mem_cons.2 (.inr ha))⟩
  · rintro ⟨hb, h⟩ a ha
    rcases List.mem_cons.1 ha with e | ha
    · rw [e]
      exact hb
    · exact h a ha
theorem list_sum_append (sum : List Nat → Nat) (nil : sum [] = 0) (cons : ∀ a l, sum (a :: l) = a + sum l)
    (l k : List Nat) : sum (l ++ k) = sum l + sum k := by
  induction l with
  | nil => rw [nil, Nat.zero_add]; rfl
  | cons a l ih => rw [List.cons_append, cons, cons, ih, Nat.add_assoc]
theorem list_small_append : [1, 2] ++ [3] = [1, 2, 3] ∧ [1, 2, 3].reverse = [3, 2, 1] := by
  exact ⟨rfl, rfl⟩
theorem list_small_map : List.map (fun n => n + 1) [1, 2] = [2, 3] := by
  rfl
theorem list_small_length : ([1, 2] ++ [5, 6, 7]).length = 5 := by
  rfl

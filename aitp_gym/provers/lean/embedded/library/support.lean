
/-!
# What tactics look up by name

`simp`, `rw`, `split`, `decide`, `ac_rfl` and others build their proofs from these.
-/

theorem funext {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : ∀ x, f x = g x) : f = g :=
  let pointwise := fun (f g : (x : α) → β x) => ∀ x, f x = g x
  let value := fun (q : Quot pointwise) (x : α) => Quot.lift (fun f : (x : α) → β x => f x) (fun _ _ h => h x) q
  have same : value (Quot.mk pointwise f) = value (Quot.mk pointwise g) := congrArg value (Quot.sound h)
  same

theorem eq_true {p : Prop} (h : p) : p = True := propext ⟨fun _ => trivial, fun _ => h⟩
theorem eq_false {p : Prop} (h : ¬p) : p = False := propext ⟨fun hp => h hp, fun f => f.elim⟩
theorem eq_false' {p : Prop} (h : p → False) : p = False := eq_false h
theorem of_eq_true {p : Prop} (h : p = True) : p := h.symm ▸ trivial
theorem of_eq_false {p : Prop} (h : p = False) : ¬p := fun hp => Eq.mp h hp
theorem eq_true_of_decide {p : Prop} [Decidable p] (h : decide p = true) : p = True := eq_true (of_decide_eq_true h)
theorem eq_false_of_decide {p : Prop} [Decidable p] (h : decide p = false) : p = False :=
  eq_false (of_decide_eq_false h)
theorem Eq.to_iff {a b : Prop} (h : a = b) : a ↔ b := h ▸ Iff.rfl
theorem iff_of_eq {a b : Prop} (h : a = b) : a ↔ b := h.to_iff
theorem Iff.of_eq {a b : Prop} (h : a = b) : a ↔ b := h.to_iff
theorem Iff.symm {a b : Prop} (h : a ↔ b) : b ↔ a := ⟨h.mpr, h.mp⟩
theorem Ne.symm {α : Sort u} {a b : α} (h : a ≠ b) : b ≠ a := fun e => h e.symm
attribute [symm] Eq.symm Iff.symm Ne.symm

-- As soon as this is there, every new inductive type gets theorems that its constructors are injective.
theorem Eq.propIntro {a b : Prop} (h₁ : a → b) (h₂ : b → a) : a = b := propext ⟨h₁, h₂⟩
@[macro_inline] def HEq.homo_ndrec.{v₁, v₂} {α : Sort v₂} {a : α} {motive : α → Sort v₁} (m : motive a) {b : α}
    (h : HEq a b) : motive b := (eq_of_heq h).ndrec m
theorem Lean.injEq_helper {p q r : Prop} (h : p → q → r) : p ∧ q → r := fun ⟨hp, hq⟩ => h hp hq
gen_injective_theorems% Option
gen_injective_theorems% List
gen_injective_theorems% Prod
gen_injective_theorems% Subtype
gen_injective_theorems% Sigma

/-! ## Congruence -/

theorem implies_congr {p₁ p₂ : Sort u} {q₁ q₂ : Sort v} (h₁ : p₁ = p₂) (h₂ : q₁ = q₂) : (p₁ → q₁) = (p₂ → q₂) :=
  h₁ ▸ h₂ ▸ rfl
theorem implies_dep_congr_ctx {p₁ p₂ q₁ : Prop} (h₁ : p₁ = p₂) {q₂ : p₂ → Prop} (h₂ : (h : p₂) → q₁ = q₂ h) :
    (p₁ → q₁) = ((h : p₂) → q₂ h) :=
  propext ⟨fun f hp => (h₂ hp) ▸ f (h₁ ▸ hp), fun f hp => (h₂ (h₁ ▸ hp)) ▸ f (h₁ ▸ hp)⟩
theorem implies_congr_ctx {p₁ p₂ q₁ q₂ : Prop} (h₁ : p₁ = p₂) (h₂ : p₂ → q₁ = q₂) : (p₁ → q₁) = (p₂ → q₂) :=
  implies_dep_congr_ctx h₁ h₂
theorem forall_congr {α : Sort u} {p q : α → Prop} (h : ∀ a, p a = q a) : (∀ a, p a) = (∀ a, q a) :=
  (funext h : p = q) ▸ rfl
theorem forall_prop_domain_congr {p₁ p₂ : Prop} {q : p₁ → Prop} (h : p₁ = p₂) :
    ((a : p₁) → q a) = ((a : p₂) → q (h ▸ a)) := h ▸ rfl
theorem let_congr {α : Sort u} {β : Sort v} {a a' : α} {b b' : α → β} (h₁ : a = a') (h₂ : ∀ x, b x = b' x) :
    (let x := a; b x) = (let x := a'; b' x) := h₁ ▸ (funext h₂ : b = b') ▸ rfl
theorem have_congr {α : Sort u} {β : Sort v} {a a' : α} {b b' : α → β} (h₁ : a = a') (h₂ : ∀ x, b x = b' x) :
    (have x := a; b x) = (have x := a'; b' x) := h₁ ▸ (funext h₂ : b = b') ▸ rfl

/-! ## `if` -/

theorem ite_eq_left {c : Prop} {h : Decidable c} (hc : c) {α : Sort u} {a b : α} : ite c a b = a :=
  match h with
  | isTrue _ => rfl
  | isFalse hn => absurd hc hn
theorem ite_eq_right {c : Prop} {h : Decidable c} (hn : ¬c) {α : Sort u} {a b : α} : ite c a b = b :=
  match h with
  | isTrue hc => absurd hc hn
  | isFalse _ => rfl
theorem dite_eq_left {c : Prop} {h : Decidable c} (hc : c) {α : Sort u} {t : c → α} {e : ¬c → α} : dite c t e = t hc :=
  match h with
  | isTrue _ => rfl
  | isFalse hn => absurd hc hn
theorem dite_eq_right {c : Prop} {h : Decidable c} (hn : ¬c) {α : Sort u} {t : c → α} {e : ¬c → α} :
    dite c t e = e hn :=
  match h with
  | isTrue hc => absurd hc hn
  | isFalse _ => rfl
theorem if_pos {c : Prop} {h : Decidable c} (hc : c) {α : Sort u} {a b : α} : ite c a b = a := ite_eq_left hc
theorem if_neg {c : Prop} {h : Decidable c} (hn : ¬c) {α : Sort u} {a b : α} : ite c a b = b := ite_eq_right hn
theorem ite_eq_left_of_eq_true {α : Sort u} {c : Prop} {_ : Decidable c} (a b : α) (h : c = True) : ite c a b = a :=
  ite_eq_left (of_eq_true h)
theorem ite_eq_right_of_eq_false {α : Sort u} {c : Prop} {_ : Decidable c} (a b : α) (h : c = False) : ite c a b = b :=
  ite_eq_right (of_eq_false h)
theorem dite_eq_left_of_eq_true {α : Sort u} {c : Prop} {_ : Decidable c} {t : c → α} {e : ¬c → α} (h : c = True) :
    dite c t e = t (of_eq_true h) := dite_eq_left (of_eq_true h)
theorem dite_eq_right_of_eq_false {α : Sort u} {c : Prop} {_ : Decidable c} {t : c → α} {e : ¬c → α} (h : c = False) :
    dite c t e = e (of_eq_false h) := dite_eq_right (of_eq_false h)

/-! ## Basic rules of `simp` -/

theorem eq_self {α : Sort u} (a : α) : (a = a) = True := eq_true rfl
theorem iff_self (p : Prop) : (p ↔ p) = True := eq_true Iff.rfl
attribute [simp] eq_self iff_self
theorem iff_of_true {a b : Prop} (ha : a) (hb : b) : a ↔ b := ⟨fun _ => hb, fun _ => ha⟩
theorem iff_of_false {a b : Prop} (ha : ¬a) (hb : ¬b) : a ↔ b := ⟨fun h => absurd h ha, fun h => absurd h hb⟩
@[simp] theorem ne_eq {α : Sort u} (a b : α) : (a ≠ b) = ¬(a = b) := rfl
@[simp] theorem and_self (p : Prop) : (p ∧ p) = p := propext ⟨fun h => h.1, fun h => ⟨h, h⟩⟩
@[simp] theorem and_true (p : Prop) : (p ∧ True) = p := propext ⟨fun h => h.1, fun h => ⟨h, trivial⟩⟩
@[simp] theorem true_and (p : Prop) : (True ∧ p) = p := propext ⟨fun h => h.2, fun h => ⟨trivial, h⟩⟩
@[simp] theorem and_false (p : Prop) : (p ∧ False) = False := eq_false fun h => h.2
@[simp] theorem false_and (p : Prop) : (False ∧ p) = False := eq_false fun h => h.1
@[simp] theorem or_self (p : Prop) : (p ∨ p) = p := propext ⟨fun h => h.elim id id, .inl⟩
@[simp] theorem or_true (p : Prop) : (p ∨ True) = True := eq_true (.inr trivial)
@[simp] theorem true_or (p : Prop) : (True ∨ p) = True := eq_true (.inl trivial)
@[simp] theorem or_false (p : Prop) : (p ∨ False) = p := propext ⟨fun h => h.elim id False.elim, .inl⟩
@[simp] theorem false_or (p : Prop) : (False ∨ p) = p := propext ⟨fun h => h.elim False.elim id, .inr⟩
@[simp] theorem iff_true (p : Prop) : (p ↔ True) = p := propext ⟨fun h => h.2 trivial, fun h => iff_of_true h trivial⟩
@[simp] theorem true_iff (p : Prop) : (True ↔ p) = p := propext ⟨fun h => h.1 trivial, fun h => iff_of_true trivial h⟩
@[simp] theorem iff_false (p : Prop) : (p ↔ False) = ¬p := propext ⟨fun h => h.1, fun h => iff_of_false h id⟩
@[simp] theorem false_iff (p : Prop) : (False ↔ p) = ¬p := propext ⟨fun h => h.2, fun h => iff_of_false id h⟩
@[simp] theorem not_true_eq_false : (¬True) = False := eq_false fun h => h trivial
@[simp] theorem not_false_eq_true : (¬False) = True := eq_true id
@[simp] theorem implies_true (α : Sort u) : (α → True) = True := eq_true fun _ => trivial
@[simp] theorem true_implies (p : Prop) : (True → p) = p := propext ⟨fun h => h trivial, fun h _ => h⟩
@[simp] theorem false_implies (p : Prop) : (False → p) = True := eq_true False.elim
@[simp] theorem imp_self (p : Prop) : (p → p) = True := eq_true id
@[simp] theorem forall_eq {α : Sort u} {p : α → Prop} {b : α} : (∀ a, a = b → p a) = p b :=
  propext ⟨fun h => h b rfl, fun h _ e => e ▸ h⟩
@[simp] theorem exists_eq {α : Sort u} {b : α} : (∃ a, a = b) = True := eq_true ⟨b, rfl⟩
@[simp] theorem exists_eq_left {α : Sort u} {p : α → Prop} {b : α} : (∃ a, a = b ∧ p a) = p b :=
  propext ⟨fun ⟨_, e, h⟩ => e ▸ h, fun h => ⟨b, rfl, h⟩⟩
@[simp] theorem exists_eq_right {α : Sort u} {p : α → Prop} {b : α} : (∃ a, p a ∧ a = b) = p b :=
  propext ⟨fun ⟨_, h, e⟩ => e ▸ h, fun h => ⟨b, h, rfl⟩⟩
@[simp] theorem gt_iff_lt {α : Type u} [LT α] {a b : α} : a > b ↔ b < a := Iff.rfl
@[simp] theorem ge_iff_le {α : Type u} [LE α] {a b : α} : a ≥ b ↔ b ≤ a := Iff.rfl
@[simp] theorem if_true {α : Sort u} {_ : Decidable True} (a b : α) : ite True a b = a := ite_eq_left trivial
@[simp] theorem if_false {α : Sort u} {_ : Decidable False} (a b : α) : ite False a b = b := ite_eq_right id
@[simp] theorem if_self {α : Sort u} {c : Prop} {h : Decidable c} (a : α) : ite c a a = a := by
  cases h
  · rfl
  · rfl
@[simp] theorem decide_eq_true_eq {p : Prop} [Decidable p] : (decide p = true) = p :=
  propext ⟨of_decide_eq_true, decide_eq_true⟩
theorem Bool.of_not_eq_true {b : Bool} (h : ¬b = true) : b = false := by cases b <;> first | rfl | exact absurd rfl h
theorem Bool.of_not_eq_false {b : Bool} (h : ¬b = false) : b = true := by cases b <;> first | rfl | exact absurd rfl h
@[simp] theorem Bool.true_eq_false : (true = false) = False := eq_false fun h => nomatch h
@[simp] theorem Bool.false_eq_true : (false = true) = False := eq_false fun h => nomatch h

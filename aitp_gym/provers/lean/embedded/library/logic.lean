
/-! # Logic: lemmas for use as premises, with the names they have in Lean's own library -/

/-! ## Implication and negation -/

theorem mt {a b : Prop} (h₁ : a → b) (h₂ : ¬b) : ¬a := fun ha => h₂ (h₁ ha)
theorem not_not_intro {p : Prop} (h : p) : ¬¬p := fun hn => hn h
theorem not_not_not {p : Prop} : ¬¬¬p ↔ ¬p := ⟨fun h hp => h fun hn => hn hp, fun h hn => hn h⟩
theorem imp_not_comm {a b : Prop} : (a → ¬b) ↔ (b → ¬a) := ⟨fun h hb ha => h ha hb, fun h ha hb => h hb ha⟩
theorem imp_iff_right {a b : Prop} (ha : a) : (a → b) ↔ b := ⟨fun h => h ha, fun h _ => h⟩

/-! ## Conjunction -/

theorem And.symm {a b : Prop} (h : a ∧ b) : b ∧ a := ⟨h.2, h.1⟩
theorem And.imp {a b c d : Prop} (f : a → c) (g : b → d) (h : a ∧ b) : c ∧ d := ⟨f h.1, g h.2⟩
theorem and_comm {a b : Prop} : a ∧ b ↔ b ∧ a := ⟨And.symm, And.symm⟩
theorem and_assoc {a b c : Prop} : (a ∧ b) ∧ c ↔ a ∧ (b ∧ c) :=
  ⟨fun ⟨⟨ha, hb⟩, hc⟩ => ⟨ha, hb, hc⟩, fun ⟨ha, hb, hc⟩ => ⟨⟨ha, hb⟩, hc⟩⟩
theorem and_imp {a b c : Prop} : (a ∧ b → c) ↔ (a → b → c) := ⟨fun h ha hb => h ⟨ha, hb⟩, fun h ⟨ha, hb⟩ => h ha hb⟩
@[simp] theorem not_and {a b : Prop} : ¬(a ∧ b) ↔ (a → ¬b) := and_imp
theorem and_not_self {a : Prop} : ¬(a ∧ ¬a) := fun ⟨ha, hn⟩ => hn ha

/-! ## Disjunction -/

theorem Or.symm {a b : Prop} (h : a ∨ b) : b ∨ a := h.elim .inr .inl
theorem Or.imp {a b c d : Prop} (f : a → c) (g : b → d) (h : a ∨ b) : c ∨ d := h.elim (.inl ∘ f) (.inr ∘ g)
theorem Or.resolve_left {a b : Prop} (h : a ∨ b) (na : ¬a) : b := h.elim (fun ha => absurd ha na) id
theorem Or.resolve_right {a b : Prop} (h : a ∨ b) (nb : ¬b) : a := h.elim id fun hb => absurd hb nb
theorem or_comm {a b : Prop} : a ∨ b ↔ b ∨ a := ⟨Or.symm, Or.symm⟩
theorem or_assoc {a b c : Prop} : (a ∨ b) ∨ c ↔ a ∨ (b ∨ c) :=
  ⟨fun h => h.elim (fun g => g.elim .inl (.inr ∘ .inl)) (.inr ∘ .inr),
   fun h => h.elim (.inl ∘ .inl) fun g => g.elim (.inl ∘ .inr) .inr⟩
theorem or_imp {a b c : Prop} : (a ∨ b → c) ↔ (a → c) ∧ (b → c) :=
  ⟨fun h => ⟨h ∘ .inl, h ∘ .inr⟩, fun ⟨f, g⟩ h => h.elim f g⟩
theorem not_or {a b : Prop} : ¬(a ∨ b) ↔ ¬a ∧ ¬b := or_imp
theorem and_or_left {a b c : Prop} : a ∧ (b ∨ c) ↔ (a ∧ b) ∨ (a ∧ c) :=
  ⟨fun ⟨ha, h⟩ => h.elim (fun hb => .inl ⟨ha, hb⟩) fun hc => .inr ⟨ha, hc⟩,
   fun h => h.elim (fun ⟨ha, hb⟩ => ⟨ha, .inl hb⟩) fun ⟨ha, hc⟩ => ⟨ha, .inr hc⟩⟩
theorem or_and_left {a b c : Prop} : a ∨ (b ∧ c) ↔ (a ∨ b) ∧ (a ∨ c) :=
  ⟨fun h => h.elim (fun ha => ⟨.inl ha, .inl ha⟩) fun ⟨hb, hc⟩ => ⟨.inr hb, .inr hc⟩,
   fun ⟨h, g⟩ => h.elim .inl fun hb => g.elim .inl fun hc => .inr ⟨hb, hc⟩⟩

/-! ## Equivalence -/

theorem Iff.trans {a b c : Prop} (h : a ↔ b) (g : b ↔ c) : a ↔ c := ⟨g.1 ∘ h.1, h.2 ∘ g.2⟩
theorem iff_comm {a b : Prop} : (a ↔ b) ↔ (b ↔ a) := ⟨Iff.symm, Iff.symm⟩
theorem not_congr {a b : Prop} (h : a ↔ b) : ¬a ↔ ¬b := ⟨mt h.2, mt h.1⟩
theorem and_congr {a b c d : Prop} (h : a ↔ c) (g : b ↔ d) : a ∧ b ↔ c ∧ d := ⟨And.imp h.1 g.1, And.imp h.2 g.2⟩
theorem or_congr {a b c d : Prop} (h : a ↔ c) (g : b ↔ d) : a ∨ b ↔ c ∨ d := ⟨Or.imp h.1 g.1, Or.imp h.2 g.2⟩
theorem imp_congr {a b c d : Prop} (h : a ↔ c) (g : b ↔ d) : (a → b) ↔ (c → d) :=
  ⟨fun f hc => g.1 (f (h.2 hc)), fun f ha => g.2 (f (h.1 ha))⟩
theorem iff_def {a b : Prop} : (a ↔ b) ↔ (a → b) ∧ (b → a) := ⟨fun h => ⟨h.1, h.2⟩, fun h => ⟨h.1, h.2⟩⟩

/-! ## Quantifiers -/

theorem Exists.imp {α : Sort u} {p q : α → Prop} (h : ∀ a, p a → q a) : (∃ a, p a) → ∃ a, q a :=
  fun ⟨a, ha⟩ => ⟨a, h a ha⟩
theorem forall_and {α : Sort u} {p q : α → Prop} : (∀ x, p x ∧ q x) ↔ (∀ x, p x) ∧ (∀ x, q x) :=
  ⟨fun h => ⟨fun x => (h x).1, fun x => (h x).2⟩, fun ⟨f, g⟩ x => ⟨f x, g x⟩⟩
theorem exists_or {α : Sort u} {p q : α → Prop} : (∃ x, p x ∨ q x) ↔ (∃ x, p x) ∨ (∃ x, q x) :=
  ⟨fun ⟨x, h⟩ => h.elim (fun g => .inl ⟨x, g⟩) fun g => .inr ⟨x, g⟩,
   fun h => h.elim (fun ⟨x, g⟩ => ⟨x, .inl g⟩) fun ⟨x, g⟩ => ⟨x, .inr g⟩⟩
theorem exists_imp {α : Sort u} {p : α → Prop} {b : Prop} : ((∃ x, p x) → b) ↔ ∀ x, p x → b :=
  ⟨fun h x hx => h ⟨x, hx⟩, fun h ⟨x, hx⟩ => h x hx⟩
theorem not_exists {α : Sort u} {p : α → Prop} : (¬∃ x, p x) ↔ ∀ x, ¬p x := exists_imp
theorem exists_and_left {α : Sort u} {p : α → Prop} {b : Prop} : (∃ x, b ∧ p x) ↔ b ∧ ∃ x, p x :=
  ⟨fun ⟨x, hb, h⟩ => ⟨hb, x, h⟩, fun ⟨hb, x, h⟩ => ⟨x, hb, h⟩⟩
theorem exists_and_right {α : Sort u} {p : α → Prop} {b : Prop} : (∃ x, p x ∧ b) ↔ (∃ x, p x) ∧ b :=
  ⟨fun ⟨x, h, hb⟩ => ⟨⟨x, h⟩, hb⟩, fun ⟨⟨x, h⟩, hb⟩ => ⟨x, h, hb⟩⟩
theorem forall_comm {α : Sort u} {β : Sort v} {p : α → β → Prop} : (∀ a b, p a b) ↔ ∀ b a, p a b :=
  ⟨fun h b a => h a b, fun h a b => h b a⟩
theorem exists_comm {α : Sort u} {β : Sort v} {p : α → β → Prop} : (∃ a b, p a b) ↔ ∃ b a, p a b :=
  ⟨fun ⟨a, b, h⟩ => ⟨b, a, h⟩, fun ⟨b, a, h⟩ => ⟨a, b, h⟩⟩

/-! ## Equality and functions -/

theorem eq_comm {α : Sort u} {a b : α} : a = b ↔ b = a := ⟨Eq.symm, Eq.symm⟩
theorem ne_comm {α : Sort u} {a b : α} : a ≠ b ↔ b ≠ a := ⟨Ne.symm, Ne.symm⟩
theorem ne_of_apply_ne {α : Sort u} {β : Sort v} (f : α → β) {a b : α} (h : f a ≠ f b) : a ≠ b :=
  fun e => h (congrArg f e)
theorem funext_iff {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} : f = g ↔ ∀ x, f x = g x :=
  ⟨congrFun, funext⟩
theorem Function.comp_apply {α : Sort u} {β : Sort v} {δ : Sort w} {f : β → δ} {g : α → β} {x : α} :
    (f ∘ g) x = f (g x) := rfl
theorem Function.comp_assoc {α : Sort u} {β : Sort v} {δ : Sort w} {ε : Sort u₁} (f : δ → ε) (g : β → δ) (h : α → β) :
    (f ∘ g) ∘ h = f ∘ (g ∘ h) := rfl
theorem Function.comp_id {α : Sort u} {β : Sort v} (f : α → β) : f ∘ id = f := rfl
theorem Function.id_comp {α : Sort u} {β : Sort v} (f : α → β) : id ∘ f = f := rfl

/-! ## Classical logic -/

noncomputable def Classical.choose {α : Sort u} {p : α → Prop} (h : ∃ x, p x) : α :=
  (Classical.choice (h.elim fun x hx => ⟨(⟨x, hx⟩ : Subtype p)⟩)).val
theorem Classical.choose_spec {α : Sort u} {p : α → Prop} (h : ∃ x, p x) : p (choose h) :=
  (Classical.choice (h.elim fun x hx => ⟨(⟨x, hx⟩ : Subtype p)⟩)).property

/-- Excluded middle, from choice and extensionality (Diaconescu, https://doi.org/10.2307/2039868). -/
theorem Classical.em (p : Prop) : p ∨ ¬p := by
  let U : Prop → Prop := fun x => x = True ∨ p
  let V : Prop → Prop := fun x => x = False ∨ p
  have someU : ∃ x, U x := ⟨True, .inl rfl⟩
  have someV : ∃ x, V x := ⟨False, .inl rfl⟩
  have sets : p → U = V := fun hp => funext fun x => propext ⟨fun _ => .inr hp, fun _ => .inr hp⟩
  have chosen : p → choose someU = choose someV := fun hp => by
    have same : ∀ someU someV, @choose Prop U someU = @choose Prop V someV := by
      rw [sets hp]; intros; rfl
    exact same someU someV
  cases choose_spec someU with
  | inr hp => exact .inl hp
  | inl isTrue => cases choose_spec someV with
    | inr hp => exact .inl hp
    | inl isFalse => exact .inr fun hp => isFalse ▸ chosen hp ▸ isTrue ▸ trivial

@[reducible] noncomputable def Classical.propDecidable (a : Prop) : Decidable a :=
  Classical.choice ((em a).elim (fun h => ⟨isTrue h⟩) (fun h => ⟨isFalse h⟩))
namespace Classical
attribute [scoped instance 10] propDecidable
end Classical
theorem Classical.byContradiction {p : Prop} (h : ¬p → False) : p := (em p).elim id fun hn => (h hn).elim
theorem Classical.byCases {p q : Prop} (h₁ : p → q) (h₂ : ¬p → q) : q := (em p).elim h₁ h₂
@[simp] theorem Classical.not_not {a : Prop} : ¬¬a ↔ a := ⟨byContradiction, not_not_intro⟩
theorem Classical.not_imp {a b : Prop} : ¬(a → b) ↔ a ∧ ¬b :=
  ⟨fun h => ⟨byContradiction fun hn => h fun ha => absurd ha hn, fun hb => h fun _ => hb⟩, fun ⟨ha, hn⟩ h => hn (h ha)⟩
theorem Classical.not_and_iff_not_or_not {a b : Prop} : ¬(a ∧ b) ↔ ¬a ∨ ¬b :=
  ⟨fun h => (em a).elim (fun ha => .inr fun hb => h ⟨ha, hb⟩) .inl, fun h ⟨ha, hb⟩ => h.elim (· ha) (· hb)⟩
theorem Classical.not_forall {α : Sort u} {p : α → Prop} : (¬∀ x, p x) ↔ ∃ x, ¬p x :=
  ⟨fun h => byContradiction fun hn => h fun x => byContradiction fun hx => hn ⟨x, hx⟩, fun ⟨x, hx⟩ h => hx (h x)⟩
theorem Classical.imp_iff_not_or {a b : Prop} : (a → b) ↔ ¬a ∨ b :=
  ⟨fun h => (em a).elim (.inr ∘ h) .inl, fun h ha => h.elim (fun hn => absurd ha hn) id⟩

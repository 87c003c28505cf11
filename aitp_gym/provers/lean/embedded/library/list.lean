
/-! # Truth values, pairs, options and lists -/

/-! ## Truth values -/

@[simp] theorem Bool.not_not (b : Bool) : (!!b) = b := by cases b <;> rfl
@[simp] theorem Bool.not_true : (!true) = false := rfl
@[simp] theorem Bool.not_false : (!false) = true := rfl
@[simp] theorem Bool.true_and (b : Bool) : (true && b) = b := rfl
@[simp] theorem Bool.false_and (b : Bool) : (false && b) = false := rfl
@[simp] theorem Bool.true_or (b : Bool) : (true || b) = true := rfl
@[simp] theorem Bool.false_or (b : Bool) : (false || b) = b := rfl
@[simp] theorem Bool.and_true (b : Bool) : (b && true) = b := by cases b <;> rfl
@[simp] theorem Bool.and_false (b : Bool) : (b && false) = false := by cases b <;> rfl
theorem Bool.and_comm (a b : Bool) : (a && b) = (b && a) := by cases a <;> cases b <;> rfl
theorem Bool.or_comm (a b : Bool) : (a || b) = (b || a) := by cases a <;> cases b <;> rfl
theorem Bool.eq_false_or_eq_true (b : Bool) : b = true ∨ b = false := by cases b <;> decide

/-! ## Options -/

@[inline] protected def Option.map {α : Type u} {β : Type v} (f : α → β) : Option α → Option β
  | some a => some (f a)
  | none => none
@[simp] theorem Option.map_none {α : Type u} {β : Type v} (f : α → β) : Option.map f none = none := rfl
@[simp] theorem Option.map_some {α : Type u} {β : Type v} (f : α → β) (a : α) : Option.map f (some a) = some (f a) := rfl
theorem Option.map_id {α : Type u} (x : Option α) : Option.map id x = x := by cases x <;> rfl

/-! ## Lists -/

@[specialize] def List.map {α : Type u} {β : Type v} (f : α → β) : List α → List β
  | [] => []
  | a :: l => f a :: List.map f l
protected def List.append {α : Type u} : List α → List α → List α
  | [], k => k
  | a :: l, k => a :: List.append l k
instance instAppendList {α : Type u} : Append (List α) := ⟨List.append⟩
def List.length {α : Type u} : List α → Nat
  | [] => 0
  | _ :: l => l.length + 1
def List.reverse {α : Type u} : List α → List α
  | [] => []
  | a :: l => l.reverse ++ [a]
inductive List.Mem {α : Type u} (a : α) : List α → Prop where
  | head (l : List α) : List.Mem a (a :: l)
  | tail (b : α) {l : List α} : List.Mem a l → List.Mem a (b :: l)
instance instMembershipList {α : Type u} : Membership α (List α) := ⟨fun l a => List.Mem a l⟩

@[simp] theorem List.map_nil {α : Type u} {β : Type v} (f : α → β) : List.map f [] = [] := rfl
@[simp] theorem List.map_cons {α : Type u} {β : Type v} (f : α → β) (a : α) (l : List α) :
    List.map f (a :: l) = f a :: List.map f l := rfl
@[simp] theorem List.length_nil {α : Type u} : ([] : List α).length = 0 := rfl
@[simp] theorem List.length_cons {α : Type u} (a : α) (l : List α) : (a :: l).length = l.length + 1 := rfl
@[simp] theorem List.reverse_nil {α : Type u} : ([] : List α).reverse = [] := rfl
@[simp] theorem List.reverse_cons {α : Type u} (a : α) (l : List α) : (a :: l).reverse = l.reverse ++ [a] := rfl
@[simp] theorem List.nil_append {α : Type u} (l : List α) : [] ++ l = l := rfl
@[simp] theorem List.cons_append {α : Type u} (a : α) (l k : List α) : a :: l ++ k = a :: (l ++ k) := rfl
@[simp] theorem List.append_nil {α : Type u} (l : List α) : l ++ [] = l := by
  induction l with
  | nil => rfl
  | cons a l ih => exact congrArg (List.cons a) ih
theorem List.append_assoc {α : Type u} (l k m : List α) : (l ++ k) ++ m = l ++ (k ++ m) := by
  induction l with
  | nil => rfl
  | cons a l ih => exact congrArg (List.cons a) ih
@[simp] theorem List.length_append {α : Type u} (l k : List α) : (l ++ k).length = l.length + k.length := by
  induction l with
  | nil => exact (Nat.zero_add _).symm
  | cons a l ih => exact (congrArg Nat.succ ih).trans (Nat.succ_add l.length k.length).symm
@[simp] theorem List.map_append {α : Type u} {β : Type v} (f : α → β) (l k : List α) :
    List.map f (l ++ k) = List.map f l ++ List.map f k := by
  induction l with
  | nil => rfl
  | cons a l ih => exact congrArg (List.cons (f a)) ih
theorem List.cons_ne_nil {α : Type u} (a : α) (l : List α) : a :: l ≠ [] := fun h => nomatch h
theorem List.reverse_append {α : Type u} (l k : List α) : (l ++ k).reverse = k.reverse ++ l.reverse := by
  induction l with
  | nil => exact (List.append_nil _).symm
  | cons a l ih => exact (congrArg (· ++ [a]) ih).trans (List.append_assoc _ _ _)
@[simp] theorem List.not_mem_nil {α : Type u} (a : α) : ¬a ∈ [] := fun h => nomatch h
@[simp] theorem List.mem_cons {α : Type u} {a b : α} {l : List α} : a ∈ b :: l ↔ a = b ∨ a ∈ l :=
  ⟨fun | .head _ => .inl rfl | .tail _ h => .inr h, fun h => h.elim (fun e => e ▸ .head l) (.tail b)⟩
theorem List.mem_append {α : Type u} {a : α} {l k : List α} : a ∈ l ++ k ↔ a ∈ l ∨ a ∈ k := by
  induction l with
  | nil => simp
  | cons b l ih => simp [ih, or_assoc]

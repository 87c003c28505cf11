/-! Declarations of a user's own that the embedded library supports. All of it has to be accepted. -/

inductive Tree (α : Type) where
  | leaf : Tree α
  | node (left : Tree α) (value : α) (right : Tree α) : Tree α
structure Keyed (β : Nat → Type) where
  key : Nat
  value : β key
namespace Tree
def size {α : Type} : Tree α → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size
def mirror {α : Type} : Tree α → Tree α
  | leaf => leaf
  | node l a r => node r.mirror a l.mirror
theorem mirror_mirror {α : Type} (t : Tree α) : t.mirror.mirror = t := by
  induction t with
  | leaf => rfl
  | node l a r ihl ihr => simp [mirror, ihl, ihr]
theorem size_mirror {α : Type} (t : Tree α) : t.mirror.size = t.size := by
  induction t with
  | leaf => rfl
  | node l a r ihl ihr => simp [mirror, size, ihl, ihr, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
end Tree
def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2
theorem double_eq (n : Nat) : double n = n + n := by
  induction n with
  | zero => rfl
  | succ n ih => simp [double, ih, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
example (β : Nat → Type) (x y : Keyed β) (h : x = y) : x.key = y.key := by rw [h]
inductive Even : Nat → Prop where
  | zero : Even 0
  | step (n : Nat) : Even n → Even (n + 2)
theorem even_double (n : Nat) : Even (double n) := by
  induction n with
  | zero => exact .zero
  | succ n ih => exact .step _ ih
theorem not_even_one : ¬Even 1 := by intro h; cases h
variable (p q : Prop) in
theorem foo (h : p ∧ q) : q := h.2
def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib (n + 1) + fib n
example : fib 10 = 55 := by decide
example : fib 10 = 55 := by rfl
instance : Inhabited (Tree Nat) := ⟨.leaf⟩
class Magma (α : Type) where
  op : α → α → α
theorem left_right [m : Magma Nat] (h : ∀ a b : Nat, m.op a b = a) : m.op 1 2 = 1 := by rw [h]
example (α : Type) [Magma α] (a : α) : Magma.op a a = Magma.op a a := rfl
theorem term (n : Nat) (h : n ≤ 0) : n = 0 :=
  match n, h with
  | 0, _ => rfl
/-- doc -/
theorem doc : True := trivial
open Nat in
theorem opn (n : Nat) : n + 0 = n := add_zero n

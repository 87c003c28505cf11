
/-! # Natural numbers -/

-- Goals by induction and by cases speak of `0` and `n + 1`, not of the constructors.
@[induction_eliminator] protected def Nat.recAux {motive : Nat → Sort u} (zero : motive 0)
    (succ : (n : Nat) → motive n → motive (n + 1)) (t : Nat) : motive t :=
  match t with
  | .zero => zero
  | .succ n => succ n (Nat.recAux zero succ n)
@[cases_eliminator] protected abbrev Nat.casesAuxOn {motive : Nat → Sort u} (t : Nat) (zero : motive 0)
    (succ : (n : Nat) → motive (n + 1)) : motive t :=
  match t with
  | .zero => zero
  | .succ n => succ n

/-! ## Successor -/

@[simp] theorem Nat.succ_eq_add_one (n : Nat) : Nat.succ n = n + 1 := rfl
theorem Nat.add_one (n : Nat) : n + 1 = Nat.succ n := rfl
theorem Nat.succ.inj {n m : Nat} (h : Nat.succ n = Nat.succ m) : n = m := congrArg Nat.pred h
theorem Nat.succ_ne_zero (n : Nat) : Nat.succ n ≠ 0 := fun h => nomatch h
@[simp] theorem Nat.add_one_ne_zero (n : Nat) : n + 1 ≠ 0 := fun h => nomatch h
theorem Nat.succ_ne_self (n : Nat) : n + 1 ≠ n := by
  induction n with
  | zero => exact fun h => nomatch h
  | succ n ih => exact fun h => ih (Nat.succ.inj h)
theorem Nat.exists_eq_succ_of_ne_zero {n : Nat} (h : n ≠ 0) : ∃ k, n = k + 1 := by
  cases n with
  | zero => exact absurd rfl h
  | succ k => exact ⟨k, rfl⟩

/-! ## Addition -/

@[simp] theorem Nat.add_zero (n : Nat) : n + 0 = n := rfl
theorem Nat.add_succ (n m : Nat) : n + Nat.succ m = Nat.succ (n + m) := rfl
@[simp] theorem Nat.zero_add (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.succ ih
theorem Nat.succ_add (n m : Nat) : Nat.succ n + m = Nat.succ (n + m) := by
  induction m with
  | zero => rfl
  | succ m ih => exact congrArg Nat.succ ih
theorem Nat.add_comm (n m : Nat) : n + m = m + n := by
  induction m with
  | zero => exact (Nat.zero_add n).symm
  | succ m ih => exact (congrArg Nat.succ ih).trans (Nat.succ_add m n).symm
theorem Nat.add_assoc (n m k : Nat) : (n + m) + k = n + (m + k) := by
  induction k with
  | zero => rfl
  | succ k ih => exact congrArg Nat.succ ih
theorem Nat.add_left_comm (n m k : Nat) : n + (m + k) = m + (n + k) := by
  rw [← Nat.add_assoc, Nat.add_comm n m, Nat.add_assoc]
theorem Nat.add_right_comm (n m k : Nat) : (n + m) + k = (n + k) + m := by
  rw [Nat.add_assoc, Nat.add_comm m k, Nat.add_assoc]
theorem Nat.add_right_cancel {n m k : Nat} (h : n + k = m + k) : n = m := by
  induction k with
  | zero => exact h
  | succ k ih => exact ih (Nat.succ.inj h)
theorem Nat.add_left_cancel {n m k : Nat} (h : k + n = k + m) : n = m := by
  rw [Nat.add_comm k n, Nat.add_comm k m] at h
  exact Nat.add_right_cancel h
@[simp] theorem Nat.add_right_cancel_iff {n m k : Nat} : n + k = m + k ↔ n = m :=
  ⟨Nat.add_right_cancel, fun h => h ▸ rfl⟩
@[simp] theorem Nat.add_left_cancel_iff {n m k : Nat} : k + n = k + m ↔ n = m :=
  ⟨Nat.add_left_cancel, fun h => h ▸ rfl⟩
theorem Nat.eq_zero_of_add_eq_zero_right {n m : Nat} (h : n + m = 0) : n = 0 := by
  cases m with
  | zero => exact h
  | succ m => exact nomatch h

/-! ## Multiplication and powers -/

@[simp] theorem Nat.mul_zero (n : Nat) : n * 0 = 0 := rfl
theorem Nat.mul_succ (n m : Nat) : n * Nat.succ m = n * m + n := rfl
@[simp] theorem Nat.zero_mul (n : Nat) : 0 * n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact ih
theorem Nat.succ_mul (n m : Nat) : Nat.succ n * m = n * m + m := by
  induction m with
  | zero => rfl
  | succ m ih =>
    show (Nat.succ n * m + n) + 1 = (n * m + n + m) + 1
    rw [ih, Nat.add_right_comm (n * m)]
@[simp] theorem Nat.mul_one (n : Nat) : n * 1 = n := Nat.zero_add n
@[simp] theorem Nat.one_mul (n : Nat) : 1 * n = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.succ ih
theorem Nat.mul_comm (n m : Nat) : n * m = m * n := by
  induction m with
  | zero => exact (Nat.zero_mul n).symm
  | succ m ih => exact (congrArg (· + n) ih).trans (Nat.succ_mul m n).symm
theorem Nat.mul_add (n m k : Nat) : n * (m + k) = n * m + n * k := by
  induction k with
  | zero => rfl
  | succ k ih => exact (congrArg (· + n) ih).trans (Nat.add_assoc (n * m) (n * k) n)
theorem Nat.add_mul (n m k : Nat) : (n + m) * k = n * k + m * k := by
  rw [Nat.mul_comm, Nat.mul_add, Nat.mul_comm k n, Nat.mul_comm k m]
theorem Nat.mul_assoc (n m k : Nat) : (n * m) * k = n * (m * k) := by
  induction k with
  | zero => rfl
  | succ k ih => exact (congrArg (· + n * m) ih).trans (Nat.mul_add n (m * k) m).symm
theorem Nat.mul_left_comm (n m k : Nat) : n * (m * k) = m * (n * k) := by
  rw [← Nat.mul_assoc, Nat.mul_comm n m, Nat.mul_assoc]
theorem Nat.pow_zero (n : Nat) : n ^ 0 = 1 := rfl
theorem Nat.pow_succ (n m : Nat) : n ^ (m + 1) = n ^ m * n := rfl
attribute [simp] Nat.pow_zero

/-! ## Order -/

@[simp] theorem Nat.le_refl (n : Nat) : n ≤ n := .refl
theorem Nat.le_succ (n : Nat) : n ≤ n + 1 := .step .refl
theorem Nat.le_step {n m : Nat} (h : n ≤ m) : n ≤ m + 1 := .step h
theorem Nat.le_trans {n m k : Nat} (h : n ≤ m) (g : m ≤ k) : n ≤ k := by
  induction g with
  | refl => exact h
  | step _ ih => exact .step ih
@[simp] theorem Nat.zero_le (n : Nat) : 0 ≤ n := by
  induction n with
  | zero => exact .refl
  | succ n ih => exact .step ih
theorem Nat.succ_le_succ {n m : Nat} (h : n ≤ m) : n + 1 ≤ m + 1 := by
  induction h with
  | refl => exact .refl
  | step _ ih => exact .step ih
theorem Nat.pred_le_pred {n m : Nat} (h : n ≤ m) : Nat.pred n ≤ Nat.pred m := by
  induction h with
  | refl => exact .refl
  | @step m _ ih => cases m with
    | zero => exact ih
    | succ m => exact .step ih
theorem Nat.le_of_succ_le_succ {n m : Nat} (h : n + 1 ≤ m + 1) : n ≤ m := Nat.pred_le_pred h
theorem Nat.not_succ_le_zero (n : Nat) : ¬n + 1 ≤ 0 := fun h => nomatch h
theorem Nat.not_succ_le_self (n : Nat) : ¬n + 1 ≤ n := by
  induction n with
  | zero => exact Nat.not_succ_le_zero 0
  | succ n ih => exact fun h => ih (Nat.le_of_succ_le_succ h)
theorem Nat.le_of_succ_le {n m : Nat} (h : n + 1 ≤ m) : n ≤ m := Nat.le_trans (Nat.le_succ n) h
theorem Nat.le_antisymm {n m : Nat} (h : n ≤ m) (g : m ≤ n) : n = m := by
  cases h with
  | refl => rfl
  | step h => exact absurd (Nat.le_trans (Nat.succ_le_succ h) g) (Nat.not_succ_le_self _)
theorem Nat.le_of_eq {n m : Nat} (h : n = m) : n ≤ m := h ▸ .refl
theorem Nat.eq_zero_of_le_zero {n : Nat} (h : n ≤ 0) : n = 0 := Nat.le_antisymm h (Nat.zero_le n)
theorem Nat.le_total (n m : Nat) : n ≤ m ∨ m ≤ n := by
  induction n with
  | zero => exact .inl (Nat.zero_le m)
  | succ n ih => cases ih with
    | inr h => exact .inr (.step h)
    | inl h => cases h with
      | refl => exact .inr (.step .refl)
      | step h => exact .inl (Nat.succ_le_succ h)
@[simp] theorem Nat.add_le_add_iff_right {n m k : Nat} : n + k ≤ m + k ↔ n ≤ m := by
  induction k with
  | zero => exact Iff.rfl
  | succ k ih => exact ⟨fun h => ih.1 (Nat.le_of_succ_le_succ h), fun h => Nat.succ_le_succ (ih.2 h)⟩
theorem Nat.add_le_add_right {n m : Nat} (h : n ≤ m) (k : Nat) : n + k ≤ m + k := Nat.add_le_add_iff_right.2 h
theorem Nat.add_le_add_left {n m : Nat} (h : n ≤ m) (k : Nat) : k + n ≤ k + m := by
  rw [Nat.add_comm k n, Nat.add_comm k m]
  exact Nat.add_le_add_right h k
theorem Nat.add_le_add {a b c d : Nat} (h : a ≤ b) (g : c ≤ d) : a + c ≤ b + d :=
  Nat.le_trans (Nat.add_le_add_right h c) (Nat.add_le_add_left g b)
@[simp] theorem Nat.le_add_right (n k : Nat) : n ≤ n + k := Nat.add_le_add_left (Nat.zero_le k) n
@[simp] theorem Nat.le_add_left (n k : Nat) : n ≤ k + n := Nat.add_comm n k ▸ Nat.le_add_right n k
theorem Nat.le.dest {n m : Nat} (h : n ≤ m) : ∃ k, n + k = m := by
  induction h with
  | refl => exact ⟨0, rfl⟩
  | step _ ih => exact ih.elim fun k e => ⟨k + 1, congrArg Nat.succ e⟩
theorem Nat.mul_le_mul_left {n m : Nat} (k : Nat) (h : n ≤ m) : k * n ≤ k * m := by
  induction h with
  | refl => exact .refl
  | step _ ih => exact Nat.le_trans ih (Nat.le_add_right _ k)
theorem Nat.mul_le_mul_right {n m : Nat} (k : Nat) (h : n ≤ m) : n * k ≤ m * k := by
  rw [Nat.mul_comm n k, Nat.mul_comm m k]
  exact Nat.mul_le_mul_left k h

@[simp] theorem Nat.lt_irrefl (n : Nat) : ¬n < n := Nat.not_succ_le_self n
@[simp] theorem Nat.lt_succ_self (n : Nat) : n < n + 1 := .refl
theorem Nat.lt_succ_of_le {n m : Nat} (h : n ≤ m) : n < m + 1 := Nat.succ_le_succ h
theorem Nat.le_of_lt_succ {n m : Nat} (h : n < m + 1) : n ≤ m := Nat.le_of_succ_le_succ h
theorem Nat.le_of_lt {n m : Nat} (h : n < m) : n ≤ m := Nat.le_of_succ_le h
theorem Nat.lt_of_le_of_lt {n m k : Nat} (h : n ≤ m) (g : m < k) : n < k := Nat.le_trans (Nat.succ_le_succ h) g
theorem Nat.lt_of_lt_of_le {n m k : Nat} (h : n < m) (g : m ≤ k) : n < k := Nat.le_trans h g
theorem Nat.lt_trans {n m k : Nat} (h : n < m) (g : m < k) : n < k := Nat.lt_of_lt_of_le h (Nat.le_of_lt g)
@[simp] theorem Nat.not_lt_zero (n : Nat) : ¬n < 0 := Nat.not_succ_le_zero n
@[simp] theorem Nat.zero_lt_succ (n : Nat) : 0 < n + 1 := Nat.succ_le_succ (Nat.zero_le n)
theorem Nat.ne_of_lt {n m : Nat} (h : n < m) : n ≠ m := fun e => Nat.lt_irrefl m (e ▸ h)
theorem Nat.not_le_of_gt {n m : Nat} (h : m < n) : ¬n ≤ m := fun g => Nat.lt_irrefl m (Nat.lt_of_lt_of_le h g)
theorem Nat.eq_or_lt_of_le {n m : Nat} (h : n ≤ m) : n = m ∨ n < m := by
  cases h with
  | refl => exact .inl rfl
  | step h => exact .inr (Nat.succ_le_succ h)
theorem Nat.lt_or_ge (n m : Nat) : n < m ∨ n ≥ m :=
  (Nat.le_total m n).elim .inr fun h => (Nat.eq_or_lt_of_le h).elim (fun e => .inr (e ▸ .refl)) .inl
@[simp] theorem Nat.not_le {n m : Nat} : ¬n ≤ m ↔ m < n :=
  ⟨fun h => (Nat.lt_or_ge m n).elim id fun g => absurd g h, Nat.not_le_of_gt⟩
@[simp] theorem Nat.not_lt {n m : Nat} : ¬n < m ↔ m ≤ n :=
  ⟨fun h => (Nat.lt_or_ge n m).elim (fun g => absurd g h) id, fun h g => Nat.not_le_of_gt g h⟩
theorem Nat.eq_zero_or_pos (n : Nat) : n = 0 ∨ 0 < n := by
  cases n with
  | zero => exact .inl rfl
  | succ n => exact .inr (Nat.zero_lt_succ n)

instance : Trans (α := Nat) LE.le LE.le LE.le := ⟨Nat.le_trans⟩
instance : Trans (α := Nat) LT.lt LE.le LT.lt := ⟨Nat.lt_of_lt_of_le⟩
instance : Trans (α := Nat) LE.le LT.lt LT.lt := ⟨Nat.lt_of_le_of_lt⟩
instance : Trans (α := Nat) LT.lt LT.lt LT.lt := ⟨Nat.lt_trans⟩

theorem Nat.le_of_ble_eq_true {n m : Nat} (h : Nat.ble n m = true) : n ≤ m := by
  induction n generalizing m with
  | zero => exact Nat.zero_le m
  | succ n ih => cases m with
    | zero => exact nomatch h
    | succ m => exact Nat.succ_le_succ (ih h)
theorem Nat.ble_eq_true_of_le {n m : Nat} (h : n ≤ m) : Nat.ble n m = true := by
  induction n generalizing m with
  | zero => cases m <;> rfl
  | succ n ih => cases m with
    | zero => exact absurd h (Nat.not_succ_le_zero n)
    | succ m => exact ih (Nat.le_of_succ_le_succ h)
instance Nat.decLe (n m : Nat) : Decidable (n ≤ m) :=
  match h : Nat.ble n m with
  | true => isTrue (Nat.le_of_ble_eq_true h)
  | false => isFalse fun g => nomatch h.symm.trans (Nat.ble_eq_true_of_le g)
instance Nat.decLt (n m : Nat) : Decidable (n < m) := Nat.decLe (n + 1) m

/-! ## Subtraction -/

@[simp] theorem Nat.sub_zero (n : Nat) : n - 0 = n := rfl
theorem Nat.sub_succ (n m : Nat) : n - (m + 1) = Nat.pred (n - m) := rfl
theorem Nat.succ_sub_succ (n m : Nat) : (n + 1) - (m + 1) = n - m := by
  induction m with
  | zero => rfl
  | succ m ih => exact congrArg Nat.pred ih
@[simp] theorem Nat.sub_self (n : Nat) : n - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact (Nat.succ_sub_succ n n).trans ih
@[simp] theorem Nat.zero_sub (n : Nat) : 0 - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.pred ih
@[simp] theorem Nat.add_sub_cancel (n m : Nat) : n + m - m = n := by
  induction m with
  | zero => rfl
  | succ m ih => exact (Nat.succ_sub_succ (n + m) m).trans ih

/-! ## Divisibility -/

@[simp] theorem Nat.dvd_refl (n : Nat) : n ∣ n := ⟨1, (Nat.mul_one n).symm⟩
@[simp] theorem Nat.dvd_zero (n : Nat) : n ∣ 0 := ⟨0, rfl⟩
@[simp] theorem Nat.one_dvd (n : Nat) : 1 ∣ n := ⟨n, (Nat.one_mul n).symm⟩
theorem Nat.dvd_mul_right (n m : Nat) : n ∣ n * m := ⟨m, rfl⟩
theorem Nat.dvd_mul_left (n m : Nat) : n ∣ m * n := ⟨m, Nat.mul_comm m n⟩
theorem Nat.dvd_trans {n m k : Nat} (h : n ∣ m) (g : m ∣ k) : n ∣ k :=
  h.elim fun a e => g.elim fun b f => ⟨a * b, by rw [f, e, Nat.mul_assoc]⟩
theorem Nat.dvd_add {n m k : Nat} (h : n ∣ m) (g : n ∣ k) : n ∣ m + k :=
  h.elim fun a e => g.elim fun b f => ⟨a + b, by rw [e, f, Nat.mul_add]⟩

/-!
## What the kernel computes

The kernel knows these functions by name and computes them with big numbers whatever their definitions say. They are
defined here, so that nobody can define them otherwise. The first argument of each recursion counts down to end it.
-/

def Nat.divLoop : Nat → Nat → Nat → Nat
  | 0, _, _ => 0
  | k + 1, n, m => cond (Nat.beq m 0) 0 (cond (Nat.ble m n) (Nat.divLoop k (n - m) m + 1) 0)
@[extern "lean_nat_div"] protected def Nat.div (n m : Nat) : Nat := Nat.divLoop n n m
def Nat.modLoop : Nat → Nat → Nat → Nat
  | 0, n, _ => n
  | k + 1, n, m => cond (Nat.beq m 0) n (cond (Nat.ble m n) (Nat.modLoop k (n - m) m) n)
@[extern "lean_nat_mod"] protected def Nat.mod (n m : Nat) : Nat := Nat.modLoop n n m
def Nat.gcdLoop : Nat → Nat → Nat → Nat
  | 0, _, n => n
  | k + 1, m, n => cond (Nat.beq m 0) n (Nat.gcdLoop k (Nat.mod n m) m)
@[extern "lean_nat_gcd"] def Nat.gcd (m n : Nat) : Nat := Nat.gcdLoop m m n
def Nat.log2Loop : Nat → Nat → Nat
  | 0, _ => 0
  | k + 1, n => cond (Nat.ble 2 n) (Nat.log2Loop k (Nat.div n 2) + 1) 0
@[extern "lean_nat_log2"] def Nat.log2 (n : Nat) : Nat := Nat.log2Loop n n
def Nat.bitLoop (f : Bool → Bool → Bool) : Nat → Nat → Nat → Nat
  | 0, _, _ => 0
  | k + 1, n, m =>
    2 * Nat.bitLoop f k (Nat.div n 2) (Nat.div m 2) + cond (f (Nat.beq (Nat.mod n 2) 1) (Nat.beq (Nat.mod m 2) 1)) 1 0
@[extern "lean_nat_land"] def Nat.land (n m : Nat) : Nat := Nat.bitLoop Bool.and (n + m) n m
@[extern "lean_nat_lor"] def Nat.lor (n m : Nat) : Nat := Nat.bitLoop Bool.or (n + m) n m
@[extern "lean_nat_lxor"] def Nat.xor (n m : Nat) : Nat :=
  Nat.bitLoop (fun a b => cond a (Bool.not b) b) (n + m) n m
@[extern "lean_nat_shiftl"] def Nat.shiftLeft (n m : Nat) : Nat := n * 2 ^ m
@[extern "lean_nat_shiftr"] def Nat.shiftRight (n m : Nat) : Nat := Nat.div n (2 ^ m)

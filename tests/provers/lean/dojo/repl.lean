/-! LeanDojo's tactic REPL in miniature, for a Lean whose library is too small for LeanDojo's own.

`lean_dojo_repl` reads pairs of lines from standard input, the number of a state and a tactic (`␤` for line breaks), and
answers on standard error: `OK`, the number of the new state and its goals, or `FAIL` and the error's text; then a line
with a dot. What is declared `extern` is in Lean's own binary and found there by name; the types are only as exact as
they have to be. -/
set_option linter.all false

namespace DojoStandIn

inductive Obj where
  | a (x y : Nat)
  | b (x y : Nat)
instance : Inhabited Obj := ⟨.a 0 0⟩
inductive Out (α : Type) where
  | ok (v : α)
  | error (e : Obj)
instance {α : Type} : Inhabited (Out α) := ⟨.error default⟩
inductive Exc where
  | error (e : String)
  | ok (v : Obj)
instance : Inhabited Exc := ⟨.ok default⟩
inductive CoreState where
  | mk (env rest : Obj)
instance : Inhabited CoreState := ⟨.mk default default⟩
instance : Inhabited String := ⟨""⟩
instance : Inhabited Nat := ⟨0⟩
instance : Inhabited Bool := ⟨false⟩
instance {α : Type} : Inhabited (List α) := ⟨.nil⟩
inductive Mode where
  | read | write | writeNew | readWrite | append

end DojoStandIn
open DojoStandIn

@[extern "c"] opaque IO.FS.Handle.mk (fn : String) (mode : Mode) (w : Obj) : Out Obj
@[extern "c"] opaque IO.FS.Handle.getLine (hd w : Obj) : Out String
@[extern "c"] opaque IO.FS.Handle.putStr (hd : Obj) (s : String) (w : Obj) : Out Obj
@[extern "c"] opaque IO.FS.Handle.flush (hd w : Obj) : Out Obj
abbrev Lean.Elab.Tactic.Tactic := Obj → Obj → Obj → Obj → Obj → Obj → Obj → Obj → Obj → Obj → Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.evalTactic (stx a b c d e f g h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.saveState (a b c d e f g h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.SavedState.restore (s : Obj) (info : Bool) (a b c d e f g h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.getUnsolvedGoals (a b c d e f g h w : Obj) : Out (List Obj)
@[extern "c"] opaque Lean.Meta.ppGoal (m e f g h w : Obj) : Out Obj
@[extern "c"] opaque Std.Format.pretty (x : Obj) (width indent column : Nat) : String
@[extern "c"] opaque Lean.Exception.toMessageData (e : Obj) : Obj
@[extern "c"] opaque Lean.MessageData.toString (m w : Obj) : String
@[extern "c"] opaque Lean.Core.getMessageLog (g h w : Obj) : Out Obj
@[extern "c"] opaque Lean.MessageLog.hasErrors (log : Obj) : Bool
@[extern "c"] opaque ST.Prim.Ref.get (s t : Obj) (r w : Obj) : CoreState
@[extern "c"] opaque String.splitOn (s sep : String) : List String
@[extern "c"] opaque String.intercalate (s : String) (parts : List String) : String
@[extern "c"] opaque String.toNat! (s : String) : Nat
@[extern "c"] opaque Nat.reprFast (n : Nat) : String
@[extern "c"] opaque Lean.Parser.runParserCategory (env : Obj) (cat : Lean.Name) (input file : String) : Exc

namespace DojoStandIn

def line (s : String) : String := match String.splitOn s "\n" with
  | .nil => ""
  | .cons s _ => s
def joined (parts : List String) : String := String.intercalate "" parts
def nth : List Obj → Nat → Obj → Obj
  | .nil, _, d => d
  | .cons x _, .zero, _ => x
  | .cons _ xs, .succ n, d => nth xs n d
def snoc : List Obj → Obj → List Obj
  | .nil, y => .cons y .nil
  | .cons x xs, y => .cons x (snoc xs y)

def say (s : String) (w : Obj) : Bool := match IO.FS.Handle.mk "/dev/stderr" .append w with
  | .error _ => false
  | .ok o => match IO.FS.Handle.putStr o s w with
    | .ok _ => match IO.FS.Handle.flush o w with
      | .ok _ => true
      | .error _ => false
    | .error _ => false

def goals (e f g h w : Obj) : List Obj → String
  | .nil => ""
  | .cons m ms =>
    let s := match Lean.Meta.ppGoal m e f g h w with
      | .ok x => Std.Format.pretty x 120 0 0
      | .error _ => "?"
    joined (.cons s (.cons "\n\n" (.cons (goals e f g h w ms) .nil)))

def state (a b c d e f g h w : Obj) : String := match Lean.Elab.Tactic.getUnsolvedGoals a b c d e f g h w with
  | .ok gs => goals e f g h w gs
  | .error _ => "?"

def answer (n : Nat) (goals : String) (w : Obj) : Bool :=
  say (joined (.cons "OK\n" (.cons (Nat.reprFast n) (.cons "\n" (.cons goals (.cons ".\n" .nil)))))) w

inductive Done where
  | succeeded | failed | unheard

/-- What a tactic's error becomes. The compiler would leave out an answer that nothing depends on. -/
def reported (s : String) (w : Obj) : Done := match say (joined (.cons "FAIL\n" (.cons s (.cons "\n.\n" .nil)))) w with
  | true => .failed
  | false => .unheard

def step (tac : String) (a b c d e f g h w : Obj) : Done :=
  match ST.Prim.Ref.get a a h w with
  | .mk env _ => match Lean.Parser.runParserCategory env (.mkStr1 "tactic") tac "<stdin>" with
    | .error s => reported s w
    | .ok stx => match Lean.Elab.Tactic.evalTactic stx a b c d e f g h w with
      -- As LeanDojo does: what a tactic recovered from is an error all the same.
      | .ok _ => match Lean.Core.getMessageLog g h w with
        | .error _ => .unheard
        | .ok log => match Lean.MessageLog.hasErrors log with
          | true => reported "the tactic logged an error" w
          | false => .succeeded
      | .error x => reported (Lean.MessageData.toString (Lean.Exception.toMessageData x) w) w

/-- Ends with its input, whose last piece has no line break. -/
partial def loop (i : Obj) (sts : List Obj) (n : Nat) (a b c d e f g h w : Obj) : Out Obj :=
  match IO.FS.Handle.getLine i w with
  | .error x => .error x
  | .ok l => match IO.FS.Handle.getLine i a with
    | .error x => .error x
    | .ok t => match String.splitOn t "\n" with
      | .nil | .cons _ .nil => .ok default
      | _ => match Lean.Elab.Tactic.SavedState.restore (nth sts (String.toNat! (line l)) default) false a b c d e f g h w with
        | .error x => .error x
        | .ok _ => match step (String.intercalate "\n" (String.splitOn (line t) "␤")) a b c d e f g h w with
          | .failed => loop i sts n a b c d e f g h w
          | .unheard => .error default
          | .succeeded => match Lean.Elab.Tactic.saveState a b c d e f g h w with
            | .error x => .error x
            | .ok s => match answer n (state a b c d e f g h w) w with
              | true => loop i (snoc sts s) (n + 1) a b c d e f g h w
              | false => .error default

open Lean ParserDescr in
@[tactic_parser] def replSyntax : ParserDescr := .node (.mkStr1 "lean_dojo_repl") 1024 (.nonReservedSymbol "lean_dojo_repl" false)
@[tactic lean_dojo_repl] def repl : Lean.Elab.Tactic.Tactic := fun _ a b c d e f g h w =>
  match Lean.Elab.Tactic.saveState a b c d e f g h w with
  | .error x => .error x
  | .ok s => match IO.FS.Handle.mk "/dev/stdin" .read w with
    | .error x => .error x
    | .ok i => loop i (.cons s .nil) 1 a b c d e f g h w

end DojoStandIn

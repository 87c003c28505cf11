/-
The stepper for the embedded engine: proof states stay where they were made, and each tactic starts from one. `full.lean`
is the same for a full Lean, says what the requests are, and is the easier one to read.

The engine has Lean's functions as compiled code and no library that declares them. A constant marked `extern` is taken
from the code that has its name, so what is needed is declared here, with types of our own that lie in memory as Lean's
do. Nothing checks that: a wrong one ends in a crash, and another build of Lean needs another look (`Core.Context` was
found with a debugger, arities by reading machine code). To the compiler these functions are pure. Two calls with the
same arguments would become one, and a result that nobody uses none: so the token of the outer world, which they do not
look at, is another value at each call, and every result is used.
-/
set_option linter.all false
set_option autoImplicit false

/-! ## Types as they lie in memory -/

/-- Any object of Lean's. With constructors that are numbers (0, 1, 2) and such that are pointers, it may be either. -/
inductive Obj where
  | nothing
  | leaf
  | two
  | a (x y : Nat)
  | b (x y : Nat)
instance : Inhabited Obj := ⟨.nothing⟩
/-- What an action gives that may fail. -/
inductive Out (α : Type) where
  | ok (v : α)
  | error (e : Obj)
/-! `Except String` of an object, a text, a number, and syntax. -/
inductive ExceptO where
  | error (e : String)
  | ok (v : Obj)
inductive ExceptS where
  | error (e : String)
  | ok (v : String)
inductive ExceptN where
  | error (e : String)
  | ok (v : Nat)
structure Array (α : Type) where
  toList : List α
instance : Inhabited String := ⟨""⟩
instance : Inhabited Nat := ⟨0⟩
instance : Inhabited Bool := ⟨false⟩
instance {α : Type} : Inhabited (List α) := ⟨.nil⟩
instance {α : Type} : Inhabited (Array α) := ⟨⟨.nil⟩⟩
instance {α : Type} : Inhabited (Out α) := ⟨.error default⟩
instance : Inhabited ExceptO := ⟨.ok default⟩
instance : Inhabited ExceptS := ⟨.ok default⟩
instance : Inhabited ExceptN := ⟨.ok default⟩
/-- `Lean.Syntax`. -/
inductive Stx where
  | missing
  | node (info : Obj) (kind : Lean.Name) (args : Array Stx)
  | atom (info : Obj) (val : String)
  | ident (info rawVal : Obj) (val : Lean.Name) (preresolved : Obj)
instance : Inhabited Stx := ⟨.missing⟩
inductive ExceptStx where
  | error (e : String)
  | ok (v : Stx)
instance : Inhabited ExceptStx := ⟨.ok default⟩
/-- `Lean.Import`. -/
structure Import where
  module : Lean.Name
  importAll : Bool
  isExported : Bool
  isMeta : Bool
/-- The first fields of `Command.Scope`. -/
structure Scope where
  header : Obj
  opts : Obj
  currNamespace : Obj
  openDecls : Obj
  rest : Obj
/-- The first fields of `Command.State`; of `Core.State` the first alone. -/
structure StateHead where
  env : Obj
  messages : Obj
  scopes : List Scope
  rest : Obj
instance : Inhabited StateHead := ⟨⟨default, default, default, default⟩⟩
/-- `Parser.ParserModuleContext`. -/
structure ModuleContext where
  env : Obj
  options : Obj
  currNamespace : Obj
  openDecls : Obj
structure ModuleParserState where
  pos : Nat
  recovering : Bool
/-! What `Parser.parseCommand` gives: syntax, place, messages. -/
structure ParsedRest where
  state : ModuleParserState
  messages : Obj
structure Parsed where
  stx : Stx
  rest : ParsedRest
instance : Inhabited Parsed := ⟨⟨default, ⟨⟨0, false⟩, default⟩⟩⟩
/-- `Tactic.Context`. -/
structure TacticContext where
  elaborator : Obj
  recover : Bool
inductive Maybe where
  | none
  | some (x : Obj)
inductive MaybeStx where
  | none
  | some (x : Stx)
instance : Inhabited MaybeStx := ⟨.none⟩
/-! `Core.Context`. -/
structure CoreBase where
  fileName : Obj
  fileMap : Obj
  options : Obj
  maxRecDepth : Obj
  currNamespace : Obj
  openDecls : Obj
  initHeartbeats : Nat
  maxHeartbeats : Nat
  quotContext : Obj
  currMacroScope : Obj
  cancelTk : Maybe
  inheritedTraceOptions : Obj
structure CoreContext where
  base : CoreBase
  currRecDepth : Obj
  ref : Obj
  diag : Bool
  suppressElabErrors : Bool
/-- The request under way (0: none), the last one that was to be interrupted, and what interrupts it. -/
structure Running where
  number : Nat
  stopped : Nat
  token : Obj
/-- What a change of it gives, and what it becomes. -/
structure Swap where
  out : Running
  kept : Running
instance : Inhabited Running := ⟨⟨0, 0, default⟩⟩
inductive Mode where
  | read | write | writeNew | readWrite | append

/-! ## Lean's functions -/

@[extern "c"] opaque Array.push (α : Obj) (xs : Array Obj) (x : Obj) : Array Obj := xs
@[extern "c"] opaque Array.set! (α : Obj) (xs : Array Obj) (i : Nat) (x : Obj) : Array Obj := xs
@[extern "c"] opaque Array.get!Internal (α inst : Obj) (xs : Array Obj) (i : Nat) : Obj
@[extern "c"] opaque Array.get!InternalBorrowed (α inst : Obj) (xs : Array Obj) (i : Nat) : Obj
@[extern "c"] opaque Array.size (α : Obj) (xs : Array Obj) : Nat
@[extern "c"] opaque Array.mkEmpty (α : Obj) (n : Nat) : Array Obj
@[extern "c"] opaque Array.mkArray1 (α : Obj) (x : Import) : Array Import
@[extern "c"] opaque IO.FS.Handle.mk (fn : String) (mode : Mode) (w : Obj) : Out Obj
@[extern "c"] opaque IO.FS.Handle.getLine (hd w : Obj) : Out String
@[extern "c"] opaque IO.FS.Handle.putStr (hd : Obj) (s : String) (w : Obj) : Out Obj
@[extern "c"] opaque IO.FS.Handle.flush (hd w : Obj) : Out Obj
@[extern "c"] opaque IO.getNumHeartbeats (w : Obj) : Nat
@[extern "c"] opaque ST.Prim.Ref.get (s t : Obj) (r w : Obj) : StateHead
@[extern "c"] opaque ST.Prim.Ref.set (s t : Obj) (r x w : Obj) : Obj
@[extern "c"] opaque ST.Prim.Ref.swap (s t : Obj) (r x w : Obj) : Obj
@[extern "c"] opaque ST.Prim.mkRef (s t : Obj) (x : Running) (w : Obj) : Obj
@[extern "c"] opaque ST.Prim.Ref.modifyGetUnsafe (s t u : Obj) (r : Obj) (f : Running → Swap) (w : Obj) : Running
@[extern "c"] opaque BaseIO.asTask (α : Obj) (act : Obj → Obj) (priority : Nat) (w : Obj) : Obj
@[extern "c"] opaque IO.CancelToken.new (w : Obj) : Obj
@[extern "c"] opaque IO.CancelToken.set (token w : Obj) : Obj
@[extern "c"] opaque String.splitOn (s sep : String) : List String
@[extern "c"] opaque String.intercalate (s : String) (xs : List String) : String
@[extern "c"] opaque String.toNat! (s : String) : Nat
@[extern "c"] opaque String.append (s t : String) : String
@[extern "c"] opaque String.decEq (s t : String) : Bool
@[extern "c"] opaque Nat.reprFast (n : Nat) : String
@[extern "c"] opaque Lean.Name.beq (a b : Lean.Name) : Bool
@[extern "c"] opaque Lean.Name.str._override (p : Lean.Name) (s : String) : Lean.Name
@[extern "c"] opaque Lean.Name.getPrefix (a : Lean.Name) : Lean.Name
@[extern "c"] opaque Lean.Json.parse (s : String) : ExceptO
@[extern "c"] opaque Lean.Json.getObjVal? (j : Obj) (k : String) : ExceptO
@[extern "c"] opaque Lean.Json.getStr? (j : Obj) : ExceptS
@[extern "c"] opaque Lean.Json.getNat? (j : Obj) : ExceptN
@[extern "c"] opaque Lean.Json.getArrVal? (j : Obj) (i : Nat) : ExceptO
@[extern "c"] opaque Lean.Json.renderString (s acc : String) : String
@[extern "c"] opaque Lean.FileMap.ofString (s : String) : Obj
@[extern "c"] opaque Lean.Parser.InputContext.mk (input file : String) (endPos : Nat) (valid : Obj) (fileMap : Obj) : Obj
@[extern "c"] opaque Lean.Parser.parseCommand (input : Obj) (m : ModuleContext) (s : ModuleParserState) (log : Obj) : Parsed
@[extern "c"] opaque Lean.Parser.isTerminalCommand (s : Stx) : Bool
@[extern "c"] opaque Lean.Parser.runParserCategory (env : Obj) (cat : Lean.Name) (input file : String) : ExceptStx
@[extern "c"] opaque Lean.Syntax.rewriteBottomUp (f : Stx → Stx) (s : Stx) : Stx
@[extern "c"] opaque Lean.Syntax.find? (s : Stx) (p : Stx → Bool) : MaybeStx
@[extern "c"] opaque Lean.Syntax.setArg (s : Stx) (i : Nat) (x : Stx) : Stx
@[extern "c"] opaque Lean.Syntax.getArg (s : Stx) (i : Nat) : Stx
@[extern "c"] opaque Lean.Syntax.setKind (s : Stx) (k : Lean.Name) : Stx
@[extern "c"] opaque Lean.enableInitializersExecution (w : Obj) : Out Obj
@[extern "c"] opaque Lean.importModules (imports : Array Import) (opts : Obj) (trust : Nat) (plugins : Array Obj) (leak exts : Bool) (level arts w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Command.mkState (env log opts : Obj) : Obj
@[extern "c"] opaque Lean.MessageLog.empty : Obj
@[extern "c"] opaque Lean.Elab.Command.elabCommand (stx : Stx) (ctx ref w : Obj) : Out Obj
abbrev Lean.Elab.Command.CommandElab := Stx → Obj → Obj → Obj → Out Obj
abbrev Lean.Elab.Tactic.Tactic := Stx → TacticContext → Obj → Obj → Obj → Obj → Obj → CoreContext → Obj → Obj → Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.tacticElabAttribute : Obj
@[extern "c"] opaque Lean.KeyedDeclsAttribute.addBuiltin (γ : Obj) (attr : Obj) (key decl : Lean.Name) (value : Lean.Elab.Tactic.Tactic) (w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.evalTactic (stx : Stx) (a : TacticContext) (b c d e f : Obj) (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.saveState (a : TacticContext) (b c d e f : Obj) (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.SavedState.restore (s : Obj) (restoreInfo : Bool) (a : TacticContext) (b c d e f : Obj) (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Tactic.getUnsolvedGoals (a : TacticContext) (b c d e f : Obj) (g : CoreContext) (h w : Obj) : Out (List Obj)
@[extern "c"] opaque Lean.Elab.Tactic.setGoals (goals : List Obj) (a : TacticContext) (b c d e f : Obj) (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Elab.Term.synthesizeSyntheticMVarsNoPostponing (ignoreStuckTC : Bool) (c d e f : Obj) (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.MVarId.getType (m e f : Obj) (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Meta.isProp (x e f : Obj) (g : CoreContext) (h w : Obj) : Out Bool
@[extern "c"] opaque Lean.Elab.admitGoal (m : Obj) (synthetic : Bool) (e f : Obj) (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Meta.ppGoal (m e f : Obj) (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Std.Format.pretty (x : Obj) (width indent column : Nat) : String
@[extern "c"] opaque Lean.Exception.toMessageData (e : Obj) : Obj
@[extern "c"] opaque Lean.Exception.isRuntime (e : Obj) : Bool
@[extern "c"] opaque Lean.Exception.isInterrupt (e : Obj) : Bool
@[extern "c"] opaque Lean.MessageData.toString (m w : Obj) : String
@[extern "c"] opaque Lean.Core.getMessageLog (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.Core.resetMessageLog (g : CoreContext) (h w : Obj) : Out Obj
@[extern "c"] opaque Lean.MessageLog.hasErrors (log : Obj) : Bool
@[extern "c"] opaque Lean.MessageLog.toList (log : Obj) : List Obj
@[extern "c"] opaque Lean.Message.toString (m : Obj) (includeEndPos : Bool) (w : Obj) : String
@[extern "c"] opaque Lean.Options.setBool (o : Obj) (k : Lean.Name) (v : Bool) : Obj
@[extern "c"] opaque Lean.KVMap.instValueNat : Obj
@[extern "c"] opaque Lean.Options.set (α inst : Obj) (o : Obj) (k : Lean.Name) (v : Nat) : Obj

instance : Append String := ⟨String.append⟩
namespace Aitp

/-! ## Requests and answers -/

def quoted (s : String) : String := Lean.Json.renderString s ""
def field (j : Obj) (k : String) : Obj :=
  match Lean.Json.getObjVal? j k with
  | .ok v => v
  | .error _ => default
def text (j : Obj) : String :=
  match Lean.Json.getStr? j with
  | .ok s => s
  | .error _ => ""
def number (j : Obj) : Nat :=
  match Lean.Json.getNat? j with
  | .ok n => n
  | .error _ => 0
partial def itemsFrom (j : Obj) (n : Nat) : List Obj :=
  match Lean.Json.getArrVal? j n with
  | .ok x => .cons x (itemsFrom j n.succ)
  | .error _ => .nil
def items (j : Obj) : List Obj := itemsFrom j 0

structure Wires where
  input : Obj
  output : Obj
  cell : Obj

def write (o : Obj) (s : String) (w : Obj) : Bool :=
  match IO.FS.Handle.putStr o s w with
  | .error _ => false
  | .ok _ => match IO.FS.Handle.flush o w with
    | .ok _ => true
    | .error _ => false
/-- One answer: what it says besides the number of the request. -/
def answer (k : Wires) (id : Nat) (status rest : String) (w : Obj) : Bool :=
  write k.output ("{\"id\":" ++ (Nat.reprFast id ++ (",\"status\":" ++ (quoted status ++ (rest ++ "}\n"))))) w
def said (messages : List String) : String := ",\"messages\":[" ++ (",".intercalate messages ++ "]")
def one (message : String) : List String := .cons (quoted message) .nil
def logged (log w : Obj) : List String := each (Lean.MessageLog.toList log)
where
  each : List Obj → List String
    | .nil => .nil
    | .cons m ms => .cons (quoted (Lean.Message.toString m false w)) (each ms)
def thrownText (x w : Obj) : List String := one (Lean.MessageData.toString (Lean.Exception.toMessageData x) w)

/-! ## Tactics -/

/-- The arguments of a tactic but its syntax, and the contexts for the two prints of a goal. -/
structure Ctx where
  a : TacticContext
  b : Obj
  c : Obj
  d : Obj
  e : Obj
  f : Obj
  g : CoreContext
  whole : CoreContext
  exact : CoreContext
  h : Obj
  w : Obj

def pretty (k : Ctx) (g : CoreContext) (m : Obj) : String :=
  match Lean.Meta.ppGoal m k.e k.f g k.h k.w with
  | .ok x => quoted (Std.Format.pretty x 120 0 0)
  | .error _ => "null"
def goal (k : Ctx) (m : Obj) : String := "[" ++ (pretty k k.whole m ++ ("," ++ (pretty k k.exact m ++ "]")))
def goals (k : Ctx) (ms : List Obj) : String := ",\"goals\":[" ++ (",".intercalate (each ms) ++ "]")
where
  each : List Obj → List String
    | .nil => .nil
    | .cons m ms => .cons (goal k m) (each ms)

/-- Elements at these places, which ascend. -/
def pick : List Obj → Nat → List Obj → List Obj
  | .nil, _, _ => .nil
  | _, _, .nil => .nil
  | .cons p ps, n, .cons x xs => match Nat.beq (number p) n with
    | true => .cons x (pick ps n.succ xs)
    | false => pick (.cons p ps) n.succ xs

/-- Whether syntax is a node of this kind. -/
def isKind (kind : Lean.Name) : Stx → Bool
  | .node _ k _ => Lean.Name.beq k kind
  | _ => false
/-- A tactic in parentheses, which ends where the text does. -/
def parse (k : Ctx) (text : String) : ExceptStx :=
  match ST.Prim.Ref.get default default k.h k.w with
  | ⟨env, _, _, _⟩ => match Lean.Parser.runParserCategory env (.mkStr1 "tactic") text "" with
    | .error x => .error x
    | .ok stx => match isKind (.mkStr4 "Lean" "Parser" "Tactic" "paren") stx with
      | true => .ok stx
      | false => .error "the tactic does not end where its text does"

/-- Restores a state and leaves the goals at these places; whether that went well. -/
def restoreTo (k : Ctx) (state : Obj) (places : List Obj) : Bool :=
  match Lean.Elab.Tactic.SavedState.restore state true k.a k.b k.c k.d k.e k.f k.g k.h k.w with
  | .error _ => false
  | .ok _ => match Lean.Core.resetMessageLog k.g k.h k.w with
    | .error _ => false
    | .ok _ => match Lean.Elab.Tactic.getUnsolvedGoals k.a k.b k.c k.d k.e k.f k.g k.h k.w with
      | .error _ => false
      | .ok gs => match Lean.Elab.Tactic.setGoals (pick places 0 gs) k.a k.b k.c k.d k.e k.f k.g k.h k.w with
        | .error _ => false
        | .ok _ => true

/-- What became of a request: the states or scopes there are now, and what to answer. -/
structure Done where
  states : Array Obj
  status : String
  rest : String
instance : Inhabited Done := ⟨default, "", ""⟩

def thrown (k : Ctx) (states : Array Obj) (x : Obj) : Done :=
  match Lean.Core.getMessageLog k.g k.h k.w with
  | .error _ => ⟨states, "lost", ""⟩
  | .ok log => match Lean.MessageLog.hasErrors log with
    | true => ⟨states, "logged", said (logged log k.w)⟩
    | false =>
      ⟨states, cond (Lean.Exception.isRuntime x) "exhausted" (cond (Lean.Exception.isInterrupt x) "interrupted" "error"),
        said (thrownText x k.w)⟩

/-- What the tactic that was just run left, saved under a new id. -/
def keep (k : Ctx) (states : Array Obj) : Done :=
  match Lean.Core.getMessageLog k.g k.h k.w with
  | .error x => thrown k states x
  | .ok log => match Lean.MessageLog.hasErrors log with
    | true => ⟨states, "logged", said (logged log k.w)⟩
    | false => match Lean.Elab.Tactic.getUnsolvedGoals k.a k.b k.c k.d k.e k.f k.g k.h k.w with
      | .error x => thrown k states x
      | .ok gs => match Lean.Elab.Tactic.saveState k.a k.b k.c k.d k.e k.f k.g k.h k.w with
        | .error x => thrown k states x
        | .ok s => ⟨states.push default s, "ok", ",\"state\":" ++ (Nat.reprFast (states.size default) ++ goals k gs)⟩

def run (k : Ctx) (states : Array Obj) (state : Obj) (places : List Obj) (text : String) : Done :=
  match restoreTo k state places with
  | false => ⟨states, "lost", ""⟩
  | true => match parse k text with
    | .error s => ⟨states, "parse", said (one s)⟩
    | .ok stx => match Lean.Elab.Tactic.evalTactic stx k.a k.b k.c k.d k.e k.f k.g k.h k.w with
      | .error x => thrown k states x
      | .ok _ => match Lean.Elab.Term.synthesizeSyntheticMVarsNoPostponing false k.c k.d k.e k.f k.g k.h k.w with
        | .error x => thrown k states x
        | .ok _ => keep k states

def withToken (g : CoreContext) (token : Obj) : CoreContext := { g with base := { g.base with cancelTk := .some token } }
/-- The contexts of one candidate: its limit of heartbeats, and its token, which stops prints too. -/
def limited (k : Ctx) (limit now : Nat) (token : Obj) : Ctx :=
  let g := withToken k.g token
  { k with
    g := { g with base := { g.base with initHeartbeats := now, maxHeartbeats := limit } }
    whole := withToken k.whole token
    exact := withToken k.exact token }

/-- Puts a candidate under way, unless its interrupt came before it. -/
def tryOne (wires : Wires) (k : Ctx) (states : Array Obj) (j : Obj) (id : Nat) : Done :=
  let token := IO.CancelToken.new (.a id 0)
  match ST.Prim.Ref.modifyGetUnsafe default default default wires.cell (fun r => ⟨r, ⟨id, r.stopped, token⟩⟩) (.a id 1) with
  | ⟨_, stopped, _⟩ => match Nat.beq stopped id with
    | true => ⟨states, "interrupted", ""⟩
    | false =>
      run (limited k (number (field j "heartbeats") * 1000) (IO.getNumHeartbeats (.a id 2)) token) states
        (states.get!Internal default default (number (field j "state"))) (items (field j "goals")) (text (field j "tactic"))

def dropAll : List Obj → Array Obj → Array Obj
  | .nil, states => states
  | .cons i is, states => dropAll is (states.set! default (number i) default)

/-- Serves one theorem, until it is closed. -/
partial def steps (wires : Wires) (k : Ctx) (states : Array Obj) (turn : Nat) : Out Obj :=
  match IO.FS.Handle.getLine wires.input (.a turn turn) with
  | .error x => .ok x
  | .ok l => match Lean.Json.parse l with
    | .error _ => .ok default
    | .ok j => match String.decEq (text (field j "op")) "try" with
      | false => match answer wires (number (field j "id")) "ok" "" (.b turn turn) with
        | true => .ok default
        | false => .ok .leaf
      | true => match tryOne wires k (dropAll (items (field j "drop")) states) j (number (field j "id")) with
        | ⟨states, status, rest⟩ => match answer wires (number (field j "id")) status rest (.b turn turn) with
          | true => steps wires k states turn.succ
          | false => .ok default

/-- Options for a print that leaves nothing out. -/
def whole (o : Obj) : Obj :=
  Lean.Options.set default Lean.KVMap.instValueNat
    (Lean.Options.setBool (Lean.Options.setBool o (.mkStr2 "pp" "proofs") true) (.mkStr2 "pp" "deepTerms") true)
    (.mkStr2 "pp" "maxSteps") 1000000
/-- For prints: no limit of the statement's, and no token. -/
def withOptions (g : CoreContext) (o : Obj) : CoreContext :=
  { g with base := { g.base with options := o, maxHeartbeats := 0, cancelTk := .none } }

/-- The number of the request under way: set it, and say what it was. -/
def underWay (wires : Wires) (number : Nat) (w : Obj) : Nat :=
  match ST.Prim.Ref.modifyGetUnsafe default default default wires.cell (fun r => ⟨r, ⟨number, r.stopped, r.token⟩⟩) w with
  | ⟨before, _, _⟩ => before

/-- Whether there was no error yet and what is to be proved is one proposition. -/
def proper (k : Ctx) : List Obj → Bool
  | .cons m .nil => match Lean.Core.getMessageLog k.g k.h k.w with
    | .error _ => false
    | .ok log => match Lean.MessageLog.hasErrors log with
      | true => false
      | false => match Lean.MVarId.getType m k.e k.f k.g k.h k.w with
        | .error _ => false
        | .ok type => match Lean.Meta.isProp type k.e k.f k.g k.h k.w with
          | .error _ => false
          | .ok p => p
  | _ => false
/-- Lets goals go. -/
def admit (k : Ctx) : List Obj → Out Obj
  | .nil => .ok default
  | .cons m ms => match Lean.Elab.admitGoal m true k.e k.f k.g k.h k.w with
    | .error x => .error x
    | .ok _ => admit k ms

/-- The tactic that stands for the proof of a theorem that is open. -/
def step (wires : Wires) : Lean.Elab.Tactic.Tactic := fun _ a b c d e f g h w =>
  let all := whole g.base.options
  let k : Ctx := ⟨{ a with recover := false }, b, c, d, e, f, g, withOptions g all,
    withOptions g (Lean.Options.setBool all (.mkStr2 "pp" "all") true), h, w⟩
  match Lean.Elab.Tactic.getUnsolvedGoals a b c d e f g h w with
  | .error x => .error x
  | .ok gs => match proper k gs with
    -- The theorem is let go, and what is wrong with it is among Lean's messages.
    | false => admit k gs
    | true => match Lean.Elab.Tactic.saveState a b c d e f g h w with
      | .error x => .error x
      | .ok s => match answer wires (underWay wires 0 w) "ok" (",\"state\":0" ++ goals k gs) w with
        | false => .ok default
        | true => steps wires k (Array.push default (Array.mkEmpty default 16) s) 0

/-! ## What stands before a theorem, and the theorem -/

/-- What serves a file: the arguments of the command that serves, and its options. -/
structure Server where
  wires : Wires
  ctx : Obj
  ref : Obj
  options : Obj

def moduleContext (env : Obj) : List Scope → ModuleContext
  | .cons s _ => ⟨env, s.opts, s.currNamespace, s.openDecls⟩
  | .nil => ⟨env, default, default, default⟩
def inputOf (text : String) (bytes : Nat) : Obj :=
  Lean.Parser.InputContext.mk text "" bytes default (Lean.FileMap.ofString text)
def set (k : Server) (state w : Obj) : Obj := ST.Prim.Ref.set default default k.ref state w
def parseNext (k : Server) (input : Obj) (s : ModuleParserState) (w : Obj) : Parsed :=
  match ST.Prim.Ref.get default default k.ref w with
  | ⟨env, _, scopes, _⟩ => Lean.Parser.parseCommand input (moduleContext env scopes) s Lean.MessageLog.empty
def log (k : Server) (w : Obj) : Obj :=
  match ST.Prim.Ref.get default default k.ref w with
  | ⟨_, log, _, _⟩ => log
def at_ (n : Nat) (messages : List String) : String := ",\"at\":" ++ (Nat.reprFast n ++ said messages)

/-- Runs all commands of a text; empty, or what is wrong with one and where it begins. -/
partial def commands (k : Server) (input : Obj) (s : ModuleParserState) : String :=
  match parseNext k input s (.a s.pos 0) with
  | ⟨stx, ⟨next, log₁⟩⟩ => match Lean.MessageLog.hasErrors log₁ with
    | true => at_ s.pos (logged log₁ default)
    | false => match Lean.Parser.isTerminalCommand stx with
      | true => ""
      | false => match Lean.Elab.Command.elabCommand stx k.ctx k.ref (.a s.pos 1) with
        | .error x => at_ s.pos (thrownText x default)
        | .ok done => match log k (.a next.pos 2) with
          | log₂ => match Lean.MessageLog.hasErrors log₂ with
            | true => at_ s.pos (logged log₂ done)
            | false => commands k input next

def kind (k : String) : Lean.Name := .mkStr4 "Lean" "Parser" "Command" k
def isTheorem (s : Stx) : Bool := cond (isKind (kind "theorem") s) true (isKind (.mkStr1 "lemma") s)
/-- The last component of a declaration's name replaced. -/
def rename (name : String) (s : Stx) : Stx :=
  match Lean.Syntax.getArg s 0 with
  | .ident info raw val _ => Lean.Syntax.setArg s 0 (.ident info raw (Lean.Name.str._override (Lean.Name.getPrefix val) name) default)
  | _ => s
/-- The kind of the node that stands for an open proof. No parser has it, so that no text can say it. -/
def stepKind : Lean.Name := .mkStr2 "Aitp" "step"
/-- A declaration under an unguessable name, which no candidate can cite, with the step where its `skip` was. -/
def opened (name : String) : Stx → Stx := Lean.Syntax.rewriteBottomUp fun s =>
  match isKind (kind "declId") s with
  | true => rename name s
  | false => match isKind (kind "declValSimple") s with
    | true => Lean.Syntax.rewriteBottomUp (fun t =>
        match isKind (.mkStr4 "Lean" "Parser" "Tactic" "skip") t with
        | true => Lean.Syntax.setKind t stepKind
        | false => t) s
    | false => s

/-- Opens a theorem and serves it; empty once it was closed, or what is wrong with the statement. -/
def theorem_ (k : Server) (id : Nat) (text name : String) (bytes : Nat) : String :=
  match parseNext k (inputOf text bytes) ⟨0, false⟩ (.a id 0) with
  | ⟨stx, ⟨next, log₁⟩⟩ => match Lean.MessageLog.hasErrors log₁ with
    | true => at_ 0 (logged log₁ default)
    | false => match Nat.ble bytes next.pos with
      | false => at_ next.pos (one "expected one declaration, found more after it")
      | true => match Lean.Syntax.find? stx isTheorem with
        | .none => at_ 0 (one "expected a theorem")
        | .some _ => match underWay k.wires id (.a id 1) with
          | before => match Lean.Elab.Command.elabCommand (opened name stx) k.ctx k.ref (.a id before) with
            | .error x => at_ 0 (thrownText x default)
            | .ok done => match Nat.beq (underWay k.wires 0 (.b id 1)) id with
              | true => at_ 0 (logged (log k (.a id 3)) done)
              | false => ""

/-- What stands at a place of the file that is served: a state of the command elaborator. -/
def scope (k : Server) (scopes : Array Obj) (id : Nat) (wrong : String) : Done :=
  match String.decEq wrong "" with
  | false => ⟨scopes, "wrong", wrong⟩
  | true => match ST.Prim.Ref.swap default default k.ref default (.b id 4) with
    | state => ⟨scopes.push default state, "ok", ",\"scope\":" ++ Nat.reprFast (scopes.size default)⟩

/-- The library, with the options of the command line; there is nothing else to import. -/
def library (k : Server) (header : String) (w : Obj) : Out Obj :=
  match String.decEq header "" with
  | false => .error default
  | true => Lean.importModules (Array.mkArray1 default ⟨.mkStr1 "Init", false, true, false⟩) k.options 0
      (Array.mkEmpty default 0) false true .two .leaf w
def request (k : Server) (scopes : Array Obj) (id : Nat) (j : Obj) : Done :=
  match String.decEq (text (field j "op")) "header" with
  | true => match library k (text (field j "text")) (.a id 6) with
    | .error _ => ⟨scopes, "wrong", at_ 0 (one "the embedded engine has one library, which needs no import")⟩
    | .ok env => match set k (Lean.Elab.Command.mkState env Lean.MessageLog.empty k.options) (.a id 5) with
      | .nothing => scope k scopes id ""
      | _ => ⟨scopes, "lost", ""⟩
  | false => match set k (scopes.get!Internal default default (number (field j "scope"))) (.b id 5) with
    | .nothing => match String.decEq (text (field j "op")) "commands" with
      | true => scope k scopes id (commands k (inputOf (text (field j "text")) (number (field j "bytes"))) ⟨0, false⟩)
      | false => match theorem_ k id (text (field j "text")) (text (field j "name")) (number (field j "bytes")) with
        | wrong => match String.decEq wrong "" with
          | true => ⟨scopes, "", ""⟩
          | false => ⟨scopes, "wrong", wrong⟩
    | _ => ⟨scopes, "lost", ""⟩

/-- Serves until the other side is gone. -/
partial def loop (k : Server) (scopes : Array Obj) (turn : Nat) : Out Obj :=
  match IO.FS.Handle.getLine k.wires.input (.a turn turn) with
  | .error _ => .ok default
  | .ok l => match Lean.Json.parse l with
    | .error _ => .ok default
    | .ok j => match request k scopes (number (field j "id")) j with
      | ⟨scopes, status, rest⟩ => match String.decEq status "" with
        | true => loop k scopes turn.succ
        | false => match answer k.wires (number (field j "id")) status rest (.b turn turn) with
          | true => loop k scopes turn.succ
          | false => .ok default

/-- Reads interrupts, in a thread of its own. -/
partial def listen (stops cell : Obj) (turn : Nat) (w : Obj) : Obj :=
  match IO.FS.Handle.getLine stops (.a turn turn) with
  | .error x => x
  | .ok l => match String.decEq l "" with
    | true => w
    | false => let n := String.toNat! (firstLine (l.splitOn "\n"))
      match ST.Prim.Ref.modifyGetUnsafe default default default cell (fun r => ⟨r, ⟨r.number, n, r.token⟩⟩) (.b turn turn) with
      | ⟨number, _, token⟩ => match Nat.beq number n with
        | false => listen stops cell turn.succ w
        | true => match IO.CancelToken.set token (.b n turn) with
          | .nothing => listen stops cell turn.succ w
          | x => x
where
  firstLine : List String → String
    | .cons x _ => x
    | .nil => ""

end Aitp

open Lean ParserDescr in
@[command_parser] def aitpServe : ParserDescr := .node (.mkStr1 "aitpServe") 1024 (.symbol "aitp_serve")

def Aitp.optionsOf : List Scope → Obj
  | .cons s _ => s.opts
  | .nil => default

/-- Answers the first request, which says where interrupts come from, and serves. -/
def Aitp.started (k : Aitp.Server) (j w : Obj) : Out Obj :=
  match IO.FS.Handle.mk (Aitp.text (Aitp.field j "stops")) .read w with
  | .error _ => .ok default
  | .ok stops =>
    match Lean.KeyedDeclsAttribute.addBuiltin default Lean.Elab.Tactic.tacticElabAttribute Aitp.stepKind Aitp.stepKind
        (Aitp.step k.wires) w with
    | .error _ => .ok default
    | .ok _ => match Lean.enableInitializersExecution w with
      | .error _ => .ok default
      | .ok _ => match Aitp.answer k.wires (Aitp.number (Aitp.field j "id")) "ok" "" w with
        | false => .ok default
        -- The task is passed on, or the compiler would leave it out. 9: a thread to itself.
        | true => Aitp.loop k (Array.push default (Array.mkEmpty default 16)
            (BaseIO.asTask default (Aitp.listen stops k.wires.cell 0) 9 w)) 0

@[command_elab aitpServe] def Aitp.serve : Lean.Elab.Command.CommandElab := fun _ ctx ref w =>
  match IO.FS.Handle.mk "/dev/fd/3" .read w with
  | .error _ => .ok default
  | .ok i => match IO.FS.Handle.mk "/dev/fd/4" .append w with
    | .error _ => .ok default
    | .ok o => match ST.Prim.Ref.get default default ref w with
      | ⟨_, _, scopes, _⟩ => match IO.FS.Handle.getLine i w with
        | .error _ => .ok default
        | .ok l => match Lean.Json.parse l with
          | .error _ => .ok default
          | .ok j => Aitp.started ⟨⟨i, o, ST.Prim.mkRef default default ⟨0, 0, default⟩ w⟩, ctx, ref, Aitp.optionsOf scopes⟩ j w

/-
The stepper for a full Lean (4.20 and later): proof states stay where they were made, and each tactic starts from one.

`lean -o AitpStepper.olean AitpStepper.lean` compiles it, once for a toolchain. A file of the lines `import AitpStepper`
and `aitp_serve`, run with `-DElab.async=false -Dlinter.all=false`, then serves requests: JSON objects, one a line, on
descriptor 3, each with a number `id`. The answers, which repeat it, go to descriptor 4.

    hello     stops                                 opens the pipes; `stops` brings numbers of requests to interrupt
    header    text                                  a scope: what stands after this header
    commands  scope text                            a scope: what stands after these commands
    theorem   scope text name                       opens a theorem; its state 0 has the goals
    try       state goals tactic heartbeats drop    a tactic, on goals of a state of the open theorem; forgets states
    close                                           closes the theorem, which stays unproved

The status of an answer is `ok`; or `wrong` for a text, `at` the byte where the guilty command begins; or `parse`,
`error`, `logged`, `exhausted`, `unproved` for a tactic; or `interrupted`; or `lost`: there is no such scope or state.

Texts are elaborated in the environments of their headers, where nothing of this file or of its imports is visible.
-/
import Lean

namespace Aitp
open Lean Elab Tactic

/-! ## Requests and answers -/

def text (request : Json) (key : String) : String := (request.getObjValAs? String key).toOption.getD ""
def number (request : Json) (key : String) : Nat := (request.getObjValAs? Nat key).toOption.getD 0
def numbers (request : Json) (key : String) : Array Nat := (request.getObjValAs? (Array Nat) key).toOption.getD #[]

/-- The request under way (0: none), what interrupts it, and the last request that was to be interrupted. -/
structure Running where
  number : Nat
  stopped : Nat
  token : IO.CancelToken

structure Wires where
  input : IO.FS.Handle
  output : IO.FS.Handle
  running : IO.Ref Running
  /-- The request that opens a theorem, until its proof is reached. -/
  opening : IO.Ref (Option Nat)

/-- The next request. Where none can come any more, the process ends. -/
def Wires.next (w : Wires) : IO Json := do
  let line ← w.input.getLine
  match Json.parse line with
  | .ok request => return request
  | .error _ => IO.Process.exit 0

/-- Puts a request under way. Its interrupt may have come before it. -/
def Wires.start (w : Wires) (number : Nat) : IO IO.CancelToken := do
  let token ← IO.CancelToken.new
  let stopped ← w.running.modifyGet fun r => (r.stopped, { r with number, token })
  if stopped == number then token.set
  return token

/-- Answers a request, which from then on cannot be interrupted. -/
def Wires.answer (w : Wires) (id : Nat) (status : String) (fields : List (String × Json)) : IO Unit := do
  w.running.modify fun r => { r with number := 0 }
  let answer := Json.mkObj (("id", toJson id) :: ("status", Json.str status) :: fields)
  w.output.putStr (answer.compress ++ "\n")
  w.output.flush

/-- Reads interrupts, in a thread of its own. Each request has a token to itself, so a late one does no harm. -/
partial def listen (stops : IO.FS.Handle) (running : IO.Ref Running) : IO Unit := do
  let line ← stops.getLine
  if let some stopped := (line.splitOn "\n").head!.toNat? then
    let now ← running.modifyGet fun r => (r, { r with stopped })
    if now.number == stopped then now.token.set
    listen stops running

/-- What Lean says, each message with its place and how bad it is. -/
def messages (log : MessageLog) : IO (Array Json) := do
  let mut texts : Array Json := #[]
  for message in log.toList do
    texts := texts.push (Json.str (← message.toString))
  return texts

/-! ## Tactics -/

/-- Monads where all that is thrown can be caught; `try` lets interrupts and exhausted limits pass. -/
class CatchAll (m : Type → Type) where
  caught {α : Type} : m α → m (Except Exception α)

instance : CatchAll (EIO Exception) where
  caught x := BaseIO.toEIO (EIO.toBaseIO x)
instance {ρ : Type} {m : Type → Type} [CatchAll m] : CatchAll (ReaderT ρ m) where
  caught x := fun r => CatchAll.caught (x r)
instance {ω σ : Type} {m : Type → Type} [CatchAll m] : CatchAll (StateRefT' ω σ m) where
  caught x := fun r => CatchAll.caught (x r)

/-- A goal as people read it, and in full, which tells goals apart. -/
def goalTexts (goal : MVarId) : Meta.MetaM Json := do
  let whole (o : Options) : Options := pp.maxSteps.set (pp.deepTerms.set (pp.proofs.set o true) true) 1000000
  let plain ← withOptions whole (Meta.ppGoal goal)
  let full ← withOptions (fun o => pp.all.set (whole o) true) (Meta.ppGoal goal)
  return Json.arr #[Json.str plain.pretty, Json.str full.pretty]

def goalsJson (goals : List MVarId) : Meta.MetaM Json :=
  return Json.arr (← goals.toArray.mapM goalTexts)

abbrev States := Array (Option Tactic.SavedState)

/-- Tries one candidate and answers. The states, with the one that it leads to if it succeeds. -/
def attempt (w : Wires) (states : States) (request : Json) : TacticM States := do
  let id := number request "id"
  let token ← w.start id
  let refuse (status : String) (messages : Array Json) : TacticM States := do
    w.answer id status [("messages", Json.arr messages)]
    return states
  let some (some state) := states[number request "state"]? | refuse "lost" #[]
  -- Without the information, what editors show of all candidates would pile up.
  state.restore (restoreInfo := true)
  Core.resetMessageLog
  let goals := (← getUnsolvedGoals).toArray
  let chosen := (numbers request "goals").toList.filterMap fun place => goals[place]?
  setGoals chosen
  match Parser.runParserCategory (← getEnv) `tactic (text request "tactic") "" with
  | .error message => refuse "parse" #[Json.str message]
  | .ok stx =>
    -- The text is a tactic in parentheses. Were it more than one, as in `(skip) <;> (skip)`, the kind would be another.
    unless stx.isOfKind `Lean.Parser.Tactic.paren do
      return ← refuse "parse" #[Json.str "the tactic ends before its text does"]
    let now ← IO.getNumHeartbeats
    let limited (c : Core.Context) : Core.Context :=
      { c with
        initHeartbeats := now
        maxHeartbeats := number request "heartbeats" * 1000
        cancelTk? := some token }
    let run : TacticM Unit := withTheReader Core.Context limited do
      withoutRecover do
        evalTactic stx
        Term.synthesizeSyntheticMVarsNoPostponing
    let outcome ← CatchAll.caught run
    let stopped ← token.isSet
    if stopped then return ← refuse "interrupted" #[]
    let log ← Core.getMessageLog
    if let .error thrown := outcome then
      let message ← addMessageContext thrown.toMessageData
      let text ← message.toString
      if thrown.isRuntime then
        return ← refuse "exhausted" #[Json.str text]
      unless log.hasErrors do
        return ← refuse "error" #[Json.str text]
    if log.hasErrors then
      return ← refuse "logged" (← messages log)
    for goal in chosen do
      let proof ← instantiateMVars (Expr.mvar goal)
      if proof.hasSorry then
        return ← refuse "unproved" #[Json.str "the proof has a sorry"]
    let remaining ← getUnsolvedGoals
    let saved ← Tactic.saveState
    -- A print may take long, too.
    let printing : TacticM Json := withTheReader Core.Context (fun c => { c with cancelTk? := some token }) do
      goalsJson remaining
    match ← CatchAll.caught printing with
    | .error thrown =>
      let stopped ← token.isSet
      refuse (if stopped then "interrupted" else "error") #[Json.str (← thrown.toMessageData.toString)]
    | .ok shown =>
      w.answer id "ok" [("state", toJson states.size), ("goals", shown)]
      return states.push (some saved)

/-- Serves candidates until the theorem is closed. -/
partial def candidates (w : Wires) (states : States) : TacticM Unit := do
  let request ← w.next
  if text request "op" == "try" then
    let kept := (numbers request "drop").foldl (fun (kept : States) i => kept.setIfInBounds i none) states
    candidates w (← attempt w kept request)
  else
    w.answer (number request "id") "ok" []

/-- The kind of the node that stands for an open proof. No parser has it, so that no text can say it. -/
def stepKind : Name := `Aitp.step

/-- What elaborates the node: answers the first goals, serves candidates, and leaves the theorem. -/
def step (w : Wires) : Tactic := fun _ => do
  let opening ← w.opening.get
  let some id := opening | throwAbortCommand
  let goals ← getUnsolvedGoals
  let log ← Core.getMessageLog
  let proper ← match goals with
    | [goal] => goal.withContext do Meta.isProp (← goal.getType)
    | _ => pure false
  if log.hasErrors || !proper then
    -- The theorem is let go: what is wrong with it is among Lean's messages.
    for goal in goals do
      admitGoal goal
  else
    w.opening.set none
    -- What is done between candidates has neither the limit of the statement nor its token.
    withTheReader Core.Context (fun c => { c with maxHeartbeats := 0, cancelTk? := none }) do
      let first ← Tactic.saveState
      let shown ← goalsJson goals
      w.answer id "ok" [("state", toJson (0 : Nat)), ("goals", shown)]
      candidates w #[some first]
    throwAbortCommand

/-! ## What stands before a theorem, and the theorem -/

/-- What became of a request outside of theorems. -/
inductive Outcome where
  | lost
  | wrong (place : Nat) (messages : Array Json)
  | scope (state : Command.State)
  | answered

instance : Inhabited Outcome := ⟨.lost⟩

def bytes (input : Parser.InputContext) : Nat := input.fileMap.source.utf8ByteSize

/-- Imports what a header names. -/
def header (options : Options) (input : Parser.InputContext) : IO Outcome := unsafe do
  enableInitializersExecution
  let (header, ended, log) ← Parser.parseHeader input
  if log.hasErrors then return .wrong 0 (← messages log)
  if ended.pos.byteIdx < bytes input then
    return .wrong ended.pos.byteIdx #[Json.str "expected a header, found more after it"]
  let (env, log) ← processHeader header options {} input (leakEnv := true)
  if log.hasErrors then return .wrong 0 (← messages log)
  return .scope (Command.mkState (env.setMainModule `_stdin) {} options)

def parse (input : Parser.InputContext) (state : Command.State) (place : Parser.ModuleParserState) :
    Syntax × Parser.ModuleParserState × MessageLog :=
  let scope := state.scopes.head!
  Parser.parseCommand input
    { env := state.env, options := scope.opts, currNamespace := scope.currNamespace, openDecls := scope.openDecls }
    place {}

/-- The state after a command. Its messages say what was wrong. -/
def elaborate (input : Parser.InputContext) (token : IO.CancelToken) (state : Command.State) (stx : Syntax) :
    IO Command.State := do
  let context : Command.Context :=
    { fileName := input.fileName, fileMap := input.fileMap, snap? := none, cancelTk? := some token }
  let clean := { state with messages := {}, infoState := {}, traceState := {}, snapshotTasks := #[] }
  let command := Command.withLoggingExceptions (Command.elabCommandTopLevel stx)
  let (_, after) ← EIO.toIO (fun _ => IO.userError "this command never throws") ((command context).run clean)
  return after

/-- Runs the commands of a text from a place on. -/
partial def commands (input : Parser.InputContext) (token : IO.CancelToken) (state : Command.State)
    (place : Parser.ModuleParserState) : IO Outcome := do
  let (stx, ended, log) := parse input state place
  if log.hasErrors then return .wrong place.pos.byteIdx (← messages log)
  if Parser.isTerminalCommand stx then return .scope state
  let after ← elaborate input token state stx
  let stopped ← token.isSet
  if stopped || after.messages.hasErrors then
    return .wrong place.pos.byteIdx (← messages after.messages)
  commands input token after ended

/-- A declaration under an unguessable name, which no candidate can cite, with the step where its `skip` was. -/
def opened (name : String) (declaration : Syntax) : Syntax := declaration.rewriteBottomUp fun stx =>
  if stx.isOfKind `Lean.Parser.Command.declId then
    match stx.getArg 0 with
    | .ident info raw old _ => stx.setArg 0 (.ident info raw (.str old.getPrefix name) [])
    | _ => stx
  else if stx.isOfKind `Lean.Parser.Command.declValSimple then
    stx.rewriteBottomUp fun
      | .node info kind args => .node info (if kind == `Lean.Parser.Tactic.skip then stepKind else kind) args
      | leaf => leaf
  else
    stx

/-- Opens the theorem of a text that ends in ` := by skip`, and serves it. `lemma` is Mathlib's. -/
def prove (w : Wires) (id : Nat) (input : Parser.InputContext) (token : IO.CancelToken) (state : Command.State)
    (name : String) : IO Outcome := do
  let (stx, ended, log) := parse input state {}
  if log.hasErrors then return .wrong 0 (← messages log)
  if ended.pos.byteIdx < bytes input then
    return .wrong ended.pos.byteIdx #[Json.str "expected one declaration, found more after it"]
  let isTheorem (s : Syntax) : Bool := s.isOfKind `Lean.Parser.Command.«theorem» || s.isOfKind `lemma
  unless (stx.find? isTheorem).isSome do
    return .wrong 0 #[Json.str "expected a theorem"]
  w.opening.set (some id)
  let after ← elaborate input token state (opened name stx)
  let opening ← w.opening.get
  if opening.isNone then return .answered
  return .wrong 0 (← messages after.messages)

partial def requests (w : Wires) (options : Options) (scopes : Array Command.State) : IO Unit := do
  let request ← w.next
  let id := number request "id"
  let token ← w.start id
  let input := Parser.mkInputContext (text request "text") ""
  let outcome ← match text request "op", scopes[number request "scope"]? with
    | "header", _ => header options input
    | "commands", some state => commands input token state {}
    | "theorem", some state => prove w id input token state (text request "name")
    | _, _ => pure Outcome.lost
  match outcome with
  | .lost => w.answer id "lost" []
  | .answered => pure ()
  | .scope _ => w.answer id "ok" [("scope", toJson scopes.size)]
  | .wrong place texts =>
    let stopped ← token.isSet
    w.answer id (if stopped then "interrupted" else "wrong") [("at", toJson place), ("messages", Json.arr texts)]
  requests w options (if let .scope state := outcome then scopes.push state else scopes)

/-- Serves until the other side is gone. -/
def serve (options : Options) : IO Unit := do
  let input ← IO.FS.Handle.mk "/dev/fd/3" .read
  let output ← IO.FS.Handle.mk "/dev/fd/4" .append
  let token ← IO.CancelToken.new
  let running ← IO.mkRef ({ number := 0, stopped := 0, token } : Running)
  let opening ← IO.mkRef (none : Option Nat)
  let w : Wires := { input, output, running, opening }
  let hello ← w.next
  let stops ← IO.FS.Handle.mk (text hello "stops") .read
  discard <| IO.asTask (prio := .dedicated) (listen stops running)
  -- Before the first import: an environment takes over the built-in elaborators that there are when it is made.
  KeyedDeclsAttribute.addBuiltin tacticElabAttribute stepKind stepKind (step w)
  w.answer (number hello "id") "ok" []
  requests w options #[]

elab "aitp_serve" : command => do
  serve (← getOptions)

end Aitp

/-
Checks declarations with the kernel, on top of imported modules, and tells which axioms they rest on.

`lean --run replay.lean FILE MODULE…`, where FILE has lines as in `declarations.py`. Nothing of a candidate runs or is
loaded here: its terms are built anew from the lines, and what is imported is the library's alone. Extensions of the
environment are not loaded, so no initializer runs either.

It prints `axiom NAME MODULE` for each axiom that the imported constants asked for rest on, and the module that declares
it, names as `encoded` writes them; and last `accepted`, or
`refused NUMBER REASON` for the first declaration that the kernel does not take.
-/
import Lean

open Lean

/-- What the lines have made so far; they call it by number. -/
structure Made where
  names : Array Name := #[.anonymous]
  levels : Array Level := #[.zero]
  exprs : Array Expr := #[]

def wrongLine {α : Type} (line : String) : IO α :=
  throw (IO.userError s!"cannot read the line {line}")

def number (word : String) : IO Nat :=
  match word.toNat? with
  | some n => pure n
  | none => wrongLine word

namespace Made

def name (made : Made) (word : String) : IO Name := do
  match made.names[(← number word)]? with
  | some found => pure found
  | none => wrongLine word

def level (made : Made) (word : String) : IO Level := do
  match made.levels[(← number word)]? with
  | some found => pure found
  | none => wrongLine word

def expr (made : Made) (word : String) : IO Expr := do
  match made.exprs[(← number word)]? with
  | some found => pure found
  | none => wrongLine word

end Made

def hexDigit (c : Char) : Nat :=
  if c.isDigit then c.toNat - '0'.toNat else c.toNat - 'a'.toNat + 10

def hexBytes : List Char → ByteArray → ByteArray
  | high :: low :: rest, bytes => hexBytes rest (bytes.push (hexDigit high * 16 + hexDigit low).toUInt8)
  | _, bytes => bytes

def text (word : String) : IO String :=
  if word == "-" then
    pure ""
  else
    match String.fromUTF8? (hexBytes word.toList ByteArray.empty) with
    | some found => pure found
    | none => wrongLine word

/-- A line that makes a name, a level or an expression. -/
def makeTerm (made : Made) (line : String) : IO Made := do
  let pushName (n : Name) : IO Made := pure { made with names := made.names.push n }
  let pushLevel (l : Level) : IO Made := pure { made with levels := made.levels.push l }
  let pushExpr (e : Expr) : IO Made := pure { made with exprs := made.exprs.push e }
  match line.splitOn " " with
  | ["ns", p, s] => pushName (.str (← made.name p) (← text s))
  | ["nn", p, i] => pushName (.num (← made.name p) (← number i))
  | ["ls", a] => pushLevel (.succ (← made.level a))
  | ["lm", a, b] => pushLevel (.max (← made.level a) (← made.level b))
  | ["li", a, b] => pushLevel (.imax (← made.level a) (← made.level b))
  | ["lp", n] => pushLevel (.param (← made.name n))
  | ["eb", i] => pushExpr (.bvar (← number i))
  | ["es", l] => pushExpr (.sort (← made.level l))
  | "ec" :: n :: ls => pushExpr (.const (← made.name n) (← ls.mapM made.level))
  | ["ea", f, a] => pushExpr (.app (← made.expr f) (← made.expr a))
  | ["el", t, b] => pushExpr (.lam .anonymous (← made.expr t) (← made.expr b) .default)
  | ["ep", t, b] => pushExpr (.forallE .anonymous (← made.expr t) (← made.expr b) .default)
  | ["ez", t, v, b] => pushExpr (.letE .anonymous (← made.expr t) (← made.expr v) (← made.expr b) false)
  | ["en", n] => pushExpr (.lit (.natVal (← number n)))
  | ["et", s] => pushExpr (.lit (.strVal (← text s)))
  | ["ej", n, i, e] => pushExpr (.proj (← made.name n) (← number i) (← made.expr e))
  | _ => wrongLine line

def hint (word : String) : IO ReducibilityHints := do
  match word with
  | "o" => pure .opaque
  | "a" => pure .abbrev
  | _ => pure (.regular (← number word).toUInt32)

def takeConstructors (made : Made) : Nat → List String → IO (List Constructor × List String)
  | 0, rest => pure ([], rest)
  | count + 1, n :: t :: rest => do
    let (more, rest) ← takeConstructors made count rest
    pure ({ name := ← made.name n, type := ← made.expr t } :: more, rest)
  | _, rest => wrongLine (" ".intercalate rest)

def takeTypes (made : Made) : Nat → List String → IO (List InductiveType × List String)
  | 0, rest => pure ([], rest)
  | count + 1, n :: t :: c :: rest => do
    let (ctors, rest) ← takeConstructors made (← number c) rest
    let (more, rest) ← takeTypes made count rest
    pure ({ name := ← made.name n, type := ← made.expr t, ctors } :: more, rest)
  | _, rest => wrongLine (" ".intercalate rest)

/-- A line that declares something. -/
def makeDeclaration (made : Made) (line : String) : IO Declaration := do
  match line.splitOn " " with
  | ["dq"] => pure .quotDecl
  | "da" :: n :: t :: ps =>
    let levelParams ← ps.mapM made.name
    pure (.axiomDecl { name := ← made.name n, levelParams, type := ← made.expr t, isUnsafe := false })
  | "dd" :: n :: t :: v :: h :: ps =>
    let name ← made.name n
    let levelParams ← ps.mapM made.name
    let hints ← hint h
    pure (.defnDecl
      { name, levelParams, type := ← made.expr t, value := ← made.expr v, hints, safety := .safe, all := [name] })
  | "dt" :: n :: t :: v :: ps =>
    let name ← made.name n
    let levelParams ← ps.mapM made.name
    pure (.thmDecl { name, levelParams, type := ← made.expr t, value := ← made.expr v, all := [name] })
  | "do" :: n :: t :: v :: ps =>
    let name ← made.name n
    let levelParams ← ps.mapM made.name
    pure (.opaqueDecl
      { name, levelParams, type := ← made.expr t, value := ← made.expr v, isUnsafe := false, all := [name] })
  | "di" :: p :: c :: rest =>
    let (types, ps) ← takeTypes made (← number c) rest
    pure (.inductDecl (← ps.mapM made.name) (← number p) types false)
  | _ => wrongLine line

def reason : Kernel.Exception → String
  | .unknownConstant _ name => s!"an unknown constant, {name}"
  | .alreadyDeclared _ name => s!"a name that is declared already, {name}"
  | .declTypeMismatch .. => "a value whose type is not the declared one"
  | .thmTypeIsNotProp .. => "a theorem whose type is not a proposition"
  | .appTypeMismatch .. => "an argument whose type is not the expected one"
  | .exprTypeMismatch .. => "a term whose type is not the expected one"
  | .other message => message
  | _ => "a term that has no type"

/-- The names that a constant mentions. -/
def mentioned (info : ConstantInfo) : Array Name :=
  let of (e : Expr) : Array Name := e.getUsedConstants
  match info with
  | .defnInfo v => of v.type ++ of v.value
  | .thmInfo v => of v.type ++ of v.value
  | .opaqueInfo v => of v.type ++ of v.value
  | .inductInfo v => of v.type ++ v.ctors.toArray
  | .ctorInfo v => (of v.type).push v.induct
  | .axiomInfo v => of v.type
  | .quotInfo v => of v.type
  | .recInfo v => of v.type

/-- The axioms that constants rest on. -/
partial def axiomsOf (env : Kernel.Environment) (pending : List Name) (seen : NameSet) (found : Array Name) :
    IO (Array Name) := do
  match pending with
  | [] => pure found
  | name :: rest =>
    if seen.contains name then
      axiomsOf env rest seen found
    else
      match env.find? name with
      | none => throw (IO.userError s!"the imported modules do not declare {name}")
      | some info =>
        let found := match info with
          | .axiomInfo _ => found.push name
          | _ => found
        axiomsOf env ((mentioned info).toList ++ rest) (seen.insert name) found

/-- A name that holds nothing but digits, letters and dots: its components in hexadecimal digits, or numbers. -/
def encoded : Name → String
  | .anonymous => ""
  | .str before part =>
    let digits := part.toUTF8.toList.map fun byte =>
      String.singleton (Nat.digitChar (byte.toNat / 16)) ++ String.singleton (Nat.digitChar (byte.toNat % 16))
    s!"{encoded before}.s{String.join digits}"
  | .num before part => s!"{encoded before}.n{part}"

def main (args : List String) : IO UInt32 := do
  let file :: imports := args | throw (IO.userError "expected a file and the names of modules")
  if (← searchPathRef.get).isEmpty then
    initSearchPath (← findSysroot)
  let modules : Array Import := imports.toArray.map fun name => { module := name.toName }
  let imported ← importModules modules {}
  let mut env := imported.toKernelEnv
  let mut made : Made := {}
  let mut asked : List Name := []
  let mut count := 0
  -- Neither steps nor depth are limited here: time and stack are, from outside.
  let options : Options := maxHeartbeats.set {} 0
  for line in (← IO.FS.lines file) do
    if line.startsWith "d" then
      match env.addDecl options (← makeDeclaration made line) with
      | .ok more => env := more
      | .error problem =>
        let why := (reason problem).replace "\n" " "
        IO.println s!"refused {count} {why}"
        return 0
      count := count + 1
    else if line.startsWith "x" then
      asked := (← made.name (line.splitOn " ")[1]!) :: asked
    else
      made ← makeTerm made line
  for name in (← axiomsOf env asked {} #[]) do
    let some index := imported.getModuleIdxFor? name | throw (IO.userError s!"no module declares {name}")
    let some declared := imported.header.moduleNames[index.toNat]? | throw (IO.userError s!"no module {index.toNat}")
    IO.println s!"axiom {encoded name} {encoded declared}"
  IO.println "accepted"
  return 0

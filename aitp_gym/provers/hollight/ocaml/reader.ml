(* Reads tactic text: words, numbers, `terms`, and lists in brackets. No other meaning is given to any text.

   Theorems are computed after the whole text was read: what is not a tactic costs nothing and computes nothing. *)

module H = Hol_all

exception Syntax of string
exception Forbidden of string

let syntax fmt = Printf.ksprintf (fun text -> raise (Syntax text)) fmt

type token = Word of string | Term of string | Open | Close | Semicolon | End

(* Who may use what. [Strict] and [Holist] are the environment's contexts: a theorem's premises come before it, and in
   the strict one its tactics too. [Replay] is for repeating what others have logged: everything is allowed, and a
   tactic may assume a theorem `t |- t`, which only the check of the whole proof can object to. *)
type mode = Strict | Holist | Replay

type t = {
  mutable tokens : token list;
  mutable depth : int;
  position : int;
  mode : mode;
  assumptions : H.thm list;
  assume : H.term -> H.thm;  (* HOL Light's ASSUME, which plain OCaml cannot name *)
}

let max_length = 256 * 1024
let max_depth = 100

let tokens text =
  let n = String.length text in
  if n > max_length then syntax "the tactic has %d bytes, at most %d are read" n max_length;
  let rec from i found =
    if i >= n then List.rev found
    else
      match text.[i] with
      | ' ' | '\t' | '\n' | '\r' -> from (i + 1) found
      | '[' -> from (i + 1) (Open :: found)
      | ']' -> from (i + 1) (Close :: found)
      | ';' -> from (i + 1) (Semicolon :: found)
      | '`' -> (
          match String.index_from_opt text (i + 1) '`' with
          | None -> syntax "a term is not closed by a backquote"
          | Some j -> from (j + 1) (Term (String.sub text (i + 1) (j - i - 1)) :: found))
      | _ ->
          let j = word_end (i + 1) in
          from j (Word (String.sub text i (j - i)) :: found)
  and word_end i =
    if i >= n then i else match text.[i] with ' ' | '\t' | '\n' | '\r' | '[' | ']' | ';' | '`' -> i | _ -> word_end (i + 1)
  in
  from 0 []

let shorten text = if String.length text <= 60 then text else String.sub text 0 57 ^ "..."

let describe = function
  | Word text -> shorten text
  | Term text -> "`" ^ shorten text ^ "`"
  | Open -> "["
  | Close -> "]"
  | Semicolon -> ";"
  | End -> "the end"

let next r =
  match r.tokens with
  | [] -> End
  | token :: rest ->
      r.tokens <- rest;
      token

let expected what token = syntax "expected %s, found %s" what (describe token)
let word what r = match next r with Word text -> text | token -> expected what token

let finish r = match next r with End -> () | token -> expected "the end of the tactic" token

(* A thing may be used only after its own place in the sources. *)
let after r what position =
  if position >= r.position then
    raise
      (Forbidden
         (Printf.sprintf "%s comes later in the library than the theorem (position %d, the theorem's is %d)" what
            position r.position))

let allow_tactic r what position = if r.mode = Strict then after r what position

(* A premise must come before the theorem in both contexts, or a theorem would prove itself. *)
let allow_premise r what position = if r.mode <> Replay then after r what position

(* What a name stands for, and from which position on; where HOL Light gives it several values, the latest first. *)
type 'a versions = (int * 'a) list

(* A theorem sees the last value before it in the strict context, and the final one in the others. *)
let rec standing r what = function
  | [] -> syntax "%s has no value" what
  | [ (position, value) ] -> allow_tactic r what position; value
  | (position, value) :: earlier -> if r.mode = Strict && position >= r.position then standing r what earlier else value

(* A word of a closed table. *)
let one_of what table r =
  let text = word what r in
  match Hashtbl.find_opt table text with
  | Some versions -> standing r text versions
  | None -> syntax "%s is not %s" (shorten text) what

(* Reads what is one level further inside. *)
let deeper r read =
  if r.depth >= max_depth then syntax "more than %d levels of words within words" max_depth;
  r.depth <- r.depth + 1;
  let value = read r in
  r.depth <- r.depth - 1;
  value

(* ---- Arguments ---- *)

let number r =
  let text = word "a number" r in
  match Digits.to_int_opt text with
  | Some n -> n
  | None -> syntax "expected a number, found %s" (shorten text)

let read_term text =
  let text = String.trim text in
  if Sexp.has_shape text then
    try Sexp.to_term text with Sexp.Malformed problem -> syntax "bad S-expression: %s" problem
  else
    try H.parse_term text with
    | Failure problem -> syntax "bad term: %s" problem
    | H.Noparse -> syntax "bad term: %s" (shorten text)

let term r = match next r with Term text -> read_term text | token -> expected "a term in backquotes" token

(* Rules, which compute theorems, by name; `table.ml` fills it. A rule reads its arguments first. *)
let rules : (string, (t -> unit -> H.thm) versions) Hashtbl.t = Hashtbl.create 64

let theorem r =
  match word "a theorem" r with
  | "THM" -> (
      let text = word "the name or fingerprint of a theorem" r in
      match Library.find text with
      | None -> syntax "there is no theorem %s" (shorten text)
      | Some entry ->
          allow_premise r ("the theorem " ^ entry.Library.name) entry.Library.position;
          fun () -> entry.Library.theorem)
  | "ASSUM" -> (
      let n = number r in
      fun () ->
        match List.nth_opt r.assumptions n with
        | Some theorem -> theorem
        | None -> failwith (Printf.sprintf "ASSUM %d: the goal has %d assumptions" n (List.length r.assumptions)))
  | "ASSUME" when r.mode = Replay ->
      let t = term r in
      fun () -> r.assume t
  | text -> (
      match Hashtbl.find_opt rules text with
      | Some versions -> deeper r (standing r text versions)
      | None -> syntax "expected THM, ASSUM or a rule, found %s" (shorten text))

let list_of item r =
  (match next r with Open -> () | token -> expected "[" token);
  match r.tokens with
  | Close :: rest ->
      r.tokens <- rest;
      []
  | _ ->
      let rec go found =
        let found = item r :: found in
        match next r with
        | Close -> List.rev found
        | Semicolon -> go found
        | token -> expected "; or ]" token
      in
      go []

let theorems r =
  let found = list_of theorem r in
  fun () -> List.map (fun compute -> compute ()) found

let terms = list_of term

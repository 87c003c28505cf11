(* Typed S-expressions, the exact text of terms: (v type name) (c type name) (a function argument) (l variable body).
   A type is a type variable's name or (constructor type ...). *)

module H = Hol_all

exception Malformed of string

let malformed fmt = Printf.ksprintf (fun text -> raise (Malformed text)) fmt

(* ---- Printing ---- *)

let rec add_type b = function
  | H.Tyvar name -> Buffer.add_string b name
  | H.Tyapp (name, arguments) ->
      Buffer.add_char b '(';
      Buffer.add_string b name;
      List.iter (fun ty -> Buffer.add_char b ' '; add_type b ty) arguments;
      Buffer.add_char b ')'

let add_atom b tag name ty =
  Buffer.add_string b tag;
  add_type b ty;
  Buffer.add_char b ' ';
  Buffer.add_string b name;
  Buffer.add_char b ')'

let rec add_pair b tag add left right =
  Buffer.add_string b tag;
  add b left;
  Buffer.add_char b ' ';
  add_term b right;
  Buffer.add_char b ')'

and add_term b = function
  | H.Var (name, ty) -> add_atom b "(v " name ty
  | H.Const (name, ty) -> add_atom b "(c " name ty
  | H.Comb (f, x) -> add_pair b "(a " add_term f x
  | H.Abs (v, body) -> add_pair b "(l " add_term v body

let of_term term =
  let b = Buffer.create 1024 in
  add_term b term;
  Buffer.contents b

(* ---- Reading ---- *)

(* Constants and variables repeat, and looking a constant up in HOL Light is a linear search: keep those seen. *)
let atoms : (string, H.term) Hashtbl.t = Hashtbl.create 512
let max_atoms = 20_000

let check_name name =
  if name = "" then malformed "an empty name";
  String.iter (fun c -> if c <= ' ' || c = '\127' then malformed "a control character in the name %S" name) name

let rec read_type s i =
  if s.[i] = '(' then begin
    let stop = name_end s (i + 1) in
    let name = String.sub s (i + 1) (stop - i - 1) in
    let arguments, next = read_types s stop [] in
    (H.mk_type (name, arguments), next)
  end
  else begin
    let stop = name_end s i in
    let name = String.sub s i (stop - i) in
    check_name name;
    (H.mk_vartype name, stop)
  end

and read_types s i found =
  match s.[i] with
  | ')' -> (List.rev found, i + 1)
  | ' ' ->
      let ty, next = read_type s (i + 1) in
      read_types s next (ty :: found)
  | c -> malformed "expected a type or ')' at character %d, found %C" i c

and name_end s i = match s.[i] with '(' | ')' | ' ' -> i | _ -> name_end s (i + 1)

let expect s i c = if s.[i] <> c then malformed "expected %C at character %d, found %C" c i s.[i]

(* End of the parenthesised text that starts before [i]. *)
let rec closing s i depth =
  match s.[i] with
  | '(' -> closing s (i + 1) (depth + 1)
  | ')' -> if depth = 1 then i + 1 else closing s (i + 1) (depth - 1)
  | _ -> closing s (i + 1) depth

let read_atom s i make =
  let stop = closing s (i + 1) 1 in
  let text = String.sub s i (stop - i) in
  match Hashtbl.find_opt atoms text with
  | Some term -> (term, stop)
  | None ->
      let ty, next = read_type s (i + 3) in
      expect s next ' ';
      let name_stop = name_end s (next + 1) in
      let name = String.sub s (next + 1) (name_stop - next - 1) in
      check_name name;
      expect s name_stop ')';
      let term = make (name, ty) in
      if Hashtbl.length atoms >= max_atoms then Hashtbl.reset atoms;
      Hashtbl.replace atoms text term;
      (term, name_stop + 1)

let rec read_term s i =
  expect s i '(';
  expect s (i + 2) ' ';
  match s.[i + 1] with
  | 'v' -> read_atom s i H.mk_var
  | 'c' -> read_atom s i H.mk_mconst
  | 'a' -> read_pair s i H.mk_comb
  | 'l' -> read_pair s i H.mk_abs
  | c -> malformed "expected v, c, a or l at character %d, found %C" (i + 1) c

and read_pair s i make =
  let left, next = read_term s (i + 3) in
  expect s next ' ';
  let right, next = read_term s (next + 1) in
  expect s next ')';
  (make (left, right), next + 1)

let to_term s =
  match read_term s 0 with
  | term, stop when stop = String.length s -> term
  | _, stop -> malformed "text after the end of the term, at character %d" stop
  | exception Invalid_argument _ -> malformed "the term ends too early"
  | exception Failure text -> malformed "not a well-typed term: %s" text

(* ---- Shape ---- *)

let rec skip_type s i =
  if s.[i] = '(' then skip_types s (name_end s (i + 1)) else name_end s i

and skip_types s i =
  match s.[i] with
  | ')' -> i + 1
  | ' ' -> skip_types s (skip_type s (i + 1))
  | c -> malformed "expected a type or ')' at character %d, found %C" i c

let rec skip_term s i =
  expect s i '(';
  expect s (i + 2) ' ';
  let first, second =
    match s.[i + 1] with
    | 'v' | 'c' -> (skip_type, name_end)
    | 'a' | 'l' -> (skip_term, skip_term)
    | c -> malformed "expected v, c, a or l at character %d, found %C" (i + 1) c
  in
  let next = first s (i + 3) in
  expect s next ' ';
  let next = second s (next + 1) in
  expect s next ')';
  next + 1

(* Whether a text is one whole S-expression, whatever it would mean. `(a /\ b) ==> c` and `(a (b x))` are none, so
   they are in HOL Light's notation; `(v A x)` would be a term in both and is an S-expression. *)
let has_shape s =
  match skip_term s 0 with
  | stop -> stop = String.length s
  | exception (Malformed _ | Invalid_argument _) -> false

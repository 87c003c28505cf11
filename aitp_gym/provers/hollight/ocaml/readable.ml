(* Terms as people write them, in a text that HOL Light reads back as the same term.

   HOL Light's printer leaves types out, so that `x + y = y + x` is the text of a theorem on reals, which reads back as
   one on numbers. Here a text is read again, and where it means something else the first atom that came out otherwise
   is written with its type, until it does not. *)

module H = Hol_all

let marker = "  // does not read back as the same term"
let max_annotations = 24

(* A bound variable that hides another of its name, of another type, gets a name of its own: both cannot be told apart
   in a text. *)
let rec unshadowed tm =
  match tm with
  | H.Comb (f, x) -> H.mk_comb (unshadowed f, unshadowed x)
  | H.Abs (H.Var (name, ty), _) ->
      let body = H.body tm in
      let clashes = List.exists (function H.Var (n, t) -> n = name && t <> ty | _ -> false) (H.frees body) in
      let tm = if clashes then H.alpha (H.mk_var (fresh name (H.frees body), ty)) tm else tm in
      H.mk_abs (H.bndvar tm, unshadowed (H.body tm))
  | _ -> tm

and fresh name used =
  let name = name ^ "'" in
  if List.exists (function H.Var (n, _) -> n = name | _ -> false) used then fresh name used else name

(* Type variables that HOL Light has invented (?73789) get letters: it does not read their own names. *)
let with_letters term =
  let tyvars = H.type_vars_in_term term in
  let rec letters c n used = function
    | [] -> []
    | H.Tyvar name as ty :: rest when Normal.is_invented_type name ->
        let letter = String.make 1 c ^ if n = 0 then "" else string_of_int n in
        let c, n' = if c = 'Z' then ('A', n + 1) else (Char.chr (Char.code c + 1), n) in
        if List.mem letter used then letters c n' used (ty :: rest)
        else (H.mk_vartype letter, ty) :: letters c n' (letter :: used) rest
    | _ :: rest -> letters c n used rest
  in
  let used = List.map (function H.Tyvar name -> name | _ -> "") tyvars in
  match letters 'A' 0 used tyvars with [] -> term | names -> H.inst names term

let is_fix name = H.parses_as_binder name || H.is_prefix name || H.can H.get_infix_status name

let is_overloaded name =
  (not (is_fix name)) && List.exists (fun (_, (own, _)) -> own = name) !H.the_interface

(* `&`, `--` and `abs` are such: a term that begins with one is annotated as a whole, as in `(&1:int)`. *)
let is_overloaded_unary name ty =
  is_overloaded name && match ty with H.Tyapp ("fun", [ _; H.Tyapp ("fun", _) ]) -> false | _ -> true

exception Differs

(* Numbers of the atoms of [term] that are others in [found], those first that are best written with their types. Type
   variables may have other names, unless [exact]. Raises Differs where the two are not even built alike. *)
let differences ~exact term found =
  let there = Hashtbl.create 16 and back = Hashtbl.create 16 in
  let rec same ty ty' =
    match (ty, ty') with
    | H.Tyvar name, H.Tyvar name' when exact -> name = name'
    | H.Tyvar name, H.Tyvar name' -> paired there name name' && paired back name' name
    | H.Tyapp (name, tys), H.Tyapp (name', tys') -> name = name' && List.for_all2 same tys tys'
    | _ -> false
  and paired table a b =
    match Hashtbl.find_opt table a with
    | Some other -> other = b
    | None -> Hashtbl.replace table a b; true
  in
  let next = ref 0 in
  let variables = ref [] and unary = ref [] and overloaded = ref [] and plain = ref [] and fix = ref [] in
  let rec go tm tm' =
    match (tm, tm') with
    | H.Comb (f, x), H.Comb (f', x') -> go f f'; go x x'
    | H.Abs (v, body), H.Abs (v', body') -> go body body'; go v v'
    | H.Var (name, ty), H.Var (name', ty') ->
        let alike = name = name' || (Normal.is_invented_variable name && Normal.is_invented_variable name') in
        if not alike then raise Differs;
        if not (same ty ty') then variables := !next :: !variables;
        incr next
    | H.Const (name, ty), H.Const (name', ty') ->
        (if not (name = name' && same ty ty') then
           let group =
             if is_overloaded_unary name ty then unary
             else if is_overloaded name then overloaded
             else if is_fix name then fix
             else plain
           in
           group := !next :: !group);
        incr next
    | _ -> raise Differs
  in
  go term found;
  List.concat_map (fun group -> List.rev !group) [ variables; unary; overloaded; plain; fix ]

let special = function "EMPTY" -> "{}" | "NIL" -> "[]" | name -> name

(* The printer takes the whole for a variable's name. *)
let with_type text ty = H.mk_var (Printf.sprintf "(%s:%s)" text (H.string_of_type ty), ty)

(* An atom written with its type. *)
let annotated tm =
  match tm with
  | H.Const (name, ty) | H.Var (name, ty) ->
      let name = special name in
      let name = if is_fix name then "(" ^ name ^ ")" else name in
      with_type name ty
  | _ -> tm

(* The term with the marked atoms written with their types. Atoms are numbered as they are met: a function before its
   argument, a body before the variable that it binds. *)
let annotate marks term =
  let next = ref 0 in
  let marked i = List.mem i marks in
  let rec go tm =
    let start = !next in
    match tm with
    | H.Comb ((H.Const (name, ty) as f), x) when marked start && is_overloaded_unary name ty ->
        incr next;
        let tm = H.mk_comb (f, go x) in
        with_type (H.string_of_term tm) (H.type_of tm)
    | H.Comb (f, x) -> let f = go f in H.mk_comb (f, go x)
    | H.Abs (v, body) -> let body = go body in H.mk_abs (go v, body)
    | _ -> incr next; if marked start then annotated tm else tm
  in
  go term

let read text =
  match H.parse_term text with
  | term -> Some (Normal.goal_term term)
  | exception ((Limits.Timeout | Out_of_memory | Stack_overflow) as limit) -> raise limit
  | exception _ -> None

let rec search ~exact term marks =
  let text = H.string_of_term (if marks = [] then term else annotate marks term) in
  match Option.map (differences ~exact term) (read text) with
  | Some [] -> Some text
  | Some found when List.length marks < max_annotations -> (
      match List.find_opt (fun i -> not (List.mem i marks)) found with
      | Some i -> search ~exact term (i :: marks)
      | None -> None)
  | Some _ | None -> None
  | exception Differs -> None

let with_flag flag value f =
  let usual = !flag in
  flag := value;
  Fun.protect ~finally:(fun () -> flag := usual) f

(* The shortest way that reads back, or the usual text with a remark behind it, which is a comment to HOL Light. *)
let of_term term =
  let term = with_letters (unshadowed (Normal.goal_term term)) in
  let ways =
    List.concat_map (fun whole -> List.map (fun exact -> (whole, exact)) [ false; true ]) [ false; true ]
  in
  let text (whole, exact) =
    with_flag H.print_unambiguous_comprehensions whole (fun () -> search ~exact term [])
  in
  match List.find_map text ways with Some text -> text | None -> H.string_of_term term ^ marker

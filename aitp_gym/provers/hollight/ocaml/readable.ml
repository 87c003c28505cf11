(* Terms as people write them, in a text that HOL Light reads back as the same term.

   HOL Light's printer leaves types out, so that `x + y = y + x` is the text of a theorem on reals, which reads back as
   one on numbers. Here a text is read again, and where it means something else the first atom that came out otherwise
   is written with its type, until it does not. *)

module H = Hol_all

let marker = "  // does not read back as the same term"
let max_annotations = 24

(* Atoms are numbered as they are met: a function before its argument, a body before the variable that it binds. *)
let rebuild atom term =
  let next = ref 0 in
  let numbered tm = let i = !next in incr next; atom i tm in
  let rec go tm =
    match tm with
    | H.Comb (f, x) -> let f = go f in H.mk_comb (f, go x)
    | H.Abs (v, body) -> let body = go body in H.mk_abs (numbered v, body)
    | _ -> numbered tm
  in
  go term

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

let is_overloaded name = List.exists (fun (_, (own, _)) -> own = name) !H.the_interface
let is_fix name = H.parses_as_binder name || H.is_prefix name || H.can H.get_infix_status name

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
  let variables = ref [] and overloaded = ref [] and plain = ref [] and fix = ref [] in
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
           let group = if is_overloaded name then overloaded else if is_fix name then fix else plain in
           group := !next :: !group);
        incr next
    | _ -> raise Differs
  in
  go term found;
  List.concat_map (fun group -> List.rev !group) [ variables; overloaded; plain; fix ]

let special = function "EMPTY" -> "{}" | "NIL" -> "[]" | name -> name

(* An atom written with its type: the printer takes the whole for a variable's name. *)
let annotated tm =
  match tm with
  | H.Const (name, ty) | H.Var (name, ty) ->
      let name = special name in
      let name = if is_fix name then "(" ^ name ^ ")" else name in
      H.mk_var (Printf.sprintf "(%s:%s)" name (H.string_of_type ty), ty)
  | _ -> tm

let read text =
  match H.parse_term text with
  | term -> Some (Normal.goal_term term)
  | exception ((Limits.Timeout | Out_of_memory | Stack_overflow) as limit) -> raise limit
  | exception _ -> None

let rec search ~exact term marks =
  let mark i tm = if List.mem i marks then annotated tm else tm in
  let text = H.string_of_term (if marks = [] then term else rebuild mark term) in
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

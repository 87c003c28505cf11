(* Names that HOL Light invents while it runs, made independent of the run.

   Set comprehensions bind variables GEN%PVAR%n and parsing leaves type variables ?n, where n comes from counters.
   Goals get the bound variables renumbered by depth. Fingerprints also get the type variables renumbered, in the
   reverse order of their last occurrence, as HOList does it (its theorem database depends on this). *)

module H = Hol_all

let prefix = "GEN%PVAR%"

let is_invented_variable name =
  String.length name > 9 && name.[0] = 'G' && String.sub name 0 9 = prefix && Digits.all_from name 9

let is_invented_type name = String.length name > 1 && name.[0] = '?' && Digits.all_from name 1

let rec has_invented = function
  | H.Var (name, _) -> is_invented_variable name
  | H.Const _ -> false
  | H.Comb (f, x) -> has_invented f || has_invented x
  | H.Abs (v, body) -> has_invented v || has_invented body

let rec renumber depth bound term =
  match term with
  | H.Var (name, ty) -> ( try List.assoc (name, ty) bound with Not_found -> term)
  | H.Const _ -> term
  | H.Comb (f, x) -> H.mk_comb (renumber depth bound f, renumber depth bound x)
  | H.Abs (H.Var (name, ty), body) when is_invented_variable name ->
      let v = H.mk_var (prefix ^ string_of_int depth, ty) in
      H.mk_abs (v, renumber (depth + 1) (((name, ty), v) :: bound) body)
  | H.Abs (H.Var (name, ty), body) ->
      let v = H.mk_var (name, ty) in
      H.mk_abs (v, renumber depth (((name, ty), v) :: bound) body)
  | H.Abs _ -> term

(* Numbers start above those of free variables, which a binder must not capture. *)
let first_number term =
  let above n = function
    | H.Var (name, _) when is_invented_variable name ->
        max n (1 + int_of_string (String.sub name 9 (String.length name - 9)))
    | _ -> n
  in
  List.fold_left above 0 (H.frees term)

let goal_term term = if has_invented term then renumber (first_number term) [] term else term

let fingerprint_term term =
  let term = goal_term term in
  let seen = ref [] in
  let rec visit_type = function
    | H.Tyvar name -> if is_invented_type name then seen := name :: List.filter (( <> ) name) !seen
    | H.Tyapp (_, arguments) -> List.iter visit_type arguments
  in
  let rec visit = function
    | H.Var (_, ty) | H.Const (_, ty) -> visit_type ty
    | H.Comb (f, x) | H.Abs (f, x) ->
        visit f;
        visit x
  in
  visit term;
  match !seen with
  | [] -> term
  | names -> H.inst (List.mapi (fun i name -> (H.mk_vartype ("?" ^ string_of_int i), H.mk_vartype name)) names) term

(* What tactics and rules are applied to while HOL Light loads. In HOL Light's dialect of OCaml; comes after fusion.ml,
   because rules are wrapped from equal.ml on.

   Only outermost calls count: [depth] is 0 between them. Theorems and conversions are known by physical identity, and
   how they were computed is forgotten at the end of each phrase. *)

module Rec = struct
  type arg =
      Thm of thm * (string * arg list) option
    | Term of term
    | Type of hol_type
    | Text of string
    | Several of arg list
    | Conv of string * arg list
    | Unknown

  let depth = ref 0
  let within f = incr depth; let v = (try f () with e -> decr depth; raise e) in decr depth; v

  let derived : (int, thm * (string * arg list)) Hashtbl.t = Hashtbl.create 1000
  let closures : (Obj.t * arg) list ref = ref []
  let named : (Obj.t * arg) list ref = ref []

  let forget () = (if Hashtbl.length derived > 0 then Hashtbl.reset derived); closures := []

  let key th = Hashtbl.hash (concl th)
  let thm th = Thm (th, List.assq_opt th (Hashtbl.find_all derived (key th)))
  let thms l = Several (List.map thm l)
  let terms l = Several (List.map (fun t -> Term t) l)
  let terms2 l = Several (List.map (fun (t,x) -> Several [Term t; Term x]) l)
  let types2 l = Several (List.map (fun (t,x) -> Several [Type t; Type x]) l)

  let rec mentions th = function
      Thm (t,_) -> t == th
    | Several l -> List.exists (mentions th) l
    | _ -> false

  (* A rule that gives back its argument has computed nothing. *)
  let note name args th =
    let l = args () in
    if not (List.exists (mentions th) l) then Hashtbl.add derived (key th) (th,(name,l))

  (* [args] is a function because it is looked at in outermost calls alone. *)
  let rule name args f =
    if !depth > 0 then f () else
    let th = within f in note name args th; th

  let rule_list name args f =
    if !depth > 0 then f () else
    let ths = within f in
    List.iteri (fun i th -> note (name ^ " " ^ string_of_int i) args th) ths; ths

  let rule_pair name args f =
    if !depth > 0 then f () else
    let (a,b) = within f in note (name ^ " 0") args a; note (name ^ " 1") args b; a,b

  (* A theorem that a tactic assumes stands for what was computed of another. *)
  let stands_for name l th = (if !depth = 0 then Hashtbl.add derived (key th) (th,(name,l))); th

  let closure name args c =
    (if !depth = 0 then closures := (Obj.repr c,Conv (name,args ())) :: !closures); c

  let name_conv name c = named := (Obj.repr c,Conv (name,[])) :: !named

  let conv c =
    match List.assq_opt (Obj.repr c) !closures with
      Some a -> a
    | None ->
        match List.assq_opt (Obj.repr c) !named with
          Some a -> a
        | None -> Unknown

  (* A function from conversions to conversions is applied to a probe, and what comes back is looked up. *)
  let conversional f =
    let probe = fun (_ : term) -> (failwith "probe" : thm) in
    closures := (Obj.repr probe,Text "_") :: !closures;
    let saved = !depth in
    depth := 0;
    let a = (try conv (f probe) with _ -> Unknown) in
    depth := saved; a
end;;

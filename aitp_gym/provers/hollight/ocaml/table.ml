(* The closed table of tactics: HOList's (arXiv:1904.03241) without CHEAT_TAC, and some more.

   This file is in HOL Light's dialect of OCaml, where ALL_CAPS names are values. Every entry states its name, its
   value and the arguments it reads; its position is where HOL Light's sources bind that value. *)

set_jrh_lexer;;

open Hol_all;;

let table entries =
  let all = Hashtbl.create 100 in
  List.iter (fun (name,entry) -> Hashtbl.replace all name entry) entries;
  all;;

let stock name value = name,(Track.position name value,value);;

(* ---- Conversions ---- *)

let conversionals = table
 [stock "BINDER_CONV" BINDER_CONV; stock "BINOP_CONV" BINOP_CONV; stock "LAND_CONV" LAND_CONV;
  stock "ONCE_DEPTH_CONV" ONCE_DEPTH_CONV; stock "RAND_CONV" RAND_CONV; stock "RATOR_CONV" RATOR_CONV;
  stock "REDEPTH_CONV" REDEPTH_CONV; stock "TOP_DEPTH_CONV" TOP_DEPTH_CONV; "I",(0,I)];;

let rec conversional r =
  match r.Reader.tokens with
    Reader.Word "COMPOSE" :: rest ->
      r.Reader.tokens <- rest;
      List.fold_left (fun f g x -> f (g x)) I (Reader.list_of conversional r)
  | _ -> Reader.one_of "a conversional" conversionals r;;

let conversions = table
 [stock "BETA_CONV" BETA_CONV; stock "CONTRAPOS_CONV" CONTRAPOS_CONV; stock "GEN_BETA_CONV" GEN_BETA_CONV;
  stock "NUM_REDUCE_CONV" NUM_REDUCE_CONV; stock "REAL_RAT_REDUCE_CONV" REAL_RAT_REDUCE_CONV;
  stock "SYM_CONV" SYM_CONV; stock "COND_ELIM_CONV" COND_ELIM_CONV; stock "SELECT_CONV" SELECT_CONV;
  stock "TAUT" TAUT];;

let rec conversion r =
  match r.Reader.tokens with
    Reader.Word "APPLY" :: rest ->
      r.Reader.tokens <- rest;
      let f = conversional r in f (conversion r)
  | _ -> Reader.one_of "a conversion" conversions r;;

(* ---- Tactics that HOList added to HOL Light, on top of stock rules ---- *)

let RAW_POP_TAC n : tactic = fun (asl,w) ->
  let before,rest = chop_list n asl in
  match rest with
    [] -> failwith "RAW_POP_TAC: no such assumption"
  | _::after -> null_meta,[before @ after,w],(fun _ ths -> hd ths);;

let RAW_POP_ALL_TAC : tactic = fun (_,w) -> null_meta,[[],w],(fun _ ths -> hd ths);;

let RAW_CONJUNCTS_TAC cth : tactic = fun goal ->
  null_meta,[goal],
  (fun i ths -> let left,right = CONJ_PAIR(INSTANTIATE_ALL i cth) in
                PROVE_HYP left (PROVE_HYP right (hd ths)));;

let RAW_SUBGOAL_TAC tm : tactic = fun (asl,w) ->
  null_meta,[asl,tm; ("",ASSUME tm)::asl,w],
  (fun _ ths -> match ths with [lemma; th] -> PROVE_HYP lemma th | _ -> failwith "RAW_SUBGOAL_TAC");;

let BACKCHAIN_TAC th : tactic =
  let match_fn = PART_MATCH (snd o dest_imp) th in
  fun (asl,w) ->
    let th1 = match_fn w in
    let ant,_ = dest_imp(concl th1) in
    null_meta,[asl,ant],(fun i ths -> MATCH_MP (INSTANTIATE i th1) (hd ths));;

let rules =
  itlist max
   [Track.position "CONJ_PAIR" CONJ_PAIR; Track.position "INSTANTIATE_ALL" INSTANTIATE_ALL;
    Track.position "PROVE_HYP" PROVE_HYP; Track.position "PART_MATCH" PART_MATCH;
    Track.position "MATCH_MP" MATCH_MP] 0;;

let added name value = name,(rules,value);;

(* ---- Arguments ---- *)

let plain (name,(position,tactic)) = name,(position,fun _ -> tactic);;
let taking argument (name,(position,tactic)) = name,(position,fun r -> tactic (argument r));;
let taking2 first second (name,(position,tactic)) =
  name,(position,fun r -> let a = first r in let b = second r in tactic a b);;

let with_thm x = taking Reader.theorem x;;
let with_thms x = taking Reader.theorems x;;
let with_term x = taking Reader.term x;;

let tactics : (string,int * (Reader.t -> tactic)) Hashtbl.t = table
 [plain (stock "ABS_TAC" ABS_TAC);
  plain (stock "ANTS_TAC" ANTS_TAC);
  plain (stock "AP_TERM_TAC" AP_TERM_TAC);
  plain (stock "AP_THM_TAC" AP_THM_TAC);
  plain (stock "ARITH_TAC" ARITH_TAC);
  plain (stock "ASM_ARITH_TAC" ASM_ARITH_TAC);
  plain (stock "BETA_TAC" BETA_TAC);
  plain (stock "BINOP_TAC" BINOP_TAC);
  plain (stock "COND_CASES_TAC" COND_CASES_TAC);
  plain (stock "CONJ_TAC" CONJ_TAC);
  plain (stock "DISCH_TAC" DISCH_TAC);
  plain (stock "DISJ1_TAC" DISJ1_TAC);
  plain (stock "DISJ2_TAC" DISJ2_TAC);
  plain (stock "EQ_TAC" EQ_TAC);
  plain (stock "GEN_TAC" GEN_TAC);
  plain (stock "INDUCT_TAC" INDUCT_TAC);
  plain (stock "INT_ARITH_TAC" INT_ARITH_TAC);
  plain (stock "ITAUT_TAC" ITAUT_TAC);
  plain (stock "LIST_INDUCT_TAC" LIST_INDUCT_TAC);
  plain (stock "MK_COMB_TAC" MK_COMB_TAC);
  plain (stock "REAL_ARITH_TAC" REAL_ARITH_TAC);
  plain ("REAL_ARITH_TAC2",snd(stock "REAL_ARITH_TAC" REAL_ARITH_TAC));
  plain (stock "REFL_TAC" REFL_TAC);
  plain (stock "STRIP_TAC" STRIP_TAC);
  plain (added "RAW_POP_ALL_TAC" RAW_POP_ALL_TAC);
  with_thm (stock "ACCEPT_TAC" ACCEPT_TAC);
  with_thm (stock "ASSUME_TAC" ASSUME_TAC);
  with_thm (added "BACKCHAIN_TAC" BACKCHAIN_TAC);
  with_thm (stock "CHOOSE_TAC" CHOOSE_TAC);
  with_thm (stock "CONTR_TAC" CONTR_TAC);
  with_thm (stock "DISJ_CASES_TAC" DISJ_CASES_TAC);
  with_thm (stock "MATCH_ACCEPT_TAC" MATCH_ACCEPT_TAC);
  with_thm (stock "MATCH_MP_TAC" MATCH_MP_TAC);
  with_thm (stock "MP_TAC" MP_TAC);
  with_thm (added "RAW_CONJUNCTS_TAC" RAW_CONJUNCTS_TAC);
  with_thm (stock "STRIP_ASSUME_TAC" STRIP_ASSUME_TAC);
  with_thm (stock "SUBST1_TAC" SUBST1_TAC);
  with_thms (stock "ASM_MESON_TAC" ASM_MESON_TAC);
  with_thms (stock "ASM_METIS_TAC" ASM_METIS_TAC);
  with_thms (stock "ASM_REWRITE_TAC" ASM_REWRITE_TAC);
  with_thms (stock "ASM_SIMP_TAC" ASM_SIMP_TAC);
  with_thms (stock "MESON_TAC" MESON_TAC);
  with_thms (stock "METIS_TAC" METIS_TAC);
  with_thms (stock "ONCE_REWRITE_TAC" ONCE_REWRITE_TAC);
  with_thms (stock "PURE_ONCE_REWRITE_TAC" PURE_ONCE_REWRITE_TAC);
  with_thms (stock "PURE_REWRITE_TAC" PURE_REWRITE_TAC);
  with_thms (stock "REWRITE_TAC" REWRITE_TAC);
  with_thms (stock "SET_TAC" SET_TAC);
  with_thms (stock "SIMP_TAC" SIMP_TAC);
  with_term (stock "EXISTS_TAC" EXISTS_TAC);
  with_term (added "RAW_SUBGOAL_TAC" RAW_SUBGOAL_TAC);
  with_term (stock "UNDISCH_TAC" UNDISCH_TAC);
  with_term (stock "X_GEN_TAC" X_GEN_TAC);
  taking conversion (stock "CONV_TAC" CONV_TAC);
  taking Reader.number (added "RAW_POP_TAC" RAW_POP_TAC);
  taking2 conversional Reader.theorems (stock "GEN_REWRITE_TAC" GEN_REWRITE_TAC);
  taking2 (Reader.word "a label") Reader.theorem (stock "LABEL_TAC" LABEL_TAC);
  taking2 Reader.theorem Reader.term (stock "TRANS_TAC" TRANS_TAC);
  taking2 Reader.term Reader.theorem (stock "X_CHOOSE_TAC" X_CHOOSE_TAC);
  (let name,(position,tactic) = stock "SPEC_TAC" SPEC_TAC in
   taking2 Reader.term Reader.term (name,(position,fun a b -> tactic (a,b))))];;

(* VALID runs the tactic's justification: what does not follow from its subgoals is an error, not a step. What rests on
   an assumed theorem never passes, so in a replay that is left to the check of the whole proof. *)
let tactic_of ~position ~mode text : tactic = fun (asl,_ as goal) ->
  let r = {Reader.tokens = Reader.tokens text; position = position; mode = mode;
           assumptions = List.map snd asl; assume = ASSUME} in
  let tactic = Reader.one_of "a tactic" tactics r r in
  Reader.finish r;
  if r.Reader.mode = Reader.Replay then tactic goal else VALID tactic goal;;

let positions () = Hashtbl.fold (fun name (position,_) found -> (name,position) :: found) tactics [];;

(* For code in plain OCaml, which cannot name it. *)
let assume = ASSUME;;

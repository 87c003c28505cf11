(* The closed tables of tactics, rules and conversions: HOList's (arXiv:1904.03241) without CHEAT_TAC, and some more.

   This file is in HOL Light's dialect of OCaml, where ALL_CAPS names are values. Every entry states its name, its
   value and the arguments it reads; its position is where HOL Light's sources bind that value. *)

set_jrh_lexer;;

open Hol_all;;

let table entries =
  let all = Hashtbl.create 100 in
  List.iter (fun (name,entry) -> Hashtbl.replace all name entry) entries;
  all;;

let place (name,value) = Track.position name value,value;;
let stock name value = name,[place (name,value)];;

(* NAME__1 is the first value that the sources give NAME (the generator keeps it): theorems in between saw that one. *)
let restated name value earlier = name,map place ((name,value)::earlier);;

(* ---- Conversions ---- *)

let conversionals = table
 [stock "BINDER_CONV" BINDER_CONV; stock "BINOP_CONV" BINOP_CONV; stock "DEPTH_CONV" DEPTH_CONV;
  stock "LAND_CONV" LAND_CONV; stock "ONCE_DEPTH_CONV" ONCE_DEPTH_CONV; stock "RAND_CONV" RAND_CONV;
  stock "RATOR_CONV" RATOR_CONV; stock "REDEPTH_CONV" REDEPTH_CONV; stock "TOP_DEPTH_CONV" TOP_DEPTH_CONV;
  "I",[0,I]];;

let rec conversional r =
  match r.Reader.tokens with
    Reader.Word "COMPOSE" :: rest ->
      r.Reader.tokens <- rest;
      List.fold_left (fun f g x -> f (g x)) I (Reader.deeper r (Reader.list_of conversional))
  | _ -> Reader.one_of "a conversional" conversionals r;;

let taut = restated "TAUT" TAUT ["TAUT__1",TAUT__1];;
let real_arith = restated "REAL_ARITH" REAL_ARITH ["REAL_ARITH__2",REAL_ARITH__2; "REAL_ARITH__1",REAL_ARITH__1];;
let integer_rule = restated "INTEGER_RULE" INTEGER_RULE ["INTEGER_RULE__1",INTEGER_RULE__1];;

(* Procedures that prove the term they are given: as conversions, and as rules. *)
let procedures =
 [taut; real_arith; integer_rule;
  stock "ARITH_RULE" ARITH_RULE; stock "INT_ARITH" INT_ARITH; stock "INT_RING" INT_RING; stock "ITAUT" ITAUT;
  stock "NUMBER_RULE" NUMBER_RULE; stock "NUM_RING" NUM_RING; stock "REAL_FIELD" REAL_FIELD;
  stock "REAL_RING" REAL_RING; stock "SET_RULE" SET_RULE];;

let conversions = table
 ([stock "BETA_CONV" BETA_CONV; stock "COND_ELIM_CONV" COND_ELIM_CONV; stock "CONTRAPOS_CONV" CONTRAPOS_CONV;
   stock "GEN_BETA_CONV" GEN_BETA_CONV; stock "HAS_SIZE_CONV" HAS_SIZE_CONV; stock "INT_REDUCE_CONV" INT_REDUCE_CONV;
   stock "MOD_DOWN_CONV" MOD_DOWN_CONV; stock "NUM_CANCEL_CONV" NUM_CANCEL_CONV;
   stock "NUM_REDUCE_CONV" NUM_REDUCE_CONV; stock "REAL_RAT_REDUCE_CONV" REAL_RAT_REDUCE_CONV;
   stock "SELECT_CONV" SELECT_CONV; stock "SYM_CONV" SYM_CONV; stock "let_CONV" let_CONV] @ procedures);;

let rec conversion r =
  match r.Reader.tokens with
    Reader.Word "APPLY" :: rest ->
      r.Reader.tokens <- rest;
      let f = conversional r in f (Reader.deeper r conversion)
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

let added name value =
  let made_of =
   [Track.position "CONJ_PAIR" CONJ_PAIR; Track.position "INSTANTIATE_ALL" INSTANTIATE_ALL;
    Track.position "PROVE_HYP" PROVE_HYP; Track.position "PART_MATCH" PART_MATCH;
    Track.position "MATCH_MP" MATCH_MP] in
  name,[itlist max made_of 0,value];;

(* ---- Arguments: read first, and computed when all of the text was read ---- *)

let each_version read (name,versions) = name,map (fun (position,value) -> position,read value) versions;;

let plain x = each_version (fun value _ () -> value) x;;
let taking first x = each_version (fun f r -> let a = first r in fun () -> f (a ())) x;;
let taking2 first second x =
  each_version (fun f r -> let a = first r in let b = second r in fun () -> f (a ()) (b ())) x;;
let taking3 first second third x =
  each_version
   (fun f r -> let a = first r in let b = second r in let c = third r in fun () -> f (a ()) (b ()) (c ())) x;;

let read argument r = let value = argument r in fun () -> value;;
let theorem = Reader.theorem
and theorems = Reader.theorems
and term = read Reader.term
and terms = read Reader.terms
and conv = read conversion
and conval = read conversional
and number = read Reader.number
and label = read (Reader.word "a label");;

let with_thm x = taking theorem x;;
let with_thms x = taking theorems x;;
let with_term x = taking term x;;

(* ---- Rules ---- *)

let rules =
 [with_thm (stock "BETA_RULE" BETA_RULE);
  with_thm (stock "CONJUNCT1" CONJUNCT1);
  with_thm (stock "CONJUNCT2" CONJUNCT2);
  with_thm (stock "EQT_ELIM" EQT_ELIM);
  with_thm (stock "EQT_INTRO" EQT_INTRO);
  with_thm (stock "GEN_ALL" GEN_ALL);
  with_thm (stock "GSYM" GSYM);
  with_thm (stock "LE_IMP" LE_IMP);
  with_thm (stock "SELECT_RULE" SELECT_RULE);
  with_thm (stock "SPEC_ALL" SPEC_ALL);
  with_thm (stock "SYM" SYM);
  taking2 theorem theorem (stock "CONJ" CONJ);
  taking2 theorem theorem (stock "IMP_ANTISYM_RULE" IMP_ANTISYM_RULE);
  taking2 theorem theorem (stock "MATCH_MP" MATCH_MP);
  taking2 theorem theorem (stock "MP" MP);
  taking2 theorem theorem (stock "PROVE_HYP" PROVE_HYP);
  taking2 term theorem (stock "AP_TERM" AP_TERM);
  taking2 term theorem (stock "DISCH" DISCH);
  taking2 term theorem (stock "GEN" GEN);
  taking2 term theorem (stock "ISPEC" ISPEC);
  taking2 term theorem (stock "SPEC" SPEC);
  taking2 terms theorem (stock "GENL" GENL);
  taking2 terms theorem (stock "ISPECL" ISPECL);
  taking2 terms theorem (stock "SPECL" SPECL);
  taking2 theorem term (stock "AC" AC);
  taking2 theorem term (stock "AP_THM" AP_THM);
  taking2 theorems theorem (stock "ONCE_REWRITE_RULE" ONCE_REWRITE_RULE);
  taking2 theorems theorem (stock "PURE_ONCE_REWRITE_RULE" PURE_ONCE_REWRITE_RULE);
  taking2 theorems theorem (stock "PURE_REWRITE_RULE" PURE_REWRITE_RULE);
  taking2 theorems theorem (stock "REWRITE_RULE" REWRITE_RULE);
  taking2 theorems theorem (stock "SIMP_RULE" SIMP_RULE);
  taking2 theorems term (stock "MESON" MESON);
  taking2 conv theorem (stock "CONV_RULE" CONV_RULE);
  taking3 conval theorems theorem (stock "GEN_REWRITE_RULE" GEN_REWRITE_RULE)] @
 map with_term procedures;;

List.iter (fun (name,versions) -> Hashtbl.replace Reader.rules name versions) rules;;

(* ---- Tactics ---- *)

let real_arith_tac = restated "REAL_ARITH_TAC" REAL_ARITH_TAC ["REAL_ARITH_TAC__1",REAL_ARITH_TAC__1];;

let tactics = table
 [plain (stock "ABS_TAC" ABS_TAC);
  plain (stock "ANTS_TAC" ANTS_TAC);
  plain (stock "AP_TERM_TAC" AP_TERM_TAC);
  plain (stock "AP_THM_TAC" AP_THM_TAC);
  plain (stock "ARITH_TAC" ARITH_TAC);
  plain (stock "ASM_ARITH_TAC" ASM_ARITH_TAC);
  plain (stock "ASM_INT_ARITH_TAC" ASM_INT_ARITH_TAC);
  plain (stock "ASM_REAL_ARITH_TAC" ASM_REAL_ARITH_TAC);
  plain (stock "BETA_TAC" BETA_TAC);
  plain (stock "BINOP_TAC" BINOP_TAC);
  plain (stock "COND_CASES_TAC" COND_CASES_TAC);
  plain (stock "CONJ_TAC" CONJ_TAC);
  plain (stock "DIMINDEX_TAC" DIMINDEX_TAC);
  plain (stock "DISCH_TAC" DISCH_TAC);
  plain (stock "DISJ1_TAC" DISJ1_TAC);
  plain (stock "DISJ2_TAC" DISJ2_TAC);
  plain (stock "EQ_TAC" EQ_TAC);
  plain (stock "GEN_TAC" GEN_TAC);
  plain (stock "INDUCT_TAC" INDUCT_TAC);
  plain (restated "INTEGER_TAC" INTEGER_TAC ["INTEGER_TAC__1",INTEGER_TAC__1]);
  plain (stock "INT_ARITH_TAC" INT_ARITH_TAC);
  plain (stock "ITAUT_TAC" ITAUT_TAC);
  plain (stock "LET_TAC" LET_TAC);
  plain (stock "LIST_INDUCT_TAC" LIST_INDUCT_TAC);
  plain (stock "MK_COMB_TAC" MK_COMB_TAC);
  plain (stock "MONO_TAC" MONO_TAC);
  plain (stock "NUMBER_TAC" NUMBER_TAC);
  plain real_arith_tac;
  plain ("REAL_ARITH_TAC2",snd real_arith_tac);
  plain (stock "REFL_TAC" REFL_TAC);
  plain (stock "SELECT_ELIM_TAC" SELECT_ELIM_TAC);
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
  with_thm (stock "STRUCT_CASES_TAC" STRUCT_CASES_TAC);
  with_thm (stock "SUBST1_TAC" SUBST1_TAC);
  with_thm (stock "SUBST_ALL_TAC" SUBST_ALL_TAC);
  with_thm (stock "SUBST_VAR_TAC" SUBST_VAR_TAC);
  with_thms (stock "ASM_MESON_TAC" ASM_MESON_TAC);
  with_thms (stock "ASM_METIS_TAC" ASM_METIS_TAC);
  with_thms (stock "ASM_REWRITE_TAC" ASM_REWRITE_TAC);
  with_thms (stock "ASM_SIMP_TAC" ASM_SIMP_TAC);
  with_thms (stock "IMP_REWRITE_TAC" IMP_REWRITE_TAC);
  with_thms (stock "MESON_TAC" MESON_TAC);
  with_thms (stock "METIS_TAC" METIS_TAC);
  with_thms (stock "ONCE_ASM_REWRITE_TAC" ONCE_ASM_REWRITE_TAC);
  with_thms (stock "ONCE_REWRITE_TAC" ONCE_REWRITE_TAC);
  with_thms (stock "PURE_ASM_REWRITE_TAC" PURE_ASM_REWRITE_TAC);
  with_thms (stock "PURE_ONCE_REWRITE_TAC" PURE_ONCE_REWRITE_TAC);
  with_thms (stock "PURE_REWRITE_TAC" PURE_REWRITE_TAC);
  with_thms (stock "REWRITE_TAC" REWRITE_TAC);
  with_thms (stock "SET_TAC" SET_TAC);
  with_thms (stock "SIMP_TAC" SIMP_TAC);
  with_term (stock "ABBREV_TAC" ABBREV_TAC);
  with_term (stock "ASM_CASES_TAC" ASM_CASES_TAC);
  with_term (stock "BOOL_CASES_TAC" BOOL_CASES_TAC);
  with_term (stock "EXISTS_TAC" EXISTS_TAC);
  with_term (added "RAW_SUBGOAL_TAC" RAW_SUBGOAL_TAC);
  with_term (stock "UNDISCH_TAC" UNDISCH_TAC);
  with_term (stock "X_GEN_TAC" X_GEN_TAC);
  taking conv (stock "CONV_TAC" CONV_TAC);
  taking number (added "RAW_POP_TAC" RAW_POP_TAC);
  taking label (stock "EXPAND_TAC" EXPAND_TAC);
  taking2 conval theorems (stock "GEN_REWRITE_TAC" GEN_REWRITE_TAC);
  taking2 label theorem (stock "LABEL_TAC" LABEL_TAC);
  taking2 theorem term (stock "TRANS_TAC" TRANS_TAC);
  taking2 term theorem (stock "X_CHOOSE_TAC" X_CHOOSE_TAC);
  taking2 term term (each_version (fun tactic a b -> tactic (a,b)) (stock "SPEC_TAC" SPEC_TAC))];;

(* VALID runs the tactic's justification: what does not follow from its subgoals is an error, not a step. What rests on
   an assumed theorem never passes, so in a replay that is left to the check of the whole proof. *)
let tactic_of ~position ~mode text : tactic = fun (asl,_ as goal) ->
  let r = {Reader.tokens = Reader.tokens text; depth = 0; position = position; mode = mode;
           assumptions = List.map snd asl; assume = ASSUME} in
  let read = Reader.one_of "a tactic" tactics r in
  let compute = read r in
  Reader.finish r;
  let tactic = compute () in
  if r.Reader.mode = Reader.Replay then tactic goal else VALID tactic goal;;

(* Every word with a meaning of its own: its kind, and from which position on a theorem may use it. *)
let words () =
  let listed kind table =
    Hashtbl.fold (fun name versions found -> (kind,name,fst (last versions)) :: found) table [] in
  listed "tactic" tactics @ listed "rule" Reader.rules @ listed "conversion" conversions @
  listed "conversional" conversionals;;

(* For code in plain OCaml, which cannot name it. *)
let assume = ASSUME;;

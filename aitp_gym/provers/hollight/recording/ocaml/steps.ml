(* Tactics that are applied while a theorem is proved. Comes after `mk_fthm` of tactics.ml, where goals are known. *)

module Proofs = struct
  type step = { tactic : string; args : Rec.arg list; goal : goal; subgoals : goal list }
  type proof = { statement : term; theorem : thm; steps : step list; position : int; file : string }

  let steps : step list ref = ref []
  let nesting = ref 0
  let finished : proof list ref = ref []

  (* Those of the phrase that is being loaded wait for its position. *)
  let pending : (int -> proof) list ref = ref []

  let step name args tac g =
    if !Rec.depth > 0 then tac g else
    let (_,gls,_) as result = Rec.within (fun () -> tac g) in
    (if !nesting > 0 then steps := {tactic = name; args = args (); goal = g; subgoals = gls} :: !steps);
    result

  (* What a tactic computes before it sees a goal is computed once, and is no call of its own. *)
  let made name args make =
    if !Rec.depth > 0 then make () else
    let tac = Rec.within make in
    fun g -> step name args tac g

  let proving t f =
    if !Rec.depth > 0 then f () else begin
      let outer = !steps in
      steps := []; incr nesting;
      let back () = decr nesting; steps := outer in
      let th = (try f () with e -> back (); raise e) in
      let own = List.rev !steps in
      back ();
      pending :=
        (fun position -> {statement = t; theorem = th; steps = own; position = position; file = !Track.current_file})
        :: !pending;
      th
    end

  let place position =
    finished := List.map (fun proof -> proof position) !pending @ !finished;
    pending := [];
    Rec.forget ()
end;;

let _ = Track.trackers := (Proofs.place,ignore) :: !Track.trackers;;

(* HOList's primitives: with them the combinators that follow leave no gap between a goal and the next. *)
let RAW_POP_TAC n : tactic =
  Proofs.step "RAW_POP_TAC" (fun () -> [Rec.Text (string_of_int n)])
   (fun (asl,w) ->
      let before,rest = chop_list n asl in
      null_meta,[before @ tl rest,w],(fun _ ths -> hd ths));;

let RAW_POP_ALL_TAC : tactic =
  Proofs.step "RAW_POP_ALL_TAC" (fun () -> []) (fun (_,w) -> null_meta,[[],w],(fun _ ths -> hd ths));;

let RAW_CONJUNCTS_TAC cth : tactic =
  Proofs.step "RAW_CONJUNCTS_TAC" (fun () -> [Rec.thm cth])
   (fun goal ->
      null_meta,[goal],
      (fun i ths -> let left,right = CONJ_PAIR(INSTANTIATE_ALL i cth) in
                    PROVE_HYP left (PROVE_HYP right (hd ths))));;

let RAW_SUBGOAL_TAC tm : tactic =
  Proofs.step "RAW_SUBGOAL_TAC" (fun () -> [Rec.Term tm])
   (fun (asl,w) ->
      null_meta,[asl,tm; ("",ASSUME tm)::asl,w],
      (fun _ ths -> match ths with [lemma; th] -> PROVE_HYP lemma th | _ -> failwith "RAW_SUBGOAL_TAC"));;

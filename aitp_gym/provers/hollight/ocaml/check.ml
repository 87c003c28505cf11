(* The check of a finished proof, in a process that took no part in the search.

   It replays the tactics from the statement, lets HOL Light's kernel build the theorem, and compares that theorem with
   the statement and the kernel's state with what it was when the server started. *)

module H = Hol_all

type kernel = {
  axioms : H.thm list;
  definitions : H.thm list;
  constants : (string * H.hol_type) list;
  types : (string * int) list;
}

let kernel () =
  { axioms = H.axioms (); definitions = H.definitions (); constants = H.constants (); types = H.types () }

let at_start = ref None
let remember () = at_start := Some (kernel ())

exception Refused of int * string

let refuse step fmt = Printf.ksprintf (fun text -> raise (Refused (step, text))) fmt

(* Replay depth first, as a goal stack does; [step] is the index of a tactic in the script. *)
let replay context goal tactics =
  let apply (step, state) text =
    let _, goals, _ = state in
    if goals = [] then refuse step "tactic %d comes after the last goal was closed" step;
    match H.by (Table.tactic_of ~position:context.Attempt.position ~mode:context.Attempt.mode text) state with
    | state -> (step + 1, state)
    | exception ((Limits.Timeout | Out_of_memory) as limit) -> raise limit
    | exception problem ->
        let kind, message = Attempt.describe problem in
        refuse step "tactic %d (%s) fails: %s: %s" step (Reader.shorten text) kind message
  in
  let _, (_, goals, justify) = List.fold_left apply (0, H.mk_goalstate goal) tactics in
  if goals <> [] then refuse (-1) "unsolved goals: %d are left after the last tactic" (List.length goals);
  justify H.null_inst []

let compare_with (assumptions, conclusion) theorem =
  let hypotheses, proved = H.dest_thm theorem in
  if not (H.aconv proved conclusion) then refuse (-1) "the proof proves another statement";
  let given hypothesis = List.exists (fun (_, theorem) -> H.aconv hypothesis (H.concl theorem)) assumptions in
  if not (List.for_all given hypotheses) then refuse (-1) "the proof rests on extra hypotheses"

let compare_kernel () =
  match !at_start with
  | None -> refuse (-1) "the state of the kernel at the start was not recorded"
  | Some before ->
      let now = kernel () in
      if now.axioms != before.axioms then refuse (-1) "the proof added an axiom";
      if now.definitions != before.definitions then refuse (-1) "the proof added a definition";
      if now.constants != before.constants then refuse (-1) "the proof added a constant";
      if now.types != before.types then refuse (-1) "the proof added a type"

let verify context ~goal ~tactics =
  Attempt.set_facts context;
  let goal = Attempt.goal_of goal in
  let theorem = replay context goal tactics in
  compare_with goal theorem;
  compare_kernel ();
  Library.fingerprint theorem

(* A replay that got less of the processor than this was stopped by a busy machine, not by its own length. *)
let fair_share = 0.5

let reply context ~limit ~goal ~tactics =
  let { Attempt.cpu_s; wall_s; memory_mb } = limit in
  let start = Sys.time () in
  match Limits.run ~cpu_s ~wall_s ~memory_mb (fun () -> verify context ~goal ~tactics) with
  | Ok fingerprint -> [ "accepted"; string_of_int fingerprint ]
  | Error (Refused (step, reason)) -> [ "refused"; string_of_int step; reason ]
  | Error Limits.Timeout when Sys.time () -. start < fair_share *. cpu_s ->
      [ "late"; "the machine was too busy to finish the replay in time" ]
  | Error Limits.Timeout -> [ "refused"; "-1"; "the replay reached the time limit of the check" ]
  | Error problem ->
      let kind, message = Attempt.describe problem in
      [ "refused"; "-1"; kind ^ ": " ^ message ]

(* The check of a finished proof, in a process that took no part in the search: a replay from the statement, and an
   audit of what the theorem that came out rests on. *)

structure AitpCheck = struct

exception Refused of int * string

local open HolKernel boolLib in

fun refuse step parts = raise Refused (step, String.concat parts)

(* Replays depth first, as a goal stack does. Gives the theorem, and what is left of the numbered tactics. *)
fun prove goal [] = refuse ~1 ["unsolved goals are left after the last tactic"]
  | prove goal ((step, text) :: rest) =
      let
        val (subgoals, justify) =
          Tactical.VALID (AitpTactics.read text) goal
          handle problem as (SML90.Interrupt) => raise problem
               | AitpLimits.Expired => raise AitpLimits.Expired
               | problem =>
                   let val (kind, message) = AitpAttempt.describe problem
                   in refuse step ["tactic ", Int.toString step, " (", AitpTactics.shorten text, ") fails: ", kind, ": ", message] end
        fun all [] rest theorems = (List.rev theorems, rest)
          | all (subgoal :: others) rest theorems =
              let val (th, rest) = prove subgoal rest in all others rest (th :: theorems) end
        val (theorems, rest) = all subgoals rest []
      in (justify theorems, rest) end

fun name_of (theory, number) =
  case List.find (fn (_, th) => AitpContext.number_of th = SOME number) (DB.thms theory) of
    SOME (name, _) => theory ^ "." ^ name
  | NONE => theory ^ "#" ^ Int.toString number

(* Saved theorems that a theorem rests on, by theory and number. *)
fun dependencies th =
  List.concat (map (fn (theory, numbers) => map (fn n => (theory, n)) numbers) (Dep.thydepl_of (Tag.dep_of (Thm.tag th))))

fun first n items = List.take (items, Int.min (n, length items))

fun audit {hypotheses, conclusion} th =
  let
    val (oracles, axioms) = Tag.dest_tag (Thm.tag th)
    val foreign = List.filter (fn oracle => oracle <> "DISK_THM") oracles
    val later = List.filter (not o AitpContext.precedes) (dependencies th)
    fun given hypothesis = List.exists (aconv hypothesis) hypotheses
  in
    if not (aconv (concl th) conclusion) then refuse ~1 ["the proof proves another statement"]
    else if not (List.all given (hyp th)) then refuse ~1 ["the proof rests on extra hypotheses"]
    else if not (null foreign) then refuse ~1 ["the proof rests on the oracles ", String.concatWith ", " foreign]
    else if not (null axioms) then refuse ~1 ["the proof rests on new axioms"]
    else if not (null (DB.axioms "-")) then refuse ~1 ["the proof added an axiom"]
    else if not (null (Theory.constants "-") andalso null (Theory.types "-")) then
      refuse ~1 ["the proof added a constant or a type"]
    else if not (null later) then
      refuse ~1 ["the proof uses what does not come before the theorem: ", String.concatWith ", " (map name_of (first 5 later))]
    else dependencies th
  end

fun reply request =
  let
    fun time key = Time.fromMicroseconds (Int.toLarge (AitpJson.int_of request key))
    val goal as (hypotheses, conclusion) = AitpAttempt.goal_of request
    val tactics = AitpJson.strings_of request "tactics"
    val numbered = ListPair.zip (List.tabulate (length tactics, fn i => i), tactics)
    fun verify () =
      case prove goal numbered of
        (th, []) => audit {hypotheses = hypotheses, conclusion = conclusion} th
      | (_, (step, _) :: _) => refuse step ["tactic ", Int.toString step, " comes after the last goal was closed"]
    val limit = {cpu = time "cpu_us", wall = time "wall_us"}
    val (result, _, cpu) = AitpLimits.run limit verify
    fun refused step reason =
      AitpJson.Object
        [("verdict", AitpJson.String "refused"), ("step", AitpJson.Int (Int.toLarge step)), ("reason", AitpJson.String reason)]
  in
    case result of
      Exn.Res used =>
        AitpJson.Object
          [("verdict", AitpJson.String "accepted"),
           ("dependencies", AitpJson.List (map (AitpJson.String o name_of) (first 1000 used)))]
    | Exn.Exn (Refused (step, reason)) => refused step (AitpAttempt.clip reason)
    | Exn.Exn AitpLimits.Expired =>
        (* A replay that got less of the processor than half was stopped by a busy machine, not by its own length. *)
        if Time.< (Time.+ (cpu, cpu), #cpu limit) then
          AitpJson.Object [("verdict", AitpJson.String "late"), ("reason", AitpJson.String "the machine was too busy to finish the replay in time")]
        else refused ~1 "the replay reached the time limit of the check"
    | Exn.Exn problem => let val (kind, message) = AitpAttempt.describe problem in refused ~1 (kind ^ ": " ^ message) end
  end

end
end

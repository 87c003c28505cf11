(* Goals on the wire, and tactics applied to them one by one. *)

structure AitpAttempt = struct

exception Unknown_goal
exception Too_large

local open HolKernel boolLib in

val max_subgoals_bytes = 1000000
val max_message = 300
val max_goals = 20000
val max_statement_bytes = 4 * 1024 * 1024

(* ---- Goals: by number while this process lives, by text at any time ---- *)

val known : (int, goal) Redblackmap.dict ref = ref (Redblackmap.mkDict Int.compare)
val next = ref 0

fun forget () = known := Redblackmap.mkDict Int.compare

fun number goal =
  (if Redblackmap.numItems (!known) >= max_goals then forget () else ();
   next := !next + 1;
   known := Redblackmap.insert (!known, !next, goal);
   !next)

fun proposition text =
  let val tm = AitpSexp.to_term text
  in if type_of tm = bool then tm else raise AitpSexp.Malformed "not a proposition" end

fun goal_of request : goal =
  case AitpJson.find request "goal" of
    SOME (AitpJson.Int n) =>
      (case Redblackmap.peek (!known, Int.fromLarge n) of SOME goal => goal | NONE => raise Unknown_goal)
  | _ => (map proposition (AitpJson.strings_of request "hypotheses"), proposition (AitpJson.string_of request "conclusion"))

fun subgoal room (goal as (hypotheses, conclusion)) =
  let
    fun text tm =
      let val s = AitpSexp.of_term tm
      in room := !room - String.size s; if !room < 0 then raise Too_large else AitpJson.String s end
  in
    AitpJson.Object
      [("goal", AitpJson.Int (Int.toLarge (number goal))), ("hypotheses", AitpJson.List (map text hypotheses)),
       ("conclusion", text conclusion)]
  end

(* ---- What went wrong ---- *)

fun clip text = if String.size text <= max_message then text else String.substring (text, 0, max_message) ^ "..."

(* Kind (as in Python's FailureKind) and message. *)
fun describe problem =
  let
    val (kind, message) =
      case problem of
        AitpTactics.Syntax text => ("parse", text)
      | AitpContext.Missing name => ("parse", "there is no theorem " ^ name)
      | AitpContext.Forbidden name => ("forbidden", name ^ " does not come before the theorem")
      | AitpSexp.Malformed text => ("parse", "bad S-expression: " ^ text)
      | AitpLimits.Expired => ("timeout", "the tactic reached its time limit")
      | SML90.Interrupt => ("out_of_memory", "the tactic reached the memory limit")
      | Too_large => ("rejected", "the subgoals are longer than " ^ Int.toString max_subgoals_bytes ^ " bytes")
      | HOL_ERR _ => ("rejected", Feedback.exn_to_string problem)
      | _ => ("rejected", General.exnMessage problem)
  in (kind, clip message) end

fun microseconds time = AitpJson.Int (Int.toLarge (LargeInt.toInt (Time.toMicroseconds time)))

(* ---- Applying ---- *)

fun apply goal text () =
  let
    val (subgoals, _) = Tactical.VALID (AitpTactics.read text) goal
    val room = ref max_subgoals_bytes
  in map (subgoal room) subgoals end

(* A reply for each tactic at once, so that a crash costs only the tactic that caused it. Ends after a tactic that
   closes the goal, or when the batch's share of time is used up. *)
fun batch send request =
  let
    fun time key = Time.fromMicroseconds (Int.toLarge (AitpJson.int_of request key))
    val goal = goal_of request
    val limit = {cpu = time "cpu_us", wall = time "wall_us"}
    fun less (a, b) = if Time.< (a, b) then a else b
    fun go [] _ _ = ()
      | go (text :: rest) cpu_left wall_left =
          let
            val (result, wall, cpu) =
              AitpLimits.run {cpu = less (#cpu limit, cpu_left), wall = less (#wall limit, wall_left)} (apply goal text)
            val spent = Time.>= (cpu, cpu_left) orelse Time.>= (wall, wall_left)
            val closed = case result of Exn.Res [] => true | _ => false
            val over = closed orelse spent orelse null rest
            val outcome =
              case result of
                Exn.Res goals => [("subgoals", AitpJson.List goals)]
              | Exn.Exn problem =>
                  let val (kind, message) = describe problem
                  in [("kind", AitpJson.String kind), ("message", AitpJson.String message)] end
          in
            send (AitpJson.Object (("last", AitpJson.Bool over) :: ("wall_us", microseconds wall) :: ("cpu_us", microseconds cpu) :: outcome));
            if over then () else go rest (Time.- (cpu_left, cpu)) (Time.- (wall_left, wall))
          end
  in go (AitpJson.strings_of request "tactics") (time "cpu_left_us") (time "wall_left_us") end

end
end

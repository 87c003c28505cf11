(* Goals on the wire, and tactics applied to them one by one. *)

module H = Hol_all

type limits = { cpu_s : float; wall_s : float; memory_mb : int }
type context = { position : int; mode : Reader.mode }

(* Facts that tactics consult: as of the theorem's place, or as they are in the end. *)
let set_facts { position; mode } = Track.restore (if mode = Reader.Strict then position else max_int)

exception Too_large

(* A tactic whose subgoals are longer than this in all has run away. *)
let max_subgoals_bytes = 1_000_000
let max_message = 300

(* From the texts of the conclusion and of the hypotheses. *)
let goal_of texts : H.goal =
  match List.map Sexp.to_term texts with
  | conclusion :: hypotheses when H.type_of conclusion = H.bool_ty ->
      (List.map (fun term -> ("", Table.assume term)) hypotheses, conclusion)
  | _ -> raise (Sexp.Malformed "the conclusion is not a proposition")

(* A batch is often followed by another for the same goal. *)
let last_goal = ref None

let cached_goal texts =
  match !last_goal with
  | Some (known, goal) when known = texts -> goal
  | _ ->
      let goal = goal_of texts in
      last_goal := Some (texts, goal);
      goal

let goal_fields (assumptions, conclusion) =
  let text term = Sexp.of_term (Normal.goal_term term) in
  string_of_int (List.length assumptions)
  :: text conclusion
  :: List.map (fun (_, theorem) -> text (H.concl theorem)) assumptions

let subgoal_fields goals =
  let room = ref max_subgoals_bytes in
  let fields goal =
    let texts = goal_fields goal in
    List.iter (fun text -> room := !room - String.length text) texts;
    if !room < 0 then raise Too_large;
    texts
  in
  string_of_int (List.length goals) :: List.concat_map fields goals

let shorten text = if String.length text <= max_message then text else String.sub text 0 max_message ^ "..."

(* Kind (as in Python's FailureKind) and message of what went wrong. *)
let describe problem =
  let kind, message =
    match problem with
    | Reader.Syntax text -> ("parse", text)
    | Reader.Forbidden text -> ("forbidden", text)
    | Limits.Timeout -> ("timeout", "the tactic reached its time limit")
    | Out_of_memory -> ("out_of_memory", "the tactic reached the memory limit")
    | Stack_overflow -> ("out_of_memory", "the tactic reached the stack limit")
    | Too_large -> ("rejected", Printf.sprintf "the subgoals are longer than %d bytes" max_subgoals_bytes)
    | Sexp.Malformed text -> ("parse", "bad S-expression: " ^ text)
    | Failure text -> ("rejected", text)
    | other -> ("rejected", Printexc.to_string other)
  in
  (* The message is one field of a frame. *)
  (kind, String.map (fun c -> if c = '\000' then ' ' else c) (shorten message))

let microseconds seconds = string_of_int (int_of_float (Float.max 0. seconds *. 1e6))

(* How the client goes on after a reply. *)
let more = "more"
let finished = "done"
let retiring = "retiring"

(* Apply each tactic and send a reply for each at once, so that a crash costs only the tactic that caused it. Stops
   after a tactic that closes the goal, or when the batch's share of time is used up. *)
let batch send context ~limit ~left ~goal ~tactics =
  let first_cpu = Sys.time () and first_wall = Unix.gettimeofday () in
  let apply text =
    set_facts context;
    let goal = cached_goal goal in
    let _, subgoals, _ = Table.tactic_of ~position:context.position ~mode:context.mode text goal in
    subgoal_fields subgoals
  in
  let rec go cpu wall = function
    | [] -> finished
    | text :: rest ->
        let cpu_s = Float.min limit.cpu_s (left.cpu_s -. (cpu -. first_cpu)) in
        let wall_s = Float.min limit.wall_s (left.wall_s -. (wall -. first_wall)) in
        let result = Limits.run ~cpu_s ~wall_s ~memory_mb:limit.memory_mb (fun () -> apply text) in
        let cpu' = Sys.time () and wall' = Unix.gettimeofday () in
        let spent = cpu' -. first_cpu >= left.cpu_s || wall' -. first_wall >= left.wall_s in
        let usual = if rest = [] || spent then finished else more in
        let next, fields =
          match result with
          | Ok [ "0" ] -> (finished, [ "subgoals"; "0" ])
          | Ok fields -> (usual, "subgoals" :: fields)
          | Error problem ->
              let kind, message = describe problem in
              ((if problem = Out_of_memory then retiring else usual), [ "failure"; kind; message ])
        in
        send (next :: microseconds (wall' -. wall) :: microseconds (cpu' -. cpu) :: fields);
        if next = more then go cpu' wall' rest else next
  in
  go first_cpu first_wall tactics

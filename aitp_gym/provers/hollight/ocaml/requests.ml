(* What a child answers. A request is a list of fields whose first is its name. *)

module H = Hol_all

(* For requests that are not attempts at a proof. *)
let service = { Attempt.cpu_s = 20.; wall_s = 100.; memory_mb = 2048 }

exception Bad_request of string

let bad fmt = Printf.ksprintf (fun text -> raise (Bad_request text)) fmt

let int text = match int_of_string_opt text with Some n -> n | None -> bad "expected a number, got %S" text
let seconds text = float_of_int (int text) /. 1e6

let context position mode =
  let position = if position = "" then max_int else int position in
  match mode with
  | "strict" -> { Attempt.position; mode = Reader.Strict }
  | "holist" -> { Attempt.position; mode = Reader.Holist }
  | "replay" when position = max_int -> { Attempt.position; mode = Reader.Replay }
  | "replay" -> bad "a replay has no position"
  | _ -> bad "unknown context %S" mode

(* The conclusion and the hypotheses of a goal, then the rest. *)
let split_goal count fields =
  let count = int count + 1 in
  if count < 1 || count > List.length fields then bad "the goal is incomplete";
  let rec take n found rest = if n = 0 then (List.rev found, rest) else take (n - 1) (List.hd rest :: found) (List.tl rest) in
  take count [] fields

let statement term =
  if H.type_of term <> H.bool_ty then
    raise (Reader.Syntax ("a statement has type bool, this has type " ^ H.string_of_type (H.type_of term)));
  Normal.goal_term term

let parse text =
  let term = statement (Reader.read_term text) in
  let sexp = Sexp.of_term term in
  [ sexp; Readable.of_term term; string_of_int (Farmhash.theorem (Sexp.of_term (Normal.fingerprint_term term)) []) ]

let pretty text = Readable.of_term (Sexp.to_term text)

let library_row { Library.name; position; file; kind; theorem; fingerprint } =
  let hypotheses, conclusion = H.dest_thm theorem in
  let conclusion = Normal.goal_term conclusion in
  [
    name; string_of_int position; file; kind; string_of_int (List.length hypotheses); string_of_int fingerprint;
    Sexp.of_term conclusion; Readable.of_term conclusion;
  ]

let info () =
  let word (kind, name, position) = Printf.sprintf "%s %s %d" kind name position in
  [
    H.hol_version; Sys.ocaml_version; String.concat "\n" (List.sort compare !Library.unplaced);
    String.concat "\n" (List.sort compare (List.map word (Table.words ())));
    string_of_int (List.length (H.axioms ()));
  ]

let answer compute =
  let { Attempt.cpu_s; wall_s; memory_mb } = service in
  match Limits.run ~cpu_s ~wall_s ~memory_mb compute with
  | Ok fields -> "ok" :: fields
  | Error problem ->
      let _, message = Attempt.describe problem in
      [ "error"; message ]

type next = Continue | Stop

(* Sends the replies to one request. *)
let handle ~shut_down send request =
  let reply fields = send fields; Continue in
  match request with
  | [ "PING" ] -> reply [ "ok" ]
  | "APPLY" :: position :: mode :: memory :: cpu :: wall :: cpu_left :: wall_left :: hypotheses :: rest ->
      let memory_mb = int memory in
      let limit = { Attempt.cpu_s = seconds cpu; wall_s = seconds wall; memory_mb } in
      let left = { Attempt.cpu_s = seconds cpu_left; wall_s = seconds wall_left; memory_mb } in
      let goal, tactics = split_goal hypotheses rest in
      let last = Attempt.batch send (context position mode) ~limit ~left ~goal ~tactics in
      if last = Attempt.retiring then Stop else Continue
  | "CHECK" :: position :: mode :: memory :: cpu :: wall :: hypotheses :: rest ->
      let limit = { Attempt.cpu_s = seconds cpu; wall_s = seconds wall; memory_mb = int memory } in
      let goal, tactics = split_goal hypotheses rest in
      reply (Check.reply (context position mode) ~limit ~goal ~tactics)
  | [ "READ"; text ] -> reply (answer (fun () -> [ Sexp.of_term (statement (Sexp.to_term text)) ]))
  | [ "PARSE"; text ] -> reply (answer (fun () -> parse text))
  | "PRETTY" :: terms -> reply (answer (fun () -> List.map pretty terms))
  | [ "LIBRARY" ] -> reply (answer (fun () -> List.concat_map library_row (Library.in_order ())))
  | [ "LEMMAS" ] -> reply (answer (fun () -> List.concat_map library_row (Library.lemmas ())))
  | "FINGERPRINT" :: conclusion :: hypotheses -> reply [ "ok"; string_of_int (Farmhash.theorem conclusion hypotheses) ]
  | [ "INFO" ] -> reply (answer info)
  | [ "SHUTDOWN" ] ->
      (* Before the reply: whoever has it may end this process at once. *)
      shut_down ();
      send [ "ok" ];
      Stop
  | name :: _ -> bad "unknown request %S, or fields missing" (Reader.shorten name)
  | [] -> bad "empty request"

let handle ~shut_down send request =
  try handle ~shut_down send request
  with Bad_request text ->
    send [ "error"; text ];
    Continue

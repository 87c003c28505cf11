(* Records, while HOL Light loads, where each name gets its final value, which theorems were proved without getting a
   name, and when the facts behind tactics change.

   The generated source calls [mark] after every top-level phrase. A position is the number of such a phrase, counted
   through all files in the order of loading. *)

type binding = { position : int; file : string; kind : string; value : Obj.t }

let bindings : (string, binding) Hashtbl.t = Hashtbl.create 8192

(* Theorems that were proved or assumed on the way, named or not: the latest first. Those of the phrase that is being
   loaded wait for its position. *)
let lemmas : binding list ref = ref []
let pending : (string * Obj.t) list ref = ref []

let recording = ref true

(* What a wrapper around one of HOL Light's ways to get a theorem calls; gives back the theorem. *)
let record kind theorem =
  if !recording then pending := (kind, Obj.repr theorem) :: !pending;
  theorem

(* After the load `prove` and its like are called by tactics, on behalf of clients. *)
let stop_recording () = recording := false

let current_file = ref ""
let trackers : ((int -> unit) * (int -> unit)) list ref = ref []

(* Follow a mutable fact: [get] reads it, [set] puts it back. *)
let track get set =
  let history = ref [ (0, get ()) ] in
  let note position =
    let value = get () in
    if value != snd (List.hd !history) then history := (position, value) :: !history
  and restore position =
    let earlier = List.filter (fun (changed, _) -> changed < position) !history in
    match earlier with (_, value) :: _ -> set value | [] -> set (snd (List.hd (List.rev !history)))
  in
  trackers := (note, restore) :: !trackers

(* Whoever started the server may have gone away meanwhile. *)
let () = Sys.set_signal Sys.sigpipe Sys.Signal_ignore

let enter_file name number count =
  current_file := name;
  try Printf.printf "LOADING %d %d %s\n%!" number count name with Sys_error _ -> ()

let mark position kind values =
  List.iter
    (fun (name, value) -> Hashtbl.replace bindings name { position; file = !current_file; kind; value })
    values;
  let lemma (kind, value) = { position; file = !current_file; kind; value } in
  lemmas := List.map lemma !pending @ !lemmas;
  pending := [];
  List.iter (fun (note, _) -> note position) !trackers

(* The facts as of just before a position: a change made at that very phrase is not seen. *)
let standing = ref max_int

let restore position =
  if position <> !standing then begin
    (* Half restored, after a limit struck in between, must not pass for restored. *)
    standing := -1;
    List.iter (fun (_, restore) -> restore position) (List.rev !trackers);
    standing := position
  end

(* Where a name got the value it finally has. Physical equality proves that the generator's lexer found the right
   phrase: had the name been bound again later, the values would differ. *)
let find name value =
  match Hashtbl.find_opt bindings name with
  | Some binding when binding.value == value -> Some binding
  | _ -> None

let position name value =
  match find name (Obj.repr value) with
  | Some binding -> binding.position
  | None -> failwith (name ^ ": the place of its last definition in the sources was not found")

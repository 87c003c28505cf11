(* The theorems of the loaded library: by name, by fingerprint, and where each was proved.

   A lemma is a theorem that HOL Light proved on the way and gave no name of its own; its name here is its fingerprint. *)

module H = Hol_all

type entry = { name : string; position : int; file : string; kind : string; theorem : H.thm; fingerprint : int }

let by_name : (string, entry) Hashtbl.t = Hashtbl.create 8192
let by_fingerprint : (int, entry) Hashtbl.t = Hashtbl.create 8192

(* Named theorems whose place in the sources is not known: nobody may use them. *)
let unplaced : string list ref = ref []

let fingerprint theorem =
  let hypotheses, conclusion = H.dest_thm theorem in
  let text term = Sexp.of_term (Normal.fingerprint_term term) in
  Farmhash.theorem (text conclusion) (List.map text hypotheses)

(* Of several entries for one theorem the earliest decides who may use it; at one place, the one that has a name. *)
let add_fingerprint entry =
  match Hashtbl.find_opt by_fingerprint entry.fingerprint with
  | Some other when other.position <= entry.position -> ()
  | _ -> Hashtbl.replace by_fingerprint entry.fingerprint entry

let add (name, theorem) =
  match Track.find name (Obj.repr theorem) with
  | None -> unplaced := name :: !unplaced
  | Some { Track.position; file; kind; _ } ->
      let entry = { name; position; file; kind; theorem; fingerprint = fingerprint theorem } in
      Hashtbl.replace by_name name entry;
      add_fingerprint entry

let lemma { Track.position; file; kind; value } =
  let theorem : H.thm = Obj.obj value in
  let fingerprint = fingerprint theorem in
  { name = string_of_int fingerprint; position; file; kind; theorem; fingerprint }

let load () =
  Track.stop_recording ();
  List.iter add !H.theorems;
  List.iter (fun found -> add_fingerprint (lemma found)) !Track.lemmas;
  Track.lemmas := []

let find word =
  match Hashtbl.find_opt by_name word with
  | Some entry -> Some entry
  | None -> Option.bind (Digits.to_int_opt word) (Hashtbl.find_opt by_fingerprint)

let sorted table keep =
  let all = Hashtbl.fold (fun _ entry found -> if keep entry then entry :: found else found) table [] in
  List.sort (fun a b -> compare (a.position, a.name) (b.position, b.name)) all

let in_order () = sorted by_name (fun _ -> true)

(* Where a lemma comes before a name for the same theorem, both are listed. *)
let lemmas () = sorted by_fingerprint (fun entry -> not (Hashtbl.mem by_name entry.name))

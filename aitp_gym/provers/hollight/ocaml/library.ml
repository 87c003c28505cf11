(* The theorems of the loaded library: by name, by fingerprint, and where each was proved. *)

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

let add (name, theorem) =
  match Track.find name (Obj.repr theorem) with
  | None -> unplaced := name :: !unplaced
  | Some { Track.position; file; kind; _ } ->
      let entry = { name; position; file; kind; theorem; fingerprint = fingerprint theorem } in
      Hashtbl.replace by_name name entry;
      (* Of several names for one theorem the earliest decides who may use it. *)
      (match Hashtbl.find_opt by_fingerprint entry.fingerprint with
      | Some other when other.position <= position -> ()
      | _ -> Hashtbl.replace by_fingerprint entry.fingerprint entry)

let load () = List.iter add !H.theorems

let find word =
  match Hashtbl.find_opt by_name word with
  | Some entry -> Some entry
  | None -> Option.bind (int_of_string_opt word) (Hashtbl.find_opt by_fingerprint)

let in_order () =
  let all = Hashtbl.fold (fun _ entry found -> entry :: found) by_name [] in
  List.sort (fun a b -> compare (a.position, a.name) (b.position, b.name)) all

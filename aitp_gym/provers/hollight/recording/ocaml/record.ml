(* hlrecord FILE IDENTITY: load HOL Light and write the proofs that it made of its theorems, a line of JSON each.

   The first line is an object with the identity of this program. Then a string is the next term's S-expression, which
   the lines after it call by its number from 0; an object with "steps" is a proof; the last line counts both. *)

module H = Hol_all

let quote s =
  let b = Buffer.create (String.length s + 2) in
  Buffer.add_char b '"';
  String.iter
    (function
      | ('"' | '\\') as c ->
          Buffer.add_char b '\\';
          Buffer.add_char b c
      | c when c < ' ' -> Buffer.add_string b (Printf.sprintf "\\u%04x" (Char.code c))
      | c -> Buffer.add_char b c)
    s;
  Buffer.add_char b '"';
  Buffer.contents b

let list f l = "[" ^ String.concat "," (List.map f l) ^ "]"
let int = string_of_int

(* Looks a value up by physical identity and then by [key], or makes it. *)
let remembering hash make =
  let known = Hashtbl.create 100000 in
  fun value ->
    let key = hash value in
    match List.assq_opt value (Hashtbl.find_all known key) with
    | Some found -> found
    | None ->
        let made = make value in
        Hashtbl.add known key (value, made);
        made

let () =
  let out = open_out Sys.argv.(1) in
  (* From here on nothing is an outermost call. *)
  H.Rec.depth := 1;
  Library.load ();
  Printf.fprintf out "{\"identity\":%s}\n" (quote Sys.argv.(2));
  let numbers = Hashtbl.create 100000 in
  let term =
    remembering Hashtbl.hash (fun t ->
        let text = Sexp.of_term (Normal.goal_term t) in
        match Hashtbl.find_opt numbers text with
        | Some number -> number
        | None ->
            let number = int (Hashtbl.length numbers) in
            Hashtbl.add numbers text number;
            output_string out (quote text ^ "\n");
            number)
  in
  let fingerprint = remembering (fun th -> Hashtbl.hash (H.concl th)) Library.fingerprint in
  let entry th = Hashtbl.find_opt Library.by_fingerprint (fingerprint th) in
  let ty t =
    let b = Buffer.create 50 in
    Sexp.add_type b t;
    quote (Buffer.contents b)
  in
  let rec arg = function
    | H.Rec.Thm (th, how) ->
        let hyps, concl = H.dest_thm th in
        let name, position =
          match entry th with Some e -> (quote e.Library.name, e.Library.position) | None -> ("null", 0)
        in
        let how =
          match how with None -> "null" | Some (rule, args) -> Printf.sprintf "[%s,%s]" (quote rule) (list arg args)
        in
        Printf.sprintf "[\"thm\",%s,%s,%s,%d,%s]" (term concl) (list term hyps) name position how
    | H.Rec.Term t -> Printf.sprintf "[\"term\",%s]" (term t)
    | H.Rec.Type t -> Printf.sprintf "[\"type\",%s]" (ty t)
    | H.Rec.Text s -> Printf.sprintf "[\"text\",%s]" (quote s)
    | H.Rec.Several l -> Printf.sprintf "[\"list\",%s]" (list arg l)
    | H.Rec.Conv (name, l) -> Printf.sprintf "[\"conv\",%s,%s]" (quote name) (list arg l)
    | H.Rec.Unknown -> "[\"unknown\"]"
  in
  let goal (asl, w) = list Fun.id (term w :: List.map (fun (_, th) -> term (H.concl th)) asl) in
  let step { H.Proofs.tactic; args; goal = g; subgoals } =
    Printf.sprintf "[%s,%s,%s,%s]" (quote tactic) (list arg args) (goal g) (list goal subgoals)
  in
  let proof p =
    let text =
      Printf.sprintf "{\"fingerprint\":%d,\"position\":%d,\"file\":%s,\"goal\":%s,\"steps\":%s}\n"
        (fingerprint p.H.Proofs.theorem) p.H.Proofs.position (quote p.H.Proofs.file) (term p.H.Proofs.statement)
        (list step p.H.Proofs.steps)
    in
    (* Its terms have been written by now. *)
    output_string out text
  in
  let proofs = List.rev !H.Proofs.finished in
  List.iter proof proofs;
  Printf.fprintf out "{\"proofs\":%d,\"terms\":%d}\n" (List.length proofs) (Hashtbl.length numbers);
  close_out out

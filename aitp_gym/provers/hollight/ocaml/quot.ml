(* Expands the `...` quotations of HOL Light at compile time.

   HOL Light installs this expander while it loads (system.ml); a compiled HOL Light needs it in the preprocessor. *)

let expand text =
  if text = "" then failwith "Empty quotation";
  let last = String.length text - 1 in
  let call parser body = Printf.sprintf "%s \"%s\"" parser (String.escaped body) in
  match text.[0] with
  | ':' -> call "parse_type" (String.sub text 1 last)
  | ';' -> call "parse_qproof" text
  | _ when text.[last] = ':' -> Printf.sprintf "\"%s\"" (String.escaped (String.sub text 0 last))
  | _ -> call "parse_term" text

let () = Quotation.add "tot" (Quotation.ExStr (fun _ -> expand))

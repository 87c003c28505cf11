(* Numbers in tactics: decimal digits only, where OCaml's own reader takes 0x1f and 1_000 too. *)

let all_from text start =
  let n = String.length text in
  let rec go i = i = n || (text.[i] >= '0' && text.[i] <= '9' && go (i + 1)) in
  n > start && go start

let to_int_opt text = if all_from text 0 then int_of_string_opt text else None

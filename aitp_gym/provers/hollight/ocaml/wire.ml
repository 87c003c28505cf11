(* Frames: a length of 4 bytes (big endian), then fields separated by NUL. The first field of a request is its number,
   and the first field of each of its replies is the same. *)

let max_request = 16 * 1024 * 1024
let longest_number = 20

(* With the number of the request. *)
exception Too_long of string

let rec retry f = try f () with Unix.Unix_error (Unix.EINTR, _, _) -> retry f

let read_exactly fd n =
  let buffer = Bytes.create n in
  let rec go offset =
    if offset < n then
      match retry (fun () -> Unix.read fd buffer offset (n - offset)) with
      | 0 -> raise End_of_file
      | k -> go (offset + k)
  in
  go 0;
  Bytes.unsafe_to_string buffer

let receive fd =
  let n = Int32.to_int (String.get_int32_be (read_exactly fd 4) 0) land 0xffffffff in
  if n > max_request then begin
    let start = read_exactly fd longest_number in
    raise (Too_long (List.hd (String.split_on_char '\000' start)))
  end;
  String.split_on_char '\000' (read_exactly fd n)

let send fd fields =
  let payload = String.concat "\000" fields in
  let n = String.length payload in
  let frame = Bytes.create (n + 4) in
  Bytes.set_int32_be frame 0 (Int32.of_int n);
  Bytes.blit_string payload 0 frame 4 n;
  let rec go offset =
    if offset < n + 4 then go (offset + retry (fun () -> Unix.write fd frame offset (n + 4 - offset)))
  in
  go 0

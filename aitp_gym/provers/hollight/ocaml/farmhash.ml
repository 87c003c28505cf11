(* FarmHash's Fingerprint64 (farmhashna::Hash64, https://github.com/google/farmhash, MIT) and HOList's combination of
   it into a theorem's fingerprint. *)

let k0 = 0xc3a5c85c97cb3127L
let k1 = 0xb492b66fbe98f273L
let k2 = 0x9ae16a3b2f90404fL
let ( +% ) = Int64.add
let ( *% ) = Int64.mul
let ( ^% ) = Int64.logxor
let shift_right = Int64.shift_right_logical
let shift_left = Int64.shift_left
let rotate v n = if n = 0 then v else Int64.logor (shift_right v n) (shift_left v (64 - n))
let shift_mix v = v ^% shift_right v 47
let fetch64 = String.get_int64_le
let fetch32 s i = Int64.logand (Int64.of_int32 (String.get_int32_le s i)) 0xffffffffL

let hash_16 u v mul =
  let a = shift_mix ((u ^% v) *% mul) in
  let b = shift_mix ((v ^% a) *% mul) in
  b *% mul

let up_to_16 s n =
  let length = Int64.of_int n in
  let mul = k2 +% (length *% 2L) in
  if n >= 8 then
    let a = fetch64 s 0 +% k2 and b = fetch64 s (n - 8) in
    hash_16 ((rotate b 37 *% mul) +% a) ((rotate a 25 +% b) *% mul) mul
  else if n >= 4 then hash_16 (length +% shift_left (fetch32 s 0) 3) (fetch32 s (n - 4)) mul
  else if n > 0 then
    let byte i = Int64.of_int (Char.code s.[i]) in
    let y = byte 0 +% shift_left (byte (n / 2)) 8 and z = length +% shift_left (byte (n - 1)) 2 in
    shift_mix ((y *% k2) ^% (z *% k0)) *% k2
  else k2

let up_to_32 s n =
  let mul = k2 +% (Int64.of_int n *% 2L) in
  let a = fetch64 s 0 *% k1 and b = fetch64 s 8 in
  let c = fetch64 s (n - 8) *% mul and d = fetch64 s (n - 16) *% k2 in
  hash_16 (rotate (a +% b) 43 +% rotate c 30 +% d) (a +% rotate (b +% k2) 18 +% c) mul

let up_to_64 s n =
  let mul = k2 +% (Int64.of_int n *% 2L) in
  let a = fetch64 s 0 *% k2 and b = fetch64 s 8 in
  let c = fetch64 s (n - 8) *% mul and d = fetch64 s (n - 16) *% k2 in
  let y = rotate (a +% b) 43 +% rotate c 30 +% d in
  let z = hash_16 y (a +% rotate (b +% k2) 18 +% c) mul in
  let e = fetch64 s 16 *% mul and f = fetch64 s 24 in
  let g = (y +% fetch64 s (n - 32)) *% mul and h = (z +% fetch64 s (n - 24)) *% mul in
  hash_16 (rotate (e +% f) 43 +% rotate g 30 +% h) (e +% rotate (f +% a) 18 +% g) mul

let weak_hash s i a b =
  let w = fetch64 s i and x = fetch64 s (i + 8) and y = fetch64 s (i + 16) and z = fetch64 s (i + 24) in
  let a = a +% w in
  let b = rotate (b +% a +% z) 21 in
  let sum = a +% x +% y in
  (sum +% z, b +% rotate sum 44 +% a)

let over_64 s n =
  let x = ref 81L and y = ref ((81L *% k1) +% 113L) in
  let z = ref (shift_mix ((!y *% k2) +% 113L) *% k2) in
  let v = ref (0L, 0L) and w = ref (0L, 0L) in
  x := (!x *% k2) +% fetch64 s 0;
  let round i mul ~last =
    let weight = if last then 9L else 1L in
    x := rotate (!x +% !y +% fst !v +% fetch64 s (i + 8)) 37 *% mul;
    y := rotate (!y +% snd !v +% fetch64 s (i + 48)) 42 *% mul;
    x := !x ^% (snd !w *% weight);
    y := !y +% (fst !v *% weight) +% fetch64 s (i + 40);
    z := rotate (!z +% fst !w) 33 *% mul;
    v := weak_hash s i (snd !v *% mul) (!x +% fst !w);
    w := weak_hash s (i + 32) (!z +% snd !w) (!y +% fetch64 s (i + 16));
    let swap = !z in
    z := !x;
    x := swap
  in
  let rest = (n - 1) land 63 in
  let whole = n - 1 - rest in
  for block = 0 to (whole / 64) - 1 do
    round (64 * block) k1 ~last:false
  done;
  let mul = k1 +% shift_left (Int64.logand !z 0xffL) 1 in
  w := (fst !w +% Int64.of_int rest, snd !w);
  v := (fst !v +% fst !w, snd !v);
  w := (fst !w +% fst !v, snd !w);
  round (whole + rest - 63) mul ~last:true;
  hash_16
    (hash_16 (fst !v) (fst !w) mul +% (shift_mix !y *% k0) +% !z)
    (hash_16 (snd !v) (snd !w) mul +% !x)
    mul

let fingerprint64 s =
  let n = String.length s in
  if n <= 16 then up_to_16 s n else if n <= 32 then up_to_32 s n else if n <= 64 then up_to_64 s n else over_64 s n

let combine low high =
  let m = 0x9ddfea08eb382d69L in
  let a = shift_mix ((low ^% high) *% m) in
  let b = (high ^% a) *% m in
  let b = (b ^% shift_right b 44) *% m in
  (b ^% shift_right b 41) *% m

(* HOList's theorem fingerprint, 62 bits. *)
let theorem conclusion hypotheses =
  let all = List.fold_left (fun h text -> combine h (fingerprint64 text)) (fingerprint64 conclusion) hypotheses in
  Int64.to_int (Int64.logand all 0x3fffffffffffffffL)

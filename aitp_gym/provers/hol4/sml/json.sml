(* JSON, as much of it as the wire needs: read and written here, because older releases of HOL4 have no library for it. *)

structure AitpJson = struct

datatype value =
    Null | Bool of bool | Int of LargeInt.int | String of string | List of value list | Object of (string * value) list

exception Malformed of string

val max_depth = 32

(* ---- Writing ---- *)

fun escape c =
  case c of
    #"\"" => "\\\"" | #"\\" => "\\\\" | #"\n" => "\\n" | #"\t" => "\\t" | #"\r" => "\\r"
  | _ => if c < #" " orelse c = #"\127" then "\\u" ^ StringCvt.padLeft #"0" 4 (Int.fmt StringCvt.HEX (Char.ord c))
         else String.str c

fun separated _ [] rest = rest
  | separated write [item] rest = write (item, rest)
  | separated write (item :: items) rest = write (item, "," :: separated write items rest)

fun write (Null, rest) = "null" :: rest
  | write (Bool b, rest) = (if b then "true" else "false") :: rest
  | write (Int n, rest) = (if n < 0 then "-" ^ LargeInt.toString (~n) else LargeInt.toString n) :: rest
  | write (String s, rest) = "\"" :: String.translate escape s :: "\"" :: rest
  | write (List values, rest) = "[" :: separated write values ("]" :: rest)
  | write (Object fields, rest) = "{" :: separated field fields ("}" :: rest)
and field ((key, value), rest) = write (String key, ":" :: write (value, rest))

fun to_string value = String.concat (write (value, []))

(* ---- Reading ---- *)

fun utf8 code =
  let
    fun byte n = String.str (Char.chr n)
    fun tail n = byte (128 + n mod 64)
  in
    if code < 128 then byte code
    else if code < 2048 then byte (192 + code div 64) ^ tail code
    else if code < 65536 then byte (224 + code div 4096) ^ tail (code div 64) ^ tail code
    else byte (240 + code div 262144) ^ tail (code div 4096) ^ tail (code div 64) ^ tail code
  end

fun from_string text =
  let
    val size = String.size text
    fun fail what i = raise Malformed (what ^ " at byte " ^ Int.toString i)
    fun at i = if i < size then String.sub (text, i) else fail "unexpected end" i
    fun blank i = if i < size andalso Char.isSpace (String.sub (text, i)) then blank (i + 1) else i
    fun expect c i = if at i = c then i + 1 else fail ("expected " ^ String.str c) i
    fun word w value i =
      if i + String.size w <= size andalso String.substring (text, i, String.size w) = w then (value, i + String.size w)
      else fail ("expected " ^ w) i
    fun plain i = if i < size andalso String.sub (text, i) <> #"\"" andalso String.sub (text, i) <> #"\\" then plain (i + 1) else i
    fun hex i =
      case StringCvt.scanString (Int.scan StringCvt.HEX) (String.extract (text, i, SOME 4) handle Subscript => "") of
        SOME n => if n >= 0 then n else fail "bad escape" i
      | NONE => fail "bad escape" i
    fun string i parts =
      let
        val j = plain i
        val parts = String.substring (text, i, j - i) :: parts
      in
        if at j = #"\"" then (String.concat (List.rev parts), j + 1)
        else case at (j + 1) of
          #"n" => string (j + 2) ("\n" :: parts) | #"t" => string (j + 2) ("\t" :: parts)
        | #"r" => string (j + 2) ("\r" :: parts) | #"b" => string (j + 2) ("\b" :: parts)
        | #"f" => string (j + 2) ("\f" :: parts)
        | #"u" =>
            let val high = hex (j + 2)
            in
              if high >= 0xD800 andalso high < 0xDC00 andalso j + 12 <= size andalso at (j + 6) = #"\\" andalso at (j + 7) = #"u"
              then string (j + 12) (utf8 (0x10000 + (high - 0xD800) * 1024 + (hex (j + 8) - 0xDC00) mod 1024) :: parts)
              else string (j + 6) (utf8 high :: parts)
            end
        | c => string (j + 2) (String.str c :: parts)
      end
    fun number i =
      let
        fun digits j = if j < size andalso Char.isDigit (String.sub (text, j)) then digits (j + 1) else j
        val start = if at i = #"-" then i + 1 else i
        val stop = digits start
      in
        if stop = start orelse stop - start > 18 then fail "expected a number" i
        else
          let val n = valOf (LargeInt.fromString (String.substring (text, start, stop - start)))
          in (Int (if start = i then n else ~n), stop) end
      end
    fun value depth i =
      if depth > max_depth then fail "too deeply nested" i
      else case at i of
        #"{" => members depth (blank (i + 1)) []
      | #"[" => items depth (blank (i + 1)) []
      | #"\"" => let val (s, j) = string (i + 1) [] in (String s, j) end
      | #"t" => word "true" (Bool true) i
      | #"f" => word "false" (Bool false) i
      | #"n" => word "null" Null i
      | _ => number i
    and items depth i found =
      if at i = #"]" andalso null found then (List [], i + 1)
      else
        let
          val (item, j) = value (depth + 1) i
          val j = blank j
        in
          if at j = #"," then items depth (blank (j + 1)) (item :: found)
          else (List (List.rev (item :: found)), expect #"]" j)
        end
    and members depth i found =
      if at i = #"}" andalso null found then (Object [], i + 1)
      else
        let
          val (key, j) = string (expect #"\"" i) []
          val (item, k) = value (depth + 1) (blank (expect #":" (blank j)))
          val k = blank k
        in
          if at k = #"," then members depth (blank (k + 1)) ((key, item) :: found)
          else (Object (List.rev ((key, item) :: found)), expect #"}" k)
        end
    val (result, last) = value 0 (blank 0)
  in
    if blank last = size then result else fail "trailing text" last
  end

(* ---- Fields of a request ---- *)

fun find (Object fields) key = Option.map #2 (List.find (fn (k, _) => k = key) fields)
  | find _ _ = NONE

fun wrong key kind = raise Malformed ("the field " ^ key ^ " must be " ^ kind)

fun string_of object key = case find object key of SOME (String s) => s | _ => wrong key "a string"
fun int_of object key =
  case find object key of
    SOME (Int n) => (Int.fromLarge n handle Overflow => wrong key "a smaller number")
  | _ => wrong key "a number"
fun strings_of object key =
  case find object key of
    SOME (List items) => map (fn String s => s | _ => wrong key "a list of strings") items
  | _ => wrong key "a list of strings"

end

(* Terms as typed S-expressions, which read back to the same term in whatever theories are loaded.

     term ::= (v TYPE NAME) | (c TYPE THEORY$NAME) | (a TERM TERM) | (l TERM TERM)
     type ::= 'NAME | (THEORY$NAME TYPE ...)

   Blanks, parentheses, control characters, the dollar sign and the percent sign of a name are written %XX. *)

structure AitpSexp = struct

exception Malformed of string

local open HolKernel in

fun special c = Char.isSpace c orelse Char.isCntrl c orelse c = #"(" orelse c = #")" orelse c = #"%" orelse c = #"$"
fun percent c = "%" ^ StringCvt.padLeft #"0" 2 (Int.fmt StringCvt.HEX (Char.ord c))
fun encode name =
  if CharVector.exists special name then String.translate (fn c => if special c then percent c else String.str c) name
  else if name = "" then "%"
  else name

fun decode name =
  if name = "%" then ""
  else if not (CharVector.exists (fn c => c = #"%") name) then name
  else
    let
      fun go [] found = String.implode (List.rev found)
        | go (#"%" :: a :: b :: rest) found =
            (case Int.scan StringCvt.HEX List.getItem [a, b] of
               SOME (n, []) => if n >= 0 then go rest (Char.chr n :: found) else raise Malformed "bad escape in a name"
             | _ => raise Malformed "bad escape in a name")
        | go (#"%" :: _) _ = raise Malformed "bad escape in a name"
        | go (c :: rest) found = go rest (c :: found)
    in go (String.explode name) [] end

fun qualified (thy, name) = encode thy ^ "$" ^ encode name

fun write_type ty rest =
  if is_vartype ty then encode (dest_vartype ty) :: rest
  else
    let val {Thy, Tyop, Args} = dest_thy_type ty
    in "(" :: qualified (Thy, Tyop) :: List.foldr (fn (arg, r) => " " :: write_type arg r) (")" :: rest) Args end

fun write tm rest =
  case dest_term tm of
    VAR (name, ty) => "(v " :: write_type ty (" " :: encode name :: ")" :: rest)
  | CONST {Name, Thy, Ty} => "(c " :: write_type Ty (" " :: qualified (Thy, Name) :: ")" :: rest)
  | COMB (f, x) => "(a " :: write f (" " :: write x (")" :: rest))
  | LAMB (v, body) => "(l " :: write v (" " :: write body (")" :: rest))

fun of_term tm = String.concat (write tm [])

(* ---- Reading ---- *)

datatype tree = Word of string | Node of tree list

fun tree_of text =
  let
    val size = String.size text
    fun word_end i =
      if i >= size then i
      else case String.sub (text, i) of #"(" => i | #")" => i | #" " => i | _ => word_end (i + 1)
    (* [open_nodes] holds what was found so far in each node that is not closed yet, the innermost first. *)
    fun go i open_nodes =
      if i >= size then raise Malformed "unexpected end"
      else case String.sub (text, i) of
        #" " => go (i + 1) open_nodes
      | #"(" => go (i + 1) ([] :: open_nodes)
      | #")" =>
          (case open_nodes of
             [found] => (Node (List.rev found), i + 1)
           | found :: outer :: rest => go (i + 1) ((Node (List.rev found) :: outer) :: rest)
           | [] => raise Malformed "unexpected )")
      | _ =>
          let
            val j = word_end i
            val w = Word (String.substring (text, i, j - i))
          in
            case open_nodes of
              [] => (w, j)
            | found :: rest => go j ((w :: found) :: rest)
          end
    val (tree, last) = go 0 []
    fun blank i = i >= size orelse (String.sub (text, i) = #" " andalso blank (i + 1))
  in
    if blank last then tree else raise Malformed "trailing text"
  end

fun unqualified text =
  case String.fields (fn c => c = #"$") text of
    [thy, name] => (decode thy, decode name)
  | _ => raise Malformed ("expected THEORY$NAME, found " ^ text)

fun read_type (Word name) = mk_vartype (decode name)
  | read_type (Node (Word name :: args)) =
      let val (thy, tyop) = unqualified name
      in mk_thy_type {Thy = thy, Tyop = tyop, Args = map read_type args} end
  | read_type _ = raise Malformed "expected a type"

fun read (Node [Word "v", ty, Word name]) = mk_var (decode name, read_type ty)
  | read (Node [Word "c", ty, Word name]) =
      let val (thy, const) = unqualified name
      in mk_thy_const {Thy = thy, Name = const, Ty = read_type ty} end
  | read (Node [Word "a", f, x]) = mk_comb (read f, read x)
  | read (Node [Word "l", v, body]) = mk_abs (read v, read body)
  | read _ = raise Malformed "expected a term"

(* Raises Malformed, or HOL_ERR where the text is no term of the loaded theories. *)
fun to_term text = read (tree_of text)

(* Whether a text is one whole S-expression, whatever it would mean: `(a (b c)) ==> d` is none, so it is in HOL4's
   notation. *)
fun is_qualified name = CharVector.exists (fn c => c = #"$") name

fun type_shape (Word name) = String.isPrefix "'" name
  | type_shape (Node (Word name :: args)) = is_qualified name andalso List.all type_shape args
  | type_shape _ = false

fun term_shape (Node [Word "v", ty, Word _]) = type_shape ty
  | term_shape (Node [Word "c", ty, Word name]) = type_shape ty andalso is_qualified name
  | term_shape (Node [Word "a", f, x]) = term_shape f andalso term_shape x
  | term_shape (Node [Word "l", v, body]) = term_shape v andalso term_shape body
  | term_shape _ = false

fun looks_like_one text =
  String.size text > 3 andalso String.sub (text, 0) = #"(" andalso String.sub (text, 2) = #" "
  andalso Char.contains "vcal" (String.sub (text, 1)) andalso (term_shape (tree_of text) handle Malformed _ => false)

end
end

(* The theorems of the loaded theories, in an order in which each comes after all that it rests on. *)

structure AitpLibrary = struct

local open HolKernel in

(* Parents before children. *)
fun theories () =
  let
    fun visit (theory, found) =
      if theory = "-" orelse List.exists (fn t => t = theory) found then found
      else theory :: List.foldl visit found (Theory.parents theory)
  in List.rev (List.foldl visit [] (Listsort.sort String.compare (Theory.ancestry "-"))) end

fun theory name =
  AitpJson.Object [("name", AitpJson.String name), ("ancestors", AitpJson.List (map AitpJson.String (Theory.ancestry name)))]

fun pretty tm = Portable.with_flag (Globals.linewidth, 100) Parse.term_to_string tm

(* With all types. *)
fun typed tm = Feedback.trace ("types", 1) pretty tm

(* Whether a text is read as the term; type variables may have other names. *)
fun reads_back tm text =
  let
    val found = Parse.Term [QUOTE text]
    fun covers a b = aconv (inst (#2 (match_term a b)) a) b
  in covers tm found andalso covers found tm end
  handle HOL_ERR _ => false

val marker = "  (* does not read back as the same term *)"

(* The usual text where it reads back as the same term, else that with types, else the usual one with a remark, which is
   a comment to HOL4. *)
fun readable tm =
  let val usual = pretty tm
  in
    if reads_back tm usual then usual
    else
      let val full = typed tm
      in if reads_back tm full then full else usual ^ marker end
  end

fun row theory kind (name, th) =
  let
    val number = case AitpContext.number_of th of SOME n => n | NONE => ~1
    val (oracles, axioms) = Tag.dest_tag (Thm.tag th)
    fun ints xs = AitpJson.List (map (AitpJson.Int o Int.toLarge) xs)
    fun depends (thy, numbers) = AitpJson.List [AitpJson.String thy, ints numbers]
  in
    AitpJson.Object
      [("theory", AitpJson.String theory), ("name", AitpJson.String name), ("number", AitpJson.Int (Int.toLarge number)),
       ("kind", AitpJson.String kind), ("hypotheses", AitpJson.Int (Int.toLarge (length (hyp th)))),
       ("oracles", AitpJson.List (map AitpJson.String oracles)),
       ("statement", AitpJson.String (AitpSexp.of_term (concl th))), ("pretty", AitpJson.String (readable (concl th))),
       ("dependencies", AitpJson.List (map depends (Dep.thydepl_of (Tag.dep_of (Thm.tag th)))))]
  end

fun rows theory =
  let
    fun all kind items = map (row theory kind) items
  in all "theorem" (DB.theorems theory) @ all "definition" (DB.definitions theory) @ all "axiom" (DB.axioms theory) end

end
end

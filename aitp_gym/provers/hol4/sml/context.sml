(* What a theorem may use: the theorems before it, and the simplifier's rules as they were before it.

   A theorem's number is HOL4's own: the order in which the theorems of one theory were saved. *)

structure AitpContext = struct

exception Forbidden of string
exception Missing of string

local open HolKernel in

(* What is to be proved: a theorem of the library, or a statement of the user's, which may use everything. *)
datatype target = Everything | Before of {theory : string, number : int, strict : bool}

val current : target ref = ref Everything
val ancestors : string HOLset.set ref = ref (HOLset.empty String.compare)

fun number_of th = case Tag.dep_of (Thm.tag th) of Dep.DEP_SAVED ((_, n), _) => SOME n | _ => NONE

(* ---- Theorems by name ---- *)

fun find text =
  let val (theory, rest) = Substring.splitl (fn c => c <> #".") (Substring.full text)
  in
    if Substring.size rest < 2 orelse Substring.size theory = 0 then raise Missing text
    else
      let val theory = Substring.string theory
      in
        (theory, DB.fetch theory (Substring.string (Substring.triml 1 rest))) handle HOL_ERR _ => raise Missing text
      end
  end

(* Numbers of other theories are not comparable, but those theories are complete before this one begins. *)
fun precedes (theory, number) =
  case !current of
    Everything => true
  | Before {theory = here, number = limit, ...} =>
      if theory = here then number < limit else HOLset.member (!ancestors, theory)

fun premise text =
  let val (theory, th) = find text
  in
    case number_of th of
      SOME n => if precedes (theory, n) then th else raise Forbidden text
    | NONE => raise Forbidden text
  end

(* ---- The simplifier's rules ---- *)

(* Rules of the theorem's own theory that were declared before it. *)
fun earlier_rules {theory, number} =
  let
    fun keep (ThmSetData.ADD (_, th)) = (case number_of th of SOME n => n < number | NONE => false)
      | keep _ = false
    val deltas = ThmSetData.theory_data {settype = "simp", thy = theory}
  in ThmSetData.added_thms (List.filter keep deltas) end

fun whole_library () = BasicProvers.recreate_sset_at_parentage ["hol"]
  handle HOL_ERR _ => ()

val full = BasicProvers.srw_ss ()

fun enter target =
  if target = !current then ()
  else
    let
      (* Half entered, after an error, must not pass for entered. *)
      val _ = current := Before {theory = "", number = ~1, strict = true}
      val _ = ancestors := HOLset.empty String.compare
      val _ =
        case target of
          Before {theory, number, strict} =>
            (ancestors := HOLset.addList (HOLset.empty String.compare, Theory.ancestry theory);
             if strict then
               (BasicProvers.recreate_sset_at_parentage (Theory.parents theory);
                case earlier_rules {theory = theory, number = number} of
                  [] => ()
                | rules => BasicProvers.augment_srw_ss [simpLib.rewrites rules])
             else BasicProvers.temp_setsimpset full)
        | Everything => BasicProvers.temp_setsimpset full
      (* The caches of arithmetic keep what they saw in another context. *)
      val _ = numSimps.clear_arith_caches ()
    in current := target end

end
end

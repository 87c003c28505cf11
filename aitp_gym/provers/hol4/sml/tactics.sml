(* The closed table of tactics, and the reader of tactic text. No text is ever evaluated as ML.

     tactic    ::= NAME | NAME THEOREM | NAME [THEOREM, ...] | NAME TERM | MODIFIER NAME
     THEOREM   ::= theory.name
     TERM      ::= ‘...’ or `...`, in HOL4's syntax, read in the context of the goal *)

structure AitpTactics = struct

exception Syntax of string

local open HolKernel boolLib bossLib in

(* ---- Tokens ---- *)

datatype token = Word of string | Quoted of string | Open | Close | Comma

val max_bytes = 256 * 1024
val max_term_bytes = 16 * 1024
val left_quote = "\226\128\152" (* ‘ *)
val right_quote = "\226\128\153" (* ’ *)

fun syntax parts = raise Syntax (String.concat parts)
fun shorten text = if String.size text <= 60 then text else String.substring (text, 0, 57) ^ "..."

fun tokens text =
  let
    val size = String.size text
    val _ = if size <= max_bytes then () else
      syntax ["the tactic has ", Int.toString size, " bytes, at most ", Int.toString max_bytes, " are read"]
    fun here i pattern = i + String.size pattern <= size andalso String.substring (text, i, String.size pattern) = pattern
    fun find i pattern =
      if i >= size then syntax ["a term is not closed by its quote"] else if here i pattern then i else find (i + 1) pattern
    fun is_end i =
      let val c = String.sub (text, i)
      in Char.isSpace c orelse Char.contains "[],`" c orelse here i left_quote end
    fun word_end i = if i >= size orelse is_end i then i else word_end (i + 1)
    fun from i found =
      if i >= size then List.rev found
      else case String.sub (text, i) of
        #"[" => from (i + 1) (Open :: found)
      | #"]" => from (i + 1) (Close :: found)
      | #"," => from (i + 1) (Comma :: found)
      | #"`" => quoted (i + 1) "`" found
      | c =>
          if Char.isSpace c then from (i + 1) found
          else if here i left_quote then quoted (i + String.size left_quote) right_quote found
          else let val j = word_end (i + 1) in from j (Word (String.substring (text, i, j - i)) :: found) end
    and quoted start closing found =
      let val stop = find start closing
      in
        if stop - start > max_term_bytes then
          syntax ["a term has ", Int.toString (stop - start), " bytes, at most ", Int.toString max_term_bytes, " are read"]
        else from (stop + String.size closing) (Quoted (String.substring (text, start, stop - start)) :: found)
      end
  in from 0 [] end

fun describe [] = "the end"
  | describe (Word w :: _) = shorten w
  | describe (Quoted t :: _) = left_quote ^ shorten t ^ right_quote
  | describe (Open :: _) = "["
  | describe (Close :: _) = "]"
  | describe (Comma :: _) = ","

fun expected what found = syntax ["expected ", what, ", found ", describe found]

(* ---- The table ---- *)

datatype entry = Plain of tactic | Thm of thm_tactic | Thms of thm list -> tactic | Term of term quotation -> tactic

val plain =
  [("AP_TERM_TAC", AP_TERM_TAC), ("AP_THM_TAC", AP_THM_TAC), ("BETA_TAC", BETA_TAC), ("CASE_TAC", CASE_TAC),
   ("CCONTR_TAC", CCONTR_TAC), ("COND_CASES_TAC", COND_CASES_TAC), ("Cases", Cases), ("EQ_TAC", EQ_TAC),
   ("Induct", Induct), ("MK_COMB_TAC", MK_COMB_TAC), ("REFL_TAC", REFL_TAC), ("conj_tac", conj_tac),
   ("decide_tac", decide_tac), ("disj1_tac", disj1_tac), ("disj2_tac", disj2_tac), ("eq_tac", EQ_TAC),
   ("gen_tac", gen_tac), ("res_tac", res_tac), ("strip_tac", strip_tac)]

val with_theorem : (string * thm_tactic) list =
  [("ACCEPT_TAC", ACCEPT_TAC), ("MATCH_ACCEPT_TAC", MATCH_ACCEPT_TAC), ("SUBST1_TAC", SUBST1_TAC),
   ("assume_tac", assume_tac), ("drule", drule), ("drule_all", drule_all), ("dxrule", dxrule),
   ("ho_match_mp_tac", ho_match_mp_tac), ("imp_res_tac", imp_res_tac), ("irule", irule),
   ("match_mp_tac", match_mp_tac), ("mp_tac", mp_tac), ("recInduct", recInduct), ("strip_assume_tac", strip_assume_tac)]

val with_theorems =
  [("asm_rewrite_tac", ASM_REWRITE_TAC), ("fs", fs), ("gs", gs), ("gvs", gvs), ("metis_tac", metis_tac),
   ("once_asm_rewrite_tac", ONCE_ASM_REWRITE_TAC), ("once_rewrite_tac", ONCE_REWRITE_TAC), ("prove_tac", prove_tac),
   ("pure_once_rewrite_tac", PURE_ONCE_REWRITE_TAC), ("pure_rewrite_tac", PURE_REWRITE_TAC), ("rewrite_tac", REWRITE_TAC),
   ("rfs", rfs), ("rw", rw), ("simp", simp)]

val with_term : (string * (term quotation -> tactic)) list =
  [("Cases_on", Cases_on), ("Induct_on", Induct_on), ("completeInduct_on", completeInduct_on),
   ("qexists", qexists_tac), ("qexists_tac", qexists_tac), ("qx_gen_tac", qx_gen_tac), ("sg", sg)]

val entries : (string * entry) list =
  map (fn (n, t) => (n, Plain t)) plain @ map (fn (n, f) => (n, Thm f)) with_theorem
  @ map (fn (n, f) => (n, Thms f)) with_theorems @ map (fn (n, f) => (n, Term f)) with_term

(* They turn a tactic that takes a theorem, or none, into one that tries the assumptions. *)
val modifiers : (string * (thm_tactic -> tactic)) list =
  [("first_assum", first_assum), ("first_x_assum", first_x_assum), ("last_assum", last_assum),
   ("last_x_assum", last_x_assum), ("pop_assum", pop_assum)]

fun dictionary items = Redblackmap.fromList String.compare items
val table = dictionary entries
val modifier_table = dictionary modifiers

fun names () = map #1 entries @ map (fn (m, _) => m ^ " TACTIC") modifiers @ ["rpt TACTIC"]

(* ---- Reading ---- *)

fun theorems [Close] = []
  | theorems tokens =
      let
        fun go (Word name :: Comma :: rest) found = go rest (name :: found)
          | go [Word name, Close] found = List.rev (name :: found)
          | go (Word _ :: rest) _ = expected ", or ]" rest
          | go rest _ = expected "the name of a theorem" rest
      in go tokens [] end

fun apply name entry arguments =
  case (entry, arguments) of
    (Plain tactic, []) => tactic
  | (Plain _, rest) => expected ("the end after " ^ name) rest
  | (Thm f, [Word theorem]) => f (AitpContext.premise theorem)
  | (Thm _, rest) => expected ("one theorem after " ^ name) rest
  | (Thms f, []) => f []
  | (Thms f, Open :: rest) => f (map AitpContext.premise (theorems rest))
  | (Thms _, rest) => expected ("[ after " ^ name) rest
  | (Term f, [Quoted text]) => f [QUOTE text]
  | (Term _, rest) => expected ("one term in quotes after " ^ name) rest

fun look_up name =
  case Redblackmap.peek (table, name) of SOME entry => entry | NONE => syntax [shorten name, " is not a tactic"]

fun read text : tactic =
  case tokens text of
    [Word "rpt", Word name] =>
      (case look_up name of Plain tactic => rpt tactic | _ => syntax ["rpt takes a tactic without arguments"])
  | Word name :: arguments =>
      (case (Redblackmap.peek (modifier_table, name), arguments) of
         (SOME modifier, [Word inner]) =>
           (case look_up inner of Thm f => modifier f | _ => syntax [name, " takes a tactic for one theorem"])
       | (SOME _, rest) => expected ("one tactic after " ^ name) rest
       | (NONE, _) => apply name (look_up name) arguments)
  | rest => expected "a tactic" rest

end
end

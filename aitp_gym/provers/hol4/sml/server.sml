(* The server: requests on standard input, replies on what was standard output.

   A frame is the length of its payload in bytes, in decimal, a newline, and the payload: a JSON object. A request has a
   number, its "id", which each of its replies repeats. *)

structure AitpServer = struct

local open HolKernel boolLib in

val protocol = 2
val max_request = 32 * 1024 * 1024
val service = {cpu = Time.fromSeconds 60, wall = Time.fromSeconds 300}

(* ---- Frames ---- *)

fun write descriptor text =
  let
    fun go slice =
      if Word8VectorSlice.length slice = 0 then ()
      else go (Word8VectorSlice.subslice (slice, Posix.IO.writeVec (descriptor, slice), NONE))
  in go (Word8VectorSlice.full (Byte.stringToBytes text)) end

fun send descriptor value =
  let val payload = AitpJson.to_string value
  in write descriptor (Int.toString (String.size payload) ^ "\n" ^ payload) end

exception Bad_frame of string

fun receive input =
  case TextIO.inputLine input of
    NONE => NONE
  | SOME line =>
      (case Int.fromString line of
         SOME size =>
           if size < 0 orelse size > max_request then raise Bad_frame ("a request may have " ^ Int.toString max_request ^ " bytes")
           else
             let val payload = TextIO.inputN (input, size)
             in if String.size payload = size then SOME payload else NONE end
       | NONE => raise Bad_frame "expected the length of a frame")

(* ---- Requests ---- *)

fun ok fields = AitpJson.Object (("ok", AitpJson.Bool true) :: fields)
fun error kind message =
  AitpJson.Object [("ok", AitpJson.Bool false), ("kind", AitpJson.String kind), ("message", AitpJson.String (AitpAttempt.clip message))]

fun enter request =
  let
    val target =
      case AitpJson.string_of request "theory" of
        "" => AitpContext.Everything
      | theory =>
          AitpContext.Before {theory = theory, number = AitpJson.int_of request "number", strict = AitpJson.string_of request "context" = "strict"}
  in
    AitpAttempt.forget ();
    AitpContext.enter target;
    ok []
  end

fun statement tm =
  if type_of tm = bool then tm
  else raise AitpTactics.Syntax ("a statement has type bool, this has type " ^ Parse.type_to_string (type_of tm))

fun read_term text =
  if AitpSexp.looks_like_one text then AitpSexp.to_term text else Parse.Term [QUOTE text]

fun parse request =
  let val tm = statement (read_term (AitpJson.string_of request "text"))
  in ok [("statement", AitpJson.String (AitpSexp.of_term tm)), ("pretty", AitpJson.String (AitpLibrary.readable tm))] end

fun pretty request =
  let val print = if AitpJson.find request "types" = SOME (AitpJson.Bool true) then AitpLibrary.typed else AitpLibrary.readable
  in ok [("texts", AitpJson.List (map (AitpJson.String o print o AitpSexp.to_term) (AitpJson.strings_of request "terms")))] end

fun answer request =
  case AitpJson.string_of request "op" of
    "ping" => ok []
  | "enter" => enter request
  | "open" => ok [("goal", AitpAttempt.subgoal (ref AitpAttempt.max_statement_bytes) (AitpAttempt.goal_of request))]
  | "parse" => parse request
  | "pretty" => pretty request
  | "check" => AitpCheck.reply request
  | "theories" => ok [("theories", AitpJson.List (map AitpLibrary.theory (AitpLibrary.theories ())))]
  | "library" => ok [("rows", AitpJson.List (AitpLibrary.rows (AitpJson.string_of request "theory")))]
  | "tactics" => ok [("names", AitpJson.List (map AitpJson.String (AitpTactics.names ())))]
  | "collect" => (PolyML.fullGC (); ok [])
  | other => error "request" ("unknown request " ^ AitpTactics.shorten other)

(* A reply that names the request it answers. *)
fun answering request reply (AitpJson.Object fields) =
      reply (AitpJson.Object
        (case AitpJson.find request "id" of SOME number => ("id", number) :: fields | NONE => fields))
  | answering _ reply value = reply value

fun respond reply request =
  let
    fun guarded f =
      case AitpLimits.run service f of
        (Exn.Res value, _, _) => value
      | (Exn.Exn AitpAttempt.Unknown_goal, _, _) => error "unknown_goal" "the goal is not known here"
      | (Exn.Exn (AitpJson.Malformed text), _, _) => error "request" text
      | (Exn.Exn problem, _, _) => let val (kind, message) = AitpAttempt.describe problem in error kind message end
  in
    (* Its tactics have limits of their own. *)
    if AitpJson.find request "op" = SOME (AitpJson.String "apply") then
      (AitpAttempt.batch reply request
       handle AitpAttempt.Unknown_goal => reply (error "unknown_goal" "the goal is not known here")
            | AitpJson.Malformed text => reply (error "request" text)
            | problem => let val (kind, message) = AitpAttempt.describe problem in reply (error kind message) end)
    else if AitpJson.find request "op" = SOME (AitpJson.String "check") then reply (answer request)
    else reply (guarded (fn () => answer request))
  end
  handle AitpJson.Malformed text => reply (error "request" text)
       | problem => let val (kind, message) = AitpAttempt.describe problem in reply (error kind message) end

fun handle_request send payload =
  let val request = AitpJson.from_string payload
  in respond (answering request send) request end
  (* Not even its number could be read. *)
  handle AitpJson.Malformed text => send (error "request" text)

fun serve input descriptor =
  let
    val reply = send descriptor
    fun loop () =
      case receive input of
        NONE => ()
      | SOME payload => (handle_request reply payload; loop ())
  in
    reply (ok [("protocol", AitpJson.Int (Int.toLarge protocol)),
               ("version", AitpJson.String (Globals.release ^ " " ^ Int.toString Globals.version))]);
    loop () handle Bad_frame text => reply (error "frame" text)
  end

(* HOL4 prints as it likes: what it prints must not get between the frames. *)
fun main () =
  let
    val _ = Feedback.emit_MESG := false
    val _ = Feedback.emit_WARNING := false
    val _ = Globals.interactive := false
    val descriptor = Posix.IO.dup Posix.FileSys.stdout
    val _ = Posix.IO.dup2 {old = Posix.FileSys.stderr, new = Posix.FileSys.stdout}
  in serve TextIO.stdIn descriptor end

end
end

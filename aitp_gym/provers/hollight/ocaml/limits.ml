(* Runs a computation under limits of CPU time, wall time and memory. *)

exception Timeout

let armed = ref false
let max_words = ref max_int

(* HOL Light swallows exceptions here and there (`with _ ->`), so an expired timer keeps firing. *)
let refire_s = 0.05

let set_timers ~cpu_s ~wall_s =
  let set timer value interval =
    ignore (Unix.setitimer timer { Unix.it_value = value; it_interval = interval })
  in
  let interval = if cpu_s > 0. then refire_s else 0. in
  set Unix.ITIMER_PROF cpu_s interval;
  set Unix.ITIMER_REAL wall_s interval

let install () =
  let handler = Sys.Signal_handle (fun _ -> if !armed then raise Timeout) in
  Sys.set_signal Sys.sigprof handler;
  Sys.set_signal Sys.sigalrm handler;
  ignore
    (Gc.create_alarm (fun () ->
         if !armed && (Gc.quick_stat ()).Gc.heap_words > !max_words then raise Out_of_memory))

(* A last signal may arrive before the flag is down. *)
let rec disarm () =
  try
    armed := false;
    set_timers ~cpu_s:0. ~wall_s:0.
  with Timeout | Out_of_memory -> disarm ()

let run ~cpu_s ~wall_s ~memory_mb f =
  max_words := memory_mb * 1024 * 1024 / (Sys.word_size / 8);
  match
    armed := true;
    set_timers ~cpu_s:(Float.max cpu_s 1e-6) ~wall_s:(Float.max wall_s 1e-6);
    let value = f () in
    armed := false;
    value
  with
  | value ->
      disarm ();
      Ok value
  | exception problem ->
      disarm ();
      Error problem

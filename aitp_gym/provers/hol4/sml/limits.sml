(* Runs a computation under limits of CPU and wall time.

   A thread of its own interrupts the computation when a limit is reached, and again every 50 ms until it has returned:
   some of HOL4's provers swallow an interrupt. The computation runs with interrupts fully asynchronous, because under
   HOL4's own Timeout.apply one swallowed interrupt makes a thread deaf to all that follow. *)

structure AitpLimits = struct

exception Expired

type limits = {cpu : Time.time, wall : Time.time}

val refire = Time.fromMilliseconds 50
val asynchronous = [Thread.EnableBroadcastInterrupt true, Thread.InterruptState Thread.InterruptAsynch]

fun cpu_now () = let val {usr, sys} = Timer.checkCPUTimer (Timer.totalCPUTimer ()) in Time.+ (usr, sys) end

val mutex = Mutex.mutex ()
val changed = ConditionVar.conditionVar ()
(* What is being watched: when to look again, and the CPU and wall clocks at which to interrupt. *)
val watched : {look : Time.time, cpu : Time.time, wall : Time.time, thread : Thread.thread} option ref = ref NONE
val expired = ref false
val watchdog : Thread.thread option ref = ref NONE

fun later (a, b) = if Time.< (a, b) then b else a
fun earlier (a, b) = if Time.< (a, b) then a else b

fun watch () =
  case !watched of
    NONE => (ConditionVar.wait (changed, mutex); watch ())
  | SOME {look, cpu, wall, thread} =>
      let val now = Time.now ()
      in
        if Time.< (now, look) then ignore (ConditionVar.waitUntil (changed, mutex, look))
        else
          let val used = cpu_now ()
          in
            if Time.< (used, cpu) andalso Time.< (now, wall) then
              (* On a busy machine less CPU time has passed than wall time: wait for the rest. *)
              watched := SOME {look = earlier (wall, later (Time.+ (now, Time.- (cpu, used)), Time.+ (now, Time.fromMilliseconds 1))),
                               cpu = cpu, wall = wall, thread = thread}
            else
              (expired := true;
               Thread.interrupt thread handle _ => ();
               watched := SOME {look = Time.+ (now, refire), cpu = Time.zeroTime, wall = wall, thread = thread})
          end;
        watch ()
      end

fun start () =
  case !watchdog of
    SOME thread => if Thread.isActive thread then () else (watchdog := NONE; start ())
  | NONE =>
      watchdog := SOME (Thread.fork (fn () => (Mutex.lock mutex; watch ()), [Thread.InterruptState Thread.InterruptDefer]))

(* The result, or Expired, whatever the computation made of the interrupt; and the wall and CPU time it took. *)
fun run ({cpu, wall} : limits) f =
  Thread_Attributes.with_attributes Thread_Attributes.no_interrupts (fn usual =>
    let
      val _ = start ()
      val wall0 = Time.now ()
      val cpu0 = cpu_now ()
      val _ = Mutex.lock mutex
      val _ = expired := false
      val _ = watched := SOME {look = Time.+ (wall0, earlier (cpu, wall)), cpu = Time.+ (cpu0, cpu),
                               wall = Time.+ (wall0, wall), thread = Thread.self ()}
      val _ = ConditionVar.signal changed
      val _ = Mutex.unlock mutex
      val result =
        Exn.capture (fn () => Thread_Attributes.with_attributes usual (fn _ => (Thread.setAttributes asynchronous; f ()))) ()
      val _ = Thread_Attributes.set_attributes Thread_Attributes.no_interrupts
      val _ = Mutex.lock mutex
      val _ = watched := NONE
      val late = !expired
      val _ = Mutex.unlock mutex
      (* One more interrupt may be on its way. *)
      val _ = if late then ignore (Exn.capture Thread_Attributes.expose_interrupt ()) else ()
    in
      (if late then Exn.Exn Expired else result, Time.- (Time.now (), wall0), Time.- (cpu_now (), cpu0))
    end)

end

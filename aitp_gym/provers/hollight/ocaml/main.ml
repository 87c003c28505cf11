(* hlserve SOCKET IDLE_SECONDS IDENTITY: the server.

   The parent accepts connections and forks; it never reads a byte of a client. Each child serves one client, starts
   from the parent's untouched state and ends with the connection. The parent leaves when it has had no child for
   IDLE_SECONDS, or on SIGTERM. *)

let protocol = "2"

let serve_client fd ~identity ~parent =
  Limits.install ();
  Sys.set_signal Sys.sigterm Sys.Signal_default;
  let send = Wire.send fd in
  (* The parent is the one that forked this process for as long as it has not changed. *)
  let shut_down () = if Unix.getppid () = parent then Unix.kill parent Sys.sigterm in
  let rec loop () =
    match Wire.receive fd with
    | [] -> ()
    | number :: request -> (
        match Requests.handle ~shut_down (fun fields -> send (number :: fields)) request with
        | Requests.Continue -> loop ()
        | Requests.Stop -> ())
  in
  (try
     send [ "hello"; protocol; identity; string_of_int (Unix.getpid ()); string_of_int parent ];
     loop ()
   with
  | End_of_file | Unix.Unix_error _ -> ()
  | Wire.Too_long number ->
      let text = Printf.sprintf "a request may have %d bytes" Wire.max_request in
      (try send [ number; "error"; text ] with Unix.Unix_error _ -> ()));
  Unix._exit 0

let children : (int, unit) Hashtbl.t = Hashtbl.create 16

let rec reap () =
  match Unix.waitpid [ Unix.WNOHANG ] (-1) with
  | 0, _ -> ()
  | pid, status ->
      Hashtbl.remove children pid;
      (match status with
      | Unix.WSIGNALED signal when signal <> Sys.sigkill -> Printf.eprintf "child %d: signal %d\n%!" pid signal
      | Unix.WEXITED code when code <> 0 -> Printf.eprintf "child %d: exit code %d\n%!" pid code
      | _ -> ());
      reap ()
  | exception Unix.Unix_error ((Unix.ECHILD | Unix.EINTR), _, _) -> ()

let accept listener ~identity =
  match Unix.accept ~cloexec:true listener with
  | exception Unix.Unix_error ((Unix.EINTR | Unix.EAGAIN | Unix.ECONNABORTED | Unix.EMFILE), _, _) -> ()
  | fd, _ ->
      let parent = Unix.getpid () in
      (match Unix.fork () with
      | 0 ->
          Unix.close listener;
          serve_client fd ~identity ~parent
      | pid -> Hashtbl.replace children pid ()
      | exception Unix.Unix_error (error, _, _) -> Printf.eprintf "fork: %s\n%!" (Unix.error_message error));
      Unix.close fd

let stopping = ref false

(* A signal that arrives just before the wait is seen after this long at the latest. *)
let longest_wait_s = 1.0

let rec loop listener ~identity ~idle_s ~busy_until =
  reap ();
  let now = Unix.gettimeofday () in
  let busy_until = if Hashtbl.length children > 0 then now +. idle_s else busy_until in
  if not (!stopping || now >= busy_until) then begin
    (match Unix.select [ listener ] [] [] (Float.min longest_wait_s (busy_until -. now)) with
    | [], _, _ -> ()
    | _ -> accept listener ~identity
    | exception Unix.Unix_error (Unix.EINTR, _, _) -> ());
    loop listener ~identity ~idle_s ~busy_until
  end

let listen path =
  (try Unix.unlink path with Unix.Unix_error (Unix.ENOENT, _, _) -> ());
  let listener = Unix.socket ~cloexec:true Unix.PF_UNIX Unix.SOCK_STREAM 0 in
  let mask = Unix.umask 0o177 in
  Unix.bind listener (Unix.ADDR_UNIX path);
  ignore (Unix.umask mask);
  Unix.listen listener 128;
  Unix.set_nonblock listener;
  listener

let inode path = match Unix.stat path with { Unix.st_ino; _ } -> Some st_ino | exception Unix.Unix_error _ -> None

(* Leave nothing behind, but never the socket of a server that has taken this one's place. *)
let leave listener path ~bound =
  if inode path = bound then (try Unix.unlink path with Unix.Unix_error _ -> ());
  Unix.close listener;
  reap ();
  Hashtbl.iter (fun pid () -> Unix.kill pid Sys.sigkill) children

let quiet () =
  Hol_all.verbose := false;
  Hol_all.report_timing := false;
  Hol_all.type_invention_warning := false;
  Hol_all.meson_chatty := false

(* Whoever started the server reads its standard output up to READY. *)
let announce () =
  (try Printf.printf "READY %d\n%!" (Unix.getpid ()) with Sys_error _ -> ());
  let null = Unix.openfile "/dev/null" [ Unix.O_WRONLY ] 0 in
  Unix.dup2 null Unix.stdout;
  Unix.close null

let () =
  match Sys.argv with
  | [| _; path; idle; identity |] ->
      quiet ();
      Library.load ();
      Check.remember ();
      Sys.set_signal Sys.sigint Sys.Signal_ignore;
      Sys.set_signal Sys.sighup Sys.Signal_ignore;
      Sys.set_signal Sys.sigterm (Sys.Signal_handle (fun _ -> stopping := true));
      Sys.set_signal Sys.sigchld (Sys.Signal_handle ignore);
      Gc.compact ();
      let listener = listen path in
      let bound = inode path in
      announce ();
      let idle_s = float_of_string idle in
      loop listener ~identity ~idle_s ~busy_until:(Unix.gettimeofday () +. idle_s);
      leave listener path ~bound
  | _ ->
      prerr_endline "usage: hlserve SOCKET IDLE_SECONDS IDENTITY";
      exit 2

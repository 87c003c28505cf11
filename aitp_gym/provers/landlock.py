"""Lets a command read some folders, write others, and nothing else: Linux's Landlock and seccomp, without privileges.

`python -I -S landlock.py [--alone] [-r PATH]… [-w PATH]… -- COMMAND…` takes away from itself what the command must not
have, and then becomes the command. It imports nothing of ours. Network is taken away as a whole: no socket can be made,
of any kind; `--alone` takes away child processes too, but not threads.
"""

import ctypes
import errno
import os
import struct
import sys

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_CAPABILITIES = 0x20080522

# `linux/landlock.h`: rights on files, in the order of their bits.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL

# Numbers of system calls, by machine: its number in seccomp, `socket`, `io_uring_setup`, `clone`, `clone3`, and those
# that only make processes.
_CALLS = {
    "x86_64": (0xC000003E, 41, 425, 56, 435, (57, 58)),
    "aarch64": (0xC00000B7, 198, 425, 220, 435, ()),
}
_CLONE_THREAD = 0x10000


def abi() -> int:
    """Version of Landlock in this kernel; 0 where there is none, or where it may not be used."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(1))))


def complete() -> bool:
    """Whether it can take away files and network here: the latter takes knowing this machine's system calls."""
    return abi() > 0 and os.uname().machine in _CALLS


def restrict(readable: list[str], writable: list[str], alone: bool) -> None:
    """Take away from this process, for good, everything but the folders and files that are named."""
    libc = _libc()
    _must(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")
    # What root may do beside files and network: clocks, reboots, other people's processes. The next program does not
    # get it back, because of the line above.
    _must(libc.capset(struct.pack("<Ii", _CAPABILITIES, 0), bytes(24)), "capset")
    _restrict_files(libc, readable, writable)
    _restrict_calls(libc, alone)


def _restrict_files(libc: ctypes.CDLL, readable: list[str], writable: list[str]) -> None:
    version = abi()
    handled = (1 << 13) - 1
    handled |= sum(bit for first, bit in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL)) if version >= first)
    # From version 4 on also TCP, from version 6 on abstract sockets and signals to processes outside.
    attributes = struct.pack("<QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = libc.syscall(_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint(0))
    _must(ruleset, "landlock_create_ruleset")
    for paths, rights in ((readable, _READ), (writable, handled)):
        for path in paths:
            try:
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                # What is not there needs no permission.
                continue
            allowed = rights & handled
            if not os.path.isdir(path):
                allowed &= _ON_FILES
            rule = struct.pack("<Qi", allowed, place)
            _must(libc.syscall(_ADD_RULE, ruleset, ctypes.c_int(1), rule, ctypes.c_uint(0)), f"landlock on {path}")
            os.close(place)
    _must(libc.syscall(_RESTRICT, ruleset, ctypes.c_uint(0)), "landlock_restrict_self")
    os.close(ruleset)


def _restrict_calls(libc: ctypes.CDLL, alone: bool) -> None:
    if os.uname().machine not in _CALLS:
        return
    machine, socket, io_uring, clone, clone3, processes = _CALLS[os.uname().machine]
    allow, kill = 0x7FFF0000, 0x80000000

    def refuse(error: int) -> int:
        return 0x00050000 | error

    program = [
        # Calls of another machine's kind would go by other numbers.
        (0x20, 0, 0, 4),
        (0x15, 1, 0, machine),
        (0x06, 0, 0, kill),
        (0x20, 0, 0, 0),
        (0x35, 0, 1, 0x40000000),
        (0x06, 0, 0, refuse(errno.ENOSYS)),
    ]

    def forbid(number: int, error: int) -> None:
        program.extend([(0x15, 0, 1, number), (0x06, 0, 0, refuse(error))])

    forbid(socket, errno.EACCES)
    # It can make sockets too.
    forbid(io_uring, errno.ENOSYS)
    if alone:
        for number in processes:
            forbid(number, errno.EPERM)
        # Its flags lie where a filter cannot look; the C library falls back on `clone`.
        forbid(clone3, errno.ENOSYS)
        program.extend(
            [
                (0x15, 0, 3, clone),
                (0x20, 0, 0, 16),
                (0x45, 1, 0, _CLONE_THREAD),
                (0x06, 0, 0, refuse(errno.EPERM)),
            ]
        )
    program.append((0x06, 0, 0, allow))
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(buffer))
    _must(libc.prctl(_SET_SECCOMP, _FILTER, header, 0, 0), "seccomp")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _must(result: int, what: str) -> None:
    if result < 0:
        raise SystemExit(f"sandbox: {what}: {os.strerror(ctypes.get_errno())}")


def main() -> None:
    """Become the command."""
    arguments = sys.argv[1:]
    split = arguments.index("--")
    options, command = arguments[:split], arguments[split + 1 :]
    alone = options[:1] == ["--alone"]
    pairs = options[alone:]
    named = list(zip(pairs[::2], pairs[1::2], strict=True))
    restrict([path for flag, path in named if flag == "-r"], [path for flag, path in named if flag == "-w"], alone)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        raise SystemExit(f"sandbox: {command[0]} cannot be run: {error.strerror}") from None


if __name__ == "__main__":
    main()

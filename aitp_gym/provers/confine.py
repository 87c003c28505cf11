"""Lets a command read some folders, run some programs, write elsewhere, and nothing else, without privileges.

`python -I -S confine.py [OPTION]… -- COMMAND…` takes away from itself what the command must not have, and then becomes
the command: files by Linux's Landlock, system calls by seccomp. It imports nothing of ours.

    -r PATH         may be read; -x PATH  may be read and run; -w PATH  may be read and written, but not run
    --alone         no child processes, but threads
    --only-calls    files are seen to by somebody else, and other processes are out of sight

Landlock knows opening, making and removing files, and no more. So system calls are taken away that change a file's
mode, owner, times or attributes, that reach into other processes or change their limits, that make sockets of any kind,
and that make other namespaces or mounts.
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
_READ = _READ_FILE | _READ_DIR
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
# From this version on it also keeps signals from processes outside.
_SCOPES = 6

# Machines by their number in seccomp, and numbers of system calls on x86-64 and aarch64; `None` where there is none.
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CALLS: dict[str, tuple[int | None, int | None]] = {
    # Mode, owner, times and attributes of files.
    **{"chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452)},
    **{"chown": (92, None), "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54)},
    **{"utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88)},
    **{"setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463)},
    **{"removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466)},
    "file_setattr": (469, 469),
    # Other processes: their memory, their descriptors, and what the system counts for them.
    **{"ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272)},
    **{"pidfd_getfd": (438, 438), "process_madvise": (440, 440), "process_mrelease": (448, 448)},
    **{"pidfd_send_signal": (424, 424), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240)},
    **{"tkill": (200, 130), "migrate_pages": (256, 238), "move_pages": (279, 239)},
    **{"perf_event_open": (298, 241), "bpf": (321, 280), "userfaultfd": (323, 282)},
    # Sockets, and other ways to talk to processes outside. `socketpair` reaches nobody.
    **{"socket": (41, 198), "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "msgget": (68, 186)},
    **{"msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "semget": (64, 190), "semop": (65, 193)},
    **{"semctl": (66, 191), "semtimedop": (220, 192), "mq_open": (240, 180), "mq_unlink": (241, 181)},
    **{"add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219)},
    # Programs that are in no file, namespaces and mounts.
    **{"memfd_create": (319, 279), "execveat": (322, 281), "unshare": (272, 97), "setns": (308, 268)},
    **{"chroot": (161, 51), "pivot_root": (155, 41), "mount": (165, 40), "umount2": (166, 39), "open_tree": (428, 428)},
    **{"move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432)},
    **{"fspick": (433, 433), "mount_setattr": (442, 442), "open_tree_attr": (467, 467)},
}
# `io_uring` can make sockets too; the flags of `clone3` lie where a filter cannot look, and the C library does without.
_MISSING: dict[str, tuple[int | None, int | None]] = {"io_uring_setup": (425, 425), "clone3": (435, 435)}
_PROCESSES: dict[str, tuple[int | None, int | None]] = {"fork": (57, None), "vfork": (58, None)}
# Calls that take a process, with the place of that argument: allowed for the caller itself, which is 0.
_OF_A_PROCESS = {
    **{"prlimit64": ((302, 261), 0), "setpriority": ((141, 140), 1), "ioprio_set": ((251, 30), 1)},
    **{"sched_setparam": ((142, 118), 0), "sched_setscheduler": ((144, 119), 0), "sched_setattr": ((314, 274), 0)},
    "sched_setaffinity": ((203, 122), 0),
}
_SIGNALS = {"kill": (62, 129), "tgkill": (234, 131)}
_CLONE, _IOCTL_CALL, _TRUNCATE_CALL = (56, 220), (16, 29), (76, 45)
_CLONE_THREAD = 0x10000
_CLONE_NAMESPACES = 0x7E020000
# Attributes of files (`FS_IOC_SETFLAGS`, `FS_IOC_FSSETXATTR`), and typing on a terminal for others (`TIOCSTI`,
# `TIOCLINUX`).
_IOCTLS = (0x40086602, 0x40046602, 0x401C5820, 0x5412, 0x541C)

_LOAD, _EQUAL, _SET, _LARGE, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000


def abi() -> int:
    """Version of Landlock in this kernel; 0 where there is none, or where it may not be used."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(1))))


def complete() -> bool:
    """Whether it can take away files and system calls here: the latter takes knowing this machine's numbers of them."""
    return abi() > 0 and os.uname().machine in MACHINES


class Filter:
    """A seccomp program for this machine: which system calls fail, and with which error."""

    def __init__(self) -> None:
        machine = os.uname().machine
        if machine not in MACHINES:
            raise SystemExit(f"sandbox: the system calls of {machine} are not known")
        self._which = list(MACHINES).index(machine)
        # Calls of another machine's kind would go by other numbers.
        self._code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, MACHINES[machine]), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
        self._code += [(_LARGE, 0, 1, 0x40000000), _fail(errno.ENOSYS)]

    def forbid(self, numbers: tuple[int | None, int | None], error: int = errno.EPERM) -> None:
        """Have a call fail."""
        self._add(numbers, [_fail(error)])

    def forbid_unless(self, numbers: tuple[int | None, int | None], place: int, allowed: tuple[int, ...]) -> None:
        """Have a call fail unless an argument is one of a few numbers."""
        tests = [(_EQUAL, len(allowed) - index, 0, value) for index, value in enumerate(allowed)]
        self._add(numbers, [(_LOAD, 0, 0, 16 + 8 * place), *tests, _fail(errno.EPERM), (_RETURN, 0, 0, _ALLOW)])

    def forbid_if(self, numbers: tuple[int | None, int | None], place: int, forbidden: tuple[int, ...]) -> None:
        """Have a call fail if an argument is one of a few numbers."""
        tests = [(_EQUAL, len(forbidden) - index, 0, value) for index, value in enumerate(forbidden)]
        self._add(numbers, [(_LOAD, 0, 0, 16 + 8 * place), *tests, (_RETURN, 0, 0, _ALLOW), _fail(errno.EPERM)])

    def forbid_clones(self, alone: bool) -> None:
        """Have new namespaces fail, and new processes too if the command is to be alone; not threads."""
        flags = [(_LOAD, 0, 0, 16), (_SET, 2, 0, _CLONE_NAMESPACES)]
        self._add(_CLONE, [*flags, (_SET, 0, 1, _CLONE_THREAD if alone else 0xFFFFFFFF), *_ENDS])

    def install(self) -> None:
        """Have it hold for this process and its children from now on."""
        program = [*self._code, (_RETURN, 0, 0, _ALLOW)]
        code = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
        buffer = ctypes.create_string_buffer(code, len(code))
        header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(buffer))
        libc = _libc()
        _must(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")
        _must(libc.prctl(_SET_SECCOMP, _FILTER, header, 0, 0), "seccomp")

    def _add(self, numbers: tuple[int | None, int | None], then: list[tuple[int, int, int, int]]) -> None:
        number = numbers[self._which]
        if number is not None:
            self._code += [(_EQUAL, 0, len(then), number), *then]


def restrict(
    readable: list[str], runnable: list[str], writable: list[str], *, alone: bool, only_calls: bool = False
) -> None:
    """Take away from this process, for good, everything but what is named."""
    libc = _libc()
    _must(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")
    # What root may do beside files and network: clocks, reboots, other people's processes. The next program does not
    # get it back, because of the line above.
    _must(libc.capset(struct.pack("<Ii", _CAPABILITIES, 0), bytes(24)), "capset")
    version = 0 if only_calls else abi()
    if not only_calls:
        _restrict_files(libc, version, readable, runnable, writable)
    calls = Filter()
    for numbers in _CALLS.values():
        # Programs expect that the network may be out of reach, and say so.
        calls.forbid(numbers, errno.EACCES if numbers is _CALLS["socket"] else errno.EPERM)
    for numbers in _MISSING.values():
        calls.forbid(numbers, errno.ENOSYS)
    for numbers, place in _OF_A_PROCESS.values():
        calls.forbid_unless(numbers, place, (0,))
    calls.forbid_if(_IOCTL_CALL, 1, _IOCTLS)
    calls.forbid_clones(alone)
    if alone:
        for numbers in _PROCESSES.values():
            calls.forbid(numbers)
    if not only_calls and version < 3:
        calls.forbid(_TRUNCATE_CALL)
    if not only_calls and version < _SCOPES:
        # To itself, and to its group, which is called after it.
        for numbers in _SIGNALS.values():
            calls.forbid_unless(numbers, 0, (0, os.getpid(), 2**32 - os.getpid()))
    calls.install()


def _restrict_files(
    libc: ctypes.CDLL, version: int, readable: list[str], runnable: list[str], writable: list[str]
) -> None:
    handled = (1 << 13) - 1
    handled |= sum(bit for first, bit in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL)) if version >= first)
    # From version 4 on also TCP.
    attributes = struct.pack("<QQQ", handled, 3 if version >= 4 else 0, 3 if version >= _SCOPES else 0)
    size = 8 if version < 4 else 16 if version < _SCOPES else 24
    ruleset = libc.syscall(_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint(0))
    _must(ruleset, "landlock_create_ruleset")
    rights_on = ((readable, _READ), (runnable, _READ | _EXECUTE), (writable, handled & ~_EXECUTE))
    for path, rights in ((path, rights) for paths, rights in rights_on for path in paths):
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


def _fail(error: int) -> tuple[int, int, int, int]:
    return _RETURN, 0, 0, 0x00050000 | error


_ENDS = ((_RETURN, 0, 0, _ALLOW), _fail(errno.EPERM))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _must(result: int, what: str) -> None:
    if result < 0:
        raise SystemExit(f"sandbox: {what}: {os.strerror(ctypes.get_errno())}")


def main() -> None:
    """Become the command."""
    arguments = sys.argv[1:]
    split = arguments.index("--")
    options, command = iter(arguments[:split]), arguments[split + 1 :]
    paths: dict[str, list[str]] = {"-r": [], "-x": [], "-w": []}
    flags: set[str] = set()
    for option in options:
        if option in paths:
            paths[option].append(next(options))
        else:
            flags.add(option)
    alone, only_calls = "--alone" in flags, "--only-calls" in flags
    restrict(paths["-r"], paths["-x"], paths["-w"], alone=alone, only_calls=only_calls)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        raise SystemExit(f"sandbox: {command[0]} cannot be run: {error.strerror}") from None


if __name__ == "__main__":
    main()

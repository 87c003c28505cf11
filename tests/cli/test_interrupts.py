"""Ctrl-C in every command ends it soon, leaves no process behind and gives exit code 130."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

PROPOSITIONAL = "--env=aitp/Propositional-v0"
WITHIN_S = 2.0
_PATIENCE_S = 120.0

Sign = Callable[[int, Path], bool]


def handlers(pid: int, folder: Path) -> bool:
    """Whether the command has set up how it reacts to signals, the first thing that it does."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def children(pid: int, folder: Path) -> bool:
    """Whether it has started a process of its own."""
    return bool(psutil.Process(pid).children())


def attempts(pid: int, folder: Path) -> bool:
    """Whether a run has logged something."""
    return any(path.stat().st_size for path in folder.rglob("*.spool"))


def libraries(name: str) -> Sign:
    """Whether it has loaded a library: it is on the way to its work."""
    return lambda pid, folder: name in Path(f"/proc/{pid}/maps").read_text()


def begun(arguments: tuple[str, ...], folder: Path, sign: Sign) -> subprocess.Popen[bytes]:
    command = subprocess.Popen(
        [sys.executable, "-m", "aitp_gym.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
        env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"},
    )
    deadline = time.monotonic() + _PATIENCE_S
    while not (handlers(command.pid, folder) and sign(command.pid, folder)):
        assert command.poll() is None, command.communicate()
        assert time.monotonic() < deadline, "the command never got so far"
        with open(f"/proc/{command.pid}/stat") as file:
            file.read()
    return command


def interrupted(command: subprocess.Popen[bytes], group: bool, signum: signal.Signals = signal.SIGINT) -> float:
    """Seconds that the command took to end after the signal; asserts that nothing of it is left."""
    started = psutil.Process(command.pid).children(recursive=True)
    before = time.monotonic()
    if group:
        os.killpg(command.pid, signum)
    else:
        command.send_signal(signum)
    _, errors = command.communicate(timeout=60)
    elapsed = time.monotonic() - before
    assert command.returncode == 128 + signum, errors
    word = "interrupted" if signum == signal.SIGINT else "terminated"
    assert errors.decode().splitlines()[-1].endswith(f"aitp: {word}")
    assert b"Traceback" not in errors
    _, left = psutil.wait_procs(started, timeout=1.0)
    # What has ended may wait for whoever inherited it to notice.
    assert [process for process in left if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    return elapsed


def at_once(pid: int, folder: Path) -> bool:
    return True


# No proof, and hours of search to find that out.
ENDLESS = (
    "(((A -> B) -> C) -> D) -> (((E -> F) -> G) -> H) -> (((I -> J) -> K) -> L) -> (((M -> N) -> O) -> P) -> "
    "(((Q -> R) -> S) -> T) -> ((U -> V) -> U) -> (W \\/ X) -> (Y \\/ Z) -> U"
)
HARD = ("prove", ENDLESS, PROPOSITIONAL, "--max-tactics=100000000", "--total-timeout=600")
HOL_LIGHT = ("prove", "!n. EVEN(n * n * n + n + 3) <=> SQRT(&n) = &7", "--max-tactics=100000", "--total-timeout=600")
RUN = ("run", "--config-name=quickstart", "logging_config.id=null", "exp_config.directory=mine", "num_iterations=50")
ONE_STEP = ("one-step", PROPOSITIONAL, "--menu=propositional", "--split=train")
QUICK = {
    "prove, at once": (HARD, at_once),
    "prove, on its way": (HARD, libraries("numpy")),
    "run": (RUN, attempts),
}
OTHERS = {
    "prove, HOL Light": (HOL_LIGHT, libraries("numpy")),
    "run, with runners": ((*RUN, "num_workers=2"), children),
    "run, with runners at work": ((*RUN, "num_workers=2"), attempts),
    "bench": (("bench", "search"), libraries("numpy")),
    "one-step": ((*ONE_STEP, "--num-workers=2"), children),
    "one-step, alone": ((*ONE_STEP, "--num-workers=0"), at_once),
    "conformance lean": (("conformance", "lean"), children),
    "conformance lean, at once": (("conformance", "lean"), at_once),
    "doctor": (("doctor",), at_once),
    "report": (("report", "nowhere"), at_once),
    "compare": (("compare", "nowhere", "either"), at_once),
    "export": (("export", "nowhere", "--output=file.ml"), at_once),
    "import": (("import", "holist-database", "nowhere"), at_once),
    "build": (("build", "hollight"), at_once),
}


def assert_ends_soon(folder: Path, arguments: tuple[str, ...], sign: Sign, group: bool) -> None:
    """Interrupt a command up to three times: what the machine does besides is not the command's doing."""
    taken = []
    while len(taken) < 3 and (not taken or min(taken) > WITHIN_S):
        place = folder / str(len(taken))
        place.mkdir()
        taken.append(interrupted(begun(arguments, place, sign), group))
    assert min(taken) <= WITHIN_S


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Whoever runs the tests in the background may have SIGINT ignored, which commands would inherit."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("name", QUICK)
def test_an_interrupted_command_ends_soon_and_leaves_nothing(tmp_path, name):
    assert_ends_soon(tmp_path, *QUICK[name], group=name != "prove, at once")


@pytest.mark.integration
@pytest.mark.parametrize("group", [True, False], ids=["the terminal's group", "the process alone"])
@pytest.mark.parametrize("name", {**QUICK, **OTHERS})
def test_every_interrupted_command_ends_soon_and_leaves_nothing(tmp_path, name, group):
    assert_ends_soon(tmp_path, *{**QUICK, **OTHERS}[name], group=group)


def test_a_terminated_command_says_so_in_its_exit_code(tmp_path):
    assert interrupted(begun(HARD, tmp_path, libraries("numpy")), group=False, signum=signal.SIGTERM) < 60


# Closing takes longer than an interrupted command is given, and prints all the while, as progress bars do.
CHATTY = """
import os, signal, time
from aitp_gym.cli.interrupts import Interrupts

Interrupts()
try:
    os.kill(os.getpid(), signal.SIGINT)
finally:
    while True:
        os.write(2, b"closing\\n")
        time.sleep(0.001)
"""


def test_that_a_command_was_interrupted_is_its_last_word():
    command = subprocess.run([sys.executable, "-c", CHATTY], capture_output=True, text=True, timeout=60)
    assert command.returncode == 130
    assert command.stderr.splitlines()[-1] == "aitp: interrupted"

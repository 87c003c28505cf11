"""Stands in for `lake env lean FILE` where FILE has been prepared by LeanDojo: answers as Lean4Repl.lean does.

What is spoken, on a terminal, a line each:

    > REPL> {"sid": 0, "tacticState": "p q : Prop\\n⊢ p ∧ q", "error": null}      at the start, or nothing and an end
    < {"sid": 0, "cmd": "split"}
    > REPL> {"sid": 1, "tacticState": "case left\\n⊢ p\\n\\ncase right\\n⊢ q", "error": null}     a state
    > REPL> {"sid": 3, "tacticState": "no goals", "error": null}                                 the proof is finished
    > REPL> {"sid": null, "tacticState": null, "error": "…"}        an error; `proof contains `sorry`` is LeanDojo's own
    < exit

Other lines may come before a reply. States are kept for good, and a request may name any of them.

The goals are a toy: `A ∧ B` splits into its sides, `∃ x, A` leaves `A ?x` and the value of `?x`, and `True` holds.
Parentheses, line breaks, `·`, `rotate_left`, `sorry` and `fail` mean what they mean in Lean.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

PREPARED = re.compile(
    r"\Aimport Lean4Repl\n.*\n\nset_option maxHeartbeats 0 in\n"
    r"[^\n]*? : (?P<goal>[^\n]*?) :=\s*by\n  lean_dojo_repl\n  sorry\n",
    re.DOTALL,
)


class Fails(Exception):
    """What the tactic says."""


class State:
    def __init__(self, goals: list[tuple[str, str]], sorry: bool = False) -> None:
        self.goals, self.sorry = goals, sorry

    def text(self) -> str:
        shown = (f"case {tag}\n⊢ {goal}" if tag else f"⊢ {goal}" for tag, goal in self.goals)
        return "\n\n".join(shown) or "no goals"


def apply(state: State, tactic: str) -> State:
    tactic = tactic.strip()
    if tactic.startswith("(") and tactic.endswith(")"):
        for line in filter(str.strip, tactic[1:-1].split("\n")):
            state = apply(state, line)
        return state
    if tactic.startswith("set_option pp.all true in") and tactic.endswith('fail "aitp_gym"'):
        raise Fails(f"aitp_gym\n{state.text()}")
    if not state.goals:
        raise Fails("no goals to be proved")
    word, _, argument = tactic.removeprefix("· ").partition(" ")
    if word in FAULTS:
        FAULTS[word](argument)
    if word not in TACTICS:
        raise Fails(f"unknown: {tactic}")
    return TACTICS[word](state, argument)


def expect(condition: bool) -> None:
    if not condition:
        raise Fails("not a goal for this tactic")


def split(state: State, _: str) -> State:
    left, conjunction, right = state.goals[0][1].partition(" ∧ ")
    expect(bool(conjunction))
    return State([("left", left), ("right", right), *state.goals[1:]], state.sorry)


def exists(state: State, _: str) -> State:
    goal = state.goals[0][1]
    expect(goal.startswith("∃ x, "))
    return State([("h", goal.removeprefix("∃ x, ") + " ?w"), ("w", "Nat"), *state.goals[1:]], state.sorry)


def give(state: State, value: str) -> State:
    """Decides what `?w` is, and so closes the goal that stands for it, wherever it is."""
    expect(("w", "Nat") in state.goals)
    goals = [(tag, goal.replace("?w", value)) for tag, goal in state.goals if tag != "w"]
    return State(goals, state.sorry)


def trivial(state: State, _: str) -> State:
    expect(state.goals[0][1].startswith("True"))
    return State(state.goals[1:], state.sorry)


def becomes(goal: str) -> Callable[[State, str], State]:
    return lambda state, argument: State([("", goal.format(argument)), *state.goals[1:]], state.sorry)


def once(state: State, _: str) -> State:
    """Works the first time in a process, and never again."""
    mark = Path(os.environ["TMPDIR"], "once")
    expect(not mark.exists())
    mark.touch()
    return becomes("True once")(state, "")


def size(state: State, argument: str) -> State:
    return becomes(str(len(argument)))(state, "")


TACTICS: dict[str, Callable[[State, str], State]] = {
    "rotate_left": lambda state, _: State([*state.goals[1:], state.goals[0]], state.sorry),
    "sorry": lambda state, _: State(state.goals[1:], True),
    "give_up": lambda state, _: State(state.goals[1:], True),
    "skip": lambda state, _: state,
    "split": split,
    "exists": exists,
    "give": give,
    "trivial": trivial,
    "grow": becomes("grown {}"),
    "turnstiles": becomes("a ⊢ b"),
    "chat": becomes("True chat"),
    "once": once,
    "size": size,
}


def hang(_: str = "") -> None:
    signal.pause()


def spin(_: str) -> None:
    while True:
        pass


def eat(megabytes: str) -> None:
    hoard = bytearray(int(megabytes) * 2**20)
    hoard[::4096] = b"x" * len(hoard[::4096])
    hang()


def unexpected(_: str) -> None:
    raise Fails("<stdin>:1:1: unexpected token; expected term")


def reach(home: str) -> None:
    """What a tactic may not reach, as far as it is kept from it."""
    kept = []
    for what, attempt in {
        "source": lambda: os.open("Lean4Example.lean", os.O_WRONLY),
        "trace": lambda: os.open(".lake/build/ir/Lean4Example.ast.json", os.O_WRONLY),
        "home": lambda: os.listdir(home),
        "network": lambda: socket.socket(),
    }.items():
        try:
            attempt()
        except OSError:
            kept.append(what)
    raise Fails(" ".join(kept))


FAULTS: dict[str, Callable[[str], None]] = {
    "hang": hang,
    "spin": spin,
    "eat": eat,
    "die": lambda status: sys.exit(int(status)),
    "shot": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "garble": lambda _: print("REPL> {not JSON", flush=True),
    "chat": lambda _: print("a message\nof two lines"),
    "unexpected": unexpected,
    "reach": reach,
}


def json_requests() -> Iterator[dict]:
    """What the client sends, until it says `exit`."""
    while (line := sys.stdin.readline()) and line.strip() != "exit":
        yield json.loads(line)


def serve(goal: str) -> None:
    states = [State([("", goal)])]
    say({"sid": 0, "tacticState": states[0].text(), "error": None})
    for request in json_requests():
        try:
            state = apply(states[request["sid"]], request["cmd"])
            if not state.goals and state.sorry:
                raise Fails("proof contains `sorry`")
        except Fails as error:
            say({"sid": None, "tacticState": None, "error": str(error)})
            continue
        states.append(state)
        say({"sid": len(states) - 1, "tacticState": state.text(), "error": None})


def say(response: dict) -> None:
    print("REPL>", json.dumps(response, ensure_ascii=False), flush=True)


def main() -> None:
    if sys.argv[1:] == ["env"]:
        print(*(f"{name}={value}" for name, value in os.environ.items()), sep="\n")
        return
    env, lean, threads, memory, file = sys.argv[1:]
    assert (env, lean, threads) == ("env", "lean", "--threads=1"), sys.argv
    assert memory.startswith("--memory="), sys.argv
    code = Path(file).read_text()
    found = PREPARED.search(code)
    if found is None:
        print(f"{file}: not prepared:\n{code}")
        sys.exit(1)
    match found["goal"]:
        case "unreadable":
            print(f"{file}:7:3: error: unknown identifier 'unreadable'")
            sys.exit(1)
        case "slow":
            hang()
        case "strange":
            print("REPL> strange", flush=True)
            hang()
    serve(found["goal"])


if __name__ == "__main__":
    main()

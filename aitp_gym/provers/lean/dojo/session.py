"""One attempt's conversation with a Dojo."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ....errors import BadInput, ProverLost, ProverUnavailable
from ....proof import Failure, FailureKind, Goal, Outcome, Subgoals
from ...batch_session import BatchSession, failure_of, wall_backstop_s
from ...pool import Pool
from ...prover_process import ProcessFault
from ..goals import EXACTLY, WHOLE, LeanGoal, group, identity, parse_state
from ..lexical import misplaced
from ..script import Place, selection, wrapped
from .entry import DojoEntry
from .repository import TracedRepository
from .worker import DojoWorker, Reply

__all__ = ["DojoRef", "DojoSession"]

# A Dojo keeps every state for as long as it lives.
MAX_STATES = 5_000
# Steps on the way to a goal have succeeded before; what now takes longer by far will not come.
_REPLAY_FACTOR = 5.0
_REPLAY_S = 10.0
_MARK = "aitp_gym"
# Prints the state as an error, which is the only thing besides states that the Dojo passes on.
_PRINT = '({options} fail "{mark}")'
# Lean's parser says where; a tactic that fails does not.
_PARSE = re.compile(r"<stdin>:\d+:\d+: ")
_MAX_MESSAGE = 2000


@dataclass(eq=False, slots=True)
class DojoRef:
    """Handle by which a session finds a goal again.

    Attributes:
        parent: the goal that it comes from; `None` for the theorem's own.
        place: the way to it; `None` for the theorem's own.
        goals: what it is made of.
        admitted: whether goals beside the way were admitted, so that closing this one cannot finish the proof.
        opening: name of the opening of a Dojo that has it as a state; `state`: its number there.
        unreachable: why it cannot be reached any more; empty while it can.
    """

    parent: DojoRef | None
    place: Place | None
    goals: tuple[LeanGoal, ...]
    admitted: bool
    opening: str
    state: int
    unreachable: str = ""


class _Unreachable(Exception):
    """Raised when the way to a goal cannot be walked again."""


class DojoSession(BatchSession[DojoWorker]):
    """A `ProverSession` over a Dojo.

    The Dojo's states may have many goals; ours are single goals, or the few that share metavariables. So when a tactic
    leaves several, each is made a state of its own by admitting the others, which LeanDojo allows as long as nothing
    claims to be a proof because of it. A candidate therefore runs as it would by itself: it sees nothing but its goal,
    and what comes back is what it left. The Dojo reports the closing of such a goal as a proof with `sorry` in it. That
    the `sorry` is ours alone is made sure of by the check of the whole proof, which has none.

    A Dojo is of no use after a timeout or a crash. The session then enters the theorem anew and walks to a goal when it
    is asked for it next. That takes nothing from the time of the tactic that is tried then, and is counted as spent.

    Args:
        pool: of processes that hold a Dojo.
        traced: the repository.
        entry: the theorem in it, or a statement put there for this attempt.
        open_timeout_s: wall seconds that entering may take: Lean elaborates all that stands before the theorem.

    Attributes:
        root: the theorem as a goal.

    Raises:
        ProverUnavailable: the theorem cannot be entered; the message quotes LeanDojo and Lean.
    """

    prover_name = "LeanDojo"
    joint_goals = True
    root: Goal

    def __init__(
        self, pool: Pool[DojoWorker], traced: TracedRepository, entry: DojoEntry, open_timeout_s: float
    ) -> None:
        super().__init__()
        self._pool = pool
        self._traced = traced
        self._entry = entry
        self._open_timeout_s = open_timeout_s
        # No other opening has this name, be it in a fork of this process: there goals of this one are not states.
        self._opening = ""
        self._open = False
        # Wall and CPU seconds that no outcome has been charged with yet.
        self._owed_s = self._owed_cpu_s = 0.0
        try:
            entry.prepare()
            self._held = self._obtain()
            reply = self._enter()
            goals = _read(reply)
            ref = DojoRef(None, None, goals, False, self._opening, int(reply.fields["state"]))
            self.root = self._goal(ref)
        except ProcessFault as error:
            self.close()
            raise ProverUnavailable(f"The Dojo was lost while it entered {entry.name}: {error}") from error
        except BaseException:
            self.close()
            raise

    def pretty(self, goal: Goal) -> str:
        """The goal as Lean prints it, with its case name."""
        if not isinstance(goal.ref, DojoRef):
            return goal.text
        return "\n\n".join(part.as_text() for part in goal.ref.goals)

    def close(self) -> None:
        """Leave the theorem; calling it twice is allowed."""
        self._closed, self._open = True, False
        worker, self._held = self._held, None
        if worker is not None:
            if worker.usable:
                with suppress(ProcessFault):
                    worker.leave()
            self._pool.give_back(worker)
        self._entry.remove()

    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        ref = goal.ref
        if not isinstance(ref, DojoRef):
            raise BadInput("LeanDojo needs the goal as a session gave it: the way to it is not part of its text.")
        end = time.monotonic() + wall_left
        for number, tactic in enumerate(tactics, 1):
            outcome = misplaced(tactic) or self._apply(ref, tactic, min(timeout_s, cpu_left), end)
            cpu_left -= outcome.cpu_s
            closed = isinstance(outcome, Subgoals) and outcome.closed
            last = closed or number == len(tactics) or cpu_left <= 0 or time.monotonic() >= end
            yield outcome, last
            if last:
                return

    def _apply(self, ref: DojoRef, tactic: str, timeout_s: float, end: float) -> Outcome:
        started = time.monotonic()
        try:
            state = self._state(ref, timeout_s)
            wall_s = max(1e-3, min(wall_backstop_s(timeout_s), end - time.monotonic()))
            reply = self._run(state, "\n".join(wrapped(tactic, "")), timeout_s, wall_s)
            outcome = self._outcome(ref, tactic, reply)
        except _Unreachable as error:
            outcome = Failure("crash", str(error))
        except ProcessFault as error:
            self._drop()
            outcome = replace(failure_of(error, time.monotonic() - started, timeout_s), kind="crash")
        owed_s, owed_cpu_s, self._owed_s, self._owed_cpu_s = self._owed_s, self._owed_cpu_s, 0.0, 0.0
        return replace(outcome, elapsed_s=outcome.elapsed_s + owed_s, cpu_s=outcome.cpu_s + owed_cpu_s)

    def _outcome(self, ref: DojoRef, tactic: str, reply: Reply) -> Outcome:
        kind: FailureKind = "rejected"
        message = reply.message
        match reply.kind:
            case "state":
                return self._left(ref, tactic, reply)
            case "finished":
                return Subgoals((), reply.elapsed_s, reply.cpu_s)
            case "given_up" if ref.admitted:
                return Subgoals((), reply.elapsed_s, reply.cpu_s)
            case "given_up":
                message = "the proof contains `sorry`, and LeanDojo takes it as given up"
            case "error":
                kind = "parse" if _PARSE.match(message) else "rejected"
            case "timeout":
                kind = "timeout"
            case "crash":
                kind = "out_of_memory" if reply.fields.get("out_of_memory") else "crash"
            case _:
                message = f"LeanDojo cannot read the state that this leaves: {message}"
        return _failure(kind, message, reply)

    def _left(self, ref: DojoRef, tactic: str, reply: Reply) -> Outcome:
        """The goals that a tactic left, each made a state of its own."""
        try:
            goals = _read(reply)
        except ValueError as error:
            return _failure("rejected", f"Lean's print of the goals cannot be read: {error}", reply)
        if goals == ref.goals and all(goal.is_told for goal in goals):
            return _failure("no_progress", "the goal came back unchanged", reply)
        opening, state, made = self._opening, int(reply.fields["state"]), list[Goal]()
        for chosen in group(goals):
            place = Place(ref.place, tactic, chosen, len(goals))
            members = tuple(goals[i] for i in chosen)
            own = self._isolated(state, place, members)
            if own is None:
                # They cannot be told apart after all. One node for all is larger than need be, and sound.
                place = Place(ref.place, tactic, tuple(range(len(goals))), len(goals))
                made = [self._goal(DojoRef(ref, place, goals, ref.admitted, opening, state))]
                break
            admitted = ref.admitted or len(chosen) < len(goals)
            made.append(self._goal(DojoRef(ref, place, members, admitted, opening, own)))
        return Subgoals(tuple(made), reply.elapsed_s, reply.cpu_s)

    def _isolated(self, state: int, place: Place, members: tuple[LeanGoal, ...]) -> int | None:
        """The state in which these goals are alone, if there is one."""
        lines = selection(place.chosen, place.total, "  ")
        if not lines:
            return state
        reply = self._charged("\n".join(["(", *lines, "  )"]), state, _REPLAY_S)
        with suppress(ValueError):
            if reply.kind == "state" and _read(reply) == members:
                return int(reply.fields["state"])
        return None

    def _goal(self, ref: DojoRef) -> Goal:
        # LeanDojo prints states as Lean does by default, with `⋯` for proofs and what is deep.
        told = all(member.is_told for member in ref.goals)
        shown = ref.goals if told else self._printed(ref, WHOLE) or ref.goals
        parts = tuple(member.sequent for member in shown)
        joint = len(ref.goals) != 1 or bool(ref.goals[0].metavariables)
        return Goal(parts, None if joint else identity(self._printed(ref, EXACTLY)), ref)

    def _printed(self, ref: DojoRef, options: str) -> tuple[LeanGoal, ...]:
        """The goal in another print of Lean's; nothing if that cannot be had."""
        reply = self._charged(_PRINT.format(options=options, mark=_MARK), ref.state, _REPLAY_S)
        mark, _, text = reply.message.partition("\n")
        with suppress(ValueError):
            if reply.kind == "error" and mark == _MARK:
                return parse_state(text)
        return ()

    def _run(self, state: int, tactic: str, cpu_limit_s: float, wall_limit_s: float) -> Reply:
        """Run a tactic; a Dojo that it costs is noticed.

        Raises:
            ProcessFault: it costs more than that.
        """
        assert self._held is not None
        reply = self._held.run(state, tactic, cpu_limit_s, wall_limit_s)
        self._open = self._open and reply.kind not in ("timeout", "crash")
        return reply

    def _charged(self, tactic: str, state: int, limit_s: float) -> Reply:
        """Run a tactic of ours; what it costs is charged to the next outcome."""
        reply = self._run(state, tactic, limit_s, wall_backstop_s(limit_s))
        self._owed_s += reply.elapsed_s
        self._owed_cpu_s += reply.cpu_s
        return reply

    def _state(self, ref: DojoRef, timeout_s: float) -> int:
        """Number of a goal's state in the Dojo that is open now; walks there if need be.

        Raises:
            _Unreachable: the way there leads elsewhere, or costs the Dojo.
            ProcessFault: the process is gone.
            ProverLost: no Dojo can be had any more.
        """
        if ref.unreachable:
            raise _Unreachable(ref.unreachable)
        held = self._held
        if not self._open or held is None or not held.usable or held.states > MAX_STATES:
            self._reopen()
        way = [ref]
        while way[-1].opening != self._opening and way[-1].parent is not None:
            way.append(way[-1].parent)
        for step in reversed(way):
            if step.parent is None:
                # Perhaps a copy that has been in another process.
                root = self.root.ref
                assert isinstance(root, DojoRef)
                step.opening, step.state = root.opening, root.state
            elif step.opening != self._opening:
                self._walk(step, max(_REPLAY_S, _REPLAY_FACTOR * timeout_s))
        return ref.state

    def _walk(self, ref: DojoRef, limit_s: float) -> None:
        """From a goal's parent, which is reached, to the goal."""
        parent, place = ref.parent, ref.place
        assert parent is not None
        assert place is not None
        reply = self._charged("\n".join(wrapped(place.tactic, "")), parent.state, limit_s)
        own = None
        with suppress(ValueError, IndexError):
            goals = _read(reply) if reply.kind == "state" else ()
            if len(goals) == place.total and tuple(goals[i] for i in place.chosen) == ref.goals:
                own = self._isolated(int(reply.fields["state"]), place, ref.goals)
        if own is None:
            ref.unreachable = (
                "the Dojo was replaced, and in the new one the way to this goal does not lead there: "
                f"`{place.tactic[:200]}` gives {reply.kind} {reply.message[:_MAX_MESSAGE]}".rstrip()
            )
            raise _Unreachable(ref.unreachable)
        ref.opening, ref.state = self._opening, own

    def _obtain(self) -> DojoWorker:
        return self._pool.take()

    def _enter(self) -> Reply:
        """Open the theorem in a Dojo.

        Raises:
            ProverUnavailable: that fails.
            ProcessFault: the process is gone.
        """
        self._open = False
        worker = self._process()
        self._opening = secrets.token_hex(8)
        reply = worker.open(self._entry.file, self._entry.name, self._open_timeout_s)
        if reply.kind != "state":
            printed = " ".join(str(reply.fields.get("printed", "")).split())[-600:]
            raise ProverUnavailable(
                f"LeanDojo cannot enter {self._entry.name} of {self._entry.file} in {self._traced.directory}: "
                f"{reply.message or reply.kind}." + (f" Lean said: {printed}" if printed else "")
            )
        self._open = True
        return reply

    def _reopen(self) -> None:
        try:
            reply = self._enter()
        except (ProverUnavailable, ProcessFault) as error:
            self._drop()
            raise ProverLost(f"The Dojo cannot be replaced: {error}") from error
        self._owed_s += reply.elapsed_s
        self._owed_cpu_s += reply.cpu_s
        root = self.root.ref
        assert isinstance(root, DojoRef)
        root.opening, root.state = self._opening, int(reply.fields["state"])


def _failure(kind: FailureKind, message: str, reply: Reply) -> Failure:
    return Failure(kind, message[:_MAX_MESSAGE], reply.elapsed_s, reply.cpu_s)


def _read(reply: Reply) -> tuple[LeanGoal, ...]:
    """The goals of a state.

    Raises:
        ValueError: this is not the print of a state.
    """
    return parse_state(str(reply.fields["text"]))

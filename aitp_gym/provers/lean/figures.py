"""Figures of Lean with its embedded engine, measured from Python as a user meets them."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from ...errors import AitpError
from ...proof import Goal, Subgoals, Theorem

__all__ = ["lean_env_figures", "lean_figures"]

_DEPTH = 10
_PROOFS = 8
_BATCHES = 10
_SWAP = "theorem swap (p q r : Prop) (h : p ∧ q ∧ r) : (r ∧ q) ∧ p"
# What a policy would try at it; half of them work, none closes it.
_CANDIDATES = (
    *("constructor", "cases h", "have x := h.2", "refine ⟨?_, ?_⟩", "apply And.intro", "exact ⟨⟨h.2.2, ?_⟩, h.1⟩"),
    *("refine ⟨⟨?_, h.2.1⟩, ?_⟩", "have x := h.1", "rcases h with ⟨a, b⟩", "obtain ⟨a, b, c⟩ := h", "revert h"),
    *("suffices x : p by skip", "exfalso", "generalize p = s at *", "refine ⟨?_, h.1⟩", "have x : p := h.1"),
    *("left", "right", "intro x", "rfl", "assumption", "contradiction", "exact h", "exact h.1", "rw [h]", "cases p"),
    *("apply h", "exists p", "induction p", "subst h", "injection h", "exact And.left"),
)
_STARTS = 5
_RESTARTS = 5
_TIMEOUT_S = 5.0
_TRIES = 100
_VERIFIED = 64
_VERIFY_BEFORE = 60
_HEAVY_S = 3.0
# Work for the kernel, some tenths of a second of it, that adds nothing but a name; another number is other work.
_BURN_NUMBER = 12_000
_BURN = (
    "first | (have x : (fun n => Nat.rec (motive := fun _ => Nat) 0 (fun _ k => k + k + 1) n) {number} = 3 := by "
    "decide +kernel) | skip\nhave z{number} := h"
)


def lean_figures() -> dict[str, float]:
    """Measure Lean.

    Returns:
        `first_goal_s`: from nothing but a built engine to the theorem's goal, median; `step_ms`: one tactic in a
        request of its own, at depths 1 to 10 of a proof, median; `candidate_ms`: each of 32 tactics in one request,
        median; `restart_s`: from a tactic sent to a killed server to its outcome, the worst of a few; `verify_per_s`:
        whole proofs verified a second, one after the other in one process, each of a theorem of its own, and half of
        them spoilt; `verify_alone_per_s`: the same with processes of their own for every proof; `verify_lean_share`:
        Lean's own part of the CPU time of the former.

    Raises:
        ProverUnavailable: the engine is not installed.
    """
    from .prover import Lean

    prover = Lean(backend="embedded")
    try:
        # Compiles the engine's library where that was not done yet.
        prover.parse("True")
        return {
            "first_goal_s": statistics.median(_first_goal_s() for _ in range(_STARTS)),
            "step_ms": _step_ms(prover),
            "candidate_ms": _candidate_ms(prover),
            "restart_s": _restart_s(prover),
            **_verify_figures(prover),
        }
    finally:
        prover.close()


def lean_env_figures(open_env: Callable[[str], Any]) -> dict[str, float]:
    """Measure Lean through `expand` of an environment.

    Args:
        open_env: opens a `ProofEnv`, given its id.

    Returns:
        `depth_60_ms`: a trivial tactic below 60 others; `after_heavy_path_ms`: the same below tactics that took 3 s of
        CPU; `candidate_after_heavy_path_ms`: each of 32 tactics in one call below those, another goal having been tried
        in between. Medians; with `_p95`, 95th percentiles.
    """
    env = open_env("aitp/Lean-v0")
    try:
        env.reset(seed=0, options={"theorem": _SWAP, "budget": {"max_tactics": 10**9}})
        node = 0
        for number in range(60):
            node = _child(env, node, f"have x{number} := h")
        deep = [_expand_ms(env, node, [f"have y{number} := h"]) for number in range(_TRIES)]
        node, cpu_s, number = 0, 0.0, 0
        while cpu_s < _HEAVY_S:
            before = env.spent.prover_s
            node = _child(env, node, _BURN.format(number=_BURN_NUMBER + number))
            cpu_s, number = cpu_s + env.spent.prover_s - before, number + 1
        heavy, each = [], []
        for number in range(_TRIES):
            _expand_ms(env, 0, ["constructor"])
            heavy.append(_expand_ms(env, node, [f"have y{number} := h"]))
            if number < _BATCHES:
                tactics = [*_CANDIDATES[number:], *_CANDIDATES[:number]]
                each.append(_expand_ms(env, node, tactics) / len(tactics))
    finally:
        env.close()
    return {
        **_median_and_p95("depth_60", deep),
        **_median_and_p95("after_heavy_path", heavy),
        **_median_and_p95("candidate_after_heavy_path", each),
    }


def _child(env: Any, node: int, tactic: str) -> int:
    """The node that a tactic leads to."""
    (edge,) = env.expand(node, [tactic])
    if not edge.children:
        raise AitpError(f"Expected one subgoal of {tactic!r}, got {edge}.")
    return int(edge.children[0])


def _expand_ms(env: Any, node: int, tactics: Sequence[str]) -> float:
    started = time.perf_counter()
    edges = env.expand(node, tactics)
    if len(edges) < len(tactics):
        raise AitpError(f"Expected an answer to each of {len(tactics)} tactics, got {len(edges)}.")
    return 1e3 * (time.perf_counter() - started)


def _median_and_p95(name: str, times_ms: Sequence[float]) -> dict[str, float]:
    return {f"{name}_ms": statistics.median(times_ms), f"{name}_p95_ms": statistics.quantiles(times_ms, n=20)[-1]}


def _first_goal_s() -> float:
    from .prover import Lean

    started = time.perf_counter()
    prover = Lean(backend="embedded")
    prover.start(_theorem(0)).close()
    elapsed_s = time.perf_counter() - started
    prover.close()
    return elapsed_s


def _step_ms(prover: Any) -> float:
    times = []
    for number in range(_PROOFS):
        session = prover.start(_theorem(number))
        goal: Goal = session.root
        for depth in range(_DEPTH):
            started = time.perf_counter()
            (outcome,) = session.apply(goal, [f"intro h{depth}"], _TIMEOUT_S)
            times.append(time.perf_counter() - started)
            goal = _only(outcome)
        session.close()
    return 1e3 * statistics.median(times)


def _candidate_ms(prover: Any) -> float:
    session = prover.start(Theorem("swap", _SWAP, "lean"))
    times = []
    for number in range(_BATCHES):
        # In another order each time, so that no two requests are alike.
        tactics = [*_CANDIDATES[number:], *_CANDIDATES[:number]]
        started = time.perf_counter()
        outcomes = session.apply(session.root, tactics, _TIMEOUT_S)
        times.append((time.perf_counter() - started) / len(outcomes))
        if len(outcomes) < len(tactics):
            raise AitpError(f"Expected no tactic to close the goal; {tactics[len(outcomes) - 1]!r} did.")
    session.close()
    return 1e3 * statistics.median(times)


def _restart_s(prover: Any) -> float:
    times = []
    for number in range(_RESTARTS):
        session = prover.start(_theorem(number))
        for pid in session.server.pids:
            # The second ends with the first, and may have done so already.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        started = time.perf_counter()
        (outcome,) = session.apply(session.root, ["intro h"], _TIMEOUT_S)
        times.append(time.perf_counter() - started)
        session.close()
        _only(outcome)
    return max(times)


def _verify_figures(prover: Any) -> dict[str, float]:
    alone_s, _ = _verify_s(prover, range(_VERIFIED // 8))
    with prover.kept_warm():
        # What is done once is done in these.
        _verify_s(prover, range(1000, 1000 + _VERIFY_BEFORE))
        warm_s, share = _verify_s(prover, range(2000, 2000 + _VERIFIED))
    return {"verify_per_s": 1 / warm_s, "verify_alone_per_s": 1 / alone_s, "verify_lean_share": share}


def _verify_s(prover: Any, numbers: Sequence[int]) -> tuple[float, float]:
    """Seconds for a whole proof, and Lean's own share of the CPU time."""
    lean_s, started, cpu_s = 0.0, time.perf_counter(), time.process_time()
    for number in numbers:
        holds = number % 2 == 0
        statement = f"theorem verified_{number} (p q r : Prop) (h : p ∧ q ∧ r) : (r ∧ q) ∧ p"
        proof = "by\n  constructor\n  · exact ⟨h.2.2, h.2.1⟩\n  · exact h." + ("1" if holds else "2.1")
        verdict = prover.verify(statement, proof)
        if verdict.accepted != holds:
            raise AitpError(f"Expected the proof of {statement!r} to be {holds}, the verdict is {verdict}.")
        lean_s += verdict.prover_s
    own_s = time.process_time() - cpu_s
    return (time.perf_counter() - started) / len(numbers), lean_s / (lean_s + own_s)


def _theorem(number: int) -> Theorem:
    """Needs ten introductions and more; no two begin alike."""
    implications = " → ".join(f"p {number + place}" for place in range(_DEPTH))
    return Theorem(f"chain_{number}", f"theorem chain_{number} (p : Nat → Prop) : {implications} → p {number}", "lean")


def _only(outcome: Any) -> Goal:
    if not isinstance(outcome, Subgoals) or len(outcome.goals) != 1:
        raise AitpError(f"Expected one subgoal, got {outcome}.")
    return outcome.goals[0]

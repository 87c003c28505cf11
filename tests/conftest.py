"""Provers, traces and interrupts for the whole suite."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aitp_gym.provers.propositional.prover import PropositionalProver


@pytest.fixture
def propositional() -> PropositionalProver:
    """Intuitionistic propositional logic, in process."""
    return PropositionalProver()


@pytest.fixture(scope="session")
def hollight() -> Iterator[object]:
    """HOL Light in the strict context; the first use on a machine builds its server, in about a minute."""
    from aitp_gym.provers.hollight.prover import HolLight
    from aitp_gym.provers.hollight.status import status

    state = status()
    if not state.ready and state.command.startswith("apt-get"):
        pytest.skip(f"HOL Light cannot be used here: {state.message} To install it: {state.command}")
    prover = HolLight()
    yield prover
    prover.close()


@pytest.fixture(scope="session")
def hol4() -> Iterator[object]:
    """The user's own HOL4, in the strict context."""
    from aitp_gym.errors import ProverUnavailable
    from aitp_gym.provers.hol4.prover import Hol4

    try:
        prover = Hol4()
    except ProverUnavailable as error:
        pytest.skip(f"HOL4 cannot be used here: {error}")
    yield prover
    prover.close()


@pytest.fixture(scope="session")
def lean_by() -> Iterator[Callable[[str], object]]:
    """Lean with its embedded engine, by interaction; the first use on a machine compiles its library, in seconds."""
    from aitp_gym.errors import ProverUnavailable
    from aitp_gym.provers.lean.embedded.engine import toolchain
    from aitp_gym.provers.lean.prover import Lean

    provers: dict[str, Lean] = {}

    def by(interaction: str) -> Lean:
        try:
            toolchain()
        except ProverUnavailable as error:
            pytest.skip(f"Lean cannot be used here: {error}")
        # Where the engine is, both must work.
        if interaction not in provers:
            provers[interaction] = Lean(backend="embedded", interaction=interaction)
        return provers[interaction]

    yield by
    for prover in provers.values():
        prover.close()


@pytest.fixture(scope="session")
def lean(lean_by: Callable[[str], object]) -> object:
    """Lean with its embedded engine, through the stepper."""
    return lean_by("stepper")


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trace folder with a search's attempts at 40 train and 20 validation theorems of propositional logic."""
    from aitp_gym.evaluation.evaluator import EvaluationTask, Evaluator
    from aitp_gym.evaluation.worker import WorkerConfig
    from aitp_gym.proof import Budget
    from aitp_gym.theorems import load
    from aitp_gym.traces import TraceWriter

    folder = tmp_path_factory.mktemp("found")
    theorems = load("propositional-small")
    chosen = [theorem for split, number in (("train", 40), ("valid", 20)) for theorem in theorems.split(split)[:number]]
    policy = {"_target_": "aitp_gym.agents.policies.fixed_order.FixedOrderPolicy", "menu": "propositional"}
    config = WorkerConfig("aitp/Propositional-v0", {"theorem_set": "propositional-small"}, num_sampled_tactics=40)
    tasks = [
        EvaluationTask.of(theorem, run_seed=0, iteration=0, policy="found", budget=Budget(max_tactics=200))
        for theorem in chosen
    ]
    with TraceWriter(folder) as writer, Evaluator(config) as evaluator:
        for task, attempt in evaluator.attempts(tasks, policy):
            writer.write(attempt, iteration=task.iteration, policy=task.policy)
        writer.compact(0)
    return folder


@pytest.fixture
def interrupted() -> Iterator[Callable[[float], contextlib.AbstractContextManager[None]]]:
    """Interrupts a block by an alarm after some seconds, as a notebook's stop button does."""

    armed = False

    def interrupt(*_: object) -> None:
        if armed:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def block(after_s: float) -> Iterator[None]:
        nonlocal armed
        # The alarm may also come in the moment in which it is taken back.
        with contextlib.suppress(KeyboardInterrupt):
            try:
                signal.setitimer(signal.ITIMER_REAL, after_s)
                # Python looks for signals at calls: from here on the alarm comes within the block.
                armed = True
                yield
            finally:
                armed = False
        signal.setitimer(signal.ITIMER_REAL, 0.0)

    before = signal.signal(signal.SIGALRM, interrupt)
    yield block
    signal.signal(signal.SIGALRM, before)

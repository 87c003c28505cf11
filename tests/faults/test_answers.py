"""No answer belongs to somebody else: interrupts, forks, threads and copies, on every prover at hand."""

from __future__ import annotations

import contextlib
import copy
import multiprocessing
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import gymnasium
import psutil
import pytest

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.envs import ProofEnv
from aitp_gym.errors import ConcurrentUse, StatementError
from aitp_gym.proof import Failure, Outcome, Proof, ProofStep

# An interrupt within one of Python's own calls may leave a file of that call open, which Python closes and tells of.
anywhere = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
LIMIT_S = 0.5


@dataclass(frozen=True)
class Case:
    """What is asked of a prover.

    Attributes:
        statement: to prove.
        slow: a tactic that runs until its time limit.
        answers: what comes of other tactics on the statement: a kind of failure, or how many goals are left.
        then: a tactic on the first goal that the first answer leaves, and what comes of it.
        provable: another statement, and `proof`: one of it that the check accepts.
    """

    env_id: str
    prover: str
    statement: str
    slow: str
    answers: dict[str, str | int]
    then: tuple[str, str | int]
    provable: str
    proof: Proof


def steps(*rows: tuple[str, tuple[int, ...]]) -> Proof:
    return Proof(tuple(ProofStep(tactic, "", children) for tactic, children in rows))


CASES = [
    Case(
        "aitp/HOList-v0",
        "hollight",
        "!x y. x + y = y + x",
        "CONV_TAC APPLY TOP_DEPTH_CONV SYM_CONV",
        {"GEN_TAC": 1, "FOO": "parse", "CONJ_TAC": "rejected", "INDUCT_TAC": 2},
        ("GEN_TAC", 1),
        "!x y. x + y = y + x",
        steps(("ARITH_TAC", ())),
    ),
    Case(
        "aitp/HOL4-v0",
        "hol4",
        "!n. (!x. f x = f (x + 1n) + g (f (x + 1))) ==> f n = 3n",
        "fs []",
        {"strip_tac": 1, "foo": "parse", "qexists_tac ‘0’": "rejected", "Induct": 2},
        ("strip_tac", 1),
        "!p. p \\/ ~p",
        steps(("metis_tac []", ())),
    ),
    Case(
        "aitp/Lean-v0",
        "lean",
        "theorem t (p q r : Prop) (h : p ∧ q ∧ r) : (r ∧ q) ∧ p",
        "repeat (have := h)",
        {"constructor": 2, "nonsense": "parse", "exact h": "rejected", "cases h": 1},
        ("constructor", 2),
        "theorem t (p q r : Prop) (h : p ∧ q ∧ r) : (r ∧ q) ∧ p",
        steps(("exact ⟨⟨h.2.2, h.2.1⟩, h.1⟩", ())),
    ),
]


def told(outcome: Outcome) -> str | int:
    return outcome.kind if isinstance(outcome, Failure) else len(outcome.goals)


@pytest.fixture(params=CASES, ids=[case.prover for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    # Skips where the prover is not at hand.
    request.getfixturevalue(request.param.prover)
    return request.param


@pytest.fixture
def env(case: Case) -> Iterator[ProofEnv]:
    made = gymnasium.make(case.env_id, tactic_timeout_s=LIMIT_S, max_tactics=None).unwrapped
    made.reset(options={"theorem": case.statement})
    yield made
    made.close()


def ask(env: ProofEnv, tactic: str) -> Outcome:
    [edge] = env.expand(0, [tactic])
    return edge.outcome


# ---- Interrupts ----


def test_after_an_interrupted_step_every_step_gets_its_own_answer(case, env, interrupted):
    with interrupted(0.1):
        env.step({"goal": 0, "tactic": case.slow})
        pytest.fail("the step was to be interrupted")
    assert {tactic: told(ask(env, tactic)) for tactic in case.answers} == case.answers


@anywhere
def test_wherever_an_interrupt_comes_the_next_answers_are_right(case, env, interrupted):
    tactics = list(case.answers)
    for place in range(9):
        with interrupted(0.0003 * 2.0**place):
            env.expand(0, tactics * 3)
        if env.done:
            # It came in the moment in which outcomes were recorded, which ends the attempt.
            assert env.attempt().status == "error"
            env.reset(options={"theorem": case.statement})
        tactic = tactics[place % len(tactics)]
        assert told(ask(env, tactic)) == case.answers[tactic]


def test_an_interrupted_expansion_is_not_recorded(case, env, interrupted):
    tactics = [*case.answers, case.slow]
    assert env.tactics_left() is None
    with interrupted(0.3):
        env.expand(0, [case.slow] * 3)
        pytest.fail("the expansion was to be interrupted")
    assert not env.done
    assert (env.spent.tactics, env.spent.nodes, len(env.graph.edges), env.attempt().steps) == (0, 0, 0, ())
    edges = env.expand(0, tactics)
    assert [told(edge.outcome) for edge in edges] == [*case.answers.values(), "timeout"]
    assert (env.spent.tactics, env.spent.nodes) == (len(tactics), 1)
    assert [step.tactic for step in env.attempt().steps] == tactics


@anywhere
def test_an_interrupted_reset_can_be_done_again(case, env, interrupted):
    for place in range(4):
        with interrupted(0.0005 * 6**place):
            env.reset(options={"theorem": case.statement})
        if not env.done:
            # The old attempt, or the new one in case it came late.
            assert told(ask(env, "nonsense")) == "parse"
    env.reset(options={"theorem": case.statement})
    assert {tactic: told(ask(env, tactic)) for tactic in case.answers} == case.answers


@anywhere
def test_interrupted_checks_and_statements_say_nothing_of_later_ones(case, env, interrupted):
    prover, theorem = env.prover, env.prover.parse(case.provable)
    wrong = steps(("nonsense", ()))
    for place in range(3):
        with interrupted(0.001 * 8**place):
            prover.check(theorem, case.proof, 30.0)
        assert prover.check(theorem, wrong, 30.0).status == "refused"
        with interrupted(0.001 * 8**place), contextlib.suppress(StatementError):
            prover.parse("nonsense ∧ (")
    assert prover.check(theorem, case.proof, 30.0).accepted
    assert prover.parse(case.provable).statement == theorem.statement


@anywhere
def test_wherever_an_interrupt_comes_a_proof_counts_when_it_was_checked(case, env, interrupted):
    [step] = case.proof.steps
    for place in range(5):
        env.reset(options={"theorem": case.provable})
        with interrupted(0.001 * 4**place):
            env.expand(0, [step.tactic])
        if not env.done:
            # The proof, where it was found already, is checked now.
            env.expand(0, [step.tactic])
        attempt = env.attempt()
        if attempt.status == "error":
            assert attempt.proof is None
        else:
            assert attempt.proved
            assert attempt.verdict.accepted
    env.reset(options={"theorem": case.statement})
    assert {tactic: told(ask(env, tactic)) for tactic in case.answers} == case.answers


def test_an_interrupt_leaves_no_process_behind(case, interrupted):
    env = gymnasium.make(case.env_id, tactic_timeout_s=30.0, max_tactics=None).unwrapped
    env.reset(options={"theorem": case.statement})
    prover_process = env._current().session
    pids = processes_of(prover_process)
    with interrupted(0.1):
        env.step({"goal": 0, "tactic": case.slow})
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=10)
    assert not alive
    env.close()


def processes_of(session: object) -> list[int]:
    """The processes that a session talks to."""
    held = getattr(session, "_worker", session)._held
    return held.pids if hasattr(held, "pids") else [held.pid]


# ---- Forks ----

_shared: ProofEnv | None = None


def ask_shared(tactic: str) -> tuple[str, Outcome]:
    return tactic, ask(_shared, tactic)


def test_forks_of_a_live_environment_get_their_own_answers(case, env, monkeypatch):
    monkeypatch.setitem(globals(), "_shared", env)
    before = processes_of(env._current().session)
    work = list(case.answers) * 10
    with multiprocessing.get_context("fork").Pool(2) as pool:
        answers = pool.map(ask_shared, work, chunksize=1)
    assert [tactic for tactic, _ in answers] == work
    assert [(tactic, told(outcome)) for tactic, outcome in answers] == [(t, case.answers[t]) for t in work]
    # The one that was forked has its process still, and goals that came from the forks are what they say.
    assert processes_of(env._current().session) == before
    assert all(psutil.pid_exists(pid) for pid in before)
    first = next(iter(case.answers))
    tactic, expected = case.then
    session = env._current().session
    for outcome in (outcome for asked, outcome in answers[:12] if asked == first):
        for _ in range(3):
            assert told(session.apply(outcome.goals[0], [tactic], 5.0)[0]) == expected
    assert {tactic: told(ask(env, tactic)) for tactic in case.answers} == case.answers


AT_EXIT = """
import gc, os, sys
import gymnasium, aitp_gym
env = gymnasium.make({env_id!r}, max_tactics=None).unwrapped
env.reset(options={{"theorem": {statement!r}}})
def ask():
    [edge] = env.expand(0, [{tactic!r}])
    return type(edge.outcome).__name__
print(ask())
for use in (False, True):
    pid = os.fork()
    if pid == 0:
        # Everything that a process does at its end: garbage collection, finalizers, exit handlers.
        if use:
            print(ask())
        env.prover.close()
        del env
        gc.collect()
        sys.exit(0)
    assert os.waitpid(pid, 0)[1] == 0
print(ask())
"""


def test_forks_and_programs_that_end_with_an_environment_open_take_nothing_with_them_and_say_nothing(case):
    code = AT_EXIT.format(env_id=case.env_id, statement=case.statement, tactic=next(iter(case.answers)))
    done = subprocess.run(
        [sys.executable, "-u", "-W", "error", "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr, done.stdout.split()) == (0, "", ["Subgoals"] * 3)


# ---- Threads ----


def test_a_second_thread_is_refused_in_one_sentence_and_the_first_gets_its_answer(case, env):
    answers: list[Outcome] = []
    worker = threading.Thread(target=lambda: answers.append(ask(env, case.slow)))
    worker.start()
    refusals = []
    while worker.is_alive() and not refusals:
        try:
            env._exclusive.__enter__()
        except ConcurrentUse as error:
            refusals.append(str(error))
        else:
            env._exclusive.__exit__()
    for use in (lambda: ask(env, "nonsense"), env.reset, env.give_up):
        with pytest.raises(ConcurrentUse):
            use()
    with pytest.raises(ConcurrentUse, match="give each thread one of its own"):
        env._current().session.apply(env.graph.nodes[0].goal, ["nonsense"], 1.0)
    worker.join()
    assert refusals == ["This environment is in use by another thread: give each thread one of its own."]
    assert [told(outcome) for outcome in answers] == ["timeout"]
    assert {tactic: told(ask(env, tactic)) for tactic in case.answers} == case.answers


def test_threads_with_an_environment_each_get_their_own_answers(case):
    wrong: list[object] = []

    def work(prover: object) -> None:
        session = prover.start(prover.parse(case.statement))
        for tactic, expected in list(case.answers.items()) * 4:
            [outcome] = session.apply(session.root, [tactic], 5.0)
            if told(outcome) != expected:
                wrong.append((tactic, outcome))
        session.close()

    env = gymnasium.make(case.env_id).unwrapped
    threads = [threading.Thread(target=work, args=(env.prover,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    env.close()
    assert wrong == []


# ---- Copies ----


def through_pickle(thing: object) -> object:
    return pickle.loads(pickle.dumps(thing))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, through_pickle])
def test_a_copy_of_a_live_environment_is_a_fresh_one(case, env, duplicate):
    twin = duplicate(env)
    with pytest.raises(gymnasium.error.ResetNeeded, match="There is no attempt yet"):
        twin.step({"goal": 0, "tactic": "nonsense"})
    twin.reset(options={"theorem": case.statement})
    for tactic, expected in case.answers.items():
        assert (told(ask(twin, tactic)), told(ask(env, tactic))) == (expected, expected)
    assert processes_of(twin._current().session) != processes_of(env._current().session)
    twin.close()
    assert {tactic: told(ask(env, tactic)) for tactic in case.answers} == case.answers


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, through_pickle])
def test_a_session_is_not_copied_and_a_prover_is_a_fresh_one(case, env, duplicate):
    with pytest.raises(TypeError, match="copy the prover or the environment"):
        duplicate(env._current().session)
    twin = duplicate(env.prover)
    session = twin.start(env.theorem)
    first, expected = next(iter(case.answers.items()))
    assert told(session.apply(session.root, [first], 5.0)[0]) == expected
    session.close()
    twin.close()
    assert told(ask(env, first)) == expected

import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import BadInput
from aitp_gym.evaluation.tasks import Deadlines, EvaluationTask, check_distinct, derive_seed
from aitp_gym.proof import Budget, Theorem

BUDGET = Budget(max_tactics=4)


def task(name: str = "t", *, iteration: int = 0, policy: str = "uniform") -> EvaluationTask:
    theorem = Theorem(name, "p ==> p", "propositional", split="valid")
    return EvaluationTask.of(theorem, run_seed=3, iteration=iteration, policy=policy, budget=BUDGET)


@given(st.integers(0, 2**63), st.integers(0, 10**6), st.text())
def test_a_seed_suits_every_generator(run_seed, iteration, name):
    assert 0 <= derive_seed(run_seed, iteration, name) < 2**32


def test_a_seed_is_the_same_in_every_process():
    # Python salts `hash` anew in each process; seeds must not notice.
    code = "from aitp_gym.evaluation.tasks import derive_seed; print(derive_seed(3, 1, 'ADD_SYM'))"
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in "ab"
    }
    assert runs == {f"{derive_seed(3, 1, 'ADD_SYM')}\n"}


def test_seeds_differ_by_run_iteration_and_theorem():
    seeds = {derive_seed(r, i, n) for r in range(5) for i in range(5) for n in ("1", "2", "11", "a,b")}
    assert len(seeds) == 100


def test_policies_share_the_seed_of_a_theorem():
    assert task(policy="uniform").seed == task(policy="learned").seed != task(iteration=1).seed


def test_a_task_travels_small():
    assert pickle.loads(pickle.dumps(task())) == task()
    assert len(pickle.dumps(task())) < 1000


def test_a_failed_task_keeps_theorem_seed_and_budget():
    attempt = task().failed("the runner died")
    assert (attempt.status, attempt.reason, attempt.proved) == ("error", "the runner died", False)
    assert (attempt.theorem, attempt.seed, attempt.budget) == (task().theorem, task().seed, BUDGET)
    assert attempt.spent.tactics == 0


def test_the_same_attempt_twice_is_refused():
    with pytest.raises(BadInput, match="twice"):
        check_distinct([task("a"), task("b"), task("a")])
    assert len(check_distinct([task("a"), task("a", policy="learned"), task("a", iteration=1)])) == 3


def test_a_deadline_leaves_room_for_the_check():
    deadlines = Deadlines(attempt_s=100, check_s=10, grace_s=1)
    assert deadlines.of(task()) == 111
    theorem = task().theorem
    quick = EvaluationTask.of(theorem, run_seed=0, iteration=0, policy="p", budget=Budget(wall_s=2.0))
    assert deadlines.of(quick) == 13

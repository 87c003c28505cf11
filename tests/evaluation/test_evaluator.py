"""Evaluation in this process; `tests/faults/test_runners.py` has it with runners."""

import subprocess
import sys
from dataclasses import replace

import gymnasium
import pytest

from aitp_gym.errors import BadInput, ConfigError
from aitp_gym.evaluation.evaluator import EvaluationTask, Evaluator, WorkerConfig, evaluate
from aitp_gym.evaluation.worker import build
from aitp_gym.proof import Budget, Theorem

UNIFORM = {"_target_": "aitp_gym.agents.policies.uniform.UniformPolicy", "menu": "propositional"}
STATEMENTS = {"self": "a → a", "first": "a → b → a", "false": "a → b"}


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "theorems.txt"
    file.write_text("a → a\n", encoding="utf-8")
    return WorkerConfig("aitp/Propositional-v0", {"theorem_set": str(file), "split": "test"}, num_sampled_tactics=4)


def tasks(names=STATEMENTS, budget=Budget(max_tactics=1024)):  # noqa: B008  (frozen)
    theorems = [Theorem(name, STATEMENTS.get(name, name), "propositional", split="test") for name in names]
    return [EvaluationTask.of(t, run_seed=5, iteration=0, policy="uniform", budget=budget) for t in theorems]


def outcomes(pairs):
    return {task.key: (attempt.status, [step.tactic for step in attempt.steps]) for task, attempt in pairs}


def test_attempts_come_in_order_with_their_tasks_seed_and_budget(config):
    asked = tasks()
    with Evaluator(config) as evaluator:
        pairs = list(evaluator.attempts(asked, UNIFORM))
    assert [task for task, _ in pairs] == asked
    assert [(a.theorem, a.seed, a.budget) for _, a in pairs] == [(t.theorem, t.seed, t.budget) for t in asked]
    statuses = [attempt.status for _, attempt in pairs]
    assert statuses[:2] == ["proved", "proved"]
    assert statuses[2] != "proved"


def test_outcomes_depend_neither_on_the_order_nor_on_what_came_before(config):
    with Evaluator(config) as evaluator:
        forward = outcomes(evaluator.attempts(tasks(), UNIFORM))
        backward = outcomes(evaluator.attempts(reversed(tasks()), UNIFORM))
    with Evaluator(config) as fresh:
        [alone] = outcomes(fresh.attempts(tasks(["first"]), UNIFORM)).items()
    assert forward == backward
    assert alone in forward.items()


def test_results_are_there_before_the_next_attempt_begins(config):
    with Evaluator(config) as evaluator:
        attempts = evaluator.attempts(tasks(), UNIFORM)
        task, _ = next(attempts)
        assert task.theorem.name == "self"
        attempts.close()


def test_an_unreadable_theorem_is_an_error_and_the_others_go_on(config):
    with Evaluator(config) as evaluator:
        pairs = list(evaluator.attempts(tasks(["self", "a ∧", "first"]), UNIFORM))
    assert [attempt.status for _, attempt in pairs] == ["proved", "error", "proved"]
    broken = pairs[1][1]
    assert broken.reason.startswith("StatementError: ")
    assert (broken.theorem.name, broken.steps, broken.spent.tactics) == ("a ∧", (), 0)


def test_after_an_exception_the_environment_is_built_anew(config, monkeypatch):
    made = []
    make = gymnasium.make
    monkeypatch.setattr(gymnasium, "make", lambda *args, **kwargs: made.append(args) or make(*args, **kwargs))
    with Evaluator(config) as evaluator:
        list(evaluator.attempts(tasks(["self", "first"]), UNIFORM))
        assert len(made) == 1
        list(evaluator.attempts(tasks(["a ∧", "self"]), UNIFORM))
    assert len(made) == 2


def test_the_callback_sees_every_attempt_and_the_summary_counts_them(config):
    seen = []
    counts = evaluate(tasks(), config, UNIFORM, on_attempt=lambda task, attempt: seen.append(attempt.status))
    assert dict(counts) == {status: seen.count(status) for status in seen}
    assert len(seen) == 3


def test_the_same_task_twice_is_refused_before_anything_is_attempted(config):
    with Evaluator(config) as evaluator, pytest.raises(BadInput, match="twice"):
        evaluator.attempts(tasks(["self", "self"]), UNIFORM)


@pytest.mark.parametrize(
    ("changes", "policy", "said"),
    [
        ({"env_id": "aitp/Chess-v0"}, UNIFORM, "aitp/Chess-v0"),
        ({"env_kwargs": {"colour": "red"}}, UNIFORM, "colour"),
        ({"search": "aitp_gym.search.nowhere.Search"}, UNIFORM, "nowhere"),
        ({}, {"menu": "propositional"}, "_target_"),
        ({}, {**UNIFORM, "colour": "red"}, "colour"),
        ({}, {**UNIFORM, "menu": "lunch"}, "lunch"),
    ],
)
def test_what_cannot_be_built_is_named(config, changes, policy, said):
    with Evaluator(replace(config, **changes)) as evaluator, pytest.raises(BadInput, match=said):
        next(evaluator.attempts(tasks(), policy))


def test_a_dotted_name_is_a_spec():
    assert build("aitp_gym.proof.Budget") == Budget()
    assert build({"_target_": "aitp_gym.proof.Budget", "max_nodes": 3}) == Budget(max_nodes=3)
    with pytest.raises(ConfigError, match="Nowhere"):
        build("aitp_gym.proof.Nowhere")


def test_without_runners_neither_ray_nor_torch_is_imported(config):
    code = f"""
import sys
from aitp_gym.proof import Budget, Theorem
from aitp_gym.evaluation.evaluator import EvaluationTask, WorkerConfig, evaluate
theorem = Theorem("t", "a → a", "propositional")
task = EvaluationTask.of(theorem, run_seed=1, iteration=0, policy="p", budget=Budget(max_tactics=8))
assert evaluate([task], WorkerConfig("aitp/Propositional-v0", {config.env_kwargs!r}), {UNIFORM!r})
print([name for name in ("ray", "torch") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

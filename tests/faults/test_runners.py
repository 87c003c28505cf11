"""Runners that die, hang or fail: every theorem ends exactly once, and the run goes on."""

import hashlib
from collections import Counter
from pathlib import Path

import psutil
import pytest

from aitp_gym.errors import ConfigError
from aitp_gym.evaluation.evaluator import Deadlines, EvaluationTask, Evaluator, WorkerConfig
from aitp_gym.evaluation.runners.resources import Resources
from aitp_gym.proof import Budget, Theorem

pytest.importorskip("ray", reason="the rllib extra is not installed")

PLUGINS = Path(__file__).with_name("plugins")
ENV = {"theorem_set": str(PLUGINS / "statements.txt"), "split": "test"}
CONFIG = WorkerConfig("aitp/Propositional-v0", ENV, num_sampled_tactics=4)
BUDGET = Budget(max_tactics=8, wall_s=1.0)
DEADLINES = Deadlines(check_s=0.5, grace_s=0.5, start_s=120)
LIMIT_S = 2.0


def tasks(names):
    return [
        EvaluationTask.of(
            Theorem(name, f"{name} → {name}", "propositional"), run_seed=1, iteration=0, policy="p", budget=BUDGET
        )
        for name in names
    ]


def saboteur(diary, deeds):
    return {
        "_target_": "saboteur.Saboteur",
        "deeds": {f"{name} → {name}": deed for name, deed in deeds.items()},
        "diary": str(diary),
        "tactics": ["intro", "assumption"],
    }


def visitors(diary, name):
    """Process ids of those that met the theorem, in order."""
    page = diary / hashlib.sha256(f"{name} → {name}".encode()).hexdigest()
    return [int(line) for line in page.read_text().split()] if page.exists() else []


def descendants():
    """Descendants of this process: Ray's own, the runners, and what earlier tests left to the interpreter's end."""
    return set(psutil.Process().children(recursive=True))


@pytest.fixture(scope="module")
def evaluator():
    """One Ray for the module; a process that it leaves behind fails the last test."""
    before = descendants()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PLUGINS))
        with Evaluator(CONFIG, resources=Resources(2, num_cpus=2), deadlines=DEADLINES) as evaluator:
            yield evaluator
            started = descendants() - before
            assert started
        _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []


@pytest.fixture(scope="module")
def bad_day(evaluator, tmp_path_factory):
    """A round in which everything goes wrong: the results in the order in which they came, and the diary."""
    diary = tmp_path_factory.mktemp("diary")
    deeds = {
        "killed": "die once",
        "left": "exit once",
        "stopped": "stop once",
        "spun": "spin once",
        "broken": "raise",
        "deadly": "die",
        "frozen": "stop",
    }
    names = ["first", *deeds, "last"]
    return [(t.theorem.name, a) for t, a in evaluator.attempts(tasks(names), saboteur(diary, deeds))], diary, names


def test_every_theorem_ends_exactly_once(bad_day):
    results, _, names = bad_day
    assert Counter(name for name, _ in results) == Counter(names)
    assert all(attempt.theorem.name == name for name, attempt in results)


@pytest.mark.parametrize("name", ["killed", "left", "stopped", "spun"])
def test_a_theorem_whose_runner_was_lost_is_attempted_again_by_another(bad_day, name):
    results, diary, _ = bad_day
    assert dict(results)[name].proved
    first, second, *more = dict.fromkeys(visitors(diary, name))
    assert first != second
    assert more == []
    assert not psutil.pid_exists(first)


def test_a_theorem_that_costs_two_runners_is_an_error(bad_day):
    results, diary, _ = bad_day
    for name in ("deadly", "frozen"):
        attempt = dict(results)[name]
        assert (attempt.status, attempt.steps, attempt.spent.tactics) == ("error", (), 0)
        assert "2 times" in attempt.reason
        assert len(visitors(diary, name)) == 2
    assert f"no answer in {LIMIT_S:g} s" in dict(results)["frozen"].reason


def test_an_exception_is_the_attempts_error_and_costs_no_runner(bad_day):
    results, diary, _ = bad_day
    attempt = dict(results)["broken"]
    assert (attempt.status, attempt.reason) == ("error", "ZeroDivisionError: sabotage")
    assert len(visitors(diary, "broken")) == 1


def test_theorems_around_the_faults_are_proved(bad_day):
    results, _, _ = bad_day
    assert dict(results)["first"].proved
    assert dict(results)["last"].proved


def test_runners_stay_from_round_to_round_while_the_policy_changes(evaluator, tmp_path):
    pids = []
    for number in range(2):
        diary = tmp_path / str(number)
        diary.mkdir()
        results = list(evaluator.attempts(tasks("abcdef"), saboteur(diary, {})))
        assert all(attempt.proved for _, attempt in results)
        pids.append({pid for name in "abcdef" for pid in visitors(diary, name)})
    assert pids[0] | pids[1] <= {process.pid for process in descendants()}
    assert len(pids[0] | pids[1]) <= 2


def test_each_round_has_the_search_that_it_asks_for(evaluator, tmp_path):
    from aitp_gym.agents.goal_models.value_network import ValueNetwork

    network = ValueNetwork(init_seed=1)
    network.save(tmp_path / "checkpoint")
    scorer = {"_target_": f"{ValueNetwork.__module__}.ValueNetwork", "ckpt_path": str(tmp_path / "checkpoint")}
    names = []
    for search in (None, {"_target_": "aitp_gym.search.htps.HTPS", "goal_scorer": scorer}, None):
        diary = tmp_path / str(len(names))
        diary.mkdir()
        versions = [attempt.versions for _, attempt in evaluator.attempts(tasks("ab"), saboteur(diary, {}), search)]
        names.append({each["search.name"] for each in versions})
        if search is not None:
            weights = {each["search.goal_scorer.weights_digest"] for each in versions}
            assert weights == {network.versions["weights_digest"]}
    assert names == [{"best_first"}, {"htps"}, {"best_first"}]


def test_leaving_early_ends_what_is_under_way_and_the_next_round_works(evaluator, tmp_path):
    attempts = evaluator.attempts(tasks("abcd"), saboteur(tmp_path, {"b": "spin once"}))
    next(attempts)
    attempts.close()
    again = tmp_path / "again"
    again.mkdir()
    assert all(attempt.proved for _, attempt in evaluator.attempts(tasks("abcd"), saboteur(again, {})))


def test_runners_and_this_process_make_the_same_attempts(evaluator):
    policy = {"_target_": "aitp_gym.agents.policies.uniform.UniformPolicy", "menu": "propositional"}
    asked = tasks("abcdefgh")
    with Evaluator(CONFIG) as alone:
        here = {task.key: essence(attempt) for task, attempt in alone.attempts(asked, policy)}
    there = {task.key: essence(attempt) for task, attempt in evaluator.attempts(reversed(asked), policy)}
    assert here == there
    assert len({steps for steps, *_ in here.values()}) > 1, "seeds should make attempts differ"


def essence(attempt):
    """What does not depend on the clock."""
    steps = tuple((step.node, step.tactic, step.logprob, step.outcome, step.children) for step in attempt.steps)
    return steps, attempt.status, attempt.seed, attempt.proved_at, attempt.spent.tactics, attempt.spent.nodes


def test_a_policy_that_cannot_be_built_is_the_callers_error_and_the_pool_lives_on(evaluator, tmp_path):
    with pytest.raises(ConfigError, match="no_such_module"):
        next(evaluator.attempts(tasks("a"), "no_such_module.Policy"))
    [(_, attempt)] = evaluator.attempts(tasks("a"), saboteur(tmp_path, {}))
    assert attempt.proved

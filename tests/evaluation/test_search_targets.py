"""What a search would teach, from the end of an attempt to what training reads."""

import pytest

from aitp_gym.evaluation.evaluator import EvaluationTask
from aitp_gym.evaluation.search_targets import policy_rows, read_policy_rows
from aitp_gym.evaluation.worker import AttemptWorker, WorkerConfig
from aitp_gym.proof import Budget
from aitp_gym.theorems import load
from aitp_gym.traces import TraceReader, TraceWriter
from aitp_gym.training.lightning.goal_model.labels import LabelRule, label_goals

UNIFORM = {"_target_": "aitp_gym.agents.policies.uniform.UniformPolicy", "menu": "propositional"}
HTPS = {
    "_target_": "aitp_gym.search.htps.HTPS",
    "target_settings": {
        "_target_": "aitp_gym.search.htps.HTPSTargetSettings",
        "node_mask": "none",
        "count_threshold": 2,
    },
}


@pytest.fixture(scope="module")
def attempted():
    """Attempts by HTPS, each with the targets that its search gave."""
    worker = AttemptWorker(WorkerConfig("aitp/Propositional-v0", {"theorem_set": "propositional-medium"}))
    worker.use_policy(UNIFORM, HTPS)
    found = []
    for theorem in load("propositional-medium").split("train")[:12]:
        task = EvaluationTask.of(theorem, run_seed=0, iteration=0, policy="learned", budget=Budget(max_tactics=120))
        found.append((worker.attempt(task), worker._agent.search.targets()))
    worker.close()
    assert any(attempt.proved for attempt, _ in found)
    assert any(not attempt.proved and targets.policy for attempt, targets in found)
    return found


def test_the_targets_of_the_search_are_in_the_steps(attempted):
    for attempt, targets in attempted:
        rows = {row.goal: dict(zip(row.tactics, row.shares, strict=True)) for row in policy_rows(attempt)}
        assert rows.keys() == {row.goal for row in targets.policy}
        for row in targets.policy:
            taught = {tactic: share for tactic, share in rows[row.goal].items() if share > 0}
            assert taught == dict(zip(row.tactics, row.probabilities, strict=True))
        values = {step.node: step.critic_target for step in attempt.steps if step.critic_target is not None}
        assert values == {row.node: row.value for row in targets.critic if row.node in {s.node for s in attempt.steps}}


def test_a_tactic_that_is_not_worth_learning_has_share_zero_and_a_goal_without_target_none(attempted):
    shares = [step.policy_target for attempt, _ in attempted for step in attempt.steps]
    assert None in shares
    assert 0.0 in shares


def test_targets_come_back_from_the_disk(attempted, tmp_path):
    with TraceWriter(tmp_path / "traces") as writer:
        for attempt, _ in attempted:
            writer.write(attempt, iteration=0, policy="learned")
        writer.compact(0)
    written = [row for attempt, _ in attempted for row in policy_rows(attempt)]
    assert [(r.goal, r.tactics, r.shares) for r in read_policy_rows([tmp_path / "traces"])] == [
        (r.goal, r.tactics, r.shares) for r in written
    ]
    read = [attempt for _, attempt in TraceReader(tmp_path / "traces").records()]
    assert [attempt.steps for attempt in read] == [attempt.steps for attempt, _ in attempted]


def test_the_goal_model_can_learn_what_the_search_made_of_open_goals(attempted):
    attempts = [attempt for attempt, _ in attempted]
    judged = {
        (attempt.theorem.name, row.goal): row.value
        for attempt, targets in attempted
        for row in targets.critic
        if not row.solved and not row.failed
    }
    labels = label_goals(attempts, LabelRule(open_goals="search"))
    open_labels = {(label.theorem, label.goal): label.value for label in labels if label.kind == "open"}
    assert judged
    assert open_labels == judged


def test_a_search_without_targets_leaves_none():
    worker = AttemptWorker(WorkerConfig("aitp/Propositional-v0", {"theorem_set": "propositional-small"}))
    worker.use_policy(UNIFORM)
    theorem = load("propositional-small").split("train")[0]
    attempt = worker.attempt(
        EvaluationTask.of(theorem, run_seed=0, iteration=0, policy="learned", budget=Budget(max_tactics=20))
    )
    worker.close()
    assert {(step.policy_target, step.critic_target) for step in attempt.steps} == {(None, None)}
    assert list(policy_rows(attempt)) == []

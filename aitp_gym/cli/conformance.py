"""Evaluation, handed to the provers' `aitp conformance` commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..proof import Attempt, Budget, Theorem
from ..provers.commands import OneStepResult

__all__ = ["ConformanceEvaluation"]


class ConformanceEvaluation:
    """Evaluation for the provers' own commands; its modules are imported when used."""

    def one_step(
        self,
        env_id: str,
        menu: str,
        theorems: Sequence[Theorem],
        *,
        tactic_timeout_s: float,
        premises: str,
        num_workers: int,
        on_done: Callable[[int, int], None],
    ) -> OneStepResult:
        """Apply every slot of a menu once to every theorem, and check whatever closes it."""
        from ..evaluation.one_step import Timeouts, one_step

        return one_step(
            env_id,
            {},
            menu,
            theorems,
            timeouts=Timeouts(tactic_timeout_s),
            premises=premises,
            num_workers=num_workers,
            on_done=on_done,
        )

    def attempts(
        self, env_id: str, env_kwargs: Mapping[str, Any], menu: str, theorems: Sequence[Theorem], max_tactics: int
    ) -> Iterator[Attempt]:
        """Attempt every theorem once, best-first with a menu in its own order, in this process."""
        from ..evaluation.evaluator import EvaluationTask, Evaluator, WorkerConfig

        budget = Budget(max_tactics=max_tactics)
        tasks = [EvaluationTask.of(t, run_seed=0, iteration=0, policy="fixed-order", budget=budget) for t in theorems]
        policy = {"_target_": "aitp_gym.agents.policies.fixed_order.FixedOrderPolicy", "menu": menu}
        with Evaluator(WorkerConfig(env_id, env_kwargs)) as evaluator:
            for _, attempt in evaluator.attempts(tasks, policy):
                yield attempt

"""A pool of runners. RLlib's group makes them and lets Ray restart those that die; `Schedule` does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ray
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig
from ray.rllib.env.env_runner_group import EnvRunnerGroup

from ...proof import Attempt
from ..tasks import Deadlines, EvaluationTask, check_distinct
from ..worker import Spec, WorkerConfig
from .resources import Resources
from .runner import ProofRunner, Round
from .schedule import RunnersLost, Schedule

__all__ = ["RunnerPool", "RunnersLost"]

_STOP_S = 5.0


class _Group(EnvRunnerGroup):  # type: ignore[misc]  # Ray ships no types
    """RLlib's group, with what the pool needs of its inside."""

    def _make_worker(self, *, config: Any, **kwargs: Any) -> Any:
        # RLlib passes the configuration by reference, and a runner whose reference got lost cannot restart. Ours is
        # small, so it goes by value.
        return super()._make_worker(config=self._remote_config, **kwargs)

    def handles(self) -> list[Any]:
        """The remote runners as Ray actors."""
        return list(self._worker_manager.actors().values())


class RunnerPool:
    """Runners in processes of their own, in a Ray session that is already there.

    Args:
        config: of the worker inside each runner.
        resources: how many runners there are and what each reserves.
        deadlines: how long a runner may take for what.
    """

    def __init__(self, config: WorkerConfig, resources: Resources, deadlines: Deadlines | None = None) -> None:
        self._deadlines = deadlines or Deadlines()
        self._group = _Group(config=_algorithm_config(config, resources), local_env_runner=False)
        self._runners = self._group.handles()
        self._rounds = 0

    def attempts(
        self, tasks: Iterable[EvaluationTask], policy: Spec, search: Spec | None = None
    ) -> Iterator[tuple[EvaluationTask, Attempt]]:
        """Attempt every task, and yield each result as soon as it is there, each task exactly once.

        A runner that dies or misses its deadline is restarted, and its task is given out once more; the second time
        the task's attempt has status `error`. Leaving the iteration early ends the attempts under way.

        Args:
            tasks: with distinct keys.
            policy: how to build the policy; every runner builds it anew.
            search: how to build the search model; `None` for the configuration's.

        Raises:
            BadInput: two tasks are the same.
            RunnersLost: no runner is left.
            AitpError: no runner could build its environment or its policy.
        """
        listed = check_distinct(tasks)
        if not self._runners:
            raise RunnersLost("This pool has no runners left: they were lost in an earlier round, or it was closed.")
        self._rounds += 1
        return iter(Schedule(self._runners, listed, Round(self._rounds, policy, search), self._deadlines))

    def close(self) -> None:
        """End all runners: politely first, so that provers are closed, then for good. May be called twice."""
        if self._runners:
            ray.wait([r.stop.remote() for r in self._runners], num_returns=len(self._runners), timeout=_STOP_S)
        self._runners.clear()
        self._group.reset([])


def _algorithm_config(config: WorkerConfig, resources: Resources) -> AlgorithmConfig:
    return (
        AlgorithmConfig()
        .environment(env_config={"worker": config})
        .env_runners(
            env_runner_cls=ProofRunner,
            num_env_runners=resources.num_runners,
            num_cpus_per_env_runner=resources.cpus_per_runner,
            num_gpus_per_env_runner=resources.gpus_per_runner,
            validate_env_runners_after_construction=False,
        )
        .fault_tolerance(restart_failed_env_runners=True, max_num_env_runner_restarts=-1)
    )

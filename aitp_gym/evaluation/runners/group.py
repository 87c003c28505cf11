"""Pool of runners: Ray actors that Ray restarts when they die; `Schedule` does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ray
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig

from ...proof import Attempt
from ..tasks import Deadlines, EvaluationTask, check_distinct
from ..worker import Spec, WorkerConfig
from .resources import Resources
from .runner import ProofRunner, Round
from .schedule import RunnersLost, Schedule

__all__ = ["RunnerPool", "RunnersLost"]

_STOP_S = 5.0


class RunnerPool:
    """Runners in processes of their own, in a Ray session that is already there.

    They are plain actors and not RLlib's `EnvRunnerGroup`: of a group one would use the making of actors alone, since
    its requests go to all runners at once and neither repeat a lost one nor notice a hang; and it hands out its
    configuration by reference, so that a runner whose reference got lost cannot restart.

    Args:
        config: of the worker inside each runner.
        resources: how many runners there are and what each reserves.
        deadlines: how long a runner may take for what.
    """

    def __init__(self, config: WorkerConfig, resources: Resources, deadlines: Deadlines | None = None) -> None:
        self._deadlines = deadlines or Deadlines()
        actor = ray.remote(num_cpus=resources.cpus_per_runner, num_gpus=resources.gpus_per_runner, max_restarts=-1)(
            ProofRunner
        )
        settings = AlgorithmConfig().environment(env_config={"worker": config})
        self._runners = [actor.remote(config=settings) for _ in range(resources.num_runners)]
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
        for runner in self._runners:
            ray.kill(runner)
        self._runners.clear()

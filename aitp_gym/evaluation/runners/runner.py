"""The RLlib runner that proves: an `EnvRunner` whose sample is one attempt at one theorem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ray.rllib.env.env_runner import EnvRunner

from ...proof import Attempt
from ..tasks import EvaluationTask
from ..worker import AttemptWorker, Spec, WorkerConfig
from .threads import use_one_thread

__all__ = ["ProofRunner", "Round"]


@dataclass(frozen=True, slots=True)
class Round:
    """The attempts of one call, all with one policy and one search.

    The number tells rounds apart, so that both are built again even where their specs are the same text (a checkpoint
    that was overwritten, say).
    """

    number: int
    policy: Spec
    search: Spec | None = None


class ProofRunner(EnvRunner):  # type: ignore[misc]  # Ray ships no types
    """Holds a `AttemptWorker` in a process of its own.

    The worker's configuration comes as `env_config["worker"]` of the `AlgorithmConfig`.
    """

    def __init__(self, *, config: Any, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)
        use_one_thread()
        self._worker_config: WorkerConfig = self.config.env_config["worker"]
        self._worker: AttemptWorker | None = None
        self._round: int | None = None

    def assert_healthy(self) -> None:
        """Nothing to assert: `prepare` says whether the runner can work."""

    def get_spaces(self) -> dict[str, Any]:
        """None: there is no `RLModule` here that would need them."""
        return {}

    def prepare(self, current: Round) -> None:
        """Build what the round needs: the environment the first time, policy and search once per round.

        Raises:
            AitpError: the environment or the policy cannot be built.
        """
        if self._worker is None:
            self._worker = AttemptWorker(self._worker_config)
        if self._round != current.number:
            self._worker.use_policy(current.policy, current.search)
            self._round = current.number

    def sample(self, *, task: EvaluationTask, current: Round) -> Attempt:
        """Attempt one theorem.

        Args:
            task: what to attempt.
            current: the round the task belongs to.

        Raises:
            AitpError: the environment or the policy cannot be built.
        """
        self.prepare(current)
        assert self._worker is not None
        return self._worker.attempt(task)

    def stop(self) -> None:
        """Close the environment, and with it the prover's session."""
        if self._worker is not None:
            self._worker.close()

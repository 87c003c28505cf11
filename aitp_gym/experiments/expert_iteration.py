"""The loop: evaluate, log, train, evaluate what was learned.

    evaluation 0 ── training 0 ── evaluation 1 ── training 1 ── … ── evaluation N-1

With `num_iterations = N` there are N evaluations and N - 1 trainings: what was trained is always evaluated. Everything
that is done is on disk in the run folder, and a run that was killed goes on from there: an attempt that is on record is
not made again, a training that left a checkpoint is not repeated, and one that was interrupted begins anew in a fresh
folder.
"""

from __future__ import annotations

import logging
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf

from ..errors import CanaryProved, ConfigError, TrainingDiverged
from ..evaluation.evaluator import EvaluationTask, Evaluator, derive_seed
from ..files import NOT_FINITE
from ..proof import Theorem
from ..traces import TraceReader, TraceWriter
from .checkpoints import Checkpoint, LoopState
from .config import LEARNED, RunConfig
from .progress import RunDisplay
from .reports.report import CANARY, write_report
from .run_folder import RunFolder
from .run_setup import Problem, baseline_policy
from .train_command import command_argv, fresh_folder, run_command
from .wandb_mirror import WandbMirror

__all__ = ["ExpertIteration"]

_log = logging.getLogger(__name__)


class ExpertIteration:
    """One run of the loop.

    Args:
        config: the fields of the run.
        tree: the same fields, in which interpolations are resolved and checkpoints put in place.
        folder: of the run; open for writing.
        problem: what is attempted.
        evaluator: makes the attempts.
        mirror: in Weights & Biases.
        display: shows what is going on.
        on_report: called after each iteration with the content of `report.json`.
    """

    def __init__(
        self,
        config: RunConfig,
        tree: DictConfig,
        folder: RunFolder,
        problem: Problem,
        evaluator: Evaluator,
        mirror: WandbMirror,
        display: RunDisplay,
        on_report: Callable[[Mapping[str, Any]], None] | None = None,
    ) -> None:
        self._on_report = on_report
        self.config = config
        self._tree = tree
        self._folder = folder
        self._problem = problem
        self._evaluator = evaluator
        self._mirror = mirror
        self._display = display
        self._state = LoopState(folder.path)

    def run(self) -> None:
        """Do what is left to do.

        Raises:
            CanaryProved: a statement without a proof was "proved".
            TrainingFailed: a training command failed; the run can be resumed when the cause is gone.
            TrainingDiverged: what was trained has weights that are not finite; the run ends here.
        """
        with TraceWriter(self._folder.traces) as writer:
            for iteration in range(self.config.num_iterations):
                last = iteration == self.config.num_iterations - 1
                for policy, theorems in self._rounds(iteration, last):
                    self._evaluate(writer, iteration, policy, theorems)
                writer.compact(iteration)
                report = write_report(self._folder.path)
                self._mirror.log(report)
                if self._on_report is not None:
                    self._on_report(report)
                self._refuse_canaries(iteration)
                if not last:
                    self._train(iteration)

    def _rounds(self, iteration: int, last: bool) -> Iterator[tuple[str, Sequence[Theorem]]]:
        """Policies with what they attempt; baselines that learn nothing belong to the first iteration."""
        problem = self._problem
        measured = (*problem.valid, *problem.canaries)
        if last:
            # Nothing would learn from train theorems attempted after the last training.
            yield LEARNED, measured
        else:
            yield LEARNED, (*problem.train, *(measured if self.config.measure_each_iteration else problem.canaries))
        for baseline in self.config.baselines:
            if baseline != "frequency":
                if iteration == 0:
                    yield baseline, measured
            elif last and iteration > 0:
                yield baseline, measured
        if last:
            for label in self.config.searches:
                yield label, measured

    def _evaluate(self, writer: TraceWriter, iteration: int, policy: str, theorems: Sequence[Theorem]) -> None:
        run_seed, budget = self.config.seed, self.config.budget
        tasks = [
            EvaluationTask.of(theorem, run_seed=run_seed, iteration=iteration, policy=policy, budget=budget)
            for theorem in theorems
        ]
        on_record = writer.done_keys()
        left = [task for task in tasks if task.key not in on_record]
        if not left:
            return
        done = len(tasks) - len(left)
        title = f"iteration {iteration}: {policy}"
        _log.info("%s: %d attempts%s", title, len(tasks), f", {done} of them on record" if done else "")
        started, proved = time.monotonic(), 0
        with self._display.evaluation(title, len(tasks), done) as bar, _naming_the_training(iteration):
            for _, attempt in self._evaluator.attempts(left, self._policy(policy), self._search(policy)):
                writer.write(attempt, iteration=iteration, policy=policy)
                bar.advance(attempt.proved)
                proved += attempt.proved
        _log.info("%s: %d of %d proved in %.0f s", title, proved, len(left), time.monotonic() - started)

    def _policy(self, name: str) -> dict[str, Any]:
        if name == LEARNED or name in self.config.searches:
            return cast(dict[str, Any], OmegaConf.to_container(self._tree.tac_model, resolve=True))
        if name != "frequency":
            return baseline_policy(name, self.config)
        fitted = self._state.frequency()
        if fitted is None:
            raise ConfigError(
                "The baseline `frequency` is fitted by a training command, which names the file under `frequency` in "
                "its result file, but none did: take it out of `baselines`, or have a command fit it."
            )
        return baseline_policy(name, self.config, fitted)

    def _search(self, name: str) -> dict[str, Any]:
        """How to build the search, with the goal scorer that was trained last."""
        spec = self._tree.searches[name] if name in self.config.searches else self._tree.search_model
        return cast(dict[str, Any], OmegaConf.to_container(spec, resolve=True))

    def _refuse_canaries(self, iteration: int) -> None:
        attempts = TraceReader(self._folder.traces).attempts(iteration=iteration, split=CANARY).to_pylist()
        proved = sorted({row["theorem"] for row in attempts if row["status"] == "proved"})
        if proved:
            raise CanaryProved(
                f"Canaries were proved in iteration {iteration}: {', '.join(proved)}. These have no proof, so a "
                f"prover or its check is unsound and this run's numbers are void. Proofs: {self._folder.traces}."
            )

    def _train(self, iteration: int) -> None:
        for index, keys in enumerate(self.config.update_checkpoints):
            checkpoint = self._state.find(iteration, index) or self._run_training(iteration, index, keys)
            OmegaConf.update(self._tree, checkpoint.field, self._state.absolute(checkpoint.path))

    def _run_training(self, iteration: int, index: int, keys: Sequence[str]) -> Checkpoint:
        output = fresh_folder(self._folder.path / "checkpoints", f"iteration-{iteration}-command-{index}").absolute()
        result_file = output / "result.json"
        context = {
            "python": sys.executable,
            "traces": str(self._folder.traces.absolute()),
            "output": str(output),
            "result": str(result_file),
            "iteration": iteration,
            "seed": derive_seed(self.config.seed, iteration, f"training {index}"),
        }
        argv = command_argv(self._tree, index, context)
        title = f"iteration {iteration}: training"
        _log.info("%s, command %d, output in %s", title, index, output)
        _log.debug("%s", shlex.join(argv))
        started = time.monotonic()
        with self._display.training(title) as show:
            result = run_command(argv, result_file, output / "output.log", show)
        train_s = time.monotonic() - started
        _log.info("%s: done in %.0f s %s", title, train_s, _short(result.metrics))
        if diverged := [f"{name} is {value}" for name, value in result.metrics.items() if value in NOT_FINITE]:
            _log.warning(
                "%s: %s, so it has diverged. Its checkpoint is kept and used all the same; a lower learning rate may "
                "help.",
                title,
                ", ".join(diverged),
            )
        checkpoint = Checkpoint(
            iteration,
            index,
            ".".join(keys),
            self._state.relative(result.checkpoint),
            None if result.frequency is None else self._state.relative(result.frequency),
            dict(result.metrics),
            train_s,
        )
        self._state.add(checkpoint)
        return checkpoint


@contextmanager
def _naming_the_training(iteration: int) -> Iterator[None]:
    """Say of weights that cannot be evaluated from which training they are."""
    try:
        yield
    except TrainingDiverged as error:
        if iteration == 0:
            raise  # They came with the configuration.
        raise TrainingDiverged(
            f"The training after iteration {iteration - 1} diverged, so that iteration {iteration} cannot be "
            f"evaluated, and the run ends here. {error} What was measured before is on record. Begin another run, with "
            "a lower learning rate for example."
        ) from error


def _short(metrics: Mapping[str, Any]) -> str:
    numbers = {name: f"{value:.4g}" for name, value in metrics.items() if isinstance(value, int | float)}
    return ", ".join(f"{name} {number}" for name, number in numbers.items())

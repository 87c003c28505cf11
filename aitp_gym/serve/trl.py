"""Environment for TRL's trainers of language models (`GRPOTrainer(environment_factory=…)`).

Nothing of TRL is imported. Of TRL 1.16 it follows the contract of `environment_factory`: every public method but
`reset` and `get_reward` is a tool, described to the model by its types and its docstring.
"""

from __future__ import annotations

from typing import Any, Self

from gymnasium.error import ResetNeeded

from .rollout import Rollout

__all__ = ["ProofTools", "prompt_rows"]

_PROMPT = (
    "Prove the theorem. Each call of apply_tactic applies one tactic to one goal; the theorem is proved when no goal "
    "is left.\n\n"
)


class ProofTools:
    """Attempts at theorems as tools of a language model; the reward is 1 for a proof that the check accepted, else 0.

    An instance is used for many rollouts, one after the other; TRL makes as many as it needs at once. For other
    environments than the usual one: `environment_factory=functools.partial(ProofTools, env_id)`.

    Args:
        env_id: of the environment.
        settings: of the environment, as for `gymnasium.make`, for example `max_tactics` and `split`.
    """

    def __init__(self, env_id: str = "aitp/Propositional-v0", **settings: Any) -> None:
        self._rollout = Rollout.open(env_id, settings)
        self._reward = 0.0

    def reset(
        self,
        theorem: str | None = None,
        split: str | None = None,
        index: int | None = None,
        seed: int | None = None,
        **row: Any,
    ) -> str:
        """Begin an attempt; what is returned is put behind the prompt.

        Args:
            theorem: name of a theorem of the environment's set, or a statement in the prover's notation.
            split: in place of a theorem: split to take one from.
            index: number of the theorem in the split, from 0; without it one is drawn.
            seed: of the draw. Rollouts of a group should attempt the same theorem, so the dataset needs a column
                `theorem`, `index` or `seed`.
            row: the other columns of the dataset's row; not looked at.

        Raises:
            BadInput: there is no such theorem, split or number.
        """
        self._reward = 0.0
        return self._rollout.begin(theorem, split=split, index=index, seed=seed).text()

    def apply_tactic(self, tactic: str, goal: int = 0) -> str:
        """Apply a tactic to an open goal.

        Args:
            tactic: The tactic, in the tactic language of the prover.
            goal: The number of the goal, 0 for the newest.

        Returns:
            The goals that are left, or why the tactic did not work.
        """
        try:
            turn = self._rollout.step(str(tactic), int(goal))
        except ResetNeeded:
            return "The attempt is over: no further tactic is applied."
        if turn.reward:
            self._reward = turn.reward
        return turn.text()

    def get_reward(self) -> float:
        """The reward of the attempt: 1.0 if a proof was found and the check accepted it, else 0.0."""
        return self._reward

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rollout.close()


def prompt_rows(
    env_id: str, split: str = "train", *, limit: int | None = None, **settings: Any
) -> list[dict[str, Any]]:
    """Rows for a training dataset (`datasets.Dataset.from_list`), one for each theorem: its prompt and its name.

    Args:
        env_id: of the environment.
        split: of the theorems.
        limit: only so many.
        settings: of the environment, as for `gymnasium.make`.

    Raises:
        UnknownName: there is no such environment or split.
    """
    with Rollout.open(env_id, settings) as rollout:
        theorems = rollout.tasks.of(split)[:limit]
    return [{"prompt": [{"role": "user", "content": _PROMPT}], "theorem": theorem.name} for theorem in theorems]

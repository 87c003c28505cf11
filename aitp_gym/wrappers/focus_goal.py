"""`FocusGoal`: one goal at a time, chosen by a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gymnasium
from gymnasium import spaces

from ..errors import BadInput
from ..proof import Goal
from .base import ProofWrapper, Step

__all__ = ["FocusGoal"]

_RULES: Mapping[str, Callable[[Sequence[str]], int]] = {
    "newest": lambda goals: 0,
    "oldest": lambda goals: len(goals) - 1,
    # The newest of those.
    "shortest": lambda goals: min(range(len(goals)), key=lambda place: len(goals[place])),
}


class FocusGoal(ProofWrapper):
    """Wrapper that chooses the goal to work on, so that an action is the text of a tactic.

    Observation: `Dict(theorem=UnicodeText, goal=UnicodeText, count=Discrete)`: the statement, the goal in focus (empty
    where there is none left), and the number of live goals.

    Args:
        env: a `ProofEnv`.
        rule: goal of the observed window that is worked on: `newest` (as a person would go on), `oldest` or `shortest`.

    Raises:
        BadInput: the environment's actions are not those of a `ProofEnv`, or there is no such rule.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], rule: str = "newest") -> None:
        super().__init__(env, rule=rule)
        if rule not in _RULES:
            raise BadInput(f"FocusGoal chooses a goal by one of the rules {list(_RULES)}, got {rule!r}.")
        inner, observed = env.action_space, env.observation_space
        if not (isinstance(inner, spaces.Dict) and "goal" in inner.spaces and isinstance(observed, spaces.Dict)):
            raise BadInput(f"FocusGoal wraps an environment whose actions choose a goal and a tactic, got {inner}.")
        self._choose = _RULES[rule]
        self._place = 0
        self._node: int | None = None
        self.action_space = inner["tactic"]
        self.observation_space = spaces.Dict(
            {"theorem": observed["theorem"], "goal": observed["theorem"], "count": observed["count"]}
        )

    @property
    def node(self) -> int | None:
        """Id of the goal in focus; `None` where there is none left."""
        return self._node

    @property
    def goal(self) -> Goal | None:
        """The goal in focus, whole; `None` where there is none left."""
        return None if self._node is None else self._proof_env.graph.nodes[self._node].goal

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin an attempt; see `ProofEnv.reset`."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._focus(observation, info), info

    def step(self, action: str) -> Step:
        """Apply a tactic to the goal in focus."""
        return self._seen(self.env.step({"goal": self._place, "tactic": action}))

    def reject(self, tactic: str, message: str) -> Step:
        """Count an action that nobody sends to the prover; see `ProofEnv.reject`."""
        return self._seen(self._proof_env.reject(tactic, message))

    def leave(self) -> Step:
        """Declare that nothing more will be tried at the goal in focus, and focus on another one, at no cost.

        Raises:
            BadInput: no goal is in focus.
        """
        if self._node is None:
            raise BadInput("There is no goal in focus: none of the theorem's goals is left.")
        return self._seen(self._proof_env.mark_explored(self._node))

    def _seen(self, result: Any) -> Step:
        observation, reward, terminated, truncated, info = result
        return self._focus(observation, info), float(reward), terminated, truncated, info

    def _focus(self, observation: Mapping[str, Any], info: Mapping[str, Any]) -> dict[str, Any]:
        goals = observation["goals"]
        self._place = self._choose(goals) if goals else 0
        self._node = info["nodes"][self._place] if goals else None
        goal = goals[self._place] if goals else ""
        return {"theorem": observation["theorem"], "goal": goal, "count": observation["count"]}

"""Observations of the goal in focus as numbers: hashed features, token ids, or a graph."""

from __future__ import annotations

import zlib
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from ..errors import BadInput
from ..menus.goal_arrays import GoalArray, HashedGoal, TokenIds
from ..terms.dag import NodeKind, goal_dag
from .base import ProofWrapper, Step

__all__ = ["GoalGraph", "HashGoal", "TokenizeGoal"]


class _GoalObservation(ProofWrapper):
    """Wrapper that makes one value of the goal in focus.

    Observation: `Dict(observations=…, action_mask=Box)` over a `TacticMenu`, exactly what action-masking networks of
    RLlib and `MultiInputPolicy` of Stable-Baselines3 take; the value alone over a `FocusGoal`.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], space: spaces.Space[Any], **arguments: Any) -> None:
        super().__init__(env, **arguments)
        inner = env.observation_space
        if not (isinstance(inner, spaces.Dict) and isinstance(inner.spaces.get("goal"), spaces.Text)):
            raise BadInput(f"{type(self).__name__} reads the goal that FocusGoal observes: wrap it, got {inner}.")
        self._masked = "action_mask" in inner.spaces
        self.observation_space = (
            spaces.Dict({"action_mask": inner["action_mask"], "observations": space}) if self._masked else space
        )

    def _value(self, goal: str) -> Any:
        """Value of a goal's text, empty where there is no goal left."""
        raise NotImplementedError

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an attempt; see `ProofEnv.reset`."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._observation(observation), info

    def step(self, action: Any) -> Step:
        """Take the action of the wrapped environment."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return self._observation(observation), float(reward), terminated, truncated, info

    def _observation(self, observation: dict[str, Any]) -> Any:
        value = self._value(observation["goal"])
        return {"action_mask": observation["action_mask"], "observations": value} if self._masked else value


class _ArrayObservation(_GoalObservation):
    """Observation of a goal as an array."""

    def __init__(self, env: gymnasium.Env[Any, Any], array: GoalArray, **arguments: Any) -> None:
        dtype: Any = array.dtype
        super().__init__(env, spaces.Box(array.low, array.high, array.shape, dtype), **arguments)
        if array.uses_offer and not env.has_wrapper_attr("offer"):
            raise BadInput(f"{type(self).__name__} observes nearest premises only over a TacticMenu, got {env}.")
        self._array = array

    def _value(self, goal: str) -> Any:
        return self._array(goal, self.env.get_wrapper_attr("offer") if self._array.uses_offer else None)


class HashGoal(_ArrayObservation):
    """Wrapper that observes hashed features of the goal in a `Box` of fixed length; see `HashedGoal`.

    Args:
        env: a `TacticMenu` or a `FocusGoal`, or a wrapper over one.
        buckets: number of hash buckets.
        premises: number of nearest premises whose similarity to the goal is observed; above 0 also a thermometer of the
            share of the library that the theorem may use, 16 entries.

    Raises:
        BadInput: a number is out of range, or there are no premises to observe.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], buckets: int = 256, premises: int = 0) -> None:
        super().__init__(env, HashedGoal(buckets, premises), buckets=buckets, premises=premises)


class TokenizeGoal(_ArrayObservation):
    """Wrapper that observes token ids of the goal in a `Box` of fixed length; see `TokenIds`.

    Args:
        env: a `TacticMenu` or a `FocusGoal`, or a wrapper over one.
        length: number of ids; 0 pads, and a longer goal loses its beginning.
        tokenizer: name or folder of a Hugging Face tokenizer (extra `transformers`); `None` for bytes.

    Raises:
        BadInput: the length is out of range, or there is no such tokenizer.
        DependencyNotInstalled: transformers is not installed.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], length: int = 256, tokenizer: str | None = None) -> None:
        super().__init__(env, TokenIds(length, tokenizer), length=length, tokenizer=tokenizer)


class GoalGraph(_GoalObservation):
    """Wrapper that observes the expression DAG of the goal as a `Graph`; see `terms.dag.goal_dag`.

    A node is a subterm, equal ones are one node. Its features, int64, shape (4,): its kind (`NodeKind`), hashes of its
    label and of its type, and its role: 0 within a formula, 1 a hypothesis, 2 a conclusion. An edge leads from a term
    to a part; its feature is the place among the parts, from 0.

    Args:
        env: a `TacticMenu` or a `FocusGoal`, or a wrapper over one.
        buckets: number of hash buckets of labels and of types.
        positions: number of places that are told apart; the last one stands for all that follow.

    Raises:
        BadInput: a number is below 1.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], buckets: int = 1024, positions: int = 8) -> None:
        if not all(type(size) is int and size >= 1 for size in (buckets, positions)):
            raise BadInput(f"buckets and positions must be whole numbers >= 1, got {buckets!r} and {positions!r}.")
        self._buckets, self._positions = buckets, positions
        highest = np.array([len(NodeKind) - 1, buckets - 1, buckets - 1, 2])
        nodes = spaces.Box(np.zeros(4, np.int64), highest, dtype=np.int64)
        super().__init__(env, spaces.Graph(nodes, spaces.Discrete(positions)), buckets=buckets, positions=positions)

    def _value(self, goal: str) -> spaces.GraphInstance:
        dag = goal_dag(goal)
        nodes = np.zeros((len(dag), 4), np.int64)
        nodes[:, 0] = dag.kinds
        nodes[:, 1] = [self._hash(label) for label in dag.labels]
        nodes[:, 2] = [self._hash(type_) for type_ in dag.types]
        nodes[dag.roots, 3] = 1 + dag.conclusions
        if not len(dag.parents):
            return spaces.GraphInstance(nodes, None, None)
        links = np.stack([dag.parents, dag.children], axis=1)
        return spaces.GraphInstance(nodes, np.minimum(dag.positions, self._positions - 1).astype(np.int64), links)

    def _hash(self, text: str) -> int:
        return zlib.crc32(text.encode()) % self._buckets

"""`TacticMenu`: the slots of a menu as actions, with a mask of those that make sense."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..errors import BadInput
from ..menus import Menu
from ..menus.offer import Offer, make_offer
from ..proof import Goal, Premises
from .base import ProofWrapper, Step
from .focus_goal import FocusGoal

__all__ = ["TacticMenu"]


class TacticMenu(ProofWrapper):
    """Wrapper whose action is a slot of a menu: a tactic, with the premises or the hypothesis that the slot names.

    The mask has the slots that may be chosen at the goal in focus. It leaves out those for which nothing exists there
    (no such hypothesis, no such premise), those that write a text which another slot writes already, and those that
    were tried at this goal before. A goal at which nothing is left is declared explored, so that the focus moves on,
    and the theorem fails once nothing can prove it any more. A masked action costs an application, is sent to no
    prover, and is `rejected`.

    Observation: that of `FocusGoal` with `action_mask`, shape (A,), 0 or 1, float32. Where an episode is truncated, the
    mask is that of the goal which one could go on with, for learners that bootstrap from it; where an episode has
    terminated no action matters, and all are allowed.

    At the end of an episode `info["is_success"]` says whether the theorem was proved.

    Args:
        env: a `FocusGoal`.
        menu: name of the menu, or path of its file.
        k: number of nearest premises, hypotheses or assumptions that slots may name; `None` for all that the menu has.

    Raises:
        UnknownName: there is no such menu.
        BadInput: the menu is another prover's, has not so many slots, or the environment is no `FocusGoal`.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], menu: str | Path, k: int | None = None) -> None:
        super().__init__(env, menu=str(menu), k=k)
        if not isinstance(env, FocusGoal):
            raise BadInput(f"TacticMenu chooses tactics for the goal that FocusGoal chooses: wrap that, got {env}.")
        self.menu = Menu.load(menu) if k is None else Menu.load(menu).within(k)
        if self.menu.prover != self._proof_env.prover.name:
            raise BadInput(
                f"The menu {self.menu.name!r} is written for {self.menu.prover}, and this environment's prover is "
                f"{self._proof_env.prover.name}: give one of its own."
            )
        self._focus = env
        self._varies = self.menu.max_premises > 0 or self.menu.names_hypotheses
        self._by_count: dict[int, Offer] = {}
        num_slots = len(self.menu.slots)
        self.action_space = spaces.Discrete(num_slots)
        assert isinstance(env.observation_space, spaces.Dict)
        self.observation_space = spaces.Dict(
            {**env.observation_space.spaces, "action_mask": spaces.Box(0.0, 1.0, (num_slots,), np.float32)}
        )
        self._forget()

    def action_masks(self) -> NDArray[np.bool_]:
        """Actions that may be chosen now, shape (A,): the name that sb3-contrib asks for."""
        return self._mask.copy()

    @property
    def offer(self) -> Offer | None:
        """What the menu offers for the goal in focus; `None` where there is none left."""
        return None if self._focus.node is None else self._choices(self._focus.node).offer

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin an attempt; see `ProofEnv.reset`."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._forget()
        self._premises = self._proof_env.retrieve_premises() if self.menu.max_premises else Premises.none()
        if self._focus.node is not None:
            self._mask = self._choices(self._focus.node).mask
        return self._observation(observation), info

    def step(self, action: int | np.integer[Any]) -> Step:
        """Apply the tactic of a slot to the goal in focus.

        Raises:
            BadInput: there is no such slot.
        """
        slot = int(action)
        if not 0 <= slot < len(self.menu.slots):
            raise BadInput(f"An action is a slot of the menu, from 0 to {len(self.menu.slots) - 1}, got {action!r}.")
        node = self._focus.node
        if node is not None and self._mask[slot]:
            result = self._focus.step(self._choices(node).offer.tactics[slot])
        else:
            label = self.menu.slots[slot].label
            result = self._focus.reject(label, f"The slot {label!r} is masked: it offers nothing new at this goal.")
        observation, reward, terminated, truncated, info = self._move_on(result)
        if terminated or truncated:
            info["is_success"] = info["status"] == "proved"
        return self._observation(observation), reward, terminated, truncated, info

    def _move_on(self, result: Step) -> Step:
        """Leave goals at which nothing is left; sets the mask."""
        observation, reward, terminated, truncated, info = result
        # Where the episode is truncated too: its observation shall be that of a goal which one could go on with.
        while not terminated and (node := self._focus.node) is not None:
            choices = self._choices(node)
            self._mask = choices.mask
            if choices.num_left:
                break
            observation, _, terminated, truncated, after = self._focus.leave()
            info |= {key: value for key, value in after.items() if key in ("nodes", "cut", "status", "reason")}
        if terminated:
            self._mask = np.ones(len(self.menu.slots), np.bool_)
        return observation, reward, terminated, truncated, info

    def _choices(self, node: int) -> _Choices:
        graph = self._proof_env.graph
        record = graph.nodes[node]
        found = self._by_node.get(node)
        if found is None:
            found = self._by_node[node] = _Choices(self._offer(record.goal), len(self.menu.slots))
        if found.num_edges < len(record.edges):
            found.catch_up([graph.edges[edge].tactic for edge in record.edges])
        return found

    def _offer(self, goal: Goal) -> Offer:
        if self._varies:
            return make_offer(self.menu, goal, self._premises)
        # Without premises and names of hypotheses, their number alone makes a difference.
        count = len(goal.parts[0].hypotheses)
        if count not in self._by_count:
            self._by_count[count] = make_offer(self.menu, goal, self._premises)
        return self._by_count[count]

    def _observation(self, observation: dict[str, Any]) -> dict[str, Any]:
        return {**observation, "action_mask": self._mask.astype(np.float32)}

    def _forget(self) -> None:
        self._premises = Premises.none()
        self._by_node: dict[int, _Choices] = {}
        self._mask = np.zeros(len(self.menu.slots), np.bool_)


class _Choices:
    """What a menu offers for one goal, and what of it was not tried there yet.

    Attributes:
        offer: what the menu offers.
        mask: slots that were not tried yet, shape (A,); read, never changed.
        num_left: number of them.
        num_edges: number of applications at the goal that were taken into account.
    """

    def __init__(self, offer: Offer, num_slots: int) -> None:
        self.offer = offer
        self.mask = np.zeros(num_slots, np.bool_)
        self.mask[list(offer.tactics)] = True
        self.num_left = len(offer.tactics)
        self.num_edges = 0

    def catch_up(self, tactics: Sequence[str]) -> None:
        """Take out what was tried.

        Args:
            tactics: all tactics that were applied to the goal, in order.
        """
        fresh = set(tactics[self.num_edges :])
        self.num_edges = len(tactics)
        tried = [slot for slot, tactic in self.offer.tactics.items() if tactic in fresh and self.mask[slot]]
        # Somebody may still look at the old one.
        self.mask = self.mask.copy()
        self.mask[tried] = False
        self.num_left -= len(tried)

"""`TraceEpisodes`: attempts in traces as episodes of a preset, for libraries that learn from such."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from inspect import signature
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import gymnasium
import numpy as np
from gymnasium import spaces

from ..discovery import look_further
from ..envs import ProofEnv
from ..envs.registration import make
from ..errors import BadInput, TraceError, UnknownName
from ..menus import Menu
from ..menus.offer import slot_that_writes
from ..proof import Attempt, Budget, Goal, Step
from ..provers import registry
from ..provers.libraries import LibraryPremises
from ..provers.recorded import RecordedProver
from ..theorems import TheoremSet
from ..theorems.registry import is_named
from ..traces import TraceReader
from ..traces.exporters.episode import PresetEpisode
from .presets import make_preset, preset_id, wrap_preset

__all__ = ["TraceEpisodes"]

_WRAPPERS = ("menu", "k", "focus", "observation", "shaping")
_BUDGET = ("max_tactics", "max_nodes", "prover_s")
_SHOWN = ("max_goals", "max_text")


class TraceEpisodes:
    """Episodes of a preset that traces tell: what one would have seen who did in it what was done in the attempts.

    The preset is played with the attempt in the place of its prover. At the goal that it shows, the next step that was
    recorded there is taken. So observations, masks, rewards and ends are the preset's own, whatever the order in which
    a search worked on the goals, and no prover is started but for the premises that its menu may name.

    An episode ends where the record does, as truncated: where no further step of the goal in focus was recorded, where
    the next one would lead to a goal at which nothing was ever tried, whose text is in no trace, or would complete
    another proof than the one that was checked. Steps that the menu does not write are left out. Attempts of which
    nothing is left are no episodes.

    A context manager; it can be iterated over more than once.

    Args:
        folders: run folders, or trace folders.
        env_id: id of the preset; `None` for that of the attempts' prover.
        arguments: arguments of the preset.
        split: only attempts at theorems of this split.
        policy: only attempts of this policy.
        proofs_only: take from each attempt the steps of its accepted proof alone; else all of its steps.
        nearly: take also steps that the menu writes with other premises than they had, as the slot that
            `slot_that_writes` gives. What followed is then what the other premises led to.

    Attributes:
        spec: how `gymnasium.make` makes the preset.
        observation_space, action_space: those of the preset.
        counts: of the last iteration: `episodes`, those `proved`, their `steps`, and by how the menu writes them the
            steps that came up: `exactly`, `nearly`, `not`.

    Raises:
        TraceError: a folder is no trace; when iterated over: the attempts are another prover's, or none gives an
            episode.
        UnknownName: there is no such preset, or no such menu.
        BadInput: an argument has a value that cannot be used.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        env_id: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        *,
        split: str | None = None,
        policy: str | None = None,
        proofs_only: bool = True,
        nearly: bool = False,
    ) -> None:
        self._readers = [TraceReader(folder) for folder in folders]
        self._chosen: dict[str, Any] = {"split": split, "policy": policy}
        self._proofs_only, self._nearly = proofs_only, nearly
        self.counts: Counter[str] = Counter()
        self.spec = _spec(env_id, arguments or {}, *_origins(self._readers, self._chosen))
        settings = self.spec.kwargs
        menu = Menu.load(settings["menu"])
        self._premises = LibraryPremises(_prover(settings["env_id"]), needed=menu.max_premises > 0)
        self._prover = RecordedProver(_prover(settings["env_id"]), self._premises)
        self._proof_env = ProofEnv(
            self._prover,
            TheoremSet("traces", ()),
            split=None,
            budget=Budget(**{name: settings[name] for name in _BUDGET if name in settings}),
            **{name: settings[name] for name in _SHOWN if name in settings},
        )
        self._env = wrap_preset(self._proof_env, **{name: settings[name] for name in _WRAPPERS if name in settings})
        self.observation_space, self.action_space = self._env.observation_space, self._env.action_space
        assert isinstance(self.observation_space, spaces.Dict)
        if not all(isinstance(space, spaces.Box) for space in self.observation_space.values()):
            raise BadInput("Episodes are exported with observations that are arrays: hash or tokens, and no graphs.")

    def __iter__(self) -> Iterator[PresetEpisode]:
        self.counts = Counter()
        for reader in self._readers:
            for _, attempt in reader.records(**self._chosen):
                episode = self._play(attempt)
                if episode is not None:
                    self.counts["episodes"] += 1
                    self.counts["proved"] += episode.terminated and bool(episode.rewards[-1] > 0)
                    self.counts["steps"] += len(episode)
                    yield episode
        if not self.counts["episodes"]:
            raise TraceError(
                f"{', '.join(str(reader.folder) for reader in self._readers)}: no attempt gives an episode of "
                f"{self.spec.id} with menu {self._env.get_wrapper_attr('menu').name!r}: give traces of attempts whose "
                "tactics it writes."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._proof_env.close()
        self._premises.__exit__(kind, error, trace)

    def _play(self, attempt: Attempt) -> PresetEpisode | None:
        # Also where no premises are needed: the theorem may be another prover's.
        self._premises(attempt.theorem)
        left = self._recorded(attempt)
        if not left[0]:
            return None
        texts = {step.node for step in attempt.steps}
        self._prover.load(attempt)
        observation, _ = self._env.reset(seed=0, options={"theorem": attempt.theorem})
        seen, actions, rewards = [observation], list[int](), list[float]()
        terminated = truncated = False
        while not (terminated or truncated):
            goal: Goal = self._env.get_wrapper_attr("goal")
            slot = self._next(left[goal.ref], observation["action_mask"], goal)
            if slot is None:
                break
            observation, reward, terminated, truncated, info = self._env.step(slot)
            reached = self._env.get_wrapper_attr("goal")
            unknown = not terminated and reached is not None and reached.ref not in texts
            if unknown or ("verdict" in info and info["verdict"].status == "unavailable"):
                break
            seen.append(observation)
            actions.append(slot)
            rewards.append(float(reward))
        if not actions:
            return None
        return PresetEpisode(
            attempt.theorem.name,
            attempt.seed,
            {name: np.stack([each[name] for each in seen]) for name in observation},
            np.array(actions, np.int64),
            np.array(rewards, np.float64),
            terminated,
        )

    def _recorded(self, attempt: Attempt) -> defaultdict[int, list[Step]]:
        """Steps at each node that may be taken, the first one last."""
        left: defaultdict[int, list[Step]] = defaultdict(list)
        for step in reversed(attempt.steps):
            if not self._proofs_only or (step.on_proof and not step.refused):
                left[step.node].append(step)
        return left

    def _next(self, left: list[Step], mask: Any, goal: Goal) -> int | None:
        """The slot of the next step that can be taken at the goal, which the prover will answer with."""
        menu, offer = self._env.get_wrapper_attr("menu"), self._env.get_wrapper_attr("offer")
        while left:
            step = left.pop()
            how, slot = slot_that_writes(menu, offer, step.tactic, goal.text)
            self.counts[how] += 1
            if slot is not None and mask[slot] and (how == "exactly" or self._nearly):
                self._prover.answer(step)
                return slot
        return None


def _origins(readers: Sequence[TraceReader], chosen: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Provers and theorem sets of attempts."""
    found = [
        table[name].unique().to_pylist()
        for table in (reader.attempts(**chosen) for reader in readers)
        for name in ("prover", "theorem_set")
    ]
    provers, sets = {name for names in found[::2] for name in names}, {name for names in found[1::2] for name in names}
    if not provers:
        raise TraceError(f"{', '.join(str(reader.folder) for reader in readers)}: there are no such attempts.")
    return provers, sets


def _spec(env_id: str | None, arguments: Mapping[str, Any], provers: set[str], theorem_sets: set[str]) -> Any:
    """How the preset is made, for the attempts' own theorems unless others are asked for."""
    env_id = _preset_of(provers) if env_id is None else env_id
    if env_id not in gymnasium.registry:
        look_further()
    known = gymnasium.registry.get(env_id)
    if known is None or known.entry_point != _ENTRY_POINT:
        presets = [name for name, spec in gymnasium.registry.items() if spec.entry_point == _ENTRY_POINT]
        raise UnknownName(f"There is no preset {env_id!r}; known: {', '.join(sorted(presets))}.")
    environment = registry.environment(known.kwargs["env_id"])
    functions = (make_preset, make, environment.open, ProofEnv.__init__)
    names = {name for function in functions for name in signature(function).parameters}
    if foreign := sorted(set(arguments) - names):
        raise BadInput(f"The preset {env_id} does not take {', '.join(foreign)}.")
    spec = deepcopy(known)
    if len(theorem_sets) == 1 and is_named(own := next(iter(theorem_sets))):
        spec.kwargs["theorem_set"] = own
    spec.kwargs.update(arguments)
    return spec


def _preset_of(provers: set[str]) -> str:
    """Id of the preset of the provers, which must be one."""
    if len(provers) > 1:
        raise TraceError(f"The traces hold attempts of {', '.join(sorted(provers))}: give those of one prover.")
    (prover,) = provers
    for spec in registry.with_prover(prover):
        for environment in spec.environments:
            if environment.preset is not None:
                return preset_id(environment.id)
    raise TraceError(f"The traces hold attempts of prover {prover!r}, which has no preset.")


_ENTRY_POINT = f"{make_preset.__module__}:{make_preset.__name__}"


def _prover(env_id: str) -> str:
    """Name of the prover of an environment."""
    return next(
        spec.prover for spec in registry.specs() if any(environment.id == env_id for environment in spec.environments)
    )

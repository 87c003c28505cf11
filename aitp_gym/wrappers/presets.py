"""Presets for standard RL libraries: `aitp/NAME-Menu-v0`, a prover's environment with a menu as its actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium

from ..discovery import when_a_name_is_unknown
from ..envs import ProofEnv
from ..envs.registration import make, register_all
from ..errors import BadInput
from ..provers import registry
from ..provers.spec import EnvironmentSpec
from .focus_goal import FocusGoal
from .goal_observations import GoalGraph, HashGoal, TokenizeGoal
from .shape_reward import ShapeReward
from .tactic_menu import TacticMenu

__all__ = ["make_preset", "preset_defaults", "preset_id", "register_presets", "wrap_preset"]

_OBSERVATIONS = {"hash": HashGoal, "tokens": TokenizeGoal, "graph": GoalGraph}


def preset_id(env_id: str) -> str:
    """Id of the preset of an environment: `aitp/Toy-Menu-v0` for `aitp/Toy-v0`."""
    name, _, version = env_id.rpartition("-")
    return f"{name}-Menu-{version}"


def preset_defaults(environment: EnvironmentSpec) -> dict[str, Any]:
    """Arguments with which the preset of an environment is registered; none if it has no preset."""
    preset = environment.preset
    if preset is None:
        return {}
    return {
        "menu": preset.menu,
        "max_tactics": preset.max_tactics,
        "tactic_timeout_s": preset.tactic_timeout_s,
        "observation": {"kind": "hash", "buckets": preset.buckets, "premises": preset.premises},
    }


def register_presets() -> None:
    """Register the presets of the provers that are known; an id that is registered already stays as it is."""
    for spec in registry.known():
        for environment in spec.environments:
            name = preset_id(environment.id)
            if environment.preset is not None and name not in gymnasium.registry:
                gymnasium.register(
                    name,
                    entry_point=f"{__name__}:{make_preset.__name__}",
                    nondeterministic=environment.nondeterministic,
                    kwargs={"env_id": environment.id, **preset_defaults(environment)},
                )


def make_preset(
    env_id: str,
    *,
    menu: str,
    k: int | None = None,
    focus: str = "newest",
    observation: str | Mapping[str, Any] = "hash",
    shaping: Mapping[str, Any] | None = None,
    render_mode: str | None = None,
    **settings: Any,
) -> gymnasium.Env[Any, Any]:
    """The preset of an environment; what stands behind `gymnasium.make("aitp/NAME-Menu-v0", …)`.

    Args:
        env_id: id of the environment inside.
        menu: name of the menu whose slots are the actions, or path of its file.
        k: number of nearest premises, hypotheses or assumptions that actions may name; `None` for all of the menu.
        focus: goal that is worked on: `newest`, `oldest` or `shortest`.
        observation: `hash`, `tokens` or `graph`, or a mapping with this `kind` and the arguments of `HashGoal`,
            `TokenizeGoal` or `GoalGraph`.
        shaping: arguments of `ShapeReward`; `None` for the plain reward.
        render_mode: `ansi` or `None`. `rgb_array`, which libraries ask for without need, is taken as `None`.
        settings: those of the environment inside; see its page.

    Raises:
        UnknownName: there is no such menu.
        BadInput: an argument has a value that cannot be used.
        ProverUnavailable: the prover is not there; the message says what to install.
    """
    # Checked first, so that no prover is started in vain.
    _observation_of(observation)
    inside = make(env_id, render_mode=None if render_mode == "rgb_array" else render_mode, **settings)
    try:
        return wrap_preset(inside, menu=menu, k=k, focus=focus, observation=observation, shaping=shaping)
    except BaseException:
        inside.close()
        raise


def wrap_preset(
    env: ProofEnv,
    *,
    menu: str,
    k: int | None = None,
    focus: str = "newest",
    observation: str | Mapping[str, Any] = "hash",
    shaping: Mapping[str, Any] | None = None,
) -> gymnasium.Env[Any, Any]:
    """An environment with the wrappers of a preset.

    Args:
        env: the environment inside.
        menu: as for `make_preset`.
        k: the same.
        focus: the same.
        observation: the same.
        shaping: the same.

    Raises:
        UnknownName: there is no such menu.
        BadInput: an argument has a value that cannot be used.
    """
    wrapper, arguments = _observation_of(observation)
    wrapped: gymnasium.Env[Any, Any] = TacticMenu(FocusGoal(env, focus), menu, k)
    if shaping is not None:
        wrapped = _with_arguments(ShapeReward, wrapped, shaping, "shaping")
    return _with_arguments(wrapper, wrapped, arguments, "observation")


def _observation_of(asked: str | Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    arguments = {"kind": asked} if isinstance(asked, str) else dict(asked)
    kind = arguments.pop("kind", None)
    if kind not in _OBSERVATIONS:
        raise BadInput(
            f"observation must be one of {list(_OBSERVATIONS)}, or a mapping with this `kind`; got {asked!r}."
        )
    return _OBSERVATIONS[kind], arguments


def _with_arguments(
    wrapper: Any, env: gymnasium.Env[Any, Any], arguments: Mapping[str, Any], name: str
) -> gymnasium.Env[Any, Any]:
    try:
        wrapped: gymnasium.Env[Any, Any] = wrapper(env, **arguments)
    except TypeError as error:
        raise BadInput(f"{name}={dict(arguments)!r} does not fit {wrapper.__name__}: {error}.") from error
    return wrapped


def _register_installed() -> None:
    # Looks for the provers of other distributions, whose presets are known then.
    register_all(installed=True)
    register_presets()


# `gymnasium.make` asks the entry point which render modes there are, and warns about others.
vars(make_preset)["metadata"] = {
    **ProofEnv.metadata,
    "render_modes": [*ProofEnv.metadata["render_modes"], "rgb_array"],
}
when_a_name_is_unknown(_register_installed)

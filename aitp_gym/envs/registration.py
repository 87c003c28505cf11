"""The registered environment ids, and the function that makes the environment of each.

Registering takes from a prover's spec no more than names, so that it costs nothing; what is registered is values that
JSON can hold, so that specs can be stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any

import gymnasium

from ..errors import BadInput, ConfigError, UnknownName
from ..proof import Budget
from ..provers import registry
from ..theorems import load
from .proof_env import ProofEnv

__all__ = ["known_ids", "make", "make_env", "register", "register_all"]


def register_all(*, installed: bool = False) -> None:
    """Register environment ids with Gymnasium; an id that is registered already stays as it is.

    Args:
        installed: whether to look for provers that other distributions add; without, what is known is registered.
    """
    for spec in registry.specs() if installed else registry.known():
        for environment in spec.environments:
            if environment.id not in gymnasium.registry:
                gymnasium.register(
                    environment.id,
                    entry_point=f"{__name__}:{make.__name__}",
                    nondeterministic=environment.nondeterministic,
                    kwargs={"env_id": environment.id, "max_tactics": environment.max_tactics},
                )


def register(env_id: str) -> None:
    """See to it that an id is registered, if there is an environment of that id at all."""
    if env_id not in gymnasium.registry:
        register_all(installed=True)


def known_ids() -> list[str]:
    """Every `aitp/` id that there is, those that others registered included; sorted."""
    register_all(installed=True)
    return sorted(name for name in gymnasium.registry if name.startswith("aitp/"))


def make_env(env_id: str, env_kwargs: Mapping[str, Any]) -> Any:
    """The environment of an id itself, without Gymnasium's wrappers.

    Raises:
        UnknownName: there is no environment of that id.
        ConfigError: it does not take one of the settings.
    """
    register(env_id)
    try:
        return gymnasium.make(env_id, **env_kwargs).unwrapped
    except gymnasium.error.Error as error:
        raise UnknownName(f"env_config.id={env_id!r}: {error} Known: {', '.join(known_ids())}.") from error
    except TypeError as error:
        raise ConfigError(
            f"env_config has a field that {env_id} does not take: {str(error).split(' was raised')[0]}."
        ) from error


def make(
    env_id: str,
    *,
    max_tactics: int | None,
    max_nodes: int | None = None,
    prover_s: float | None = None,
    wall_s: float | None = None,
    **settings: Any,
) -> ProofEnv:
    """The environment of a prover; what stands behind `gymnasium.make(id, …)`.

    Args:
        env_id: of the environment, as in its prover's spec.
        max_tactics: limit of an episode in tactic applications, `None` for no limit.
        max_nodes: limit in goals expanded.
        prover_s: limit in CPU seconds of the prover.
        wall_s: limit in wall seconds.
        settings: the prover's own, as its spec's `EnvironmentSpec.open` takes them (`theorem_set` among them), and
            `split`, `tactic_timeout_s`, `check_timeout_s`, `max_goals`, `max_text`, `render_mode` as for `ProofEnv`.

    Raises:
        BadInput: the theorems are another prover's, or a setting has a value that cannot be used.
        ProverUnavailable: the prover is not there; the message says what to install.
    """
    budget = Budget(max_nodes=max_nodes, max_tactics=max_tactics, prover_s=prover_s, wall_s=wall_s)
    environment = registry.environment(env_id)
    own = {name: settings.pop(name) for name in signature(environment.open).parameters if name in settings}
    prover, theorem_set = environment.open(**own)
    try:
        theorems = load(theorem_set, parse=prover.parse) if isinstance(theorem_set, str) else theorem_set
        if foreign := {theorem.prover for theorem in theorems} - {prover.name}:
            raise BadInput(f"{theorems.name} has theorems for {', '.join(sorted(foreign))}, not for {prover.name}.")
        return ProofEnv(prover, theorems, budget=budget, close_prover=True, **settings)
    except BaseException:
        prover.close()
        raise


# `gymnasium.make` asks the entry point which render modes there are.
vars(make)["metadata"] = ProofEnv.metadata

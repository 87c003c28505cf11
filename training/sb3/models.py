"""Models of Stable-Baselines3: made from a configuration, exported as policies, stored and brought back."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from aitp_gym.agents.policies.exported import ExportedConfig, read_tensors, write_exported, write_tensors
from aitp_gym.agents.policies.sb3 import Sb3Policy
from aitp_gym.errors import CheckpointError, ConfigError, DependencyNotInstalled, TrainingDiverged
from aitp_gym.files import new_folder, read_json, remove, write_json

try:
    import torch
    from stable_baselines3.common.vec_env import DummyVecEnv
    from torch import nn
except ImportError as error:
    raise DependencyNotInstalled("Training by Stable-Baselines3 needs it: pip install 'aitp-gym[sb3]'.") from error

__all__ = ["ALGORITHMS", "export", "load_state", "make_envs", "make_model", "save_state"]

ALGORITHMS = {
    "ppo": "stable_baselines3:PPO",
    "a2c": "stable_baselines3:A2C",
    "dqn": "stable_baselines3:DQN",
    "maskable_ppo": "sb3_contrib:MaskablePPO",
}
"""Classes of the algorithms by their names."""

_OBSERVATIONS = {"HashGoal": "hash", "TokenizeGoal": "tokens"}
_ACTIVATIONS: dict[type[nn.Module], str] = {nn.Tanh: "tanh", nn.ReLU: "relu"}
# Values of actions lie between 0 and 1, a proof apart; log-probabilities differ by several units.
_VALUE_TEMPERATURE = 0.1
_TENSORS, _COUNTS = "learner.safetensors", "learner.json"


def make_envs(env: Mapping[str, Any], number: int) -> DummyVecEnv:
    """Environments of a preset that step in turns, in this process.

    Args:
        env: `id` and arguments of the preset.
        number: how many.

    Raises:
        ConfigError: Stable-Baselines3 cannot take their spaces.
    """
    from stable_baselines3.common.monitor import Monitor

    arguments = dict(env)
    env_id = arguments.pop("id")

    def make() -> Any:
        made = gymnasium.make(env_id, **arguments)
        try:
            _check_spaces(made, env_id)
        except ConfigError:
            made.close()  # type: ignore[no-untyped-call]
            raise
        return Monitor(made)

    return DummyVecEnv([make] * number)


def _check_spaces(env: gymnasium.Env[Any, Any], env_id: str) -> None:
    observed, actions = env.observation_space, env.action_space
    if not isinstance(actions, spaces.Discrete) or not isinstance(observed, spaces.Dict):
        raise ConfigError(
            f"Stable-Baselines3 cannot take the texts of {env_id}: give its preset, whose name ends in -Menu-v0."
        )
    wrong = {name: space for name, space in observed.items() if not isinstance(space, spaces.Box)}
    if wrong:
        raise ConfigError(f"Stable-Baselines3 cannot take {wrong} of {env_id}: give observation hash or tokens.")


def make_model(algorithm: Mapping[str, Any], envs: DummyVecEnv, seed: int, device: str) -> Any:
    """A model of Stable-Baselines3, untrained.

    Args:
        algorithm: `name`, and arguments of its class under `settings`.
        envs: environments to learn in.
        seed: of the model and of the environments.
        device: of torch.

    Raises:
        ConfigError: there is no such algorithm, or it does not take the settings.
    """
    name = algorithm["name"]
    if name not in ALGORITHMS:
        raise ConfigError(f"algorithm.name must be one of {', '.join(ALGORITHMS)}, got {name!r}.")
    try:
        return resolve_name(ALGORITHMS[name])(
            "MultiInputPolicy", envs, seed=seed, device=device, **algorithm["settings"]
        )
    except ImportError as error:
        raise DependencyNotInstalled(f"{name} needs sb3-contrib: pip install 'aitp-gym[sb3]'.") from error
    except (TypeError, ValueError, AssertionError) as error:
        raise ConfigError(f"{name} cannot take the settings {algorithm['settings']!r}: {error}") from error


def export(model: Any, env: Mapping[str, Any], algorithm: str, seed: int, folder: Path) -> None:
    """Write the policy of a model for `Sb3Policy`.

    Args:
        model: the model, trained on a preset.
        env: `id` and arguments of the preset, for the record.
        algorithm: name of the algorithm.
        seed: of the training, for the record.
        folder: folder to make.

    Raises:
        CheckpointError: the folder exists already.
        ConfigError: the network is not a multilayer perceptron.
        TrainingDiverged: it has weights that are not finite.
    """
    layers, activation = _layers(model.policy)
    weights: dict[str, NDArray[Any]] = {}
    for place, layer in enumerate(layers):
        weights[f"layers.{place}.weight"] = layer.weight.detach().cpu().numpy()
        weights[f"layers.{place}.bias"] = layer.bias.detach().cpu().numpy()
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise TrainingDiverged(f"The training diverged: weights after {model.num_timesteps} steps are not finite.")
    first = model.get_env().envs[0]
    wrappers = {wrapper.name: wrapper.kwargs for wrapper in first.spec.additional_wrappers}
    (kind,) = (name for name in wrappers if name in _OBSERVATIONS)
    menu = first.get_wrapper_attr("menu")
    config = ExportedConfig(
        algorithm=algorithm,
        menu=menu.name,
        menu_digest=menu.digest,
        k=wrappers["TacticMenu"]["k"],
        observation={"kind": _OBSERVATIONS[kind], **wrappers[kind]},
        activation=activation,
        temperature=_VALUE_TEMPERATURE if algorithm == "dqn" else 1.0,
        env=dict(env),
        steps=model.num_timesteps,
        seed=seed,
    )
    write_exported(folder, Sb3Policy.name, config, weights)


def _layers(policy: Any) -> tuple[list[nn.Linear], str]:
    """Linear layers from the observation to the actions, and the function between them."""
    modules = (
        list(policy.q_net.q_net) if hasattr(policy, "q_net") else [*policy.mlp_extractor.policy_net, policy.action_net]
    )
    between = {type(module) for module in modules if not isinstance(module, nn.Linear)} or {nn.Tanh}
    layers = [module for module in modules if isinstance(module, nn.Linear)]
    alternate = all(isinstance(a, nn.Linear) != isinstance(b, nn.Linear) for a, b in pairwise(modules))
    if len(between) != 1 or not alternate or not between <= _ACTIVATIONS.keys():
        raise ConfigError(f"Only perceptrons with tanh or ReLU between all layers can be exported, got {modules}.")
    return layers, _ACTIVATIONS[between.pop()]


def save_state(model: Any, folder: Path) -> None:
    """Write what a training needs to go on: weights, the optimizer's state, and counts. A replay buffer is left out.

    Args:
        model: the model.
        folder: folder to make, in the place of one that is there.
    """
    tensors = {f"policy.{name}": value for name, value in model.policy.state_dict().items()}
    for place, state in model.policy.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{place}.{name}": torch.as_tensor(value) for name, value in state.items()}
    remove(folder)
    with new_folder(folder) as unfinished:
        write_tensors(unfinished / _TENSORS, {name: value.detach().cpu().numpy() for name, value in tensors.items()})
        counts = {"num_timesteps": model.num_timesteps, "n_updates": model._n_updates}
        write_json(unfinished / _COUNTS, counts)


def load_state(model: Any, folder: Path) -> None:
    """Bring a model to where `save_state` left another one of the same settings.

    Raises:
        CheckpointError: the folder cannot be read, or is of other settings.
    """
    counts, tensors = read_json(folder / _COUNTS), read_tensors(folder / _TENSORS)
    optimizer = model.policy.optimizer.state_dict()
    weights: dict[str, Any] = {}
    try:
        for name, array in tensors.items():
            part, _, rest = name.partition(".")
            if part == "policy":
                weights[rest] = torch.from_numpy(array)
            else:
                place, _, rest = rest.partition(".")
                optimizer["state"].setdefault(int(place), {})[rest] = torch.from_numpy(array)
        model.policy.load_state_dict(weights)
        model.policy.optimizer.load_state_dict(optimizer)
        model.num_timesteps, model._n_updates = int(counts["num_timesteps"]), int(counts["n_updates"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f"{folder} is not the state of a learner with these settings ({type(error).__name__}: {error})."
        ) from error

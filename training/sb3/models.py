"""Models of Stable-Baselines3: made from a configuration, exported as policies, stored and brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import gymnasium
from gymnasium import spaces
from numpy.typing import NDArray

from aitp_gym.agents.policies.sb3 import Sb3Policy
from aitp_gym.errors import ConfigError, DependencyNotInstalled

from ..presets.exports import export_network, start_weights
from ..presets.folder import TrainingFolder
from ..presets.kept_attempts import TellAttempts
from ..presets.learner_state import read_state, take_state
from ..presets.perceptron import layers_of, take_layers
from ..presets.proof_rates import Choice

try:
    from stable_baselines3.common.vec_env import DummyVecEnv
    from torch import nn
except ImportError as error:
    raise DependencyNotInstalled("Training by Stable-Baselines3 needs it: pip install 'aitp-gym[sb3]'.") from error

__all__ = ["ALGORITHMS", "by_model", "export", "load_state", "make_envs", "make_model", "save_state", "start_from"]

ALGORITHMS = {
    "ppo": "stable_baselines3:PPO",
    "a2c": "stable_baselines3:A2C",
    "dqn": "stable_baselines3:DQN",
    "maskable_ppo": "sb3_contrib:MaskablePPO",
}
"""Classes of the algorithms by their names."""

_ACTIVATIONS: dict[type[nn.Module], str] = {nn.Tanh: "tanh", nn.ReLU: "relu"}
# Values of actions lie between 0 and 1, a proof apart; log-probabilities differ by several units.
_VALUE_TEMPERATURE = 0.1


def make_envs(
    env: Mapping[str, Any], number: int, listener: Callable[[gymnasium.Env[Any, Any]], None] | None = None
) -> DummyVecEnv:
    """Environments of a preset that step in turns, in this process.

    Args:
        env: `id` and arguments of the preset.
        number: how many.
        listener: called with an environment where it ends an episode; `None` for none.

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
        return Monitor(made if listener is None else TellAttempts(made, listener))

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
    export_network(
        folder,
        Sb3Policy.name,
        model.get_env().envs[0],
        layers_of(layers),
        algorithm=algorithm,
        activation=activation,
        temperature=_VALUE_TEMPERATURE if algorithm == "dqn" else 1.0,
        made_by=env,
        steps=model.num_timesteps,
        seed=seed,
    )


def start_from(model: Any, folder: Path) -> None:
    """Give the network that chooses actions the weights of an exported policy; values are learned anew.

    Raises:
        CheckpointError: the folder cannot be read.
        ConfigError: the policy reads or chooses from something else, has other layers, or the algorithm learns values
            of actions, which a policy has not.
    """
    if hasattr(model.policy, "q_net"):
        raise ConfigError("start is for algorithms with a policy network: ppo, a2c or maskable_ppo.")
    take_layers(_layers(model.policy)[0], start_weights(folder, model.get_env().envs[0]))


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


def save_state(model: Any, folder: TrainingFolder) -> None:
    """Store what a training needs to go on: weights, the optimizer's state, and counts. A replay buffer is left out."""
    arrays = read_state(model.policy, model.policy.optimizer)
    counts = {"num_timesteps": model.num_timesteps, "n_updates": model._n_updates}
    folder.save_learner(model.num_timesteps, arrays, counts)


def load_state(model: Any, folder: TrainingFolder) -> bool:
    """Bring a model to where `save_state` left another one of the same settings; `False` if none was stored.

    Raises:
        CheckpointError: what is stored cannot be read, or is of other settings.
    """

    def take(tensors: Mapping[str, NDArray[Any]], counts: Mapping[str, int]) -> None:
        take_state(tensors, model.policy, model.policy.optimizer)
        model.num_timesteps, model._n_updates = int(counts["num_timesteps"]), int(counts["n_updates"])

    return folder.load_learner(take)


def by_model(model: Any, *, greedy: bool) -> Choice:
    """The choice of a model of Stable-Baselines3: the likeliest action, or one drawn."""
    takes_masks = type(model).__name__ == "MaskablePPO"

    def choose(observation: Any) -> int:
        masks = {"action_masks": observation["action_mask"] > 0} if takes_masks else {}
        action, _ = model.predict(observation, deterministic=greedy, **masks)
        return int(action)

    return choose

"""Behaviour cloning: a network that chooses what proofs chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import gymnasium
import torch
from torch import Tensor, nn

from aitp_gym.agents.policies.cloned import ClonedPolicy
from aitp_gym.errors import ConfigError, TraceError
from aitp_gym.provers.libraries import LibraryPremises

from .demonstrations import Demonstrations, read_demonstrations
from .exports import export_network
from .folder import TrainingFolder
from .perceptron import layers_of, perceptron
from .settings import check_counts, check_env, from_fields

__all__ = ["CloneConfig", "clone"]

# Added to what the mask leaves out.
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class CloneConfig:
    """Settings of an imitation; see `configs/train_clone.yaml`."""

    directory: str
    traces: list[str]
    seed: int
    hidden: list[int]
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    threads: int
    env: dict[str, Any]

    def __post_init__(self) -> None:
        counts = {name: getattr(self, name) for name in ("epochs", "batch_size", "threads")}
        check_counts(counts | {f"hidden[{place}]": width for place, width in enumerate(self.hidden)})
        if not isinstance(self.traces, list) or not self.traces:
            raise ConfigError(f"traces must be a list of run folders, got {self.traces!r}.")
        check_env(self.env)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Settings from their fields by name.

        Raises:
            ConfigError: a field is missing, unknown, or has a value that it cannot have.
        """
        return from_fields(cls, "An imitation", content)


def clone(config: CloneConfig) -> Path:
    """Train a network on the proofs' train split, and measure it on the steps of the validation split.

    Args:
        config: settings.

    Returns:
        The folder: `policy` for `ClonedPolicy`, and `result.json` with the numbers of steps by how the menu writes
        them, and the shares of steps whose slot is the likeliest and among the five likeliest.

    Raises:
        ConfigError: the configuration cannot be used, or the folder has another training.
        TraceError: there is nothing to imitate in the traces.
    """
    folder = TrainingFolder(Path(config.directory))
    arguments = dict(config.env)
    with gymnasium.make(arguments.pop("id"), **arguments) as env:
        menu = env.get_wrapper_attr("menu")
        folder.check(asdict(config), resume=False)
        with LibraryPremises(menu.prover, needed=menu.max_premises > 0) as premises_of:
            traces = [Path(each) for each in config.traces]
            train = read_demonstrations(traces, env, premises_of)
            try:
                held_out = read_demonstrations(traces, env, premises_of, "valid")
            except TraceError:
                held_out = None
        folder.begin(asdict(config))
        network = _fit(train, config)
        metrics: dict[str, float] = {f"train_{how}": float(count) for how, count in train.counts.items()}
        for name, steps in (("train", train), ("valid", held_out)):
            if steps is not None:
                metrics |= {f"{name}_{key}": value for key, value in _accuracy(network, steps).items()}
        export_network(
            folder.policy,
            ClonedPolicy.name,
            env,
            layers_of(network),
            algorithm="clone",
            activation="tanh",
            made_by=config.env,
            steps=len(train),
            seed=config.seed,
        )
    folder.finish(metrics)
    return folder.path


def _fit(steps: Demonstrations, config: CloneConfig) -> nn.Sequential:
    threads = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            masks, inputs, actions = _tensors(steps)
            network = perceptron([inputs.shape[1], *config.hidden, masks.shape[1]])
            optimizer = torch.optim.Adam(network.parameters(), config.learning_rate, weight_decay=config.weight_decay)
            for _ in range(config.epochs):
                for batch in torch.split(torch.randperm(len(actions)), config.batch_size):
                    logits = network(inputs[batch]) + _NEVER * (1 - masks[batch])
                    optimizer.zero_grad()
                    loss = nn.functional.cross_entropy(logits, actions[batch])
                    loss.backward()  # type: ignore[no-untyped-call]
                    optimizer.step()
    finally:
        torch.set_num_threads(threads)
    return network


def _accuracy(network: nn.Sequential, steps: Demonstrations) -> dict[str, float]:
    masks, inputs, actions = _tensors(steps)
    with torch.no_grad():
        logits = network(inputs) + _NEVER * (1 - masks)
    own = logits.gather(1, actions[:, None])
    ranks = (logits > own).sum(1)
    return {f"top_{k}": float((ranks < k).double().mean()) for k in (1, 5)}


def _tensors(steps: Demonstrations) -> tuple[Tensor, Tensor, Tensor]:
    """Masks, shape (N, A), inputs, shape (N, A + F), and actions, shape (N,)."""
    masks = torch.from_numpy(steps.masks)
    return masks, torch.cat([masks, torch.from_numpy(steps.arrays)], 1), torch.from_numpy(steps.actions)

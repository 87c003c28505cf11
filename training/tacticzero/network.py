"""TacticZero's network in torch: the twin of `agents.policies.tacticzero.network`, with weights of the same names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from aitp_gym.agents.encoders.registry import encoder_of, own_weights
from aitp_gym.agents.policies.tacticzero.network import NORM_EPSILON, TacticZeroConfig

from .episodes import DrawnStep

__all__ = ["TacticZeroNetwork", "Weighted"]

_HEADS = tuple(f"{head}_{part}" for head in ("hidden", "goal", "template", "slot") for part in ("weight", "bias"))
_PREFIX = "encoder."


class Weighted(NamedTuple):
    """Decisions of one episode, each with the weight of its log-probability.

    Attributes:
        texts: of the episode's goals.
        decisions: N steps.
        weights: N numbers: returns, or what is above a baseline.
    """

    texts: Sequence[str]
    decisions: Sequence[DrawnStep]
    weights: Sequence[float]


class TacticZeroNetwork(nn.Module):
    """Log-probabilities of decisions, with gradients.

    Args:
        config: menu and sizes.
        templates: number of each slot's template, shape (A,).
        weights: to start from, by name.
    """

    def __init__(
        self, config: TacticZeroConfig, templates: NDArray[np.int64], weights: Mapping[str, NDArray[Any]]
    ) -> None:
        super().__init__()
        self._encoder = encoder_of(config.encoder)
        self.encoder = self._encoder.module(own_weights(weights))
        self.heads = nn.ParameterDict({name: nn.Parameter(torch.from_numpy(weights[name].copy())) for name in _HEADS})
        self._templates = torch.from_numpy(templates)
        self._num_templates = config.num_templates

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Weights as the policy has them; they share their memory with the network's."""
        own = {_PREFIX + name: value for name, value in self.encoder.state_dict().items()}
        return {name: value.detach().numpy() for name, value in (*self.heads.items(), *own.items())}

    def forward(self, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
        """Scores (B,), logits of templates (B, T) and of slots (B, A) for the texts of B goals."""
        heads = self.heads
        vectors = self.encoder(self._encoder.collate([self._encoder.read(text) for text in texts]))
        normal = functional.layer_norm(vectors, vectors.shape[1:], eps=NORM_EPSILON)
        hidden = functional.relu(functional.linear(normal, heads["hidden_weight"], heads["hidden_bias"]))
        scores = functional.logsigmoid(hidden @ heads["goal_weight"] + heads["goal_bias"])
        templates = functional.linear(hidden, heads["template_weight"], heads["template_bias"])
        return scores, templates, functional.linear(hidden, heads["slot_weight"], heads["slot_bias"])

    def logprobs(self, episodes: Sequence[Weighted]) -> Tensor:
        """Log-probabilities of all decisions of some episodes, one after the other: of fringe, template and slot."""
        scores, templates, slots = self(list(chain.from_iterable(episode.texts for episode in episodes)))
        decisions: list[DrawnStep] = []
        goals: list[int] = []
        members: list[int] = []  # goals of all fringes
        fringe_of: list[int] = []  # the fringe of each of these
        decision_of: list[int] = []  # the decision of each fringe
        drawn: list[int] = []  # the fringe that each decision drew
        first = 0
        for episode in episodes:
            for decision in episode.decisions:
                drawn.append(len(decision_of) + decision.fringe)
                goals.append(first + decision.goal)
                for fringe in decision.fringes:
                    members += [first + goal for goal in fringe]
                    fringe_of += [len(decision_of)] * len(fringe)
                    decision_of.append(len(decisions))
                decisions.append(decision)
            first += len(episode.texts)
        sums = torch.zeros(len(decision_of)).index_add(0, torch.tensor(fringe_of), scores[torch.tensor(members)])
        logprob = sums[torch.tensor(drawn)] - _segment_logsumexp(sums, torch.tensor(decision_of), len(decisions))
        allowed = torch.zeros(len(decisions), len(self._templates), dtype=torch.bool)
        for row, decision in enumerate(decisions):
            allowed[row, torch.from_numpy(decision.allowed)] = True
        chosen = torch.tensor([decision.slot for decision in decisions])
        template = self._templates[chosen]
        at, places = torch.arange(len(decisions)), torch.tensor(goals)
        live = torch.zeros(len(decisions), self._num_templates).index_add(1, self._templates, allowed.float()) > 0
        logprob = logprob + templates[places].masked_fill(~live, -torch.inf).log_softmax(1)[at, template]
        own = allowed & (self._templates == template[:, None])
        of_all: Tensor = logprob + slots[places].masked_fill(~own, -torch.inf).log_softmax(1)[at, chosen]
        return of_all


def _segment_logsumexp(values: Tensor, segments: Tensor, number: int) -> Tensor:
    """Logarithm of the sum of exponentials in each of so many segments, shape (number,)."""
    top = torch.full((number,), -torch.inf).scatter_reduce(0, segments, values.detach(), "amax")
    return torch.zeros(number).index_add(0, segments, (values - top[segments]).exp()).log() + top

"""TacticZero's learner: REINFORCE with discounted returns, a baseline for each theorem, and replayed proofs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import nn

from .episodes import DrawnStep, TacticZeroEpisode
from .network import TacticZeroNetwork, Weighted

__all__ = ["Learner", "Settings", "discounted"]

_MAX_NORM = 5.0
# Episodes over which the mean return of a theorem is taken.
_WINDOW = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a step of learning.

    Attributes:
        learning_rate: of Adam.
        gamma: discount of a step.
        baseline: whether a theorem's mean return is taken off: it says how hard the theorem is, not what was well done.
        replay: whether the shortest proof of a theorem is learned from again where an episode found none.
    """

    learning_rate: float = 1e-3
    gamma: float = 0.99
    baseline: bool = True
    replay: bool = True


def discounted(rewards: Sequence[float], gamma: float) -> list[float]:
    """Returns of the steps: each reward and, discounted, all that come after it."""
    returns, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + gamma * total
        returns.append(total)
    return returns[::-1]


@dataclass
class Learner:
    """Learns from batches of episodes.

    Args:
        network: that is trained.
        settings: of the learning.

    Attributes:
        shortest: the shortest proof of each theorem: texts of goals, and its decisions.
        means: mean return of each theorem, and the number of its episodes.
    """

    network: TacticZeroNetwork
    settings: Settings
    shortest: dict[str, tuple[list[str], list[DrawnStep]]] = field(default_factory=dict)
    means: dict[str, tuple[float, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.optimizer = torch.optim.Adam(self.network.parameters(), self.settings.learning_rate)

    def learn(self, episodes: Sequence[TacticZeroEpisode]) -> float:
        """Take one step on a batch of episodes; returns the loss, the mean over episodes of - sum of G log pi."""
        batch = [weighted for episode in episodes for weighted in self._weigh(episode)]
        if not batch:
            return 0.0
        weights = torch.tensor([weight for weighted in batch for weight in weighted.weights])
        loss = -(weights * self.network.logprobs(batch)).sum() / len(episodes)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), _MAX_NORM)
        self.optimizer.step()
        return float(loss.detach())

    def _weigh(self, episode: TacticZeroEpisode) -> list[Weighted]:
        """An episode with its returns, and the shortest proof of its theorem where it found none."""
        if not episode.decisions:
            return []
        settings, name = self.settings, episode.theorem.name
        returns = discounted([decision.reward for decision in episode.decisions], settings.gamma)
        mean, count = self.means.get(name, (0.0, 0))
        self.means[name] = (mean + (returns[0] - mean) / min(count + 1, _WINDOW), count + 1)
        found = [Weighted(episode.texts, episode.decisions, [g - mean * settings.baseline for g in returns])]
        if episode.proved:
            proof = [each for each, used in zip(episode.decisions, episode.on_proof, strict=True) if used]
            if name not in self.shortest or len(proof) < len(self.shortest[name][1]):
                self.shortest[name] = (episode.texts, proof)
        elif settings.replay and name in self.shortest:
            texts, proof = self.shortest[name]
            # As if it had just been found.
            found.append(Weighted(texts, proof, discounted([0.0] * (len(proof) - 1) + [1.0], settings.gamma)))
        return found

"""The data module: batches of labelled goals."""

from __future__ import annotations

from collections.abc import Sequence

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from aitp_gym.agents.encoders.bag import hashed_goal
from aitp_gym.agents.encoders.config import EncoderConfig

from ..bags import Bag, bag_of
from .labels import Label
from .network import Batch

__all__ = ["GoalData"]


class GoalData(lightning.LightningDataModule):  # type: ignore[misc]  # checked without lightning's types
    """Serves labelled goals in an order drawn anew for each epoch.

    Args:
        labels: of goals.
        encoder: decides what a goal is turned into.
        goals_per_batch: how many goals make a batch.
        seed: of the order.
    """

    def __init__(self, labels: Sequence[Label], encoder: EncoderConfig, goals_per_batch: int, seed: int = 0) -> None:
        super().__init__()
        self.goals_per_batch = goals_per_batch
        self.seed = seed
        self._values = np.array([label.value for label in labels], np.float32)
        texts = [label.goal for label in labels]
        self._ids: NDArray[np.int64] | None = None
        if encoder.kind == "bag":
            self._bags = [hashed_goal(text, encoder.buckets) for text in texts]
        else:
            from aitp_gym.agents.encoders.transformer import token_ids

            self._ids = token_ids(texts, encoder)

    def train_dataloader(self) -> DataLoader[Batch]:
        """Batches of `goals_per_batch` goals."""
        return DataLoader(
            range(len(self._values)),  # type: ignore[arg-type]
            batch_size=self.goals_per_batch,
            shuffle=True,
            generator=torch.Generator().manual_seed(self.seed),
            collate_fn=self.collate,
        )

    def collate(self, places: Sequence[int]) -> Batch:
        """The batch of the labels at the given places."""
        goals: Bag | Tensor
        if self._ids is None:
            goals = bag_of([self._bags[place] for place in places])
        else:
            ids = self._ids[list(places)]
            goals = torch.from_numpy(ids[:, : max(1, int((ids > 0).sum(1).max()))])
        return Batch(goals, torch.from_numpy(self._values[list(places)]))

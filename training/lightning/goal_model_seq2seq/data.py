"""The data module: batches of labelled goals as a seq2seq model reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import lightning
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from aitp_gym.agents.goal_models.seq2seq import Answers

from ..goal_model.labels import Label

__all__ = ["Seq2SeqBatch", "Seq2SeqData"]


class Seq2SeqBatch(NamedTuple):
    """B labelled goals.

    Attributes:
        input_ids, attention_mask: shape (B, T).
        value: probabilities to learn, shape (B,).
    """

    input_ids: Tensor
    attention_mask: Tensor
    value: Tensor


class Seq2SeqData(lightning.LightningDataModule):  # type: ignore[misc]  # checked without lightning's types
    """Serves labelled goals in an order drawn anew for each epoch.

    Args:
        labels: of goals.
        answers: how goals are put to the model.
        goals_per_batch: how many goals make a batch.
        seed: of the order.
    """

    def __init__(self, labels: Sequence[Label], answers: Answers, goals_per_batch: int, seed: int = 0) -> None:
        super().__init__()
        self._labels = labels
        self._answers = answers
        self.goals_per_batch = goals_per_batch
        self.seed = seed

    def train_dataloader(self) -> DataLoader[Seq2SeqBatch]:
        """Batches of `goals_per_batch` goals."""
        return DataLoader(
            self._labels,  # type: ignore[arg-type]
            batch_size=self.goals_per_batch,
            shuffle=True,
            generator=torch.Generator().manual_seed(self.seed),
            collate_fn=self.collate,
        )

    def collate(self, labels: Sequence[Label]) -> Seq2SeqBatch:
        """The batch of some labels."""
        inputs = self._answers.ask([label.goal for label in labels])
        value = torch.tensor([label.value for label in labels])
        return Seq2SeqBatch(inputs["input_ids"], inputs["attention_mask"], value)

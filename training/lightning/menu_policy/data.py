"""The data module: batches of goals, each with all that was tried at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from aitp_gym.agents.encoders.bag import hashed_goal
from aitp_gym.agents.encoders.config import EncoderConfig

from ..bags import Bag, bag_of
from .examples import Examples
from .network import Batch

__all__ = ["MenuData"]


class MenuData(lightning.LightningDataModule):  # type: ignore[misc]  # checked without lightning's types
    """Serves examples goal by goal, in an order drawn anew for each epoch.

    Args:
        examples: what was tried.
        encoder: of goals; decides what a goal is turned into.
        goals_per_batch: how many goals make a batch.
        seed: of the order.
    """

    def __init__(self, examples: Examples, encoder: EncoderConfig, goals_per_batch: int = 64, seed: int = 0) -> None:
        super().__init__()
        self.examples = examples
        self.goals_per_batch = goals_per_batch
        self.seed = seed
        if encoder.kind == "bag":
            self._bags = [hashed_goal(text, encoder.buckets) for text in examples.goals]
            self._ids: NDArray[np.int64] | None = None
        else:
            from aitp_gym.agents.encoders.transformer import token_ids

            self._ids = token_ids(examples.goals, encoder)
        order = np.argsort(examples.goal, kind="stable")
        self._by_goal = np.split(order, np.cumsum(np.bincount(examples.goal, minlength=len(examples.goals)))[:-1])

    def train_dataloader(self) -> DataLoader[Batch]:
        """Batches of `goals_per_batch` goals."""
        return DataLoader(
            range(len(self.examples.goals)),  # type: ignore[arg-type]
            batch_size=self.goals_per_batch,
            shuffle=True,
            generator=torch.Generator().manual_seed(self.seed),
            collate_fn=self.collate,
        )

    def collate(self, goals: Sequence[int]) -> Batch:
        """The batch of all examples at the given goals."""
        examples = self.examples
        rows = np.concatenate([self._by_goal[goal] for goal in goals])
        place = np.repeat(np.arange(len(goals)), [len(self._by_goal[goal]) for goal in goals])
        features: Bag | Tensor
        if self._ids is None:
            features = bag_of([self._bags[goal] for goal in goals])
        else:
            ids = self._ids[list(goals)]
            features = torch.from_numpy(ids[:, : max(1, int((ids > 0).sum(1).max()))])
        listed = [place for place, goal in enumerate(goals) if goal in examples.shortlists]
        shortlists = [examples.shortlists[goals[place]] for place in listed]
        rows_of = _padded([each.rows for each in shortlists], np.int64, -1)
        premises, statements = np.unique(rows_of, return_inverse=True)
        # The filler, where there is any, is the least of them; it stays -1 when it leaves the list.
        fillers = int((premises < 0).sum())
        premises, statements = premises[fillers:], statements.reshape(rows_of.shape) - fillers
        return Batch(
            goals=features,
            dense=torch.from_numpy(examples.dense[list(goals)]),
            goal=torch.from_numpy(place),
            group=torch.from_numpy(examples.group[rows]),
            pooled=torch.from_numpy(examples.pooled[rows]),
            label=torch.from_numpy(examples.label[rows]),
            weight=torch.from_numpy(examples.weight[rows]),
            statements=bag_of([examples.statements[row] for row in premises.tolist()]),
            listed=torch.tensor(listed, dtype=torch.long),
            shortlists=torch.from_numpy(statements),
            cosines=torch.from_numpy(_padded([each.cosines for each in shortlists], np.float32)),
            used=torch.from_numpy(_padded([each.used for each in shortlists], np.float32)),
        )


def _padded(rows: Sequence[NDArray[Any]], dtype: type[np.generic], filler: int = 0) -> NDArray[Any]:
    """Q rows of different lengths as one array, shape (Q, S)."""
    table = np.full((len(rows), max(map(len, rows), default=0)), filler, dtype)
    for line, row in zip(table, rows, strict=True):
        line[: len(row)] = row
    return table

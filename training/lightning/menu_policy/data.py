"""Data module of the menu policy: batches of goals, each with all that was tried at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from aitp_gym.agents.encoders.bag_module import bag_of
from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.encoders.registry import encoder_of

from ..steps import ShuffledBatches
from .examples import Examples
from .network import MenuBatch

__all__ = ["MenuData"]


class MenuData(ShuffledBatches[int]):
    """Data module of examples goal by goal; an item is the number of a goal, and each goal is read once.

    Args:
        examples: examples to learn from.
        encoder: configuration of the encoder, which says what is read of a goal.
        goals_per_batch: number of goals in a batch.
        seed: for the order.
    """

    def __init__(self, examples: Examples, encoder: EncoderConfig, goals_per_batch: int = 64, seed: int = 0) -> None:
        super().__init__(range(len(examples.goals)), goals_per_batch, seed)
        self.examples = examples
        self._encoder = encoder_of(encoder)
        self._features = [self._encoder.read(text) for text in examples.goals]
        order = np.argsort(examples.goal, kind="stable")
        self._by_goal = np.split(order, np.cumsum(np.bincount(examples.goal, minlength=len(examples.goals)))[:-1])

    def collate(self, items: Sequence[int]) -> MenuBatch:
        """Batch of all E examples at the given G goals, by their numbers; see `MenuBatch` for the shapes."""
        examples = self.examples
        rows = np.concatenate([self._by_goal[goal] for goal in items])
        place = np.repeat(np.arange(len(items)), [len(self._by_goal[goal]) for goal in items])
        listed = [place for place, goal in enumerate(items) if goal in examples.shortlists]
        shortlists = [examples.shortlists[items[place]] for place in listed]
        rows_of = _padded([each.rows for each in shortlists], np.int64, -1)
        premises, statements = np.unique(rows_of, return_inverse=True)
        # The filler, where there is any, is the least of them; it stays -1 when it leaves the list.
        fillers = int((premises < 0).sum())
        premises, statements = premises[fillers:], statements.reshape(rows_of.shape) - fillers
        return MenuBatch(
            goals=self._encoder.collate([self._features[goal] for goal in items]),
            dense=torch.from_numpy(examples.dense[list(items)]),
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

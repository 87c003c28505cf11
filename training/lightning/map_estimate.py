"""Lightning module for maximum a posteriori estimates of small networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import lightning
import torch
from torch import Tensor, nn

__all__ = ["MapEstimate"]


class MapEstimate(lightning.LightningModule):  # type: ignore[misc]  # checked without lightning's types
    """Estimate of weights from labels under a Gaussian prior around the weights that the network comes with.

    Args:
        network: network to train, in place.
        steps: number of batches, over which the learning rate falls to 0 in a straight line.
        learning_rate: learning rate at the start.
    """

    def __init__(self, network: nn.Module, steps: int, learning_rate: float) -> None:
        super().__init__()
        self.network = network
        self._steps = steps
        self._learning_rate = learning_rate
        self._means = {name: value.detach().clone() for name, value in network.named_parameters()}

    def moved(self) -> Iterator[tuple[str, Tensor]]:
        """For each weight its name and the squared distance from the mean of its prior, shape ()."""
        for name, value in self.network.named_parameters():
            yield name, (value - self._means[name]).square().sum()

    def configure_optimizers(self) -> dict[str, Any]:
        """Adam; the penalty is part of the loss, because AdamW's decay does not weigh it against the evidence."""
        optimizer = torch.optim.Adam(self.network.parameters(), lr=self._learning_rate)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=self._steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

"""Ensemble encoder: a GNN beside a transformer over the nodes as the goal is written. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .config import EncoderConfig
from .gnn import Gnn
from .goal_graph import EncodedGraph
from .graph_encoder import GraphEncoder, check_heads
from .node_transformer import NodeTransformer, WrittenBatch, written_batch

__all__ = ["Ensemble", "EnsembleEncoder"]


class EnsembleEncoder(GraphEncoder[EncodedGraph]):
    """Encoder by a linear map of what a GNN and a transformer make of a goal.

    After S. Lamont and others, "BAIT" (https://arxiv.org/abs/2403.03401). The width must be a multiple of the heads.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__(config)
        check_heads(config)

    def read(self, text: str) -> EncodedGraph:
        """Graph of a goal; see `EncodedGraph` for the shapes."""
        return self.graph(text)

    def collate(self, features: Sequence[EncodedGraph]) -> WrittenBatch:
        """Batch of B goals."""
        return written_batch(features)

    def network(self) -> nn.Module:
        """Network from an `WrittenBatch` of B goals to vectors, shape (B, D)."""
        return Ensemble(self.config)


class Ensemble(nn.Module):
    """Network of the ensemble.

    Args:
        config: sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.gnn = Gnn(config)
        self.transformer = NodeTransformer(config)
        self.out = nn.Linear(2 * config.width, config.width)

    def forward(self, batch: WrittenBatch) -> Tensor:
        """Vectors of B goals, shape (B, D)."""
        vectors: Tensor = self.out(torch.cat([self.gnn(batch.graphs), self.transformer(batch)], 1))
        return vectors

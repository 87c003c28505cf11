"""Ensemble encoder: a GNN beside a transformer over the nodes as the goal is written. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .attention import AttentionBlock, Group, groups_of
from .config import EncoderConfig
from .gnn import Gnn
from .goal_graph import GoalGraph
from .graph_encoder import GraphEncoder, check_heads
from .message_passing import GraphBatch, NodeEmbedding, batch_of

__all__ = ["Ensemble", "EnsembleBatch", "EnsembleEncoder"]


class EnsembleBatch(NamedTuple):
    """Batch of B goals.

    Attributes:
        graphs: their graphs side by side, N nodes.
        sequences: the nodes of each goal in written order, goals of similar length together.
    """

    graphs: GraphBatch
    sequences: list[Group]


class EnsembleEncoder(GraphEncoder[GoalGraph]):
    """Encoder by a linear map of what a GNN and a transformer make of a goal.

    After S. Lamont and others, "BAIT" (https://arxiv.org/abs/2403.03401). The width must be a multiple of the heads.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__(config)
        check_heads(config)

    def read(self, text: str) -> GoalGraph:
        """Graph of a goal; see `GoalGraph` for the shapes."""
        return self.graph(text)

    def collate(self, features: Sequence[GoalGraph]) -> EnsembleBatch:
        """Batch of B goals."""
        graphs = batch_of(features)
        written = [each.written + start for each, start in zip(features, graphs.starts.tolist(), strict=True)]
        return EnsembleBatch(graphs, groups_of(written))

    def network(self) -> nn.Module:
        """Network from an `EnsembleBatch` of B goals to vectors, shape (B, D)."""
        return Ensemble(self.config)


class WrittenTransformer(nn.Module):
    """Transformer over nodes in written order; the mean over them is the goal's vector.

    It sees no edges: which variable is which it knows from the nodes' embedding alone.

    Args:
        config: sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.embedding = NodeEmbedding(config)
        self.position = nn.Embedding(config.max_tokens, config.width)
        self.blocks = nn.ModuleList(AttentionBlock(config.width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        nn.init.normal_(self.position.weight, std=0.5)

    def forward(self, batch: EnsembleBatch) -> Tensor:
        """Vectors of B goals, shape (B, D), of length 1 or so."""
        embedded = self.embedding(batch.graphs)
        width = embedded.shape[1]
        vectors = embedded.new_zeros(len(batch.graphs.starts), width)
        for group in batch.sequences:
            kept = (group.nodes >= 0).unsqueeze(-1)
            states = functional.embedding(group.nodes.clamp(min=0), embedded)
            states = states + self.position.weight[: states.shape[1]]
            for block in self.blocks:
                states = block(states, group.mask())
            mean = (self.norm(states) * kept).sum(1) / kept.sum(1)
            vectors = vectors.index_copy(0, group.places, mean / float(width) ** 0.5)
        return vectors


class Ensemble(nn.Module):
    """Network of the ensemble.

    Args:
        config: sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.gnn = Gnn(config)
        self.transformer = WrittenTransformer(config)
        self.out = nn.Linear(2 * config.width, config.width)

    def forward(self, batch: EnsembleBatch) -> Tensor:
        """Vectors of B goals, shape (B, D)."""
        vectors: Tensor = self.out(torch.cat([self.gnn(batch.graphs), self.transformer(batch)], 1))
        return vectors

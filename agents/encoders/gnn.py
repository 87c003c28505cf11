"""GNN encoder: messages along the edges of a goal's expression DAG. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from .config import EncoderConfig
from .goal_graph import EncodedGraph
from .graph_encoder import GraphEncoder
from .message_passing import GraphBatch, NodeEmbedding, Pooling, Rounds, batch_of

__all__ = ["Gnn", "GnnEncoder"]


class GnnEncoder(GraphEncoder[EncodedGraph]):
    """Encoder by rounds of messages between parents and children, then the maximum over the nodes.

    After Paliwal and others (https://arxiv.org/abs/1905.10006).
    """

    def read(self, text: str) -> EncodedGraph:
        """Graph of a goal; see `EncodedGraph` for the shapes."""
        return self.graph(text)

    def collate(self, features: Sequence[EncodedGraph]) -> GraphBatch:
        """Graphs of B goals side by side."""
        return batch_of(features)

    def network(self) -> nn.Module:
        """Network from a `GraphBatch` of B goals to vectors, shape (B, D)."""
        return Gnn(self.config)


class Gnn(nn.Module):
    """Network of the GNN encoder.

    Args:
        config: sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.embedding = NodeEmbedding(config)
        self.rounds = Rounds(config)
        self.pooling = Pooling(config.width)

    def forward(self, batch: GraphBatch) -> Tensor:
        """Vectors of B goals, shape (B, D)."""
        vectors: Tensor = self.pooling(self.rounds(self.embedding(batch), batch), batch)
        return vectors

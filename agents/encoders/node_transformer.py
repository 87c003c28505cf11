"""Transformer over the nodes of a goal's expression DAG in the order in which the goal is written. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from .attention import AttentionBlock, Group, groups_of
from .config import EncoderConfig
from .goal_graph import EncodedGraph
from .graph_encoder import GraphEncoder, check_heads
from .message_passing import GraphBatch, NodeEmbedding, batch_of

__all__ = ["NodeTransformer", "NodeTransformerEncoder", "WrittenBatch", "written_batch"]


class WrittenBatch(NamedTuple):
    """Batch of B goals.

    Attributes:
        graphs: their graphs side by side, N nodes.
        sequences: the nodes of each goal in written order, goals of similar length together.
    """

    graphs: GraphBatch
    sequences: list[Group]


def written_batch(features: Sequence[EncodedGraph]) -> WrittenBatch:
    """Batch of the graphs of B goals."""
    graphs = batch_of(features)
    written = [each.written + start for each, start in zip(features, graphs.starts.tolist(), strict=True)]
    return WrittenBatch(graphs, groups_of(written))


class NodeTransformerEncoder(GraphEncoder[EncodedGraph]):
    """Encoder by attention over nodes in written order, a shared subterm wherever it stands.

    It reads the same as `TransformerEncoder` does, but a word for each constant or variable instead of each bracket and
    name, so that `max_tokens` of them hold most goals whole, and names of variables do not matter. The width must be a
    multiple of the number of heads.
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
        """Network from a `WrittenBatch` of B goals to vectors, shape (B, D)."""
        return NodeTransformer(self.config)


class NodeTransformer(nn.Module):
    """Network of the encoder; the mean over the nodes is the goal's vector.

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

    def forward(self, batch: WrittenBatch) -> Tensor:
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
        found: Tensor = vectors
        return found

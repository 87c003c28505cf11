"""SAT encoder: attention over the nodes of a goal's DAG that knows the structure around each. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .attention import AttentionBlock, Group, groups_of
from .config import EncoderConfig
from .goal_graph import EncodedGraph, below
from .graph_encoder import GraphEncoder, check_heads
from .message_passing import GraphBatch, NodeEmbedding, Pooling, Rounds, batch_of

__all__ = ["Sat", "SatBatch", "SatEncoder", "SatGraph"]


class SatGraph(NamedTuple):
    """Graph of one goal, with which nodes attend to which.

    Attributes:
        graph: graph of N nodes.
        related: whether one of two nodes is the other or below it, shape (N, N); `None` if it does not matter.
    """

    graph: EncodedGraph
    related: NDArray[np.bool_] | None


class SatBatch(NamedTuple):
    """Batch of B goals.

    Attributes:
        graphs: their graphs side by side, N nodes.
        groups: the nodes of each goal, goals of similar size together.
    """

    graphs: GraphBatch
    groups: list[Group]


class SatEncoder(GraphEncoder[SatGraph]):
    """Structure-aware transformer: rounds of messages give the queries and keys of attention among a goal's nodes.

    After D. Chen and others, "Structure-Aware Transformer for Graph Representation Learning" (ICML 2022,
    https://arxiv.org/abs/2202.03036). A directed one, where nodes attend to what is above and below them alone, is that
    of S. Lamont and others, "BAIT" (https://arxiv.org/abs/2403.03401). The width must be a multiple of the heads.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__(config)
        check_heads(config)

    def read(self, text: str) -> SatGraph:
        """Graph of a goal, and in a directed encoder which nodes attend to which."""
        graph = self.graph(text)
        if not self.config.directed:
            return SatGraph(graph, None)
        down = below(graph)
        return SatGraph(graph, down | down.T)

    def collate(self, features: Sequence[SatGraph]) -> SatBatch:
        """Batch of B goals."""
        graphs = batch_of([each.graph for each in features])
        nodes = [
            np.arange(start, start + len(each.graph.labels))
            for each, start in zip(features, graphs.starts.tolist(), strict=True)
        ]
        related = [each.related for each in features if each.related is not None]
        return SatBatch(graphs, groups_of(nodes, related if self.config.directed else None))

    def network(self) -> nn.Module:
        """Network from a `SatBatch` of B goals to vectors, shape (B, D)."""
        return Sat(self.config)


class Sat(nn.Module):
    """Network of the SAT encoder.

    Args:
        config: sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.embedding = NodeEmbedding(config)
        self.extractors = nn.ModuleList(Rounds(config) for _ in range(config.layers))
        self.blocks = nn.ModuleList(AttentionBlock(config.width, config.heads) for _ in range(config.layers))
        self.pooling = Pooling(config.width)

    def forward(self, batch: SatBatch) -> Tensor:
        """Vectors of B goals, shape (B, D)."""
        states = self.embedding(batch.graphs)
        for extractor, block in zip(self.extractors, self.blocks, strict=True):
            structure = extractor(states, batch.graphs)
            attended = states
            for group in batch.groups:
                nodes, kept = group.nodes.clamp(min=0), group.nodes >= 0
                after = block(functional.embedding(nodes, states), group.mask(), functional.embedding(nodes, structure))
                attended = attended.index_copy(0, group.nodes[kept], after[kept])
            states = attended
        vectors: Tensor = self.pooling(states, batch.graphs)
        return vectors

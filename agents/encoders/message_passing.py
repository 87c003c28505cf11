"""Message passing on goals' graphs in torch: batches of graphs, embedding of nodes, rounds of messages, pooling.

After A. Paliwal and others, "Graph Representations for Higher-Order Logic and Theorem Proving" (AAAI 2020,
https://arxiv.org/abs/1905.10006). All matrix products are over nodes, none over edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import EncoderConfig
from .goal_graph import MAX_HEIGHT, NUM_POSITIONS, NUM_TYPES, NUM_VARIABLES, EncodedGraph

__all__ = ["DROPOUT", "GraphBatch", "NodeEmbedding", "Pooling", "Rounds", "batch_of"]

DROPOUT = 0.1


class GraphBatch(NamedTuple):
    """Graphs of B goals as one graph of N nodes and E edges; see `EncodedGraph`.

    Attributes:
        labels: labels of the nodes, shape (N,).
        types: types of the nodes, shape (N,).
        variables: which variables the nodes are, shape (N,).
        heights: heights of the nodes above the leaves, shape (N,).
        parents: upper ends of the edges, ascending, shape (E,).
        children: lower ends of the edges, shape (E,).
        positions: places of the children among those of their parent, shape (E,).
        graphs: for each node the place of its goal in the batch, ascending, shape (N,).
        starts: for each goal its first node, shape (B,).
    """

    labels: Tensor
    types: Tensor
    variables: Tensor
    heights: Tensor
    parents: Tensor
    children: Tensor
    positions: Tensor
    graphs: Tensor
    starts: Tensor


def batch_of(graphs: Sequence[EncodedGraph]) -> GraphBatch:
    """Put B graphs side by side."""
    sizes = [len(graph.labels) for graph in graphs]
    starts = np.cumsum([0, *sizes])[: len(graphs)]

    def joined(name: str, shifted: bool = False) -> Tensor:
        parts = [getattr(graph, name) for graph in graphs]
        if shifted:
            parts = [part + start for part, start in zip(parts, starts, strict=True)]
        return torch.from_numpy(np.concatenate([np.zeros(0, np.int64), *parts]))

    return GraphBatch(
        labels=joined("labels"),
        types=joined("types"),
        variables=joined("variables"),
        heights=joined("heights"),
        parents=joined("parents", shifted=True),
        children=joined("children", shifted=True),
        positions=joined("positions"),
        graphs=torch.from_numpy(np.repeat(np.arange(len(graphs)), sizes)),
        starts=torch.from_numpy(starts),
    )


class NodeEmbedding(nn.Module):
    """Sum of the learned vectors of a node's label, type, variable and height.

    Args:
        config: sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.labels = nn.Embedding(config.buckets, config.width)
        self.types = nn.Embedding(NUM_TYPES, config.width)
        self.variables = nn.Embedding(NUM_VARIABLES, config.width)
        self.heights = nn.Embedding(MAX_HEIGHT + 1, config.width)
        self.dropout = nn.Dropout(DROPOUT)
        for table in (self.labels, self.types, self.variables, self.heights):
            nn.init.normal_(table.weight, std=0.5)

    def forward(self, batch: GraphBatch) -> Tensor:
        """Vectors of the nodes, shape (N, D)."""
        vectors: Tensor = self.labels(batch.labels) + self.types(batch.types)
        vectors = vectors + self.variables(batch.variables) + self.heights(batch.heights)
        dropped: Tensor = self.dropout(vectors)
        return dropped


class Messages(nn.Module):
    """Mean over a node's neighbours on one side of a network of the node, the neighbour and its position.

    The network's first layer is split into a part for each node, and the second, which is linear, comes after the mean:
    an edge costs two look-ups and an addition.

    Args:
        width: D.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.own = nn.Linear(width, width)
        self.other = nn.Linear(width, width, bias=False)
        self.position = nn.Embedding(NUM_POSITIONS, width)
        self.out = nn.Linear(width, width)

    def forward(self, states: Tensor, to: Tensor, other: Tensor, positions: Tensor, share: Tensor) -> Tensor:
        """Compute what each node hears.

        Args:
            states: vectors of the nodes, shape (N, D).
            to: ends of the edges where the messages arrive, shape (E,).
            other: ends from where they come, shape (E,).
            positions: positions of the edges, shape (E,).
            share: one by the number of a node's messages, shape (N, 1).

        Returns:
            Shape (N, D).
        """
        # `embedding` gathers rows as indexing does, and its gradient is faster.
        inner = functional.embedding(to, self.own(states)) + functional.embedding(other, self.other(states))
        inner = functional.relu(inner + self.position(positions))
        heard: Tensor = self.out(_add_rows(inner, to, len(states)) * share)
        return heard


class Rounds(nn.Module):
    """Pre-norm rounds of messages from parents and from children, with the same weights in every round.

    Args:
        config: sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        width = config.width
        self.rounds = config.rounds
        self.from_parents, self.from_children = Messages(width), Messages(width)
        self.norm = nn.LayerNorm(width)
        self.update = nn.Sequential(nn.Linear(3 * width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, states: Tensor, batch: GraphBatch) -> Tensor:
        """Vectors of the nodes after all rounds, from those before, both of shape (N, D)."""
        one = states.new_ones(len(batch.parents), 1)
        to_parents = 1 / _add_rows(one, batch.parents, len(states)).clamp(min=1)
        to_children = 1 / _add_rows(one, batch.children, len(states)).clamp(min=1)
        for _ in range(self.rounds):
            normed = self.norm(states)
            down = self.from_parents(normed, batch.children, batch.parents, batch.positions, to_children)
            up = self.from_children(normed, batch.parents, batch.children, batch.positions, to_parents)
            states = states + self.update(torch.cat([normed, down, up], 1))
        return states


class Pooling(nn.Module):
    """Greatest value over the nodes of each goal, in vectors of length 1 or so, as those of the bag are.

    Args:
        width: D.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.out, self.pooled_norm = nn.LayerNorm(width), nn.Linear(width, width), nn.LayerNorm(width)

    def forward(self, states: Tensor, batch: GraphBatch) -> Tensor:
        """Vectors of the B goals from those of the nodes; (N, D) to (B, D)."""
        states = self.out(self.norm(states))
        pooled = states.new_full((len(batch.starts), states.shape[1]), -torch.inf)
        index = batch.graphs.unsqueeze(1).expand_as(states)
        pooled = self.pooled_norm(pooled.scatter_reduce(0, index, states, "amax", include_self=False))
        scaled: Tensor = pooled / states.shape[1] ** 0.5
        return scaled


def _add_rows(rows: Tensor, index: Tensor, size: int) -> Tensor:
    """Sum of the rows with the same index, shape (size, D)."""
    return rows.new_zeros(size, rows.shape[1]).index_add(0, index, rows)

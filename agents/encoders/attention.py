"""Attention over parts of a batch in torch: groups of sequences of similar length, and a pre-norm block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .message_passing import DROPOUT

__all__ = ["AttentionBlock", "Group", "groups_of"]

# Of nodes, in a group of several sequences.
_MAX_PAIRS = 2**22


class Group(NamedTuple):
    """Sequences of similar length, padded.

    Attributes:
        places: places of the G sequences in the batch, shape (G,).
        nodes: nodes of the batch that they consist of, -1 beyond the end, shape (G, L).
        related: whether the node of a row attends to that of a column, shape (G, L, L); `None`: to all of its sequence.
    """

    places: Tensor
    nodes: Tensor
    related: Tensor | None

    def mask(self) -> Tensor:
        """Which nodes each attends to, at least one, so that the softmax is finite; shape (G, 1, L or 1, L)."""
        kept = (self.nodes >= 0)[:, None, None, :]
        if self.related is None:
            return kept
        # Fillers attend to all nodes.
        return (self.related | (self.nodes < 0).unsqueeze(2)).unsqueeze(1) & kept


def groups_of(
    sequences: Sequence[NDArray[np.int64]], related: Sequence[NDArray[np.bool_]] | None = None
) -> list[Group]:
    """Group sequences so that none is padded to twice its length, or 16, and no group has millions of pairs of nodes.

    Args:
        sequences: nodes of each of B sequences, at least one of each.
        related: for each sequence, which nodes attend to which, shape (its length, its length).
    """
    groups = []
    for places in _similar([len(sequence) for sequence in sequences]):
        longest = max(len(sequences[place]) for place in places)
        nodes = np.full((len(places), longest), -1, np.int64)
        pairs = None if related is None else np.zeros((len(places), longest, longest), np.bool_)
        for row, place in enumerate(places):
            length = len(sequences[place])
            nodes[row, :length] = sequences[place]
            if pairs is not None and related is not None:
                pairs[row, :length, :length] = related[place]
        groups.append(
            Group(torch.tensor(places), torch.from_numpy(nodes), None if pairs is None else torch.from_numpy(pairs))
        )
    return groups


def _similar(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of lengths, those between the same powers of two together, as long as their squares are not too many."""
    places: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        length = lengths[place]
        wider = places and length.bit_length() > max(4, lengths[places[0]].bit_length())
        if places and (wider or (len(places) + 1) * length**2 > _MAX_PAIRS):
            yield places
            places = []
        places.append(place)
    if places:
        yield places


class AttentionBlock(nn.Module):
    """Pre-norm attention and feed-forward layer; queries and keys may come from other vectors than values do.

    Args:
        width: D.
        heads: number of heads, a divisor of D.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.norm_inner = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys, self.values = nn.Linear(width, 2 * width), nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        self.inner = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, states: Tensor, mask: Tensor, structure: Tensor | None = None) -> Tensor:
        """Vectors after the layer, shape (G, L, D).

        Args:
            states: vectors before it, shape (G, L, D).
            mask: see `Group.mask`.
            structure: vectors that queries and keys are made of, shape (G, L, D); by default the normed states.
        """
        normed = self.norm(states)
        queries, keys = self.queries_keys(normed if structure is None else structure).chunk(2, -1)
        queries, keys, values = (
            each.unflatten(-1, (self.heads, -1)).transpose(1, 2) for each in (queries, keys, self.values(normed))
        )
        attended = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        states = states + self.dropout(self.out(attended.transpose(1, 2).flatten(2)))
        after: Tensor = states + self.dropout(self.inner(self.norm_inner(states)))
        return after

"""The protocol of a search model: which goals to work on next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from aitp_gym.proof import Edge, ProofGraph

from .trace import SearchTrace

__all__ = ["SearchModel"]


@runtime_checkable
class SearchModel(Protocol):
    """Chooses goals of one `ProofGraph`. Pure: no I/O and no model calls beyond the goal scorer it was given.

    Whoever drives the search declares a node explored on the graph (`ProofGraph.mark_explored`) when the policy has
    nothing more to say about it; until then a node may be chosen again for more tactics.

    Attributes:
        versions: what identifies the search: name and settings.
        search_trace: what was decided since the last reset, for analysis and the viewer.
    """

    versions: Mapping[str, str]
    search_trace: SearchTrace

    def reset(self, graph: ProofGraph, seed: int = 0) -> None:
        """Begin on a fresh graph; everything random that follows derives from `seed` and what the graph holds."""
        ...

    def get_goal(self) -> list[int]:
        """Node ids to expand next, each open and not explored; empty when the search has nothing more to offer."""
        ...

    def process_response(self, edges: Sequence[Edge]) -> None:
        """Take in the new edges of the nodes last returned by `get_goal` (none where a node had nothing to add)."""
        ...

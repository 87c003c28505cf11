"""The bounded record of what a search decided, from its reset on."""

from __future__ import annotations

from typing import Any

from aitp_gym.proof import ProofGraph, SearchEvent, SearchEventKind

__all__ = ["MAX_SEARCH_EVENTS", "SearchTrace"]

MAX_SEARCH_EVENTS = 50_000
"""Rows that are kept of one attempt."""


class SearchTrace:
    """Rows of a search's events, in order.

    Args:
        graph: of the attempt; `None` before a search was reset.
        max_events: rows to keep; what comes later is left out, from wherever the event stands then.

    Attributes:
        events: the rows.
        is_cut: whether rows were left out.
    """

    def __init__(self, graph: ProofGraph | None = None, max_events: int = MAX_SEARCH_EVENTS) -> None:
        self.events: list[SearchEvent] = []
        self.is_cut = False
        self._graph = graph
        self._max_events = max_events
        self._index = -1
        self._edges = 0

    def begin(self) -> None:
        """Begin an event; the rows that are added from now on belong to it."""
        self._index += 1
        self._edges = 0 if self._graph is None else len(self._graph.edges)

    def add(self, kind: SearchEventKind, node: int, edge: int | None = None, **known: Any) -> None:
        """Add a row to the event; `known` are further fields of `SearchEvent`."""
        if len(self.events) < self._max_events:
            self.events.append(SearchEvent(self._index, self._edges, kind, node, edge, **known))
        else:
            self.is_cut = True

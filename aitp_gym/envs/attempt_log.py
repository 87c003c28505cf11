"""Log of an attempt: its tactic applications in order."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ..proof import Edge, Outcome, Proof, ProofGraph, Step, Subgoals

__all__ = ["AttemptLog"]


@dataclass(slots=True)
class AttemptLog:
    """Tactic applications in the order they were made, strays (for goals that do not exist) included."""

    _entries: list[tuple[int, str, Outcome]] = field(default_factory=list)

    def applied(self, edge: Edge, outcome: Outcome) -> None:
        """Note an application. The outcome is kept as it came: a refusal may rewrite the edge's."""
        self._entries.append((edge.id, edge.tactic, outcome))

    def stray(self, tactic: str, outcome: Outcome) -> None:
        """Note an application to no goal at all."""
        self._entries.append((-1, tactic, outcome))

    def completed_at(self, proof: Proof) -> int:
        """Tactic applications up to and including the last one the proof uses."""
        last = max(step.edge for step in proof.steps)
        return 1 + next(index for index, (edge, _, _) in enumerate(self._entries) if edge == last)

    def steps(self, graph: ProofGraph, proof: Proof | None) -> tuple[Step, ...]:
        """The rows of the log; a stray has node -1 and an empty goal."""
        on_proof = frozenset(step.edge for step in proof.steps) if proof is not None else frozenset()
        texts: dict[int, str] = {-1: ""}
        rows = []
        for index, (edge_id, tactic, outcome) in enumerate(self._entries):
            edge = graph.edges[edge_id] if edge_id >= 0 else None
            node = graph.nodes[edge.node] if edge is not None else None
            node_id = -1 if node is None else node.id
            if node is not None and node_id not in texts:
                texts[node_id] = node.goal.text
            succeeded = isinstance(outcome, Subgoals)
            rows.append(
                Step(
                    index=index,
                    node=node_id,
                    goal=texts[node_id],
                    tactic=tactic,
                    logprob=math.nan if edge is None else edge.logprob,
                    outcome="subgoals" if isinstance(outcome, Subgoals) else outcome.kind,
                    message="" if isinstance(outcome, Subgoals) else outcome.message,
                    children=edge.children if edge is not None and succeeded else (),
                    elapsed_s=outcome.elapsed_s,
                    cpu_s=outcome.cpu_s,
                    on_proof=edge_id in on_proof,
                    visits=0 if node is None else node.visits,
                    refused=edge is not None and edge.refused,
                    explored=node is not None and node.explored,
                )
            )
        return tuple(rows)

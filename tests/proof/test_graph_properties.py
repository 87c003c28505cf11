"""Random histories of a proof graph, compared with a solver that iterates the same definitions."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.proof import DISTANCE_CAP, Failure, Goal, Outcome, ProofGraph, Status, Subgoals


@dataclass
class BruteForce:
    """Records what was done; every question is answered by iterating the definition to its fixpoint."""

    cap: int
    goals: list[Goal]
    edges: list[tuple[int, Outcome, tuple[int, ...]]] = field(default_factory=list)
    explored: set[int] = field(default_factory=set)

    def add(self, node: int, outcome: Outcome) -> bool:
        """Record an application; whether it closes a cycle."""
        before = self.ancestors(node) | {node}
        children = []
        for goal in outcome.goals if isinstance(outcome, Subgoals) else ():
            known = [i for i, g in enumerate(self.goals) if goal.key is not None and g.key == goal.key]
            if not known:
                self.goals.append(goal)
            children.append(known[0] if known else len(self.goals) - 1)
        self.edges.append((node, outcome, tuple(children)))
        return any(child in before for child in children)

    def invalidate(self, edge: int) -> None:
        node, _, children = self.edges[edge]
        self.edges[edge] = (node, Failure("rejected"), children)

    def ancestors(self, node: int) -> set[int]:
        found: set[int] = set()
        while more := {n for n, _, children in self.edges if (found | {node}) & set(children)} - found:
            found |= more
        return found

    def succeeded(self) -> list[tuple[int, int, tuple[int, ...]]]:
        return [(e, n, cs) for e, (n, outcome, cs) in enumerate(self.edges) if isinstance(outcome, Subgoals)]

    def distances(self) -> tuple[list[int | None], list[int | None]]:
        """Of the nodes and of the edges."""
        nodes: list[int | None] = [None] * len(self.goals)
        edges: list[int | None] = [None] * len(self.edges)
        changed = True
        while changed:
            changed = False
            for e, node, children in self.succeeded():
                known = [d for d in (nodes[c] for c in children) if d is not None]
                if len(known) < len(children):
                    continue
                value, old = min(self.cap, 1 + sum(known)), nodes[node]
                edges[e] = value
                if old is None or value < old:
                    nodes[node], changed = value, True
        return nodes, edges

    def possible(self) -> set[int]:
        distance, _ = self.distances()
        possible = {n for n in range(len(self.goals)) if n not in self.explored or distance[n] is not None}
        while more := {n for _, n, children in self.succeeded() if possible.issuperset(children)} - possible:
            possible |= more
        return possible

    def statuses(self) -> tuple[list[Status], list[Status]]:
        """Of the nodes and of the edges."""
        possible = self.possible()
        node_distance, edge_distance = self.distances()
        hopeful = {e for e, _, children in self.succeeded() if possible.issuperset(children)}
        return (
            [_status(d is not None, n in possible) for n, d in enumerate(node_distance)],
            [_status(d is not None, e in hopeful) for e, d in enumerate(edge_distance)],
        )


def _status(proved: bool, possible: bool) -> Status:
    return Status.PROVED if proved else Status.OPEN if possible else Status.FAILED


def assert_agree(graph: ProofGraph, brute: BruteForce) -> None:
    assert [n.goal.key for n in graph.nodes] == [g.key for g in brute.goals]
    assert [e.children for e in graph.edges] == [children for _, _, children in brute.edges]
    assert ([n.status for n in graph.nodes], [e.status for e in graph.edges]) == brute.statuses()
    assert ([n.distance for n in graph.nodes], [e.distance for e in graph.edges]) == brute.distances()
    assert list(graph.open_nodes) == [n.id for n in graph.nodes if n.status is Status.OPEN]
    assert len(graph.open_nodes) == len(list(graph.open_nodes))


def assert_proofs_are_proofs(graph: ProofGraph, cap: int) -> None:
    for node in graph.nodes:
        proof = graph.proof(node.id)
        assert (proof is not None) == (node.status is Status.PROVED)
        if proof is None:
            assert graph.best_edge(node.id) is None
            continue
        sources = [graph.edges[step.edge].node for step in proof.steps]
        assert sources[0] == node.id
        assert len(set(sources)) == len(sources), "a shared subgoal is stored once"
        total = [0] * len(proof.steps)
        for i in reversed(range(len(proof.steps))):
            step, edge = proof.steps[i], graph.edges[proof.steps[i].edge]
            assert isinstance(edge.outcome, Subgoals)
            assert step.tactic == edge.tactic
            assert all(child > i for child in step.children), "acyclic, parents first"
            assert tuple(sources[child] for child in step.children) == edge.children
            total[i] = 1 + sum(total[child] for child in step.children)
        assert min(total[0], cap) == node.distance


KEYS = [*map(str, range(8)), None]
OUTCOMES = st.one_of(
    st.just(Failure("rejected")),
    st.lists(st.sampled_from(KEYS), max_size=3).map(lambda keys: Subgoals(tuple(Goal((), key) for key in keys))),
)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 11), OUTCOMES),
        st.tuples(st.just("add"), st.integers(0, 11), OUTCOMES),
        st.tuples(st.just("explore"), st.integers(0, 11), st.none()),
        st.tuples(st.just("invalidate"), st.integers(0, 39), st.none()),
    ),
    max_size=40,
)


@settings(max_examples=400, deadline=None)
@given(actions=ACTIONS, cap=st.sampled_from([3, 7, DISTANCE_CAP]))
def test_every_history_agrees_with_the_definitions(actions, cap):
    root = Goal((), "0")
    graph, brute = ProofGraph(root, distance_cap=cap), BruteForce(cap, [root])
    for action, number, outcome in actions:
        node = number % len(graph.nodes)
        if action == "add":
            edge = graph.add(node, f"tactic {len(graph.edges)}", outcome)
            assert edge.closes_cycle == brute.add(node, outcome)
        elif action == "explore":
            graph.mark_explored(node)
            brute.explored.add(node)
        elif graph.edges:
            edge_id = number % len(graph.edges)
            graph.invalidate(edge_id, "refused")
            brute.invalidate(edge_id)
        assert_agree(graph, brute)
    assert_proofs_are_proofs(graph, cap)
    assert [graph.ancestors(n.id) for n in graph.nodes] == [brute.ancestors(n.id) for n in graph.nodes]


@settings(max_examples=100, deadline=None)
@given(
    arcs=st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=25),
    order=st.permutations(range(15)),
    closing=st.lists(st.integers(0, 14), max_size=3),
)
def test_goals_that_lean_on_each_other_fail_in_whatever_order_they_are_explored(arcs, order, closing):
    goals = [Goal((), str(i)) for i in range(15)]
    graph, brute = ProofGraph(goals[0]), BruteForce(DISTANCE_CAP, [goals[0]])
    steps = [(0, Subgoals(tuple(goals[1:]))), *((a, Subgoals((goals[b],))) for a, b in arcs)]
    for node, outcome in steps:
        assert graph.add(node, "t", outcome).closes_cycle == brute.add(node, outcome)
    for node in order:
        graph.mark_explored(node)
        brute.explored.add(node)
        assert_agree(graph, brute)
    for node in closing:
        graph.add(node, "close", Subgoals(()))
        brute.add(node, Subgoals(()))
        assert_agree(graph, brute)
    assert_proofs_are_proofs(graph, DISTANCE_CAP)

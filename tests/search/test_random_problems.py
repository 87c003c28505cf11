"""Every search on thousands of random AND/OR problems with sharing and cycles, against brute force."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from aitp_gym.agents.agent import SearchAgent
from aitp_gym.agents.policies.base import Suggestion
from aitp_gym.envs import ProofEnv
from aitp_gym.proof import (
    Budget,
    Failure,
    Goal,
    Outcome,
    Premises,
    Proof,
    ProofGraph,
    Status,
    Subgoals,
    Theorem,
    Verdict,
)
from aitp_gym.search import (
    HTPS,
    BestFirst,
    BreadthFirst,
    DepthFirst,
    Fringe,
    HTPSSettings,
    SearchModel,
    SearchTrace,
    UpDown,
)
from aitp_gym.theorems import TheoremSet


class GuessingScorer:
    """Says something about each goal, sometimes that it is impossible; counts how often it is asked."""

    versions: Mapping[str, str] = {"name": "guessing"}  # the protocol's own type

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def score(self, goals: Sequence[Goal]) -> list[float]:
        assert goals
        texts = [goal.text for goal in goals]
        assert not self.seen.intersection(texts)
        self.seen.update(texts)
        return [-math.inf if sum(map(ord, text)) % 7 == 0 else -(sum(map(ord, text)) % 5) / 2 for text in texts]


SEARCHES: dict[str, Callable[[], SearchModel]] = {
    "best_first": BestFirst,
    "best_first, batches": lambda: BestFirst(batch_size=3),
    "breadth_first": BreadthFirst,
    "depth_first": DepthFirst,
    "depth_first, bands": lambda: DepthFirst(band=2),
    "fringe": lambda: Fringe(GuessingScorer()),
    "fringe, batches": lambda: Fringe(batch_size=3, temperature=5.0, policy_weight=0.0),
    "updown": lambda: UpDown(GuessingScorer()),
    "updown, sampled": lambda: UpDown(temperature=2.0, policy_weight=0.5, batch_size=1),
    "updown, no policy": lambda: UpDown(GuessingScorer(), policy_weight=0.0),
    "htps": lambda: HTPS(GuessingScorer()),
    "htps, puct": lambda: HTPS(settings=HTPSSettings(policy="alpha_zero", simulations=4, discount=0.9)),
    "htps, greedy": lambda: HTPS(settings=HTPSSettings(exploration=0.0, backup_once=False, virtual_loss=0)),
    "htps, sampled": lambda: HTPS(settings=HTPSSettings(selection_temperature=1.0, explore_solved=True)),
}


@dataclass(frozen=True)
class Problem:
    """For each goal what its tactics leave, `None` where they fail, and which of them a check would refuse.

    Tactic i of goal g is called "g:i"; the theorem is goal 0.
    """

    rules: tuple[tuple[tuple[int, ...] | None, ...], ...]
    logprobs: tuple[tuple[float, ...], ...]
    unsound: frozenset[str] = frozenset()

    def apply(self, tactic: str) -> Outcome:
        goal, number = map(int, tactic.split(":"))
        left = self.rules[goal][number]
        return Failure("rejected") if left is None else Subgoals(tuple(Goal.single(str(n)) for n in left))

    def suggestions(self, goal: Goal) -> list[Suggestion]:
        name = int(goal.parts[0].conclusion)
        return [Suggestion(f"{name}:{i}", logprob) for i, logprob in enumerate(self.logprobs[name])]

    @property
    def is_provable(self) -> bool:
        """By iterating the definition."""
        proved: set[int] = set()
        while (
            more := {
                goal
                for goal, tactics in enumerate(self.rules)
                for i, left in enumerate(tactics)
                if left is not None and f"{goal}:{i}" not in self.unsound and proved.issuperset(left)
            }
            - proved
        ):
            proved |= more
        return 0 in proved

    @property
    def tactics(self) -> int:
        return sum(map(len, self.rules))

    def guilty(self, proof: Proof) -> int | None:
        """The first step that a check would refuse; asserts that the others fit together."""
        assert proof.steps[0].tactic.startswith("0:")
        for i, step in enumerate(proof.steps):
            goal, number = map(int, step.tactic.split(":"))
            left = self.rules[goal][number]
            assert left is not None
            assert len(left) == len(step.children)
            for name, child in zip(left, step.children, strict=True):
                assert child > i
                assert proof.steps[child].tactic.startswith(f"{name}:")
        return next((i for i, step in enumerate(proof.steps) if step.tactic in self.unsound), None)


def random_problem(seed: int) -> Problem:
    source = random.Random(seed)
    count = source.randint(1, 12)
    rules, logprobs = [], []
    closing = source.choice([0.02, 0.1, 0.25])
    for _ in range(count):
        left: list[tuple[int, ...] | None] = []
        for _ in range(source.randint(0, 5)):
            draw = source.random()
            if draw < closing:
                left.append(())
            elif draw < 0.35:
                left.append(None)
            else:
                left.append(tuple(source.choices(range(count), k=source.choice([1, 1, 1, 2, 2, 3]))))
        rules.append(tuple(left))
        logprobs.append(tuple(sorted((-source.choice([0.1, 1.0, 3.0, math.inf]) for _ in left), reverse=True)))
    names = [f"{g}:{i}" for g, tactics in enumerate(rules) for i in range(len(tactics))]
    unsound = frozenset(name for name in names if source.random() < 0.08)
    return Problem(tuple(rules), tuple(logprobs), unsound)


def drive(problem: Problem, search: SearchModel, seed: int, at_a_time: int) -> tuple[ProofGraph, Proof | None]:
    """The agent's rule, without budget: a few tactics each time a goal is chosen, explored when they are all said."""
    graph = ProofGraph(Goal.single("0"))
    search.reset(graph, seed)
    for _ in range(2 * problem.tactics + 4 * len(problem.rules) + 10):
        chosen = search.get_goal()
        assert len(set(chosen)) == len(chosen)
        assert bool(chosen) == (graph.root.status is Status.OPEN), "something is left exactly while the theorem is open"
        if not chosen:
            return graph, None
        edges = []
        for n in chosen:
            node = graph.nodes[n]
            assert node.status is Status.OPEN or edges
            assert not node.explored
            suggestions = problem.suggestions(node.goal)[node.visits :]
            for suggestion in suggestions[:at_a_time]:
                if node.status is Status.OPEN:
                    edges.append(graph.add(n, suggestion.tactic, problem.apply(suggestion.tactic), suggestion.logprob))
            if node.visits == len(problem.logprobs[int(node.goal.parts[0].conclusion)]):
                graph.mark_explored(n)
            while (proof := graph.proof()) is not None:
                guilty = problem.guilty(proof)
                if guilty is None:
                    return graph, proof
                graph.invalidate(proof.steps[guilty].edge, "refused")
        search.process_response(edges)
    raise AssertionError("the search offers goals and goals and never ends")


def replay(graph: ProofGraph, trace: SearchTrace) -> None:
    """Hold a trace to what a viewer relies on: it tells in order what was offered before each tactic."""
    assert not trace.is_cut
    places = [(event.index, event.edges) for event in trace.events]
    assert places == sorted(places)
    offered = {}
    for event in trace.events:
        assert 0 <= event.node < len(graph.nodes)
        if event.edge is not None:
            assert graph.edges[event.edge].node == event.node
            assert event.edge < event.edges, "an edge is followed after it was made"
        if event.kind == "select":
            offered.setdefault(event.node, event.edges)
    assert {edge.node for edge in graph.edges} <= offered.keys()
    for edge in graph.edges:
        assert offered[edge.node] <= edge.id, "a goal is offered before a tactic is applied to it"


@pytest.mark.parametrize("name", SEARCHES)
def test_a_proof_is_found_if_there_is_one_and_the_end_is_seen_if_there_is_none(name):
    provable = 0
    for seed in range(600):
        problem, search = random_problem(seed), SEARCHES[name]()
        graph, proof = drive(problem, search, seed, at_a_time=1 + seed % 3)
        assert (proof is not None) == problem.is_provable, f"problem {seed}"
        assert len({(edge.node, edge.tactic) for edge in graph.edges}) == len(graph.edges), "nothing is tried twice"
        provable += problem.is_provable
        replay(graph, search.search_trace)
    assert 100 < provable < 500, "the problems are neither all provable nor all impossible"


@pytest.mark.parametrize("name", SEARCHES)
def test_the_same_seed_makes_the_same_choices(name):
    for seed in range(40):
        problem = random_problem(seed)
        traces = []
        for _ in range(2):
            search = SEARCHES[name]()
            drive(problem, search, seed, at_a_time=2)
            traces.append(search.search_trace.events)
        assert traces[0] == traces[1]


class ProblemProver:
    """A random problem as a prover, whose check replays a proof from the rules."""

    name = "problem"
    nondeterministic = False
    versions: Mapping[str, str] = {"problem": "1"}  # the protocol's own type

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.root = Goal.single("0")
        self.applied = 0

    def parse(self, statement: str) -> Theorem:
        return Theorem("user", statement, self.name)

    def premises(self, theorem: Theorem) -> Premises:
        return Premises.none()

    def start(self, theorem: Theorem) -> ProblemProver:
        return self

    def apply(
        self,
        goal: Goal,
        tactics: Sequence[str],
        timeout_s: float,
        *,
        prover_s: float | None = None,
        wall_s: float | None = None,
    ) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for tactic in tactics:
            outcomes.append(self.problem.apply(tactic))
            self.applied += 1
            if isinstance(outcomes[-1], Subgoals) and outcomes[-1].closed:
                break
        return outcomes

    def pretty(self, goal: Goal) -> str:
        return goal.text

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        guilty = self.problem.guilty(proof)
        return Verdict.accept() if guilty is None else Verdict.refuse("unsound", step=guilty)

    def close(self) -> None:
        pass


class ProblemPolicy:
    """Suggests a problem's tactics."""

    versions: Mapping[str, str] = {"name": "problem"}  # the protocol's own type

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def reset(self, seed: int) -> None:
        pass

    def get_tactics(self, goals: Sequence[Goal], premises: Sequence[Premises], k: int) -> list[list[Suggestion]]:
        return [self.problem.suggestions(goal)[:k] for goal in goals]


THEOREM = Theorem("zero", "0", "problem", "problems", "train")


@pytest.mark.parametrize("name", SEARCHES)
def test_agent_and_environment_keep_the_budget_and_count_only_checked_proofs(name):
    for seed in range(60):
        problem = random_problem(seed)
        for limit in (5, problem.tactics or 1):
            prover = ProblemProver(problem)
            env = ProofEnv(prover, TheoremSet("problems", (THEOREM,)), budget=Budget(max_tactics=limit))
            env.reset(seed=seed, options={"theorem": "zero"})
            attempt = SearchAgent(ProblemPolicy(problem), SEARCHES[name](), 1 + seed % 3).prove(env)
            assert attempt.spent.tactics == prover.applied == len(attempt.steps) <= limit
            assert attempt.proved <= problem.is_provable
            assert attempt.status != "exhausted", "a search gives up only when the theorem has failed"
            if attempt.proved:
                assert attempt.proof is not None
                assert problem.guilty(attempt.proof) is None
            elif limit >= problem.tactics:
                assert not problem.is_provable
                assert attempt.status in ("failed", "budget")

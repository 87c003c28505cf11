"""Targets for the policy and for the goal scorer from a finished HTPS search, as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, get_args

from aitp_gym.proof import Node, Status

from ..proof_metrics import MinimalProofs, ProofMetric, minimal_proofs
from .settings import check_choice, check_number
from .visits import EdgeStatistics, GoalStatistics

if TYPE_CHECKING:
    from .model import HTPS

__all__ = ["CriticTarget", "HTPSTargetSettings", "HTPSTargets", "PolicyTarget", "collect_targets"]

NodeMask = Literal["none", "solving", "proof", "minimal_proof"]
PolicyTargetKind = Literal["tree_policy", "counts"]
CriticTargetKind = Literal["soft", "hard"]


@dataclass(frozen=True, slots=True)
class HTPSTargetSettings:
    """Settings of HTPS's training targets. For the sources see `HTPSSettings`.

    Attributes:
        node_mask: goals that become policy rows: `none` masks nothing, `solving` keeps proved goals, `proof` goals in
            some proof of the theorem, `minimal_proof` goals in a minimal one. Default `minimal_proof`, as in the
            configurations of the paper's experiments.
        metric: what minimal means: `depth` (default of the authors' code), `length` or `time`.
        count_threshold: trajectories through a goal that is not proved for it to become a row. Default 50 (authors'
            code, between 10 and 500 in its experiments).
        threshold_for_solved: whether proved goals need as many too. Default false (authors' code).
        minimal_tactics: whether a proved goal teaches only the tactics that begin its minimal proofs, and not all
            that prove it. Always so with the mask `minimal_proof`. Default false (authors' code).
        policy: target of goals not proved: `tree_policy` (authors' code) or `counts`, N over the sum of N (AlphaZero).
            Proved goals have the uniform distribution over the tactics they teach (authors' code).
        min_probability: tactics of goals not proved are left out below it. Default 0.05 (authors' code).
        critic: `soft` (paper): the mean value of the edge that the tree policy prefers, or the goal scorer's own
            probability if that was not followed yet; 1 for proved goals and 0 for failed ones. `hard`: 1 or 0 for
            proved or not.
    """

    node_mask: NodeMask = "minimal_proof"
    metric: ProofMetric = "depth"
    count_threshold: int = 50
    threshold_for_solved: bool = False
    minimal_tactics: bool = False
    policy: PolicyTargetKind = "tree_policy"
    min_probability: float = 0.05
    critic: CriticTargetKind = "soft"

    def __post_init__(self) -> None:
        check_choice("node_mask", self.node_mask, get_args(NodeMask))
        check_choice("metric", self.metric, get_args(ProofMetric))
        check_choice("policy", self.policy, get_args(PolicyTargetKind))
        check_choice("critic", self.critic, get_args(CriticTargetKind))
        check_number("count_threshold", self.count_threshold, least=0)
        check_number("min_probability", self.min_probability, least=0.0, most=1.0)

    def as_versions(self) -> dict[str, str]:
        """The settings by name, as text."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class PolicyTarget:
    """A row for a policy.

    Attributes:
        node: id of the goal; `goal`: its text.
        edges: ids of the K edges to learn; `tactics`: their texts.
        probabilities: K targets, each above 0, summing to at most 1: to 1 for a proved goal, to less where unlikely
            tactics were left out.
        visits: trajectories through the goal.
        solved: whether the goal is proved.
        in_proof, in_minimal_proof: whether some proof, and some minimal proof, of the theorem uses the goal.
    """

    node: int
    goal: str
    edges: tuple[int, ...]
    tactics: tuple[str, ...]
    probabilities: tuple[float, ...]
    visits: int
    solved: bool
    in_proof: bool
    in_minimal_proof: bool


@dataclass(frozen=True, slots=True)
class CriticTarget:
    """A row for a goal scorer.

    Attributes:
        node: id of the goal; `goal`: its text.
        value: target probability that it is provable.
        critic: the probability that the goal scorer gave it.
        visits: trajectories through the goal.
        solved: whether it is proved; `failed`: whether nothing the policy offers can prove it.
    """

    node: int
    goal: str
    value: float
    critic: float
    visits: int
    solved: bool
    failed: bool


@dataclass(frozen=True, slots=True)
class HTPSTargets:
    """All rows of one attempt, in the order of the nodes."""

    policy: tuple[PolicyTarget, ...]
    critic: tuple[CriticTarget, ...]


def collect_targets(search: HTPS, settings: HTPSTargetSettings) -> HTPSTargets:
    """The rows of a search as it stands, in time linear in the graph up to the logarithm of a heap."""
    proofs = minimal_proofs(search.graph, settings.metric)
    policy: list[PolicyTarget] = []
    critic: list[CriticTarget] = []
    for node in search.graph.nodes:
        statistics = search.statistics.get(node.id)
        if statistics is None:
            if not node.edges:
                continue  # nothing was tried: neither the policy nor a critic learns from it
            statistics = GoalStatistics()
        statistics.take_in(search.graph, node)
        solved, visits = node.status is Status.PROVED, statistics.visits()
        if visits < settings.count_threshold and (settings.threshold_for_solved or not solved):
            continue
        critic.append(_critic_target(search, settings, node, statistics))
        if _is_masked(settings.node_mask, node.id, proofs):
            continue
        targets = _solving(settings, node.id, search, proofs) if solved else _likely(settings, search, statistics)
        if targets:
            edges = tuple(targets)
            policy.append(
                PolicyTarget(
                    node.id,
                    node.goal.text,
                    edges,
                    tuple(search.graph.edges[e].tactic for e in edges),
                    tuple(targets.values()),
                    visits,
                    solved,
                    node.id in proofs.in_proof,
                    node.id in proofs.in_minimal_proof,
                )
            )
    return HTPSTargets(tuple(policy), tuple(critic))


def _is_masked(mask: NodeMask, n: int, proofs: MinimalProofs) -> bool:
    match mask:
        case "none":
            return False
        case "solving":
            return n not in proofs.size
        case "proof":
            return n not in proofs.in_proof
        case "minimal_proof":
            return n not in proofs.in_minimal_proof


def _solving(settings: HTPSTargetSettings, n: int, search: HTPS, proofs: MinimalProofs) -> dict[int, float]:
    """Uniform over the tactics that prove a goal, or over those of its minimal proofs; by edge."""
    graph = search.graph
    if settings.minimal_tactics or settings.node_mask == "minimal_proof":
        edges: tuple[int, ...] = proofs.edges[n]
    else:
        edges = tuple(e for e in graph.nodes[n].edges if graph.edges[e].status is Status.PROVED)
    return {e: 1.0 / len(edges) for e in edges}


def _open_ways(search: HTPS, statistics: GoalStatistics) -> list[EdgeStatistics]:
    edges = search.graph.edges
    return [way for way in statistics.edges.values() if edges[way.edge].status is not Status.FAILED]


def _likely(settings: HTPSTargetSettings, search: HTPS, statistics: GoalStatistics) -> dict[int, float]:
    """What the search found out about the tactics of a goal that is not proved; by edge."""
    ways = _open_ways(search, statistics)
    if not ways:
        return {}
    shares = [float(way.count) for way in ways] if settings.policy == "counts" else search.tree_policy(ways)
    total = sum(shares)
    if total <= 0.0:
        return {}
    return {
        way.edge: share / total
        for way, share in zip(ways, shares, strict=True)
        if share > 0.0 and share / total >= settings.min_probability
    }


def _critic_target(search: HTPS, settings: HTPSTargetSettings, node: Node, statistics: GoalStatistics) -> CriticTarget:
    solved, failed = node.status is Status.PROVED, node.status is Status.FAILED
    critic = search.probability(node.id)
    value = float(solved)
    if settings.critic == "soft" and not solved and not failed:
        ways = _open_ways(search, statistics)
        scores = search.tree_policy(ways) if ways else []
        best = ways[scores.index(max(scores))] if ways else statistics.more
        value = min(1.0, best.total / best.count) if best.count else critic
    return CriticTarget(node.id, node.goal.text, value, critic, statistics.visits(), solved, failed)

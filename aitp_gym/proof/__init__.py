"""Concepts of proving, the same for every prover: goals, theorems, outcomes, budgets, the proof graph, attempts."""

from .attempt import Attempt, AttemptStatus, Step
from .budget import Budget, Spent
from .distance import DISTANCE_CAP
from .goal import Goal, Sequent
from .graph import ProofGraph
from .nodes import Edge, Node, Status
from .outcome import FAILURE_KINDS, Failure, FailureKind, Outcome, Subgoals
from .proof import Proof, ProofStep
from .search_event import DrawnFringe, SearchEvent, SearchEventKind
from .theorem import Library, Premise, Premises, Theorem
from .verdict import Verdict

__all__ = [
    "DISTANCE_CAP",
    "FAILURE_KINDS",
    "Attempt",
    "AttemptStatus",
    "Budget",
    "DrawnFringe",
    "Edge",
    "Failure",
    "FailureKind",
    "Goal",
    "Library",
    "Node",
    "Outcome",
    "Premise",
    "Premises",
    "Proof",
    "ProofGraph",
    "ProofStep",
    "SearchEvent",
    "SearchEventKind",
    "Sequent",
    "Spent",
    "Status",
    "Step",
    "Subgoals",
    "Theorem",
    "Verdict",
]

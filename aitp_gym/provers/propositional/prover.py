"""Intuitionistic propositional logic behind the protocols of a prover, in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from time import perf_counter

from ...errors import BadInput, StatementError
from ...proof import Failure, Goal, Outcome, Premises, Proof, ProofStep, Sequent, Subgoals, Theorem, Verdict
from ...text import refuse_unsendable, unsendable_step
from ..pasted import pasted_hint
from ..whole_proofs import WholeProofs, script_tactics
from .checker import IllTyped, check_definition, check_root
from .elaborate import NotAProof, TermElaboration
from .formula import parse_formula
from .tactics import Judgement, Rejection, run_tactic

__all__ = ["VERSION", "PropositionalProver", "PropositionalSession"]

VERSION = "1"
"""Of the tactic language: a change that could alter an outcome or a goal's text raises it."""


def _goal(judgement: Judgement) -> Goal:
    hypotheses, conclusion = judgement
    sequent = Sequent(tuple([formula.text for formula in hypotheses]), conclusion.text)
    return Goal((sequent,), str(sequent), judgement)


class PropositionalSession:
    """One attempt. A goal's `ref` is its parsed judgement, so that no text is read twice.

    Attributes:
        root: the goal of the statement.
    """

    def __init__(self, statement: str) -> None:
        self.root = _goal(Judgement((), parse_formula(statement)))

    def apply(
        self,
        goal: Goal,
        tactics: Sequence[str],
        timeout_s: float,
        *,
        prover_s: float | None = None,
        wall_s: float | None = None,
    ) -> list[Outcome]:
        """Apply each tactic to the goal; the batch ends early as `ProverSession.apply` says.

        A tactic takes microseconds, whatever the goal, so that `timeout_s` never comes into play. It works without
        waiting for anything, so that its wall time is given as its CPU time as well.

        Raises:
            BadInput: the goal does not come from a session of this prover.
        """
        judgement = goal.ref
        if not isinstance(judgement, Judgement):
            raise BadInput(
                "Expected a goal from a session of the propositional prover, whose `ref` is the parsed judgement; got "
                f"one whose `ref` is {judgement!r}. Take goals from `session.root` and from earlier outcomes."
            )
        limit_s = min((limit for limit in (prover_s, wall_s) if limit is not None), default=None)
        outcomes: list[Outcome] = []
        started = before = perf_counter()
        for tactic in tactics:
            result = run_tactic(judgement, tactic)
            if isinstance(result, Rejection):
                now = perf_counter()
                elapsed_s = now - before
                outcomes.append(Failure(result.kind, result.message, elapsed_s, elapsed_s))
            else:
                goals = tuple([_goal(left) for left in result])
                now = perf_counter()
                elapsed_s = now - before
                outcomes.append(Subgoals(goals, elapsed_s, elapsed_s))
                if not goals:
                    break
            before = now
            if limit_s is not None and now - started >= limit_s:
                break
        return outcomes

    def pretty(self, goal: Goal) -> str:
        """The goal with the names that tactics use for its hypotheses."""
        sequent = goal.parts[0]
        named = [f"h{position} : {hypothesis}" for position, hypothesis in enumerate(sequent.hypotheses)]
        return "\n".join((*named, f"⊢ {sequent.conclusion}"))

    def close(self) -> None:
        """Nothing to release."""


class PropositionalProver(WholeProofs):
    """Intuitionistic propositional logic: no library, no process, no time limits that matter.

    Attributes:
        name: `propositional`.
        nondeterministic: `False`: the same tactics have the same outcomes everywhere.
        versions: of the tactic language and its checker.
    """

    name = "propositional"
    nondeterministic = False
    in_process = True

    def __init__(self) -> None:
        self.versions: Mapping[str, str] = {"propositional": VERSION}

    def parse(self, statement: str) -> Theorem:
        """Read a formula, in Unicode or ASCII; the theorem's statement is its canonical text.

        Raises:
            StatementError: it is not a formula, or too large a one.
        """
        refuse_unsendable(statement, "Propositional")
        try:
            text = parse_formula(statement).text
        except StatementError as error:
            raise StatementError(f"{error}{pasted_hint(statement, _SPELLINGS, 'Propositional')}") from error
        return Theorem(f"user-{hashlib.sha256(text.encode()).hexdigest()[:12]}", text, self.name)

    def premises(self, theorem: Theorem) -> Premises:
        """None: this logic has no library."""
        return _NO_PREMISES

    def start(self, theorem: Theorem) -> PropositionalSession:
        """Open a session on the theorem.

        Raises:
            StatementError: the statement is not a formula.
        """
        return PropositionalSession(theorem.statement)

    def read_proof(self, theorem: Theorem, text: str) -> Proof:
        """A script: tactics on lines of their own, or joined by `;`, in the order in which goals are left."""
        tactics = script_tactics(text, then=(";",), branches="", between="", quotes="")
        steps: list[ProofStep] = []
        # Goals that are left, the next on top, each with the step that left it.
        open_goals: list[tuple[int, Judgement]] = [(-1, Judgement((), parse_formula(theorem.statement)))]
        children: list[list[int]] = []
        for tactic in tactics:
            if not open_goals:
                raise BadInput(f"the proof goes on after its end, with `{tactic}`")
            parent, judgement = open_goals.pop()
            left = run_tactic(judgement, tactic)
            if isinstance(left, Rejection):
                raise BadInput(f"tactic {len(steps) + 1}, `{tactic}`: {left.message}")
            if parent >= 0:
                children[parent].append(len(steps))
            open_goals += [(len(steps), goal) for goal in reversed(left)]
            steps.append(ProofStep(tactic, "", ()))
            children.append([])
        if open_goals:
            raise BadInput(f"the proof ends with goals left: {len(open_goals)}")
        return Proof(tuple(ProofStep(s.tactic, "", tuple(c)) for s, c in zip(steps, children, strict=True)))

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Elaborate the script into proof terms and type-check them against the statement.

        Nothing of the search is used: not the tactics' implementation, not the goals' texts in the proof.

        Args:
            theorem: only its statement counts.
            proof: steps that the root does not need are ignored.
            timeout_s: wall seconds, looked at after each step; the verdict is `unavailable` when they are over.
        """
        started = perf_counter()
        if (found := unsendable_step(step.tactic for step in proof.steps)) is not None:
            return Verdict.refuse(found[1], found[0], perf_counter() - started)
        step: int | None = None
        try:
            statement = parse_formula(theorem.statement)
            elaboration = TermElaboration(statement, proof)
            for step in range(len(proof.steps)):
                elaboration.advance(step)
                if perf_counter() - started >= timeout_s:
                    return Verdict.unavailable(
                        f"the check was at step {step} of {len(proof.steps)} after its {timeout_s} s",
                        perf_counter() - started,
                    )
            for step in elaboration.definitions:
                check_definition(elaboration.definitions, step)
            step = None
            check_root(elaboration.definitions, statement)
        except NotAProof as error:
            return Verdict.refuse(str(error), error.step, perf_counter() - started)
        except IllTyped as error:
            return Verdict.refuse(f"the proof term is wrong: {error}", step, perf_counter() - started)
        except StatementError as error:
            return Verdict.refuse(f"the statement cannot be read: {error}", None, perf_counter() - started)
        return Verdict.accept(perf_counter() - started)

    def close(self) -> None:
        """Nothing to release."""


_SPELLINGS = {"==>": "->", "⟹": "->", "⟺": "<->", "!": "~"}
_NO_PREMISES = Premises.none()

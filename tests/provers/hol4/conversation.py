"""The conversation that transcript.jsonl records: what a test drives a `Hol4` through."""

from __future__ import annotations

from aitp_gym.proof import Failure, Proof, ProofStep, Subgoals

STATEMENT = "!l. MAP (\\x. x) l = l"
TACTICS = ["Induct", "simp [list.NOPE]", "NOPE_TAC", "simp [list.MAP", "qexists_tac ‘0’", "decide_tac"]
SCRIPT = Proof((ProofStep("Induct", "", (1, 2)), ProofStep("simp []", "", ()), ProofStep("simp []", "", ())))
SHORT = Proof((ProofStep("Induct", "", (1,)), ProofStep("simp []", "", ())))


def talk(prover) -> dict[str, object]:
    """Drive the prover and say what came out, in terms that do not depend on the machine."""
    theorem = prover.parse(STATEMENT)
    session = prover.start(theorem)
    outcomes = session.apply(session.root, TACTICS, 0.5)
    first = outcomes[0]
    assert isinstance(first, Subgoals)
    closed = [session.apply(goal, ["simp []"], 0.5)[0] for goal in first.goals]
    pretty = session.pretty(first.goals[1])
    session.close()
    return {
        "theorem": (theorem.name, theorem.statement, theorem.pretty),
        "kinds": [outcome.kind if isinstance(outcome, Failure) else "subgoals" for outcome in outcomes],
        "messages": [outcome.message for outcome in outcomes if isinstance(outcome, Failure)],
        "subgoals": [str(goal.parts[0]) for goal in first.goals],
        "closed": [isinstance(outcome, Subgoals) and outcome.closed for outcome in closed],
        "pretty": pretty,
        "verdict": prover.check(theorem, SCRIPT, 10.0).status,
        "refused": prover.check(theorem, SHORT, 10.0).reason,
    }

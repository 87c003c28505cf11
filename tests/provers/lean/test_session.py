"""A conversation with real Lean: the embedded engine, through the stepper and through its language server."""

from __future__ import annotations

import pickle
import re

import gymnasium
import pytest

import aitp_gym  # noqa: F401  (registers the ids)
from aitp_gym.errors import BadInput, StatementError
from aitp_gym.proof import Failure, Goal, Proof, ProofGraph, ProofStep, Subgoals, Theorem
from aitp_gym.provers.base import Prover, ProverSession
from aitp_gym.provers.lean.prover import Lean

AND_SWAP = "theorem t (p q : Prop) (f : Nat → Nat) (h : p ∧ q) : q ∧ p ∧ ∃ x, f x = f x"
LOOP = "repeat (have := h)"


@pytest.fixture(params=["stepper", "server"])
def lean(request, lean_by):
    return lean_by(request.param)


@pytest.fixture
def session(lean):
    opened = lean.start(Theorem("t", AND_SWAP, "lean"))
    yield opened
    opened.close()


def step(session, goal, tactic, timeout_s=5.0):
    (outcome,) = session.apply(goal, [tactic], timeout_s)
    return outcome


def test_it_speaks_the_protocols(lean, session):
    assert isinstance(lean, Prover)
    assert isinstance(session, ProverSession)
    assert lean.versions["lean"] == "4.35.0"
    assert lean.versions["lean_backend"] == "embedded"


def test_an_environment_says_which_lean_it_is(lean):
    with gymnasium.make("aitp/Lean-v0") as env:
        _, info = env.reset(seed=1)
        assert info["versions"]["lean_backend"] == "embedded"
        assert env.unwrapped.attempt().versions["prover.lean_backend"] == "embedded"


def test_the_root_is_the_statement(session):
    (part,) = session.root.parts
    assert part.hypotheses == ("p q : Prop", "f : Nat → Nat", "h : p ∧ q")
    assert part.conclusion == "q ∧ p ∧ ∃ x, f x = f x"


@pytest.mark.parametrize(
    ("tactic", "kind", "words"),
    [
        ("nonsense", "parse", "unknown tactic"),
        ("exact", "parse", "expected term"),
        ("exact h.3", "rejected", "Invalid projection"),
        ("exact h", "rejected", "mismatch"),
        ("have x : p := by", "rejected", "unsolved goals"),
        ("skip", "no_progress", "unchanged"),
        ("sorry", "forbidden", "does not check"),
        ("skip\naxiom bad : False", "forbidden", "begins a command"),
        ("exact (h", "parse", "not closed|expected '\\)'"),
    ],
)
def test_every_kind_of_failure_is_told_apart(session, tactic, kind, words):
    outcome = step(session, session.root, tactic)
    assert isinstance(outcome, Failure)
    assert outcome.kind == kind
    assert re.search(words, outcome.message)


def test_a_batch_is_independent_tactics_in_order(session):
    tactics = ["constructor", "nonsense", "have x := h.1", "skip /-", "refine And.intro ?a ?b", "cases h"]
    together = session.apply(session.root, tactics, 5.0)
    alone = [step(session, session.root, tactic) for tactic in tactics]
    assert [summary(outcome) for outcome in together] == [summary(outcome) for outcome in alone]


def summary(outcome):
    if isinstance(outcome, Subgoals):
        return [(goal.text, goal.key) for goal in outcome.goals]
    return outcome.kind, outcome.message


def test_a_batch_ends_with_what_closes_the_goal(session):
    outcomes = session.apply(session.root, ["constructor", "exact ⟨h.2, h.1, 0, rfl⟩", "cases h"], 5.0)
    assert len(outcomes) == 2
    assert outcomes[1].closed


def test_a_tactic_works_on_the_chosen_goal_alone(session):
    left, right = step(session, session.root, "constructor").goals
    assert left.parts[0].conclusion == "q"
    assert step(session, left, "all_goals exact h.2").closed
    inner = step(session, right, "constructor")
    assert [goal.parts[0].conclusion for goal in inner.goals] == ["p", "∃ x, f x = f x"]
    assert step(session, inner.goals[1], "exact ⟨0, rfl⟩").closed
    # What closes the first of several goals does not close a later one.
    assert isinstance(step(session, right, "exact h.2"), Failure)


def test_goals_that_share_metavariables_are_one_node(session):
    outcome = step(session, session.root, "refine ⟨?_, ?_, ?w, ?_⟩")
    assert [len(goal.parts) for goal in outcome.goals] == [1, 1, 2]
    joint = outcome.goals[2]
    assert joint.key is None
    assert [part.conclusion for part in joint.parts] == ["Nat", "f ?w = f ?w"]
    # Deciding one decides the other.
    (left,) = step(session, joint, "exact 7").goals
    assert left.parts[0].conclusion == "f 7 = f 7"
    assert step(session, left, "rfl").closed


def test_equal_goals_are_one_node_and_alike_ones_are_not(session):
    one = step(session, session.root, "constructor").goals[0]
    other = step(session, session.root, "refine And.intro ?a ?b").goals[0]
    assert one.key == other.key
    graph = ProofGraph(session.root)
    edge = graph.add(0, "constructor", Subgoals((one,)))
    assert graph.add(0, "refine And.intro ?a ?b", Subgoals((other,))).children == edge.children


def test_numerals_tell_goals_apart(lean):
    session = lean.start(Theorem("t", "theorem t (f : Nat → Nat → Prop) : f 0 0 ∧ f 0 1", "lean"))
    first, second = step(session, session.root, "constructor").goals
    assert None not in (first.key, second.key)
    assert first.key != second.key
    session.close()


def test_several_lines_are_one_tactic(lean):
    session = lean.start(Theorem("t", "theorem t (p q : Prop) (h : p ∨ q) : q ∨ p", "lean"))
    assert step(session, session.root, "cases h with\n| inl a => exact Or.inr a\n| inr b =>\n  exact Or.inl b").closed
    session.close()


def test_a_remark_at_the_end_hides_nothing(session):
    assert len(step(session, session.root, "constructor -- )").goals) == 2


def test_candidates_do_not_see_what_others_declare(lean):
    # With a copy of itself among the rules of the simplifier it would be proved.
    session = lean.start(Theorem("bogus", "@[simp] theorem bogus (f : Nat → Nat) : f 0 = f 1", "lean"))
    alone = step(session, session.root, "simp")
    together = session.apply(session.root, ["simp", "simp", "have x := 1; simp"], 5.0)
    assert isinstance(alone, Failure)
    assert [summary(outcome) for outcome in together[:2]] == [summary(alone)] * 2
    session.close()


def test_a_proof_that_the_check_refuses_ends_its_own_edge_only(lean):
    with gymnasium.make("aitp/Lean-v0", interaction=lean.versions["lean_interaction"]) as env:
        env.reset(options={"theorem": "theorem t (h : 1 = 1) : 1 = 2 ∧ True"})
        cheat = "exact ⟨by set_option debug.skipKernelTC true in decide +kernel, trivial⟩"
        edges = env.unwrapped.expand(0, ["nonsense", cheat, "constructor", cheat + " -- again", "cases h"])
        assert [edge.refused for edge in edges] == [False, True, False, True, False]
        assert [len(edges[i].children or ()) for i in (2, 4)] == [2, 1]
        assert not env.unwrapped.done


def test_a_looping_tactic_ends_at_its_limit(session):
    outcome = step(session, session.root, LOOP, timeout_s=0.3)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "timeout"
    assert 0.3 <= outcome.cpu_s < 1.5
    assert step(session, session.root, "constructor").goals


def test_a_looping_tactic_costs_its_neighbours_nothing(session):
    outcomes = session.apply(session.root, ["constructor", LOOP, "cases h", "nonsense"], 0.3)
    assert [outcome.kind if isinstance(outcome, Failure) else "subgoals" for outcome in outcomes] == [
        "subgoals",
        "timeout",
        "subgoals",
        "parse",
    ]
    assert max(outcomes[i].cpu_s for i in (0, 2, 3)) < 0.2 < outcomes[1].cpu_s


def test_what_is_left_of_a_budget_ends_a_batch(session):
    tactics = ["constructor"] * 100
    outcomes = session.apply(session.root, tactics, 5.0, prover_s=1e-3)
    assert 1 <= len(outcomes) < 100


def test_a_path_of_many_steps_is_walked_again(lean):
    names = [f"h{i}" for i in range(12)]
    statement = "theorem t (p : Nat → Prop) : " + " → ".join(f"p {i}" for i in range(12)) + " → p 3"
    session = lean.start(Theorem("t", statement, "lean"))
    goal = session.root
    for name in [*names]:
        (goal,) = step(session, goal, f"intro {name}").goals
    assert step(session, goal, "assumption").closed
    session.close()


def test_the_goal_of_another_session_is_found_too(lean, session):
    other = lean.start(Theorem("t", AND_SWAP, "lean"))
    left = step(other, other.root, "constructor").goals[0]
    assert step(session, left, "exact h.2").closed
    other.close()


def test_a_goal_without_the_way_to_it_is_refused(session):
    with pytest.raises(BadInput, match="the way to it"):
        session.apply(Goal.single("q"), ["skip"], 1.0)


def test_a_closed_session_says_so(lean):
    session = lean.start(Theorem("t", AND_SWAP, "lean"))
    session.close()
    session.close()
    with pytest.raises(BadInput, match="closed"):
        session.apply(session.root, ["constructor"], 1.0)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("∀ x : Nat, y = x", "y"),
        ("theorem t : 0 = ", "cannot read the statement"),
        ("theorem t : Nat", "cannot read the statement"),
        ("open Nonsense\ntheorem t : True", "line 1, before the theorem"),
        ("theorem t : True := trivial", "sorry"),
    ],
)
def test_a_bad_statement_is_explained(lean, statement, words):
    with pytest.raises(StatementError, match=words):
        lean.parse(statement)


@pytest.mark.parametrize("separator", ["\x0c", "\u2028", "\u2029", "\x85", "\x1c"])
def test_what_only_python_takes_for_a_line_end_moves_nothing(lean, separator):
    """The prints of the goals, errors and their lines are found where they are."""
    theorem = lean.parse(f"/- a{separator}b -/\n-- c{separator}d\ndef two : Nat := 2\ntheorem t : two = 2 ∧ True")
    session = lean.start(theorem)
    assert len(step(session, session.root, "constructor").goals) == 2
    session.close()
    steps = (ProofStep("constructor", "", (1, 2)), ProofStep("exact rfl", "", ()), ProofStep("exact rfl", "", ()))
    assert lean.check(theorem, Proof(steps), 30.0).step == 2
    with pytest.raises(StatementError, match="line 2, before"):
        lean.parse(f"-- a{separator}b\nopen Nonsense\ntheorem t : True")


def test_a_statement_with_a_preamble_means_what_it_means_there(lean):
    theorem = lean.parse("def two : Nat := 2\n\ntheorem t : two = 2 := by sorry")
    assert theorem.name == "t"
    assert theorem.statement.startswith("def two")
    bare = Theorem(theorem.name, theorem.statement, "lean")
    session = lean.start(bare)
    assert step(session, session.root, "rfl").closed
    session.close()
    assert lean.check(bare, Proof((ProofStep("rfl", "", ()),)), 30.0).accepted


def test_a_refused_proof_names_the_guilty_step(lean):
    theorem = Theorem("t", AND_SWAP, "lean")
    steps = (
        ProofStep("constructor", "⊢ x", (1, 2)),
        ProofStep("exact h.2", "⊢ q", ()),
        ProofStep("exact h.1", "⊢ p ∧ ∃ x, f x = f x", ()),
    )
    verdict = lean.check(theorem, Proof(steps), 30.0)
    assert verdict.status == "refused"
    assert verdict.step == 2
    assert "mismatch" in verdict.reason


def test_a_joint_goal_is_proved_and_checked(lean):
    theorem = Theorem("t", AND_SWAP, "lean")
    steps = (
        ProofStep("refine ⟨?_, ?_, ?w, ?_⟩", "⊢ x", (1, 2, 3)),
        ProofStep("exact h.2", "⊢ q", ()),
        ProofStep("exact h.1", "⊢ p", ()),
        ProofStep("exact 0; rfl", "⊢ Nat\n\n⊢ f ?w = f ?w", ()),
    )
    assert lean.check(theorem, Proof(steps), 30.0).accepted


def test_a_prover_pickles_by_its_settings(lean):
    twin = pickle.loads(pickle.dumps(lean))
    assert twin.versions == lean.versions
    twin.close()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"backend": "dojo"}, "one of server, embedded"),
        ({"backend": "server"}, "give its folder"),
        ({"backend": "embedded", "project": "."}, "takes no `project`"),
        ({"backend": "embedded", "memory_mb": 1}, "at least 256"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, words):
    with pytest.raises(BadInput, match=words):
        Lean(**settings)


def test_another_provers_theorem_is_refused(lean):
    with pytest.raises(BadInput, match="for 'hol4'"):
        lean.start(Theorem("t", "T", "hol4"))


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        # One goal differs from the other beyond the depth at which Lean's usual print breaks off.
        (f"∀ n : Nat, {'Nat.succ (' * 80}n{')' * 80} = n ∧ {'Nat.succ (' * 80}Nat.succ n{')' * 80} = n", "n"),
        # They differ in a proof, which the usual print leaves out.
        (
            "∀ (p : Nat → Prop) (f : ∀ n, p n → Nat) (h : p 0) (g : p 0 → p 0), f 0 (g h) = 1 ∧ f 0 (g (g h)) = 1",
            "p f h g",
        ),
    ],
)
def test_two_subgoals_that_differ_have_different_texts_at_any_depth(lean, statement, names):
    session = lean.start(lean.parse(statement))
    (left,) = session.apply(session.root, [f"intro {names}"], 10.0)
    (outcome,) = session.apply(left.goals[0], ["constructor"], 10.0)
    session.close()
    first, second = outcome.goals
    assert first.text != second.text
    assert first.key != second.key
    assert "⋯" not in first.text + second.text

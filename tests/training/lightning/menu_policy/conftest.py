import random

import pytest

from aitp_gym.agents.policies.menu_base import nearest_names
from aitp_gym.menus import Menu
from aitp_gym.proof import Attempt, Budget, Library, Premise, Premises, Spent, Step, Theorem

pytest.importorskip("torch", reason="training needs torch: pip install 'aitp-gym[lightning]'")
pytest.importorskip("lightning", reason="training needs lightning: pip install 'aitp-gym[lightning]'")

# Which tactic proves a goal follows from its outermost connective, and from nothing else.
RIGHT = {"∧": "split", "→": "intro", "∨": "left"}


def propositional_attempts(count: int, seed: int, *, tries: int = 8) -> list[Attempt]:
    rng = random.Random(seed)
    tactics = [slot.template.replace("{index}", str(slot.number)) for slot in Menu.load("propositional").slots]
    attempts = []
    for i in range(count):
        connective = rng.choice(list(RIGHT))
        statement = f"{rng.choice('pqrs')}{i % 7} {connective} {rng.choice('pqrs')}"
        theorem = Theorem(f"t{i}", statement, "propositional", split="train")
        steps = []
        for tactic in rng.sample(tactics, tries):
            works = tactic == RIGHT[connective]
            outcome = "subgoals" if works else "rejected"
            steps.append(Step(len(steps), 0, f"⊢ {statement}", tactic, -3.0, outcome, "", (), 0.0, 0.0, works, 0))
            if works:
                break
        status = "proved" if steps[-1].on_proof else "budget"
        attempts.append(Attempt(theorem, status, tuple(steps), Budget(max_tactics=tries), Spent(1, len(steps))))
    return attempts


def no_premises(theorem: Theorem) -> Premises:
    return Premises.none()


@pytest.fixture
def library() -> Library:
    def statement(i: int) -> str:
        return f"(a (c (fun (bool) (bool)) F{i % 5}) (a (c (fun (num) (bool)) G{i % 7}) (c (num) H{i % 3})))"

    return Library("made", "made-1", tuple(Premise(f"T{i}", statement(i), i) for i in range(40)))


@pytest.fixture
def library_attempts(library) -> list[Attempt]:
    """Attempts with tactics that name premises: `MATCH_ACCEPT_TAC` of the nearest works, all else does not."""
    rng = random.Random(5)
    menu = Menu.load("hollight-full")
    attempts = []
    for position in range(10, 40):
        statement = library.entries[position].statement
        goal = f"⊢ {statement}"
        ranked = nearest_names(goal, Premises(library, range(position)), menu.max_premises)
        steps = []
        for candidate in rng.sample(menu.candidates(ranked), 12):
            works = candidate.tactic == f"MATCH_ACCEPT_TAC THM {ranked[0]}"
            kind = "subgoals" if works or candidate.tactic == "GEN_TAC" else "rejected"
            steps.append(Step(len(steps), 0, goal, candidate.tactic, -4.0, kind, "", (), 0.0, 0.0, works, 0))
        status = "proved" if any(step.on_proof for step in steps) else "budget"
        theorem = Theorem(f"T{position}", statement, "hollight", split="train", position=position)
        attempts.append(Attempt(theorem, status, tuple(steps), Budget(max_tactics=12), Spent(1, 12)))
    return attempts


@pytest.fixture
def premises_of(library):
    return lambda theorem: Premises(library, range(theorem.position))

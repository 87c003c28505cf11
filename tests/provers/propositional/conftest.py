"""Two independent judges of provability: exhaustive search with the tactics, and finite Kripke models."""

from collections import deque
from itertools import combinations, product

import pytest
from hypothesis import strategies as st

from aitp_gym.proof import ProofGraph, Status
from aitp_gym.provers.propositional.decision import atoms
from aitp_gym.provers.propositional.formula import FALSE, And, Atom, Implies, Or
from aitp_gym.provers.propositional.prover import PropositionalProver

PLAIN = ["assumption", "intro", "split", "left", "right", "exfalso"]
ON_HYPOTHESIS = ["apply", "cases", "specialize"]


@pytest.fixture(scope="session")
def prover():
    return PropositionalProver()


@pytest.fixture(scope="session")
def formulas():
    """Strategy of formulas with at most six connectives and three variables."""
    leaves = st.sampled_from([Atom("p"), Atom("q"), Atom("r"), FALSE])
    return st.recursive(
        leaves,
        lambda parts: st.builds(lambda make, a, b: make(a, b), st.sampled_from([Implies, And, Or]), parts, parts),
        max_leaves=7,
    )


def search_everything(prover, theorem):
    """The shortest proof by the tactics without `cut`, or None when all that can be reached has been tried."""
    session = prover.start(theorem)
    graph = ProofGraph(session.root)
    queue = deque([0])
    while queue and graph.nodes[0].status is Status.OPEN:
        node = queue.popleft()
        goal = graph.nodes[node].goal
        names = [f"{t} h{i}" for t in ON_HYPOTHESIS for i in range(len(goal.parts[0].hypotheses))]
        known = len(graph.nodes)
        for tactic in [*PLAIN, *names]:
            graph.add(node, tactic, session.apply(goal, [tactic], 1.0)[0])
        queue.extend(range(known, len(graph.nodes)))
    return graph.proof()


@pytest.fixture(scope="session")
def exhaustive_proof(prover):
    return lambda formula: search_everything(prover, prover.parse(formula.text))


def orders(worlds):
    """Every reflexive transitive order of the worlds 0, 1, … in which 0 is below all and none is below a smaller one.

    An order is given as the bit set of the worlds above each world.
    """
    pairs = list(combinations(range(1, worlds), 2))
    for chosen in product([False, True], repeat=len(pairs)):
        above = {pair for pair, taken in zip(pairs, chosen, strict=True) if taken}
        if all((a, d) in above for a, b in above for c, d in above if b == c):
            up = [1 << w for w in range(worlds)]
            up[0] = (1 << worlds) - 1
            for low, high in above:
                up[low] |= 1 << high
            yield up


def forced(formula, up, valuation):
    """The worlds, as a bit set, that force the formula."""
    match formula:
        case Atom(name=name):
            return valuation[name]
        case And(left=left, right=right):
            return forced(left, up, valuation) & forced(right, up, valuation)
        case Or(left=left, right=right):
            return forced(left, up, valuation) | forced(right, up, valuation)
        case Implies(left=left, right=right):
            against = forced(left, up, valuation) & ~forced(right, up, valuation)
            return sum(1 << world for world, above in enumerate(up) if not above & against)
    return 0


def find_countermodel(formula, max_worlds=5):
    """An order and a valuation whose root does not force the formula, or None if there is none that small."""
    names = atoms(formula)
    for worlds in range(1, max_worlds + 1):
        for up in orders(worlds):
            upsets = [s for s in range(1 << worlds) if all(not s >> w & 1 or up[w] & ~s == 0 for w in range(worlds))]
            for chosen in product(upsets, repeat=len(names)):
                valuation = dict(zip(names, chosen, strict=True))
                if not forced(formula, up, valuation) & 1:
                    return up, valuation
    return None


@pytest.fixture(scope="session")
def countermodel():
    return find_countermodel

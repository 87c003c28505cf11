from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.envs.live_goals import LiveGoals
from aitp_gym.proof import Failure, Goal, ProofGraph, Status, Subgoals

WORDS = "abcdef"


def live_by_definition(graph: ProofGraph) -> set[int]:
    """Open goals that chains of open applications lead to from the root, those declared explored left out."""
    found: set[int] = set()
    pending = [0]
    while pending:
        node = pending.pop()
        if node not in found and graph.nodes[node].status is Status.OPEN:
            found.add(node)
            for edge in graph.nodes[node].edges:
                if graph.edges[edge].status is Status.OPEN:
                    pending.extend(graph.edges[edge].children)
    return {node for node in found if not graph.nodes[node].explored}


DEEDS = st.tuples(
    st.sampled_from(["split"] * 5 + ["close"] * 2 + ["fail", "refuse", "look"]),
    st.integers(0, 40),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
)


@given(st.lists(DEEDS, max_size=40), st.booleans())
def test_the_window_shows_exactly_the_live_goals(history, merge):
    graph = ProofGraph(Goal.single("root"))
    window = LiveGoals(graph)
    for count, (kind, place, words) in enumerate([*history, ("look", 0, [])]):
        node = place % len(graph.nodes)
        if kind == "split":
            graph.add(node, "t", Subgoals(tuple(Goal.single(w if merge else f"{w}{count}") for w in words)))
        elif kind == "close":
            graph.add(node, "t", Subgoals(()))
        elif kind == "fail":
            graph.add(node, "t", Failure("rejected"))
        elif kind == "refuse" and graph.edges:
            graph.invalidate(place % len(graph.edges), "because")
        elif kind == "look":
            ids, total = window.view(1000)
            assert set(ids) == live_by_definition(graph)
            assert total == len(ids) == len(set(ids))


@given(st.lists(DEEDS, max_size=20), st.sets(st.integers(0, 10)))
def test_goals_declared_explored_or_settled_are_not_shown(history, explored):
    graph = ProofGraph(Goal.single("root"))
    window = LiveGoals(graph)
    for kind, place, words in history:
        outcome = Subgoals(tuple(map(Goal.single, words))) if kind == "split" else Failure("rejected")
        graph.add(place % len(graph.nodes), "t", outcome)
    window.view(64)
    for node in explored:
        graph.mark_explored(node % len(graph.nodes))
    for node in window.view(64)[0]:
        assert graph.nodes[node].status is Status.OPEN
        assert not graph.nodes[node].explored


def test_subgoals_of_the_newest_tactic_come_first_in_order():
    graph = ProofGraph(Goal.single("root"))
    window = LiveGoals(graph)
    graph.add(0, "t", Subgoals((Goal.single("a"), Goal.single("b"))))
    assert window.view(64) == ((1, 2, 0), 3)
    graph.add(2, "t", Subgoals((Goal.single("c"),)))
    assert window.view(64) == ((3, 1, 2, 0), 4)
    graph.add(0, "t", Subgoals((Goal.single("b"), Goal.single("d"))))
    assert window.view(64) == ((2, 4, 3, 1, 0), 5)


def test_the_window_is_cut_to_its_limit_and_the_count_is_not():
    graph = ProofGraph(Goal.single("root"))
    window = LiveGoals(graph)
    graph.add(0, "t", Subgoals(tuple(Goal.single(f"g{i}") for i in range(100))))
    ids, total = window.view(3)
    assert ids == (1, 2, 3)
    assert total == 101


def test_goals_that_no_longer_matter_disappear_and_come_back():
    graph = ProofGraph(Goal.single("root"))
    window = LiveGoals(graph)
    graph.add(0, "t", Subgoals((Goal.single("a"),)))
    graph.add(1, "t", Subgoals((Goal.single("b"), Goal.single("c"))))
    assert window.view(64)[0] == (2, 3, 1, 0)
    closing = graph.add(1, "t", Subgoals(()))
    assert graph.nodes[0].status is Status.PROVED
    assert window.view(64) == ((), 0)
    graph.invalidate(closing.id, "refused")
    assert window.view(64)[0] == (2, 3, 1, 0)


def test_an_explored_goal_is_hidden_but_what_is_below_it_is_not():
    graph = ProofGraph(Goal.single("root"))
    window = LiveGoals(graph)
    graph.add(0, "t", Subgoals((Goal.single("a"),)))
    graph.mark_explored(0)
    assert window.view(64) == ((1,), 1)
    graph.add(1, "t", Subgoals((Goal.single("b"),)))
    assert window.view(64)[0] == (2, 1)

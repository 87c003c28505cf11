"""Goals as graphs of numbers."""

import numpy as np
import pytest

from aitp_gym.agents.encoders.goal_graph import NUM_VARIABLES, below, read_graph

from .hol_goals import apply, for_all, ordered, relation, variable


def graph(text, max_nodes=1024, max_tokens=64):
    return read_graph(text, 1000, max_nodes, max_tokens)


def alike(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def chain(length):
    """A goal of about as many nodes."""
    text = variable("x")
    for number in range(length):
        text = apply(f"(c (fun (num) (num)) S{number})", text)
    return relation("=", text, variable("x"))


def test_a_term_in_spine_form_has_a_node_for_each_head():
    found = graph(ordered("m", "n", "m", "n"))
    # Two variables, `<=`, two abstractions, two quantifiers, and the goal.
    assert len(found.labels) == 8
    assert found.heights.tolist() == [0, 0, 1, 2, 3, 4, 5, 6]
    assert found.parents.tolist() == [2, 2, 3, 4, 5, 6, 7]
    assert found.positions.tolist() == [0, 1, 0, 0, 0, 0, 0]
    assert found.written.tolist() == [7, 6, 5, 4, 3, 2, 0, 1]


def test_equal_subterms_are_one_node_and_stand_twice_in_written_order():
    found = graph("⊢ " + relation("=", variable("x"), variable("x")))
    assert len(found.labels) == 3
    assert found.children.tolist()[:2] == [0, 0]
    assert found.written.tolist() == [2, 1, 0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ordered("m", "n", "m", "n"), ordered("x", "y", "x", "y")),
        ("⊢ " + relation("<=", variable("m"), variable("n")), "⊢ " + relation("<=", variable("a"), variable("b"))),
        ("⊢ (c (fun A (bool)) P)", "⊢ (c (fun B (bool)) P)"),
    ],
    ids=["bound", "free", "type variable"],
)
def test_names_of_variables_do_not_matter(one, other):
    assert alike(graph(one), graph(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ordered("m", "n", "m", "n"), ordered("m", "n", "n", "m")),
        (ordered("m", "n", "m", "n"), ordered("m", "n", "m", "m")),
        ("⊢ (c (fun A B) P)", "⊢ (c (fun A A) P)"),
        ("⊢ (c (fun A (bool)) P)", "⊢ (c (fun (num) (bool)) P)"),
    ],
)
def test_what_differs_in_more_than_names_differs(one, other):
    assert not alike(graph(one), graph(other))


def test_hypotheses_leave_the_numbers_of_the_conclusions_variables_alone():
    conclusion = "⊢ " + relation("<=", variable("m"), variable("n"))
    alone, with_hypothesis = graph(conclusion), graph(relation("<", variable("k"), variable("m")) + "\n" + conclusion)
    # The hypothesis has nodes for k, `<` and itself.
    assert len(with_hypothesis.labels) == len(alone.labels) + 3
    free = [v for v in with_hypothesis.variables.tolist() if v]
    numbers = sorted(v for v in alone.variables.tolist() if v)
    assert sorted(free) == [*numbers, numbers[-1] + 1]


def test_of_a_goal_over_the_bound_the_conclusion_is_kept():
    conclusion = ordered("m", "n", "m", "n")
    long = chain(30) + "\n" + conclusion
    assert len(graph(long).labels) > 30
    assert alike(graph(long, max_nodes=20), graph(conclusion))


def test_of_a_conclusion_over_the_bound_the_nodes_nearest_to_the_root_are_kept():
    text = "⊢ " + chain(30)
    cut, whole = graph(text, max_nodes=10), graph(text)
    assert len(cut.labels) == 10
    # The root, the equation, its right side, and the first seven of the left.
    assert cut.labels[-1] == whole.labels[-1]
    assert set(cut.labels.tolist()) <= set(whole.labels.tolist())
    assert cut.parents.max() < 10
    assert alike(cut, graph(text, max_nodes=10))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "⊢ ",
        "\n\n",
        "⊢ p ∧ q → q ∧ p",
        "p\nq\n⊢ p ∧ q\n\nr\n⊢ r",
        "x : ℕ\nh : x < 3\n⊢ x + 1 < 4",
        "∀ x. x + 0 = x",
        "((((",
        "))) ⊢ (v",
        "(v (num) x",
        "\ud800 \x00 \U0001f600",
        "(" * 5000 + "x" + ")" * 5000,
        " ".join(str(number) for number in range(3000)),
        "\n".join(f"h{number}" for number in range(3000)) + "\n⊢ q",
    ],
)
def test_any_text_is_read_within_the_bounds(text):
    found = graph(text, max_nodes=50)
    nodes = len(found.labels)
    assert 1 <= nodes <= 50
    assert 1 <= len(found.written) <= 64
    assert len(found.parents) == len(found.children) == len(found.positions)
    # Children come before their parents.
    assert (found.children < found.parents).all()
    assert ((found.labels >= 0) & (found.labels < 1000)).all()
    assert ((found.variables >= 0) & (found.variables < NUM_VARIABLES)).all()


def test_below_a_node_is_what_can_be_reached_from_it():
    found = graph(for_all("m", relation("=", variable("m"), apply("(c (fun (num) (num)) SUC)", variable("m")))))
    reached = below(found)
    assert reached[-1].all()
    assert reached[0].tolist() == [True] + [False] * (len(found.labels) - 1)
    assert (np.tril(reached) == reached).all()

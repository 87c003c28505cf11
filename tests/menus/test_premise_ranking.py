import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.menus.premise_ranking import TfIdf, indices_of, nearest_premises, tfidf_of, top_ranked
from aitp_gym.proof import Library, Premise, Premises


def conjunction(*names: str) -> str:
    text = f"(c (bool) {names[0]})"
    for name in names[1:]:
        text = f"(a {text} (c (bool) {name}))"
    return text


def library_of(*statements: str) -> Library:
    entries = tuple(Premise(f"T{i}", statement, i) for i, statement in enumerate(statements))
    return Library("test", str(hash(statements)), entries)


@pytest.fixture
def library() -> Library:
    """Every pair of five constants: `T7` is the second one and the third."""
    names = ["ZERO", "ONE", "TWO", "THREE", "FOUR"]
    return library_of(*(conjunction(a, b) for a in names for b in names))


def test_cosines_are_those_computed_by_hand():
    library = library_of(conjunction("A", "A", "B"), conjunction("B", "C"), conjunction("C"))
    idf = {"A": math.log(4 / 2), "B": math.log(4 / 3), "C": math.log(4 / 3)}
    first = {"A": (1 + math.log(2)) * idf["A"], "B": idf["B"]}
    norm = math.hypot(*first.values())
    cosines = TfIdf(library).cosines(f"{conjunction('A')}\n⊢ {conjunction('B', 'UNKNOWN')}")
    goal = {"A": idf["A"], "B": idf["B"]}
    expected = sum(goal[c] * first[c] for c in "AB") / norm / math.hypot(*goal.values())
    assert cosines[0] == pytest.approx(expected)
    assert cosines[1] == pytest.approx(goal["B"] / math.hypot(*goal.values()) / math.sqrt(2))
    assert cosines[2] == 0


def test_a_constant_of_every_statement_counts_for_nothing():
    library = library_of(conjunction("A", "B"), conjunction("A"), conjunction("A"))
    assert TfIdf(library).cosines(f"⊢ {conjunction('A')}").tolist() == [0, 0, 0]


def test_goals_that_are_not_terms_have_no_nearest_constants():
    assert TfIdf(library_of(conjunction("A"), conjunction("B"))).cosines("⊢ p → q").tolist() == [0, 0]


def test_statements_in_usual_notation_are_compared_by_words_and_symbols():
    statements = {
        "Nat.le_trans": "∀ {n m k : Nat}, n ≤ m → m ≤ k → n ≤ k",
        "List.length_append": "∀ {α : Type u_1} (l k : List α), (l ++ k).length = l.length + k.length",
        "Nat.add_comm": "∀ (n m : Nat), n + m = m + n",
    }
    library = Library("usual", "usual", tuple(Premise(*row, i) for i, row in enumerate(statements.items())))
    premises = Premises(library, range(3))
    assert nearest_premises("a b : List Nat\n⊢ (a ++ b).length = 0", premises, 1)[0] == ["List.length_append"]
    assert nearest_premises("n m : Nat\n⊢ n ≤ m", premises, 1)[0] == ["Nat.le_trans"]


def test_goals_are_compared_with_goals_hypotheses_included():
    goals = library_of(
        f"{conjunction('A')}\n⊢ {conjunction('B')}", f"⊢ {conjunction('B', 'C')}", f"⊢ {conjunction('D')}"
    )
    similar = TfIdf(goals).cosines(f"{conjunction('B')}\n⊢ {conjunction('A')}")
    assert similar[0] == pytest.approx(1.0)
    assert similar[0] > similar[1] > similar[2] == 0


def test_the_nearest_come_first_and_only_from_the_selection(library):
    premises = Premises(library, range(5, 25))
    names, similarities = nearest_premises("⊢ " + library.entries[7].statement, premises, 4)
    assert names[:2] == ["T11", "T7"]
    assert similarities[:2] == pytest.approx(1.0)
    assert similarities.tolist() == sorted(similarities.tolist(), reverse=True)
    assert set(names) <= {premise.name for premise in premises}
    names, similarities = nearest_premises("⊢ " + library.entries[7].statement, Premises.none(), 4)
    assert (names, similarities.shape) == ([], (0,))


@given(
    scores=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=30),
    k=st.integers(1, 40),
    data=st.data(),
)
def test_top_ranked_is_a_stable_sort_cut_off(scores, k, data):
    index = sorted(data.draw(st.sets(st.sampled_from(range(len(scores))))))
    expected = sorted(index, key=lambda i: (-scores[i], -i))[:k]
    assert top_ranked(np.array(scores, np.float32), index, k).tolist() == expected


def test_a_selection_that_is_a_range_is_the_same_as_its_list():
    assert indices_of(range(3, 9)).tolist() == indices_of([3, 4, 5, 6, 7, 8]).tolist()


def test_a_library_is_weighed_once(library):
    assert tfidf_of(library) is tfidf_of(Library("copy", library.digest, library.entries))

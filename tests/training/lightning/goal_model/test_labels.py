from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import ConfigError, TraceError
from aitp_gym.traces import TraceWriter
from aitp_gym.training.lightning.goal_model.labels import (
    LabelRule,
    Survival,
    count_kinds,
    label_goals,
    read_labels,
    split_labels,
)

from .conftest import attempt, learnable_attempts, step

PROVED = (step(0, 0, "rejected"), step(1, 0))
FAILED = (step(0, 0, "rejected", explored=True),)
COUNTS = st.lists(st.integers(1, 50), max_size=30)
OPEN = tuple(step(i, 0, "rejected") for i in range(4))


def values(*attempts, **rule):
    return {(label.theorem, label.goal): label.value for label in label_goals(attempts, LabelRule(**rule))}


def only(*attempts, **rule):
    (value,) = values(*attempts, **rule).values()
    return value


def test_proved_is_one_and_explored_without_success_is_zero():
    assert only(attempt(*PROVED)) == 1
    assert only(attempt(*FAILED)) == 0


def test_subgoals_of_a_theorem_that_was_not_proved_are_labelled_too():
    steps = (step(0, 0, children=(1, 2)), step(1, 1), step(2, 2, "rejected", explored=True))
    assert values(attempt(*steps)) == {("t", "⊢ goal 1"): 1, ("t", "⊢ goal 2"): 0}


def test_an_open_goal_with_too_few_visits_is_left_out():
    assert values(attempt(*OPEN), min_visits=5) == {}
    assert len(values(attempt(*OPEN), min_visits=4)) == 1


def test_an_open_goal_gets_the_share_of_those_like_it_that_were_proved_later():
    late = attempt(*(step(i, 0, "rejected") for i in range(5)), step(5, 0), name="late")
    # Watched after 4 tactics: the one proved after 6, and the one always added. So one half is proved later.
    assert values(attempt(*OPEN), late, min_visits=4)["t", "⊢ goal 0"] == pytest.approx(0.5)


def test_the_other_rules_for_open_goals():
    judged = attempt(*(replace(each, critic_target=0.3) for each in OPEN))
    assert only(judged, open_goals="search") == 0.3
    assert values(attempt(*OPEN), open_goals="search") == {}
    assert only(judged, open_goals="zero", min_visits=4) == 0
    assert values(judged, open_goals="none", min_visits=1) == {}


def test_the_best_that_any_attempt_found_counts():
    for attempts in ([PROVED, FAILED, OPEN], [OPEN, FAILED, PROVED], [FAILED, PROVED]):
        assert only(*(attempt(*steps) for steps in attempts), min_visits=1) == 1
    assert only(attempt(*OPEN), attempt(*FAILED), min_visits=1) == 0


def test_the_same_goal_of_two_theorems_counts_for_each():
    assert values(attempt(*PROVED, name="a"), attempt(*FAILED, name="b")) == {
        ("a", "⊢ goal 0"): 1,
        ("b", "⊢ goal 0"): 0,
    }


def test_imported_proofs_say_nothing_about_how_long_a_proof_takes():
    late = attempt(*(step(i, 0, "rejected") for i in range(5)), step(5, 0), name="late", versions={"imported": "log"})
    found = values(attempt(*OPEN), late, min_visits=4)
    assert found == {("t", "⊢ goal 0"): 0, ("late", "⊢ goal 0"): 1}


def test_kinds_are_counted():
    labels = label_goals([attempt(*PROVED, name="a"), attempt(*OPEN, name="b")], LabelRule(min_visits=1))
    assert count_kinds(labels) == {"proved": 1, "failed": 0, "open": 1}


def test_only_the_split_asked_for_is_read(tmp_path):
    with TraceWriter(tmp_path / "traces") as writer:
        writer.write(attempt(*PROVED, name="a"), iteration=0, policy="learned")
        writer.write(attempt(*PROVED, name="b", split="valid"), iteration=0, policy="learned")
    assert [label.theorem for label in read_labels([tmp_path / "traces"], LabelRule())] == ["a"]
    with pytest.raises(TraceError, match="No goal of the 'test' attempts"):
        read_labels([tmp_path / "traces"], LabelRule(), "test")


@pytest.mark.parametrize(("field", "value"), [("open_goals", "maybe"), ("min_visits", 0)])
def test_a_rule_that_makes_no_sense_is_refused(field, value):
    with pytest.raises(ConfigError, match=field):
        LabelRule(**{field: value})


def test_no_theorem_and_no_goal_is_on_both_sides_and_more_traces_move_none():
    labels = label_goals(learnable_attempts(300, seed=1), LabelRule())
    train, held_out = split_labels(labels, 0.2, seed=3)
    assert not {label.theorem for label in train} & {label.theorem for label in held_out}
    assert not {label.goal for label in train} & {label.goal for label in held_out}
    assert 180 < len(train) < 290
    fewer, _ = split_labels(labels[:100], 0.2, seed=3)
    assert {label.theorem for label in fewer} <= {label.theorem for label in train}
    assert split_labels(labels, 0.2, seed=4)[0] != train
    assert split_labels(labels, 0.0, seed=3) == (labels, [])


def test_the_product_limit_by_hand():
    # 3 proved at 1, 2, 4; one open after 3; with the one that is always added 5 are watched at first.
    # S(1) = 4/5; S(2) = 4/5 * 3/4 = 3/5; at 4 only two are left: S(4) = 3/5 * 1/2 = 3/10.
    survival = Survival([1, 2, 4], [3])
    assert [survival.unproved(t) for t in (0, 1, 2, 3, 4, 99)] == pytest.approx([1, 0.8, 0.6, 0.6, 0.3, 0.3])
    assert survival.proved_later(3) == pytest.approx(1 - 0.3 / 0.6)
    assert survival.proved_later(4) == 0


def test_goals_that_cannot_be_proved_are_watched_for_ever():
    assert Survival([1], [], failed=8).unproved(1) == pytest.approx(9 / 10)


def test_nothing_known_means_nothing_proved_later():
    assert Survival([], [5, 6]).proved_later(5) == 0


@given(COUNTS, COUNTS, st.integers(0, 20))
def test_shares_fall_stay_above_zero_and_later_proofs_get_rarer(proved, left_open, failed):
    survival = Survival(proved, left_open, failed)
    shares = [survival.unproved(t) for t in range(60)]
    later = [survival.proved_later(t) for t in range(60)]
    assert all(0 < b <= a <= 1 for a, b in pairwise(shares))
    assert all(0 <= b <= a < 1 for a, b in pairwise(later))


@given(COUNTS)
def test_without_censoring_it_is_the_share_of_those_not_proved_yet(proved):
    survival = Survival(proved, [])
    for t in range(52):
        assert survival.unproved(t) == pytest.approx((1 + sum(at > t for at in proved)) / (1 + len(proved)))

from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.errors import TraceError
from aitp_gym.proof import Attempt, Budget, DrawnFringe, Proof, ProofStep, SearchEvent, Spent, Step, Theorem, Verdict
from aitp_gym.traces import Key, TraceReader, TraceWriter
from aitp_gym.traces.schema import ATTEMPTS, SEARCH_EVENTS, SEARCH_FIELDS, SPOOL, STEP_FIELDS, STEPS

text = st.text(max_size=30)
counts = st.integers(0, 2**31 - 1)
ids = st.lists(counts, max_size=4).map(tuple)
seconds = st.floats(0, 1e6)
optional_limit = st.none() | st.integers(1, 2**60)
optional_seconds = st.none() | st.floats(1e-6, 1e6)

steps = st.builds(
    Step,
    counts,
    counts,
    text,
    text,
    st.floats(width=64),
    text,
    text,
    ids,
    seconds,
    seconds,
    st.booleans(),
    counts,
    st.booleans(),
    st.booleans(),
    st.none() | seconds,
    st.none() | seconds,
)
numbers = st.none() | st.floats(width=64)
fringes = st.builds(DrawnFringe, counts, st.integers(-1, 9), st.integers(-1, 9), ids, st.floats(width=64))
search_events = st.builds(
    SearchEvent,
    counts,
    counts,
    st.sampled_from(["follow", "select", "back_up"]),
    counts,
    st.none() | counts,
    st.none() | counts,
    st.none() | st.lists(st.floats(width=64), max_size=3).map(tuple),
    numbers,
    numbers,
    numbers,
    st.none() | counts,
    st.none() | counts,
    numbers,
    st.none() | st.booleans(),
    st.none() | fringes,
)


def proof_of(steps: list[ProofStep]) -> Proof:
    """A proof of these steps whose children all come later."""
    later = [range(index + 1, len(steps)) for index in range(len(steps))]
    return Proof(
        tuple(
            replace(step, children=tuple(after[child % len(after)] for child in step.children if after))
            for step, after in zip(steps, later, strict=True)
        )
    )


def as_logged(attempt: Attempt) -> Attempt:
    """The attempt, which is `proved` only with an accepted proof."""
    accepted = attempt.verdict is not None and attempt.verdict.accepted
    complete = accepted and attempt.proof is not None and attempt.proved_at is not None
    return attempt if complete or not attempt.proved else replace(attempt, status="failed")


proofs = st.lists(st.builds(ProofStep, text, text, ids, st.integers(-1, 2**62)), min_size=1, max_size=5).map(proof_of)
verdicts = st.builds(
    Verdict, st.sampled_from(["accepted", "refused", "unavailable"]), text, st.none() | counts, seconds
)
theorems = st.builds(
    Theorem, text, text, text, text, text, st.none() | st.integers(-(2**62), 2**62), text, st.none() | st.booleans()
)
attempts = st.builds(
    Attempt,
    theorem=theorems,
    status=st.sampled_from(["proved", "failed", "exhausted", "budget", "error"]),
    steps=st.lists(steps, max_size=6).map(tuple),
    budget=st.builds(Budget, optional_limit, optional_limit, optional_seconds, optional_seconds),
    spent=st.builds(Spent, counts, counts, seconds, seconds),
    reason=text,
    verdict=st.none() | verdicts,
    proof=st.none() | proofs,
    found=counts,
    refused=counts,
    proved_at=st.none() | st.integers(1, 2**31),
    policy_s=seconds,
    search_s=seconds,
    check_s=seconds,
    seed=st.integers(0, 2**64 - 1),
    versions=st.dictionaries(text, text, max_size=3),
    search_events=st.lists(search_events, max_size=4).map(tuple),
    search_cut=st.booleans(),
).map(as_logged)
keyed = st.lists(
    st.tuples(st.integers(0, 2), text, attempts),
    max_size=5,
    unique_by=lambda item: (item[0], item[2].theorem.split, item[1], item[2].theorem.name),
)


@settings(max_examples=60, deadline=None)
@given(keyed, st.sets(st.integers(0, 2)))
def test_attempts_come_back_exactly_from_the_spool_and_from_parquet(written, compacted):
    with TemporaryDirectory() as folder:
        with TraceWriter(folder) as writer:
            for iteration, policy, attempt in written:
                writer.write(attempt, iteration=iteration, policy=policy)
            for iteration in compacted:
                writer.compact(iteration)
        expected = [
            (Key(iteration, attempt.theorem.split, policy, attempt.theorem.name), attempt)
            for iteration, policy, attempt in sorted(written, key=lambda item: item[0])
        ]
        reader = TraceReader(folder)
        read = list(reader.records(with_search=True))
        # Through `repr`, because a log-probability may be NaN; it gives every other float exactly.
        assert repr(read) == repr(expected)
        assert reader.keys() == [key for key, _ in expected]
        attempts_table, steps_table = reader.tables()
        assert attempts_table.schema.equals(ATTEMPTS)
        assert steps_table.schema.equals(STEPS)
        assert steps_table.num_rows == sum(len(attempt.steps) for _, attempt in expected)
        events_table = reader.search_events()
        assert events_table.schema.equals(SEARCH_EVENTS)
        assert events_table.num_rows == sum(len(attempt.search_events) for _, attempt in expected)


def test_the_schema_has_the_fields_of_the_dataclasses():
    assert [name for name, _ in STEP_FIELDS] == [field.name for field in fields(Step)]
    assert [name for name, _ in SEARCH_FIELDS] == list(SearchEvent._fields)
    assert [field.name for field in dict(SEARCH_FIELDS)["fringe"]] == list(DrawnFringe._fields)
    kept_elsewhere = {"theorem", "steps", "search_events"}
    assert {field.name for field in fields(Attempt)} - kept_elsewhere <= set(ATTEMPTS.names)
    structs = {"budget": Budget, "spent": Spent, "verdict": Verdict}
    # What a verdict on a whole proof tells beside.
    not_kept = {Verdict: {"axioms", "prover_s"}}
    for name, kind in structs.items():
        kept = [field.name for field in fields(kind) if field.name not in not_kept.get(kind, ())]
        assert [field.name for field in SPOOL.field(name).type] == kept


def test_steps_of_different_attempts_stay_with_their_theorem(tmp_path, make_attempt):
    with TraceWriter(tmp_path) as writer:
        for name, number in (("a", 2), ("b", 0), ("c", 3)):
            writer.write(make_attempt(name, number), iteration=0, policy="p")
        assert TraceReader(tmp_path).steps()["theorem"].to_pylist() == ["a", "a", "c", "c", "c"]
        writer.compact(0)
    assert TraceReader(tmp_path).steps()["theorem"].to_pylist() == ["a", "a", "c", "c", "c"]


def test_text_that_utf8_cannot_hold_is_kept_as_escapes(tmp_path, make_attempt):
    attempt = make_attempt()
    broken = replace(attempt, steps=(replace(attempt.steps[0], message="bad \udc80 byte"),))
    with TraceWriter(tmp_path) as writer:
        writer.write(broken, iteration=0, policy="p")
    [(_, read)] = TraceReader(tmp_path).records()
    assert read.steps[0].message == r"bad \udc80 byte"
    assert read.versions == broken.versions


@pytest.mark.parametrize("change", [{"seed": -1}, {"seed": 2**64}, {"found": "many"}, {"reason": 3}])
def test_a_value_that_does_not_fit_is_refused_and_leaves_no_trace(tmp_path, make_attempt, change):
    with TraceWriter(tmp_path) as writer:
        with pytest.raises(TraceError, match="does not fit the trace schema"):
            writer.write(replace(make_attempt(), **change), iteration=0, policy="p")
        assert not writer.done_keys()
    assert TraceReader(tmp_path).keys() == []


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "a/b\\c", "C:", "", "nul\0name", "ⅎ" * 500, "iteration-0001-00"]
)
def test_names_of_theorems_splits_and_policies_never_become_paths(tmp_path: Path, make_attempt, name):
    folder = tmp_path / "traces"
    with TraceWriter(folder) as writer:
        writer.write(make_attempt(name, split=name), iteration=0, policy=name)
        writer.compact(0)
    assert [path.name for path in tmp_path.iterdir()] == ["traces"]
    assert sorted(path.name for path in folder.rglob("*")) == [
        "attempts.parquet",
        "iteration-0000-00",
        "search_events.parquet",
        "steps.parquet",
        "writer.lock",
    ]
    assert TraceReader(folder).keys() == [Key(0, name, name, name)]

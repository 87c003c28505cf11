import pytest

from aitp_gym.bench.traces import load_s, synthetic_attempts, write_share, write_steps
from aitp_gym.traces import TraceReader, TraceWriter


def test_the_benchmark_writes_as_many_steps_as_it_says(tmp_path):
    write_steps(tmp_path, 640)
    attempts, steps = TraceReader(tmp_path).tables()
    assert (attempts.num_rows, steps.num_rows) == (10, 640)
    assert TraceReader(tmp_path).search_events().num_rows == 80
    assert load_s(tmp_path) > 0


@pytest.mark.benchmark
def test_an_attempt_is_written_within_a_third_of_a_millisecond(tmp_path):
    with TraceWriter(tmp_path) as writer:
        costs = []
        for attempt in synthetic_attempts(500):
            before = writer.write_s
            writer.write(attempt, iteration=0, policy="learned")
            costs.append(writer.write_s - before)
    assert sorted(costs)[len(costs) // 2] < 0.3e-3


@pytest.mark.benchmark
@pytest.mark.slow
def test_a_million_steps_load_within_two_seconds(tmp_path):
    write_steps(tmp_path, 1_000_000)
    assert TraceReader(tmp_path).steps().num_rows == 1_000_000
    assert load_s(tmp_path) < 2


@pytest.mark.benchmark
@pytest.mark.slow
def test_a_run_spends_less_than_two_percent_on_traces(tmp_path):
    assert 0 < write_share(tmp_path) < 0.02

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import ConfigError
from aitp_gym.evaluation.runners.resources import Resources


def test_without_gpus_cores_decide():
    assert Resources.from_fields(num_cpus=2).num_runners == 2
    assert Resources.from_fields(num_cpus=7, cpu_per_prover=2).num_runners == 3
    # 0.3 / 0.1 is a hair below 3 in floating point.
    assert Resources.from_fields(num_cpus=3, cpu_per_prover=0.1).num_runners == 30


def test_without_gpus_gpu_fields_are_ignored():
    plain = Resources.from_fields(num_cpus=2)
    assert Resources.from_fields(num_cpus=2, num_gpus=4, logical_gpus=8, gpu_per_prover=0.5) == plain
    assert plain.num_gpus == 0
    assert plain.gpus_per_runner == 0


def test_with_gpus_each_logical_gpu_has_its_provers():
    found = Resources.from_fields(
        num_cpus=32, with_gpus=True, num_gpus=2, logical_gpus=4, gpu_per_prover=0.125, provers_per_gpu=3
    )
    assert found == Resources(12, 1.0, 0.125, 32, 2)


def test_with_gpus_cores_still_limit():
    found = Resources.from_fields(num_cpus=4, cpu_per_prover=2, with_gpus=True, num_gpus=1, provers_per_gpu=8)
    assert found.num_runners == 2


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"num_cpus": 1, "cpu_per_prover": 2}, "num_workers=0"),
        ({"num_cpus": 2, "cpu_per_prover": 0}, "cpu_per_prover"),
        ({"num_cpus": 2, "with_gpus": True}, "num_gpus"),
        ({"num_cpus": 8, "with_gpus": True, "num_gpus": 1, "gpu_per_prover": 0.5, "provers_per_gpu": 4}, "reserve 2"),
    ],
)
def test_fields_that_do_not_fit_are_named(fields, named):
    with pytest.raises(ConfigError, match=named):
        Resources.from_fields(**fields)


@given(st.integers(1, 64), st.floats(0.1, 8), st.integers(0, 8), st.integers(0, 16), st.integers(1, 8))
def test_no_runner_waits_for_resources_that_do_not_exist(num_cpus, cpu_per_prover, num_gpus, logical, provers_per_gpu):
    try:
        found = Resources.from_fields(
            num_cpus=num_cpus,
            cpu_per_prover=cpu_per_prover,
            with_gpus=num_gpus > 0,
            num_gpus=num_gpus,
            logical_gpus=logical,
            gpu_per_prover=0.25,
            provers_per_gpu=provers_per_gpu,
        )
    except ConfigError:
        return
    assert found.num_runners >= 1
    assert found.num_runners * found.cpus_per_runner <= num_cpus + 1e-6
    assert found.num_runners * found.gpus_per_runner <= num_gpus + 1e-6

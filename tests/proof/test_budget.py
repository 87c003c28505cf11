import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Budget, Spent


@pytest.mark.parametrize(
    "fields",
    [{"max_tactics": 0}, {"max_tactics": 1.5}, {"max_nodes": True}, {"wall_s": -1.0}, {"prover_s": float("nan")}],
)
def test_a_limit_is_a_positive_number_of_its_kind(fields):
    with pytest.raises(BadInput, match=next(iter(fields))):
        Budget(**fields)


def test_a_limit_counts_as_reached_when_it_is_used_up():
    budget = Budget(max_nodes=3, max_tactics=8, prover_s=1.0, wall_s=2.0)
    assert Spent(nodes=2, tactics=7, prover_s=0.9, wall_s=1.9).exceeded(budget) is None
    assert Spent(nodes=3).exceeded(budget) == "max_nodes"
    assert Spent(tactics=8).exceeded(budget) == "max_tactics"
    assert Spent(prover_s=1.0).exceeded(budget) == "prover_s"
    assert Spent(wall_s=2.5).exceeded(budget) == "wall_s"


def test_no_limit_is_never_reached():
    assert Spent(10**9, 10**9, 1e9, 1e9).exceeded(Budget()) is None

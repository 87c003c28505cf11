"""Premises of theorems in traces, asked of their provers."""

import pytest

from aitp_gym.errors import TraceError
from aitp_gym.proof import Theorem
from aitp_gym.provers.libraries import LibraryPremises


def test_a_theorem_of_another_prover_is_refused():
    with (
        LibraryPremises("hollight") as premises_of,
        pytest.raises(TraceError, match="prover 'propositional'; expected 'hollight'"),
    ):
        premises_of(Theorem("t", "p", "propositional"))


def test_where_nobody_knows_the_library_there_is_none_to_be_found():
    theorem = Theorem("t", "p -> p", "propositional", "made")
    with LibraryPremises("propositional") as premises_of:
        assert premises_of.find(theorem) is None
        with pytest.raises(TraceError, match=r"no library of premises for made .* use traces of hollight"):
            premises_of(theorem)


def test_no_library_is_asked_where_none_is_needed():
    with LibraryPremises("propositional", needed=False) as premises_of:
        assert len(premises_of(Theorem("t", "p -> p", "propositional", "made"))) == 0


def test_premises_are_those_before_the_theorem(hollight):
    with LibraryPremises("hollight") as premises_of:
        found = premises_of(Theorem("t", "p", "hollight", "holist-core", position=1000))
        assert found == hollight.premises(Theorem("t", "p", "hollight", position=1000))
        assert all(premise.position < 1000 for premise in found)
        assert len(found) > 0

"""Canaries by the name of their prover."""

import pytest

from aitp_gym.errors import UnknownName
from aitp_gym.theorems import canaries


def test_a_prover_without_canaries_is_said_to_have_none(propositional):
    propositional.name = "abacus"
    with pytest.raises(UnknownName, match="no canaries for the prover 'abacus'; known: hol4, hollight, lean"):
        canaries(propositional)

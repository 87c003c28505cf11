"""Intuitionistic propositional logic in process: generated theorems, tactics, and an independent checker."""

from .formula import Formula, parse_formula
from .prover import PropositionalProver, PropositionalSession

__all__ = ["Formula", "PropositionalProver", "PropositionalSession", "parse_formula"]

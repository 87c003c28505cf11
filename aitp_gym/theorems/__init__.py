"""Theorem sets with their splits, and canaries that must not be provable."""

from .canaries import canaries
from .files import read_theorems
from .registry import load
from .theorem_set import TheoremSet

__all__ = ["TheoremSet", "canaries", "load", "read_theorems"]

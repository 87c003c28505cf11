"""LeanDojo: theorems of traced repositories, through the `lean_dojo` package."""

from .prover import LeanDojo
from .status import status

__all__ = ["LeanDojo", "status"]

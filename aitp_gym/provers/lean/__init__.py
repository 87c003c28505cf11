"""Lean 4: the language server of any project, LeanDojo, and an engine that comes with pip."""

from .prover import Lean

__all__ = ["Lean"]

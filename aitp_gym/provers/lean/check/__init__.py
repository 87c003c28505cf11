"""The independent check of Lean proofs."""

from .verify import Finding, verify

__all__ = ["Finding", "verify"]

"""Proof states that stay in the Lean that made them."""

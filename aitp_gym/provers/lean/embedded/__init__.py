"""A real Lean that comes with pip, and a small library of ours for it."""

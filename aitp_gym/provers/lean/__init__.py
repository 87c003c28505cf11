"""Lean 4: the language server of any project, LeanDojo, and an engine that comes with pip."""

"""Intuitionistic propositional logic in process: generated theorems, tactics, and an independent checker."""

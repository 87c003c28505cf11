"""Tactic policies: what to try on a goal."""

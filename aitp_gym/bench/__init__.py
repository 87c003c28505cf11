"""Benchmarks: the figures that `aitp bench` prints."""

from .measure import BenchPart, measure, part, parts

__all__ = ["BenchPart", "measure", "part", "parts"]

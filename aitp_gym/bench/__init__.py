"""Benchmarks: the figures that `aitp bench` prints."""

from .measure import Part, measure, part, parts

__all__ = ["Part", "measure", "part", "parts"]

"""Traces: attempts as data on disk. Arrow and Parquet only, so any tool reads them and reading cannot run code."""

from .reader import TraceReader
from .schema import SCHEMA_VERSION, Key
from .writer import TraceWriter

__all__ = ["SCHEMA_VERSION", "Key", "TraceReader", "TraceWriter"]

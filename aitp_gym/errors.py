"""The errors of aitp-gym: one small tree, a class for each boundary that was crossed.

A tactic that fails is not an error but a value (`aitp_gym.proof.Failure`). These classes are for the rest: input that
cannot be used, a prover that is not there, a file that is not ours. Each message says what was expected, what came,
and what to do about it.
"""

from __future__ import annotations

__all__ = [
    "AitpError",
    "BadInput",
    "CanaryProved",
    "CheckpointError",
    "ConcurrentUse",
    "ConfigError",
    "DependencyNotInstalled",
    "NotWritable",
    "ProverLost",
    "ProverUnavailable",
    "StatementError",
    "TraceError",
    "TrainingDiverged",
    "TrainingFailed",
    "UnknownName",
]


class AitpError(Exception):
    """Base of every error that aitp-gym raises on purpose."""


class BadInput(AitpError, ValueError):
    """Raised when a caller hands over something that cannot be used."""


class UnknownName(BadInput):
    """Raised when a theorem, theorem set, split, menu or config of that name does not exist."""


class StatementError(BadInput):
    """Raised when a prover cannot read a statement."""


class ConfigError(BadInput):
    """Raised when the fields of a run configuration do not fit together."""


class CheckpointError(BadInput):
    """Raised when a checkpoint cannot be read or belongs to another policy."""


class TrainingDiverged(CheckpointError):
    """Raised when the weights of a checkpoint are not finite, so that nothing can be done with it."""


class TraceError(BadInput):
    """Raised when a trace folder cannot be read, is of another schema, or belongs to another run."""


class ConcurrentUse(AitpError):
    """Raised when a second thread uses an environment or a session while a first one is using it."""


class NotWritable(BadInput):
    """Raised when a file or folder that was asked for cannot be made or written."""


class DependencyNotInstalled(AitpError, ImportError):
    """Raised when an optional package is missing; the message names the extra that brings it."""


class ProverUnavailable(AitpError):
    """Raised when a prover that was asked for is not installed or does not start."""


class ProverLost(AitpError):
    """Raised when a running prover died and could not be replaced."""


class TrainingFailed(AitpError):
    """Raised when a training command of the loop fails or leaves no usable result."""


class CanaryProved(AitpError):
    """Raised when a statement that has no proof was proved: something is unsound, and the run's numbers are void."""

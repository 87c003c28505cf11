"""LeanDojo's state on this machine."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from ....errors import DependencyNotInstalled, ProverUnavailable
from ...status import ProverStatus
from .repository import cache_directory, refuse_missing_tools, traced_repositories

__all__ = ["status"]


def status() -> ProverStatus:
    """Whether LeanDojo can be used now, and which repositories are traced."""
    try:
        found = version("lean-dojo")
    except PackageNotFoundError:
        return _missing("", "the package lean-dojo is not installed", "pip install 'aitp-gym[lean]'")
    try:
        refuse_missing_tools()
    except (DependencyNotInstalled, ProverUnavailable) as error:
        return _missing(found, str(error), "curl -sSf https://elan.lean-lang.org/elan-init.sh | sh")
    traced = traced_repositories()
    if not traced:
        trace = "python -c \"from lean_dojo import LeanGitRepo, trace; trace(LeanGitRepo('URL', 'COMMIT'))\""
        return _missing(found, f"no repository is traced in {cache_directory()}", trace)
    return ProverStatus("leandojo", True, True, found, f"traced: {', '.join(traced)}")


def _missing(version: str, message: str, command: str) -> ProverStatus:
    return ProverStatus("leandojo", False, False, version, message, command)

"""LeanDojo's state on this machine."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from ....errors import DependencyNotInstalled, ProverUnavailable
from ...status import Readiness
from .repository import cache_directory, refuse_missing_tools, traced_repositories

__all__ = ["status"]


def status() -> Readiness:
    """Whether LeanDojo can be used now, and which repositories are traced."""
    try:
        found = version("lean-dojo")
    except PackageNotFoundError:
        return Readiness(False, "", "the package lean-dojo is not installed", "pip install 'aitp-gym[lean]'")
    try:
        refuse_missing_tools()
    except (DependencyNotInstalled, ProverUnavailable) as error:
        return Readiness(False, found, str(error), "curl -sSf https://elan.lean-lang.org/elan-init.sh | sh")
    traced = traced_repositories()
    if not traced:
        trace = "python -c \"from lean_dojo import LeanGitRepo, trace; trace(LeanGitRepo('URL', 'COMMIT'))\""
        return Readiness(False, found, f"no repository is traced in {cache_directory()}", trace)
    return Readiness(True, found, f"traced: {', '.join(traced)}")

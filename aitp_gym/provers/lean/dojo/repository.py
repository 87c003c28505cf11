"""A repository that LeanDojo has traced, in LeanDojo's own cache."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ....errors import BadInput, DependencyNotInstalled, ProverUnavailable

__all__ = ["TracedRepository", "cache_directory", "locate", "refuse_missing_tools", "traced_repositories"]

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SSH = re.compile(r"git@github\.com:(.+)")
_VERSION = re.compile(r"leanprover/lean4:v?(\S+)")
_REPL = "Lean4Repl.lean"
_SYMPTOMS = "https://leandojo.readthedocs.io/en/latest/troubleshooting.html"


@dataclass(frozen=True, slots=True)
class TracedRepository:
    """A traced repository on this machine.

    Attributes:
        url: where it comes from: on GitHub, or a path.
        commit: its full hash.
        directory: the traced copy.
        lean_version: the release in its `lean-toolchain`, for example `4.9.0`.
    """

    url: str
    commit: str
    directory: Path
    lean_version: str

    @property
    def scratch(self) -> Path:
        """A folder of ours in it, for files that are there while they are needed."""
        return self.directory / "aitp_gym"


def cache_directory() -> Path:
    """Where LeanDojo keeps traced repositories: CACHE_DIR, by default ~/.cache/lean_dojo."""
    named = os.environ.get("CACHE_DIR")
    return Path(named).absolute() if named else Path.home() / ".cache" / "lean_dojo"


def locate(repository: str) -> TracedRepository:
    """The traced copy of a repository. Nothing is downloaded, and nothing is traced, which can take hours.

    Args:
        repository: `URL@COMMIT`, the URL on GitHub or a path, the commit in full.

    Raises:
        BadInput: the text is not of that form.
        ProverUnavailable: it has not been traced, or by too old a LeanDojo; the message says how to.
    """
    url, at, commit = repository.rpartition("@")
    url = _SSH.sub(r"https://github.com/\1", url.rstrip("/")).removesuffix(".git")
    if not (at and url and _COMMIT.fullmatch(commit)):
        raise BadInput(
            "Expected a repository as URL@COMMIT, for example https://github.com/yangky11/lean4-example@"
            f"7b6ecb9ad4829e4e73600a3329baeb3b5df8d23f, the commit in full, got {repository!r}."
        )
    owner, name = ["", *url.split("/")][-2:]
    # The names that LeanDojo gives them.
    prefix = owner if "github.com" in url else "gitpython"
    directory = cache_directory() / f"{prefix}-{name}-{commit}" / name
    if not (directory / _REPL).is_file():
        raise ProverUnavailable(
            f"Expected a repository traced by LeanDojo at {directory} (with {_REPL} in it), found "
            f"{'one without it' if directory.is_dir() else 'none'}. To trace it, once: python -c 'from lean_dojo "
            f'import LeanGitRepo, trace; trace(LeanGitRepo("{url}", "{commit}"))\'. If it lies somewhere else, set '
            "CACHE_DIR to the folder that holds it."
        )
    return TracedRepository(url, commit, directory, _lean_version(directory))


def _lean_version(directory: Path) -> str:
    try:
        text = (directory / "lean-toolchain").read_text(encoding="utf-8").strip()
    except OSError:
        return "unknown"
    match = _VERSION.fullmatch(text)
    return match[1] if match else text


def traced_repositories() -> list[str]:
    """Names of the folders in LeanDojo's cache that hold a traced repository; sorted."""
    return sorted(path.parent.parent.name for path in cache_directory().glob(f"*/*/{_REPL}"))


def refuse_missing_tools() -> None:
    """Object to a machine that lacks what LeanDojo needs when it is imported and when it interacts.

    Raises:
        DependencyNotInstalled: the package is missing.
        ProverUnavailable: `git` or `lake` is not on PATH.
    """
    if find_spec("lean_dojo") is None:
        raise DependencyNotInstalled(
            "LeanDojo is not installed: pip install 'aitp-gym[lean]' brings it (Python below 3.13)."
        )
    for tool, remedy in (("git", "install git 2.25 or newer"), ("lake", "install elan, https://lean-lang.org/install")):
        if shutil.which(tool) is None:
            raise ProverUnavailable(f"LeanDojo needs `{tool}`, which is not on PATH: {remedy}. More in {_SYMPTOMS}.")

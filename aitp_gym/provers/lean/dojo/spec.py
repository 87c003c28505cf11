"""The plug of LeanDojo."""

from __future__ import annotations

from collections.abc import Sequence

from ....theorems import TheoremSet
from ....theorems.registry import TheoremSource
from ...base import Prover
from ...spec import Command, EnvironmentSpec, MenuPreset, ProverSpec
from ...status import ProverStatus

__all__ = ["SPEC", "open_leandojo"]

_SETS = ("leandojo-random", "leandojo-novel")


def open_leandojo(
    theorem_set: str = "leandojo-random",
    *,
    repository: str | None = None,
    header: str = "",
    memory_mb: float = 16_384,
    open_timeout_s: float = 600.0,
    sandbox: str | None = None,
    second_opinion: str | Sequence[str] | None = None,
    known_bugs: bool = False,
) -> tuple[Prover, str]:
    """`aitp/LeanDojo-v0`: theorems of a repository that LeanDojo has traced (extra `lean`).

    Args:
        theorem_set: `leandojo-random` or `leandojo-novel` (LeanDojo Benchmark 4), or path of a `.lean` file, or of a
            file of statements, where `FILE.lean:FULL.NAME` stands for a theorem of the repository.
        repository: `URL@COMMIT`; `None` for the one that LeanDojo Benchmark was made of.
        header: what statements without imports of their own begin with, for example `import Mathlib`.
        memory_mb: resident memory that Lean may hold.
        open_timeout_s: wall seconds that entering a theorem may take.
        sandbox: what confines Lean: `landlock`, `bubblewrap` or `off`; `None` for what holds on this system.
        second_opinion: commands of other checkers, which must accept each proof too.
        known_bugs: whether a release is used whose kernel has a known bug that nothing here makes up for.

    Raises:
        DependencyNotInstalled: LeanDojo is not installed.
        ProverUnavailable: Lean is missing, no sandbox holds here, or the repository has not been traced; the message
            says what to do.
    """
    from .benchmark import Benchmark
    from .prover import LeanDojo

    corpus = None
    if repository is None or theorem_set in _SETS:
        benchmark = Benchmark.load()
        repository, corpus = repository or benchmark.repository, str(benchmark.folder)
    prover = LeanDojo(repository, corpus, header, memory_mb, open_timeout_s, sandbox, second_opinion, known_bugs)
    return prover, theorem_set


def _status() -> ProverStatus:
    from .status import status

    return status()


def _theorem_set(name: str) -> TheoremSet:
    from .theorem_sets import leandojo

    return leandojo(name)


def _commands() -> Sequence[Command]:
    from .commands import import_leandojo

    example = "aitp import leandojo --output human ~/leandojo_benchmark_4"
    return [Command("import", "leandojo", import_leandojo, example)]


SPEC = ProverSpec(
    name="leandojo",
    prover="lean",
    status=_status,
    environments=(EnvironmentSpec("aitp/LeanDojo-v0", open_leandojo, preset=MenuPreset("lean-core")),),
    theorem_sets=(TheoremSource(_theorem_set, _SETS),),
    default_menu="lean-core",
    commands=_commands,
)

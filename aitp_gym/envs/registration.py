"""The registered environment ids and the factories behind them.

A factory imports its prover when it is called, so that registering costs nothing, and takes only values that JSON can
hold, so that specs can be stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium

from ..errors import BadInput, ConfigError, UnknownName
from ..proof import Budget
from ..provers.base import Prover
from ..theorems import TheoremSet, load
from ..theorems.leandojo import LEANDOJO_SETS
from .proof_env import ProofEnv

__all__ = [
    "known_ids",
    "make_env",
    "make_hol4",
    "make_holist",
    "make_lean",
    "make_leandojo",
    "make_propositional",
    "register_all",
]

_SPECS: dict[str, dict[str, Any]] = {
    "aitp/Propositional-v0": {"entry_point": f"{__name__}:make_propositional", "nondeterministic": False},
    "aitp/HOList-v0": {"entry_point": f"{__name__}:make_holist", "nondeterministic": True},
    "aitp/HOL4-v0": {"entry_point": f"{__name__}:make_hol4", "nondeterministic": True},
    "aitp/Lean-v0": {"entry_point": f"{__name__}:make_lean", "nondeterministic": True},
    "aitp/LeanDojo-v0": {"entry_point": f"{__name__}:make_leandojo", "nondeterministic": True},
}


def register_all() -> None:
    """Register every id of aitp-gym with Gymnasium; an id that is registered already stays as it is."""
    for env_id, spec in _SPECS.items():
        if env_id not in gymnasium.registry:
            gymnasium.register(env_id, **spec)


def known_ids() -> list[str]:
    """Every `aitp/` id that Gymnasium knows, those that others registered included; sorted."""
    return sorted(name for name in gymnasium.registry if name.startswith("aitp/"))


def make_env(env_id: str, env_kwargs: Mapping[str, Any]) -> Any:
    """The environment of an id itself, without Gymnasium's wrappers.

    Raises:
        UnknownName: there is no environment of that id.
        ConfigError: it does not take one of the settings.
    """
    register_all()
    try:
        return gymnasium.make(env_id, **env_kwargs).unwrapped
    except gymnasium.error.Error as error:
        raise UnknownName(f"env_config.id={env_id!r}: {error} Known: {', '.join(known_ids())}.") from error
    except TypeError as error:
        raise ConfigError(
            f"env_config has a field that {env_id} does not take: {str(error).split(' was raised')[0]}."
        ) from error


def make_propositional(
    theorem_set: str = "propositional-small", *, max_tactics: int | None = 256, **settings: Any
) -> ProofEnv:
    """`aitp/Propositional-v0`: intuitionistic propositional logic, in process.

    Args:
        theorem_set: name of a theorem set, or path of a file of statements.
        max_tactics: limit of an episode in tactic applications, `None` for no limit.
        settings: the other limits `max_nodes`, `prover_s` and `wall_s`, and `split`, `tactic_timeout_s`,
            `check_timeout_s`, `max_goals`, `max_text`, `render_mode` as for `ProofEnv`.
    """
    from ..provers.propositional import PropositionalProver

    return _make(PropositionalProver(), theorem_set, max_tactics=max_tactics, **settings)


def make_holist(
    theorem_set: str = "holist-core",
    *,
    context: str = "strict",
    premises: str | None = None,
    backend: str = "native",
    address: str = "localhost:2000",
    max_tactics: int | None = 64,
    **settings: Any,
) -> ProofEnv:
    """`aitp/HOList-v0`: theorems of HOL Light's own library.

    Args:
        theorem_set: name of a theorem set, or path of a file of statements in HOL Light's notation.
        context: `strict` shows a theorem the tactics, default rewrites and premises from before it; `holist` all
            tactics and default rewrites, for comparison with the original.
        premises: `library` (HOL Light's named theorems) or `database` (HOList's theorem database); `None` for the one
            that the theorem set comes from.
        backend: `native`: the HOL Light of this machine. `grpc`: an original HOList server at `address`, which asserts
            its premises: nothing proved with it is comparable, and reports say so. The theorem set must then be one of
            `holist-db-core`, `-complex`, `-flyspeck`; `context` and `premises` do not apply.
        address: host and port of that server.
        max_tactics: limit of an episode in tactic applications, `None` for no limit.
        settings: as for `make_propositional`.

    Raises:
        ProverUnavailable: HOL Light is not installed; the message says what to install.
    """
    if backend == "grpc":
        return _make_original(theorem_set, address, max_tactics=max_tactics, **settings)
    if backend != "native":
        raise BadInput(f"backend must be native or grpc, got {backend!r}.")
    from ..provers.hollight import HolLight

    if premises is None:
        premises = "database" if theorem_set.startswith("holist-db-") else "library"
    return _make(HolLight(context=context, premises=premises), theorem_set, max_tactics=max_tactics, **settings)


def make_hol4(
    theorem_set: str = "hol4-core", *, context: str = "strict", max_tactics: int | None = 64, **settings: Any
) -> ProofEnv:
    """`aitp/HOL4-v0`: theorems of the user's own HOL4.

    Args:
        theorem_set: name of a theorem set, or path of a file of statements in HOL4's notation.
        context: `strict` shows a theorem the theorems and simplifier rules from before it; `ungated` all simplifier
            rules, for comparison.
        max_tactics: limit of an episode in tactic applications, `None` for no limit.
        settings: as for `make_propositional`.

    Raises:
        ProverUnavailable: HOL4 was not found; the message says what to do.
    """
    from ..provers.hol4 import Hol4

    return _make(Hol4(context=context), theorem_set, max_tactics=max_tactics, **settings)


def make_lean(
    theorem_set: str = "lean-embedded",
    *,
    backend: str | None = None,
    project: str | None = None,
    header: str | None = None,
    memory_mb: float = 4096,
    max_tactics: int | None = 64,
    **settings: Any,
) -> ProofEnv:
    """`aitp/Lean-v0`: theorems of Lean 4, through its language server; nothing has to be traced.

    Args:
        theorem_set: name of a theorem set, or path of a file of statements or of a `.lean` file.
        backend: `server`: the Lean of `project`. `embedded`: a real Lean that comes with pip (extra `lean-embedded`,
            Linux x86-64) and has a small library of ours: it serves tutorials and tests, and has no Mathlib and no
            `omega`. `None`: `server` if a project is given, else `embedded`.
        project: folder of a Lean project of yours, with elan and lake installed.
        header: what statements without imports of their own begin with, for example `import Mathlib`.
        memory_mb: resident memory that a Lean server may hold.
        max_tactics: limit of an episode in tactic applications, `None` for no limit.
        settings: as for `make_propositional`.

    Raises:
        ProverUnavailable: Lean is not there; the message says what to install.
    """
    from ..provers.lean import Lean

    prover = Lean(backend=backend, project=project, header=header, memory_mb=memory_mb)
    return _make(prover, theorem_set, max_tactics=max_tactics, **settings)


def make_leandojo(
    theorem_set: str = "leandojo-random",
    *,
    repository: str | None = None,
    header: str = "",
    memory_mb: float = 16_384,
    open_timeout_s: float = 600.0,
    max_tactics: int | None = 64,
    **settings: Any,
) -> ProofEnv:
    """`aitp/LeanDojo-v0`: theorems of a repository that LeanDojo has traced (extra `lean`).

    Args:
        theorem_set: `leandojo-random` or `leandojo-novel` (LeanDojo Benchmark 4), or path of a `.lean` file, or of a
            file of statements, where `FILE.lean:FULL.NAME` stands for a theorem of the repository.
        repository: `URL@COMMIT`; `None` for the one that LeanDojo Benchmark was made of.
        header: what statements without imports of their own begin with, for example `import Mathlib`.
        memory_mb: resident memory that Lean may hold.
        open_timeout_s: wall seconds that entering a theorem may take.
        max_tactics: limit of an episode in tactic applications, `None` for no limit.
        settings: as for `make_propositional`.

    Raises:
        DependencyNotInstalled: LeanDojo is not installed.
        ProverUnavailable: Lean is missing, or the repository has not been traced; the message says what to do.
    """
    from ..provers.lean.dojo import LeanDojo
    from ..provers.lean.dojo.benchmark import Benchmark

    corpus = None
    if repository is None or theorem_set in LEANDOJO_SETS:
        benchmark = Benchmark.load()
        repository, corpus = repository or benchmark.repository, str(benchmark.folder)
    prover = LeanDojo(repository, corpus, header, memory_mb, open_timeout_s)
    return _make(prover, theorem_set, max_tactics=max_tactics, **settings)


def _make_original(theorem_set: str, address: str, **settings: Any) -> ProofEnv:
    from ..provers.hollight.holist.database import CORPORA, Database
    from ..provers.hollight.holist.original import SET_PREFIX, OriginalHolist, original_theorems

    corpus = theorem_set.removeprefix("holist-db-")
    if corpus not in CORPORA:
        known = ", ".join(f"holist-db-{name}" for name in CORPORA)
        raise BadInput(f"backend=grpc proves theorems of HOList's database: {known}; got {theorem_set!r}.")
    database = Database.load()
    theorems = TheoremSet(SET_PREFIX + corpus, original_theorems(database, corpus))
    return _make(OriginalHolist(address, database), theorems, **settings)


# `gymnasium.make` asks the entry point which render modes there are.
for _factory in (make_propositional, make_holist, make_hol4, make_lean, make_leandojo):
    vars(_factory)["metadata"] = ProofEnv.metadata


def _make(
    prover: Prover,
    theorem_set: str | TheoremSet,
    *,
    max_tactics: int | None,
    max_nodes: int | None = None,
    prover_s: float | None = None,
    wall_s: float | None = None,
    **settings: Any,
) -> ProofEnv:
    budget = Budget(max_nodes=max_nodes, max_tactics=max_tactics, prover_s=prover_s, wall_s=wall_s)
    try:
        theorems = load(theorem_set, parse=prover.parse) if isinstance(theorem_set, str) else theorem_set
        if foreign := {theorem.prover for theorem in theorems} - {prover.name}:
            raise BadInput(f"{theorems.name} has theorems for {', '.join(sorted(foreign))}, not for {prover.name}.")
        return ProofEnv(prover, theorems, budget=budget, close_prover=True, **settings)
    except BaseException:
        prover.close()
        raise

"""The plug of HOL Light."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ...errors import BadInput
from ...theorems import TheoremSet
from ...theorems.registry import TheoremSource
from ..base import Prover
from ..spec import Command, EnvironmentSpec, Figures, MenuPreset, ProofFile, ProverSpec
from ..status import ProverStatus

__all__ = ["SPEC", "open_hollight"]

_FOLDER = Path(__file__).parent
_LIBRARY_SETS = ("holist-core", "holist-core-temporal")
_DATABASE = "holist-db-"
_CORPORA = ("core", "complex", "flyspeck")


def open_hollight(
    theorem_set: str = "holist-core",
    *,
    context: str = "strict",
    premises: str | None = None,
    backend: str = "native",
    address: str = "localhost:2000",
) -> tuple[Prover, str | TheoremSet]:
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

    Raises:
        ProverUnavailable: HOL Light is not installed; the message says what to install.
    """
    if backend == "grpc":
        return _open_original(theorem_set, address)
    if backend != "native":
        raise BadInput(f"backend must be native or grpc, got {backend!r}.")
    from .prover import HolLight

    chosen = _premises_of(theorem_set) if premises is None else premises
    return HolLight(context=context, premises=chosen), theorem_set


def _open_original(theorem_set: str, address: str) -> tuple[Prover, TheoremSet]:
    from .holist.database import Database
    from .holist.original import SET_PREFIX, OriginalHolist, original_theorems

    corpus = theorem_set.removeprefix(_DATABASE)
    if corpus not in _CORPORA:
        known = ", ".join(_DATABASE + name for name in _CORPORA)
        raise BadInput(f"backend=grpc proves theorems of HOList's database: {known}; got {theorem_set!r}.")
    database = Database.load()
    theorems = TheoremSet(SET_PREFIX + corpus, original_theorems(database, corpus))
    return OriginalHolist(address, database), theorems


def _premises_of(theorem_set: str) -> str:
    """Theorems of HOList's database have its entries as premises, all others HOL Light's named theorems."""
    return "database" if theorem_set.startswith(_DATABASE) else "library"


def _status() -> ProverStatus:
    from .status import status

    return status()


def _theorem_set(name: str) -> TheoremSet:
    from .theorem_sets import holist_core, holist_database

    return holist_database(name) if name.startswith(_DATABASE) else holist_core(temporal=name.endswith("-temporal"))


def _proof_file() -> AbstractContextManager[ProofFile]:
    from .proof_file import HolLightProofFile

    return nullcontext(HolLightProofFile())


def _read_tactic(text: str) -> tuple[str, tuple[str, ...]]:
    from .holist.mentioned import read_tactic

    return read_tactic(text)


def _library(theorem_set: str) -> Prover:
    from .prover import HolLight

    return HolLight(premises=_premises_of(theorem_set))


def _figures(seconds: float) -> dict[str, float]:
    from .figures import hollight_figures

    return hollight_figures(seconds)


def _commands() -> Sequence[Command]:
    from . import commands

    return [
        Command("build", "hollight", commands.build_server, "aitp build hollight"),
        Command(
            "import",
            "holist-database",
            commands.import_holist_database,
            "aitp import holist-database theorem_database_v1.1.textpb.xz",
        ),
        Command(
            "import",
            "holist-prooflogs",
            commands.import_holist_prooflogs,
            "aitp import holist-prooflogs prooflogs-*.pbtxt --output human",
        ),
        Command(
            "conformance",
            "holist",
            commands.conformance_holist,
            "aitp conformance holist --prooflogs prooflogs-*.pbtxt",
        ),
        Command("record", "hollight", commands.record_hollight, "aitp record hollight --output human"),
    ]


def _stop() -> str:
    from .server import stop_all

    count = stop_all()
    return f"Ended {count} HOL Light server{'s' * (count != 1)}." if count else "No HOL Light server was running."


SPEC = ProverSpec(
    name="hollight",
    prover="hollight",
    status=_status,
    environments=(
        EnvironmentSpec(
            "aitp/HOList-v0",
            open_hollight,
            preset=MenuPreset("hollight-full", max_tactics=8, tactic_timeout_s=0.1),
        ),
    ),
    theorem_sets=(TheoremSource(_theorem_set, (*_LIBRARY_SETS, *(_DATABASE + corpus for corpus in _CORPORA))),),
    canaries=_FOLDER / "canaries.toml",
    menus=_FOLDER / "menus",
    default_menu="hollight-full",
    one_step_menu="hollight-one-step",
    proof_file=_proof_file,
    read_tactic=_read_tactic,
    library=_library,
    figures=Figures(
        ("fork_ready_ms", "steps_per_s", "overhead_ms", "restart_s", "checks_per_s"),
        _figures,
        free=(
            "aitp/HOList-Menu-v0",
            ("GEN_TAC", "DISCH_TAC", "CONJ_TAC", "EQ_TAC", "INDUCT_TAC", "REFL_TAC", "ABS_TAC"),
        ),
    ),
    commands=_commands,
    stop=_stop,
)

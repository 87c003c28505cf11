"""The plug of a prover: everything that the rest of aitp-gym asks of one, in one place.

A spec is read whenever aitp-gym is imported, so it names things and loads none of them: its functions import what they
need when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from ..proof import Proof, Theorem
from ..theorems import TheoremSet
from ..theorems.registry import TheoremSource
from .base import Prover
from .status import ProverStatus

__all__ = ["Command", "EnvironmentSpec", "Figures", "MenuPreset", "ProofFile", "ProverSpec"]


@dataclass(frozen=True, slots=True)
class MenuPreset:
    """Defaults of an environment's preset for standard RL libraries, `aitp/NAME-Menu-v0`.

    Attributes:
        menu: name of the menu whose slots are the actions.
        max_tactics: limit of an episode in tactic applications.
        tactic_timeout_s: limit of a tactic, in CPU seconds where the prover can measure them.
        buckets: number of hash buckets of the observation.
        premises: number of nearest premises whose similarity to the goal is observed; 0 for provers without premises.
    """

    menu: str
    max_tactics: int = 16
    tactic_timeout_s: float = 1.0
    buckets: int = 1024
    premises: int = 4


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """An environment id, and how its prover is started.

    Attributes:
        id: for `gymnasium.make`, for example `aitp/Toy-v0`.
        open: makes the prover from the environment's own arguments and says which theorem set is meant, by name, path
            or itself. Its parameters, `theorem_set` among them, all have defaults and take what JSON can hold;
            `gymnasium.make(id, …)` takes them beside those of every environment.
        max_tactics: limit of an episode in tactic applications where none is given, `None` for no limit.
        nondeterministic: whether time limits or anything else can change outcomes.
        preset: defaults of its preset for standard RL libraries; `None` for no such preset.
    """

    id: str
    open: Callable[..., tuple[Prover, str | TheoremSet]]
    max_tactics: int | None = 64
    nondeterministic: bool = True
    preset: MenuPreset | None = None


class ProofFile(Protocol):
    """Writes proofs for the prover's own eyes."""

    def theorem(self, theorem: Theorem, proof: Proof) -> str:
        """One theorem with its proof.

        Raises:
            BadInput: the prover does not accept the proof as it is written, or it cannot be written; the message says
                why.
        """
        ...

    def file(self, items: Mapping[str, str]) -> str:
        """The file, given names and texts of its theorems.

        Names are data in it. When the prover runs it, its last line of output says that all theorems were proved.

        Raises:
            BadInput: there are none.
        """
        ...


@dataclass(frozen=True, slots=True)
class Figures:
    """A prover's part of `aitp bench`.

    Attributes:
        names: of the figures, with their units in them.
        measure: gives the figures by name; takes the seconds for each that counts how often something can be done. It
            raises an `AitpError` where the prover is not there.
        measure_env: gives further ones, measured as a search meets them; takes a function that opens an environment of
            the prover, given its id, and returns a `ProofEnv`, which this layer does not know.
        learning: id of a preset on which learners are measured, and the theorem set whose `test` split they are
            measured on; of one prover, on which that takes minutes.
        free: id of a preset, and tactics of its menu that cost next to nothing, with which environment steps are
            counted.
    """

    names: tuple[str, ...]
    measure: Callable[[float], Mapping[str, float]]
    measure_env: Callable[[Callable[[str], Any]], Mapping[str, float]] | None = None
    learning: tuple[str, str] | None = None
    free: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the prover's own: `aitp GROUP NAME`.

    Attributes:
        group: `build`: what the prover needs, once per machine; `import`: published data; `conformance`: the prover at
            hand against published data; `record`: the proofs of the prover's own library.
        name: of the command.
        function: does it; Typer reads arguments, options and help from its signature and docstring.
        example: a command line that shows its use.
    """

    group: Literal["build", "import", "conformance", "record"]
    name: str
    function: Callable[..., None]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverSpec:
    """A prover as the rest of aitp-gym sees it.

    Attributes:
        name: of the plug, as `aitp doctor` and `aitp bench` call it.
        prover: `Prover.name`, which theorems and menus carry; two plugs may share it.
        status: looks at the prover's state, without starting or building anything.
        environments: the ids that it registers.
        theorem_sets: where its theorem sets come from.
        canaries: TOML file of statements that it must not prove.
        menus: folder of its menus, TOML files.
        default_menu: name of the menu for a first attempt.
        one_step_menu: name of the menu whose slots are tried one by one.
        proof_file: writes found proofs as a file that the prover itself runs.
        read_tactic: gives the name of a tactic, and those of the theorems that its text mentions, in order; raises
            `BadInput` where the text is none.
        library: opens a prover that knows what the theorems of a set could use, given the set's name; gives `None`
            where nobody knows. For learners, since traces do not hold libraries.
        figures: its part of the benchmark.
        commands: its own commands, with the module that holds them imported.
        stop: ends servers that it keeps running between uses, and says in a sentence what it ended.
    """

    name: str
    prover: str
    status: Callable[[], ProverStatus]
    environments: tuple[EnvironmentSpec, ...]
    theorem_sets: tuple[TheoremSource, ...] = ()
    canaries: Path | None = None
    menus: Path | None = None
    default_menu: str | None = None
    one_step_menu: str | None = None
    proof_file: Callable[[], AbstractContextManager[ProofFile]] | None = None
    read_tactic: Callable[[str], tuple[str, tuple[str, ...]]] | None = None
    library: Callable[[str], Prover | None] | None = None
    figures: Figures | None = None
    commands: Callable[[], Sequence[Command]] = tuple
    stop: Callable[[], str] | None = None

"""The provers that there are: those that come with aitp-gym, and those that other distributions add.

Another distribution adds one through the entry-point group `aitp_gym.provers`: each entry point names a `ProverSpec`.
They are looked for when a name is asked for that aitp-gym itself does not have, or all names are. One that cannot be
used is left out and has its line in `aitp doctor`; it is nobody else's trouble.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pkgutil import resolve_name
from typing import Any

from ..discovery import look_further, when_a_name_is_unknown
from ..errors import BadInput, UnknownName
from ..menus.registry import add_menus
from ..theorems.canaries import add_canaries
from ..theorems.registry import add_source
from .spec import EnvironmentSpec, ProverSpec
from .status import ProverStatus

__all__ = ["GROUP", "add_prover", "default_prover", "environment", "find", "known", "specs", "statuses", "with_prover"]

GROUP = "aitp_gym.provers"
_BUILT_IN = (
    "aitp_gym.provers.propositional.spec:SPEC",
    "aitp_gym.provers.hollight.spec:SPEC",
    "aitp_gym.provers.hol4.spec:SPEC",
    "aitp_gym.provers.lean.spec:SPEC",
    "aitp_gym.provers.lean.dojo.spec:SPEC",
)
# Of commands that are not told which.
_DEFAULT = "hollight"
_specs: dict[str, ProverSpec] = {}
_unusable: list[ProverStatus] = []


def known() -> list[ProverSpec]:
    """The provers that are known by now: those that come with aitp-gym, and those that were found since."""
    return list(_specs.values())


def specs() -> list[ProverSpec]:
    """All provers: those that come with aitp-gym, then those that other distributions add."""
    look_further()
    return known()


def find(name: str) -> ProverSpec:
    """A prover by the name of its plug.

    Raises:
        UnknownName: there is none of that name.
    """
    if name not in _specs:
        look_further()
    if name not in _specs:
        raise UnknownName(f"There is no prover {name!r}; known: {', '.join(_specs)}.")
    return _specs[name]


def default_prover() -> ProverSpec:
    """The prover that a command uses where it is not told which."""
    return _specs[_DEFAULT]


def with_prover(prover: str) -> list[ProverSpec]:
    """The plugs of a prover by its `Prover.name`, the main one first; none if there is no such prover."""
    if not any(spec.prover == prover for spec in _specs.values()):
        look_further()
    return [spec for spec in _specs.values() if spec.prover == prover]


def environment(env_id: str) -> EnvironmentSpec:
    """An environment by its id.

    Raises:
        UnknownName: no prover registers that id.
    """
    if env_id not in _environments():
        look_further()
    found = _environments()
    if env_id not in found:
        raise UnknownName(f"There is no environment {env_id!r}; known: {', '.join(sorted(found))}.")
    return found[env_id]


def statuses() -> list[ProverStatus]:
    """The state of every prover, and of every plug that cannot be used; nothing is started or built for it."""
    return [*map(_status, specs()), *_unusable]


def add_prover(spec: Any) -> None:
    """Make a prover known: its environments, theorem sets, canaries and menus, by their names.

    Raises:
        BadInput: it is not a `ProverSpec`, or another prover has its name or one of its ids.
    """
    if not isinstance(spec, ProverSpec):
        raise BadInput(f"expected a ProverSpec, got {spec!r}.")
    if spec.name in _specs:
        raise BadInput(f"there is a prover {spec.name!r} already.")
    if taken := [one.id for one in spec.environments if one.id in _environments()]:
        raise BadInput(f"another prover has the environment id {taken[0]} already.")
    _specs[spec.name] = spec
    for source in spec.theorem_sets:
        add_source(source)
    if spec.canaries is not None:
        add_canaries(spec.prover, spec.canaries)
    if spec.menus is not None:
        add_menus(spec.menus)


def _environments() -> dict[str, EnvironmentSpec]:
    return {one.id: one for spec in _specs.values() for one in spec.environments}


def _status(spec: ProverSpec) -> ProverStatus:
    try:
        return spec.status()
    except Exception as error:
        # One prover that stumbles over its own state must not hide the others'.
        return ProverStatus(spec.name, False, False, "", f"Its state is unknown: {type(error).__name__}: {error}")


def _add_installed() -> None:
    for point in entry_points(group=GROUP):
        try:
            add_prover(point.load())
        except (Exception, SystemExit) as error:
            # Importing a stranger's module can raise anything.
            _unusable.append(_report(point, error))


def _report(point: EntryPoint, error: BaseException) -> ProverStatus:
    distribution = f"{point.dist.name} {point.dist.version}" if point.dist is not None else "an unknown distribution"
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    message = f"The plug {point.value!r} of {distribution} cannot be used: {reason}"
    # A plug that cannot be used does not stand in the place of a prover that can.
    name = f"{point.name} of {distribution}" if point.name in _specs else point.name
    return ProverStatus(name, False, False, "", message)


for _reference in _BUILT_IN:
    add_prover(resolve_name(_reference))
when_a_name_is_unknown(_add_installed)

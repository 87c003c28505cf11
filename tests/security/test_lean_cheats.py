"""Texts that prove nothing are refused, each for a reason that fits, and an honest one like each is accepted."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.lean.check import Finding, verify
from aitp_gym.provers.lean.check.audit import Refused
from aitp_gym.provers.lean.check.cheats import Cheat, cheats
from aitp_gym.provers.lean.check.conformance import examination
from aitp_gym.provers.lean.check.gate import objection
from aitp_gym.provers.lean.check.verify import examine
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.toolchain import Toolchain

TIMEOUT_S = 30.0
ALL = cheats()
# Those from here on have statements of their own, which takes longer.
_FIRST_SLOW = [cheat.name for cheat in ALL].index("an opaque number computed")
QUICK, SLOW = ALL[:_FIRST_SLOW], ALL[_FIRST_SLOW:]
EACH = [*QUICK, *(pytest.param(cheat, marks=pytest.mark.integration) for cheat in SLOW)]


@pytest.fixture(scope="module")
def engine() -> Toolchain:
    try:
        return toolchain()
    except ProverUnavailable as error:
        pytest.skip(f"Lean cannot be used here: {error}")


class Findings:
    """By name of a cheat: what the check says of it, of its honest twin, and of it where nobody looks at the text."""

    def __init__(self, engine: Toolchain) -> None:
        self._engine = engine
        self._known: dict[str, tuple[Finding, Finding, str]] = {}
        self._check = cache(lambda source, body: verify(engine, source, body, TIMEOUT_S))

    def __getitem__(self, name: str) -> tuple[Finding, Finding, str]:
        if name not in self._known:
            together = QUICK if name in {cheat.name for cheat in QUICK} else SLOW
            with ThreadPoolExecutor(2) as pool:
                self._known |= zip((cheat.name for cheat in together), pool.map(self._look, together), strict=True)
        return self._known[name]

    def _look(self, cheat: Cheat) -> tuple[Finding, Finding, str]:
        finding = self._check(cheat.source, cheat.body)
        # Where the text is not to blame, the check has gone as deep as it can.
        unread = objection(cheat.body) is not None
        deeper = self._deeper(cheat) if unread else f"refused: {finding.reason}"
        return finding, self._check(cheat.honest, cheat.proof), deeper

    def _deeper(self, cheat: Cheat) -> str:
        try:
            examine(self._engine, cheat.source, cheat.body, TIMEOUT_S)
        except Refused as error:
            return f"refused: {error}"
        return "accepted"


@pytest.fixture(scope="module")
def findings(engine: Toolchain) -> Findings:
    return Findings(engine)


def test_there_are_many_and_no_two_are_called_the_same():
    assert len({cheat.name for cheat in ALL}) == len(ALL) >= 100


@pytest.mark.parametrize("cheat", EACH, ids=lambda cheat: cheat.name)
def test_it_is_refused(findings, cheat):
    finding = findings[cheat.name][0]
    assert finding.status == "refused"
    assert cheat.reason in finding.reason


@pytest.mark.parametrize("cheat", EACH, ids=lambda cheat: cheat.name)
def test_it_is_refused_even_if_nobody_looks_at_its_text(findings, cheat):
    deeper = findings[cheat.name][2]
    assert deeper.startswith("refused")
    assert cheat.deeper in deeper


@pytest.mark.parametrize("cheat", EACH, ids=lambda cheat: cheat.name)
def test_its_honest_twin_is_accepted(findings, cheat):
    finding = findings[cheat.name][1]
    assert (finding.status, finding.reason) == ("accepted", "")


def test_the_examination_counts_only_what_went_as_it_must(engine):
    """With a Lean that is not there nothing honest is accepted, and only texts that are refused unread are refused."""
    broken = dataclasses.replace(engine, lean=("/no/such/lean",), identity="broken")
    steps: list[tuple[int, int]] = []
    found = examination(broken, lambda done, total: steps.append((done, total)))
    unread = sum(objection(cheat.body) is not None for cheat in ALL)
    assert (found.cheats_refused, found.honest_accepted, found.cheats_total) == (unread, 0, len(ALL))
    assert len(found.faults) == 2 * len(ALL) - unread
    assert steps == [(number, len(ALL)) for number in range(1, len(ALL) + 1)]

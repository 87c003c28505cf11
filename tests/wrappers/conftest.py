"""Environments of every layer on propositional logic, and the presets of all provers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest

import aitp_gym  # noqa: F401  # registers the ids

from ..provers.lean.dojo.conftest import REPOSITORY, traced  # noqa: F401  # a fixture

SLOW = pytest.mark.integration
# The fixture that has the prover of each preset ready.
PROVERS = {
    "aitp/Propositional-Menu-v0": "",
    "aitp/HOList-Menu-v0": "hollight",
    "aitp/HOL4-Menu-v0": "hol4",
    "aitp/Lean-Menu-v0": "lean",
    # LeanDojo itself, with a stand-in for Lean.
    "aitp/LeanDojo-Menu-v0": "traced",
}


# What is alike for all is tried with two of them in every run, and with all of them in `make integration`.
PARAMETERS = [
    pytest.param(env_id, marks=() if env_id in ("aitp/Propositional-Menu-v0", "aitp/HOList-Menu-v0") else SLOW)
    for env_id in PROVERS
]


@pytest.fixture(scope="module", params=PARAMETERS)
def preset(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., gymnasium.Env[Any, Any]]:
    """Makes an environment of each preset id in turn; `preset.id` and `preset.arguments` are those it is made from."""
    env_id = request.param
    arguments: dict[str, Any] = {}
    if env_id == "aitp/LeanDojo-Menu-v0":
        pytest.importorskip("lean_dojo", reason="LeanDojo is not installed: pip install 'aitp-gym[lean]'")
        statements = tmp_path_factory.mktemp("statements") / "mine.txt"
        statements.write_text("Lean4Example.lean:both\nLean4Example.lean:deep\n")
        arguments = {"repository": REPOSITORY, "theorem_set": str(statements), "split": None, "memory_mb": 512}
    if fixture := PROVERS[env_id]:
        request.getfixturevalue(fixture)

    def make(**settings: Any) -> gymnasium.Env[Any, Any]:
        return gymnasium.make(env_id, **{**arguments, **settings})

    make.id, make.arguments = env_id, arguments  # type: ignore[attr-defined]
    return make


@pytest.fixture
def menu_env() -> Iterator[Callable[..., gymnasium.Env[Any, Any]]]:
    """Makes `aitp/Propositional-Menu-v0`."""
    made = []

    def make(**settings: Any) -> gymnasium.Env[Any, Any]:
        made.append(gymnasium.make("aitp/Propositional-Menu-v0", **settings))
        return made[-1]

    yield make
    for env in made:
        env.close()


def play(env: gymnasium.Env[Any, Any], seed: int, episodes: int = 1) -> list[Any]:
    """All that random masked episodes return, the first one seeded."""
    rng = np.random.default_rng(seed)
    told: list[Any] = []
    for episode in range(episodes):
        told.append(env.reset(seed=seed if episode == 0 else None))
        over = False
        while not over:
            mask = env.get_wrapper_attr("action_masks")()
            told.append(env.step(int(rng.choice(np.flatnonzero(mask)))))
            over = told[-1][2] or told[-1][3]
    return told

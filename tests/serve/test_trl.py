"""The class for TRL's `environment_factory`, held to what TRL 1.16 does with one."""

from __future__ import annotations

import functools
import inspect
import subprocess
import sys

import pytest

from aitp_gym.errors import UnknownName
from aitp_gym.serve.trl import ProofTools, prompt_rows
from aitp_gym.theorems import load

SWAP = "p ∧ q → q ∧ p"
PROOF = ("intro", "cases h0", "split", "assumption", "assumption")


@pytest.fixture
def tools():
    with ProofTools(max_tactics=16) as tools:
        yield tools


def test_the_only_tool_is_a_tactic(tools):
    # As GRPOTrainer looks for them: functions of the class that do not begin with an underscore.
    functions = [name for name, _ in inspect.getmembers(type(tools), inspect.isfunction) if not name.startswith("_")]
    assert set(functions) - {"reset", "get_reward"} == {"apply_tactic"}


def test_nothing_of_a_trainer_is_imported():
    code = "import sys, aitp_gym.serve.trl; print({'trl', 'torch', 'transformers', 'uvicorn'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def test_the_reward_is_the_checked_one_and_a_new_rollout_begins_without(tools):
    assert SWAP in tools.reset(prompt=[{"role": "user", "content": "…"}], theorem=SWAP, answer=3)
    assert tools.get_reward() == 0.0
    told = [tools.apply_tactic(tactic) for tactic in PROOF]
    assert told[-1] == "Proved: the check accepted the proof."
    assert tools.get_reward() == 1.0
    assert "over" in tools.apply_tactic("assumption")
    assert tools.get_reward() == 1.0
    tools.reset(theorem=SWAP)
    assert tools.get_reward() == 0.0


def test_a_reset_that_fails_leaves_neither_reward_nor_attempt(tools):
    tools.reset(theorem="p → p")
    for tactic in ("intro", "assumption"):
        tools.apply_tactic(tactic)
    with pytest.raises(UnknownName):
        tools.reset(split="nonsense")
    assert tools.get_reward() == 0.0
    assert "over" in tools.apply_tactic("intro")


def test_a_failed_tactic_is_told_in_the_provers_words(tools):
    tools.reset(theorem=SWAP)
    assert tools.apply_tactic("bogus", goal=0).startswith("parse: expected one of")
    assert tools.apply_tactic("intro", goal=7).startswith("rejected: There is no goal 7")


def test_a_budget_that_is_spent_ends_the_attempt(tools):
    tools.reset(theorem=SWAP)
    told = [tools.apply_tactic("bogus") for _ in range(16)]
    assert "over, not proved (budget" in told[-1]
    assert tools.get_reward() == 0.0


def test_rollouts_of_a_group_attempt_the_same_theorem():
    factory = functools.partial(ProofTools, "aitp/Propositional-v0", split="valid")
    with factory() as first, factory() as second:
        for row in prompt_rows("aitp/Propositional-v0", "valid", limit=3):
            assert first.reset(**row) == second.reset(**row)
        assert first.reset(seed=5) == second.reset(seed=5)


def test_rows_name_the_theorems_of_a_split():
    rows = prompt_rows("aitp/Propositional-v0", "test", limit=2)
    assert [row["theorem"] for row in rows] == [t.name for t in load("propositional-small").split("test")[:2]]
    assert rows[0]["prompt"][0]["role"] == "user"

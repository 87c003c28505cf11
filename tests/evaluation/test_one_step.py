"""One-step baselines: each slot once, closures checked, contexts side by side."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from aitp_gym.cli.app import app
from aitp_gym.errors import BadInput
from aitp_gym.evaluation.one_step import Timeouts, one_step
from aitp_gym.proof import Theorem
from aitp_gym.theorems import load


@pytest.mark.parametrize("num_workers", [0, 2])
def test_each_slot_is_applied_once_to_each_theorem(num_workers, propositional):
    theorems = [propositional.parse(text) for text in ("p -> p", "p /\\ q", "p \\/ q -> q", "p -> q -> p")]
    done = []
    result = one_step(
        "aitp/Propositional-v0",
        {},
        "propositional",
        theorems,
        num_workers=num_workers,
        on_done=lambda count, total: done.append((count, total)),
    )
    outcomes = {slot.label: slot.outcomes for slot in result.slots}
    assert (outcomes["intro"]["subgoals"], outcomes["split"]["subgoals"]) == (3, 1)
    assert all(counts.total() == 4 for counts in outcomes.values())
    assert result.union == 0, "no rule of this logic proves a theorem at once"
    assert done == [(count, 4) for count in range(1, 5)]


def test_a_context_that_sees_later_facts_proves_more(hollight):
    core = load("holist-core")
    theorems = [core[name] for name in ("LE_ADD", "ADD_SYM", "LE_EXISTS")]
    found = {
        context: one_step(
            "aitp/HOList-v0", {"context": context}, "hollight-one-step", theorems, timeouts=Timeouts(0.2), num_workers=0
        )
        for context in ("strict", "holist")
    }
    by_slot = {context: result.figures()["one_step"] for context, result in found.items()}
    assert by_slot["strict"]["ARITH_TAC"] == 0
    assert by_slot["holist"]["ARITH_TAC"] >= 2
    assert by_slot["strict"]["ASM_MESON_TAC {premises} 16"] >= 1
    assert found["strict"].slots[0].refused == 0
    assert found["strict"].union <= found["holist"].union


def test_the_command_prints_figures(hollight, tmp_path):
    menu = tmp_path / "small.toml"
    menu.write_text(
        'name = "small"\nversion = 1\nprover = "hollight"\ndescription = "two"\n'
        'syntax = { premise = "THM {name}", separator = " ; ", open = "[ ", close = " ]", empty = "[ ]" }\n'
        '[[tactic]]\ntext = "REFL_TAC"\n[[tactic]]\ntext = "MESON_TAC {premises}"\nnearest = [0, 4]\n'
    )
    arguments = ["one-step", "--menu", str(menu), "--limit", "5", "--num-workers", "0", "--json"]
    result = CliRunner().invoke(app, [*arguments, "--context", "strict", "--context", "holist"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.strip().splitlines()[-1])
    assert set(figures) == {"strict", "holist"}
    assert figures["strict"]["theorems"] == 5
    assert set(figures["strict"]["one_step"]) == {"REFL_TAC", "MESON_TAC {premises} 0", "MESON_TAC {premises} 4"}


def test_nothing_to_try_is_refused():
    with pytest.raises(BadInput, match="at least one theorem"):
        one_step("aitp/Propositional-v0", {}, "propositional", [])


def test_an_environment_that_cannot_be_made_is_named():
    with pytest.raises(BadInput, match="aitp/Nowhere-v0"):
        one_step("aitp/Nowhere-v0", {}, "propositional", [Theorem("t", "True", "propositional")], num_workers=0)

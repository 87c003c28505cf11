"""Premises that a found proof does not need are left out of it, and nothing else."""

from __future__ import annotations

import gymnasium

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.proof import Proof, ProofStep
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.theorems import load


def prune(prover, theorem, *steps):
    proof = Proof(tuple(ProofStep(tactic, "", children) for tactic, children in steps))
    assert prover.check(theorem, proof, 20.0).accepted
    pruned = prover.prune(theorem, proof, 2.0)
    assert prover.check(theorem, pruned, 20.0).accepted
    assert [step.children for step in pruned.steps] == [step.children for step in proof.steps]
    return pruned.script()


def test_a_list_keeps_what_is_needed(hollight):
    theorem = load("holist-core")["LE_ADD"]
    tactic = "ASM_MESON_TAC [ THM ADD_SYM ; THM LE_EXISTS ; THM TRUTH ]"
    assert prune(hollight, theorem, (tactic, ())) == ["ASM_MESON_TAC [ THM LE_EXISTS ]"]


def test_every_step_is_pruned_against_its_own_subgoals(hollight):
    theorem = hollight.parse("!p q. p /\\ q ==> q /\\ p")
    script = prune(
        hollight,
        theorem,
        ("GEN_TAC", (1,)),
        ("GEN_TAC", (2,)),
        ("DISCH_TAC", (3,)),
        ("ASM_REWRITE_TAC [ THM ADD_SYM ; THM LE_REFL ]", ()),
    )
    assert script == ["GEN_TAC", "GEN_TAC", "DISCH_TAC", "ASM_REWRITE_TAC [ ]"]


def test_an_attempt_keeps_what_was_applied_and_what_was_needed(hollight):
    env = gymnasium.make("aitp/HOList-v0", prune_premises=True).unwrapped
    try:
        env.reset(seed=0, options={"theorem": "LE_ADD"})
        tactic = "ASM_MESON_TAC [ THM ADD_SYM ; THM LE_EXISTS ]"
        (edge,) = env.expand(0, [tactic], [-1.0])
        attempt = env.attempt(policy_s=0.0, search_s=0.0, exhausted=False, versions=None)
    finally:
        env.close()
    assert attempt.proved
    assert [step.tactic for step in attempt.steps if step.on_proof] == [tactic]
    assert attempt.proof.script() == ["ASM_MESON_TAC [ THM LE_EXISTS ]"]
    assert attempt.proof.steps[0].edge == edge.id


def test_a_proof_that_holds_in_the_strict_context_too_is_known_as_such(hollight):
    ungated = HolLight(context="holist")
    core = load("holist-core")
    strict = Proof((ProofStep("ASM_MESON_TAC [ THM LE_EXISTS ]", "", ()),))
    later = Proof((ProofStep("ARITH_TAC", "", ()),))
    assert ungated.check(core["LE_ADD"], strict, 20.0).strict is True
    assert ungated.check(core["LE_ADD"], later, 20.0).strict is False
    assert hollight.check(core["LE_ADD"], strict, 20.0).strict is None
    assert hollight.check(core["LE_ADD"], later, 20.0).status == "refused"

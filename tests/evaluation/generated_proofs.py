"""Honest and spoilt proofs by the thousand, with the verdict that each must have."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["GENERATORS", "GeneratedProof", "generated"]


@dataclass(frozen=True)
class GeneratedProof:
    """A statement, a text, and whether that proves it."""

    statement: str
    proof: str
    holds: bool


def generated(prover: str, count: int, seed: int) -> list[GeneratedProof]:
    """Proofs for a prover, about half of them honest; the same for the same seed."""
    chance = random.Random(f"{prover} {seed}")
    return [GENERATORS[prover](chance, number) for number in range(count)]


def _lean(chance: random.Random, number: int) -> GeneratedProof:
    size = chance.randint(2, 5)
    wanted = [chance.randrange(size) for _ in range(chance.randint(2, 4))]
    given = " ∧ ".join(f"p{i}" for i in range(size))
    names = " ".join(f"p{i}" for i in range(size))
    head = f"theorem g{number} ({names} : Prop) (h : {given}) : {' ∧ '.join(f'p{i}' for i in wanted)}"
    part = [f"h{'.2' * i}{'.1' if i < size - 1 else ''}" for i in range(size)]
    term = f"⟨{', '.join(part[i] for i in wanted)}⟩"
    steps = "\n  ".join(f"apply And.intro\n  · exact {part[i]}" for i in wanted[:-1])
    block = f"by\n  {steps}\n  exact {part[wanted[-1]]}"
    honest = [
        *(term, block, f":= {term}", f"by exact {term} -- so"),
        *(f"{head} := {term}\n", f"open Nat\n{head} := {block}"),
    ]
    if chance.random() < 0.5:
        return GeneratedProof(head, chance.choice(honest), True)
    other = part[(wanted[-1] + 1) % size]
    spoilt = [
        f"by\n  {steps}\n  exact {other}",
        f"by\n  {steps}",
        "by sorry",
        "by native_decide",
        f"{term.removesuffix('⟩')}, {part[0]}⟩",
        "no_such_theorem h",
        "by\n  exact (set_option debug.skipKernelTC true in (by decide +kernel : _))",
        f"theorem g{number} : True := trivial",
        f"axiom cheat : False\n{head} := cheat.elim",
        "",
    ]
    return GeneratedProof(head, chance.choice(spoilt), False)


def _hollight(chance: random.Random, number: int) -> GeneratedProof:
    a, b = chance.randrange(100), chance.randrange(100)
    statement = f"!n. n + {a} + {b} = {a + b} + n"
    if chance.random() < 0.5:
        honest = ["ARITH_TAC", "GEN_TAC THEN ARITH_TAC", "GEN_TAC\nARITH_TAC", "(* so *)\n  GEN_TAC THEN\n  ARITH_TAC"]
        return GeneratedProof(statement, chance.choice(honest), True)
    spoilt = [
        *("GEN_TAC", "GEN_TAC THEN NO_SUCH_TAC", "ARITH_TAC\nARITH_TAC", "GEN_TAC\nREWRITE_TAC [ ]"),
        *("", "CHEAT_TAC", "GEN_TAC THEN ("),
    ]
    if chance.random() < 0.5:
        return GeneratedProof(statement, chance.choice(spoilt), False)
    return GeneratedProof(f"!n. n + {a} + {b} = {a + b + 1} + n", "GEN_TAC THEN ARITH_TAC", False)


def _propositional(chance: random.Random, number: int) -> GeneratedProof:
    size = chance.randint(2, 6)
    wanted = [chance.randrange(size) for _ in range(chance.randint(2, 4))]
    statement = " -> ".join([*(f"a{i}" for i in range(size)), " & ".join(f"a{i}" for i in wanted)])
    steps = ["intro"] * size
    for i in wanted[:-1]:
        steps += ["split", f"exact h{i}"]
    steps.append(f"exact h{wanted[-1]}")
    if chance.random() < 0.5:
        return GeneratedProof(statement, chance.choice(["\n", "; "]).join(steps), True)
    spoilt = [
        steps[:-1],
        [*steps, "assumption"],
        [*steps[:-1], f"exact h{(wanted[-1] + 1) % size}"],
        steps[1:],
        [*steps[:-1], "sorry"],
        [],
    ]
    return GeneratedProof(statement, "\n".join(chance.choice(spoilt)), False)


GENERATORS: dict[str, Callable[[random.Random, int], GeneratedProof]] = {
    "aitp/Lean-v0": _lean,
    "aitp/HOList-v0": _hollight,
    "aitp/Propositional-v0": _propositional,
}

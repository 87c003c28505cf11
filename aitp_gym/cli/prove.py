"""`aitp prove`: one attempt at a statement of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from ..errors import UnknownName
from ..proof import Attempt, Budget
from ..text import shown

__all__ = ["prove"]

_NUM_SAMPLED_TACTICS = 8


def prove(
    statement: str,
    *,
    env_id: str,
    checkpoint: Path | None,
    max_tactics: int,
    total_timeout: float,
    tactic_timeout_s: float,
    seed: int,
) -> bool:
    """Attempt a statement and print what came of it.

    Args:
        statement: in the prover's language, or the name of a theorem of the environment's set.
        env_id: a registered environment.
        checkpoint: of a menu policy; `None` tries the menu in its own order.
        max_tactics: tactic applications.
        total_timeout: wall seconds.
        tactic_timeout_s: seconds per tactic.
        seed: of the attempt.

    Returns:
        Whether a proof was found and accepted by the check.
    """
    from aitp_gym.agents.agent import SearchAgent
    from aitp_gym.search.best_first import BestFirst

    env = _make(env_id, tactic_timeout_s)
    try:
        policy = _policy(env.prover.name, checkpoint)
        budget = Budget(max_tactics=max_tactics, wall_s=total_timeout)
        env.reset(seed=seed, options={"theorem": statement, "budget": budget})
        attempt = SearchAgent(policy, BestFirst(), _NUM_SAMPLED_TACTICS).prove(env)
    finally:
        env.close()
    _print(attempt)
    return attempt.proved


def _make(env_id: str, tactic_timeout_s: float) -> Any:
    import gymnasium

    from ..envs.registration import known_ids

    if env_id not in known_ids():
        raise UnknownName(f"There is no environment {env_id!r}; known: {', '.join(known_ids())}.")
    return gymnasium.make(env_id, tactic_timeout_s=tactic_timeout_s).unwrapped


def _policy(prover: str, checkpoint: Path | None) -> Any:
    from aitp_gym.agents.policies.fixed_order import FixedOrderPolicy
    from aitp_gym.agents.policies.menu_policy import MenuPolicy

    from ..menus import Menu, menu_names
    from ..provers.registry import with_prover

    name = next((spec.default_menu for spec in with_prover(prover) if spec.default_menu is not None), None)
    if name is None:
        raise UnknownName(f"There is no menu for the prover {prover!r}; known menus: {', '.join(menu_names())}.")
    menu = Menu.load(name)
    return FixedOrderPolicy(menu) if checkpoint is None else MenuPolicy(menu, ckpt_path=checkpoint)


def _print(attempt: Attempt) -> None:
    # Statements and tactics are data: what looks like markup in them is not.
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(f"⊢ {shown(attempt.theorem.pretty or attempt.theorem.statement, lines=True)}")
    if attempt.proof is not None and attempt.proved:
        for tactic in attempt.proof.script():
            console.print(f"  {shown(tactic, lines=True)}")
        console.print(f"proved after {attempt.spent.tactics} tactic applications; the check accepted the proof")
        if attempt.verdict is not None and attempt.verdict.reason:
            console.print(f"it does not count in reports: {shown(attempt.verdict.reason, lines=True)}")
        return
    why = f" ({shown(attempt.reason, lines=True)})" if attempt.reason else ""
    console.print(f"not proved: {attempt.status}{why} after {attempt.spent.tactics} tactic applications")
    if attempt.verdict is not None and not attempt.verdict.accepted:
        console.print(f"the check {attempt.verdict.status} a proof: {shown(attempt.verdict.reason, lines=True)}")

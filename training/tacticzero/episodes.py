"""Episodes of TacticZero: fringes and tactics are drawn from the policy until the attempt is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aitp_gym.agents.policies.tacticzero import TacticZeroPolicy
from aitp_gym.envs import ProofEnv
from aitp_gym.menus.offer import make_offer
from aitp_gym.proof import Attempt, Status, Subgoals, Theorem

__all__ = ["REWARDS", "DrawnStep", "Rewards", "TacticZeroEpisode", "play_episode"]


@dataclass(frozen=True, slots=True)
class Rewards:
    """Rewards of the steps of an episode.

    Attributes:
        failed: the tactic did not work, or gave a set of goals that was there before.
        progress: it gave a new one.
        closed: it closed its goal.
        proved: it completed a proof that the check accepted.
        lost: added at the end of an episode without a proof.
    """

    failed: float = 0.0
    progress: float = 0.0
    closed: float = 0.0
    proved: float = 1.0
    lost: float = 0.0


REWARDS = {"sparse": Rewards(), "paper": Rewards(-0.1, 0.1, 0.2, 5.0, -5.0)}
"""By name: 1 for a proof and nothing else, and those of the paper (section 3.2)."""


@dataclass(slots=True)
class DrawnStep:
    """One step: what was chosen, and among what.

    Attributes:
        fringes: open goals of the fringes that could be drawn, as places in `TacticZeroEpisode.texts`.
        fringe: number of the one that was drawn; its first goal is worked on.
        allowed: slots that could be chosen at that goal, ascending, shape (K,).
        slot: the one that was chosen.
        reward: of the step.
    """

    fringes: list[tuple[int, ...]]
    fringe: int
    allowed: NDArray[np.int64]
    slot: int
    reward: float = 0.0

    @property
    def goal(self) -> int:
        """Place of the goal that was worked on."""
        return self.fringes[self.fringe][0]


@dataclass
class TacticZeroEpisode:
    """An episode.

    Attributes:
        theorem: what was attempted.
        texts: of the goals that were met.
        decisions: the steps, one for each tactic applied.
        on_proof: whether the accepted proof uses each step; none without a proof.
        attempt: the log entry.
    """

    theorem: Theorem
    texts: list[str] = field(default_factory=list)
    decisions: list[DrawnStep] = field(default_factory=list)
    on_proof: list[bool] = field(default_factory=list)
    attempt: Attempt | None = None

    @property
    def proved(self) -> bool:
        """Whether a proof was found and accepted."""
        return any(self.on_proof)


class _Goals:
    """What an episode knows of the nodes of its graph."""

    def __init__(self, env: ProofEnv, policy: TacticZeroPolicy, episode: TacticZeroEpisode) -> None:
        self._env, self._policy, self._texts = env, policy, episode.texts
        self._premises = env.retrieve_premises()
        self.place: dict[int, int] = {}
        self.score: dict[int, float] = {}
        self.tactics: dict[int, dict[int, str]] = {}
        self._logits: dict[int, tuple[Any, Any]] = {}

    def meet(self, nodes: list[int]) -> None:
        """Score the nodes that are new."""
        new = [n for n in nodes if n not in self.place]
        if not new:
            return
        goals = [self._env.graph.nodes[n].goal for n in new]
        outputs = self._policy.outputs([goal.text for goal in goals])
        for i, (n, goal) in enumerate(zip(new, goals, strict=True)):
            self.place[n] = len(self._texts)
            self._texts.append(goal.text)
            self.score[n] = float(outputs.scores[i])
            self.tactics[n] = dict(make_offer(self._policy.menu, goal, self._premises).tactics)
            self._logits[n] = (outputs.templates[i], outputs.slots[i])

    def logprobs(self, node: int) -> NDArray[np.float64]:
        """Log-probabilities of the slots that may still be chosen at a node, in their order."""
        return self._policy.logprobs(list(self.tactics[node]), *self._logits[node])


def play_episode(
    env: ProofEnv,
    theorem: Theorem,
    policy: TacticZeroPolicy,
    rng: np.random.Generator,
    *,
    max_tactics: int,
    rewards: Rewards = REWARDS["sparse"],
    no_repeats: bool = True,
    greedy: bool = False,
) -> TacticZeroEpisode:
    """Attempt a theorem.

    Args:
        env: any environment of a prover.
        theorem: to prove.
        policy: says how likely fringes and tactics are.
        rng: of the draws.
        max_tactics: tactic applications, at most.
        rewards: of the steps.
        no_repeats: whether a tactic is tried once at each goal.
        greedy: whether the likeliest fringe and tactic are chosen instead of being drawn.
    """
    seed = int(rng.integers(2**31))
    env.reset(seed=seed, options={"theorem": theorem, "budget": {"max_tactics": max_tactics}})
    episode = TacticZeroEpisode(theorem)
    goals = _Goals(env, policy, episode)
    goals.meet([0])
    fringes: list[tuple[int, ...]] = [(0,)]
    nodes = env.graph.nodes

    def draw(logits: NDArray[np.float64]) -> int:
        return int(np.argmax(logits if greedy else logits + rng.gumbel(size=len(logits))))

    while not env.done:
        # What was proved on another way is no goal any more.
        left = [tuple(n for n in fringe if nodes[n].status is not Status.PROVED) for fringe in fringes]
        live = [f for f in left if f and goals.tactics[f[0]] and all(nodes[n].status is Status.OPEN for n in f)]
        if not live:
            break
        number = draw(np.array([sum(goals.score[n] for n in fringe) for fringe in live]))
        node, rest = live[number][0], live[number][1:]
        logprobs = goals.logprobs(node)
        slots = np.array(list(goals.tactics[node]), np.int64)
        choice = draw(logprobs)
        slot = int(slots[choice])
        edges = env.expand(node, [goals.tactics[node][slot]], [min(float(logprobs[choice]), 0.0)])
        if not edges:
            break
        places = [tuple(goals.place[n] for n in fringe) for fringe in live]
        decision = DrawnStep(places, number, slots, slot, rewards.failed)
        episode.decisions.append(decision)
        if no_repeats:
            del goals.tactics[node][slot]
        if isinstance(edges[0].outcome, Subgoals):
            children = list(edges[0].children)
            goals.meet(children)
            fringe = tuple(dict.fromkeys((*children, *rest)))
            if node not in fringe and set(fringe) not in map(set, fringes):
                decision.reward = rewards.progress if children else rewards.closed
                fringes.append(fringe)
    attempt = episode.attempt = env.attempt(exhausted=True, versions=policy.versions)
    if attempt.proved:
        episode.on_proof = [step.on_proof for step in attempt.steps]
        episode.decisions[-1].reward = rewards.proved
    elif episode.decisions:
        episode.decisions[-1].reward += rewards.lost
    return episode

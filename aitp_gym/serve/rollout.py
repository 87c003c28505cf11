"""Attempts as a language model meets them: goals in usual notation, one tactic at a time, and the checked reward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from gymnasium.error import ResetNeeded

from ..envs.proof_env import ProofEnv
from ..envs.registration import known_ids, make_env
from ..envs.spaces import UnicodeText
from ..errors import BadInput, UnknownName
from ..proof import FAILURE_KINDS, Status
from .proof_line import goals_on_line
from .tasks import Tasks

__all__ = ["REWARD_PARTS", "Rollout", "Turn"]

REWARD_PARTS = ("proved", "goals_closed", "goals_opened", *FAILURE_KINDS)
"""Names of the parts of a dense reward."""

# Goals that are shown: more would be more than a language model reads.
_WINDOW = 16
# A message to a language model would else be mostly about what it has left behind.
_EARLIER_TOLD = 3
_GOAL_TEXT = UnicodeText(16_384)
_MESSAGE_TEXT = UnicodeText(2_048)


@dataclass(frozen=True, slots=True)
class Turn:
    """Answer to a reset or to a tactic.

    Attributes:
        done: whether the attempt is over.
        reward: 1 for the tactic whose proof the check accepted, else 0; `None` after a reset.
        theorem: name of what is attempted.
        statement: of the theorem, in usual notation.
        split: that the theorem belongs to, empty for a statement of one's own.
        goals: what is left to prove after the tactics that led here, in usual notation, the newest first; none when the
            attempt is over.
        earlier: goals that were left behind and can be gone back to, to prove them in another way; their numbers go on
            after those of `goals`.
        count: goals that are left, also where the window is too small to show them all.
        outcome: of the tactic: `subgoals`, a failure kind, or `none` if nothing was applied.
        message: the prover's words about a failure.
        reward_parts: unchecked numbers to build a dense reward from, by name: `proved` (0 or 1, this one is checked),
            `goals_closed` and `goals_opened` by this tactic, and 1 for its kind of failure.
        tactics_left: tactics that the budget still allows; `None` without a limit.
        status: how the attempt ended: `proved`, `failed`, `exhausted`, `budget` or `error`; empty while it goes on.
        reason: the limit that was reached, or what went wrong.
        step_count: tactics of this attempt, this one included.
        metadata: says whose answer this is.
    """

    done: bool
    reward: float | None
    theorem: str
    statement: str
    split: str
    goals: list[str]
    earlier: list[str]
    count: int
    outcome: str
    message: str
    reward_parts: dict[str, int]
    tactics_left: int | None
    status: str
    reason: str
    step_count: int
    metadata: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The turn as a message to a language model."""
        said = f"{self.outcome}: {self.message}\n\n" if self.message else ""
        if self.status == "proved":
            return "Proved: the check accepted the proof."
        if self.done:
            return f"{said}The attempt is over, not proved ({self.status}{': ' * bool(self.reason)}{self.reason})."
        goals = _numbered(self.goals, 0)
        if self.count > len(self.goals):
            goals += f"\n\n… and {self.count - len(self.goals)} more"
        if self.earlier:
            goals += f"\n\nto go back to:\n\n{_numbered(self.earlier[:_EARLIER_TOLD], len(self.goals))}"
        left = "" if self.tactics_left is None else f"\n\n{self.tactics_left} tactics left"
        return f"{said}{goals}{left}"


def _numbered(goals: Sequence[str], first: int) -> str:
    return "\n\n".join(f"goal {number}:\n{goal}" for number, goal in enumerate(goals, first))


class Rollout:
    """Attempts of one client, one after the other, in an environment of its own.

    Nothing that a client says but its tactics reaches an attempt under way: theorem and statement are fixed by `begin`,
    and the reward is that of the environment, given once, for a proof that the check accepted.

    Args:
        env: belongs to this object from now on.
        tasks: what is attempted.
    """

    def __init__(self, env: ProofEnv, tasks: Tasks) -> None:
        self._env, self.tasks = env, tasks
        self._steps = 0
        self._last: Turn | None = None
        self._texts: dict[int, str] = {}
        self._places: list[int] = []
        self._statement = ""
        self._metadata: dict[str, str] = {}

    @classmethod
    def open(cls, env_id: str, settings: Mapping[str, Any]) -> Self:
        """Rollouts in an environment of their own, which draws from the split that the settings name.

        Args:
            env_id: of the environment.
            settings: of the environment, as for `gymnasium.make`.

        Raises:
            UnknownName: there is no environment of that id, or no theorem set or split that the settings name.
            ConfigError: it does not take one of the settings.
            ProverUnavailable: the prover is not installed.
        """
        if env_id not in known_ids():
            raise UnknownName(f"There is no environment {env_id!r}; known: {', '.join(known_ids())}.")
        env = make_env(env_id, {"max_goals": _WINDOW, **settings})
        if not isinstance(env, ProofEnv):
            env.close()
            raise BadInput(f"{env_id} is no environment of theorem proving by tactics.")
        return cls(env, Tasks(env.theorems, settings.get("split", "train")))

    @property
    def last(self) -> Turn:
        """The latest turn.

        Raises:
            ResetNeeded: there is no attempt yet.
        """
        if self._last is None:
            raise ResetNeeded("There is no attempt yet: call reset first.")
        return self._last

    def begin(
        self,
        theorem: str | None = None,
        *,
        split: str | None = None,
        index: int | None = None,
        seed: int | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Turn:
        """Begin an attempt. Whether it succeeds or not, the one before is over.

        Args:
            theorem: name of a theorem of the set, or a statement of one's own in the prover's notation.
            split: in place of a theorem: to take one from; by default the usual one.
            index: number of the theorem in the split; without it one is drawn.
            seed: of the draw and of the attempt.
            metadata: goes with every turn of the attempt.

        Raises:
            BadInput: the arguments contradict each other, or there is no such theorem, split or number.
            StatementError: the prover cannot read the statement.
            ProverUnavailable: the prover does not start.
        """
        # First: if the new attempt does not begin, then no turn of the old one is taken for one of it.
        self._last, self._steps, self._metadata = None, 0, dict(metadata or {})
        chosen = self.tasks.choose(theorem, split, index, seed, self._env.np_random)
        _, info = self._env.reset(seed=seed, options={"theorem": chosen})
        self._texts = {}
        told = self._env.theorem
        self._statement = _GOAL_TEXT.fit(told.pretty or told.statement)
        self._last = self._turn(None, info, dict.fromkeys(REWARD_PARTS, 0))
        return self._last

    def step(self, tactic: str, goal: int = 0) -> Turn:
        """Apply a tactic to a goal, given by its place among those shown; another place is a rejected tactic.

        Raises:
            ResetNeeded: there is no attempt, or it is over.
        """
        if self.last.done:
            raise ResetNeeded(f"The attempt is over ({self.last.status}): call reset before going on.")
        closed = self._closed()
        place = self._places[goal] if 0 <= goal < len(self._places) else goal
        _, reward, _, _, info = self._env.step({"goal": place, "tactic": tactic})
        self._steps += 1
        parts = dict.fromkeys(REWARD_PARTS, 0)
        parts["proved"] = int(reward)
        parts["goals_closed"] = max(0, self._closed() - closed)
        parts["goals_opened"] = len(info["children"])
        if info["outcome"] in FAILURE_KINDS:
            parts[info["outcome"]] = 1
        self._last = self._turn(reward, info, parts)
        return self._last

    def close(self) -> None:
        """End the session and the prover; calling it twice is allowed."""
        self._env.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _closed(self) -> int:
        return sum(node.status is Status.PROVED for node in self._env.graph.nodes)

    def _turn(self, reward: float | None, info: dict[str, Any], parts: dict[str, int]) -> Turn:
        env, done = self._env, self._env.done
        window: tuple[int, ...] = () if done else info["nodes"]
        line = goals_on_line(env.graph, window[0]) if window else set()
        # Numbers as clients see them lead to the environment's own.
        self._places = sorted(range(len(window)), key=lambda place: window[place] not in line)
        texts = [self._text_of(window[place]) for place in self._places]
        left = sum(node in line for node in window)
        return Turn(
            done=done,
            reward=reward,
            theorem=env.theorem.name,
            statement=self._statement,
            split=env.theorem.split,
            goals=texts[:left],
            earlier=texts[left:],
            count=len(line),
            outcome=info["outcome"],
            message=_MESSAGE_TEXT.fit(info["message"]),
            reward_parts=parts,
            tactics_left=env.tactics_left(),
            status=info.get("status", ""),
            reason=_MESSAGE_TEXT.fit(info.get("reason", "")),
            step_count=self._steps,
            metadata=dict(self._metadata),
        )

    def _text_of(self, node: int) -> str:
        if node not in self._texts:
            self._texts[node] = _GOAL_TEXT.fit(self._env.pretty(node))
        return self._texts[node]

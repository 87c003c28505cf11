"""`ProofEnv`: interactive theorem proving as a Gymnasium environment."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

import gymnasium
from gymnasium import spaces
from gymnasium.error import ResetNeeded

from ..errors import BadInput
from ..exclusive_use import ExclusiveUse
from ..proof import Attempt, Budget, Edge, Failure, Outcome, Premises, ProofGraph, Spent, Status, Theorem
from ..provers.base import Prover
from ..theorems import TheoremSet
from .episode import Episode, StepLimits
from .live_goals import LiveGoals
from .render import readable, render_tree
from .spaces import UnicodeText
from .timing import Stats

__all__ = ["ProofEnv"]

_MAX_COUNT = 2**31
_OPTIONS = ("theorem", "budget")
_RENDER_MODES = ["ansi"]

P = ParamSpec("P")
R = TypeVar("R")


def _exclusively(method: Callable[Concatenate[ProofEnv, P], R]) -> Callable[Concatenate[ProofEnv, P], R]:
    """The method, refused to a thread while another one is in such a method of the same environment."""

    def guarded(self: ProofEnv, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._exclusive:
            return method(self, *args, **kwargs)

    functools.update_wrapper(guarded, method)
    return guarded


class ProofEnv(gymnasium.Env[dict[str, Any], dict[str, Any]]):
    """One theorem per episode; every action applies a tactic to an open goal.

    Action: `{"goal": index into the observed window, "tactic": text}`.

    Observation: `{"theorem": text, "goals": texts of at most `max_goals` live goals, "count": live goals in all}`. Live
    goals are open goals that the theorem still depends on, the newest first. Texts are the prover's exact form.

    Reward: 1 for the step whose proof passed `Prover.check`, otherwise 0.

    An episode terminates when a proof was accepted, when nothing on the graph can prove the theorem any more, or on
    `give_up`. It is truncated when the budget is spent or the prover is lost for good (then `info["fault"]` says how).
    A proof that the check refuses costs its guilty tactic and the episode goes on. When nobody can check (twice in a
    row), the episode is truncated with a fault: the proof is neither counted nor held against the tactics.

    An environment serves one process and one thread. After a fork each process goes on by itself, with a session of
    its own that is opened when it is first used there. A second thread is refused with `ConcurrentUse` while a first
    one uses it. A copy, deep or by pickle, is a fresh environment that has not been reset. A step that an exception
    cuts short (an interrupt, say) is not recorded: its tactics are neither in graph nor in budget nor in log, but for
    the wall time, and the next step gets an answer of its own. A check that was cut short is begun anew by the next
    step. Only where an exception comes in the microseconds in which outcomes are recorded is the attempt over, with
    a fault that says so.

    `info` has `outcome` (`subgoals`, a failure kind, or `none` if the budget allowed no application), the prover's
    `message`, the `node` worked on and its new `children`, the node ids of the window as `nodes`, and whether an
    observed text had to be `cut`; after a reset also the prover's `versions` (its backend, where it has several);
    at the end also `status`, `reason`, and `proof` and `verdict` if there are any. No entry holds a time: timings are
    in `stats`.

    Args:
        prover: opens sessions and checks proofs.
        theorems: what to draw from, and where names are looked up.
        split: which part of the set to draw from; `None` for all of it.
        budget: of an episode; `reset` can give another one.
        tactic_timeout_s: for each tactic, in CPU seconds where the prover can measure them.
        check_timeout_s: for each check, in wall seconds, outside the budget.
        prune_premises: leave out of an accepted proof the premises that its tactics do not need, where the prover can
            do that; outside the budget. `Attempt.proof` then has the shorter tactics, `Attempt.steps` those applied.
        max_goals: length of the observed window, at most.
        max_text: length of an observed text or of a tactic in characters, at most.
        render_mode: `ansi` or `None`.
        close_prover: whether `close` closes the prover too.
    """

    # Gymnasium declares it as an instance variable, though every environment sets it here.
    metadata = {"render_modes": _RENDER_MODES, "render_fps": 4}  # noqa: RUF012

    def __init__(
        self,
        prover: Prover,
        theorems: TheoremSet,
        *,
        split: str | None = "train",
        budget: Budget | None = None,
        tactic_timeout_s: float = 1.0,
        check_timeout_s: float = 60.0,
        prune_premises: bool = False,
        max_goals: int = 64,
        max_text: int = 65_536,
        render_mode: str | None = None,
        close_prover: bool = False,
    ) -> None:
        if render_mode is not None and render_mode not in _RENDER_MODES:
            raise BadInput(f"render_mode must be one of {_RENDER_MODES} or None, got {render_mode!r}.")
        # What a copy is made from.
        self._settings: dict[str, Any] = {
            "prover": prover,
            "theorems": theorems,
            "split": split,
            "budget": budget,
            "tactic_timeout_s": tactic_timeout_s,
            "check_timeout_s": check_timeout_s,
            "prune_premises": prune_premises,
            "max_goals": max_goals,
            "max_text": max_text,
            "render_mode": render_mode,
            "close_prover": close_prover,
        }
        self._exclusive = ExclusiveUse("This environment")
        self.prover, self.theorems = prover, theorems
        self.render_mode = render_mode
        self.max_goals = max_goals
        self._limits = StepLimits(tactic_timeout_s, check_timeout_s, prune_premises)
        self._budget = budget or Budget()
        self._close_prover = close_prover
        self._episode: Episode | None = None
        self._drawn_from: Sequence[Theorem] = theorems.theorems if split is None else theorems.split(split)
        self._text = UnicodeText(max_text)
        self.action_space = spaces.Dict({"goal": spaces.Discrete(max_goals), "tactic": UnicodeText(max_text)})
        self.observation_space = spaces.Dict(
            {
                "theorem": self._text,
                "goals": spaces.Sequence(UnicodeText(max_text)),
                "count": spaces.Discrete(_MAX_COUNT),
            }
        )

    # -- one episode ------------------------------------------------------------------------------------------------

    @_exclusively
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin an attempt.

        Args:
            seed: of the draw, and of the attempt in the log.
            options: `theorem`: a `Theorem`, the name of one in the set, or a statement of one's own in the prover's
                notation; without it one is drawn from the split. `budget`: a `Budget`, or a dict of its fields.

        Raises:
            UnknownName: the text looks like the name of a theorem, and there is none.
            StatementError: the prover cannot read the statement.
            ProverUnavailable: the prover is not installed or does not start.
        """
        super().reset(seed=seed)
        options = dict(options or {})
        unknown = sorted(set(options) - set(_OPTIONS))
        if unknown:
            raise BadInput(f"reset knows the options {list(_OPTIONS)}, got {unknown}.")
        attempt_seed = int(self.np_random.integers(2**31)) if seed is None else seed
        theorem = self._choose(options.get("theorem"))
        budget = _as_budget(options.get("budget"), self._budget)
        self._end_session()
        episode = Episode(self.prover, theorem, budget, self._limits, attempt_seed)
        self._live_goals = LiveGoals(episode.graph)
        self._shown_ids: tuple[int, ...] = ()
        self._texts = _GoalTexts(episode.graph, self._text)
        self._theorem_text = self._text.fit(theorem.statement)
        observation = self._observe()
        # Last: an interrupt before leaves the old attempt, which is over, and none whose window is another's.
        self._episode = episode
        return observation, self._info(0, None) | {"versions": dict(self.prover.versions)}

    @_exclusively
    def step(self, action: Mapping[str, Any]) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Apply one tactic to one goal of the observed window: `expand` for a single tactic.

        An index outside the window is a rejected application.

        Raises:
            ResetNeeded: the episode is over.
        """
        episode = self._running()
        index, tactic = int(action["goal"]), str(action["tactic"])
        window = self._shown_ids
        if 0 <= index < len(window):
            node = window[index]
            edges = episode.expand(node, (tactic,))
            outcome: Outcome | None = edges[0].outcome if edges else None
            children = edges[0].children if edges else ()
        else:
            node, children = -1, ()
            outcome = episode.reject(tactic, f"There is no goal {index}: {len(window)} goals are observed.")
        return self._result(node, outcome, children)

    @_exclusively
    def reject(self, tactic: str, message: str) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Count an action that nobody sends to the prover as a rejected application.

        Args:
            tactic: what the log shall have as the tactic.
            message: reason, for `info["message"]`.

        Returns:
            What `step` returns for a rejected tactic.

        Raises:
            ResetNeeded: the episode is over.
        """
        return self._result(-1, self._running().reject(tactic, message))

    @_exclusively
    def mark_explored(self, node_id: int) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Declare that nothing more will be tried at a goal: it is not observed again, and others may fail with it.

        Costs nothing, and is allowed at the end of an episode too.

        Args:
            node_id: a node of `graph`.

        Returns:
            What `step` returns, with the outcome `none`. If the theorem cannot be proved any more, the episode has
            terminated, also if the budget was spent before.

        Raises:
            ResetNeeded: there was no episode yet.
            BadInput: there is no such node.
        """
        self._current().graph.mark_explored(node_id)
        return self._result(node_id, None)

    @_exclusively
    def expand(self, node_id: int, tactics: Sequence[str], logprobs: Sequence[float] | None = None) -> list[Edge]:
        """Apply tactics to a goal of the graph: the one method in which proving happens.

        Applies at most as many tactics as the budget allows, adds what came of them to the graph, and has the proof
        checked if the root is closed now; a refused proof is taken back and another one, if there is any, is checked.
        The batch ends early after a tactic that closes the goal. Read `done` afterwards.

        Args:
            node_id: a node of `graph`.
            tactics: tactic texts, best first; bad ones give a `Failure`.
            logprobs: the policy's log-probabilities of the tactics, for the graph and the log.

        Returns:
            An edge for each tactic that was applied, in order; none if a limit had been reached or the prover was lost.

        Raises:
            ResetNeeded: the attempt is over.
            BadInput: there is no such node, or `logprobs` has another length than `tactics`.
        """
        return self._running().expand(node_id, tactics, logprobs)

    @_exclusively
    def run_tactic(self, tactic: str, goal: int = 0) -> Edge | None:
        """Apply one tactic to a live goal, given by its place in the window; by default the newest.

        Returns:
            The new edge, or `None` if a limit had been reached or the prover was lost.

        Raises:
            ResetNeeded: the attempt is over.
            BadInput: there is no such goal.
        """
        episode = self._running()
        self._shown_ids, count = self._live_goals.view(self.max_goals)
        if not 0 <= goal < len(self._shown_ids):
            raise BadInput(f"There is no goal {goal}: {min(count, self.max_goals)} goals can be chosen.")
        edges = episode.expand(self._shown_ids[goal], (tactic,))
        self._shown_ids, _ = self._live_goals.view(self.max_goals)
        return edges[0] if edges else None

    def retrieve_premises(self) -> Premises:
        """What the theorem may use, in library order."""
        return self.prover.premises(self.theorem)

    @_exclusively
    def give_up(self, reason: str = "gave up") -> None:
        """End the attempt; the theorem was not proved."""
        self._running().end("exhausted", reason)

    # -- what is known ----------------------------------------------------------------------------------------------

    @property
    def graph(self) -> ProofGraph:
        """The proof graph of the attempt."""
        return self._current().graph

    @property
    def theorem(self) -> Theorem:
        """What the attempt is to prove."""
        return self._current().theorem

    @property
    def done(self) -> bool:
        """Whether the attempt is over: proved, failed, given up, out of budget, or without a prover."""
        return self._current().done

    @property
    def seed(self) -> int:
        """Of the attempt: given to `reset`, or drawn by it; -1 before the first one."""
        # Gymnasium's checker looks at this attribute before it resets.
        return -1 if self._episode is None else self._episode.seed

    @property
    def budget(self) -> Budget:
        """Limits of the attempt."""
        return self._current().budget

    @property
    def spent(self) -> Spent:
        """What the attempt has used, up to the last application."""
        return self._current().spent

    @property
    def stats(self) -> Stats:
        """Timings of the attempt."""
        return self._current().stats

    def tactics_left(self) -> int | None:
        """Tactic applications the budget still allows; `None` without a limit."""
        return self._current().tactics_left()

    def attempt(
        self,
        *,
        policy_s: float = 0.0,
        search_s: float = 0.0,
        exhausted: bool = False,
        versions: Mapping[str, str] | None = None,
    ) -> Attempt:
        """The log entry of the attempt, as of now.

        Args:
            policy_s: wall seconds spent in the policy.
            search_s: wall seconds spent in the search model.
            exhausted: whether the search had nothing more to offer. An attempt that is neither over nor exhausted
                counts as exhausted, with the reason that the caller stopped it.
            versions: of policy, menu and search; the prover's are added under `prover.*`.
        """
        return self._current().attempt(policy_s=policy_s, search_s=search_s, exhausted=exhausted, versions=versions)

    @_exclusively
    def render(self) -> str | None:  # type: ignore[override]
        """The proof tree as text, in render mode `ansi`."""
        if self.render_mode is None:
            gymnasium.logger.warn("Nothing is rendered without a render mode: pass render_mode='ansi' to gym.make.")
            return None
        episode = self._current()
        with episode.paused():
            return render_tree(episode.graph, episode.theorem, episode.session.pretty)

    @_exclusively
    def pretty(self, node_id: int) -> str:
        """The goal of a node as `render` writes it: as a person would, outside the budget.

        Raises:
            BadInput: there is no such node.
        """
        episode = self._current()
        if not 0 <= node_id < len(episode.graph.nodes):
            raise BadInput(f"There is no node {node_id}: the graph has nodes 0 to {len(episode.graph.nodes) - 1}.")
        with episode.paused():
            return readable(episode.graph.nodes[node_id].goal, episode.session.pretty)

    def close(self) -> None:
        """End the session, and the prover if the environment owns it; calling it twice is allowed."""
        self._end_session()
        if self._close_prover:
            self.prover.close()

    def __del__(self) -> None:
        # The interpreter may be going down and parts of the object may be missing: nobody could act on an error.
        with contextlib.suppress(Exception):
            self.close()

    def __getstate__(self) -> dict[str, Any]:
        """What a fresh environment like this one is made from; an attempt under way belongs to one process."""
        return {"settings": self._settings, "spec": self.spec}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state["settings"])  # type: ignore[misc]  # the same as building it anew
        self.spec = state["spec"]

    # -- inside -----------------------------------------------------------------------------------------------------

    def _current(self) -> Episode:
        if self._episode is None:
            raise ResetNeeded("There is no attempt yet: call reset() first.")
        return self._episode

    def _running(self) -> Episode:
        episode = self._current()
        if episode.done:
            raise ResetNeeded(
                f"The attempt at {episode.theorem.name!r} is over ({episode.status}): call reset() before going on."
            )
        return episode

    def _choose(self, asked: object) -> Theorem:
        if asked is None:
            if not self._drawn_from:
                raise BadInput(f"There is nothing to draw: the split of {self.theorems.name!r} is empty.")
            return self._drawn_from[int(self.np_random.integers(len(self._drawn_from)))]
        if isinstance(asked, Theorem):
            return asked
        if not isinstance(asked, str):
            raise BadInput(f"options['theorem'] must be a Theorem, a name or a statement, got {type(asked).__name__}.")
        if asked in self.theorems:
            return self.theorems[asked]
        self.theorems.refuse_misspelling(asked)
        return self.prover.parse(asked)

    def _observe(self) -> dict[str, Any]:
        self._shown_ids, count = self._live_goals.view(self.max_goals)
        return {
            "theorem": self._theorem_text,
            "goals": tuple(map(self._texts.__getitem__, self._shown_ids)),
            "count": min(count, _MAX_COUNT - 1),
        }

    def _result(
        self, node: int, outcome: Outcome | None, children: tuple[int, ...] = ()
    ) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """What `step` returns."""
        observation = self._observe()
        episode = self._current()
        status = episode.status
        proved = status == "proved"
        failed = episode.graph.root.status is Status.FAILED
        terminated = proved or failed or status == "exhausted"
        truncated = status in ("budget", "error")
        return observation, 1.0 if proved else 0.0, terminated, truncated, self._info(node, outcome, children)

    def _info(self, node: int, outcome: Outcome | None, children: tuple[int, ...] = ()) -> dict[str, Any]:
        episode = self._current()
        failure = outcome if isinstance(outcome, Failure) else None
        info: dict[str, Any] = {
            "outcome": "none" if outcome is None else failure.kind if failure else "subgoals",
            "message": failure.message if failure else "",
            "node": node,
            "children": () if failure else children,
            "nodes": self._shown_ids,
            "cut": self._theorem_text is not episode.theorem.statement
            or not self._texts.cut.isdisjoint(self._shown_ids),
        }
        status = episode.status
        if status is not None:
            info["status"], info["reason"] = status, episode.reason
            info |= episode.findings()
        return info

    def _end_session(self) -> None:
        if self._episode is not None:
            if not self._episode.done:
                self._episode.end("exhausted", "the environment was closed or reset")
            self._episode.close()


class _GoalTexts(dict[int, str]):
    """Observed texts by node, filled in on demand; `cut` has the nodes whose text did not fit."""

    def __init__(self, graph: ProofGraph, space: UnicodeText) -> None:
        super().__init__()
        self._graph, self._space = graph, space
        self.cut: set[int] = set()

    def __missing__(self, node: int) -> str:
        whole = self._graph.nodes[node].goal.text
        text = self[node] = self._space.fit(whole)
        if text is not whole:
            self.cut.add(node)
        return text


def _as_budget(asked: object, default: Budget) -> Budget:
    if asked is None:
        return default
    if isinstance(asked, Budget):
        return asked
    if isinstance(asked, Mapping):
        try:
            return Budget(**asked)
        except TypeError as error:
            raise BadInput(f"options['budget'] must have fields of Budget, got {dict(asked)!r}.") from error
    raise BadInput(f"options['budget'] must be a Budget or a dict of its fields, got {type(asked).__name__}.")

"""A row of what a search decided and knew: enough for a viewer to replay the search beside the attempt's steps."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["DrawnFringe", "SearchEvent", "SearchEventKind"]

SearchEventKind = Literal["follow", "select", "back_up"]


class DrawnFringe(NamedTuple):
    """A set of goals that together suffice for the theorem, as the search `Fringe` drew it.

    Attributes:
        number: of the fringe in its attempt, from 0.
        parent: number of the fringe it came from, -1 for the first.
        edge: id of the edge that led from there to here, -1 where goals were proved meanwhile.
        goals: node ids of its goals, the one to work on first.
        score: what it was drawn by: the log-probability that it can be proved, in nats.
    """

    number: int
    parent: int
    edge: int
    goals: tuple[int, ...]
    score: float


class SearchEvent(NamedTuple):
    """One row of the `search_events` table: a goal that a search followed, selected or gave a value.

    Rows with the same `index` belong to one event: the way from the theorem down to the goals of one choice, or the
    values of one trajectory. A field is `None` where the search has no such number.

    Attributes:
        index: number of the event in the attempt, from 0.
        edges: how many tactics had been applied to goals by then: the event lies before the step of that number.
        kind: `follow` (on its way down the search took `edge` at this goal), `select` (it offered this goal for
            expansion) or `back_up` (`value` went up to this goal).
        node: id of the goal.
        edge: id of the edge that was taken at the goal, which is the number of its step (strays not counted); `None`
            where there was none to take.
        visits: tactics applied to the goal so far.
        priority: the goal's key in the queue, (D,) numbers compared from the left; the smallest comes first.
        score: the goal scorer's log-probability that the goal is provable, in nats.
        cost: minus the log-probability of the best that is known below, in nats: of the edge in a `follow` row, of
            leaving the goal open in a `select` row (UpDown).
        prior: the policy's probability of the edge, or the bound for what is untried at the goal (HTPS).
        count: trajectories through the edge that were backed up (HTPS, N).
        virtual: what is added to it for those under way (HTPS, V).
        value: in [0, 1]: mean value of the edge in `follow` and `select` rows (HTPS, W / N; `None` while N is 0), the
            value that went up in `back_up` rows.
        repeated: whether the trajectory went the same way as one before, so that it counts nothing (HTPS).
        fringe: that the goal was drawn with (Fringe).
    """

    index: int  # type: ignore[assignment]  # shadows the method of tuples, as `Step.index` is the name in the house
    edges: int
    kind: SearchEventKind
    node: int
    edge: int | None = None
    visits: int | None = None
    priority: tuple[float, ...] | None = None
    score: float | None = None
    cost: float | None = None
    prior: float | None = None
    count: int | None = None  # type: ignore[assignment]  # shadows the method of tuples
    virtual: int | None = None
    value: float | None = None
    repeated: bool | None = None
    fringe: DrawnFringe | None = None

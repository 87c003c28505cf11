"""Messages of OpenEnv's protocol: what clients send, checked, and how answers are written.

The names are those of OpenEnv 0.10 (`openenv.core.env_server.types`), whose clients this serves without needing that
package, which takes half a gigabyte and seconds to import.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..errors import BadInput
from .rollout import Turn

__all__ = [
    "ErrorCode",
    "MessageError",
    "Request",
    "ResetArguments",
    "RolloutState",
    "TacticAction",
    "encode",
    "error",
    "observation",
    "parse",
    "parse_json",
    "read",
    "schemas",
]

ErrorCode = Literal[
    "INVALID_JSON",
    "UNKNOWN_TYPE",
    "VALIDATION_ERROR",
    "EXECUTION_ERROR",
    "CAPACITY_REACHED",
    "SESSION_ERROR",
    "MESSAGE_TOO_LARGE",
    "IDLE_TIMEOUT",
]

_SHOWN = tuple(field.name for field in fields(Turn) if field.name not in ("reward", "done"))

M = TypeVar("M", bound=BaseModel)
Identifier = Annotated[str, Field(max_length=255)]


class MessageError(BadInput):
    """Raised when a client's message cannot be read; `code` is for programs."""

    def __init__(self, message: str, code: ErrorCode) -> None:
        super().__init__(message)
        self.code: ErrorCode = code


class _Strict(BaseModel):
    """Fields that are known, and no others."""

    model_config = ConfigDict(extra="forbid")


class TacticAction(_Strict):
    """One tactic for one of the goals that were shown."""

    tactic: str = Field(description="The tactic in the prover's tactic language.")
    goal: int = Field(default=0, description="Number of the goal among those shown; 0 is the newest.")
    metadata: dict[str, Any] = Field(default_factory=dict, description="Not looked at.")


class ResetArguments(_Strict):
    """Choice of a theorem: by name or as a statement, or from a split by number or by seed."""

    theorem: str | None = Field(default=None, description="Name of a theorem, or a statement in the prover's notation.")
    split: Identifier | None = Field(default=None, description="Split to take a theorem from.")
    index: int | None = Field(default=None, description="Number of the theorem in the split, from 0.")
    seed: int | None = Field(default=None, ge=0, lt=2**63, description="Of the draw, and of the attempt.")
    episode_id: Identifier | None = Field(default=None, description="Comes back in the metadata of every observation.")


class RolloutState(_Strict):
    """State of a session."""

    episode_id: str | None = Field(description="Of the attempt; null before the first one.")
    step_count: int = Field(description="Tactics of the attempt so far.")
    env_id: str = Field(description="Of the environment.")
    theorem: str | None = Field(description="Name of what is attempted.")
    split: str | None = Field(description="That the theorem belongs to.")
    status: str | None = Field(description="How the attempt ended; empty while it goes on.")
    tactics_left: int | None = Field(description="Tactics that the budget still allows; null without a limit.")


class Request(_Strict):
    """Message of a client."""

    type: str
    data: dict[str, Any] = Field(default_factory=dict)
    request_id: Identifier | None = None


def parse(text: str | None) -> Request:
    """The message in a frame.

    Raises:
        MessageError: it is none; the message says in a sentence what is wrong.
    """
    if text is None:
        raise MessageError("Expected a text frame with a JSON object, got a binary frame.", "INVALID_JSON")
    return read(Request, parse_json(text))


def parse_json(text: str | bytes) -> object:
    """The value that a JSON text stands for.

    Raises:
        MessageError: it is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise MessageError(f"Expected a JSON object: {problem}.", "INVALID_JSON") from problem


def read(model: type[M], data: object) -> M:
    """The data as a model.

    Raises:
        MessageError: it does not fit; the message names the fields, and does not repeat what came.
    """
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the message'}: {fault['msg']}"
            for fault in problem.errors(include_url=False, include_context=False, include_input=False)[:5]
        )
        raise MessageError(f"{model.__name__} does not fit: {faults}.", "VALIDATION_ERROR") from problem


def observation(turn: Turn) -> dict[str, Any]:
    """A turn as OpenEnv's clients read it."""
    shown = {name: getattr(turn, name) for name in _SHOWN}
    return {"observation": shown, "reward": turn.reward, "done": turn.done, "metadata": turn.metadata}


def error(message: str, code: ErrorCode) -> dict[str, Any]:
    """Answer to what cannot be done."""
    return {"type": "error", "data": {"message": message, "code": code}}


def encode(answer: dict[str, Any], request_id: str | None = None) -> str:
    """An answer as a frame, with the name of the request if it had one: ASCII, so that half surrogate pairs pass."""
    return json.dumps(answer if request_id is None else answer | {"request_id": request_id})


def schemas() -> dict[str, Any]:
    """JSON schemas of actions, observations and states."""
    shown = TypeAdapter(Turn).json_schema()
    return {
        "action": TacticAction.model_json_schema(),
        "observation": shown,
        "reset_observation": shown,
        "state": RolloutState.model_json_schema(),
    }

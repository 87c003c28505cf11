"""Session of one client: a WebSocket, a thread, and an environment with a prover session of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from gymnasium.error import ResetNeeded
from starlette.websockets import WebSocket, WebSocketDisconnect

from ..errors import AitpError, BadInput
from .messages import (
    MessageError,
    Request,
    ResetArguments,
    RolloutState,
    TacticAction,
    encode,
    error,
    observation,
    parse,
    read,
)
from .rollout import Rollout

__all__ = ["ClientSession", "ServerLimits", "refuse"]

_LOG = logging.getLogger(__name__)
# Close codes of RFC 6455.
_POLICY, _TRY_LATER = 1008, 1013


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Limits of a server.

    Attributes:
        sessions: clients at once, each with a prover session.
        message_bytes: of one message; a longer one is answered with an error.
        idle_s: seconds without a message after which a session is ended, and that a client may take to read an answer.
    """

    sessions: int = 16
    message_bytes: int = 262_144
    idle_s: float = 600.0

    def __post_init__(self) -> None:
        for name, least in (("sessions", 1), ("message_bytes", 1024), ("idle_s", 0.1)):
            value = getattr(self, name)
            if not value >= least:
                raise BadInput(f"{name} must be at least {least}, got {value!r}.")


class _Silent(Exception):
    """The client sent nothing for too long."""


class ClientSession:
    """One client and its attempts: requests are answered one by one, in the order in which they came.

    Whatever ends the session, the environment is closed in the thread that used it, and its prover ends with it.

    Args:
        socket: of the client, accepted.
        open_rollout: opens the client's own environment, at the first reset.
        env_id: of the environment.
        limits: of the server.
    """

    def __init__(
        self, socket: WebSocket, open_rollout: Callable[[], Rollout], env_id: str, limits: ServerLimits
    ) -> None:
        self._socket, self._open, self._env_id, self._limits = socket, open_rollout, env_id, limits
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aitp-session")
        self._rollout: Rollout | None = None

    async def run(self) -> None:
        """Answer the client until it leaves, says `close`, or is silent for too long."""
        try:
            with contextlib.suppress(WebSocketDisconnect):
                await self._talk()
        finally:
            # What the thread is in the middle of has its own time limit; nothing is closed under it.
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, self._close))

    async def _talk(self) -> None:
        while True:
            try:
                text = await self._receive()
            except _Silent:
                message = f"No message came for {self._limits.idle_s:g} s, so the session was ended."
                await self._send(encode(error(message, "IDLE_TIMEOUT")))
                await self._socket.close(_POLICY)
                return
            except MessageError as problem:
                await self._send(encode(error(str(problem), problem.code)))
                continue
            answer = await self._answer(text)
            if answer is None:
                await self._socket.close()
                return
            await self._send(answer)

    async def _receive(self) -> str | None:
        """The next text frame; `None` for a binary one."""
        try:
            async with asyncio.timeout(self._limits.idle_s):
                message = await self._socket.receive()
        except TimeoutError:
            raise _Silent from None
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        text: str | None = message.get("text")
        size = len(message.get("bytes") or b"") if text is None else len(text.encode("utf-8", "surrogatepass"))
        if size > self._limits.message_bytes:
            raise MessageError(
                f"The message has {size} bytes; at most {self._limits.message_bytes} are read.", "MESSAGE_TOO_LARGE"
            )
        return text

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(self._limits.idle_s):
                await self._socket.send_text(text)
        except TimeoutError:
            # Half of it may be on the way: nothing more can be said here.
            raise WebSocketDisconnect(_POLICY) from None

    async def _answer(self, text: str | None) -> str | None:
        """The answer to a message, `None` to one that ends the session."""
        request_id = None
        try:
            request = parse(text)
            request_id = request.request_id
            if request.type == "close":
                return None
            return encode(await self._do(request), request_id)
        except MessageError as problem:
            return encode(error(str(problem), problem.code), request_id)
        except (AitpError, ResetNeeded) as problem:
            return encode(error(str(problem), "EXECUTION_ERROR"), request_id)
        except Exception as problem:
            _LOG.exception("A request could not be answered.")
            message = f"The server made a mistake ({type(problem).__name__}); its log says more."
            return encode(error(message, "SESSION_ERROR"), request_id)

    async def _do(self, request: Request) -> dict[str, Any]:
        in_thread = asyncio.get_running_loop().run_in_executor
        if request.type == "reset":
            arguments = read(ResetArguments, request.data)
            return {"type": "observation", "data": await in_thread(self._thread, self._reset, arguments)}
        if request.type == "step":
            action = read(TacticAction, request.data)
            return {"type": "observation", "data": await in_thread(self._thread, self._step, action)}
        if request.type == "state":
            return {"type": "state", "data": self._state().model_dump()}
        raise MessageError(
            f"Expected a message of type reset, step, state or close, got {request.type[:40]!r}.", "UNKNOWN_TYPE"
        )

    def _reset(self, arguments: ResetArguments) -> dict[str, Any]:
        if self._rollout is None:
            self._rollout = self._open()
        turn = self._rollout.begin(
            arguments.theorem,
            split=arguments.split,
            index=arguments.index,
            seed=arguments.seed,
            metadata={"env_id": self._env_id, "episode_id": arguments.episode_id or uuid.uuid4().hex},
        )
        return observation(turn)

    def _step(self, action: TacticAction) -> dict[str, Any]:
        if self._rollout is None:
            raise ResetNeeded("There is no attempt yet: call reset first.")
        return observation(self._rollout.step(action.tactic, action.goal))

    def _state(self) -> RolloutState:
        try:
            turn = self._rollout.last if self._rollout is not None else None
        except ResetNeeded:
            turn = None
        return RolloutState(
            episode_id=turn.metadata["episode_id"] if turn else None,
            step_count=turn.step_count if turn else 0,
            env_id=self._env_id,
            theorem=turn.theorem if turn else None,
            split=turn.split if turn else None,
            status=turn.status if turn else None,
            tactics_left=turn.tactics_left if turn else None,
        )

    def _close(self) -> None:
        self._thread.shutdown(wait=False)
        if self._rollout is not None:
            self._rollout.close()


async def refuse(socket: WebSocket, message: str) -> None:
    """Say to an accepted client that there is no room for it."""
    with contextlib.suppress(WebSocketDisconnect):
        await socket.send_text(encode(error(message, "CAPACITY_REACHED")))
        await socket.close(_TRY_LATER)

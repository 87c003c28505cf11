"""Server of OpenEnv's protocol: sessions over WebSockets; tasks and schemas over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from .. import __version__
from ..errors import BadInput
from ..proof import Theorem
from .access import Access
from .messages import parse_json, read, schemas
from .rollout import Rollout
from .session import ClientSession, ServerLimits, refuse
from .tasks import Tasks

__all__ = ["OpenEnvServer"]

# OpenEnv has words of its own for kinds of splits.
_SPLIT_TYPES = {"train": "train", "valid": "validation", "test": "test"}


class _TaskQuery(BaseModel):
    split: str
    index: int = 0
    start: int | None = None
    stop: int | None = None


@dataclass(frozen=True)
class OpenEnvServer:
    """An environment as OpenEnv's clients expect it.

    `/ws` is a session: `reset`, `step`, `state`, `close`. `/health`, `/metadata` and `/schema` say what is served;
    `/list_environments` and `/NAME/splits`, `tasks`, `num_tasks`, `task`, `task_range` tell the theorems. There is no
    `/reset` and no `/step` over HTTP, where nothing ties a request to the one before: OpenEnv calls that production
    mode, and its `openenv validate` passes.

    Attributes:
        env_id: of the environment.
        tasks: what is attempted.
        open_rollout: opens an environment for a client.
        limits: of sessions and messages.
        token: that clients must show; `None` where only this machine can connect.
    """

    env_id: str
    tasks: Tasks
    open_rollout: Callable[[], Rollout]
    limits: ServerLimits
    token: str | None = None

    @property
    def name(self) -> str:
        """Name of the environment in paths."""
        return self.env_id.rpartition("/")[2]

    def app(self) -> Starlette:
        """The server as an ASGI application."""
        sessions: set[ClientSession] = set()

        async def serve_client(socket: WebSocket) -> None:
            await socket.accept()
            if len(sessions) >= self.limits.sessions:
                await refuse(socket, f"All {self.limits.sessions} sessions of this server are in use: try again later.")
                return
            session = ClientSession(socket, self.open_rollout, self.env_id, self.limits)
            # Taken until its prover has ended, so that there are never more provers than sessions.
            sessions.add(session)
            try:
                await session.run()
            finally:
                sessions.discard(session)

        answers: dict[str, Callable[[], Any]] = {
            "/health": lambda: {"status": "healthy"},
            "/metadata": self._metadata,
            "/schema": schemas,
            "/list_environments": lambda: [self.name],
            f"/{self.name}/splits": self._splits,
        }
        questions: dict[str, Callable[[_TaskQuery], Any]] = {
            "tasks": lambda query: {"tasks": self._range(query), "env_name": self.name},
            "num_tasks": lambda query: {"num_tasks": len(self.tasks.of(query.split))},
            "task": self._task,
            "task_range": lambda query: {"tasks": self._range(query)},
        }
        return Starlette(
            routes=[
                WebSocketRoute("/ws", serve_client),
                *(Route(path, _get(answer)) for path, answer in answers.items()),
                *(Route(f"/{self.name}/{path}", _post(answer), methods=["POST"]) for path, answer in questions.items()),
                Route("/openapi.json", _get(lambda: self._openapi([*answers], [*questions]))),
                Route("/mcp", _no_mcp, methods=["POST"]),
            ],
            middleware=[Middleware(Access, token=self.token, max_bytes=self.limits.message_bytes)],
        )

    def _openapi(self, answers: list[str], questions: list[str]) -> dict[str, Any]:
        """What is answered over HTTP, as OpenAPI describes it."""
        done = {"responses": {"200": {"description": "JSON"}}}
        body = {"content": {"application/json": {"schema": _TaskQuery.model_json_schema()}}, "required": True}
        return {
            "openapi": "3.1.0",
            "info": {"title": self.name, "version": __version__},
            "paths": {
                **{path: {"get": done} for path in answers},
                **{f"/{self.name}/{path}": {"post": {**done, "requestBody": body}} for path in questions},
            },
        }

    def _metadata(self) -> dict[str, str]:
        return {
            "name": self.name,
            "description": f"Theorems of {self.tasks.theorems.name}, to be proved tactic by tactic ({self.env_id}).",
            "version": __version__,
        }

    def _splits(self) -> list[dict[str, str]]:
        return [{"name": name, "type": _SPLIT_TYPES.get(name, "validation")} for name in self.tasks.theorems.splits]

    def _range(self, query: _TaskQuery) -> list[dict[str, Any]]:
        theorems = self.tasks.of(query.split)
        places = range(len(theorems))[query.start : query.stop]
        return [_task(place, theorems[place]) for place in places]

    def _task(self, query: _TaskQuery) -> dict[str, Any]:
        return {"task": _task(query.index, self.tasks.at(query.split, query.index))}


def _task(index: int, theorem: Theorem) -> dict[str, Any]:
    return {
        "id": theorem.name,
        "index": index,
        "split": theorem.split,
        "theorem": theorem.name,
        "statement": theorem.pretty or theorem.statement,
    }


async def _no_mcp(request: HttpRequest) -> JSONResponse:
    """What clients of the Model Context Protocol hear at `/mcp`, which OpenEnv wants to be there: no such method."""
    try:
        asked = parse_json(await request.body())
        number = asked.get("id") if isinstance(asked, dict) else None
    except BadInput:
        number = None
    message = "There are no tools here: tactics are steps of a session at /ws."
    return JSONResponse({"jsonrpc": "2.0", "id": number, "error": {"code": -32601, "message": message}})


def _get(answer: Callable[[], Any]) -> Callable[[HttpRequest], Awaitable[JSONResponse]]:
    async def respond(_: HttpRequest) -> JSONResponse:
        return JSONResponse(answer())

    return respond


def _post(answer: Callable[[_TaskQuery], Any]) -> Callable[[HttpRequest], Awaitable[JSONResponse]]:
    async def respond(request: HttpRequest) -> JSONResponse:
        try:
            return JSONResponse(answer(read(_TaskQuery, parse_json(await request.body()))))
        except BadInput as problem:
            return JSONResponse({"detail": str(problem)}, 400)

    return respond

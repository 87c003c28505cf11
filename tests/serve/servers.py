"""Servers in a thread of this process, and a client that knows nothing but WebSockets and JSON."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from websockets.sync.client import ClientConnection, connect

from aitp_gym.envs import ProofEnv
from aitp_gym.proof import Budget, Proof, Theorem, Verdict
from aitp_gym.provers.base import ProverSession
from aitp_gym.provers.propositional.prover import PropositionalProver
from aitp_gym.serve.openenv import OpenEnvServer
from aitp_gym.serve.rollout import Rollout
from aitp_gym.serve.server import in_background
from aitp_gym.serve.session import ServerLimits
from aitp_gym.serve.tasks import Tasks
from aitp_gym.theorems import load


class Client:
    """Plain JSON over a WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, text: str | bytes) -> dict[str, Any]:
        """Send a frame as it is; the answer."""
        self.socket.send(text)
        return json.loads(self.socket.recv(timeout=30))

    def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        """The answer to a message, which must be no error."""
        answer = self.say(json.dumps({"type": kind, "data": data}))
        assert answer["type"] != "error", answer
        return answer["data"]

    def refused(self, kind: str, **data: Any) -> tuple[str, str]:
        """Code and sentence of the error that answers a message."""
        answer = self.say(json.dumps({"type": kind, "data": data}))
        assert answer["type"] == "error", answer
        return answer["data"]["code"], answer["data"]["message"]


@dataclass
class Address:
    """Where a server of these tests listens."""

    host: str
    port: int

    @property
    def http(self) -> str:
        return f"http://{self.host}:{self.port}"

    @contextlib.contextmanager
    def client(self, **headers: str) -> Iterator[Client]:
        with connect(
            f"ws://{self.host}:{self.port}/ws", compression=None, proxy=None, additional_headers=headers
        ) as socket:
            yield Client(socket)


@contextlib.contextmanager
def served(server: OpenEnvServer) -> Iterator[Address]:
    """The server in a thread, until the block is left."""
    with in_background(server) as address:
        yield Address("127.0.0.1", int(address.rpartition(":")[2]))


class WatchedProver(PropositionalProver):
    """Propositional logic that tells how many of its sessions are open, and whose check can be made to refuse."""

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__()
        self.refuses = refuses
        self.sessions: list[ProverSession] = []
        self.ended = 0

    def start(self, theorem: Theorem) -> ProverSession:
        session = super().start(theorem)
        self.sessions.append(session)
        close = session.close

        def closed() -> None:
            if session in self.sessions:
                self.sessions.remove(session)
                self.ended += 1
            close()

        session.close = closed  # type: ignore[method-assign]
        return session

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        return Verdict.refuse("not today") if self.refuses else super().check(theorem, proof, timeout_s)


def server_of(
    prover: WatchedProver,
    limits: ServerLimits | None = None,
    token: str | None = None,
    max_tactics: int | None = None,
) -> OpenEnvServer:
    """A server of the small propositional theorems over a prover that is watched."""
    theorems = load("propositional-small")
    tasks = Tasks(theorems, "train")

    def open_rollout() -> Rollout:
        return Rollout(ProofEnv(prover, theorems, max_goals=16, budget=Budget(max_tactics=max_tactics)), tasks)

    return OpenEnvServer("aitp/Propositional-v0", tasks, open_rollout, limits or ServerLimits(), token)


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether something comes to hold, which nobody here can be told of."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True

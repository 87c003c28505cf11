"""The connection to an original HOList server: its three calls, each with a deadline, and what has been registered."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from typing import Any, cast

from ....errors import DependencyNotInstalled, ProverLost, ProverUnavailable
from .database import Database, DatabaseEntry

try:
    import grpc

    from .proto import proof_assistant_pb2 as pb
    from .proto.proof_assistant_pb2_grpc import ProofAssistantServiceStub
except ImportError as error:
    raise DependencyNotInstalled(
        f"An original HOList server is reached through grpcio and protobuf ({error}): pip install 'aitp-gym[holist]'"
    ) from error

__all__ = ["CallFailed", "OriginalServer", "goal_message"]

_MAX_MESSAGE_BYTES = 2**30
_CONNECT_TIMEOUT_S = 10.0
_REGISTER_TIMEOUT_S = 60.0
_OPTIONS = (
    ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
)


class CallFailed(Exception):
    """Raised when a call brings no answer.

    Attributes:
        late: whether it was the deadline that ended it.
    """

    def __init__(self, reason: str, late: bool) -> None:
        super().__init__(reason)
        self.late = late


class OriginalServer:
    """A channel to a server, which belongs to the process that opened it.

    Replies cannot be mistaken for each other: each call is a stream of its own. But gRPC does not survive a fork, so a
    fork of the process that called a server has to be given another prover.

    Args:
        address: host and port.
        database: whose entries tactics name by fingerprint.
    """

    def __init__(self, address: str, database: Database) -> None:
        self.address = address
        self._database = database
        self._registered = 0
        self._channel: Any = None
        self._stub: Any = None
        self._owner = os.getpid()
        self._registering = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the channel, which belongs to one process."""
        return {"address": self.address, "database": self._database}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # the same as building it anew

    def apply_tactic(self, goal: pb.Theorem, tactic: str, timeout_s: float, grace_s: float) -> Any:
        """Apply a tactic; the server's own limit is `timeout_s`, ours `grace_s` more.

        Raises:
            CallFailed: no answer came.
        """
        request = pb.ApplyTacticRequest(goal=goal, tactic=tactic, timeout_ms=max(1, round(timeout_s * 1000)))
        return self._call("ApplyTactic", request, timeout_s + grace_s)

    def verify_proof(self, goal: pb.Theorem, theorem: pb.Theorem, tactics: list[str], timeout_s: float) -> Any:
        """Have the server check a whole proof.

        Raises:
            CallFailed: no answer came.
        """
        return self._call("VerifyProof", pb.VerifyProofRequest(goal=goal, theorem=theorem, tactics=tactics), timeout_s)

    def register_before(self, index: int) -> None:
        """Tell the server every entry of the database before a place, in order; it takes them to be true.

        What was told before is not told again, as long as the server is the same.

        Raises:
            ProverUnavailable: the server is not there, or computes another fingerprint for a theorem.
        """
        entries = self._database.entries
        with self._registering:
            while self._registered < index:
                self._register(entries[self._registered])
                self._registered += 1

    def _register(self, entry: DatabaseEntry) -> None:
        theorem = pb.Theorem.FromString(entry.message)
        if not entry.message:
            theorem = goal_message(entry.conclusion, entry.hypotheses)
            theorem.tag = pb.Theorem.THEOREM
            theorem.fingerprint = entry.fingerprint
        try:
            reply = self._call("RegisterTheorem", pb.RegisterTheoremRequest(theorem=theorem), _REGISTER_TIMEOUT_S)
        except CallFailed as error:
            raise ProverUnavailable(
                f"The HOList server at {self.address} does not register theorems: {error}."
            ) from error
        if reply.error_msg or reply.fingerprint != entry.fingerprint:
            raise ProverUnavailable(
                f"The HOList server at {self.address} does not take entry {entry.index} of the database: "
                f"{reply.error_msg or f'it computes the fingerprint {reply.fingerprint}, not {entry.fingerprint}'}."
            )

    def _call(self, name: str, request: Any, timeout_s: float) -> Any:
        """Make a call; the first one connects, and so does one after a call that did not end normally."""
        self.refuse_fork()
        if self._channel is None:
            self._channel = grpc.insecure_channel(self.address, options=_OPTIONS)
            self._stub = cast(Any, ProofAssistantServiceStub)(self._channel)
        try:
            return getattr(self._stub, name)(request, timeout=timeout_s)
        except grpc.RpcError as error:
            late = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            if not late:
                # Whoever answers there next may be another process, which knows nothing yet.
                self.close()
            raise CallFailed(f"{error.code().name}: {str(error.details())[:300]}", late) from error
        except BaseException:
            self.close()
            raise

    def refuse_fork(self) -> None:
        """Refuse to be used in a fork of the process that made this: gRPC would wait there for threads that are gone.

        Raises:
            ProverLost: this is another process.
        """
        if self._owner != os.getpid():
            raise ProverLost(
                "A connection to a HOList server does not survive a fork of the process that opened it: make the "
                "environment in the process that uses it, or start processes by `spawn`."
            )

    def reachable(self, timeout_s: float = _CONNECT_TIMEOUT_S) -> bool:
        """Whether something accepts connections at the address."""
        with grpc.insecure_channel(self.address, options=_OPTIONS) as channel:
            try:
                grpc.channel_ready_future(channel).result(timeout=timeout_s)
            except grpc.FutureTimeoutError:
                return False
        return True

    def close(self) -> None:
        """Close the channel; what was registered counts as forgotten. Calling it twice is allowed."""
        if self._channel is not None and self._owner == os.getpid():
            self._channel.close()
        self._channel = self._stub = None
        self._registered = 0


def goal_message(conclusion: str, hypotheses: Iterable[str] = ()) -> pb.Theorem:
    """A goal as the protocol writes it."""
    return pb.Theorem(conclusion=conclusion, hypotheses=hypotheses, tag=pb.Theorem.GOAL)

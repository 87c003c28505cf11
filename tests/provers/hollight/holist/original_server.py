"""A HOList server for tests: the original's protocol in front of our HOL Light, with faults on demand."""

from __future__ import annotations

import itertools
import threading
from concurrent import futures

import grpc

from aitp_gym.proof import Subgoals
from aitp_gym.provers.hollight.holist.proto import proof_assistant_pb2 as pb
from aitp_gym.provers.hollight.holist.proto import proof_assistant_pb2_grpc
from aitp_gym.provers.hollight.library import known
from aitp_gym.provers.hollight.replay import Replay


class Servicer(proof_assistant_pb2_grpc.ProofAssistantServiceServicer):
    """Knows a theorem once it was registered; unlike the original it does not believe what it is told."""

    def __init__(self) -> None:
        self.registered: list[int] = []
        self.tactics: list[str] = []
        self.say_sound: bool | None = None
        self.wrong_fingerprint = False
        self.error = ""
        self.hang = threading.Event()
        self.release = threading.Event()
        self._replay = Replay()
        # A call that the client gave up may still be under way.
        self._replaying = threading.Lock()

    def ApplyTactic(self, request, context):
        self.tactics.append(request.tactic)
        if self.hang.is_set():
            self.release.wait(30)
        if self.error:
            return pb.ApplyTacticResponse(error=self.error)
        unknown = self._unregistered(request.tactic)
        if unknown:
            return pb.ApplyTacticResponse(error=f"Failure: no theorem {unknown[0]}")
        goal = request.goal
        with self._replaying:
            outcome = self._replay.apply(
                goal.conclusion, list(goal.hypotheses), request.tactic, request.timeout_ms / 1000
            )
        if isinstance(outcome, Subgoals):
            parts = [left.parts[0] for left in outcome.goals]
        elif outcome.kind == "no_progress":
            return pb.ApplyTacticResponse(goals=pb.GoalList(goals=[goal]))
        else:
            return pb.ApplyTacticResponse(error=f"Failure: {outcome.message}")
        goals = [pb.Theorem(conclusion=part.conclusion, hypotheses=part.hypotheses) for part in parts]
        return pb.ApplyTacticResponse(goals=pb.GoalList(goals=goals))

    def VerifyProof(self, request, context):
        if self.say_sound is not None:
            return pb.VerifyProofResponse(sound=self.say_sound, error_msg="" if self.say_sound else "as told")
        verdict, fingerprint = self._replay.check(request.goal.conclusion, list(request.tactics))
        sound = verdict.accepted and request.theorem.fingerprint in (0, fingerprint)
        return pb.VerifyProofResponse(sound=sound, error_msg=verdict.reason)

    def RegisterTheorem(self, request, context):
        theorem = request.theorem
        self.registered.append(theorem.fingerprint)
        with self._replaying:
            fingerprint = self._replay.fingerprint(theorem.conclusion, list(theorem.hypotheses))
        return pb.RegisterTheoremResponse(fingerprint=fingerprint + self.wrong_fingerprint)

    def _unregistered(self, tactic: str) -> list[int]:
        words = tactic.split()
        named = [int(after) for word, after in itertools.pairwise(words) if word == "THM"]
        return [name for name in named if name not in self.registered or name not in known()]

    def close(self) -> None:
        self.release.set()
        self._replay.close()


def serve(servicer: Servicer, port: int = 0) -> tuple[grpc.Server, int]:
    """Start serving; the port is chosen by the system if it is 0."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    proof_assistant_pb2_grpc.add_ProofAssistantServiceServicer_to_server(servicer, server)
    bound = server.add_insecure_port(f"localhost:{port}")
    server.start()
    return server, bound

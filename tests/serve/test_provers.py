"""Real provers behind a server, and the client of OpenEnv's own package in front of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import psutil
import pytest

from aitp_gym.envs.registration import make_env
from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.hollight.session import HolLightSession
from aitp_gym.serve.openenv import OpenEnvServer
from aitp_gym.serve.rollout import Rollout
from aitp_gym.serve.server import prepare
from aitp_gym.serve.session import ServerLimits
from aitp_gym.serve.tasks import Tasks

from .servers import Address, eventually, served
from .test_command import CLIENT

PROVABLE = {
    "aitp/Propositional-v0": ("p ∧ q → q ∧ p", ("intro", "cases h0", "split", "assumption", "assumption")),
    "aitp/HOList-v0": ("!p q. p /\\ q ==> q /\\ p", ("GEN_TAC", "ITAUT_TAC")),
    "aitp/Lean-v0": ("∀ p q : Prop, p ∧ q → q ∧ p", ("intro p q h", "exact ⟨h.2, h.1⟩")),
}
IDS = sorted(PROVABLE)
pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def server_for():
    """The server of an environment; its theorems are loaded once."""
    made: dict[str, OpenEnvServer] = {}

    def server(env_id: str) -> OpenEnvServer:
        if env_id not in made:
            try:
                made[env_id] = prepare(env_id, {"tactic_timeout_s": 5.0}, ServerLimits(sessions=50))
            except ProverUnavailable as error:
                pytest.skip(f"{env_id} cannot be used here: {error}")
        return made[env_id]

    return server


@pytest.mark.parametrize("env_id", IDS)
def test_the_client_of_openenv_proves_a_theorem(server_for, env_id):
    openenv = pytest.importorskip("openenv", reason="openenv, whose client this is, is not installed")
    statement, proof = PROVABLE[env_id]
    with served(server_for(env_id)) as address, openenv.GenericEnvClient(base_url=address.http).sync() as client:
        assert client.reset(theorem=statement, episode_id="mine").done is False
        results = [client.step({"tactic": tactic}) for tactic in proof]
        assert [result.reward for result in results] == [0.0] * (len(proof) - 1) + [1.0]
        assert results[-1].done
        assert client.state()["episode_id"] == "mine"
        with pytest.raises(RuntimeError, match="call reset"):
            client.step({"tactic": proof[-1]})


@pytest.mark.parametrize("tactic", ["sorry", "exact sorryAx _ false", "native_decide", "admit"])
def test_sorry_earns_nothing(server_for, tactic):
    with served(server_for("aitp/Lean-v0")) as address, address.client() as client:
        client.ask("reset", theorem="∀ n : Nat, n = n + 1")
        answer = client.ask("step", tactic=tactic)
        assert (answer["reward"], answer["done"]) == (0.0, False)
        assert answer["observation"]["reward_parts"]["proved"] == 0


@pytest.mark.parametrize(("env_id", "sessions"), [(IDS[0], 50), (IDS[2], 50), (IDS[1], 8)])
def test_many_sessions_at_once_each_prove_their_own(server_for, env_id, sessions):
    statement, proof = PROVABLE[env_id]
    ready = threading.Barrier(sessions, timeout=300)
    answers: dict[int, list[dict[str, object]]] = {}

    def play(address: Address, number: int) -> None:
        with address.client() as client:
            seen = [client.ask("reset", theorem=statement, episode_id=str(number))]
            # All have a prover session now.
            ready.wait()
            seen += [client.ask("step", tactic=tactic) for tactic in proof]
            answers[number] = seen

    with served(server_for(env_id)) as address:
        threads = [threading.Thread(target=play, args=(address, number)) for number in range(sessions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=400)
    assert sorted(answers) == list(range(sessions))
    for number, seen in answers.items():
        assert [answer["reward"] for answer in seen] == [None, *[0.0] * (len(proof) - 1), 1.0]
        assert {answer["metadata"]["episode_id"] for answer in seen} == {str(number)}


@contextlib.contextmanager
def a_client(address: Address) -> Iterator[subprocess.Popen[str]]:
    """A client in a process of its own, which has begun an attempt."""
    arguments = [sys.executable, "-c", CLIENT, f"ws://{address.host}:{address.port}/ws"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "observation\n"
        try:
            yield process
        finally:
            process.kill()


def processes_of(rollout: Rollout) -> set[psutil.Process]:
    """Prover processes of a session: the child of HOL Light's server, or descendants of ours."""
    session = rollout._env._episode.session  # type: ignore[union-attr]
    if isinstance(session, HolLightSession):
        child = session._worker.child
        assert child is not None
        return {psutil.Process(child.pid)}
    return {process for process in psutil.Process().children(recursive=True) if "-c" not in process.cmdline()}


@pytest.mark.parametrize("env_id", [IDS[0], IDS[1]])
def test_a_client_that_is_killed_leaves_no_prover_behind(server_for, env_id):
    opened: list[Rollout] = []
    usual = server_for(env_id)

    def open_rollout() -> Rollout:
        opened.append(Rollout(make_env(env_id, {"max_goals": 16}), Tasks(usual.tasks.theorems)))
        return opened[-1]

    server = OpenEnvServer(env_id, usual.tasks, open_rollout, ServerLimits())
    with served(server) as address, a_client(address) as client:
        provers = processes_of(opened[0])
        assert provers
        os.kill(client.pid, signal.SIGKILL)
        assert eventually(lambda: not any(map(psutil.Process.is_running, provers)))

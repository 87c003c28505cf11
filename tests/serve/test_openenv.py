"""OpenEnv's protocol over the wire, by a client that has neither our package nor OpenEnv's."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.error
import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from aitp_gym.proof import FAILURE_KINDS
from aitp_gym.serve.session import ServerLimits
from aitp_gym.theorems import load

from .servers import Address, WatchedProver, eventually, served, server_of

SWAP = "p ∧ q → q ∧ p"
PROOF = ("intro", "cases h0", "split", "assumption", "assumption")


def http(address: Address, path: str, body: object = None, **headers: str) -> tuple[int, object]:
    """Status and JSON of an answer."""
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(address.http + path, data, headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


# -- proving ----------------------------------------------------------------------------------------------------------


def test_a_client_proves_a_theorem_and_is_paid_once(address):
    with address.client() as client:
        begun = client.ask("reset", theorem=SWAP, episode_id="mine")
        assert (begun["reward"], begun["done"], begun["observation"]["goals"]) == (None, False, [f"⊢ {SWAP}"])
        assert begun["metadata"] == {"env_id": "aitp/Propositional-v0", "episode_id": "mine"}
        answers = [client.ask("step", tactic=tactic) for tactic in PROOF]
        assert [answer["reward"] for answer in answers] == [0.0, 0.0, 0.0, 0.0, 1.0]
        assert [answer["done"] for answer in answers] == [False, False, False, False, True]
        code, sentence = client.refused("step", tactic="assumption")
        assert (code, "call reset" in sentence) == ("EXECUTION_ERROR", True)
        state = client.ask("state")
        assert (state["status"], state["step_count"], state["episode_id"]) == ("proved", 5, "mine")


def test_a_failed_tactic_is_an_observation_that_says_why(address):
    with address.client() as client:
        client.ask("reset", theorem=SWAP)
        seen = client.ask("step", tactic="bogus", goal=0)["observation"]
        assert (seen["outcome"], seen["reward_parts"]["parse"]) == ("parse", 1)
        assert "got 'bogus'" in seen["message"]
        assert set(FAILURE_KINDS) < set(seen["reward_parts"])


def test_the_budget_left_counts_down_to_the_end(watched):
    server = server_of(watched, max_tactics=2)
    with served(server) as address, address.client() as client:
        assert client.ask("reset", theorem=SWAP)["observation"]["tactics_left"] == 2
        assert client.ask("step", tactic="bogus")["observation"]["tactics_left"] == 1
        last = client.ask("step", tactic="bogus")
        assert (last["done"], last["reward"], last["observation"]["status"]) == (True, 0.0, "budget")


def test_a_refused_proof_earns_nothing_over_the_wire():
    with served(server_of(WatchedProver(refuses=True))) as address, address.client() as client:
        client.ask("reset", theorem="p → p")
        assert [client.ask("step", tactic=tactic)["reward"] for tactic in ("intro", "assumption")] == [0.0, 0.0]
        assert client.ask("state")["status"] == ""


# -- tasks and schemas ------------------------------------------------------------------------------------------------


def test_tasks_are_the_theorems_of_a_split(address):
    theorems = load("propositional-small").split("valid")
    assert http(address, "/list_environments") == (200, ["Propositional-v0"])
    assert http(address, "/Propositional-v0/splits")[1] == [
        *({"name": "test", "type": "test"}, {"name": "train", "type": "train"}, {"name": "valid", "type": "validation"})
    ]
    assert http(address, "/Propositional-v0/num_tasks", {"split": "valid"}) == (200, {"num_tasks": len(theorems)})
    _, told = http(address, "/Propositional-v0/task", {"split": "valid", "index": 3})
    assert told["task"]["theorem"] == theorems[3].name
    _, some = http(address, "/Propositional-v0/task_range", {"split": "valid", "start": 3, "stop": 5})
    assert [task["index"] for task in some["tasks"]] == [3, 4]
    assert len(http(address, "/Propositional-v0/tasks", {"split": "valid"})[1]["tasks"]) == len(theorems)
    with address.client() as client:
        assert client.ask("reset", split="valid", index=3)["observation"]["theorem"] == told["task"]["theorem"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"split": "nonsense"}, "has no split 'nonsense'"),
        ({"split": "valid", "index": 10**9}, "index must be from 0"),
        ({}, "split: Field required"),
        (b"{", "Expected a JSON object"),
        ([], "valid dictionary"),
    ],
)
def test_a_task_that_is_not_there_is_said_in_a_sentence(address, body, words):
    status, told = http(address, "/Propositional-v0/task", body)
    assert status == 400
    assert words in told["detail"]


def test_openenvs_own_validation_passes(address):
    validation = pytest.importorskip("openenv.cli._validation", reason="openenv is not installed")
    report = validation.validate_running_environment(address.http)
    assert report["passed"], report["summary"]
    assert report["mode"] == "production"


@pytest.mark.parametrize(("body", "number"), [({"jsonrpc": "2.0", "id": 7, "method": "tools/list"}, 7), (b"{", None)])
def test_clients_of_another_protocol_are_told_that_there_are_no_tools(address, body, number):
    status, answer = http(address, "/mcp", body)
    assert (status, answer["id"], answer["error"]["code"]) == (200, number, -32601)
    assert "/ws" in answer["error"]["message"]


def test_schemas_say_what_is_required(address):
    _, schemas = http(address, "/schema")
    assert schemas["action"]["required"] == ["tactic"]
    assert {"goals", "tactics_left", "outcome", "message", "reward_parts"} <= set(schemas["observation"]["properties"])
    assert http(address, "/health") == (200, {"status": "healthy"})
    assert "propositional-small" in http(address, "/metadata")[1]["description"]


# -- cheats -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["theorem", "statement", "reward", "done", "node"])
def test_an_action_has_no_way_to_edit_the_statement_or_the_reward(address, field):
    with address.client() as client:
        begun = client.ask("reset", theorem=SWAP)
        code, sentence = client.refused("step", tactic="intro", **{field: "p → p"})
        assert (code, field in sentence) == ("VALIDATION_ERROR", True)
        state = client.ask("state")
        assert (state["theorem"], state["step_count"]) == (begun["observation"]["theorem"], 0)


def test_sessions_are_apart_and_no_answer_belongs_to_somebody_else(address, running):
    ended = running[1].ended

    def play(number: int, wrong: list[object]) -> None:
        with address.client() as client:
            for attempt in range(6):
                name = f"{number}.{attempt}"
                statement = " → ".join(["p"] * (2 + number))
                seen = [client.ask("reset", theorem=statement, episode_id=name)]
                for _ in range(number + 1):
                    said = json.dumps({"type": "step", "data": {"tactic": "intro"}, "request_id": name})
                    answer = client.say(said)
                    seen.append(answer["data"])
                    if answer["request_id"] != name:
                        wrong.append(answer)
                seen.append(client.ask("step", tactic="assumption"))
                wrong += [
                    answer
                    for answer in seen
                    if answer["metadata"]["episode_id"] != name or answer["observation"]["statement"] != statement
                ]
                if [answer["reward"] for answer in seen] != [None, *[0.0] * (number + 1), 1.0]:
                    wrong.append(seen)

    wrong: list[object] = []
    threads = [threading.Thread(target=play, args=(number, wrong)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert wrong == []
    assert eventually(lambda: running[1].ended == ended + 8 * 6)


def test_a_reset_that_fails_leaves_no_attempt_to_go_on_with(address):
    with address.client() as client:
        client.ask("reset", theorem=SWAP, episode_id="old")
        assert client.refused("reset", theorem="p →", episode_id="new")[0] == "EXECUTION_ERROR"
        assert "no attempt yet" in client.refused("step", tactic="intro")[1]
        assert client.ask("state")["episode_id"] is None


# -- bad input, each answered by a sentence ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "INVALID_JSON"),
        ("[" * 100_000, "INVALID_JSON"),
        ("9" * 10_000, "INVALID_JSON"),
        (b"{}", "INVALID_JSON"),
        ("[]", "VALIDATION_ERROR"),
        ('{"type": "reset", "data": {"seed": -1}}', "VALIDATION_ERROR"),
        ('{"type": "reset", "data": {"theorm": "p"}}', "VALIDATION_ERROR"),
        ('{"type": "step", "data": {"tactic": 5}}', "VALIDATION_ERROR"),
        ('{"type": "step", "data": {"tactic": "intro", "goal": 1e400}}', "VALIDATION_ERROR"),
        ('{"type": "mcp", "data": {}}', "UNKNOWN_TYPE"),
        (json.dumps({"type": "step", "data": {"tactic": "x" * 300_000}}), "MESSAGE_TOO_LARGE"),
        (json.dumps({"type": "step", "data": {"tactic": "intro"}}), "EXECUTION_ERROR"),
    ],
)
def test_a_bad_message_gets_a_sentence_and_the_session_goes_on(address, frame, code):
    with address.client() as client:
        answer = client.say(frame)
        assert (answer["type"], answer["data"]["code"]) == ("error", code)
        assert len(answer["data"]["message"]) < 400
        assert answer["data"]["message"].endswith(".")
        assert client.ask("reset", theorem=SWAP)["done"] is False


def test_a_message_beyond_all_measure_ends_the_connection(address):
    with address.client() as client:
        client.ask("reset", theorem=SWAP)
        with pytest.raises(ConnectionClosed) as ended:
            client.say("x" * (17 * 2**20))
        assert ended.value.rcvd is None or ended.value.rcvd.code == 1009


def test_one_session_too_many_is_told_so_and_has_its_turn_later(watched):
    with served(server_of(watched, ServerLimits(sessions=2))) as address:
        with address.client() as first, address.client() as second:
            first.ask("reset")
            second.ask("reset")
            with address.client() as third:
                told = json.loads(third.socket.recv(timeout=30))
                assert told["data"]["code"] == "CAPACITY_REACHED"
                assert "All 2 sessions" in told["data"]["message"]
                with pytest.raises(ConnectionClosed):
                    third.socket.recv(timeout=30)

        def one_more() -> bool:
            with address.client() as late, contextlib.suppress(AssertionError, ConnectionClosed):
                late.ask("reset")
                return True
            return False

        assert eventually(one_more)
    assert watched.sessions == []


def test_a_silent_client_is_told_and_leaves_nothing(watched):
    with served(server_of(watched, ServerLimits(idle_s=0.2))) as address, address.client() as client:
        client.ask("reset")
        told = json.loads(client.socket.recv(timeout=30))
        assert (told["type"], told["data"]["code"]) == ("error", "IDLE_TIMEOUT")
        with pytest.raises(ConnectionClosed):
            client.socket.recv(timeout=30)
        assert eventually(lambda: watched.sessions == [])


def test_a_client_that_vanishes_leaves_nothing(address, running):
    with address.client() as client:
        client.ask("reset")
        assert len(running[1].sessions) == 1
        # As the system does for a process that is killed: no goodbye of the protocol.
        client.socket.socket.close()
        assert eventually(lambda: running[1].sessions == [])


# -- access -----------------------------------------------------------------------------------------------------------


def test_nobody_comes_in_without_the_token(watched):
    token = "0123456789abcdef"
    with served(server_of(watched, token=token)) as address:
        for headers in ({}, {"Authorization": "Bearer 0123456789abcdeg"}, {"Authorization": token}):
            assert http(address, "/schema", **headers)[0] == 401
            with pytest.raises(InvalidStatus) as refused:
                connect(f"ws://{address.host}:{address.port}/ws", proxy=None, additional_headers=headers)
            assert refused.value.response.status_code == 401
            assert b"Send the token" in refused.value.response.body
        assert http(address, "/health")[0] == 200
        right = {"Authorization": f"Bearer {token}"}
        assert http(address, "/schema", **right)[0] == 200
        with address.client(**right) as client:
            assert client.ask("reset")["done"] is False


def test_a_web_page_is_not_answered(address):
    assert http(address, "/schema", Origin="https://example.org")[0] == 403
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{address.host}:{address.port}/ws", proxy=None, origin="https://example.org")
    assert refused.value.response.status_code == 403


def test_a_long_request_is_not_read(address):
    status, told = http(address, "/Propositional-v0/tasks", b" " * 300_000)
    assert (status, told["detail"]) == (413, "A request may have at most 262144 bytes.")

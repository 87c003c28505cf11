"""`aitp serve openenv` as a user starts it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest

from aitp_gym.cli.serve import openenv
from aitp_gym.errors import AitpError, BadInput
from aitp_gym.serve.access import TOKEN_VARIABLE, is_loopback, read_token
from aitp_gym.serve.server import in_background, prepare, serve_openenv
from aitp_gym.serve.session import ServerLimits

from .servers import Address

ENV = "aitp/Propositional-v0"
CLIENT = """
import json, sys, time
from websockets.sync.client import connect
with connect(sys.argv[1], proxy=None) as socket:
    socket.send(json.dumps({"type": "reset", "data": {}}))
    print(json.loads(socket.recv())["type"], flush=True)
    time.sleep(600)
"""


def start(*arguments: str) -> tuple[subprocess.Popen[str], Address]:
    """A server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "aitp_gym.cli", "serve", "openenv", "--port=0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert " is served at http://127.0.0.1:" in line, process.communicate()
    return process, Address("127.0.0.1", int(line.rpartition(":")[2].split(";")[0]))


def test_a_signal_ends_the_server_whatever_its_clients_do():
    server, address = start(f"--env={ENV}", "max_tactics=3", "split=test")
    with server:
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, f"ws://{address.host}:{address.port}/ws"], stdout=subprocess.PIPE, text=True
        )
        with client:
            assert client.stdout is not None
            assert client.stdout.readline() == "observation\n"
            with address.client() as other:
                seen = other.ask("reset")["observation"]
                assert (seen["tactics_left"], seen["split"]) == (3, "test")
            client.kill()
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=30)
        assert (server.returncode, errors) == (128 + signal.SIGTERM, "aitp: terminated\n")


@pytest.mark.parametrize("setting", ["max_tactics", "=3", "a.b=3", "max_tactics=${nothing}"])
def test_a_setting_is_a_name_and_a_value(setting):
    with pytest.raises(BadInput, match="written NAME=VALUE"):
        openenv(ENV, [setting], "127.0.0.1", 0, 1, 2048, 1.0, None)


def serve(**changes: object) -> None:
    """Would serve until a signal comes; here every call is refused before that."""
    arguments = {"host": "127.0.0.1", "port": 0, "limits": ServerLimits(), "token_file": None} | changes
    settings = arguments.pop("settings", {})
    env_id = arguments.pop("env_id", ENV)
    serve_openenv(env_id, settings, on_ready=lambda url: pytest.fail(f"served at {url}"), **arguments)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_off_loopback_a_token_is_needed(monkeypatch, host):
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with pytest.raises(BadInput, match="so a token is needed: put one into AITP_SERVE_TOKEN") as refused:
        serve(host=host)
    assert "\n" not in str(refused.value)
    with pytest.raises(BadInput, match="so a token is needed"), in_background(prepare(ENV), host):
        pytest.fail("It is served.")


def test_an_address_that_is_taken_is_said(monkeypatch):
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"cannot listen at 127.0.0.1, port {port}: .*in use"):
            serve(port=port)
    with pytest.raises(BadInput, match="from 0 to 65535, got 70000"):
        serve(port=70_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"env_id": "aitp/Nonsense-v0"},
        {"settings": {"no_such_setting": 1}},
        {"settings": {"split": "nonsense"}},
        {"settings": {"theorem_set": "nonsense"}},
        {"settings": {"tactic_timeout_s": -1}},
    ],
)
def test_a_setting_that_the_environment_does_not_take_is_said_before_anybody_is_served(changes):
    with pytest.raises(AitpError):
        serve(**changes)


@pytest.mark.parametrize("limit", [{"sessions": 0}, {"message_bytes": 10}, {"idle_s": float("nan")}])
def test_a_limit_that_makes_no_sense_is_refused(limit):
    with pytest.raises(BadInput, match="must be at least"):
        ServerLimits(**limit)


@pytest.mark.parametrize("token", ["short", "", "with some spaces in it", "ünüsable-ünüsable"])
def test_a_token_that_protects_nothing_is_refused(tmp_path, token):
    file = tmp_path / "token"
    file.write_text(token + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match="at least 16 printable ASCII characters"):
        read_token(file)


def test_the_token_comes_from_the_file_or_the_environment(tmp_path, monkeypatch):
    (tmp_path / "token").write_text("from-the-file-0123\n")
    monkeypatch.setenv(TOKEN_VARIABLE, "from-the-environment")
    assert read_token(tmp_path / "token") == "from-the-file-0123"
    assert read_token(None) == "from-the-environment"
    monkeypatch.delenv(TOKEN_VARIABLE)
    assert read_token(None) is None


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *(("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)),
        *(("0.0.0.0", False), ("::", False), ("127.0.0.1.example.org", False), ("10.0.0.1", False), ("", False)),
    ],
)
def test_loopback_is_what_only_this_machine_can_reach(host, loopback):
    assert is_loopback(host) is loopback

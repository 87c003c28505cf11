"""The language server's messages: what is of an older text, or answers another request, is not believed."""

from __future__ import annotations

import os

import pytest

from aitp_gym.provers.frames import ConnectionLost
from aitp_gym.provers.lean.lsp import Document, LspFrames

URI = "file:///document.lean"


@pytest.fixture
def pipes():
    """A document, and the server's ends of its pipes."""
    here_read, there_write = os.pipe()
    there_read, here_write = os.pipe()
    yield Document(LspFrames(here_read, here_write), URI), LspFrames(there_read, there_write)
    for descriptor in (here_read, there_write, there_read, here_write):
        os.close(descriptor)


def diagnostics(version: int | None, text: str) -> dict:
    start = {"line": 0, "character": 0}
    found = [{"range": {"start": start, "end": start}, "message": text, "severity": 1}]
    params = {"uri": URI, "version": version, "diagnostics": found}
    return {"method": "textDocument/publishDiagnostics", "params": params}


def asked(server: LspFrames, method: str) -> dict:
    while (message := server.receive(1.0))["method"] != method:
        pass
    return message


def test_only_what_is_of_this_version_and_this_request_is_believed(pipes):
    document, server = pipes
    document.set_text("first")
    first = asked(server, "textDocument/waitForDiagnostics")["id"]
    document.set_text("second")
    second = asked(server, "textDocument/waitForDiagnostics")["id"]
    assert first != second
    for message in (
        diagnostics(1, "of the first text"),
        {"id": first, "result": {}},
        {"id": second + 1, "result": {}},
        {"id": str(second), "result": {}},
    ):
        server.send(message, 1.0)
    assert not document.settle(0.05, lambda: False)
    assert document.diagnostics == ()
    server.send(diagnostics(2, "of the second text"), 1.0)
    server.send(diagnostics(1, "of the first text, late"), 1.0)
    server.send(diagnostics(None, "of no text"), 1.0)
    server.send({"id": second, "result": {}}, 1.0)
    assert document.settle(1.0, lambda: True)
    assert [found.message for found in document.diagnostics] == ["of the second text"]


def test_a_failed_wait_is_the_loss_of_the_server_only_if_it_is_the_present_one(pipes):
    document, server = pipes
    document.set_text("first")
    first = asked(server, "textDocument/waitForDiagnostics")["id"]
    document.set_text("second")
    second = asked(server, "textDocument/waitForDiagnostics")["id"]
    server.send({"id": first, "error": {"message": "content modified"}}, 1.0)
    assert not document.settle(0.05, lambda: False)
    server.send({"id": second, "error": {"message": "the worker crashed"}}, 1.0)
    with pytest.raises(ConnectionLost, match="the worker crashed"):
        document.settle(1.0, lambda: True)


def test_a_question_of_the_servers_is_answered_and_not_taken_for_an_answer(pipes):
    document, server = pipes
    document.set_text("text")
    number = asked(server, "textDocument/waitForDiagnostics")["id"]
    server.send({"id": number, "method": "workspace/semanticTokens/refresh"}, 1.0)
    assert not document.settle(0.05, lambda: False)
    assert server.receive(1.0) == {"jsonrpc": "2.0", "id": number, "result": None}

"""The Language Server Protocol as far as proving needs it: one document, its text, its diagnostics."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..frames import MAX_REPLY_BYTES, ConnectionLost, JsonFrames, ReplyLate

__all__ = ["Diagnostic", "Document", "LspFrames", "RequestFailed"]

_MAX_HEADER = 256
_LENGTH = b"content-length:"
_SEND_TIMEOUT_S = 5.0
_SEVERITIES = {1: "error", 2: "warning", 3: "information", 4: "hint"}


class RequestFailed(Exception):
    """Raised when the server answers a request with an error."""


class LspFrames(JsonFrames):
    """Messages with HTTP-like headers, as the protocol's base layer has them."""

    def _header(self, size: int) -> bytes:
        return b"Content-Length: %d\r\n\r\n" % size

    def _payload(self) -> tuple[int, int] | None:
        end = self._buffer.find(b"\r\n\r\n", 0, _MAX_HEADER)
        if end < 0:
            if len(self._buffer) >= _MAX_HEADER:
                raise ConnectionLost(f"expected the header of a message, found {bytes(self._buffer[:60])!r}")
            return None
        for line in bytes(self._buffer[:end]).split(b"\r\n"):
            value = line[len(_LENGTH) :].strip()
            if line.lower().startswith(_LENGTH) and value.isdigit() and int(value) <= MAX_REPLY_BYTES:
                return end + 4, end + 4 + int(value)
        raise ConnectionLost(f"expected a Content-Length, found {bytes(self._buffer[:end])!r}")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A message about the document.

    Attributes:
        line: zero-based line where it begins.
        severity: `error`, `warning`, `information` or `hint`.
        message: its text.
    """

    line: int
    severity: str
    message: str


class Document:
    """One document that a language server has open; its text is replaced whole.

    Args:
        frames: to the server.
        uri: of the document; the file need not exist.

    Attributes:
        version: of its text, from 1; 0 before it was opened.
        diagnostics: those of the current version so far.
    """

    def __init__(self, frames: LspFrames, uri: str) -> None:
        self._frames = frames
        self._uri = uri
        self._ids = itertools.count(1)
        self.version = 0
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self._waiting: int | None = None

    def initialize(self, root_uri: str | None, timeout_s: float) -> dict[str, Any]:
        """Greet the server; its answer.

        Raises:
            RequestFailed, ReplyLate, ConnectionLost: it does not answer as it should.
        """
        request = self._request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root_uri,
                "capabilities": {"lean": {"silentDiagnosticSupport": True}},
                "initializationOptions": {"hasWidgets": False},
            },
        )
        end = time.monotonic() + timeout_s
        while True:
            message = self._frames.receive(max(0.0, end - time.monotonic()))
            if message.get("id") == request and "method" not in message:
                break
        if "error" in message:
            raise RequestFailed(str(message["error"].get("message")))
        self._notify("initialized", {})
        answer: dict[str, Any] = message["result"]
        return answer

    def set_text(self, text: str) -> None:
        """Replace the text and ask to be told when all of it is elaborated; whatever was under way is given up.

        Raises:
            ReplyLate, ConnectionLost: the server does not read, or is gone.
        """
        self.version += 1
        self.diagnostics = ()
        if self.version == 1:
            document: dict[str, Any] = {"uri": self._uri, "languageId": "lean4", "version": 1, "text": text}
            self._notify("textDocument/didOpen", {"textDocument": document, "dependencyBuildMode": "never"})
        else:
            self._notify(
                "textDocument/didChange",
                {
                    "textDocument": {"uri": self._uri, "version": self.version},
                    "contentChanges": [{"text": text}],
                },
            )
        self._waiting = self._request("textDocument/waitForDiagnostics", {"uri": self._uri, "version": self.version})

    def settle(self, tick_s: float, tick: Callable[[], bool]) -> bool:
        """Collect diagnostics until the text is elaborated.

        Args:
            tick_s: seconds between two calls of `tick`, at most.
            tick: called now and then; returns whether to go on waiting.

        Returns:
            Whether all of the text is elaborated; `False` if `tick` said to stop.

        Raises:
            ConnectionLost: the server, or its process for this document, has died.
        """
        next_tick = time.monotonic() + tick_s
        while self._waiting is not None:
            with contextlib.suppress(ReplyLate):
                self._take(self._frames.receive(max(0.0, next_tick - time.monotonic())))
            if self._waiting is not None and time.monotonic() >= next_tick:
                if not tick():
                    return False
                next_tick = time.monotonic() + tick_s
        return True

    def _take(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params") or {}
        if method == "textDocument/publishDiagnostics" and params.get("version") == self.version:
            self.diagnostics = tuple(_diagnostic(item) for item in params["diagnostics"])
        elif method is not None:
            if "id" in message:
                # A request of the server's, for a registration or a refresh: nothing that we need to act on.
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        elif message.get("id") == self._waiting:
            if "error" in message:
                raise ConnectionLost(f"waiting for diagnostics failed: {message['error'].get('message')}")
            self._waiting = None

    def _request(self, method: str, params: dict[str, Any]) -> int:
        number = next(self._ids)
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number

    def _notify(self, method: str, params: dict[str, Any]) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        self._frames.send(message, _SEND_TIMEOUT_S)


def _diagnostic(item: dict[str, Any]) -> Diagnostic:
    # A message that goes over several lines is cut short in `range`; `fullRange` would say where it ends.
    severity = _SEVERITIES.get(item.get("severity", 1), "error")
    return Diagnostic(int(item["range"]["start"]["line"]), severity, str(item["message"]))

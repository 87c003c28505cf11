"""Access to a server: who may connect, and how much may be sent in a request."""

from __future__ import annotations

import hmac
import ipaddress
import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from ..errors import BadInput
from ..text import read_utf8

__all__ = ["TOKEN_VARIABLE", "Access", "is_loopback", "read_token"]

TOKEN_VARIABLE = "AITP_SERVE_TOKEN"
_LEAST_TOKEN = 16


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(file: Path | None) -> str | None:
    """The token that clients must show: from a file, else from the environment; `None` if there is none.

    Raises:
        BadInput: the file cannot be read, or the token is too short or has characters that a header cannot carry.
    """
    token = read_utf8(file).strip() if file is not None else os.environ.get(TOKEN_VARIABLE, "")
    if not token and file is None:
        return None
    if len(token) < _LEAST_TOKEN or not (token.isascii() and token.isprintable()) or " " in token:
        raise BadInput(
            f"The token must be at least {_LEAST_TOKEN} printable ASCII characters without spaces, for example the "
            "output of: openssl rand -hex 32"
        )
    return token


class Access:
    """ASGI middleware that lets nobody in without the token, no web page, and no long request.

    Args:
        app: what is behind it.
        token: to be shown as `Authorization: Bearer TOKEN`; `None` where only this machine can connect.
        max_bytes: of the body of a request.
    """

    def __init__(self, app: ASGIApp, token: str | None, max_bytes: int) -> None:
        self._app, self._max_bytes = app, max_bytes
        self._expected = None if token is None else f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a sentence that says why not."""
        refusal = None if scope["type"] == "lifespan" else self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(refusal)
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if self._expected is None:
            # Browsers let any page connect to this machine, but say which page it is.
            if "origin" in headers:
                return _refused(403, "Without a token this server does not answer web pages.")
        elif scope["path"] != "/health" and not hmac.compare_digest(
            headers.get("authorization", "").encode("latin-1"), self._expected
        ):
            return _refused(401, "Send the token of this server in a header: Authorization: Bearer TOKEN.")
        if "transfer-encoding" in headers:
            return _refused(411, "Send the length of the request in a header: Content-Length.")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit() and len(length) < 16 and int(length) <= self._max_bytes):
            return _refused(413, f"A request may have at most {self._max_bytes} bytes.")
        return None


def _refused(status: int, message: str) -> JSONResponse:
    return JSONResponse({"detail": message}, status)

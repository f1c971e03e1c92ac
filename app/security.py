"""Who may talk to the viewer: checks of Host, Origin, cookie and token, before anything else sees a request.

The adversaries are a web page in the same browser and another program or user on the same machine. In this order:

1. *Host* must be this server's own address: a foreign name that resolves to 127.0.0.1 (DNS rebinding) gets 400.
2. *Origin* must be our own wherever a browser sends one, and must be there for a WebSocket and for every method that
   changes something. What another site or another local port embeds (``Sec-Fetch-Site``) gets 403; it may only link.
3. *Token* of the printed address: exchanged for the cookie by a redirect that takes it out of the address.
4. *Cookie* or nothing: 403 and, for a person, a page that says what to do.

The cookie is a MAC of the port under the user's own key (`app.viewer_key`). It is named by the port, because cookies
belong to a host name and not to a port. For the same reason a browser also shows it to every other server on
127.0.0.1 that the user visits: a hostile program of *another user* there can use it until the key file is deleted.

Cookies are ``SameSite=Strict``. A browser holds them back when another site links to the viewer, and after a redirect
that began there; the answer to that is a page that loads itself once more, then as our own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

from app.policies import GATE_POLICY, gate_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HOST", "Entrance", "Gate", "GateMiddleware", "Refusal"]

#: The one address that the viewer listens on.
HOST = "127.0.0.1"

#: How long a browser keeps the cookie; 400 days is the most that browsers allow.
_COOKIE_SECONDS = 400 * 24 * 3600

#: How long the address handed to the browser's command line works; other users can read that line.
_ONE_TIME_SECONDS = 60.0

_SAFE_METHODS = frozenset({"GET", "HEAD"})


class Refusal(NamedTuple):
    """A request that gets nothing: status and one sentence; `retry` asks the browser to come again as our own page."""

    status: int
    reason: str
    retry: bool = False


class Entrance(NamedTuple):
    """A valid token: set the cookie and go on to `location`."""

    location: str


class Gate:
    """Decides about requests; knows nothing of what lies behind it.

    Parameters
    ----------
    port : int
        Port that the server listens on.
    key : bytes
        The user's own key.

    Attributes
    ----------
    token : str
        Opens the viewer as long as this process lives; part of the printed address.
    cookie_name, cookie_value : str
        Equal at every start with the same port and key.
    """

    def __init__(self, port: int, key: bytes) -> None:
        self.token = secrets.token_urlsafe(24)
        self.cookie_name = f"vitrina-{port}"
        self.cookie_value = hmac.new(key, f"vitrina viewer cookie, port {port}".encode(), hashlib.sha256).hexdigest()
        names = (HOST, "localhost")
        self._hosts = {f"{name}:{port}".encode() for name in names}
        if port == 80:  # browsers leave the default port out
            self._hosts |= {name.encode() for name in names}
        self._one_time: dict[str, float] = {}

    def one_time_token(self) -> str:
        """Return a token that works once, within a minute: for an address that other users may see."""
        token = secrets.token_urlsafe(24)
        self._one_time[token] = time.monotonic() + _ONE_TIME_SECONDS
        return token

    def judge(self, scope: Scope) -> Refusal | Entrance | None:
        """Return None for a request that may pass.

        Parameters
        ----------
        scope : dict
            ASGI scope of type ``"http"`` or ``"websocket"``.
        """
        headers = _Headers(scope["headers"])
        is_socket = scope["type"] == "websocket"
        method = "GET" if is_socket else scope["method"]
        host = headers.only(b"host").lower()
        if host not in self._hosts:
            return Refusal(400, "The address in the request is not that of this viewer.")
        needs_origin = bool(headers.all(b"origin")) or is_socket or method not in _SAFE_METHODS
        if needs_origin and headers.only(b"origin").lower() != b"http://" + host:
            return Refusal(403, "The request comes from another site.")
        is_foreign = headers.only(b"sec-fetch-site") in (b"cross-site", b"same-site")
        if is_foreign and not _is_page_load(headers, method):
            return Refusal(403, "The request comes from another site.")
        has_cookie = self._has_cookie(headers)
        if not is_socket and method in _SAFE_METHODS:
            tokens, rest = _take_token(scope["query_string"])
            if tokens:
                return self._enter(scope, tokens, rest, method, has_cookie=has_cookie)
        if has_cookie:
            return None
        return Refusal(403, "This browser has not been let in yet.", retry=is_foreign)

    def _enter(
        self, scope: Scope, tokens: list[str], rest: str, method: str, *, has_cookie: bool
    ) -> Refusal | Entrance:
        path = scope.get("raw_path", b"").decode("latin-1")
        if not path.startswith("/") or path.startswith("//") or "\\" in path:  # "//host" in Location is another host
            return Refusal(400, "The path in the request is not one of this viewer.")
        if has_cookie or (len(tokens) == 1 and self._is_token(tokens[0], use=method == "GET")):
            return Entrance(f"{path}?{rest}" if rest else path)
        return Refusal(403, "The token in the address is not, or no longer, that of the running viewer.")

    def _is_token(self, token: str, *, use: bool) -> bool:
        given = token.encode()
        if hmac.compare_digest(given, self.token.encode()):
            return True
        found = [known for known in self._one_time if hmac.compare_digest(given, known.encode())]
        if not found:
            return False
        expires = self._one_time.pop(found[0]) if use else self._one_time[found[0]]
        return time.monotonic() <= expires

    def _has_cookie(self, headers: _Headers) -> bool:
        wanted = f"{self.cookie_name}={self.cookie_value}".encode()
        pairs = [pair.strip() for line in headers.all(b"cookie") for pair in line.split(b";")]
        matches = [hmac.compare_digest(pair, wanted) for pair in pairs]  # all of them: every pair costs the same
        return any(matches)

    def set_cookie(self) -> str:
        """Return the value of the ``Set-Cookie`` header."""
        return f"{self.cookie_name}={self.cookie_value}; Path=/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Strict"


class _Headers:
    """Headers of a request; ASGI gives the names in lower case."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._pairs = list(pairs)

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self._pairs if key == name]

    def only(self, name: bytes) -> bytes:
        """Return the value of a header that is there exactly once, else nothing: of two, each side may read another."""
        values = self.all(name)
        return values[0] if len(values) == 1 else b""


def _is_page_load(headers: _Headers, method: str) -> bool:
    is_top = headers.only(b"sec-fetch-mode") == b"navigate" and headers.only(b"sec-fetch-dest") == b"document"
    return is_top and method in _SAFE_METHODS


def _take_token(query: bytes) -> tuple[list[str], str]:
    """Return the values of ``token`` in a query, and the query without them, byte for byte."""
    parts = query.decode("latin-1").split("&")
    tokens = [unquote_plus(part[6:]) for part in parts if part.startswith("token=")]
    return tokens, "&".join(part for part in parts if not part.startswith("token="))


class GateMiddleware:
    """Pure ASGI: nothing passes that the gate does not admit.

    Parameters
    ----------
    app : ASGI application
        What lies behind.
    gate : Gate
        Who decides.
    """

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass, redirect with the cookie, or refuse."""
        if scope["type"] not in ("http", "websocket"):  # lifespan: from the server itself
            await self._app(scope, receive, send)
            return
        verdict = self._gate.judge(scope)
        if verdict is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before accept: the server answers 403
        elif isinstance(verdict, Entrance):
            headers = {"location": verdict.location, "set-cookie": self._gate.set_cookie()}
            await _respond(send, 303, b"", headers)
        else:
            await self._refuse(scope, send, verdict)

    async def _refuse(self, scope: Scope, send: Send, refusal: Refusal) -> None:
        wants_page = any(key == b"accept" and b"text/html" in value for key, value in scope["headers"]) and not scope[
            "path"
        ].startswith(("/api/", "/_stcore/"))
        if wants_page:
            body, kind = gate_page(refusal.reason, retry=refusal.retry).encode(), "text/html; charset=utf-8"
        else:
            body, kind = f"{refusal.reason}\n".encode(), "text/plain; charset=utf-8"
        body = b"" if scope["method"] == "HEAD" else body
        await _respond(send, refusal.status, body, {"content-type": kind})


async def _respond(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    everywhere = {
        "cache-control": "no-store",
        "content-length": str(len(body)),
        "content-security-policy": GATE_POLICY,
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    pairs = [(key.encode(), value.encode("latin-1")) for key, value in (everywhere | headers).items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})

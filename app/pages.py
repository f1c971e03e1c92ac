"""Addresses that are pages, and what happens to all others that a person may type."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["PAGES", "UnknownPageMiddleware"]

#: Pages of `app.main`.
PAGES = frozenset({"/", "/artifact", "/entry", "/compare", "/fidelity", "/run", "/types", "/not-found"})

#: First parts of paths that answer by themselves: our routes and Streamlit's.
_SERVED = frozenset({"api", "_stcore", "static", "component", "media", "app", "vendor"})


class UnknownPageMiddleware:
    """Pure ASGI: leads a page request that is none of ours to the page that says so.

    Streamlit itself would show its first page under a dialog of its own, and forget what was asked for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect, or pass the request on."""
        if scope["type"] == "http" and _is_page_request(scope) and scope["path"] not in PAGES:
            from starlette.responses import RedirectResponse

            address = quote(scope["path"][:200], safe="/")
            await RedirectResponse(f"/not-found?address={address}", 307)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_page_request(scope: Scope) -> bool:
    """Whether a person asks for a page: their browser says that it wants HTML."""
    path = scope["path"]
    if path.split("/")[1] in _SERVED or path.rstrip("/") in PAGES or "." in path.rpartition("/")[2]:
        return False
    accept = b"".join(value for name, value in scope["headers"] if name == b"accept")
    return b"text/html" in accept

"""Documents of strangers, and scripts of others, in frames that can reach nothing: their addresses and routes.

An *opaque frame* is an ``<iframe sandbox>`` without ``allow-same-origin``: its document has an origin of its own, no
cookie, no storage, no access to the page. The answer brings a Content-Security-Policy that says the same and allows no
request, so the lock does not hang on the attribute alone. There are three kinds:

- *still document*: an HTML document as data; no script runs.
- *running document*: the same one with its scripts, put together by a script of ours that stands before them
  (``run_document.js``). Shown only after a person said so on the page: the address answers to frames alone, so a link
  that a stranger sends runs nothing.
- *page of ours*: a fixed page with a library in it (3Dmol, pdf.js), whose scripts its policy names by hash. Data of
  artifacts comes to it by message. See `app.opaque.pages`.
"""

from __future__ import annotations

import functools
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.media import DerivedBytes
from app.policies import STILL_POLICY, running_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.routing import Route
    from starlette.types import ASGIApp

__all__ = ["DocumentAddress", "document_address", "page_address", "routes"]

_HTML = "text/html; charset=utf-8"

#: How an element begins that holds another document, and how it ends.
_FRAME = re.compile(r"<(?:iframe|frame|fencedframe|portal)(?=[\s/>])", re.IGNORECASE)
_FRAME_END = re.compile(r"</(?:iframe|frame|fencedframe|portal)(?=[\s/>])", re.IGNORECASE)

#: Documents whose address a page has asked for; what falls out is made again when its page is drawn.
_documents = DerivedBytes(1024, 64 << 20, types=frozenset({_HTML}))


class DocumentAddress(NamedTuple):
    """Where an HTML document is shown.

    Attributes
    ----------
    still : str
        Without scripts. Goes into ``<iframe sandbox>``.
    running : str
        With its scripts. Goes into ``<iframe sandbox="allow-scripts">``, after a person asked for it.
    """

    still: str
    running: str


def document_address(make: Callable[[], str], ident: str) -> DocumentAddress:
    """Register an HTML document and return its addresses.

    Parameters
    ----------
    make : callable
        Returns the text of the document; called when a browser asks for it, in a thread of its own.
    ident : str
        Identifies the content. Equal idents, equal addresses.
    """
    token = _documents.add(functools.partial(_encoded, make), _HTML, ident)
    return DocumentAddress(f"/api/f/d/{token}/still", f"/api/f/d/{token}/run")


def page_address(name: str) -> str:
    """Return the address of a page of ours, which changes with its content.

    Parameters
    ----------
    name : str
        One of `app.opaque.pages.PAGES`.

    Raises
    ------
    MissingLibraryError
        If its library is not installed.
    """
    from app.opaque.pages import page

    return f"/api/f/p/{name}/{page(name).mark}"


def _encoded(make: Callable[[], str]) -> bytes:
    return make().encode("utf-8", "replace")


async def _answer_document(request: Request) -> ASGIApp:
    """Answer a document to a frame, and to nothing else: its address alone, in a link, shows and runs nothing."""
    from anyio.to_thread import run_sync

    running = request.path_params["how"] == "run"
    destination = request.headers.get("sec-fetch-dest")
    if destination != "iframe" and (running or destination is not None):
        return _plain(403, "This document is shown inside the viewer only.")
    try:
        found = await run_sync(_documents.get, request.path_params["token"])
    except (OSError, ValueError, LookupError) as error:
        return _plain(409, f"The document cannot be read: {type(error).__name__}.")
    if found is None:
        return _plain(404, "The document is no longer kept. Load the page again.")
    if not running:
        return _html(_without_frames(found[0].decode()), STILL_POLICY, cache="private, max-age=31536000, immutable")
    nonce = secrets.token_urlsafe(18)
    return _html(_running_page(found[0].decode(), nonce), running_policy(nonce), cache="no-store")


def _without_frames(document: str) -> bytes:
    """Return a document whose own frames are none: for each, Chromium connects to the host before it asks the policy.

    Only a literal ``<iframe`` begins a frame, and without scripts nothing else makes one, so this cannot be deceived.
    """
    return _FRAME.sub("<x-frame hidden", _FRAME_END.sub("</x-frame", document)).encode()


@functools.cache
def _prelude() -> str:
    return Path(__file__).with_name("run_document.js").read_text("utf-8")


def _running_page(document: str, nonce: str) -> bytes:
    """Return a page whose only script puts the document together; the document is inert JSON in it."""
    import json

    doctype = "<!doctype html>" if document.lstrip("\ufeff \t\r\n\f").lower().startswith("<!doctype") else ""
    data = json.dumps(document).replace("<", "\\u003c")
    head = '<meta charset="utf-8"><meta http-equiv="x-dns-prefetch-control" content="off">'
    source = f'<script type="application/json">{data}</script><script nonce="{nonce}">{_prelude()}</script>'
    return f"{doctype}<html><head>{head}{source}</head></html>".encode()


async def _answer_page(request: Request) -> ASGIApp:
    from anyio.to_thread import run_sync

    from app.opaque.pages import PAGES, MissingLibraryError, page

    name = request.path_params["name"]
    if request.headers.get("sec-fetch-dest", "iframe") != "iframe":
        return _plain(403, "This page is shown inside the viewer only.")
    if name not in PAGES:
        return _plain(404, "There is no such page.")
    try:
        found = await run_sync(page, name)
    except MissingLibraryError as error:
        return _plain(404, str(error))
    return _html(found.body, found.policy, cache="private, max-age=31536000, immutable")


def _plain(status: int, sentence: str) -> ASGIApp:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(f"{sentence}\n", status, {"Cache-Control": "no-store"})


def _html(body: bytes, policy: str, *, cache: str) -> ASGIApp:
    from starlette.responses import Response

    headers = {
        "Cache-Control": cache,
        "Content-Encoding": "identity",  # else Streamlit's middleware compresses it at every request
        "Content-Security-Policy": policy,
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        "X-DNS-Prefetch-Control": "off",
    }
    return Response(body, media_type=_HTML, headers=headers)


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    from starlette.routing import Route

    return [
        Route("/api/f/d/{token}/{how}", _answer_document, methods=["GET"]),
        Route("/api/f/p/{name}/{mark}", _answer_page, methods=["GET"]),
    ]

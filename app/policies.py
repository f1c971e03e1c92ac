"""What the browser may do with our pages: Content-Security-Policy and its companions, for every kind of answer.

The policy of the page names no outside host. It is the lock against hostile content, and the proof that the viewer
works without a network: the browser itself refuses whatever would leave the machine.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "GATE_POLICY",
    "MEDIA_POLICY",
    "STILL_POLICY",
    "HeadersMiddleware",
    "document_policy",
    "gate_page",
    "inline_script_hashes",
    "page_policy",
    "running_policy",
]

#: For bytes of an artifact that somebody opens in a tab of their own: no script, no request, no form, no plugin.
MEDIA_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

#: What every document in an opaque frame may do: look as it does, with what it brings along itself. No request leaves.
_CLOSED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; font-src data:; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)

#: For an HTML document of an artifact: no script runs.
STILL_POLICY = f"sandbox; {_CLOSED}"


def running_policy(nonce: str) -> str:
    """Return the policy of an HTML document of an artifact whose scripts run.

    Parameters
    ----------
    nonce : str
        Of this one answer. Scripts need it; frames inside the document inherit the policy and do not know the nonce, so
        nothing runs in them. That matters for WebRTC, which no policy governs: it is taken out of the document's own
        window before the first script (``run_document.js``), and there is no other window to take it from.

    Returns
    -------
    str
        Two policies, both of which must agree: a nonce alone would also let scripts in from any host, and `import`.
    """
    inline = "script-src 'unsafe-inline' 'unsafe-eval'"
    return f"sandbox allow-scripts; script-src 'nonce-{nonce}' 'unsafe-eval'; {_CLOSED}, {inline}"


def page_policy(scripts: list[str], *, evaluates: bool = False) -> str:
    """Return the policy of a page of ours in an opaque frame.

    Parameters
    ----------
    scripts : list of str
        Its inline scripts; these and no others run.
    evaluates : bool, optional
        Whether they may make functions of text: that runs code which came with the data.
    """
    sources = " ".join([*map(_source_hash, scripts), *(["'unsafe-eval'"] if evaluates else [])])
    return f"sandbox allow-scripts; script-src {sources}; worker-src blob:; {_CLOSED}"


_GATE_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;"
    "color:#1f2933;background:#fff}code{background:#eef1f4;padding:.1em .3em;border-radius:3px}"
    "@media(prefers-color-scheme:dark){body{color:#e4e7eb;background:#14181d}code{background:#262c33}}"
)


def _source_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


#: For the few answers of the gate itself.
GATE_POLICY = (
    f"default-src 'none'; style-src {_source_hash(_GATE_STYLE)}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def gate_page(reason: str, *, retry: bool) -> str:
    """Return the page for a person who has not been let in.

    Parameters
    ----------
    reason : str
        One sentence.
    retry : bool
        Load once more at once: a browser that holds the cookie back because another site led here sends it then.
    """
    again = '<meta http-equiv="refresh" content="0">' if retry else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">{again}<title>Vitrina: not let in</title>'
        f"<style>{_GATE_STYLE}</style><h1>Not let in</h1><p>{html.escape(reason)}</p>"
        "<p>Open the address that <code>vitrina view</code> printed in the terminal. If that terminal is gone, run "
        "<code>vitrina view PATH</code> again. Each browser needs this once.</p></html>"
    )


def inline_script_hashes(index_html: str) -> list[str]:
    """Return the CSP source of each inline script of a page, so that these and no others run.

    Parameters
    ----------
    index_html : str
        Streamlit's start page; it has one such script and may change with any release.
    """
    found = re.findall(r"<script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script>", index_html, re.DOTALL | re.IGNORECASE)
    return [_source_hash(text) for text in found]


def document_policy(static_folder: Path) -> str:
    """Return the policy of the viewer's page.

    Parameters
    ----------
    static_folder : Path
        Streamlit's folder with its ``index.html``.

    Notes
    -----
    Streamlit's page needs inline styles (it writes them while it runs), WebAssembly, and workers and scripts from
    ``blob:``. Source: every native element of Streamlit 1.67 was shown under this policy without a report.
    """
    hashes = " ".join(inline_script_hashes((static_folder / "index.html").read_text("utf-8")))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' blob: {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "frame-src 'self' blob:",  # also keeps a frame from leaving for another host
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


#: Types that a browser may run as a document although they are no HTML.
_ACTIVE_TYPES = (b"image/svg", b"text/xml", b"application/xml", b"application/xhtml", b"application/pdf")


class HeadersMiddleware:
    """Pure ASGI: adds to every answer the headers that it does not bring itself.

    Parameters
    ----------
    app : ASGI application
        What lies behind.
    policy : str
        Content-Security-Policy of pages.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._always = {
            b"cross-origin-resource-policy": b"same-origin",
            b"referrer-policy": b"no-referrer",
            b"x-content-type-options": b"nosniff",
        }
        self._page = {
            b"content-security-policy": policy.encode(),
            b"cross-origin-opener-policy": b"same-origin",
            b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request; add headers to the start of the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = dict(message["headers"])
                added = {**self._always, **self._for_type(present.get(b"content-type", b"").lower())}
                extra = [(key, value) for key, value in added.items() if key not in present]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    def _for_type(self, content_type: bytes) -> dict[bytes, bytes]:
        if content_type.startswith(b"text/html"):
            return self._page
        if content_type.startswith(_ACTIVE_TYPES):
            return {b"content-security-policy": MEDIA_POLICY.encode()}
        return {}

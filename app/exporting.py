"""The address that sends an artifact, or an entry of it, as one HTML file.

``/api/export?ref=&path=``, and of a table ``q``, ``sort`` and ``cols`` as its page has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

__all__ = ["routes"]


def routes() -> list[Route]:
    """Return the route of this module, for the server."""
    from starlette.routing import Route

    return [Route("/api/export", _answer, methods=["GET"])]


async def _answer(request: Request) -> Response:
    from anyio.to_thread import run_sync

    return await run_sync(_export, dict(request.query_params))


def _export(query: dict[str, str]) -> Response:
    """Return the file as a download, piece by piece: it never opens in the viewer's own place."""
    from starlette.responses import PlainTextResponse, StreamingResponse

    from app.html_export import POLICY, file_name, html_pages

    try:
        artifact = session.current().resolve(query.get("ref", ""))
        name = str(artifact.get_path(query["path"]).path) if query.get("path") else ""
    except (LookupError, OSError, ValueError) as error:
        return PlainTextResponse(f"{error}\n", 404, {"Cache-Control": "no-store"})

    def pieces() -> Iterator[bytes]:
        for piece in html_pages(artifact, name, query):
            yield piece.encode("utf-8", "backslashreplace")

    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(artifact, name)}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": f"sandbox; {POLICY}",
    }
    return StreamingResponse(pieces(), media_type="text/html; charset=utf-8", headers=headers)

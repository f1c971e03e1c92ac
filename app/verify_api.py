"""Routes of the page Fidelity: ``/api/fidelity`` (the list), ``/api/fidelity/preview``, ``/api/verify``.

``GET /api/verify`` tells where the verify of this server is; ``POST /api/verify?do=start&deep=1`` and ``?do=stop``
begin and end one. The gate in front of all routes has checked cookie, host and origin.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from app.answers import FRESH
from app.session import current
from app.verifying.job import job

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route
    from starlette.types import ASGIApp

__all__ = ["routes"]


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    from starlette.routing import Route

    return [
        Route("/api/fidelity", _rows, methods=["GET"]),
        Route("/api/fidelity/preview", _preview, methods=["GET"]),
        Route("/api/verify", _verify, methods=["GET", "POST"]),
    ]


async def _rows(_request: Request) -> ASGIApp:
    from anyio.to_thread import run_sync

    return await run_sync(_answer_rows)


def _answer_rows() -> ASGIApp:
    from starlette.responses import Response

    from app.fidelity_rows import fidelity_document

    text = json.dumps(fidelity_document(current()), separators=(",", ":"))
    return Response(text, media_type="application/json", headers=FRESH)


async def _preview(request: Request) -> ASGIApp:
    from anyio.to_thread import run_sync

    return await run_sync(_answer_preview, request.query_params.get("ref", ""), request.query_params.get("path", ""))


def _answer_preview(ref: str, path: str) -> ASGIApp:
    from starlette.responses import Response

    from app import thumbnails
    from app.http_bytes import BytesResponse

    try:
        artifact = current().resolve(ref)
        data = thumbnails.make(artifact, path)
        digest = str(artifact.get_path(path).digest)
    except Exception:  # noqa: BLE001  # the boundary of a request: what is decoded is a stranger's file
        return Response(status_code=204, headers=FRESH)  # the sign of the type stays
    etag = f'"p-{digest[-24:]}"'
    return BytesResponse(io.BytesIO(data), size=len(data), mime="image/webp", etag=etag, name="preview.webp")


async def _verify(request: Request) -> ASGIApp:
    from starlette.responses import JSONResponse, PlainTextResponse

    if request.method == "POST":
        wanted = request.query_params.get("do", "")
        if wanted == "start":
            job.start(current(), is_deep=request.query_params.get("deep") == "1")
        elif wanted == "stop":
            job.stop()
        else:
            return PlainTextResponse("Say ?do=start or ?do=stop.\n", 400, FRESH)
    return JSONResponse(job.status(), headers=FRESH)

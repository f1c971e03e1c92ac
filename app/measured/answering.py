"""The one way in which requests for measurements are answered: found, measured, or told why not in a sentence."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

from app import media
from app.answers import FRESH
from app.measured.kept import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from starlette.requests import Request
    from starlette.routing import Route
    from starlette.types import ASGIApp

    #: (artifact, entry, parameters) → bytes, or an open file and its size; and their type.
    Measurement = Callable[[Any, Any, Mapping[str, str]], tuple[bytes | tuple[BinaryIO, int], str]]

__all__ = ["answer", "route"]


def route(word: str, measurements: Mapping[str, Measurement], rules: int) -> Route:
    """Return the route ``/api/<word>/<token>/<file name>?what=…`` for the server.

    Parameters
    ----------
    word : str
        Stands for ``m`` in the address of the bytes.
    measurements : mapping
        What can be asked for → what measures it.
    rules : int
        Rules of measuring; another number and no browser's copy is good any more.
    """
    from starlette.routing import Route

    async def respond(request: Request) -> ASGIApp:
        from anyio.to_thread import run_sync

        given = request.path_params
        return await run_sync(answer, measurements, rules, given["token"], given["name"], dict(request.query_params))

    return Route(f"/api/{word}/{{token}}/{{name}}", respond, methods=["GET", "HEAD"])


def answer(
    measurements: Mapping[str, Measurement], rules: int, token: str, name: str, query: Mapping[str, str]
) -> ASGIApp:
    """Return the answer to a request; every mistake is one with a sentence."""
    from starlette.responses import JSONResponse, PlainTextResponse

    from app.http_bytes import BytesResponse
    from app.renderers import problem_of

    what = query.get("what", "")
    try:
        artifact, entry = media.entry_at(token, name)
        if what == "progress":
            return JSONResponse({"done": progress(str(entry.digest))}, headers=FRESH)
        if what not in measurements:
            return PlainTextResponse("There is no such measurement.\n", 404, FRESH)
        found, mime = measurements[what](artifact, entry, query)
    except Exception as error:  # noqa: BLE001  # the boundary of a request: the file is a stranger's
        if type(error) is LookupError:  # of `entry_at`, in a sentence
            return PlainTextResponse(f"{error.args[0]}\n", 404, FRESH)
        problem = problem_of(error, name)
        return PlainTextResponse(f"{problem.subject}: {problem.problem}\n", 409, FRESH)
    file, size = (io.BytesIO(found), len(found)) if isinstance(found, bytes) else found
    return BytesResponse(file, size=size, mime=mime, etag=_etag(rules, token, query), name=what)


def _etag(rules: int, token: str, query: Mapping[str, str]) -> str:
    """Return a validator that changes with the rules, the file and the parameters."""
    asked = "&".join(f"{key}={item}" for key, item in sorted(query.items()))
    text = f"{rules}\0{token}\0{asked}"
    return f'"{hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'

"""Answers to what components ask for by themselves: a status and JSON; a mistake has the error's three fields."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    #: Status and document.
    Answer = tuple[int, dict[str, Any]]

__all__ = ["FRESH", "answered", "json_route", "number", "problem_document", "unknown"]

#: Headers of an answer that no cache may keep.
FRESH = {"Cache-Control": "no-store"}


def json_route(path: str, answer: Callable[..., Answer]) -> Route:
    """Return a route for the server whose answers are JSON.

    Parameters
    ----------
    path : str
        Its path, with the parameters in braces.
    answer : callable
        Gets the parameters of the path by name, and those of the address as the mapping `query`; runs in a thread.
    """
    from starlette.routing import Route

    async def respond(request: Request) -> Response:
        from anyio.to_thread import run_sync
        from starlette.responses import JSONResponse

        make = functools.partial(answer, **request.path_params, query=dict(request.query_params))
        status, document = await run_sync(make)
        return JSONResponse(document, status, FRESH)

    return Route(path, respond, methods=["GET"])


def answered(make: Callable[[], dict[str, Any]], subject: str, typed: tuple[type[Exception], ...] = ()) -> Answer:
    """Return the status and the document of an answer; every mistake is one with the error's three fields.

    Parameters
    ----------
    make : callable
        Makes the document.
    subject : str
        What is at fault where an error does not say.
    typed : tuple of exception types
        Errors in what a user typed: no fault of the page, so the status stays 200.
    """
    try:
        return 200, make()
    except Exception as error:  # noqa: BLE001  # the boundary of a request: values come from a stranger's file
        return 200 if isinstance(error, typed) else 400, problem_document(error, subject)


def unknown(what: str) -> Answer:
    """Return the answer where there is nothing of that name to ask for."""
    return 404, {"error": {"subject": what, "problem": "is nothing that can be asked for", "remedy": ""}}


def problem_document(error: Exception, subject: str) -> dict[str, Any]:
    """Return an error as a document; `subject` is at fault where the error does not say."""
    from app.renderers import problem_of

    found = problem_of(error, subject)
    return {"error": {"subject": found.subject, "problem": found.problem, "remedy": found.remedy}}


def number(query: Mapping[str, str], key: str, default: int, most: int) -> int:
    """Return a whole number of the parameters, at most `most`; `default` where there is none."""
    text = query.get(key, "")
    return min(int(text), most) if text.isdecimal() and len(text) < 16 else default

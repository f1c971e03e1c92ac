"""What the find dialog asks: ``/api/find?q=&ref=`` answers the best hits, and how much was searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import session
from app.answers import json_route
from app.finding.index import index_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.routing import Route

__all__ = ["answer", "routes"]

#: Characters of a question; nobody types more.
_MAX_CHARACTERS = 200


def routes() -> list[Route]:
    """Return the route of this module, for the server."""
    return [json_route("/api/find", lambda query: (200, answer(query)))]


def answer(query: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer to a question.

    Parameters
    ----------
    query : mapping
        ``q``: what was typed; ``ref``: the artifact that the page shows.
    """
    found = index_of(session.current()).find(query.get("q", "")[:_MAX_CHARACTERS], query.get("ref", ""))
    return {
        "hits": [list(hit) for hit in found.hits],
        "of": found.of,
        "searched": found.searched,
        "artifacts": found.artifacts,
    }

"""Histories for the charts of a run's page, asked for by the component itself: ``/api/run/<what>?id=``.

``keys``: what was logged, and how often. ``series``: the points of one key that a chart can show. ``media``: previews
and pages of the values of one key at one step.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

from app import media, session
from app.answers import answered, json_route
from app.runs.columns import Columns, columns_of, stamp_of
from app.runs.drawing import drawn, summary
from app.runs.source import values_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.routing import Route

__all__ = ["answer", "routes"]

#: Values of one key at one step that get a preview.
MAX_VALUES = 64

_WIDTHS = (50, 4000)


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    return [json_route("/api/run/{what}", answer)]


def answer(what: str, query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Return the status and the document of an answer; every mistake is one with the error's three fields.

    Parameters
    ----------
    what : str
        See the module.
    query : mapping
        Parameters of the address.
    """
    known = {"keys": _keys, "series": _series, "media": _media}
    ident = query.get("id", "")
    return answered(lambda: known[what](session.current().run(ident), query), ident)


def _keys(run: Any, _query: Mapping[str, str]) -> dict[str, Any]:
    columns = columns_of(run)
    stamp = hashlib.sha256(repr(stamp_of(run)).encode()).hexdigest()[:16]
    return {
        "rows": columns.rows,
        "stamp": stamp,
        "live": getattr(run, "state", "") == "running",
        "numbers": [{"key": key, **summary(column)} for key, column in sorted(columns.numbers.items())],
        "media": [{"key": key, "steps": _steps(columns, key)} for key in sorted(columns.media)],
        "texts": [
            {"key": key, "count": len(rows), "rows": [[step, text] for step, text in rows[-50:]]}
            for key, rows in sorted(columns.texts.items())
        ],
    }


def _steps(columns: Columns, key: str) -> list[int]:
    return sorted({step for step, _ in columns.media[key]})


def _number(text: str | None) -> float | None:
    if not text:
        return None
    number = float(text)
    return None if math.isnan(number) else number


def _series(run: Any, query: Mapping[str, str]) -> dict[str, Any]:
    columns = columns_of(run)
    key = query.get("key", "")
    if key not in columns.numbers:
        raise LookupError(f"{key}: the run logged no numbers under this key")
    width = min(max(int(query.get("width") or 600), _WIDTHS[0]), _WIDTHS[1])
    return drawn(columns.numbers[key], width, _number(query.get("from")), _number(query.get("to")))


def _media(run: Any, query: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a key at a step; of a step between two that have some, those of the step before."""
    columns = columns_of(run)
    key = query.get("key", "")
    rows = columns.media.get(key, [])
    if not rows:
        raise LookupError(f"{key}: the run logged no values under this key")
    wanted = int(query.get("step") or rows[-1][0])
    step = max((step for step, _ in rows if step <= wanted), default=rows[0][0])
    stored = next(stored for at, stored in reversed(rows) if at == step)
    source = session.current().run_source(str(run.id)).at(key, step)
    values = list(values_in(stored, source))
    items = [_item(run, key, step, at, value) for at, value in enumerate(values[:MAX_VALUES])]
    return {"step": step, "of": len(values), "items": items}


def _item(run: Any, key: str, step: int, at: int, value: Any) -> dict[str, Any]:
    from app.renderers import for_tag
    from app.views.addresses import run_value_page

    renderer = for_tag(value.artifact_type)
    has_preview = value.artifact_type == "image-file" or hasattr(renderer, "preview")
    stored = json.dumps(value.facts() if hasattr(value, "facts") else {}, default=str, sort_keys=True)
    ident = f"run/{run.id}/{key}/{step}/{at}/{hashlib.sha256(stored.encode()).hexdigest()}"
    make = functools.partial(_preview, value, ident)
    return {
        "type": type(value).__name__,
        "icon": renderer.ICON,
        "caption": str(getattr(value, "caption", "") or ""),
        "preview": media.url_for_bytes(make, "image/webp", ident) if has_preview else "",
        "href": run_value_page(str(run.id), key, step, at),
    }


def _preview(value: Any, ident: str) -> bytes:
    from app import thumbnails

    return thumbnails.preview_of(value, ident)

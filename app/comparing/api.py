"""What the compare page asks for by itself: rows and lines that differ, page by page, and names to choose from.

``/api/compare/<what>?a=&b=&…``: what is ``rows`` (of tables), ``lines`` (of all else), ``names``, ``versions`` or
``entries``. The address says everything.
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from app import media, session
from app.answers import answered, json_route, number, unknown
from app.comparing.content import DECODE_ERRORS
from app.comparing.details import Detail, details_of, text_details
from app.comparing.sides import Side, find_side
from app.comparing.table_rows import NotReadyError, compared, page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.routing import Route

__all__ = ["answer", "lines_of", "routes"]

#: Most lines of one answer, and lines that are kept of one pair.
_MAX_LINES = 500
_MAX_KEPT_LINES = 100_000

#: Pairs whose lines are kept.
_MAX_KEPT = 64

#: Largest text file that is compared by line.
_MAX_TEXT_BYTES = 8 << 20

#: Names that are offered.
_MAX_NAMES = 5000

_lines: OrderedDict[str, list[Detail]] = OrderedDict()
_lock = threading.Lock()


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    return [json_route("/api/compare/{what}", answer)]


def answer(what: str, query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Return the status and the document of an answer; every mistake is one with the error's three fields.

    Parameters
    ----------
    what : str
        See the module.
    query : mapping
        Parameters of the address.
    """
    known: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
        "rows": _rows, "lines": _some_lines, "names": _names, "versions": _versions, "entries": _entries,
    }  # fmt: skip
    if what not in known:
        return unknown(what)
    return answered(lambda: known[what](query), query.get("b", ""))


def _sides(query: Mapping[str, str]) -> tuple[Side, Side]:
    sides = []
    for key in ("a", "b"):
        side, problem = find_side(session.current(), query.get(key, ""))
        if side is None or problem or not side.entry:
            raise LookupError(problem or f"“{query.get(key, '')}” is no entry")
        sides.append(side)
    return sides[0], sides[1]


def _rows(query: Mapping[str, str]) -> dict[str, Any]:
    left, right = _sides(query)
    found = compared(left, right, wait=1.0)
    if not found.ended.is_set():
        return {"comparing": True}
    if found.error is not None:
        raise found.error
    try:
        return page_of(
            left,
            right,
            show=query.get("show", ""),
            column=query.get("column", ""),
            offset=number(query, "offset", 0, 1 << 53),
            limit=number(query, "limit", 100, 500),
            url_for_bytes=media.url_for_bytes,
        )
    except NotReadyError:
        return {"comparing": True}


def _some_lines(query: Mapping[str, str]) -> dict[str, Any]:
    left, right = _sides(query)
    lines = lines_of(left, right)
    show = query.get("show", "")
    counts = {kind: sum(1 for line in lines if line.kind == kind) for kind in ("changed", "removed", "added")}
    if show in counts:
        lines = [line for line in lines if line.kind == show]
    offset, limit = number(query, "offset", 0, 1 << 53), number(query, "limit", 100, _MAX_LINES)
    shown = [list(line) for line in lines[offset : offset + limit]]
    return {"count": len(lines), "counts": counts, "lines": shown, "cut": len(lines) >= _MAX_KEPT_LINES}


def lines_of(left: Side, right: Side) -> list[Detail]:
    """Return the places in which two entries differ; of tables the first rows."""
    ident = f"{left.ident}\0\0{right.ident}"
    with _lock:
        if ident in _lines:
            _lines.move_to_end(ident)
            return _lines[ident]
    found = list(itertools.islice(_all_lines(left, right), _MAX_KEPT_LINES))
    with _lock:
        _lines[ident] = found
        while len(_lines) > 1 and (len(_lines) > _MAX_KEPT or sum(map(len, _lines.values())) > 2 * _MAX_KEPT_LINES):
            _lines.popitem(last=False)
    return found


def _all_lines(left: Side, right: Side) -> Any:
    values = []
    for side in (left, right):
        try:
            values.append(side.artifact.get(side.entry))
        except DECODE_ERRORS:
            values.append(None)
    mine, its = values
    if mine is not None and type(mine) is type(its):
        if getattr(mine, "artifact_type", "") in ("table", "partitioned-table", "data-frame"):
            return _cells(left, right)
        return details_of(mine, its)
    if left.entry.endswith(".json") and right.entry.endswith(".json"):
        return details_of(left.artifact.json(left.entry), right.artifact.json(right.entry))
    texts = [_text(side) for side in (left, right)]
    return text_details(*texts) if texts[0] is not None and texts[1] is not None else iter(())  # type: ignore[arg-type]


def _text(side: Side) -> str | None:
    """Return a plain file as text; None if it is none, or long."""
    if int(side.artifact.get_path(side.entry).size or 0) > _MAX_TEXT_BYTES:
        return None
    try:
        with side.artifact.open(side.entry) as file:
            data: bytes = file.read(_MAX_TEXT_BYTES)
    except DECODE_ERRORS:
        return None
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _cells(left: Side, right: Side) -> Any:
    """Give the first cells that changed, and the first rows that came or went."""
    found = compared(left, right, wait=20.0)
    if not found.ended.is_set() or found.error is not None:
        return
    page = page_of(left, right, limit=20, url_for_bytes=media.url_for_bytes)
    key = page["columns"].index(page["key"]) if page["key"] in page["columns"] else None
    for row in page["rows"]:
        cells = row["old"] or row["new"] or []
        name = (
            f"{page['key']} {_cell_text(cells[key])}" if key is not None else f"row {max(row['left'], row['right']):,}"
        )
        if row["kind"] != "changed":
            text = ", ".join(_cell_text(cell) for cell in cells)
            yield Detail(row["kind"], name, *((text, "") if row["kind"] == "removed" else ("", text)))
        for at in row["changed"]:
            yield Detail(
                "changed", f"{name}, {page['columns'][at]}", _cell_text(row["old"][at]), _cell_text(row["new"][at])
            )


def _cell_text(cell: Any) -> str:
    if cell is None:
        return "–"
    return str(cell.get("t") or cell.get("type") or "") if isinstance(cell, dict) else str(cell)


def _names(_query: Mapping[str, str]) -> dict[str, Any]:
    """Return artifacts and runs to choose from."""
    here = session.current()
    artifacts = [str(item.name) for item in here.artifacts()]
    runs = [[str(run.id), str(run.name)] for run in here.runs()]
    return {"artifacts": artifacts[:_MAX_NAMES], "runs": runs[:_MAX_NAMES], "of": len(artifacts) + len(runs)}


def _versions(query: Mapping[str, str]) -> dict[str, Any]:
    rows = session.current().versions(query.get("name", ""))
    return {"versions": [[row.qualified_name, row.version or row.name, list(row.aliases)] for row in rows[:_MAX_NAMES]]}


def _entries(query: Mapping[str, str]) -> dict[str, Any]:
    names = session.current().resolve(query.get("ref", "")).names()
    return {"entries": list(names[:_MAX_NAMES]), "of": len(names)}

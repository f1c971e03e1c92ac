"""Rows for the grid: answers as JSON, asked for by the component itself, so that a page of rows costs no rerun.

``/api/table/<what>?ref=&path=&…``: what is ``page``, ``facts``, ``groups``, ``labels``, ``row``, ``state`` or
``export``. The
address says everything; nothing is kept between two requests but the open table.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from app import media, session
from app.answers import FRESH, answered, json_route, number, problem_document, unknown
from app.tables import export, facts, labels
from app.tables.cells import CellWriter, cell_sql, full_cell
from app.tables.columns import unique_names
from app.tables.errors import ExpressionError, QueryError
from app.tables.expression import written_name
from app.tables.gallery import PICTURES
from app.tables.opening import OpenTable, open_table
from app.tables.selection import count, page, position, read_selection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from app.tables.columns import Column

__all__ = ["answer", "described", "routes"]

#: Most rows of one answer.
MAX_ROWS = 1000

#: Columns that are sent unless they are named: a browser lays out no more at once.
MAX_COLUMNS = 200


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    from starlette.routing import Route

    return [Route("/api/table/export", _answer_export, methods=["GET"]), json_route("/api/table/{what}", answer)]


async def _answer_export(request: Request) -> Response:
    from anyio.to_thread import run_sync

    return await run_sync(_export, dict(request.query_params))


def answer(what: str, query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Return the status and the document of an answer; every mistake is one with the error's three fields.

    Parameters
    ----------
    what : str
        See the module.
    query : mapping
        Parameters of the address.
    """
    known: dict[str, Callable[[OpenTable, Mapping[str, str]], dict[str, Any]]] = {
        "page": _page, "facts": _facts, "groups": _groups, "labels": _labels, "row": _row, "state": _state,
    }  # fmt: skip
    if what not in known:
        return unknown(what)
    wait = 20.0 if _needs_all(what, query) else 0.0
    make = known[what]
    return answered(lambda: make(_table(query, wait=wait), query), query.get("path", ""), (ExpressionError, QueryError))


def _needs_all(what: str, query: Mapping[str, str]) -> bool:
    """Whether the first rows of a table that is still being copied would be a wrong answer."""
    is_chosen = bool(query.get("q", "").strip() or query.get("sort") or query.get("labels"))
    return what in ("facts", "groups", "labels") or is_chosen


def _table(query: Mapping[str, str], *, wait: float) -> OpenTable:
    artifact = session.current().resolve(query.get("ref", ""))
    path = query.get("path", "")
    return open_table(artifact, path if path == PICTURES else artifact.get_path(path).path, wait=wait)


def _columns(table: OpenTable, query: Mapping[str, str]) -> list[Column]:
    """Return the columns that are asked for by their numbers."""
    if "c" not in query:
        return list(table.columns[:MAX_COLUMNS])
    wanted = [int(part) for part in query["c"].split(",") if part.isdecimal() and len(part) < 8]
    return [table.columns[index] for index in wanted[:MAX_COLUMNS] if index < len(table.columns)]


def described(table: OpenTable) -> dict[str, Any]:
    """Return what the page knows of a table before it asks for rows."""
    progress = table.progress
    copying = None
    if progress is not None:
        error = progress.error
        copying = {"done": progress.done, "total": progress.total, "error": str(error) if error else ""}
    keys = unique_names(table.columns)
    columns = [
        {**column.to_json(), "key": key, "written": written_name(column.name), "labels": labels.has_labels(column)}
        for column, key in zip(table.columns, keys, strict=True)
    ]
    for column in columns:
        if link := column["link"]:
            column["link"] = {**link, "written": written_name(link["column"]) if link["column"] else ""}
    return {"columns": columns, "rows": table.rows, "copying": copying, "join": _join(table)}


def _join(table: OpenTable) -> dict[str, Any] | None:
    return {**table.join, "written": written_name(table.join["column"])} if table.join else None


def _state(table: OpenTable, _query: Mapping[str, str]) -> dict[str, Any]:
    return described(table)


def _page(table: OpenTable, query: Mapping[str, str]) -> dict[str, Any]:
    selection, ignored = read_selection(table, query.get("q", ""), query.get("sort", ""), query.get("labels", ""))
    offset, limit = number(query, "offset", 0, 1 << 53), number(query, "limit", 100, MAX_ROWS)
    columns = _columns(table, query)
    found = page(table, selection, offset, limit, [cell_sql(column) for column in columns])
    writer = CellWriter(table, columns, media.url_for_bytes)
    rows = [[at, *cells] for at, cells in zip(found.numbers, writer.rows(found.rows), strict=True)]
    return {"count": count(table, selection), "rows": rows, "ignored": ignored, "whole": table.is_whole}


def _facts(table: OpenTable, query: Mapping[str, str]) -> dict[str, Any]:
    selection, _ = read_selection(table, query.get("q", ""), "", query.get("labels", ""))
    return {"facts": {column.index: facts.column_facts(table, selection, column) for column in _columns(table, query)}}


def _groups(table: OpenTable, query: Mapping[str, str]) -> dict[str, Any]:
    selection, _ = read_selection(table, query.get("q", ""), "", query.get("labels", ""))
    by = table.columns[number(query, "by", 0, len(table.columns) - 1)]
    return facts.groups(table, selection, by, query.get("order", ""))


def _labels(table: OpenTable, query: Mapping[str, str]) -> dict[str, Any]:
    """Return the classes and scores of a column of pictures, counted over the rows that the expression leaves."""
    column = table.columns[number(query, "c", 0, len(table.columns) - 1)]
    if not labels.has_labels(column):
        raise QueryError("labels", f"“{column.name}” is no column of pictures", "Choose another column.")
    return labels.outline(table, column, read_selection(table, query.get("q", ""), "")[0].where)


def _row(table: OpenTable, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a whole row, its place in the selection, and the rows before and after it."""
    selection, ignored = read_selection(table, query.get("q", ""), query.get("sort", ""), query.get("labels", ""))
    wanted = number(query, "row", 0, 1 << 53)
    columns = list(table.columns)
    short = table.engine.rows(f"SELECT {', '.join(map(cell_sql, columns)) or '1'} FROM t WHERE rowid = ?", [wanted])
    if not short:
        return {
            "row": wanted,
            "cells": None,
            "ignored": [*ignored, f"There is no row {wanted:,}."],
            "count": table.rows,
        }
    whole = [column for column in columns if column.kind != "bytes"]
    [cells] = table.engine.rows(
        f"SELECT {', '.join(column.cell_sql for column in whole) or '1'} FROM t WHERE rowid = ?", [wanted]
    )
    texts = {column.index: _text(column, cell) for column, cell in zip(whole, cells, strict=False)}
    place = position(table, selection, wanted)
    around = page(table, selection, max(place - 1, 0), 3, []).numbers if place is not None else []
    at = around.index(wanted) if wanted in around else None
    return {
        "row": wanted,
        "cells": CellWriter(table, columns, media.url_for_bytes).rows(short)[0] if columns else [],
        "texts": {index: text for index, text in texts.items() if text is not None},
        "place": place,
        "count": count(table, selection),
        "previous": around[at - 1] if at else None,
        "next": around[at + 1] if at is not None and at + 1 < len(around) else None,
        "ignored": ignored,
    }


def _text(column: Column, cell: Any) -> str | None:
    try:
        found: str | None = full_cell(column, cell)
    except Exception as error:  # noqa: BLE001  # the boundary of one cell
        return f"{type(error).__name__}: {error}"
    return found


def _export(query: Mapping[str, str]) -> Response:
    """Return a file of the rows shown; it is written to disk first, so that an error is one and no cut file."""
    from starlette.responses import JSONResponse, StreamingResponse

    kind = query.get("format", "")
    try:
        if kind not in export.FORMATS:
            problem = f"There is no format {kind!r}. Ask for one of {', '.join(export.FORMATS)}."
            raise ValueError(problem)  # noqa: TRY301  # answered by the one boundary below
        table = _table(query, wait=600.0)
        selection, _ = read_selection(table, query.get("q", ""), query.get("sort", ""), query.get("labels", ""))
        columns = _columns(table, query) if "c" in query else list(table.columns)
        file = tempfile.SpooledTemporaryFile(max_size=16 << 20)  # noqa: SIM115  # closed when it has been sent
        export.write(table, selection, columns, kind, file)  # type: ignore[arg-type]  # it is a file of bytes
    except Exception as error:  # noqa: BLE001  # the boundary of a request
        return JSONResponse(problem_document(error, query.get("path", "")), 400)
    is_part = not selection.is_all or len(columns) < len(table.columns)
    name = export.file_name(query.get("path", ""), kind, is_part=is_part)
    size = file.tell()
    file.seek(0)

    def pieces() -> Any:
        with file:
            while piece := file.read(1 << 18):
                yield piece

    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Content-Encoding": "identity",
        **FRESH,
    }
    return StreamingResponse(pieces(), media_type=export.FORMATS[kind][1], headers=headers)

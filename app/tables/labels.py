"""Which classes and scores the pictures of a column have: read once in the background, then asked like a column.

Masks and boxes lie in files beside the table, so DuckDB does not know them. They are read picture by picture, equal
pictures once, into a second table of the same locked database: one record for each score of a box, or for the box if it
has none, and one for each class of a mask. What is asked for stands in the address::

    labels=image,=cat,=dog,/pred,>score:0.5

rows with at least one label of the column ``image`` whose class is cat or dog, in the layer ``pred``, with a score of
0.5 or more. All bounds hold for one and the same box; a mask has no scores and fits none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from app.tables.columns import split_names, unique_names
from app.tables.errors import QueryError
from app.tables.expression import quoted
from storage import cache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.tables.columns import Column
    from app.tables.opening import OpenTable

__all__ = ["Labels", "condition", "has_labels", "labels_of", "outline"]

#: Another number, and what was kept is read again.
_RULES = 1

_FOLDER = "labels"

#: Rows that are read and written at once.
_BLOCK = 256

#: Columns whose records are kept in the cache folder, and most bytes of one.
_MAX_KEPT = 64
_MAX_KEPT_BYTES = 64 << 20

#: Seconds that a page which needs the labels waits for them.
WAIT_SECONDS = 15.0

#: Classes that the panel lists, the most frequent first.
MAX_CLASSES = 200


class Record(NamedTuple):
    """A class of a mask, or a box with one of its scores."""

    row: int
    box: int
    """Number of the box in its picture, over all layers; -1 for a mask."""
    layer: str
    class_name: str
    class_id: str
    score: str | None
    value: float | None


@dataclass(eq=False)
class Labels:
    """The labels of one column, while they are read and afterwards.

    Attributes
    ----------
    done, total : int
        Rows.
    unreadable : int
        Rows whose picture, masks or boxes cannot be read; the first reason is in `reason`.
    error : Exception or None
        What ended it.
    """

    name: str
    """Name of the table of records."""
    done: int = 0
    total: int = 0
    unreadable: int = 0
    reason: str = ""
    error: Exception | None = None
    ready: threading.Event = field(default_factory=threading.Event)


def has_labels(column: Column) -> bool:
    """Whether the cells of a column may have masks or boxes."""
    return column.kind == "media" and column.label.startswith("Image")


def labels_of(table: OpenTable, column: Column, *, wait: float = 0.0) -> Labels:
    """Return the labels of a column; they are read from the first call on.

    Parameters
    ----------
    table : OpenTable
        All of whose rows can be asked for.
    column : Column
        One of pictures.
    wait : float
        Seconds to wait for the last of them.
    """
    with table.lock:
        labels = table.labels.get(column.index)
        if labels is None:
            labels = table.labels[column.index] = Labels(f"memory.main.labels_{column.index}", total=table.rows)
            work = threading.Thread(target=_read, args=(table, column, labels), daemon=True, name="labels")
            work.start()
    labels.ready.wait(wait)
    return labels


def _read(table: OpenTable, column: Column, labels: Labels) -> None:
    """Read all rows of a column; runs in a thread of its own."""
    try:
        columns = "row BIGINT, box INTEGER, layer VARCHAR, class VARCHAR, id VARCHAR, score VARCHAR, value DOUBLE"
        table.engine.rows(f"CREATE TABLE {labels.name} ({columns})")
        known = _kept(table, column)
        before = len(known)
        for start in range(0, table.rows, _BLOCK):
            cells = table.engine.rows(
                f"SELECT rowid, {column.cell_sql} FROM t WHERE rowid BETWEEN ? AND ?", [start, start + _BLOCK - 1]
            )
            records = [record for row, cell in cells for record in _of_cell(column, labels, known, row, cell)]
            _write(table, labels, records)
            labels.done = min(start + _BLOCK, table.rows)
        if len(known) > before and not labels.unreadable:
            _keep(table, column, known)
    except Exception as error:  # noqa: BLE001  # the boundary of a thread: it is told on the page
        labels.error = error
    labels.ready.set()


def _of_cell(column: Column, labels: Labels, known: dict[str, list[Record]], row: int, cell: Any) -> list[Record]:
    """Return the records of a cell; a picture that occurs again is not read again."""
    if not isinstance(cell, str):
        return []
    key = hashlib.sha256(cell.encode("utf-8", "surrogatepass")).hexdigest()
    if key not in known:
        try:
            known[key] = list(_of_picture(column, cell))
        except Exception as error:  # noqa: BLE001  # the boundary of one cell: it comes from a stranger's file
            known[key] = []
            labels.unreadable += 1
            labels.reason = labels.reason or f"row {row:,}: {error}"
    return [record._replace(row=row) for record in known[key]]


def _cache_name(table: OpenTable, column: Column) -> str:
    where = hashlib.sha256(f"{_RULES}\0{table.ident}\0{column.index}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_FOLDER}/{where}.json"


def _kept(table: OpenTable, column: Column) -> dict[str, list[Record]]:
    """Return what was read of each picture before, by the digest of its JSON."""
    found = cache.read_cached(_cache_name(table, column))
    try:
        document = json.loads(found) if found else {}
        return {key: [Record(*item) for item in items] for key, items in document.items()}
    except (TypeError, ValueError):  # a damaged file of the cache is as good as none
        return {}


def _keep(table: OpenTable, column: Column, known: dict[str, list[Record]]) -> None:
    """Keep what was read, and of other columns what was read last."""
    data = json.dumps(known).encode()
    if len(data) > _MAX_KEPT_BYTES:
        return
    cache.write_cached(_cache_name(table, column), data)
    paths = (cache.cache_folder() / _FOLDER).glob("*.json")
    with contextlib.suppress(OSError):
        for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns)[:-_MAX_KEPT]:
            path.unlink()


def _of_picture(column: Column, cell: str) -> Iterator[Record]:
    from app.tables.cells import decoded_cell

    value = decoded_cell(column, cell)
    box = 0
    for picture in value if isinstance(value, list) else [value]:
        for layer, mask in getattr(picture, "masks", {}).items():
            yield from _of_mask(layer, mask)
        for layer, boxes in getattr(picture, "boxes", {}).items():
            for item in boxes.box_data:
                yield from _of_box(layer, boxes.class_labels, item, box)
                box += 1


def _of_mask(layer: str, mask: Any) -> Iterator[Record]:
    import numpy as np

    from app.palette import is_background

    ids = mask.to_numpy()
    ids = ids if ids.ndim == 2 else ids[..., 0]
    for number in np.flatnonzero(np.bincount(ids.ravel())).tolist():
        name = mask.class_labels.get(number)
        if not is_background(number, name):
            yield Record(0, -1, layer, name or f"class {number}", str(number), None, None)


def _of_box(layer: str, names: dict[Any, str], item: dict[str, Any], box: int) -> Iterator[Record]:
    number = item.get("class_id")
    name = names.get(number) or ("(no class)" if number is None else f"class {number}")
    scores = item.get("scores")
    record = Record(0, box, layer, str(name), str(number), None, None)
    found = [
        record._replace(score=str(key), value=float(score))
        for key, score in (scores.items() if isinstance(scores, dict) else ())
        if isinstance(score, int | float) and not isinstance(score, bool)
    ]
    yield from found or [record]


def _write(table: OpenTable, labels: Labels, records: Sequence[Record]) -> None:
    if records:
        lists = [list(part) for part in zip(*records, strict=True)]
        kinds = ("BIGINT", "INTEGER", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "DOUBLE")
        listed = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in kinds)
        table.engine.rows(f"INSERT INTO {labels.name} SELECT {listed}", lists)


def outline(table: OpenTable, column: Column, where: str) -> dict[str, Any]:
    """Return what the panel shows: layers with their classes, how many of the rows have each, and scores.

    Parameters
    ----------
    table : OpenTable
        Where the pictures are.
    column : Column
        One of them.
    where : str
        Checked SQL of the rows that are counted.
    """
    from app.palette import colour_of

    if not table.is_whole:
        return {"done": 0, "total": table.rows, "ready": False}
    labels = labels_of(table, column, wait=0.3)
    found: dict[str, Any] = {"done": labels.done, "total": labels.total, "ready": labels.ready.is_set()}
    if labels.error is not None:
        raise QueryError("labels", f"could not be read: {labels.error}", "Load the page again.")
    if not found["ready"]:
        return found
    inside = "" if where == "TRUE" else f"WHERE row IN (SELECT rowid FROM t WHERE {where})"
    counted = f"SELECT layer, class, min(id), max(box) >= 0, count(DISTINCT row) FROM {labels.name} {inside}"
    classes = table.engine.rows(f"{counted} GROUP BY layer, class ORDER BY layer, 5 DESC, class")
    scores = table.engine.rows(
        f"SELECT score, min(value), max(value) FROM {labels.name} WHERE score IS NOT NULL GROUP BY score ORDER BY score"
    )
    layers: dict[str, dict[str, Any]] = {}
    for layer, name, number, is_box, rows in classes:
        item = layers.setdefault(
            layer, {"name": layer, "kind": "boxes" if is_box else "mask", "classes": [], "more": 0}
        )
        colour = colour_of(int(number) if number.isdecimal() else number)
        if len(item["classes"]) < MAX_CLASSES:
            item["classes"].append({"name": name, "colour": colour, "rows": rows})
        else:
            item["more"] += 1
    return found | {
        "layers": list(layers.values()),
        "scores": [{"name": name, "low": low, "high": high} for name, low, high in scores],
        "unreadable": labels.unreadable,
        "reason": labels.reason,
    }


def condition(table: OpenTable, text: str) -> tuple[str, list[str]]:
    """Return the SQL of a condition on labels, as the address has it, and what of it was ignored.

    Raises
    ------
    QueryError
        If the labels are still being read, or cannot be.
    """
    parts = split_names(text)
    if not parts:
        return "TRUE", []
    column = dict(zip(unique_names(table.columns), table.columns, strict=True)).get(parts[0])
    if column is None or not has_labels(column):
        return "TRUE", [f"The labels of “{parts[0]}” were ignored, because that is no column of pictures."]
    if not table.is_whole:
        raise QueryError("labels", "are read once the table has been copied", "Wait a moment and load the page again.")
    labels = labels_of(table, column, wait=WAIT_SECONDS)
    if labels.error is not None:
        raise QueryError("labels", f"could not be read: {labels.error}", "Load the page again.")
    if not labels.ready.is_set():
        problem = f"are being read: {labels.done:,} of {labels.total:,} rows"
        raise QueryError("labels", problem, "Wait a moment and load the page again.")
    classes, layers, bounds, ignored = _read_parts(parts[1:])
    where = [
        f"{field} IN ({', '.join(map(quoted, names))})"
        for field, names in (("class", classes), ("layer", layers))
        if names
    ]
    having = [f"bool_or(score = {quoted(name)} AND value {sign} {value!r})" for sign, name, value in bounds]
    sql = f"SELECT row FROM {labels.name} WHERE {' AND '.join(where) or 'TRUE'}"
    if having:
        sql += f" AND box >= 0 GROUP BY row, box HAVING {' AND '.join(having)}"
    return f"rowid IN ({sql})", ignored


def _read_parts(parts: Sequence[str]) -> tuple[list[str], list[str], list[tuple[str, str, float]], list[str]]:
    """Return classes, layers, bounds and what could not be understood."""
    classes, layers, bounds, ignored = [], [], [], []
    for part in parts:
        sign, rest = part[:1], part[1:]
        if sign == "=":
            classes.append(rest)
        elif sign == "/":
            layers.append(rest)
        elif sign in (">", "<") and ":" in rest:
            name, _, number = rest.rpartition(":")
            try:
                value = float(number)
            except ValueError:
                value = math.nan
            if math.isfinite(value):
                bounds.append((f"{sign}=", name, value))
                continue
            ignored.append(f"“{part}” was ignored, because “{number}” is no number.")
        else:
            ignored.append(f"“{part}” was ignored, because it is no condition on labels.")
    return classes, layers, bounds, ignored

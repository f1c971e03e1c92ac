"""Writing tables: the object of an artifact, the side file of a run, both by blocks of rows."""

from __future__ import annotations

import contextlib
import gc
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import wire
from datatypes.column_inference import as_array
from datatypes.column_types import (
    BOOLEAN,
    NONE,
    NUMBER,
    STRING,
    ColumnType,
    TypePart,
    list_of,
    members,
    optional,
    types_to_json,
    union,
)
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.payload import SourcePayload
from datatypes.ports import SourceFile
from datatypes.table_arrays import FOLDER, pack, plain_array
from datatypes.table_cells import CellEncoder, PlainEncoder, RunCellEncoder
from datatypes.table_notes import ColumnEncoder
from datatypes.table_rows import BLOCK, ColumnRows, JsonRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from datatypes.fidelity import FidelityRecord
    from datatypes.ports import MediaSink
    from datatypes.table import Table
    from datatypes.table_state import TableState

__all__ = ["ArtifactWriter", "gc_paused", "note_table", "write_run_file"]

#: Longest one-dimensional array that is written as a list in its cell. Source: SDK 0.12.8 and later.
MAX_EMBEDDING = 150

#: A table with more cells is streamed as compact JSON; smaller ones have the text that every SDK writes.
STREAMED_CELLS = 65_536


@contextlib.contextmanager
def gc_paused() -> Iterator[None]:
    """Keep the collector from walking millions of new lists, none of which is garbage; put it back afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _ListWriter:
    """Writes one column of rows that are given block by block."""

    def __init__(self, cells: CellEncoder) -> None:
        self.encoder = ColumnEncoder(cells)

    def note(self) -> dict[str, Any]:
        return self.encoder.note()


class _Plan(NamedTuple):
    """How a column of arrays is written."""

    wire_type: ColumnType
    in_file: bool
    note: dict[str, Any]


class BlockWriter:
    """Turns the rows of a table into JSON rows, block by block.

    Parameters
    ----------
    table : Table
        What is written.
    cells : CellEncoder
        How cells become JSON.
    start : int
        First row.
    in_files : set of int
        Columns whose cells lie in a file: null in the rows.
    nan_is_null : bool
        True if what takes the rows writes NaN as null by itself.
    """

    def __init__(
        self,
        table: TableState,
        cells: CellEncoder,
        *,
        start: int = 0,
        in_files: frozenset[int] = frozenset(),
        nan_is_null: bool = False,
    ) -> None:
        self.table = table
        self.cells = cells
        self.start = start
        self.in_files = in_files
        rows = table.rows
        self.writers: list[Any] = (
            [column.writer(cells, nan_is_null=nan_is_null) for column in rows.sources]
            if isinstance(rows, ColumnRows)
            else [_ListWriter(cells) for _ in range(rows.width)]
        )
        self.always_exotic = cells.exotic

    def blocks(self) -> Iterator[list[Sequence[Any]]]:
        """Give JSON cells by column, for each block of rows."""
        rows = self.table.rows
        count = len(rows)
        for start in range(self.start, count, BLOCK):
            stop = min(start + BLOCK, count)
            self.cells.exotic = self.always_exotic
            if isinstance(rows, ColumnRows):
                yield [writer.encode(start, stop) for writer in self.writers]
            else:
                yield self._list_block(rows.columns(start, stop, self.in_files), start, stop)

    def _list_block(self, columns: list[Sequence[Any]], start: int, stop: int) -> list[Sequence[Any]]:
        self.table.recheck(columns, start)
        found: list[Sequence[Any]] = []
        for index, (writer, column) in enumerate(zip(self.writers, columns, strict=True)):
            if index in self.in_files:
                found.append([None] * (stop - start))
                continue
            try:
                found.append(writer.encoder.encode(column))
            except (RejectedTypeError, RejectedValueError) as error:
                self._point_at(error, column, index, start)
                raise
        return found

    def _point_at(self, error: Exception, column: Sequence[Any], index: int, start: int) -> None:
        """Raise the error of a cell again, with its place."""
        for row, cell in enumerate(column, start):
            try:
                self.cells.encode(cell)
            except (RejectedTypeError, RejectedValueError) as found:
                place = f'row {row}, column "{self.table.columns[index]}"'
                raise type(found)(place, f"{found.subject}: {found.problem}", found.remedy) from error

    def notes(self) -> list[dict[str, Any]]:
        """Return the notes of the columns, once all blocks are written."""
        return [writer.note() for writer in self.writers]

    def steps(self) -> list[str]:
        """Return what was lost on the way, once all blocks are written."""
        found: set[str] = set()
        for writer in self.writers:
            found |= set(writer.encoder.steps if isinstance(writer, _ListWriter) else writer.steps)
        return sorted(found)


class ArtifactWriter:
    """Writes a table as the object of an artifact.

    Parameters
    ----------
    table : Table
        What is written.
    sink : MediaSink
        Where files of its cells go.
    """

    def __init__(self, table: Table, sink: MediaSink) -> None:
        self.table = table
        self.sink = sink
        table.check_writable()
        self.plans = {index: plan for index in range(len(table.columns)) if (plan := self._plan(index)) is not None}

    def _plan(self, index: int) -> _Plan | None:
        """Decide how a column of arrays is written; None for other columns."""
        table, rows = self.table, self.table.rows
        shapes = [member for member in members(table.types[index]) if member.name == "ndarray"]
        if not shapes or isinstance(rows, ColumnRows):
            return None
        name = str(table.columns[index])
        rest = [member for member in members(table.types[index]) if member.name != "ndarray"]
        if isinstance(rows, JsonRows) and (kept := self._kept_file(rows, index)) is not None:
            where = {"path": kept, "key": rows.arrays[index].key}  # type: ignore[union-attr]  # told by _kept_file
            stored = ColumnType("ndarray", {**shapes[0].params, "serialization_path": where})
            return _Plan(union([*rest, stored]), True, {})
        cells = [as_array(cell) for cell in rows.column(index)]
        given = [plain_array(cell, f'column "{name}"') for cell in cells if cell is not None]
        if given and all(
            cell.ndim == 1 and len(cell) <= MAX_EMBEDDING and cell.dtype.kind in "buifU" for cell in given
        ):
            return self._as_lists(given, is_whole=len(given) == len(cells), may_miss=NONE in rest)
        if len(given) != len(cells) or not given:  # nested lists in the cells: W&B's reader takes them as they are
            return _Plan(
                union([*rest, ColumnType("ndarray", {**shapes[0].params, "serialization_path": None})]), False, {}
            )
        payload = pack(name, given)
        wanted = wire.artifact_file_name(FOLDER, payload.sha256, payload.filename, generated=True)
        path = self.sink.add_file(payload.handover, wanted).path
        stored = ColumnType("ndarray", {**shapes[0].params, "serialization_path": {"path": path, "key": name}})
        dtypes = {cell.dtype.str for cell in given}
        note = {} if len(dtypes) == 1 else {"steps": ["arrays of several dtypes become one"]}
        return _Plan(union([*rest, stored]), True, note)

    def _kept_file(self, rows: JsonRows, index: int) -> str | None:
        """Pass on the file of a column that was read and not touched; never opened, be it a pickle."""
        array = rows.arrays[index]
        if array is None or rows.is_touched or any(row[index] is not None for row in rows.raw):
            return None
        payload = SourcePayload(array.source, array.path)
        try:
            return self.sink.add_file(SourceFile(array.source, array.path), array.path).path
        except ValueError:
            wanted = wire.artifact_file_name(FOLDER, payload.sha256, f"x{payload.extension}", generated=True)
            return self.sink.add_file(payload.handover, wanted).path

    @staticmethod
    def _as_lists(given: list[Any], *, is_whole: bool, may_miss: bool) -> _Plan:
        import numpy as np

        element = {"b": BOOLEAN, "U": STRING}.get(given[0].dtype.kind, NUMBER)
        if any(cell.dtype.kind == "f" and np.isnan(cell).any() for cell in given):
            element = optional(element)
        wire_type = list_of(element, len(given[0]))
        return _Plan(wire_type if is_whole else optional(wire_type), False, {"optional": True} if may_miss else {})

    def _place(self, part: TypePart) -> Any:
        return part.stored_in(self.sink)  # type: ignore[attr-defined]  # both kinds of part have it

    def _fields(self) -> dict[str, Any]:
        """Return all fields but the rows and the record."""
        table = self.table
        types = [self.plans[index].wire_type if index in self.plans else item for index, item in enumerate(table.types)]
        fields: dict[str, Any] = {
            **table.other_fields(),
            "_type": "table",
            "column_types": types_to_json(table.columns, types, self._place),
            "columns": table.columns,
            "log_mode": table.log_mode,
            "ncols": len(table.columns),
            "nrows": len(table.rows) - (table.increment_start() if table.log_mode == "INCREMENTAL" else 0),
        }
        if table.log_mode == "INCREMENTAL":
            fields |= table.increment_fields()
        return fields

    def _block_writer(self, *, nan_is_null: bool) -> BlockWriter:
        in_files = frozenset(index for index, plan in self.plans.items() if plan.in_file)
        cells = CellEncoder(lambda value: value.to_json(self.sink))
        start = self.table.increment_start() if self.table.log_mode == "INCREMENTAL" else 0
        return BlockWriter(self.table, cells, start=start, in_files=in_files, nan_is_null=nan_is_null)

    def _record(self, writer: BlockWriter) -> FidelityRecord | None:
        notes = writer.notes()
        for index, plan in self.plans.items():
            notes[index] |= {key: value for key, value in plan.note.items() if key != "steps"}
        steps = [*writer.steps(), *(step for plan in self.plans.values() for step in plan.note.get("steps", []))]
        return self.table.record(notes, sorted(set(steps)))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON."""
        writer = self._block_writer(nan_is_null=False)
        data: list[list[Any]] = []
        with self.table.being_written(), gc_paused():
            for block in writer.blocks():
                data.extend(map(list, zip(*block, strict=True)))
            fields = self._fields()
        record = self._record(writer)
        return {**fields, "data": data} | ({} if record is None else {"fidelity": record.to_json()})

    def write(self, file: BinaryIO) -> None:
        """Write the text of the object: as every SDK does, or, for many cells, compact and as it goes along."""
        table = self.table
        if len(table.rows) * len(table.columns) <= STREAMED_CELLS:
            file.write(wire.canonical_json(self.to_json()))
            return
        writer = self._block_writer(nan_is_null=True)
        with table.being_written(), gc_paused():
            fields = self._fields()
            head = {key: value for key, value in fields.items() if key < "data"}
            tail = {key: value for key, value in fields.items() if key > "data"}
            file.write(json.dumps(head, sort_keys=True)[:-1].encode() + b', "data": [')
            for number, block in enumerate(writer.blocks()):
                file.write(b", " if number else b"")
                file.write(_rows_text(block, is_exotic=writer.cells.exotic))
        if (record := self._record(writer)) is not None:
            tail["fidelity"] = record.to_json()
        file.write(b"], " + json.dumps(tail, sort_keys=True)[1:].encode())


def _rows_text(block: list[Sequence[Any]], *, is_exotic: bool, keeps_nan: bool = False) -> bytes:
    """Return JSON rows without the outer brackets; by orjson where that is exact."""
    rows = list(zip(*block, strict=True))
    if not is_exotic:
        import orjson

        try:
            return orjson.dumps(rows)[1:-1]
        except TypeError:  # whole numbers above 64 bits, lone surrogates, keys that are no text
            pass
    if not keeps_nan:
        rows = [tuple(None if cell != cell else cell for cell in row) for row in rows]  # noqa: PLR0124  # NaN
    return json.dumps(rows, separators=(",", ":"))[1:-1].encode()


def write_run_file(table: Table, file: BinaryIO, start: int = 0) -> list[str]:
    """Write the side file of a run: columns and rows, nothing else; compact, NaN bare.

    Parameters
    ----------
    table : Table
        What is written.
    file : file object
        Where to.
    start : int
        First row.

    Returns
    -------
    list of str
        What was lost on the way.
    """
    cells = RunCellEncoder()
    writer = BlockWriter(table, cells, start=start)
    file.write(b'{"columns":' + json.dumps(table.columns, separators=(",", ":")).encode() + b',"data":[')
    with table.being_written(), gc_paused():
        for number, block in enumerate(writer.blocks()):
            has_nan = any(cell != cell for column in block for cell in column)  # noqa: PLR0124  # NaN
            text = _rows_text(block, is_exotic=cells.exotic or has_nan, keeps_nan=True)
            file.write(b"," + text if number else text)
    file.write(b"]}")
    named = ["store values by the name of their class"] if cells.named_values else []
    kinds = (
        ["store what JSON has no form for as text or lists"]
        if any(note.get("cells") for note in writer.notes())
        else []
    )
    return sorted({*writer.steps(), *named, *kinds})


def note_table(table: TableState) -> tuple[list[dict[str, Any]], list[str]]:
    """Return notes and losing steps of a table that is not written anywhere yet."""
    writer = BlockWriter(table, PlainEncoder())
    for _ in writer.blocks():
        pass
    return writer.notes(), writer.steps()

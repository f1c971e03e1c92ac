"""Where the rows of an entry come from: stored JSON, a file of columns, parts of a table, two joined tables."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.tables import copies, json_blocks
from app.tables.columns import Column
from app.tables.engine import Engine, connect
from app.tables.joining import load_join
from app.tables.loading import BLOCK, Loader
from datatypes.table_write import gc_paused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from datatypes.table import Table

__all__ = ["Loaded", "Source", "find", "first_rows", "is_columnar", "kept_copy", "load", "make_copy"]

_LARGE_BYTES = 16 << 20

#: Rows that are shown while the copy is made.
FIRST_ROWS = 1000

_COLUMNAR = ("parquet", "arrow", "feather", "csv", "tsv", "jsonl")


def large_bytes() -> int:
    """Bytes from which a table is copied once instead of being loaded anew each time: about a second's work.

    ``VITRINA_TABLE_COPY_BYTES`` sets another limit.
    """
    text = os.environ.get("VITRINA_TABLE_COPY_BYTES", "")
    return int(text) if text.isdecimal() else _LARGE_BYTES


@dataclass(frozen=True)
class Loaded:
    """Rows in an engine."""

    columns: tuple[Column, ...]
    engine: Engine
    rows: int


class Source:
    """Rows that can be loaded.

    Attributes
    ----------
    digests : str
        Digests of everything that the rows come from.
    size : int
        Bytes that are read.
    rows : int or None
        Number of rows, where that is known before they are read.
    join : dict or None
        Filled while a join is loaded; see `app.tables.opening.OpenTable`.
    """

    digests = ""
    size = 0
    rows: int | None = None
    join: dict[str, Any] | None = None

    @property
    def is_large(self) -> bool:
        """Whether it is copied."""
        return self.size >= large_bytes()

    def fill(self, loader: Loader, limit: int | None) -> Iterator[int]:
        """Load all rows, or the first ones; gives the number of rows so far."""
        raise NotImplementedError

    def decoders(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """Return columns that were noted in a copy with what decodes their cells."""
        return columns


class _Values(Source):
    """Tables that are in memory already, one after the other."""

    def __init__(self, tables: list[Table], digests: str, size: int = 0) -> None:
        self.tables, self.digests, self.size = tables, digests, size
        self.rows = sum(table.row_count() for table in tables)

    def fill(self, loader: Loader, limit: int | None) -> Iterator[int]:
        for part, table in enumerate(self.tables):
            loader.add_table(table, part)
            yield loader.rows
            if limit is not None and loader.rows >= limit:
                return

    def decoders(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        return tuple(_decoding(column, self.tables) for column in columns)


class _Join(Source):
    """A joined table."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.join = {}

    def fill(self, loader: Loader, limit: int | None) -> Iterator[int]:
        assert self.join is not None
        self.join.update(load_join(self.value, loader))
        yield loader.rows


class _JsonFile(Source):
    """A large document of a table, read in blocks."""

    def __init__(self, artifact: Any, name: str, frame: json_blocks.Frame) -> None:
        entry = artifact.get_path(name)
        self.artifact, self.name, self.frame = artifact, name, frame
        self.digests, self.size = str(entry.digest), int(entry.size or 0)
        rows = frame.document.get("nrows")
        self.rows = rows if isinstance(rows, int) and not isinstance(rows, bool) else None

    def _table(self, data: list[list[Any]], start: int) -> Table:
        from datatypes.table import Table

        document = {**self.frame.document, "data": data}
        if "fidelity" in document:
            document["fidelity"] = json_blocks.notes_of_rows(document["fidelity"], start, start + len(data))
        return Table.from_json(document, self.artifact)

    def fill(self, loader: Loader, limit: int | None) -> Iterator[int]:
        with self.artifact.open(self.name) as file:
            for data in json_blocks.blocks(file, self.frame, **({"block_bytes": 1 << 20} if limit else {})):
                loader.add_table(self._table(data[:limit] if limit else data, loader.rows))
                yield loader.rows
                if limit is not None:
                    return

    def decoders(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        table = self._table([], 0)
        return tuple(_decoding(column, [table]) for column in columns)


class _File(Source):
    """A file of columns: Parquet, Arrow, CSV, JSON lines."""

    def __init__(self, artifact: Any, name: str, rows: int | None) -> None:
        entry = artifact.get_path(name)
        self.artifact, self.name, self.rows = artifact, name, rows
        self.digests, self.size = str(entry.digest), int(entry.size or 0)

    def fill(self, loader: Loader, limit: int | None) -> Iterator[int]:
        import pyarrow as pa

        names: list[str] | None = None
        with self.artifact.open(self.name) as file:
            for batch in _batches(file, self.name, limit or BLOCK):
                table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
                names = names or [str(name) for name in table.column_names]
                loader.add_arrow(table, names, self.artifact)
                yield loader.rows
                if limit is not None and loader.rows >= limit:
                    return

    def decoders(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        return tuple(replace(column, source=self.artifact) for column in columns)


def _batches(file: BinaryIO, name: str, rows: int) -> Iterator[Any]:
    """Give the rows of a file, some at a time; of a format that only reads whole, all at once."""
    import pyarrow as pa
    from pyarrow import csv, feather, parquet
    from pyarrow import json as arrow_json

    from datatypes.errors import UnreadableMediaError

    ending = name.rpartition(".")[2].lower()
    try:
        if ending == "parquet":
            stored = parquet.ParquetFile(file, pre_buffer=False)  # else all of a row group is read for its first rows
            yield from stored.iter_batches(rows)
            if not stored.metadata.num_rows:
                yield stored.schema_arrow.empty_table()
        elif ending in ("csv", "tsv"):
            options = csv.ParseOptions(delimiter="\t" if ending == "tsv" else ",", newlines_in_values=True)
            yield from csv.open_csv(file, parse_options=options)
        elif ending == "jsonl":
            yield arrow_json.read_json(file)
        else:
            yield feather.read_table(pa.PythonFile(file))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableMediaError(name, f"is not {ending} ({error})", "Restore the file.") from error


def is_columnar(name: str) -> bool:
    """Whether a name is that of a file of columns."""
    return name.rpartition(".")[2].lower() in _COLUMNAR


def find(artifact: Any, name: str, value: Any = None) -> Source | None:
    """Return where the rows of an entry come from; None if it is no table.

    Parameters
    ----------
    artifact : StoredArtifact
        Where it lies.
    name : str
        Full name of the entry.
    value : WBValue, optional
        The entry, where it was decoded before.

    Raises
    ------
    DataTypeError, StorageError
        If it cannot be read.
    """
    from app.listed_values import listed_values
    from app.tables.gallery import PICTURES, Pictures, picture_names
    from datatypes.base import WBValue

    if name == PICTURES:
        return Pictures(artifact, picture_names(listed_values(artifact)))
    entry = artifact.get_path(name)
    if is_columnar(name):
        return _File(artifact, name, _row_count(artifact, name))
    size = int(entry.size or 0)
    if name.endswith(".json") and size >= large_bytes() and entry.ref is None:
        with artifact.open(name) as file:
            frame = json_blocks.read_frame(file, size)
        if frame is not None and frame.document.get("_type") == "table":
            return _JsonFile(artifact, name, frame)
    decoded = value if isinstance(value, WBValue) else artifact.get(name)
    return _of_value(decoded, f"{artifact.digest}\0{entry.digest}")


def _of_value(value: Any, digests: str) -> Source | None:
    from datatypes.data_frame import DataFrame
    from datatypes.joined_table import JoinedTable
    from datatypes.partitioned_table import PartitionedTable
    from datatypes.table import Table

    if isinstance(value, Table):
        return _Values([value], digests)
    if isinstance(value, PartitionedTable):
        return _Values(list(value.parts.values()), digests)
    if isinstance(value, JoinedTable):
        return _Join(value)
    if isinstance(value, DataFrame) and value.artifact_source is not None and value.path:
        source = value.artifact_source.artifact
        if value.path.endswith(".parquet"):
            return _File(source, value.path, _row_count(source, value.path))
    return None


def _row_count(artifact: Any, name: str) -> int | None:
    """Return the number of rows of Parquet, which its footer says."""
    if not name.lower().endswith(".parquet"):
        return None
    import pyarrow as pa
    from pyarrow import parquet

    from datatypes.errors import UnreadableMediaError

    with artifact.open(name) as file:
        try:
            return int(parquet.ParquetFile(file).metadata.num_rows)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableMediaError(name, f"is not Parquet ({error})", "Restore the file.") from error


def load(source: Source) -> Loaded:
    """Load all rows into memory, and lock them."""
    return _load(source, None)


def first_rows(source: Source) -> Loaded:
    """Load the first rows into memory, and lock them."""
    return _load(source, FIRST_ROWS)


def _load(source: Source, limit: int | None) -> Loaded:
    connection = connect()
    loader = Loader(connection)
    with gc_paused():
        for _ in source.fill(loader, limit):
            pass
    loader.finish()
    return Loaded(tuple(loader.columns), Engine(connection), loader.rows)


def kept_copy(source: Source) -> Loaded | None:
    """Return the copy that was made before, if there is one."""
    path = copies.copy_path(source.digests)
    notes = copies.read_notes(path)
    return _of_notes(source, path, notes) if isinstance(notes, dict) else None


def make_copy(source: Source, on_rows: Callable[[int], None]) -> Loaded:
    """Copy all rows into a file in the cache folder.

    Parameters
    ----------
    source : Source
        The rows.
    on_rows : callable
        Is told how many have been copied.

    Raises
    ------
    OSError
        If it cannot be written.
    DataTypeError, StorageError
        If the rows cannot be read.
    """
    path = copies.copy_path(source.digests)
    with copies.writing(path) as (connection, note):
        loader = Loader(connection)
        with gc_paused():  # millions of lists that live for one block each
            for done in source.fill(loader, None):
                on_rows(done)
        loader.finish()
        notes = {"rows": loader.rows, "columns": [_noted(column) for column in loader.columns]}
        note(notes)
    return _of_notes(source, path, notes)


def _of_notes(source: Source, path: Path, notes: dict[str, Any]) -> Loaded:
    columns = source.decoders(tuple(Column(**item) for item in notes["columns"]))
    return Loaded(columns, Engine.of_copy(path), int(notes["rows"]))


def _noted(column: Column) -> dict[str, Any]:
    return {key: getattr(column, key) for key in ("index", "name", "kind", "sql_type", "label", "side", "note")}


def _decoding(column: Column, tables: list[Table]) -> Column:
    """Return a column with the types and files of the tables that it comes from."""
    from datatypes.table_rows import JsonRows

    rows = [table.rows for table in tables if isinstance(table.rows, JsonRows)]
    if not rows:
        return column
    arrays = tuple(item.arrays[column.index] for item in rows)
    found = arrays if any(array is not None for array in arrays) else ()
    return replace(column, type=rows[0].types[column.index], source=rows[0].source, arrays=found)

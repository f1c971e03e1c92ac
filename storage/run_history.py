"""The history of a finished run as Parquet: one row a step, one column a key, nothing lost.

A column is typed where all its values are of one plain kind (``bool``, 64-bit ``int``, ``float``, ``str``); every
other column holds JSON text, which its field's metadata says (``vitrina: json``). A key that a row did not log is null;
a None that was logged makes the column JSON text, so the two stay apart.
"""

from __future__ import annotations

import itertools
import json
import os
from typing import TYPE_CHECKING, Any

from storage.errors import BackendError, NotReadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["parquet_rows", "write_parquet"]

_GROUP_ROWS = 20_000  # a row group of a few scalars is then about a megabyte
_KINDS = {bool: "bool", int: "int64", float: "float64", str: "string"}
_MARK = {b"vitrina": b"json"}
_INT64 = 1 << 63


def write_parquet(rows: Callable[[], Iterator[dict[str, Any]]], path: Path) -> bool:
    """Write rows to a new Parquet file, through to the disk, and read them back to compare.

    Parameters
    ----------
    rows : callable
        Gives the rows from the first on; called three times.
    path : Path
        The file; it must not exist.

    Returns
    -------
    bool
        False if there is a key that Parquet cannot hold, since it is not valid Unicode; nothing is written then.

    Raises
    ------
    BackendError
        If what was written does not read back equal; the file is then removed.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = _column_kinds(rows())
    if not all(_is_text(key) for key in kinds):
        return False
    fields = [pa.field(key, _arrow_type(kind), metadata=_MARK if kind is None else None) for key, kind in kinds.items()]
    schema = pa.schema(fields)
    try:
        with path.open("xb") as file:
            with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                iterator = rows()
                while group := list(itertools.islice(iterator, _GROUP_ROWS)):
                    columns = [_column(group, key, kind) for key, kind in kinds.items()]
                    writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            file.flush()
            os.fsync(file.fileno())
        _compare(rows(), path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True


def _compare(rows: Iterator[dict[str, Any]], path: Path) -> None:
    """Read the file back; raises a BackendError if it does not hold these rows."""
    with path.open("rb") as file:
        for one, two in itertools.zip_longest(rows, parquet_rows(file, path.name)):
            if json.dumps(one, sort_keys=True) != json.dumps(two, sort_keys=True):
                raise BackendError(
                    path.name, "does not hold what was logged", "The rows stay as JSON lines; report it."
                )


def parquet_rows(file: BinaryIO, subject: str) -> Iterator[dict[str, Any]]:
    """Iterate over the rows of such a file.

    Raises
    ------
    NotReadableError
        If it is no Parquet file, or a column that should hold JSON does not.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(file)
        marked = {
            name for name, field in zip(opened.schema_arrow.names, opened.schema_arrow, strict=True) if _is_json(field)
        }
        for batch in opened.iter_batches(batch_size=_GROUP_ROWS):
            for row in batch.to_pylist():
                yield {
                    key: json.loads(value) if key in marked else value
                    for key, value in row.items()
                    if value is not None
                }
    except (pa.ArrowException, ValueError) as error:
        raise NotReadableError(subject, f"is not a history in Parquet: {error}", "Restore it from a copy.") from error


def _column_kinds(rows: Iterator[dict[str, Any]]) -> dict[str, type | None]:
    """Find for each key the one kind of its values; None where they differ or JSON alone can hold them."""
    kinds: dict[str, type | None] = {}
    for row in rows:
        for key, value in row.items():
            kind = _kind(value)
            if kinds.setdefault(key, kind) is not kind:
                kinds[key] = None
    return kinds


def _kind(value: Any) -> type | None:
    """Return the kind of a value as a typed column would hold it, or None."""
    kind = type(value)
    if kind not in _KINDS or (kind is int and not -_INT64 <= value < _INT64):
        return None
    return None if kind is str and not _is_text(value) else kind


def _is_text(value: str) -> bool:
    """Whether text can be UTF-8; lone surrogates cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _arrow_type(kind: type | None) -> Any:
    import pyarrow as pa

    return pa.type_for_alias("string" if kind is None else _KINDS[kind])


def _column(rows: list[dict[str, Any]], key: str, kind: type | None) -> Any:
    """Return one column of a group of rows."""
    import pyarrow as pa

    if kind is None:
        values = [json.dumps(row[key]) if key in row else None for row in rows]
    else:
        values = [row.get(key) for row in rows]
    return pa.array(values, _arrow_type(kind), from_pandas=False)


def _is_json(field: Any) -> bool:
    return bool((field.metadata or {}).get(b"vitrina") == b"json")

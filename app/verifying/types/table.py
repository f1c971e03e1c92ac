"""Tables: every row and cell, the declared counts, tables that others name, and rows that W&B left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.verifying.types import table_findings, table_types
from app.verifying.types.base import TypeCheck
from datatypes.wire import tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.verifying.part import Part


class TableCheck(TypeCheck):
    """Checks of tables in artifacts, in cells, and as a run logs them."""

    tags: ClassVar[tuple[str, ...]] = ("table", "table-file", "incremental-table-file")

    def inside(self, stored: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
        """Give the values in the cells of a table whose rows stand in its own JSON."""
        columns, data = stored.get("columns"), stored.get("data")
        if not isinstance(data, list) or not isinstance(columns, list):
            return
        for index, row in enumerate(data):
            for name, cell in zip(columns, row if isinstance(row, list) else (), strict=False):
                if type(cell) is dict or type(cell) is list:
                    for found in _values_in(cell):
                        yield found, f'row {index}, column "{name}"'

    def side_files(self, stored: dict[str, Any]) -> list[str]:
        """Return its side file, and the files that its column types name."""
        found = super().side_files(stored)
        _named_by_types(stored.get("column_types"), found)
        return list(dict.fromkeys(found))

    def inspect(self, part: Part, value: Any) -> None:
        """Read every cell of every column; compare the declared counts."""
        columns = value.columns
        for name in dict.fromkeys(columns):
            value.get_column(name)
        rows = len(value.data)
        self._check_counts(part, rows, len(columns))
        table_types.check(part)
        if part.record is None:
            table_findings.find(part, value, rows)

    @staticmethod
    def _check_counts(part: Part, rows: int, columns: int) -> None:
        data = part.stored.get("data")
        held = len(data) if isinstance(data, list) else rows
        names = part.stored.get("columns")
        width = len(names) if isinstance(names, list) else columns
        for index, row in enumerate(data if isinstance(data, list) else ()):
            if not isinstance(row, list) or len(row) != width:
                part.problem("decode", f"row {index} does not have {width} cells")
                break
        declared = part.stored.get("nrows")
        if isinstance(declared, int) and declared != held and isinstance(data, list):
            part.problem("decode", f'says "nrows" {declared:,} and holds {held:,} rows')
        elif isinstance(declared, int) and declared > held:
            text = f"was logged with {declared:,} rows and its file holds {held:,}: W&B has cut it"
            part.finding("rows-cut", declared, text)
        elif isinstance(declared, int) and declared < held:
            part.problem("decode", f'says "nrows" {declared:,} and its file holds {held:,} rows')
        declared = part.stored.get("ncols")
        if isinstance(declared, int) and declared != width:
            part.problem("decode", f'says "ncols" {declared} and has {width} columns')


class JoinedTableCheck(TypeCheck):
    """Checks of two tables joined by a key."""

    tags: ClassVar[tuple[str, ...]] = ("joined-table",)

    def side_files(self, stored: dict[str, Any]) -> list[str]:
        """Return the two tables, where they are named."""
        return [name for key in ("table1", "table2") if isinstance(name := stored.get(key), str)]

    def inspect(self, part: Part, value: Any) -> None:
        """Open both tables; their keys are columns of theirs."""
        facts = value.facts()
        key = part.stored.get("join_key")
        for index, side in enumerate(("table1", "table2")):
            wanted = key[index] if isinstance(key, list) and len(key) == 2 else key
            columns = facts.get(f"{side}_columns")
            if isinstance(columns, list) and wanted not in columns:
                part.problem("reference", f'joins by {wanted!r:.60}, which is no column of "{side}"')


class PartitionedTableCheck(TypeCheck):
    """Checks of tables in parts."""

    tags: ClassVar[tuple[str, ...]] = ("partitioned-table",)

    def side_files(self, stored: dict[str, Any]) -> list[str]:
        """Return nothing: the path is the beginning of names, and there may be none."""
        return []

    def inspect(self, part: Part, value: Any) -> None:
        """Read every part; all have the same columns."""
        value.facts()


def _values_in(cell: Any) -> Iterator[dict[str, Any]]:
    """Give the values in a cell: the cell itself, or what its lists and dicts hold."""
    if isinstance(cell, list):
        for item in cell:
            if type(item) is dict or type(item) is list:
                yield from _values_in(item)
    elif "_type" in cell or tag_of(cell) is not None:
        yield cell
    else:
        for item in cell.values():
            if type(item) is dict or type(item) is list:
                yield from _values_in(item)


def _named_by_types(types: Any, found: list[str], depth: int = 0) -> None:
    """Collect the files that column types name: arrays of a column, the class set of ids."""
    if depth > 16 or not isinstance(types, dict | list):
        return
    if isinstance(types, list):
        for item in types:
            _named_by_types(item, found, depth + 1)
        return
    for key in ("serialization_path", "classes_obj"):
        place = types.get(key)
        if isinstance(place, dict) and isinstance(place.get("path"), str):
            found.append(place["path"])
    if isinstance(table := types.get("table"), str) and table.endswith(".table.json"):
        found.append(table)  # of foreign keys
    for item in types.values():
        _named_by_types(item, found, depth + 1)

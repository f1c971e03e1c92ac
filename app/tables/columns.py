"""Columns of an open table: what they are called, what they hold, and under which of our own names DuckDB has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datatypes.column_types import ColumnType
    from datatypes.ports import MediaSource
    from datatypes.table_arrays import ArrayColumn

__all__ = ["KINDS", "Column", "split_names", "unique_names"]

#: What a column holds, as far as the page is concerned.
KINDS = ("number", "boolean", "text", "time", "json", "media", "array", "mixed", "bytes")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column.

    Attributes
    ----------
    index : int
        Its place; DuckDB has it as ``c<index>``, and of kind "mixed" also the JSON of its cells as ``j<index>``.
    name : str
        As stored; any text, and two may have the same.
    kind : str
        One of `KINDS`.
    sql_type : str
        Type in DuckDB.
    label : str
        Type for people: ``number``, ``Image``.
    side : str
        "left" or "right" in a join of two tables, "key" for the column that joins them.
    note : str
        What is to be said of all its cells: ``UTC``.
    type : ColumnType or None
        Type as stored, to decode cells of kinds "json" and "media".
    source : MediaSource or None
        Where files of its cells are.
    arrays : tuple of ArrayColumn or None
        Files of arrays, one for each part of the table, for kind "array".
    """

    index: int
    name: str
    kind: str
    sql_type: str = "VARCHAR"
    label: str = ""
    side: str = ""
    note: str = ""
    type: ColumnType | None = None
    source: MediaSource | None = None
    arrays: tuple[ArrayColumn | None, ...] = field(default=())

    @property
    def sql(self) -> str:
        """Our name for it."""
        return f"c{self.index}"

    @property
    def cell_sql(self) -> str:
        """What a page asks for to show a cell; see `app.tables.cells`."""
        if self.kind == "mixed":
            return f"j{self.index}"
        return f"CAST({self.sql} AS VARCHAR)" if self.kind == "time" else self.sql

    @property
    def link(self) -> dict[str, str] | None:
        """Which rows its cells name: ``path`` of a table's entry, ``ref`` of its artifact, ``column`` of that table.

        The column is empty where the cells are numbers of rows; None if the cells name nothing.
        """
        from datatypes.column_types import members

        for member in members(self.type) if self.type is not None else ():
            table = member.params.get("table")
            path = table if isinstance(table, str) else getattr(table, "path", "")
            if member.name in ("foreignKey", "foreignIndex") and isinstance(path, str) and path:
                ref = str(getattr(self.source, "qualified_name", ""))
                return {"path": path, "ref": ref, "column": str(member.params.get("col_name", ""))}
        return None

    @property
    def is_number(self) -> bool:
        """Whether its cells can be added."""
        return self.kind == "number"

    @property
    def is_comparable(self) -> bool:
        """Whether it makes sense to sort by it and to count its values."""
        return self.kind in ("number", "boolean", "text", "time", "mixed")

    def field_sql(self, path: Sequence[str], quoted: Callable[[str], str]) -> str:
        """Return the SQL of a field inside its cells: of JSON by path, of records by name; without one, the column."""
        if not path:
            return self.sql
        if self.sql_type == "VARCHAR":
            where = "$" + "".join(f'."{part}"' for part in (part.replace('"', "") for part in path))
            return f"json_extract_string({self.sql}, {quoted(where)})"
        found = self.sql
        for part in path:
            found = f"struct_extract({found}, {quoted(part)})"
        return found

    def to_json(self) -> dict[str, Any]:
        """Return what the page knows of it."""
        return {
            "i": self.index, "name": self.name, "kind": self.kind, "label": self.label, "side": self.side,
            "note": self.note, "sorts": self.is_comparable, "link": self.link,
        }  # fmt: skip


def unique_names(columns: Sequence[Column]) -> list[str]:
    """Return the names of columns, those that occur again with a number behind them."""
    names: dict[str, None] = {}
    for column in columns:
        name, number = column.name, 2
        while name in names:
            name, number = f"{column.name}_{number}", number + 1
        names[name] = None
    return list(names)


def split_names(text: str) -> list[str]:
    """Return the names in a list of the address: separated by commas; what stands behind a backslash belongs to one."""
    parts, current, is_escaped = [], "", False
    for letter in text:
        if is_escaped or letter not in "\\,":
            current, is_escaped = current + letter, False
        elif letter == "\\":
            is_escaped = True
        else:
            parts.append(current)
            current = ""
    return [part for part in [*parts, current] if part]

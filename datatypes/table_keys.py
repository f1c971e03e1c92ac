"""Cells that point to rows of tables, and the parts of column types that name other entries of an artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

from datatypes.column_types import TypePart
from datatypes.errors import WireFormatError

if TYPE_CHECKING:
    from datatypes.classes import Classes
    from datatypes.ports import MediaSink, MediaSource
    from datatypes.table import Table
    from datatypes.table_growth import GrowingTable

__all__ = ["ClassSetPart", "TableIndex", "TableKey", "TableLink", "read_part"]


class TableKey(str):
    """Text that is a key of a table: of its own primary key, or of another table's column.

    Parameters
    ----------
    text : str
        The key.
    link : TableLink, optional
        The table that it points to; `set_table` sets it later.
    column : str or int, optional
        Column of that table.
    """

    __slots__ = ("column", "link")

    link: TableLink | None
    column: str | int | None

    def __new__(cls, text: str, link: TableLink | None = None, column: str | int | None = None) -> Self:
        """Make a key."""
        key = super().__new__(cls, text)
        key.link, key.column = link, column
        return key

    def set_table(self, table: GrowingTable, col_name: str | int) -> None:
        """Say which column of which table the key is from.

        Raises
        ------
        RejectedValueError
            If the table has no such column.
        """
        table.column_position(col_name)
        self.link, self.column = TableLink(table), col_name

    def get_row(self) -> dict[str | int, Any]:
        """Return the row that the key names, by column; empty if there is none."""
        if self.link is None or self.column is None:
            return {}
        keys = self.link.table.get_column(self.column)
        return self.link.table.row_dict(keys.index(str(self))) if str(self) in keys else {}


class TableIndex(int):
    """The number of a row of a table, kept in `link`."""

    link: TableLink | None = None

    def set_table(self, table: GrowingTable) -> None:
        """Say which table the row is in."""
        self.link = TableLink(table)

    def get_row(self) -> dict[str | int, Any]:
        """Return the row, by column; empty as long as no table is set."""
        return {} if self.link is None else self.link.table.row_dict(int(self))


class TableLink(TypePart):
    """The table behind a foreign key or index: here already, or to be read when it is asked for.

    Parameters
    ----------
    table : Table, optional
        The table.
    source : MediaSource, optional
        Where it is to be read from, with `path`.
    path : str, optional
        Name of its entry.
    """

    def __init__(self, table: GrowingTable | None = None, source: MediaSource | None = None, path: str = "") -> None:
        self._table = cast("Table | None", table)
        self.source = source
        self.path = path

    @property
    def table(self) -> Table:
        """The table; read when it is first asked for.

        Raises
        ------
        WireFormatError
            If the entry is missing or no table.
        """
        if self._table is None:
            found = self.source.get(self.path) if self.source is not None and self.path else None
            if found is None or found.artifact_type != "table":
                raise WireFormatError(self.path or "foreign key", "is not a table", "Restore the table of the key.")
            self._table = found  # type: ignore[assignment]  # told by its tag
        assert self._table is not None
        return self._table

    def to_json(self) -> str | None:
        """Return the entry's name, if it has one."""
        return self.path or None

    def stored_in(self, sink: MediaSink) -> str:
        """Put the table into an artifact, once, and return the name of its entry."""
        from datatypes.table_naming import content_name

        table = self.table
        origin = table.artifact_source
        if origin is not None and origin.name:
            return sink.add(table, origin.name).path
        return sink.add(table, f"media/tables/{content_name(table)}").path

    def __eq__(self, other: object) -> bool:
        """Equal if both are the same table, or the same entry of one source."""
        if not isinstance(other, TableLink):
            return False
        if self._table is not None and self._table is other._table:
            return True
        return bool(self.path) and self.path == other.path and self.source is other.source

    __hash__ = None  # type: ignore[assignment]  # the table is read late

    def __str__(self) -> str:
        """Name of the entry."""
        return self.path or "a table"


class ClassSetPart(TypePart):
    """The class set whose ids a column holds."""

    def __init__(
        self, classes: Classes | None = None, source: MediaSource | None = None, reference: Any = None
    ) -> None:
        self._classes = classes
        self.source = source
        self.reference = reference

    def __repr__(self) -> str:
        """Return how many classes, as messages show it."""
        return f"{len(self.classes.class_set)} classes" if self.classes else "classes"

    @property
    def classes(self) -> Classes | None:
        """The class set; read when it is first asked for, None if its entry is missing."""
        if self._classes is None and isinstance(self.reference, dict) and self.source is not None:
            from datatypes.classes import Classes

            if self.reference.get("_type") == "classes":
                self._classes = Classes.from_json(self.reference, self.source)
            elif isinstance(path := self.reference.get("path"), str):
                found = self.source.get(path)
                self._classes = found if isinstance(found, Classes) else None
        return self._classes

    def to_json(self) -> Any:
        """Return the set inline, or the reference as it was read."""
        return self._classes.to_json() if self._classes is not None else self.reference

    def stored_in(self, sink: MediaSink) -> Any:
        """Put the set into an artifact and return the reference to it."""
        classes = self.classes
        return self.reference if classes is None else classes.stored_in(sink)

    def __eq__(self, other: object) -> bool:
        """Equal if the sets are."""
        return isinstance(other, ClassSetPart) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]  # compared by value


def read_part(source: MediaSource) -> Any:
    """Return a reader of type parameters that name entries of `source`."""

    def read(key: str, value: Any) -> TypePart:
        if key == "table":
            if not isinstance(value, str):
                raise WireFormatError("column_types", "a key names no table", "Restore the object file.")
            return TableLink(source=source, path=value)
        return ClassSetPart(source=source, reference=value)

    return read

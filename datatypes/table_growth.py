"""How a table grows and is read by row, column and key: the methods of W&B's `Table` that change or give cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from datatypes import table_frames, table_read
from datatypes.column_types import ColumnType, members
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.table_keys import TableIndex, TableKey, TableLink
from datatypes.table_rows import ColumnRows, ListRows
from datatypes.table_state import TableState
from datatypes.table_typing import RowTypes, declared_types, widen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datatypes.table import Table

__all__ = ["GrowingTable"]


class GrowingTable(TableState):
    """Rows, columns and keys of a table; `datatypes.table.Table` is what users see."""

    def add_data(self, *data: Any) -> None:
        """Append a row.

        Parameters
        ----------
        *data : object
            A cell for each column.

        Raises
        ------
        RejectedValueError
            If there are more or fewer cells than columns.
        RejectedTypeError
            If a cell does not fit its column; the table stays as it was.
        """
        rows, types = self._rows, self._types
        if type(rows) is not ListRows or types is None:
            rows = self._as_lists()
            types = self._types
            assert types is not None
        if len(data) != rows.width:
            raise table_read.wrong_width(len(rows), len(data), self.columns)
        kinds = tuple(map(type, data))
        deep = types.admitted.get(kinds)
        if deep is None:
            if TableKey in kinds or TableIndex in kinds:
                self._cast_keys([list(data)])
            types.admit_row(data, len(rows.rows))
        elif deep:
            types.admit_row(data, len(rows.rows), deep)
        rows.rows.append(list(data))

    def add_row(self, *row: Any) -> None:
        """Append a row; old name of `add_data`."""
        self.add_data(*row)

    def add_column(self, name: str | int, data: Any, optional: bool = False) -> None:
        """Append a column.

        Parameters
        ----------
        name : str or int
            Its name.
        data : list or ndarray
            A cell for each row; of an array each item is a cell.
        optional : bool
            Whether cells may be None.

        Raises
        ------
        RejectedValueError
            If there are more or fewer cells than rows, or the name is taken.
        RejectedTypeError
            If `data` is neither a list nor an array, or a cell does not fit.
        """
        cells = table_read.checked_column(name, data, optional, self)
        types, rows = self.types, self._as_lists()
        [start] = declared_types([name], None, optional, allow_mixed_types=self.allow_mixed_types)
        column_type, kinds = widen(start, cells, name, 0)
        if self.columns:
            for row, cell in zip(rows.rows, cells, strict=True):
                row.append(cell)
        else:
            rows.rows.extend([cell] for cell in cells)
        self.columns = [*self.columns, name]
        rows.width = len(self.columns)
        kinds_before = self._types.kinds if self._types else []
        self._types = RowTypes(self.columns, [*types, column_type])
        self._types.kinds = [*kinds_before, kinds]

    def add_computed_columns(self, fn: Callable[[int, dict[str | int, Any]], dict[str, Any]]) -> None:
        """Append columns that are computed from each row.

        Parameters
        ----------
        fn : callable
            ``fn(row_number, {column: cell}) -> {new column: cell}``, with the same keys for every row.

        Raises
        ------
        RejectedTypeError
            If it returns something else than a dict.
        RejectedValueError
            If its keys differ from row to row.
        """
        computed: dict[str, list[Any]] = {}
        for number, row in enumerate(self.rows):
            found: Any = fn(number, dict(zip(self.columns, row, strict=True)))
            if not isinstance(found, dict):
                problem = f"returned {type(found).__name__} for row {number}"
                raise RejectedTypeError("fn", problem, "Return a dict of new cells.")
            if number and found.keys() != computed.keys():
                raise RejectedValueError("fn", f"returned other keys for row {number} than before", "Return the same.")
            for key, cell in found.items():
                computed.setdefault(key, []).append(cell)
        for key, cells in computed.items():
            self.add_column(key, cells)

    def get_column(self, name: str | int, convert_to: Literal["numpy"] | None = None) -> Any:
        """Return the cells of a column: a list, or an array with ``convert_to="numpy"``.

        Raises
        ------
        RejectedValueError
            If there is no such column, or `convert_to` is something else.
        """
        cells = self.rows.column(self.column_position(name))
        if convert_to is None:
            return cells
        if convert_to != "numpy":
            raise RejectedValueError("convert_to", f"is {convert_to!r}", 'Pass "numpy" or nothing.')
        return table_frames.to_array(cells)

    def get_index(self) -> list[TableIndex]:
        """Return the numbers of all rows; as cells of another table they point here."""
        return [self.index_ref(number) for number in range(len(self.rows))]

    def index_ref(self, index: int) -> TableIndex:
        """Return the number of one row; as a cell of another table it points here.

        Raises
        ------
        RejectedValueError
            If there is no such row.
        """
        if not 0 <= index < len(self.rows):
            raise RejectedValueError("index", f"{index} is none of {len(self.rows)} rows", "Pass the number of a row.")
        found = TableIndex(index)
        found.set_table(self)
        return found

    def row_count(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def row_dict(self, index: int) -> dict[str | int, Any]:
        """Return one row by column."""
        return dict(zip(self.columns, self.rows.row(index), strict=True))

    def iterrows(self) -> Iterator[tuple[TableIndex, list[Any]]]:
        """Give each row with its number; the number, as a cell of another table, points here."""
        rows = self.rows
        link = TableLink(self)
        for number, row in enumerate(rows if isinstance(rows, ColumnRows) else self.data):
            index = TableIndex(number)
            index.link = link
            yield index, row

    def cast(self, col_name: str | int, dtype: Any, optional: bool = False) -> ColumnType:
        """Give a column another type, which all its cells must fit.

        Parameters
        ----------
        col_name : str or int
            The column.
        dtype : object
            See `datatypes.column_inference.from_dtype`.
        optional : bool
            Whether cells may be None; not for keys.

        Returns
        -------
        ColumnType
            The type that the column has now.

        Raises
        ------
        RejectedTypeError
            If a cell does not fit; the table stays as it was.
        RejectedValueError
            If there is no such column, or a key is made of it that cannot be.
        """
        index = self.column_position(col_name)
        [start] = declared_types([col_name], [dtype], optional, allow_mixed_types=False)
        if start.name in ("primaryKey", "foreignKey", "foreignIndex") or (
            optional and members(start)[0].name.endswith("Key")
        ):
            self._check_key(start, col_name, optional=optional)
        rows = self._as_lists()
        cells = rows.column(index)
        found, kinds = widen(start, cells, col_name, 0)
        types = self._types
        assert types is not None
        types.types[index] = found
        types.kinds[index] |= kinds
        types.admitted.clear()
        return found

    def _check_key(self, key: ColumnType, column: str | int, *, optional: bool) -> None:
        if optional:
            raise RejectedValueError(
                f"column {column!r}", "is a key and cannot be optional", "Cast it without optional."
            )
        link = key.params.get("table")
        if isinstance(link, TableLink) and link.path == "" and link.table is self:
            raise RejectedValueError(f"column {column!r}", "would point to its own table", "Pass another table.")
        held = [str(name) for name, item in zip(self.columns, self.types, strict=True) if item.name == "primaryKey"]
        if key.name == "primaryKey" and held and held != [str(column)]:
            raise RejectedValueError(f"column {column!r}", f"cannot be a second primary key beside {held[0]!r}", "")

    def set_pk(self, col_name: str | int) -> None:
        """Make a column of text the primary key."""
        self.cast(col_name, ColumnType("primaryKey"))
        rows, index = self._as_lists(), self.column_position(col_name)
        link = TableLink(self)
        for row in rows.rows:
            row[index] = TableKey(row[index], link, col_name)

    def set_fk(self, col_name: str | int, table: Table, table_col: str | int) -> None:
        """Let a column of text point to the rows of another table by a column of that table."""
        table.column_position(table_col)
        self.cast(col_name, ColumnType("foreignKey", {"table": TableLink(table), "col_name": table_col}))

    def _cast_keys(self, rows: list[list[Any]]) -> None:
        """Make columns keys where the cells of new rows point to other tables."""
        types = self._types
        assert types is not None
        for index in range(len(self.columns)):
            cell = next((row[index] for row in rows if isinstance(row[index], TableKey | TableIndex)), None)
            if cell is None or cell.link is None or (cell.link.path == "" and cell.link.table is self):
                continue
            if all(member.name in ("none", "unknown", "string", "number") for member in members(types.types[index])):
                own = self._rows.column(index) if isinstance(self._rows, ListRows) else []
                params = {"table": cell.link} | ({"col_name": cell.column} if isinstance(cell, TableKey) else {})
                key = ColumnType("foreignKey" if isinstance(cell, TableKey) else "foreignIndex", params)
                types.types[index] = widen(key, own, self.columns[index], 0)[0]
                types.admitted.clear()

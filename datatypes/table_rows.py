"""Where the rows of a table are: in lists, in stored JSON that is decoded as it is used, or in columns.

All three answer the same questions; a table that is changed by rows turns into lists first.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableSequence, Sequence
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, overload

from datatypes.table_arrays import ArrayColumn
from datatypes.table_cells import decode, needs_decoding
from datatypes.table_unnote import restorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datatypes.column_types import ColumnType
    from datatypes.ports import MediaSource
    from datatypes.table_columns import Column

__all__ = ["BLOCK", "ColumnRows", "JsonRows", "LazyRows", "ListRows", "Rows"]

#: Rows that are turned at a time: memory stays flat, and the cost of a call does not count.
BLOCK = 65_536


class Rows:
    """The rows of a table.

    Attributes
    ----------
    width : int
        Number of columns.
    """

    width: int

    def __len__(self) -> int:
        raise NotImplementedError

    def row(self, index: int) -> list[Any]:
        """Return the Python values of one row."""
        raise NotImplementedError

    def columns(self, start: int, stop: int, skip: frozenset[int] = frozenset()) -> list[Sequence[Any]]:
        """Return the Python values of some rows, by column; of those to `skip` whatever costs nothing."""
        raise NotImplementedError

    def column(self, index: int) -> list[Any]:
        """Return the Python values of a column."""
        blocks = (self._part(index, start, start + BLOCK) for start in range(0, len(self), BLOCK))
        return list(chain.from_iterable(blocks))

    def _part(self, index: int, start: int, stop: int) -> Sequence[Any]:
        return self.columns(start, min(stop, len(self)))[index]

    def __iter__(self) -> Iterator[list[Any]]:
        for start in range(0, len(self), BLOCK):
            for cells in zip(*self.columns(start, min(start + BLOCK, len(self))), strict=True):
                yield list(cells)

    def data(self) -> MutableSequence[list[Any]]:
        """Return what ``table.data`` is."""
        raise NotImplementedError


class ListRows(Rows):
    """Rows in lists.

    Parameters
    ----------
    rows : list of list
        The rows; the list is kept, not copied.
    width : int
        Number of columns.
    """

    def __init__(self, rows: list[list[Any]], width: int) -> None:
        self.rows = rows
        self.width = width

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, index: int) -> list[Any]:
        """Return a row itself."""
        return self.rows[index]

    def columns(self, start: int, stop: int, skip: frozenset[int] = frozenset()) -> list[Sequence[Any]]:
        """Return some rows by column."""
        part = self.rows[start:stop]
        return list(zip(*part, strict=True)) if part else [()] * self.width

    def column(self, index: int) -> list[Any]:
        """Return a column."""
        return list(map(itemgetter(index), self.rows))

    def __iter__(self) -> Iterator[list[Any]]:
        return iter(self.rows)

    def data(self) -> MutableSequence[list[Any]]:
        """Return the rows themselves."""
        return self.rows


class JsonRows(Rows):
    """Rows as stored JSON; a cell becomes a value when its row or column is used.

    Parameters
    ----------
    raw : list of list
        Stored rows; checked already to be lists of the right width.
    types : list of ColumnType or None
        Types of the columns; None for one that has none.
    notes : list of dict
        What the fidelity record says of the columns.
    source : MediaSource
        Where files are.
    """

    def __init__(
        self,
        raw: list[list[Any]],
        types: Sequence[ColumnType | None],
        notes: Sequence[dict[str, Any]],
        source: MediaSource,
    ) -> None:
        self.raw = raw
        self.width = len(types)
        self.types = list(types)
        self.notes = list(notes)
        self.source = source
        self.arrays = [_arrays(column_type, source) for column_type in types]
        self.is_plain = all(
            array is None and not needs_decoding(column_type) and not set(note) & {"cells", "nulls"}
            for array, column_type, note in zip(self.arrays, types, notes, strict=True)
        )
        self._restorers: list[Any] | None = None
        self._lazy: LazyRows | None = None

    def __len__(self) -> int:
        return len(self.raw if self._lazy is None else self._lazy)

    @property
    def is_touched(self) -> bool:
        """Whether rows have been handed out that may have been changed since."""
        return self._lazy is not None and self._lazy.is_touched

    def _restorer(self, index: int) -> Any:
        if self._restorers is None:
            self._restorers = [restorer(note, len(self.raw)) if note else None for note in self.notes]
        return self._restorers[index]

    def cell(self, row: int, index: int) -> Any:
        """Return the Python value of one cell."""
        stored = self.raw[row][index]
        array = self.arrays[index]
        if array is not None and stored is None:
            return array.cell(row)
        found = decode(stored, self.types[index], self.source)
        restore = self._restorer(index)
        return found if restore is None else restore(row, stored, found)

    def row(self, index: int) -> list[Any]:
        """Return a row; decoded once, so that a value stays the same object."""
        if self.is_plain:
            return self.raw[index]
        found: list[Any] = self.data()[index]
        return found

    def columns(self, start: int, stop: int, skip: frozenset[int] = frozenset()) -> list[Sequence[Any]]:
        """Return some rows by column."""
        part: Sequence[Any]
        if self._lazy is not None and self._lazy.is_touched:
            part = self._lazy[start:stop]
            return list(zip(*part, strict=True)) if part else [()] * self.width
        part = self.raw[start:stop]
        cells = list(zip(*part, strict=True)) if part else [()] * self.width
        return [column if index in skip else self._decoded(index, column, start) for index, column in enumerate(cells)]

    def column(self, index: int) -> list[Any]:
        """Return a column; where nothing needs decoding, as it is stored."""
        if self.is_plain and not self.is_touched:
            return list(map(itemgetter(index), self.raw))  # no line of Python a row
        return super().column(index)

    def _part(self, index: int, start: int, stop: int) -> Sequence[Any]:
        if self._lazy is not None and self._lazy.is_touched:
            return [row[index] for row in self._lazy[start:stop]]
        return self._decoded(index, list(map(itemgetter(index), self.raw[start:stop])), start)

    def _decoded(self, index: int, cells: Sequence[Any], start: int) -> Sequence[Any]:
        array, column_type, restore = self.arrays[index], self.types[index], self._restorer(index)
        if array is not None:
            return [array.cell(row) if cell is None else cell for row, cell in enumerate(cells, start)]
        if restore is None:
            if not needs_decoding(column_type):
                return cells
            return [decode(cell, column_type, self.source) for cell in cells]
        return [restore(row, cell, decode(cell, column_type, self.source)) for row, cell in enumerate(cells, start)]

    def data(self) -> MutableSequence[list[Any]]:
        """Return the stored rows where nothing needs decoding, else a sequence that decodes them as they are used."""
        if self.is_plain:
            return self.raw
        if self._lazy is None:
            self._lazy = LazyRows(len(self.raw), self._decode_row)
        return self._lazy

    def _decode_row(self, row: int) -> list[Any]:
        return [self.cell(row, index) for index in range(self.width)]


def _arrays(column_type: ColumnType | None, source: MediaSource) -> ArrayColumn | None:
    """Return the file of a column of arrays, if its type names one."""
    from datatypes.column_types import members

    for member in members(column_type) if column_type is not None else ():
        where = member.params.get("serialization_path") if member.name == "ndarray" else None
        if isinstance(where, dict) and isinstance(where.get("path"), str) and isinstance(where.get("key"), str):
            return ArrayColumn(source, where["path"], where["key"])
    return None


class LazyRows(MutableSequence[list[Any]]):
    """A list of rows, each made when it is first used.

    Parameters
    ----------
    count : int
        Number of rows.
    make : callable
        Makes row n.
    """

    def __init__(self, count: int, make: Callable[[int], list[Any]]) -> None:
        self._rows: list[list[Any] | int] = list(range(count))
        self._make = make
        self.is_touched = False

    def _get(self, index: int) -> list[Any]:
        found = self._rows[index]
        if isinstance(found, int):
            found = self._rows[index] = self._make(found)
            self.is_touched = True
        return found

    @overload
    def __getitem__(self, index: int) -> list[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[Any]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return a row, or a list of rows."""
        if isinstance(index, slice):
            return [self._get(row) for row in range(*index.indices(len(self._rows)))]
        return self._get(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._rows[index] = value
        self.is_touched = True

    def __delitem__(self, index: Any) -> None:
        del self._rows[index]
        self.is_touched = True

    def __len__(self) -> int:
        return len(self._rows)

    def insert(self, index: int, value: list[Any]) -> None:
        """Insert a row."""
        self._rows.insert(index, value)
        self.is_touched = True

    def __eq__(self, other: object) -> bool:
        """Equal to a list of equal rows."""
        if not isinstance(other, list | LazyRows):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # rows can be changed

    def __add__(self, other: Iterable[list[Any]]) -> list[list[Any]]:
        return [*self, *other]

    def __repr__(self) -> str:
        """Return all rows, as a list shows them."""
        return repr(list(self))


class ColumnRows(Rows):
    """Rows of a data frame or an Arrow table, kept as columns.

    Parameters
    ----------
    columns : list of Column
        At least one; of one length.
    count : int
        Number of rows.
    origin : object
        The frame, or the table of Arrow.
    """

    def __init__(self, columns: Sequence[Column], count: int, origin: Any) -> None:
        self.origin = origin
        self.sources = list(columns)
        self.width = len(self.sources)
        self._count = count

    def __len__(self) -> int:
        return self._count

    def row(self, index: int) -> list[Any]:
        """Return one row."""
        start = index if index >= 0 else self._count + index
        if not 0 <= start < self._count:
            raise IndexError(index)
        return [column.values(start, start + 1)[0] for column in self.sources]

    def columns(self, start: int, stop: int, skip: frozenset[int] = frozenset()) -> list[Sequence[Any]]:
        """Return some rows by column."""
        return [column.values(start, min(stop, self._count)) for column in self.sources]

    def _part(self, index: int, start: int, stop: int) -> Sequence[Any]:
        return self.sources[index].values(start, min(stop, self._count))

    def data(self) -> MutableSequence[list[Any]]:
        """Return all rows as lists."""
        return list(self)

"""What a table holds: columns and their types, rows wherever they are, and the JSON that it was read from."""

from __future__ import annotations

import contextlib
import contextvars
from typing import TYPE_CHECKING, Any, Literal

from datatypes import table_frames, table_read, table_run, table_write
from datatypes.base import Media
from datatypes.column_types import ColumnType, members
from datatypes.errors import RejectedValueError
from datatypes.fidelity import FidelityRecord
from datatypes.table_notes import lasting_note
from datatypes.table_rows import ColumnRows, JsonRows, ListRows, Rows
from datatypes.table_typing import RowTypes, declared_types, settle_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableSequence, Sequence

    from datatypes.table import Table

__all__ = ["LogMode", "TableState"]

LogMode = Literal["IMMUTABLE", "MUTABLE", "INCREMENTAL"]

#: Tables in cells of tables in cells: the JSON of types nests eight times as deep, and readers stop at a hundred.
_MAX_NESTED = 8
_NESTED: contextvars.ContextVar[int] = contextvars.ContextVar("nested", default=0)


class TableState(Media):
    """Columns, types and rows of a table; `datatypes.table.Table` is what users see."""

    def _reset(self) -> None:
        self._columns: list[str | int] | None = []
        self.log_mode = "IMMUTABLE"
        self.allow_mixed_types = False
        self._types: RowTypes | None = None
        self._rows: Rows | None = None
        self._load: Callable[[], tuple[list[str | int], Rows]] | None = None
        self._stored: dict[str, Any] | None = None
        self._cells: Table | None = None  # of a table in a run: the one in an artifact that has the real cells
        self._source: dict[str, Any] = {"kind": "rows"}
        self._base_notes: dict[int, dict[str, Any]] = {}
        self._index_note: dict[str, Any] | None = None
        self._run_state = table_run.RunState()
        self._is_being_written = False

    def _take_columns(
        self, names: list[str | int], rows: ColumnRows, source: dict[str, Any], index: Any, dtype: Any, nullable: Any
    ) -> None:
        self.columns, self._rows, self._source, self._index_note = names, rows, source, index
        declared = declared_types(names, dtype, nullable, allow_mixed_types=self.allow_mixed_types)
        self._types = RowTypes(names, [table_frames.typed(item, column, name) for item, column, name in
                                       zip(declared, rows.sources, names, strict=True)])  # fmt: skip
        if any(member.name == "ndarray" for item in self._types.types for member in members(item)):
            self._as_lists()  # arrays are packed from their cells

    @property
    def columns(self) -> list[str | int]:
        """Names of the columns; in a run they are in the side file, which is read when it is first used."""
        if self._columns is None:
            self._read_rows()
        assert self._columns is not None
        return self._columns

    @columns.setter
    def columns(self, names: list[str | int]) -> None:
        self._columns = names

    @property
    def rows(self) -> Rows:
        """Where the rows are; see `datatypes.table_rows`."""
        if self._rows is None:
            self._read_rows()
        assert self._rows is not None
        return self._rows

    def _read_rows(self) -> None:
        assert self._load is not None
        self._columns, self._rows = self._load()

    @property
    def data(self) -> MutableSequence[list[Any]]:
        """The rows, as lists of cells. A cell that was read becomes a value when its row is used."""
        rows = self.rows
        return self._as_lists().rows if isinstance(rows, ColumnRows) else rows.data()

    @data.setter
    def data(self, rows: list[list[Any]]) -> None:
        _, _, given = table_read.checked_rows(rows, self.columns)
        self._rows = ListRows(given, len(self.columns))

    def _as_lists(self) -> ListRows:
        """Turn into rows in lists, which can be changed."""
        rows = self.rows
        if not isinstance(rows, ListRows):
            types, index_note = self.types, self.noted_index()
            notes = [self.note_of(index) for index in range(rows.width)]
            with table_write.gc_paused():
                self._rows = ListRows(list(rows.data()) if isinstance(rows, JsonRows) else list(rows), rows.width)
            self._types = RowTypes(self.columns, types)
            self._base_notes = {index: lasting_note(note) for index, note in enumerate(notes)}
            self._index_note, self._stored, self._load = index_note, None, None
        assert isinstance(self._rows, ListRows)
        return self._rows

    @property
    def types(self) -> list[ColumnType]:
        """Types of the columns."""
        if self._types is None:
            self._types = table_read.types_of_read(self)
        return self._types.types

    @property
    def column_types(self) -> dict[str, ColumnType]:
        """Column name, as text, → type."""
        return self.types_by_name()

    def types_by_name(self) -> dict[str, ColumnType]:
        """Return column name, as text, → type."""
        return {str(name): item for name, item in zip(self.columns, self.types, strict=True)}

    def recheck(self, columns: Sequence[Sequence[Any]], first_row: int) -> None:
        """Look at rows that are about to be written: they may have been changed past `add_data`."""
        assert self._types is not None
        if isinstance(self._rows, ListRows):
            self._types.recheck(columns, first_row)

    def column_position(self, name: str | int) -> int:
        """Return the number of a column.

        Raises
        ------
        RejectedValueError
            If there is none of that name.
        """
        if name not in self.columns:
            shown = ", ".join(map(repr, self.columns[:20]))
            raise RejectedValueError(f"column {name!r}", "is not in the table", f"It has {shown or 'no columns'}.")
        return self.columns.index(name)

    @property
    def wire_tag(self) -> str:
        """Tag of the JSON that the table was read from, or will be."""
        return str(self.stored_json.get("_type", "table"))

    @property
    def stored_json(self) -> dict[str, Any]:
        """JSON that the table was read from; empty if it was made here or changed."""
        return self._stored or {}

    @property
    def stored_log_mode(self) -> str | None:
        """Mode as it is stored: None in tables before SDK 0.20."""
        return self.stored_json.get("log_mode") if self._stored else self.log_mode

    def stored_types(self) -> dict[str, Any] | None:
        """Return ``column_types`` as they are stored; None if the table was made here, or is older than types."""
        return self.stored_json.get("column_types")

    @property
    def artifact_path(self) -> str | None:
        """Reference to the artifact that a run keeps with the real cells of a logged table."""
        found = self.stored_json.get("artifact_path")
        return found if isinstance(found, str) else None

    def check_writable(self) -> None:
        """Refuse what would be lost on the wire, and bring the types up to date.

        Raises
        ------
        RejectedValueError
            If two columns have one name: their types share a dict.
        """
        names = [str(name) for name in self.columns]
        if len(set(names)) < len(names) and self._stored is None:
            name = next(name for index, name in enumerate(names) if name in names[:index])
            first, second = [index for index, item in enumerate(names) if item == name][:2]
            problem = f"is the name of columns {first} and {second}, and only one could keep its type"
            raise RejectedValueError(f'column "{name}"', problem, "Rename one.")
        types, rows = self.types, self.rows
        for index in range(rows.width):
            is_text = any(member.name in ("string", "artifactVersion") for member in members(types[index]))
            if is_text and not (isinstance(rows, ColumnRows) and not rows.sources[index].may_name_artifacts()):
                types[index] = settle_text(types[index], rows.column(index))

    @contextlib.contextmanager
    def being_written(self) -> Iterator[None]:
        """Guard against a table that contains itself, or tables nested so deeply that no reader takes them.

        Raises
        ------
        RejectedValueError
            If it does, or if they are.
        """
        depth = _NESTED.get()
        if self._is_being_written:
            raise RejectedValueError("Table", "contains itself", "Take it out of its own cells.")
        if depth >= _MAX_NESTED:
            problem = f"lies more than {_MAX_NESTED} tables deep"
            raise RejectedValueError("Table", problem, "Store it on its own and point to its rows.")
        self._is_being_written = True
        token = _NESTED.set(depth + 1)
        try:
            yield
        finally:
            _NESTED.reset(token)
            self._is_being_written = False

    def other_fields(self) -> dict[str, Any]:
        """Return fields of stored JSON that the class does not know."""
        return dict(self._unknown_fields or {})

    def increment_fields(self) -> dict[str, Any]:
        """Return number and references of increments."""
        return self._run_state.fields()

    def increment_start(self) -> int:
        """Return the first row that no increment has yet."""
        return self._run_state.start

    def note_of(self, index: int) -> dict[str, Any]:
        """Return what is noted of a column: dtypes of frames, kinds of cells that were read."""
        rows = self.rows
        if isinstance(rows, ColumnRows):
            return rows.sources[index].dtype
        return rows.notes[index] if isinstance(rows, JsonRows) else self._base_notes.get(index, {})

    def noted_index(self) -> Any:
        """Return the note of the index of the frame that the table was made from."""
        if self._stored is None:
            return self._index_note
        return None if self._fidelity is None else self._fidelity.measures.get("index")

    def record(self, notes: list[dict[str, Any]], steps: list[str]) -> FidelityRecord | None:
        """Return the record to write; none for a table that was read without one and needs no note."""
        for index, note in enumerate(notes):
            if not isinstance(self.rows, ColumnRows):
                notes[index] = lasting_note(self.note_of(index)) | note
        columns = {str(name): note for name, note in zip(self.columns, notes, strict=True) if note}
        if self._stored is not None and self._fidelity is None and not steps and not columns:
            return None
        measures: dict[str, Any] = {"columns": columns} if columns else {}
        if (index_note := self.noted_index()) is not None:
            measures["index"] = index_note
        self._fidelity = FidelityRecord("lossy" if steps else "lossless", self._source, steps, **measures)
        return self._fidelity

    @property
    def fidelity(self) -> FidelityRecord | None:
        """What the cells lose on the wire: for a table that was made here, a pass over its cells."""
        if self._stored is None:
            self.record(*table_write.note_table(self))
        return self._fidelity

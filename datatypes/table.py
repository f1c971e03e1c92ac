"""`Table`: rows of cells of every kind, in typed columns (wire tags ``table``, ``table-file``, ``incremental-table-file``)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import table_compare, table_facts, table_frames, table_read, table_run, table_write
from datatypes.base import Media
from datatypes.column_types import ColumnType, members
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.fidelity import FidelityRecord
from datatypes.table_notes import lasting_note
from datatypes.table_keys import TableIndex, TableKey, TableLink
from datatypes.table_rows import ColumnRows, JsonRows, ListRows, Rows
from datatypes.table_typing import RowTypes, declared_types, settle_text, widen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableSequence, Sequence
    from typing import BinaryIO

    import pandas as pd

    from datatypes.base import WBValue
    from datatypes.ports import MediaSink, MediaSource, RunSink

__all__ = ["Table"]

LogMode = Literal["IMMUTABLE", "MUTABLE", "INCREMENTAL"]


class TableJSON(TypedDict, total=False):
    """Form on the wire."""

    _type: Literal["table", "table-file", "incremental-table-file"]
    columns: list[str | int]
    data: list[list[Any]]
    column_types: dict[str, Any]
    ncols: int
    nrows: int
    log_mode: str
    increment_num: int
    previous_increments_paths: list[str]
    path: str  # run only, as the next four
    sha256: str
    size: int
    artifact_path: str
    _latest_artifact_path: str


class Table(Media):
    """Rows in typed columns; a cell may hold a number, text, a time, a list, an array, any medium, or a table.

    Parameters
    ----------
    columns : list of str or int, optional
        Names; ``["Input", "Output", "Expected"]`` unless given.
    data : list of rows, ndarray or DataFrame, optional
        The rows; each has a cell for each column. An array is two-dimensional or more.
    rows : list of rows, optional
        Old name of `data`.
    dataframe : pandas.DataFrame, optional
        The table as a frame; the parameters before are then ignored. It is kept and written by column.
    dtype : object, optional
        Type of all columns, or a list with one for each; see `datatypes.column_inference.from_dtype`.
    optional : bool or list of bool
        Whether cells may be None.
    allow_mixed_types : bool
        Let cells of one column be of any kind.
    log_mode : {"IMMUTABLE", "MUTABLE", "INCREMENTAL"}
        What a run does when the table is logged again.

    Raises
    ------
    RejectedTypeError, RejectedValueError
        If a row has another width, or a cell does not fit its column; the message names row and column.

    Notes
    -----
    No row is ever cut off. What JSON cannot carry (dtypes, zones, NaN and so on) is kept in the fidelity record.
    """

    artifact_type = "table"
    wire_aliases = ("table-file", "incremental-table-file")
    media_folder = "media/table"
    file_extensions = (".csv", ".tsv", ".parquet", ".jsonl", ".arrow", ".feather")
    wire_keys: ClassVar[frozenset[str]] = frozenset(TableJSON.__annotations__)

    def __init__(
        self,
        columns: list[str | int] | None = None,
        data: Any = None,
        rows: list[Any] | None = None,
        dataframe: pd.DataFrame | None = None,
        dtype: Any = None,
        optional: bool | list[bool] = True,
        allow_mixed_types: bool = False,
        log_mode: LogMode = "IMMUTABLE",
    ) -> None:
        super().__init__()
        self._reset()
        if log_mode not in ("IMMUTABLE", "MUTABLE", "INCREMENTAL"):
            remedy = "Pass IMMUTABLE, MUTABLE or INCREMENTAL."
            raise RejectedValueError("log_mode", f"is {log_mode!r}", remedy)
        self.log_mode: LogMode = log_mode
        self.allow_mixed_types = allow_mixed_types
        if dataframe is not None and not table_frames.is_frame(dataframe):
            raise RejectedTypeError("dataframe", f"is {type(dataframe).__name__}", "Pass a DataFrame of pandas.")
        data = rows if data is None else data
        frame = dataframe if dataframe is not None else data if table_frames.is_frame(data) else None
        if frame is not None:
            self._take_columns(*table_frames.from_frame(frame), dtype, optional)
            return
        self.columns = table_read.checked_columns(["Input", "Output", "Expected"] if columns is None else columns)
        kind, source, given = table_read.checked_rows(data, self.columns)
        types = declared_types(self.columns, dtype, optional, allow_mixed_types=allow_mixed_types)
        self._types = RowTypes(self.columns, types)
        self._source, self._base_notes = {"kind": kind}, source
        self._cast_keys(given)
        with table_write.gc_paused():
            self._types.admit_columns(list(zip(*given, strict=True)) if given else [()] * len(self.columns), 0)
        self._rows = ListRows(given, len(self.columns))

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

    # types ---------------------------------------------------------------------------------------------------------

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

    # rows ----------------------------------------------------------------------------------------------------------

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
            found = fn(number, dict(zip(self.columns, row, strict=True)))
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

    # keys ----------------------------------------------------------------------------------------------------------

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
        if start.name in ("primaryKey", "foreignKey", "foreignIndex") or optional and members(start)[0].name.endswith("Key"):
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
            raise RejectedValueError(f"column {column!r}", "is a key and cannot be optional", "Cast it without optional.")
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

    # frames --------------------------------------------------------------------------------------------------------

    def get_dataframe(self) -> pd.DataFrame:
        """Return the table as a frame; the spelling of the SDK."""
        return self.to_pandas()

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas frame, with the dtypes and the index that it was made from where it was one."""
        return table_frames.to_frame(self)

    def to_arrow(self) -> Any:
        """Return the table as a `pyarrow.Table`; media become text of their JSON."""
        return table_frames.to_arrow(self)

    @classmethod
    def from_arrow(cls, table: Any, *, log_mode: LogMode = "IMMUTABLE") -> Self:
        """Make a table of a `pyarrow.Table`; it is kept and written by column.

        Raises
        ------
        RejectedTypeError
            If it is none, or a column has a type without a form on the wire, such as unions.
        """
        value = cls(columns=[], log_mode=log_mode)
        value._take_columns(*table_frames.from_arrow(table), None, True)
        return value

    @classmethod
    def from_file(cls, name: str, source: MediaSource) -> WBValue:
        """Make a table of a plain file: CSV, TSV, Parquet, JSON lines or Arrow."""
        table = table_frames.read_file(name, source)
        value = cls.from_arrow(table)
        value._source = {"kind": "file"}
        value._name = name
        value.set_artifact_source(source)
        return value

    # wire ----------------------------------------------------------------------------------------------------------

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the JSON; files of its cells go to the target.

        Raises
        ------
        UnboundValueError
            If the target is a run and `bind_to_run` was not called.
        RejectedValueError
            If two columns have one name, or the table contains itself.
        RejectedTypeError
            If a cell has no form on the wire; names row and column.
        """
        if run_or_artifact.dialect == "run":
            return table_run.run_json(self, self._file_json(run_or_artifact))
        return table_write.ArtifactWriter(self, run_or_artifact).to_json()

    def write_json(self, file: BinaryIO, sink: MediaSink) -> None:
        """Write the text of the object in an artifact as it goes along, so that a large table is never held twice.

        Parameters
        ----------
        file : file object
            Opened for writing bytes.
        sink : MediaSink
            An artifact; files of cells go there.
        """
        table_write.ArtifactWriter(self, sink).write(file)

    def file_is_set(self) -> bool:
        """Whether there is something to log: always."""
        return True

    def bind_to_run(self, run: RunSink, key: str, step: int | str, id_: int | str | None = None) -> None:
        """Put the side file into a run, and the table with its real cells beside it where the run keeps artifacts."""
        if run is None:
            raise RejectedTypeError("run", "is None", "Pass the run that the table is logged to.")
        table_run.bind(self, run, key, step, id_)

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a table of any SDK, from an artifact, a run or a cell; no cell is decoded before it is used."""
        value = cls.__new__(cls)
        Media.__init__(value)
        value._reset()
        table_read.read(value, json_obj, source_artifact)
        return value

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
            problem = f'is the name of columns {first} and {second}, and only one could keep its type'
            raise RejectedValueError(f'column "{name}"', problem, "Rename one.")
        types, rows = self.types, self.rows
        for index in range(rows.width):
            is_text = any(member.name in ("string", "artifactVersion") for member in members(types[index]))
            if is_text and not (isinstance(rows, ColumnRows) and not rows.sources[index].may_name_artifacts()):
                types[index] = settle_text(types[index], rows.column(index))

    @contextlib.contextmanager
    def being_written(self) -> Iterator[None]:
        """Guard against a table that contains itself.

        Raises
        ------
        RejectedValueError
            If it does.
        """
        if self._is_being_written:
            raise RejectedValueError("Table", "contains itself", "Take it out of its own cells.")
        self._is_being_written = True
        try:
            yield
        finally:
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
        """Return the record to write; none for a table that was read without one and loses nothing."""
        for index, note in enumerate(notes):
            if not isinstance(self.rows, ColumnRows):
                notes[index] = lasting_note(self.note_of(index)) | note
        columns = {str(name): note for name, note in zip(self.columns, notes, strict=True) if note}
        if self._stored is not None and self._fidelity is None and not steps:
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

    # comparing, showing --------------------------------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """Return what a reader can check; of more than 40 rows the first three and the last."""
        return table_facts.table_facts(self)

    def difference(self, other: WBValue, key: str | int | None = None) -> dict[str, Any]:
        """Count how two tables differ.

        Parameters
        ----------
        other : Table
            The newer one.
        key : str or int, optional
            Column that tells rows apart; the primary key unless given, else the number of the row.

        Returns
        -------
        dict
            ``rows_added``, ``rows_removed``, ``cells_changed`` (counts), ``columns_added``, ``columns_removed``
            (names) and ``changed_by_column`` (column → count).
        """
        self._same_type(other)
        assert isinstance(other, Table)
        return table_compare.compare(self, other, key)

    def __eq__(self, other: object) -> bool:
        """Equal if columns and cells are, by value; NaN equals NaN, and a boolean no number."""
        return isinstance(other, Table) and table_compare.equal(self, other)

    __hash__ = None  # type: ignore[assignment]  # compared by value, and values change

    def __repr__(self) -> str:
        """One line: size and columns."""
        if self._columns is None or self._rows is None:
            return f"Table({self.path!r}, not read yet)"
        names = ", ".join(map(str, self.columns[:6])) + (", …" if len(self.columns) > 6 else "")
        return f"Table({len(self.rows):,} rows × {len(self.columns)} columns: {names})"

    def _repr_html_(self) -> str:
        """Return the first rows for a notebook, all text escaped."""
        return table_frames.to_html(self)



"""`Table`: rows of cells of every kind, in typed columns.

Wire tags ``table``, and in runs ``table-file`` and ``incremental-table-file``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import table_compare, table_facts, table_frames, table_html, table_read, table_run, table_write
from datatypes.base import Media
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.table_growth import GrowingTable
from datatypes.table_rows import ListRows
from datatypes.table_typing import RowTypes, declared_types

if TYPE_CHECKING:
    from typing import BinaryIO

    import pandas as pd

    from datatypes.base import WBValue
    from datatypes.ports import MediaSink, MediaSource, RunSink
    from datatypes.table_state import LogMode

__all__ = ["Table"]


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


class Table(GrowingTable):
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

    def run_artifact(self, run_id: str, key: str) -> table_run.RunArtifact:
        """Name the artifact in which a run keeps the real cells when it logs the table under `key`.

        Returns
        -------
        RunArtifact
            ``name``, ``type`` and ``entry``, the name that the table is added under.
        """
        return table_run.artifact_of(self, run_id, key)

    @property
    def is_streamed(self) -> bool:
        """Whether the table has so many cells that `write_json` is to be preferred to `to_json`."""
        return len(self.rows) * len(self.columns) > table_write.STREAMED_CELLS

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a table of any SDK, from an artifact, a run or a cell; no cell is decoded before it is used."""
        value = cls.__new__(cls)
        Media.__init__(value)
        value._reset()
        table_read.read(value, json_obj, source_artifact)
        return value

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
            Column that tells rows apart. Unless given: the primary key, else a column whose name says that it does,
            else rows are paired in their order; see `datatypes.table_pairing`.

        Returns
        -------
        dict
            ``rows_added``, ``rows_removed``, ``cells_changed`` (counts), ``columns_added``, ``columns_removed``
            (names), ``changed_by_column`` (column → count), ``rows_moved``, ``columns_moved`` (what stands in another
            order), and if anything differs the ``key`` by which rows were paired, unless that was their order.
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
        return table_html.to_html(self)

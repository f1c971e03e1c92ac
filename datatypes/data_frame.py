"""`DataFrame` and `data_frame_to_json`: a pandas frame as a Parquet file (wire tag ``data-frame``)."""

from __future__ import annotations

import io
import json
import secrets
import string
from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes import wire
from datatypes.base import Media, WBValue
from datatypes.errors import RejectedTypeError, RejectedValueError, UnreadableMediaError, WireFormatError
from datatypes.fidelity import FidelityRecord
from datatypes.payload import BytesPayload, SourcePayload

if TYPE_CHECKING:
    import pandas as pd

    from datatypes.ports import MediaSink, MediaSource, RunSink

__all__ = ["DataFrame", "data_frame_to_json"]

FOLDER = "media/data_frames"
#: Columns that are added to the stored copy, so that rows of many runs can be told apart.
RESERVED = ("wandb_run_id", "wandb_data_frame_id")
_LETTERS = string.ascii_lowercase + string.digits


class DataFrame(Media):
    """A pandas frame, kept as Parquet.

    Parameters
    ----------
    df : pandas.DataFrame
        The frame; what cannot be a column of Parquet is refused.

    Raises
    ------
    RejectedTypeError
        If it is no frame, or a column cannot be stored.
    """

    artifact_type = "data-frame"
    media_folder = FOLDER
    wire_keys: ClassVar[frozenset[str]] = frozenset(
        ["_type", "id", "format", "project", "entity", "run", "path", "sha256", "size"]
    )

    def __init__(self, df: pd.DataFrame) -> None:
        super().__init__()
        self._stored: dict[str, Any] = {}
        self._set_payload(BytesPayload(parquet_bytes(df), ".parquet"))
        self._fidelity = FidelityRecord("lossless", {"kind": "DataFrame", "shape": list(df.shape)})

    def to_pandas(self) -> pd.DataFrame:
        """Return the frame with its dtypes and index.

        Raises
        ------
        UnreadableMediaError
            If the file is not Parquet.
        """
        found: pd.DataFrame = self.to_arrow().to_pandas()
        return found

    def to_arrow(self) -> Any:
        """Return the frame as a `pyarrow.Table`."""
        import pyarrow as pa
        from pyarrow import parquet

        with self.open() as file:
            try:
                return parquet.read_table(file)
            except (pa.ArrowException, OSError, ValueError) as error:
                name = self.path or "frame"
                raise UnreadableMediaError(name, f"is not Parquet ({error})", "Restore the file.") from error

    @property
    def columns(self) -> list[str]:
        """Names of the columns in the file; its rows are not read."""
        from pyarrow import parquet

        with self.open() as file:
            return list(parquet.ParquetFile(file).schema_arrow.names)

    def media_cell(self, text: Any) -> Any:
        """Return the value of a cell of media: old SDKs kept it as the text of its JSON."""
        origin = self.artifact_source
        if not isinstance(text, str) or not text.startswith("{") or origin is None:
            return text
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return WBValue.init_from_json(found, origin.artifact) if wire.is_value_json(found) else text

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the JSON: of a frame that was read the fields of its run as well."""
        kept: dict[str, Any] = {
            key: self._stored[key] for key in ("id", "project", "entity", "run") if key in self._stored
        }
        return {**self._rest(), **kept, **self._file_json(run_or_artifact), "format": "parquet"}

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a frame; of the absolute path that old SDKs wrote only the part below the run counts."""
        value = cls.__new__(cls)
        Media.__init__(value)
        if json_obj.get("format", "parquet") != "parquet":
            raise WireFormatError("data-frame JSON", f"has the format {json_obj['format']!r}", "Log it again.")
        path = wire.text_field(json_obj, "path", "data-frame").replace("\\", "/")
        start = path.rfind(f"{FOLDER}/")
        value._stored = json_obj
        value._set_payload(SourcePayload(source_artifact, path[start:] if start > 0 else path))
        value._keep_rest(json_obj)
        value.set_artifact_source(source_artifact)
        return value

    def facts(self) -> dict[str, Any]:
        """Return what a reader can check: columns, number of rows, and the first rows by column."""
        stored = self._stored
        facts: dict[str, Any] = {"$media": "data-frame", "format": "parquet"}
        facts |= {key: stored.get(key) for key in ("entity", "project", "run")}
        facts["path_is_absolute"] = str(stored.get("path", "")).startswith("/")
        try:
            table = self.to_arrow()
        except LookupError:
            return {"$media": "data-frame", "$missing_file": self.path}
        data = {name: table.column(name).slice(0, 3).to_pylist() for name in table.column_names if name != RESERVED[1]}
        facts["file"] = {
            "columns": list(table.column_names),
            "data": {name: [_fact(cell) for cell in cells] for name, cells in data.items()},
            "path": self.path,
            "rows": table.num_rows,
        }
        return facts

    def difference(self, other: WBValue, key: str | int | None = None) -> dict[str, Any]:
        """Measure rows and cells; see `Table.difference`."""
        from datatypes.table import Table

        self._same_type(other)
        assert isinstance(other, DataFrame)
        return Table(dataframe=self.to_pandas()).difference(Table(dataframe=other.to_pandas()), key)

    def __eq__(self, other: object) -> bool:
        """Equal if columns, dtypes and cells are."""
        if not isinstance(other, DataFrame):
            return False
        return self._file().sha256 == other._file().sha256 or self.to_pandas().equals(other.to_pandas())

    __hash__ = None

    def __repr__(self) -> str:
        """One line."""
        return f"DataFrame({self.path or 'not stored yet'})"

    def _repr_html_(self) -> str:
        """Return the first rows for a notebook."""
        from datatypes.table import Table

        return Table(dataframe=self.to_pandas())._repr_html_()


def _fact(cell: Any) -> Any:
    from datatypes.table_facts import plain_fact

    return plain_fact(cell)


def parquet_bytes(df: Any) -> bytes:
    """Return a frame as Parquet.

    Raises
    ------
    RejectedTypeError
        If it is no frame, or a column cannot be stored.
    """
    import pyarrow as pa
    from pyarrow import parquet

    from datatypes.table_frames import is_frame

    if not is_frame(df):
        raise RejectedTypeError("df", f"is {type(df).__name__}", "Pass a DataFrame of pandas.")
    try:
        table = pa.Table.from_pandas(df)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise RejectedTypeError("df", f"has a column that Parquet cannot hold ({error})", "Convert it.") from error
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd", compression_level=1)
    return buffer.getvalue()


def data_frame_to_json(df: pd.DataFrame, run: RunSink, key: str, step: int | str) -> dict[str, Any]:
    """Store a frame in a run and return what the run's summary says of it.

    Parameters
    ----------
    df : pandas.DataFrame
        The frame; it is not changed. Cells that are media become the text of their JSON in the run.
    run : RunSink
        The run.
    key : str
        Key in the summary.
    step : int or str
        Step, or ``"summary"``; names the files of media.

    Returns
    -------
    dict
        ``_type``, ``id`` (8 characters), ``format``, ``project``, ``entity``, ``run``, ``path``, and ``sha256``.

    Raises
    ------
    RejectedValueError
        If the frame has a column ``wandb_run_id`` or ``wandb_data_frame_id``.
    RejectedTypeError
        If it is no frame, or a column cannot be stored.

    Notes
    -----
    Source: SDK 0.10.12. `path` is relative to the run's files, where W&B wrote an absolute one.
    """
    from datatypes.table_frames import is_frame

    if not is_frame(df):
        raise RejectedTypeError("df", f"is {type(df).__name__}", "Pass a DataFrame of pandas.")
    for name in RESERVED:
        if name in df.columns:
            raise RejectedValueError(f"column {name!r}", "is reserved", "Rename it.")
    frame_id = "".join(secrets.choice(_LETTERS) for _ in range(8))
    copy = df.copy()
    for position in range(copy.shape[1]):
        cells = copy.iloc[:, position]
        if cells.dtype == object and any(isinstance(cell, WBValue) for cell in cells):
            texts = [_media_text(cell, run, key, step) for cell in cells]
            copy.isetitem(position, texts)
    copy[RESERVED[0]], copy[RESERVED[1]] = str(run.id), frame_id
    stored = run.add_file(parquet_bytes(copy), f"{FOLDER}/{key.strip('/').replace('..', '__')}-{frame_id}.parquet")
    return {
        "_type": "data-frame",
        "id": frame_id,
        "format": "parquet",
        "project": run.project,
        "entity": getattr(run, "entity", None),
        "run": run.id,
        "path": stored.path,
        "sha256": stored.digest,
    }


def _media_text(cell: Any, run: RunSink, key: str, step: int | str) -> Any:
    if not isinstance(cell, WBValue):
        return cell
    if isinstance(cell, Media):
        cell.bind_to_run(run, key, step)
    return json.dumps(cell.to_json(run))

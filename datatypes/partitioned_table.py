"""`PartitionedTable`: the tables below a folder of an artifact, as one (wire tag ``partitioned-table``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes import wire
from datatypes.base import Media, WBValue
from datatypes.errors import WireFormatError
from datatypes.table import Table
from datatypes.table_entries import reference_in_run, same_entry
from datatypes.table_facts import rows_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from datatypes.ports import MediaSink, MediaSource, RunSink

__all__ = ["PartitionedTable"]


class PartitionedTable(Media):
    """All tables below a path, read as one.

    Parameters
    ----------
    parts_path : str
        Folder in the artifact, without a slash at its end.
    """

    artifact_type = "partitioned-table"
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "parts_path", "artifact_path"})

    def __init__(self, parts_path: str) -> None:
        super().__init__()
        self.parts_path = parts_path
        self._source: MediaSource | None = None
        self._reference: str | None = None
        self._parts: dict[str, Table] | None = None

    @property
    def parts(self) -> dict[str, Table]:
        """Name → table, in the order of the manifest: so ``10`` comes before ``2``.

        Raises
        ------
        WireFormatError
            If an entry below the path is no table, or has other columns than the first one.
        """
        if self._parts is None:
            source = self._source
            prefix = f"{self.parts_path}/"
            found: dict[str, Table] = {}
            for name in source.names(prefix) if source is not None else []:
                part = source.get(name) if name.endswith(".table.json") and source is not None else None
                if not isinstance(part, Table):
                    problem = "lies among the parts of a table and is none"
                    raise WireFormatError(name, problem, f"Move it out of {self.parts_path}.")
                first = next(iter(found.values()), part)
                if part.columns != first.columns:
                    problem = f"has the columns {part.columns}, the first part has {first.columns}"
                    raise WireFormatError(name, problem, "Restore the part.")
                found[name] = part
            self._parts = found
        return self._parts

    @property
    def columns(self) -> list[str | int]:
        """Columns of all parts."""
        return next((part.columns for part in self.parts.values()), [])

    def row_count(self) -> int:
        """Return the number of rows of all parts."""
        return sum(part.row_count() for part in self.parts.values())

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Give each row with its number, part after part."""
        number = 0
        for part in self.parts.values():
            for _, row in part.iterrows():
                yield number, row
                number += 1

    def get_column(self, name: str | int) -> list[Any]:
        """Return the cells of a column, part after part."""
        return [cell for part in self.parts.values() for cell in part.get_column(name)]

    def to_table(self) -> Table:
        """Return all rows as one table."""
        types = next((part.types for part in self.parts.values()), None)
        rows = [row for _, row in self.iterrows()]
        try:
            return Table(columns=list(self.columns), data=rows, dtype=types)
        except (TypeError, ValueError):  # parts whose types differ
            return Table(columns=list(self.columns), data=rows, allow_mixed_types=True)

    def to_pandas(self) -> pd.DataFrame:
        """Return all rows as a frame."""
        return self.to_table().to_pandas()

    def to_arrow(self) -> Any:
        """Return all rows as a `pyarrow.Table`."""
        return self.to_table().to_arrow()

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the JSON; parts that lie in another artifact are added to this one.

        Raises
        ------
        RejectedValueError
            If the target is a run and the value lies in no artifact.
        """
        if run_or_artifact.dialect == "run":
            return {"_type": "partitioned-table", "artifact_path": reference_in_run(self, self._reference)}
        source: Any = self._source
        if source is not None and source is not run_or_artifact:
            for name, part in self.parts.items():
                run_or_artifact.add(part, name)
        return {**self._rest(), "_type": "partitioned-table", "parts_path": self.parts_path}

    def bind_to_run(self, run: RunSink, key: str, step: int | str, id_: int | str | None = None) -> None:
        """Do nothing: there is no side file."""

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a partitioned table; its parts are read when they are used."""
        if "artifact_path" in json_obj and "parts_path" not in json_obj:
            value = cls("")
            value._reference = str(json_obj["artifact_path"])
        else:
            value = cls(wire.text_field(json_obj, "parts_path", "partitioned-table").rstrip("/"))
        value._source = source_artifact
        value._keep_rest(json_obj)
        return value

    def facts(self) -> dict[str, Any]:
        """Return parts in manifest order, columns and all rows."""
        parts = list(self.parts.values())
        facts: dict[str, Any] = {
            "$media": "partitioned-table",
            "parts_path": self.parts_path,
            "parts": list(self.parts),
        }
        facts |= {"columns": self.columns, "nrows": self.row_count()}
        return facts | {"rows": [row for part in parts for row in rows_facts(part, limit=None)["rows"]]}

    def difference(self, other: WBValue, key: str | int | None = None) -> dict[str, Any]:
        """Measure all rows as one table; see `Table.difference`."""
        self._same_type(other)
        assert isinstance(other, PartitionedTable)
        if same_entry(self, other):
            return {"rows_added": 0, "rows_removed": 0, "cells_changed": 0}
        return self.to_table().difference(other.to_table(), key)

    def __eq__(self, other: object) -> bool:
        """Equal if the parts are, in their order; as long as both lie in no artifact, if their paths are."""
        if not isinstance(other, PartitionedTable):
            return False
        if same_entry(self, other):
            return True
        if self._source is None or other._source is None:
            return self.parts_path == other.parts_path
        return list(self.parts.values()) == list(other.parts.values())

    __hash__ = None

    def __repr__(self) -> str:
        """One line."""
        return f"PartitionedTable({self.parts_path!r})"

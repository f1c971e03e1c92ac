"""`JoinedTable`: two tables, and the column that joins their rows (wire tag ``joined-table``)."""

from __future__ import annotations

import math
import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self

from datatypes.base import Media, WBValue
from datatypes.errors import RejectedTypeError, RejectedValueError, WireFormatError
from datatypes.partitioned_table import PartitionedTable
from datatypes.table import Table
from datatypes.table_compare import key_value
from datatypes.table_entries import digest_name, entry_path, entry_source, entry_url, reference_in_run, same_entry
from datatypes.table_naming import content_name

if TYPE_CHECKING:
    from datatypes.ports import MediaSink, MediaSource, RunSink

__all__ = ["JoinedRows", "JoinedTable"]

How = Literal["inner", "left", "right", "outer"]
_SUFFIX = ".table.json"


class JoinedRows(NamedTuple):
    """How many rows of a join come from where."""

    both: int
    left_only: int
    right_only: int


class JoinedTable(Media):
    """Two tables joined by a key.

    Parameters
    ----------
    table1, table2 : Table, PartitionedTable, str or entry
        A table; the name of one in the artifact, ending in ``.table.json``; or an entry of an artifact.
    join_key : str or list of two str
        Column of both, or one of each.

    Raises
    ------
    RejectedValueError
        If a table is none of these, or the key is something else (a tuple is).
    """

    artifact_type = "joined-table"
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "table1", "table2", "join_key", "artifact_path"})

    def __init__(self, table1: Any, table2: Any, join_key: str | list[str]) -> None:
        super().__init__()
        given: Any = join_key
        if not isinstance(given, str) and (not isinstance(given, list) or len(given) != 2):
            problem = f"is {join_key!r}"
            raise RejectedValueError("join_key", problem, "Pass the name of a column, or a list of two.")
        for name, table in (("table1", table1), ("table2", table2)):
            if not self._validate_table_input(table):
                remedy = f"Pass a Table, a name that ends in {_SUFFIX}, or an entry of an artifact."
                raise RejectedValueError(name, f"is {type(table).__name__} {_shown(table)}", remedy)
        self._tables: list[Any] = [table1, table2]
        self._join_key = join_key
        self._paths: list[str | None] = [None, None]
        self._source: Any = None
        self._reference: str | None = None

    @staticmethod
    def _validate_table_input(table: Any) -> bool:
        """Whether something is one of the three kinds that can be joined."""
        if isinstance(table, str):
            return table.endswith(_SUFFIX)
        return isinstance(table, Table | PartitionedTable) or entry_url(table).endswith(_SUFFIX)

    @property
    def join_key(self) -> str | list[str]:
        """Column of both tables, or one of each."""
        return self._join_key

    @property
    def keys(self) -> tuple[str, str]:
        """Column of the left table, column of the right one."""
        key = self._join_key
        return (key, key) if isinstance(key, str) else (key[0], key[1])

    @property
    def table1(self) -> Any:
        """The left table; the text of its path where it cannot be found."""
        return self._table(0)

    @property
    def table2(self) -> Any:
        """The right table; the text of its path where it cannot be found."""
        return self._table(1)

    @property
    def paths(self) -> tuple[str | None, str | None]:
        """Names of the two tables in their artifact; None as long as they lie in none."""
        return self._paths[0], self._paths[1]

    def _table(self, side: int) -> Any:
        table = self._tables[side]
        if isinstance(table, str) and self._source is not None:
            found = self._source.get(table)
            if isinstance(found, Table | PartitionedTable):
                self._tables[side] = table = found
        return table

    def _readable(self, side: int) -> Table | PartitionedTable:
        table = self._table(side)
        if isinstance(table, Table | PartitionedTable):
            return table
        source = entry_source(table)
        found = source.get(entry_path(table) or "") if source is not None else None
        if not isinstance(found, Table | PartitionedTable):
            name = table if isinstance(table, str) else entry_path(table) or _shown(table)
            raise WireFormatError(name, f"is not here, and it is table{side + 1} of a join", "Restore the table.")
        return found

    def _ensure_table_in_artifact(self, table: Any, artifact: MediaSink, table_ndx: int) -> str:
        """Put one of the two into an artifact, unless it is there already, and return its name.

        Raises
        ------
        RejectedValueError
            If it was given by name and the artifact has no such entry.
        """
        if isinstance(table, Table | PartitionedTable):
            origin = table.artifact_source
            if origin is not None and origin.name is not None:
                name = posixpath.basename(origin.name)
                if self._shares_name(table_ndx):
                    name = f"{name.removesuffix(_SUFFIX)}_{content_name(table)[:8]}"
                return artifact.add(table, name).path
            return artifact.add(table, f"t{table_ndx}_{content_name(table)}").path
        if not isinstance(table, str):
            return _store_entry(table, artifact)
        known = getattr(artifact, "names", None)
        if known is not None and table not in known(table):
            remedy = f"Add the table under the name {table.removesuffix(_SUFFIX)} first."
            raise RejectedValueError(table, "is not in the artifact", remedy)
        return table

    def _shares_name(self, table_ndx: int) -> bool:
        """Whether this is the second of two tables that have one name in different artifacts: two versions of one.

        Under that name both would be the first one; a join of versions is what people make most.
        """
        first, second = (getattr(self._table(side), "artifact_source", None) for side in (0, 1))
        if table_ndx == 1 or first is None or second is None or first.name is None or second.name is None:
            return False
        is_same = first.artifact is second.artifact and first.name == second.name
        return not is_same and posixpath.basename(first.name) == posixpath.basename(second.name)

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the JSON; tables that are not in the artifact yet are added to it.

        Raises
        ------
        RejectedValueError
            If the target is a run and the value lies in no artifact, or a table is named that is not there.
        """
        if run_or_artifact.dialect == "run":
            return {"_type": "joined-table", "artifact_path": reference_in_run(self, self._reference)}
        names = []
        for side in (0, 1):
            table = self._table(side)
            if isinstance(self._tables[side], str) and self._source is not None and self._source is not run_or_artifact:
                table = self._readable(side)
            names.append(self._ensure_table_in_artifact(table, run_or_artifact, side + 1))
        self._paths = [*names]
        return {
            **self._rest(),
            "_type": "joined-table",
            "join_key": self._join_key,
            "table1": names[0],
            "table2": names[1],
        }

    def bind_to_run(self, run: RunSink, key: str, step: int | str, id_: int | str | None = None) -> None:
        """Do nothing: there is no side file."""

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a joined table; its two tables are read when they are used, and stay names where they are not found."""
        value = cls.__new__(cls)
        Media.__init__(value)
        value._source, value._reference = source_artifact, None
        value._paths, value._tables, value._join_key = [None, None], ["", ""], ""
        if "artifact_path" in json_obj and "table1" not in json_obj:
            value._reference = str(json_obj["artifact_path"])
            value._keep_rest(json_obj)
            return value
        key, names = json_obj.get("join_key"), [json_obj.get("table1"), json_obj.get("table2")]
        is_pair = isinstance(key, list) and len(key) == 2 and all(isinstance(item, str) for item in key)
        if not (isinstance(key, str) or is_pair) or not all(isinstance(name, str) for name in names):
            raise WireFormatError("joined-table JSON", "has no two tables and a key", "Restore the object file.")
        value._join_key, value._tables, value._paths = key, [*names], [*names]  # type: ignore[assignment]  # checked
        value._keep_rest(json_obj)
        return value

    def counts(self) -> JoinedRows:
        """Return how many rows a full join has of both sides, of the left alone, and of the right alone."""
        pairs = self._pairs()
        left_only = sum(1 for _, right in pairs if right is None)
        right_only = sum(1 for left, _ in pairs if left is None)
        return JoinedRows(len(pairs) - left_only - right_only, left_only, right_only)

    def _pairs(self) -> list[tuple[int | None, int | None]]:
        """Return the numbers of the rows that meet: in the order of the left table, then what only the right has.

        A missing key meets a missing key, as in pandas.
        """
        left, right = self._readable(0), self._readable(1)
        mine, its = left.get_column(self.keys[0]), right.get_column(self.keys[1])
        rows: defaultdict[Any, list[int]] = defaultdict(list)
        for number, cell in enumerate(its):
            rows[_join_value(cell)].append(number)
        used: set[Any] = set()
        pairs: list[tuple[int | None, int | None]] = []
        for number, cell in enumerate(mine):
            value = _join_value(cell)
            used.add(value)
            pairs += [(number, other) for other in rows.get(value, [])] or [(number, None)]
        return pairs + [(None, number) for number, cell in enumerate(its) if _join_value(cell) not in used]

    def join(self, how: How = "inner") -> Table:
        """Return the joined rows as a table.

        Parameters
        ----------
        how : {"inner", "left", "right", "outer"}
            Which rows without a partner are kept; their missing cells are None.

        Returns
        -------
        Table
            The columns of the left, then of the right. A key of one name is there once; other names that both have get
            the endings ``_x`` and ``_y``, as in pandas.

        Raises
        ------
        RejectedValueError
            If `how` is something else, or a table lacks the key.
        WireFormatError
            If one of the tables is missing.
        """
        if how not in ("inner", "left", "right", "outer"):
            raise RejectedValueError("how", f"is {how!r}", "Pass inner, left, right or outer.")
        left, right = self._readable(0), self._readable(1)
        left_key, right_key = self.keys
        shared_key = left_key == right_key
        columns, taken = _joined_names(left.columns, right.columns, left_key if shared_key else None)
        pairs = [
            (one, other)
            for one, other in self._pairs()
            if (one is not None or how in ("right", "outer")) and (other is not None or how in ("left", "outer"))
        ]
        if how == "right":
            pairs.sort(key=lambda pair: (pair[1] is None, pair[1] or 0))
        mine, its = [list(row) for _, row in left.iterrows()], [list(row) for _, row in right.iterrows()]
        rows = []
        for one, other in pairs:
            row = [None] * len(left.columns) if one is None else list(mine[one])
            if one is None and shared_key and other is not None:
                row[left.columns.index(left_key)] = its[other][right.columns.index(right_key)]
            row += [None if other is None else its[other][index] for index in taken]
            rows.append(row)
        return Table(columns=columns, data=rows, allow_mixed_types=True)

    def facts(self) -> dict[str, Any]:
        """Return key, paths, and columns and number of rows of both sides."""
        facts: dict[str, Any] = {"$media": "joined-table", "join_key": self._join_key}
        for side in (0, 1):
            name = f"table{side + 1}"
            table = self._table(side)
            facts[name] = self._paths[side] or (table if isinstance(table, str) else None)
            if isinstance(table, Table | PartitionedTable):
                facts[f"{name}_type"] = table.artifact_type
                facts[f"{name}_columns"], facts[f"{name}_nrows"] = table.columns, table.row_count()
        return facts

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Say whether the keys differ, and measure both tables; see `Table.difference`."""
        self._same_type(other)
        assert isinstance(other, JoinedTable)
        if same_entry(self, other):
            return {"key_changed": 0}
        found: dict[str, Any] = {"key_changed": int(self._join_key != other._join_key)}
        for side in (0, 1):
            mine, its = self._table(side), other._table(side)
            if isinstance(mine, WBValue) and type(mine) is type(its):
                found[f"table{side + 1}"] = mine.difference(its)
            else:
                found[f"table{side + 1}"] = {"changed": int(mine != its)}
        return found

    def __eq__(self, other: object) -> bool:
        """Equal if key and both tables are, or both are the same entry."""
        if isinstance(other, JoinedTable) and same_entry(self, other):
            return True
        return (
            isinstance(other, JoinedTable)
            and self._join_key == other._join_key
            and all(self._table(side) == other._table(side) for side in (0, 1))
        )

    __hash__ = None

    def __repr__(self) -> str:
        """One line."""
        return f"JoinedTable({_shown(self._tables[0])}, {_shown(self._tables[1])}, {self._join_key!r})"


def _shown(table: Any) -> str:
    text = repr(table)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _store_entry(entry: Any, artifact: MediaSink) -> str:
    """Refer to a table that lies in another artifact, under a name that follows from its digest."""
    from datatypes.ports import SourceFile

    source, path = entry_source(entry), getattr(entry, "path", None)
    if source is artifact:
        return str(path)
    if source is None or not isinstance(path, str):
        raise RejectedTypeError("entry", f"{_shown(entry)} does not say where it lies", "Pass the table itself.")
    found = source.get(path)
    if isinstance(found, Table | PartitionedTable):
        found.set_artifact_source(source, path)
        return artifact.add(found, f"{digest_name(str(entry.digest))}{_SUFFIX}").path
    return artifact.add_file(SourceFile(source, path), f"{digest_name(str(entry.digest))}{_SUFFIX}").path


def _join_value(cell: Any) -> Any:
    """Return what keys are matched by: None and NaN are one, 1 and 1.0 too."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "missing", None
    return key_value(cell)


def _joined_names(left: list[str | int], right: list[str | int], key: str | None) -> tuple[list[str | int], list[int]]:
    """Return the names of the joined columns, and which columns of the right table they take."""
    taken = [index for index, name in enumerate(right) if key is None or name != key]
    rest = [right[index] for index in taken]
    both = set(left) & set(rest)
    names: list[str | int] = [f"{name}_x" if name in both else name for name in left]
    return names + [f"{name}_y" if name in both else name for name in rest], taken

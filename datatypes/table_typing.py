"""Types of whole columns, and of rows as they arrive: by the classes of cells, not cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes.column_dtypes import from_dtype
from datatypes.column_inference import ARTIFACT_TEXT, admit, fixed_type, is_missing
from datatypes.column_types import ANY, NONE, NUMBER, STRING, TIMESTAMP, UNKNOWN, ColumnType, members, optional, union
from datatypes.errors import RejectedTypeError, RejectedValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RowTypes", "declared_types", "place", "settle_text", "widen"]

_ARTIFACT = ColumnType("artifactVersion")


def place(row: int, column: str | int) -> str:
    """Name a cell as errors do."""
    return f'row {row}, column "{column}"'


def _refuse(column_type: ColumnType, cell: Any, row: int, column: str | int) -> RejectedTypeError:
    shown = repr(cell)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    problem = f"holds {type(cell).__name__} {shown}, which does not fit the type {str(column_type).lower()}"
    return RejectedTypeError(place(row, column), problem, "Convert it, or pass allow_mixed_types=True.")


def declared_types(
    columns: Sequence[str | int], dtype: Any, optional_columns: bool | Sequence[bool], *, allow_mixed_types: bool
) -> list[ColumnType]:
    """Return the types that columns start with.

    Parameters
    ----------
    columns : sequence
        Names.
    dtype : object
        None, one type for all columns, or a list with one for each; see `datatypes.column_dtypes.from_dtype`.
    optional_columns : bool or list of bool
        Whether null is allowed; one for all, or one for each.
    allow_mixed_types : bool
        Cells may be anything.

    Raises
    ------
    RejectedValueError
        If a list has not one item for each column.
    """
    count = len(columns)
    types = dtype if isinstance(dtype, list) else [dtype] * count
    nullable = (
        list(optional_columns) if isinstance(optional_columns, list | tuple) else [bool(optional_columns)] * count
    )
    for name, given in (("dtype", types), ("optional", nullable)):
        if len(given) != count:
            raise RejectedValueError(name, f"has {len(given)} items for {count} columns", "Pass one for each column.")
    unknown = ANY if allow_mixed_types else UNKNOWN
    found = [unknown if item is None else from_dtype(item) for item in types]
    return [optional(item) if may else item for item, may in zip(found, nullable, strict=True)]


def _looks_at_values(column_type: ColumnType) -> bool:
    """Whether cells of one class may fit or not by their value."""
    return any(member.name in ("const", "classesId") for member in members(column_type))


def _is_undecided(column_type: ColumnType) -> bool:
    return any(member.name == "unknown" for member in members(column_type))


def _allows_null(column_type: ColumnType) -> bool:
    return NONE in members(column_type)


def widen(
    column_type: ColumnType, cells: Sequence[Any], column: str | int, first_row: int
) -> tuple[ColumnType, set[type]]:
    """Return the type that a column has once it holds `cells` too, and the classes of these.

    Raises
    ------
    RejectedTypeError
        If a cell does not fit; names row and column.
    """
    kinds = set(map(type, cells))
    if _looks_at_values(column_type) or any(fixed_type(kind) is None for kind in kinds):
        return _widen_each(column_type, cells, column, first_row), kinds
    found: ColumnType | None = column_type
    for kind in sorted(kinds, key=lambda item: item.__name__):
        for sample in _samples(kind, cells, null_too=not _allows_null(column_type)):
            found = None if found is None else admit(found, sample)
    if found is None:
        return _widen_each(column_type, cells, column, first_row), kinds
    return found, kinds


def _samples(kind: type, cells: Sequence[Any], *, null_too: bool) -> list[Any]:
    """Return the cells of a class that stand for all of them: one, and one that is missing where that matters."""
    if fixed_type(kind) not in (NUMBER, TIMESTAMP):
        return [next(cell for cell in cells if type(cell) is kind)]
    present = next((cell for cell in cells if type(cell) is kind and cell == cell), None)  # noqa: PLR0124  # not NaN
    if null_too or present is None:
        missing = any(type(cell) is kind and cell != cell for cell in cells)  # noqa: PLR0124
        return ([] if present is None else [present]) + ([None] if missing else [])
    return [present]


def _widen_each(column_type: ColumnType, cells: Sequence[Any], column: str | int, first_row: int) -> ColumnType:
    checks = _looks_at_values(column_type)
    settled: set[type] = set()
    for row, cell in enumerate(cells, first_row):
        kind = type(cell)
        if kind in settled and not checks:
            continue
        found = admit(column_type, cell)
        if found is None:
            raise _refuse(column_type, cell, row, column)
        column_type = found
        fixed = fixed_type(kind)
        if fixed is not None and fixed not in (NUMBER, TIMESTAMP):
            settled.add(kind)
    return column_type


def settle_text(column_type: ColumnType, cells: Sequence[Any]) -> ColumnType:
    """Return the type of a column of text: text that names an artifact is of another type for W&B's reader."""
    allowed = members(column_type)
    if STRING not in allowed and _ARTIFACT not in allowed:
        return column_type
    texts = [cell for cell in cells if type(cell) is str]
    named = sum(map(_names_artifact, texts)) if _any_named(texts) else 0
    rest = [member for member in allowed if member not in (STRING, _ARTIFACT)]
    if not named:
        return union([*rest, STRING])
    if named == len(texts):
        return union([*rest, _ARTIFACT])
    return union([ANY, *(member for member in rest if member == NONE)])


def _names_artifact(text: str) -> bool:
    return text.startswith(ARTIFACT_TEXT)


def _any_named(texts: list[str]) -> bool:
    return any(map(_names_artifact, texts)) if texts else False


class RowTypes:
    """Types of the columns of a table that grows by rows.

    Parameters
    ----------
    columns : list
        Names.
    types : list of ColumnType
        What they start with.

    Attributes
    ----------
    admitted : dict
        Classes of a row → numbers of the columns whose cells must be looked at in every row of that kind. A row whose
        classes are a key, with nothing to look at, fits: that is all that most rows cost.
    """

    def __init__(self, columns: list[str | int], types: list[ColumnType]) -> None:
        self.columns = columns
        self.types = types
        self.kinds: list[set[type]] = [set() for _ in columns]
        self.admitted: dict[tuple[type, ...], tuple[int, ...]] = {}

    def admit_row(self, row: Sequence[Any], number: int, only: Sequence[int] | None = None) -> tuple[int, ...]:
        """Let a row in, and return the columns that each row of its kind must be looked at in.

        Raises
        ------
        RejectedTypeError
            If a cell does not fit; the types stay as they were.
        """
        widened: dict[int, ColumnType] = {}
        for index in range(len(row)) if only is None else only:
            found = admit(self.types[index], row[index])
            if found is None:
                raise _refuse(self.types[index], row[index], number, self.columns[index])
            if found is not self.types[index]:
                widened[index] = found
        for index, found in widened.items():
            self.types[index] = found
        if only is not None:
            return ()
        for index, cell in enumerate(row):
            self.kinds[index].add(type(cell))
        deep = tuple(index for index, cell in enumerate(row) if self._must_look(index, cell))
        self.admitted[tuple(map(type, row))] = deep
        return deep

    def _must_look(self, index: int, cell: Any) -> bool:
        column_type = self.types[index]
        fixed = fixed_type(type(cell))
        if fixed is None or _looks_at_values(column_type):
            return True
        if fixed not in (NUMBER, TIMESTAMP) or isinstance(cell, int):
            return False
        return is_missing(cell) or _is_undecided(column_type) or not _allows_null(column_type)

    def admit_columns(self, cells_by_column: Sequence[Sequence[Any]], first_row: int) -> None:
        """Let many rows in, given by column.

        Raises
        ------
        RejectedTypeError
            If a cell does not fit; the types stay as they were.
        """
        found = [
            widen(column_type, cells, column, first_row)
            for column_type, cells, column in zip(self.types, cells_by_column, self.columns, strict=True)
        ]
        for index, (column_type, kinds) in enumerate(found):
            self.types[index] = column_type
            self.kinds[index] |= kinds

    def recheck(self, cells_by_column: Sequence[Sequence[Any]], first_row: int) -> None:
        """Look at cells that may have been changed past `add_data`: where a new class turns up, it must fit."""
        for index, cells in enumerate(cells_by_column):
            kinds = set(map(type, cells))
            if not kinds <= self.kinds[index]:
                self.types[index] = widen(self.types[index], cells, self.columns[index], first_row)[0]
                self.kinds[index] |= kinds

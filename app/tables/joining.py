"""Two tables joined by a key: which rows meet, the library says; the rows themselves are put side by side by DuckDB."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.tables.columns import Column
from app.tables.loading import Loader

if TYPE_CHECKING:
    import duckdb

    from datatypes.joined_table import JoinedTable

__all__ = ["SIDES", "load_join"]

#: What the column says that tells where a row comes from.
SIDES = ("both", "left only", "right only")


def load_join(value: JoinedTable, loader: Loader) -> dict[str, Any]:
    """Load the full join: the key first, then each column of the left beside the one of the right of its name.

    Parameters
    ----------
    value : JoinedTable
        Its two tables must be there.
    loader : Loader
        Takes the rows; nothing was loaded yet.

    Returns
    -------
    dict
        ``keys``, ``column`` (name of the one that tells the sides apart), ``both``, ``left``, ``right``.

    Raises
    ------
    WireFormatError
        If one of the tables is missing.
    """
    import pyarrow as pa

    pairs = value._pairs()
    connection = loader.connection
    sides = []
    for name, table in (("l", value._readable(0)), ("r", value._readable(1))):
        side = Loader(connection, name)
        parts = list(table.parts.values()) if hasattr(table, "parts") else [table]
        for part, item in enumerate(parts):
            side.add_table(item, part)
        side.finish()
        sides.append(side.columns)
    meeting = {
        "i": pa.array([left for left, _ in pairs], pa.int64()),
        "k": pa.array([right for _, right in pairs], pa.int64()),
    }
    connection.register("pairs", pa.table({"n": pa.array(range(len(pairs)), pa.int64()), **meeting}))
    columns, selected = _columns(sides[0], sides[1], value.keys)
    connection.execute(
        f"CREATE TABLE t AS SELECT {', '.join(selected)} FROM pairs LEFT JOIN l ON l.rowid = pairs.i "
        "LEFT JOIN r ON r.rowid = pairs.k ORDER BY pairs.n"
    )
    connection.unregister("pairs")
    for name in ("l", "r"):
        connection.execute(f"DROP TABLE {name}")
    loader.take(_typed(connection, columns), len(pairs))
    both = sum(1 for left, right in pairs if left is not None and right is not None)
    left_only = sum(1 for _, right in pairs if right is None)
    counts = {"both": both, "left": left_only, "right": len(pairs) - both - left_only}
    return {
        "keys": list(value.keys),
        "column": next(column.name for column in columns if column.side == "join"),
        **counts,
    }


def _columns(left: list[Column], right: list[Column], keys: tuple[str, str]) -> tuple[list[Column], list[str]]:
    """Return the columns of the join, and the SQL of each."""
    mine = {column.name: column for column in left}
    its = {column.name: column for column in right}
    shared = keys[0] == keys[1]
    columns: list[Column] = []
    selected: list[str] = []

    def add(column: Column, sql: str, side: str, name: str = "", mixed: str = "") -> None:
        index = len(columns)
        columns.append(replace(column, index=index, side=side, name=name or column.name))
        selected.append(f"{sql} AS c{index}")
        if column.kind == "mixed":
            selected.append(f"{mixed or sql.replace('.c', '.j')} AS j{index}")

    key, other = mine[keys[0]], its[keys[1]]
    if shared:
        same = key.sql_type == other.sql_type and "mixed" not in (key.kind, other.kind)
        sql = (
            f"coalesce(l.{key.sql}, r.{other.sql})"
            if same
            else f"coalesce(CAST(l.{key.sql} AS VARCHAR), CAST(r.{other.sql} AS VARCHAR))"
        )
        add(key if same else replace(key, kind="text"), sql, "key")
    else:
        add(key, f"l.{key.sql}", "key")
        add(other, f"r.{other.sql}", "key")
    status = _unused("join", {*mine, *its})
    add(
        Column(index=0, name=status, kind="text", label="side"),
        f"CASE WHEN pairs.k IS NULL THEN '{SIDES[1]}' WHEN pairs.i IS NULL THEN '{SIDES[2]}' ELSE '{SIDES[0]}' END",
        "join",
    )
    for column in left:
        if column.name == keys[0]:
            continue
        partner = its.get(column.name) if column.name != keys[1] else None
        add(column, f"l.{column.sql}", "left", f"{column.name}_x" if partner else "")
        if partner:
            add(partner, f"r.{partner.sql}", "right", f"{column.name}_y")
    for column in right:
        if column.name != keys[1] and (column.name not in mine or column.name == keys[0]):
            add(column, f"r.{column.sql}", "right")
    return columns, selected


def _unused(name: str, taken: set[str]) -> str:
    while name in taken:
        name += " of rows"
    return name


def _typed(connection: duckdb.DuckDBPyConnection, columns: list[Column]) -> list[Column]:
    types = {str(row[0]): str(row[1]) for row in connection.execute("DESCRIBE t").fetchall()}
    return [replace(column, sql_type=types[column.sql]) for column in columns]

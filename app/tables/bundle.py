"""Rows with the files that their cells name, as one ZIP: what is shown, to take home.

::

    rows.jsonl              the cells as they are stored, a row a line
    rows.csv                the same for spreadsheets: formulas quoted, of a value the name of its file in the bundle
    files/<name>            every file that a value in these rows names, under its stored name; in a join left/, right/
    NOT-INCLUDED.txt        what could not be read, and why; only if there is any

Media are compressed already, so they are only stored. Each is checked against its digest while it is read.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO

from app.tables import export
from app.tables.columns import unique_names
from datatypes.side_files import side_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.tables.columns import Column
    from app.tables.opening import OpenTable
    from app.tables.selection import Selection

__all__ = ["write"]

#: What a source may raise for a file that a stranger's cell names: lost, outside of the artifact, changed, unreadable.
_UNREADABLE = (LookupError, OSError, ValueError)

#: Bytes that are copied at a time, and of a sheet that are held in memory.
_PIECE = 1 << 20
_SHEET = 16 << 20

#: Files of a fixed time make equal selections equal bundles. ZIP knows no earlier one.
_TIME = (1980, 1, 1, 0, 0, 0)

_FILES = "files/"


class _Files:
    """The files of a bundle, each once; what cannot be read is kept for the note."""

    def __init__(self, bundle: zipfile.ZipFile) -> None:
        self._bundle = bundle
        self._names: dict[tuple[str, str], str] = {}
        self.lost: dict[str, str] = {}

    def add(self, column: Column, document: Any) -> list[str]:
        """Take the files that a cell names; return the names that they have in the bundle."""
        names = (self._add(column, name) for name in side_files(document))
        return [name for name in names if name]

    def _add(self, column: Column, name: str) -> str:
        side = f"{column.side}/" if column.side in ("left", "right") else ""
        key = side, name
        if key not in self._names:
            self._names[key] = self._copy(column, name, f"{_FILES}{side}")
        return self._names[key]

    def _copy(self, column: Column, name: str, folder: str) -> str:
        from storage.safe_paths import check_name

        try:
            inside = folder + "/".join(check_name(name))
            if column.source is None:
                self.lost[name] = "its table does not say where its files are"
                return ""
            with tempfile.SpooledTemporaryFile(_PIECE) as whole:  # a file that breaks off leaves no part in the bundle
                with column.source.open(name) as source:
                    shutil.copyfileobj(source, whole, _PIECE)
                whole.seek(0)
                with self._bundle.open(_stored(inside), "w", force_zip64=True) as target:
                    shutil.copyfileobj(whole, target, _PIECE)
        except _UNREADABLE as error:
            self.lost[name] = str(error) or type(error).__name__
            return ""
        return inside


def _stored(name: str, *, packed: bool = False) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.external_attr = 0o644 << 16
    return info


def write(table: OpenTable, selection: Selection, columns: Sequence[Column], file: BinaryIO) -> int:
    """Write rows and their files.

    Parameters
    ----------
    table : OpenTable
        Where the rows are.
    selection : Selection
        Which, in which order.
    columns : sequence of Column
        Columns to write, in this order.
    file : file object
        Opened for writing bytes; it can seek.

    Returns
    -------
    int
        Rows written.
    """
    with zipfile.ZipFile(file, "w", allowZip64=True) as bundle:
        with bundle.open(_stored("rows.jsonl", packed=True), "w", force_zip64=True) as lines:
            rows = export.write(table, selection, columns, "json", lines)  # type: ignore[arg-type]  # it writes bytes
        files = _Files(bundle)
        with tempfile.SpooledTemporaryFile(_SHEET) as sheet:  # a bundle is written one entry after the other
            text = io.TextIOWrapper(sheet, encoding="utf-8", newline="", errors="surrogatepass")
            writer = csv.writer(text)
            writer.writerow([export.defused(name) for name in unique_names(columns)])
            for row in export.rows_of(table, selection, columns):
                writer.writerow(_sheet_row(files, columns, row))
            text.detach()
            sheet.seek(0)
            with bundle.open(_stored("rows.csv", packed=True), "w", force_zip64=True) as target:
                shutil.copyfileobj(sheet, target, _PIECE)
        if files.lost:
            note = "".join(f"{name}: {reason}\n" for name, reason in files.lost.items())
            bundle.writestr(_stored("NOT-INCLUDED.txt", packed=True), note.encode("utf-8", "surrogatepass"))
    return rows


def _sheet_row(files: _Files, columns: Sequence[Column], row: Sequence[Any]) -> Iterator[Any]:
    """Give the cells of a row of the sheet; of a value the name of its own file, which is the first that it names."""
    for column, cell in zip(columns, row, strict=True):
        names: list[str] = []
        if isinstance(cell, str) and column.kind in ("media", "json", "mixed"):
            names = files.add(column, json.loads(cell))
        elif isinstance(cell, dict | list):
            names = files.add(column, cell)
        yield export.defused(" ".join(names)) if names else export.csv_cell(cell)

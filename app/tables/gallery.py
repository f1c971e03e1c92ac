"""The pictures of an artifact as the rows of a table: one gallery with the table's filters, orders, labels and cards.

It has no entry of its own; in an address its path is `PICTURES`. Nothing is decoded to list it: what its columns say
stands in the stored JSON of each picture, for plain files in the first bytes of the file.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from app.tables.sources import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.tables.loading import Loader

__all__ = ["COLUMNS", "PICTURES", "Pictures", "picture_names"]

#: Path of the gallery in addresses of rows; an entry of this name has a page of its own, as all have.
PICTURES = "@pictures"

COLUMNS = ("picture", "name", "caption", "width", "height", "format", "masks", "boxes", "bytes", "path")

_IMAGE_JSON = ".image-file.json"

#: Rows that are loaded at once.
_BLOCK = 4096

#: Plain files up to this number are opened for their width and height.
_MAX_OPENED = 5000

#: What a stranger's file may raise; the row stays, without what could not be read.
_UNREADABLE = (LookupError, OSError, ValueError)


def picture_names(names: Sequence[str]) -> list[str]:
    """Return which of the values of an artifact are pictures, by their names alone."""
    from datatypes.image import Image

    endings = tuple(Image.file_extensions)
    return [name for name in names if name.endswith(_IMAGE_JSON) or name.lower().endswith(endings)]


class Pictures(Source):
    """The pictures of an artifact.

    Parameters
    ----------
    artifact : StoredArtifact
        Where they lie.
    names : sequence of str
        Their entries.
    """

    def __init__(self, artifact: Any, names: Sequence[str]) -> None:
        self.artifact, self.names = artifact, list(names)
        self.digests, self.rows = f"{artifact.digest}\0{PICTURES}", len(self.names)

    def fill(self, loader: Loader, limit: int | None) -> Iterator[int]:
        """Load the rows."""
        from datatypes.table import Table

        names = self.names[:limit]
        for start in range(0, max(len(names), 1), _BLOCK):
            rows = [self._row(name) for name in names[start : start + _BLOCK]]
            document = {"_type": "table", "columns": list(COLUMNS), "data": rows, "nrows": len(rows)}
            loader.add_table(Table.from_json({**document, "ncols": len(COLUMNS)}, self.artifact))
            yield loader.rows

    def _row(self, name: str) -> list[Any]:
        document = self._document(name)
        masks, boxes = document.get("masks"), document.get("boxes")
        path = document.get("path")
        layers = [len(item) if isinstance(item, dict) else 0 for item in (masks, boxes)]
        plain = [document.get(key) for key in ("caption", "width", "height", "format")]
        caption = plain[0] if isinstance(plain[0], str) else None
        sizes = [side if isinstance(side, int) and not isinstance(side, bool) else None for side in plain[1:3]]
        kind = plain[3] if isinstance(plain[3], str) else None
        shown = document if document.get("_type") == "image-file" else None
        size = self._bytes(path if isinstance(path, str) else name)
        return [shown, name.removesuffix(_IMAGE_JSON), caption, *sizes, kind, *layers, size, name]

    def _document(self, name: str) -> dict[str, Any]:
        """Return the stored JSON of a picture; of a plain file what it would be."""
        if not name.endswith(".json"):
            return self._plain(name)
        try:
            found = self.artifact.json(name)
        except _UNREADABLE:
            return {}
        return found if isinstance(found, dict) else {}

    def _plain(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = {"_type": "image-file", "path": name, "format": name.rpartition(".")[2].lower()}
        if len(self.names) > _MAX_OPENED:
            return document
        with contextlib.suppress(*_UNREADABLE, AttributeError):  # the row stays, and its page says what is wrong
            value = self.artifact.get(name)
            document |= {"width": value.width, "height": value.height}
        return document

    def _bytes(self, path: str) -> int | None:
        try:
            return int(self.artifact.get_path(path).size)
        except (*_UNREADABLE, TypeError):
            return None

"""Which files stored JSON names: what must come along when a value goes elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes.wire import tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["side_files"]


def side_files(document: Any) -> Iterator[str]:
    """Give the names of the files that values in stored JSON name, at any depth, each as often as it is named.

    Parameters
    ----------
    document : object
        Stored JSON: of a value, of a cell, of a list of them.

    Yields
    ------
    str
        Name in the artifact that holds the JSON: of a medium, a mask, boxes, a class file, an array kept exactly, the
        arrays of a table. Not checked; a stranger wrote it. The user's own fields of the same names are not taken.
    """
    pending = [document]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            is_value = tag_of(item) is not None or item.get("type") == "classes-file"
            exact = item.get("exact")  # beside the record of a medium that keeps what was given
            for holder in (item if is_value else None, item.get("serialization_path"), exact):
                if isinstance(holder, dict) and isinstance(holder.get("path"), str):
                    yield holder["path"]
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)

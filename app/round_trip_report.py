"""Into a store and out again: what of an artifact of W&B comes back equal, type by type.

Three grades. *Identical*: the value's JSON and every file it names are the same bytes. *Equal*: the bytes differ, and
what is read from both is equal. *Different*: neither; each is named.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datatypes.wire import tag_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["compare_folders", "round_trip_report"]

_FILE = "file"


def round_trip_report(store: Any, artifacts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Export versions of a store for W&B, and compare them with the folders that they came from.

    Parameters
    ----------
    store : Store
        Holds the versions.
    artifacts : iterable of (str, str)
        Folder that was imported, and the version that it became.

    Returns
    -------
    dict
        ``equal``: whether nothing differs; ``types``: wire tag (``"file"`` for plain files) → ``values``,
        ``identical``, ``equal`` (counts) and ``different`` (folder and entry of each).
    """
    from storage import open_source
    from storage.export import export_wandb

    types: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="vitrina-") as scratch:
        for number, (folder, ref) in enumerate(artifacts):
            out = Path(scratch) / str(number) / Path(folder).name
            export_wandb(store.artifact(ref), out)
            compare_folders(open_source(folder), open_source(out), types)
    is_equal = not any(row["different"] for row in types.values())
    return {"equal": is_equal, "types": dict(sorted(types.items()))}


def compare_folders(before: Any, after: Any, types: dict[str, dict[str, Any]]) -> None:
    """Compare two artifacts entry by entry; add to counts by type.

    Parameters
    ----------
    before, after : StoredArtifact
        What was imported, and what was exported.
    types : dict
        As `round_trip_report` returns it; added to.
    """
    values = set(before.value_names())
    there = set(after.names())
    for name in before.names():
        tag = _tag(before, name) if name in values else _FILE
        row = types.setdefault(tag, {"values": 0, "identical": 0, "equal": 0, "different": []})
        row["values"] += 1
        grade = _grade(before, after, name) if name in there else "different"
        if grade == "different":
            row["different"].append([str(before.name), name])
        else:
            row[grade] += 1


def _tag(artifact: Any, name: str) -> str:
    try:
        return str(tag_of(artifact.json(name)) or _FILE)
    except (ValueError, OSError, LookupError):
        return _FILE


def _grade(before: Any, after: Any, name: str) -> str:
    mine, its = _bytes(before, name), _bytes(after, name)
    if mine == its:  # of a reference whose bytes are nowhere here, the reference itself
        same = mine is not None or before.get_path(name).ref == after.get_path(name).ref
        return "identical" if same else "different"
    if mine is None or its is None:
        return "different"
    try:
        value, again = before.get(name), after.get(name)
    except (ValueError, OSError, LookupError):
        return "different"
    return "equal" if value is not None and value == again else "different"


def _bytes(artifact: Any, name: str) -> bytes | None:
    try:
        with artifact.open(name) as file:
            data: bytes = file.read()
    except (OSError, LookupError, ValueError):
        return None
    return data

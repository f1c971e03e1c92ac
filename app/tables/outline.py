"""Large tables and files of columns as the page opens them: what they are, without their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.tables import json_blocks
from app.tables.sources import is_columnar

if TYPE_CHECKING:
    from datatypes.fidelity import FidelityRecord

__all__ = ["Outline", "outline"]

#: Documents of tables from here on are not read whole only to open their page.
_LARGE_BYTES = 1 << 20


@dataclass(frozen=True)
class Outline:
    """A table whose rows stay where they are.

    Attributes
    ----------
    document : dict or None
        Stored JSON without its rows; None for a file of columns.
    fidelity : FidelityRecord or None
        As recorded.
    stored_log_mode : str or None
        As stored.
    """

    document: dict[str, Any] | None = None
    fidelity: FidelityRecord | None = None
    stored_log_mode: str | None = None

    artifact_type = "table"


def outline(artifact: Any, name: str) -> Outline | None:
    """Return the outline of an entry; None if it is no table, or small enough to be read whole.

    Parameters
    ----------
    artifact : StoredArtifact
        Where it lies.
    name : str
        Full name of the entry.

    Raises
    ------
    StorageError
        If it is missing, or not the one that was recorded.
    """
    entry = artifact.get_path(name)
    if entry.ref is not None:
        return None
    if is_columnar(name):
        return Outline()
    size = int(entry.size or 0)
    if not name.endswith(".json") or size < _LARGE_BYTES:
        return None
    with artifact.open(name) as file:
        frame = json_blocks.read_frame(file, size)
    if frame is None or frame.document.get("_type") != "table":
        return None
    from datatypes.table import Table

    empty = Table.from_json(frame.document, artifact)
    return Outline(frame.document, empty.fidelity, empty.stored_log_mode)

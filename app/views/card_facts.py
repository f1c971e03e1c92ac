"""What a card says of a value: read from its stored JSON, decoding nothing, without the rows of a large table."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.records import stored_document
from app.text import human_size

__all__ = ["CardFacts", "card_facts"]


class CardFacts(NamedTuple):
    """What a card says."""

    note: str = ""
    """Its size in the measure of its type: ``640×480``."""
    text: str = ""
    """Its caption."""
    record: Any = None
    """Its fidelity record, if it has one."""
    problem: str = ""


def card_facts(artifact: Any, name: str) -> CardFacts:
    """Return what the card of an entry says."""
    if not name.endswith(".json"):
        return CardFacts(human_size(int(artifact.get_path(name).size or 0)))
    try:
        document = stored_document(artifact, name)
    except (LookupError, OSError, ValueError) as error:
        return CardFacts(problem=str(error))
    if not isinstance(document, dict):
        return CardFacts()
    caption = document.get("caption")
    return CardFacts(_size(document), caption if isinstance(caption, str) else "", _record(document))


def _size(document: dict[str, Any]) -> str:
    width, height = document.get("width"), document.get("height")
    if isinstance(width, int) and isinstance(height, int):
        return f"{width:,}×{height:,}"
    columns, rows = document.get("columns"), document.get("nrows")
    if isinstance(columns, list):
        rows = len(document["data"]) if not isinstance(rows, int) and isinstance(document.get("data"), list) else rows
        return f"{rows:,} × {len(columns)}" if isinstance(rows, int) else f"? × {len(columns)}"
    classes = document.get("class_set")
    if isinstance(classes, list):
        return f"{len(classes):,} classes"
    size = document.get("size")
    return human_size(size) if isinstance(size, int) and size >= 0 else ""


def _record(document: dict[str, Any]) -> Any:
    from datatypes.errors import DataTypeError
    from datatypes.fidelity import FidelityRecord

    try:
        return FidelityRecord.from_json(document["fidelity"]) if document.get("fidelity") else None
    except (DataTypeError, TypeError, ValueError):
        return None

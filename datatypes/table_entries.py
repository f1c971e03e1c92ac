"""Values that only artifacts hold: how a run names them, and when two of them are one entry."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from datatypes import wire
from datatypes.errors import RejectedValueError

if TYPE_CHECKING:
    from datatypes.base import WBValue

__all__ = ["digest_name", "entry_path", "entry_source", "entry_url", "reference_in_run", "same_entry"]


def reference_in_run(value: WBValue, reference: str | None) -> str:
    """Return what a run says of a value that only artifacts hold: where it lies.

    Raises
    ------
    RejectedValueError
        If it lies in no artifact yet.
    """
    origin = value.artifact_source
    if reference is not None:
        return reference
    if origin is None or origin.name is None:
        problem = "lies in no artifact yet"
        raise RejectedValueError(type(value).__name__, problem, "Add it to an artifact before logging it to a run.")
    refer = getattr(origin.artifact, "ref_url", None)
    return str(refer(origin.name)) if refer is not None else origin.name


def same_entry(left: Any, right: Any) -> bool:
    """Whether two values that only artifacts hold are one entry: as a run names it, or as it was read."""

    def names(value: Any) -> set[str]:
        origin = value.artifact_source
        refer = getattr(origin.artifact, "ref_url", None) if origin is not None and origin.name else None
        named = {value._reference, str(refer(origin.name)) if refer is not None else origin.name if origin else None}
        return {name for name in named if name}

    return bool(names(left) & names(right)) and (left._reference is not None or right._reference is not None)


def entry_url(table: Any) -> str:
    """Return how an entry of an artifact is named from elsewhere; empty if something is no entry."""
    if hasattr(table, "ref_url"):
        return str(table.ref_url())
    return entry_path(table) or ""


def entry_path(table: Any) -> str | None:
    """Return the name of an entry in its artifact; None if something is no entry."""
    path = getattr(table, "path", None)
    return path if isinstance(path, str) and hasattr(table, "digest") else None


def entry_source(table: Any) -> Any:
    """Return the artifact of an entry; None if it does not say."""
    source = getattr(table, "source", None) or getattr(table, "artifact", None)
    return source if hasattr(source, "open") else None


def digest_name(digest: str) -> str:
    """Return a name that follows from a digest, which may be base64: 20 hexadecimal digits."""
    try:
        raw = bytes.fromhex(digest) if re.fullmatch("[0-9a-f]{20,}", digest) else b64decode(digest, validate=True)
    except ValueError:
        raw = digest.encode()
    return (raw.hex() if len(raw) >= 10 else hashlib.sha256(raw).hexdigest())[: wire.DIGITS]

"""Values that only artifacts hold: how a run names them, and when two of them are one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes.errors import RejectedValueError

if TYPE_CHECKING:
    from datatypes.base import WBValue

__all__ = ["reference_in_run", "same_entry"]


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

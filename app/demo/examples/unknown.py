"""A type that nobody knows yet: its JSON is kept, shown, and written back unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "UnknownValue", "from-the-future"


def log(artifact: Artifact) -> None:
    """Log it."""
    value = dt.UnknownValue({"_type": "hologram", "depth": 3, "note": "a type from the future"})
    artifact.add(value, "from-the-future")

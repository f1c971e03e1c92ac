"""Where an artifact comes from and where it went: columns of boxes with arrows between them, each a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["lineage_view"]


def lineage_view(columns: Sequence[Sequence[Mapping[str, Any]]], *, key: str) -> None:
    """Draw the columns, from left to right in the direction of the arrows.

    Parameters
    ----------
    columns : sequence of sequences of mapping
        Boxes, each with ``title``, ``note``, ``what`` (its part: "logged by"), ``icon``, ``href`` (may be empty),
        ``current``. Empty columns are left out.
    key : str
        Place on the page.
    """
    mount("lineage", {"columns": [[dict(box) for box in column] for column in columns if column]}, key=key)

"""Rows with a link: files of an artifact, its versions, artifacts of a large store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["listing"]


def listing(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Draw rows.

    Parameters
    ----------
    columns : sequence of str
        Headings; the first column is the link, those that begin with ``>`` are set to the right.
    rows : sequence of mapping
        Each with ``href``, ``icon``, ``cells`` (one text a column), ``chips`` beside the first, ``current``, and where
        there are any ``badge`` (of fidelity), ``wholes`` (a title for each cell), ``action`` (``{"text", "href"}``).
    key : str
        Place on the page.
    """
    mount("listing", {"columns": list(columns), "rows": [dict(row) for row in rows]}, key=key)

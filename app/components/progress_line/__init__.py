"""What is being done, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["progress_line"]


def progress_line(data: Mapping[str, Any], *, key: str) -> None:
    """Draw the line.

    Parameters
    ----------
    data : mapping
        ``text``: what is being done; ``done``, ``total``: how much of how much, `total` 0 where nobody knows; ``unit``:
        what is counted, plural.
    key : str
        Place on the page.
    """
    mount("progress_line", dict(data), key=key)

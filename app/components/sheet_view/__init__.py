"""Facts, sentences and short tables on a sheet: for what has no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["sheet_view"]


def sheet_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a sheet.

    Parameters
    ----------
    data : mapping
        ``sections``, each with any of ``title``, ``text`` (a sentence), ``mark`` (icon before it), ``facts``
        (pairs), ``columns`` and ``rows`` (texts; a column whose name begins with ``>`` is set to the right),
        ``colours`` (one for each row, drawn before it), ``links`` (pairs of label and address of a file to save).
    key : str
        Place on the page.
    """
    mount("sheet_view", dict(data), key=key)

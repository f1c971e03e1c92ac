"""Title of a page with its chips and facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["heading"]


def heading(data: Mapping[str, Any], *, key: str) -> None:
    """Draw the heading.

    Parameters
    ----------
    data : mapping
        ``title``, ``kind``, ``facts`` (list of text), ``chips`` (list of ``{"text", "kind"}``), and where there are
        any ``badges`` (as the inspector has them), ``text`` (a description), ``digest`` ([short, whole]),
        ``digest_label`` and ``versions`` (``{"text", "href", "current"}``).
    key : str
        Place on the page.
    """
    mount("heading", dict(data), key=key)

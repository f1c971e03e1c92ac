"""A tree of spans beside their times; what went in and came out of the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["trace_view"]


def trace_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a trace.

    Parameters
    ----------
    data : mapping
        ``label`` (for screen readers), ``begin`` and ``end`` (milliseconds, or None), ``model`` (JSON as text, or
        empty) and ``spans``, each before those below it: ``depth``, ``name``, ``kind``, ``start``, ``end``
        (milliseconds or None), ``took`` (text), ``status`` (``"good"``, ``"bad"`` or empty), ``word``, ``message``,
        ``texts`` (pairs of title and text).
    key : str
        Place on the page.
    """
    mount("trace_view", dict(data), key=key)

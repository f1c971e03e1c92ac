"""Bytes of a file in hex, part by part, asked for by range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["hex_view"]


def hex_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw bytes.

    Parameters
    ----------
    data : mapping
        ``url`` of the file, which answers ranges, and its ``size`` in bytes.
    key : str
        Place on the page.
    """
    mount("hex_view", dict(data), key=key)

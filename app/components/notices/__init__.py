"""Lines below the object: what is not shown as it is stored, and the way to the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.renderers.view import Notice

__all__ = ["notices"]


def notices(lines: Sequence[Notice], *, key: str = "notices") -> None:
    """Draw notices, one a line."""
    mount("notices", {"lines": [line._asdict() for line in lines]}, key=key)

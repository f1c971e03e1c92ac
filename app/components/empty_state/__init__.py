"""What would be here, and the lines of Python that put it here."""

from __future__ import annotations

from app.components import mount

__all__ = ["empty_state"]


def empty_state(title: str, text: str, code: str) -> None:
    """Draw it.

    Parameters
    ----------
    title, text : str
        What is not here, and what would be.
    code : str
        Python that puts it here; empty for none.
    """
    mount("empty_state", {"title": title, "text": text, "code": code}, key="empty")

"""Text side by side, each with a button that copies it: the code that logs a value, and the JSON that is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["code_panes"]


def code_panes(panes: Sequence[tuple[str, str]], *, key: str) -> None:
    """Draw the texts.

    Parameters
    ----------
    panes : sequence of (str, str)
        Title and text of each.
    key : str
        Place on the page.
    """
    mount("code_panes", {"panes": [list(pane) for pane in panes]}, key=key)

"""Numbered steps as cards in a row: what to click, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import TourStep

__all__ = ["tour"]


def tour(title: str, text: str, steps: Sequence[TourStep]) -> None:
    """Draw the steps.

    Parameters
    ----------
    title, text : str
        What they lead through.
    steps : sequence of TourStep
        In order.
    """
    mount("tour", {"title": title, "text": text, "steps": [list(step) for step in steps]}, key="tour")

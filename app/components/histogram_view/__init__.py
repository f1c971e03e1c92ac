"""A histogram: bars with exact edges, logarithmic axes, exact numbers under the pointer, the bins as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["histogram_view"]

_SCRIPTS = ("scales.js", "bars.js")


def histogram_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a histogram.

    Parameters
    ----------
    data : mapping
        ``label`` (for screen readers), ``file`` (name without ending, for what is saved), ``edges`` (n + 1 numbers that
        rise) and ``counts`` (n numbers) as stored, ``problem`` (why there are no bars, else empty).
    key : str
        Place on the page.
    """
    mount("histogram_view", dict(data), key=key, scripts=_SCRIPTS)

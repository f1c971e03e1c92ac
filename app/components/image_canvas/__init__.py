"""The picture on its stage: fit, zoom, pan, stored values under the pointer, masks and boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["image_canvas"]

_SCRIPTS = ("viewport.js", "pixels.js", "layers.js", "panel.js", "painter.js")


def image_canvas(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a picture.

    Parameters
    ----------
    data : mapping
        ``label`` (for screen readers), ``width`` and ``height`` (pixels as stored), ``transparent`` (draw a
        checkerboard beneath), ``palette`` (colours by class id, for ids without a class), and

        - ``pixels``: ``url`` of a picture that browsers decode, or None to draw ``raw``; ``raw`` = ``{"url": ...}`` of
          the stored values as .npy, or None; ``exact``: without ``raw``, the decoded picture is what is stored;
          ``window`` [black, white] of raw values that are drawn, or None for their range; ``channels``, their names.
        - ``layers``: masks (``kind`` "mask", ``name``, ``raw``, ``classes``) and boxes (``kind`` "boxes", ``name``,
          ``xywh`` in pixels, ``ids``, ``scores``, ``captions``, ``classes``), drawn in this order. A class is ``id``,
          ``name``, ``colour`` and, in masks, ``hidden`` at first.
    key : str
        Place on the page.
    """
    mount("image_canvas", dict(data), key=key, scripts=_SCRIPTS)

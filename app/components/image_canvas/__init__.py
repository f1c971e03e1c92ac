"""The picture on its stage: fit, zoom, pan, loupe, window, stored values under the pointer, masks and boxes.

The state of the view stands in the address, only where it differs from a fresh one: ``l`` for each layer that was
changed, ``src`` ``win`` ``tone`` for brightness and window, ``at`` for the place, ``loupe``, and ``n`` for the picture
of a list; ``address.js`` has the grammar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STAGE_SCRIPTS", "image_canvas"]

#: Scripts that every component with pictures in it needs, in their order.
STAGE_SCRIPTS = (
    "viewport.js", "raw_array.js", "tone.js", "pixels.js", "colours.js", "mask_layer.js", "box_layer.js", "painter.js",
    "probe.js", "stage.js", "address.js", "panel.js", "adjust.js", "keys.js", "stage.css",
)  # fmt: skip


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
          ``xywh`` in pixels, ``ids``, ``scores`` by name with None where a box has none, ``captions``, ``classes``),
          drawn in this order. A class is ``id``, ``name``, ``colour`` and, in masks, ``hidden`` at first.
        - ``items``, for several pictures under one key: the same of each, with ``thumb``, an address of a small
          picture; ``total``, how many there are.
    key : str
        Place on the page.
    """
    mount("image_canvas", dict(data), key=key, scripts=(*STAGE_SCRIPTS, "strip.js"))

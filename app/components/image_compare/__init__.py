"""Two pictures together: side by side, swiped, blinking, and their difference, with the layers of both.

The state of the view stands in the address, only where it differs from a fresh one: ``mode`` (``swipe``, ``blink``,
``difference``; side by side is none), ``swipe`` (share of the left picture, 0 to 1), ``diff=signed``, ``amp``
(amplification), ``at`` (place), ``win`` and ``tone`` (as of one picture, for both), ``l`` and ``r`` for layers of the
left and the right picture that were changed, ``own=1`` where layers of the same name are not switched together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount
from app.components.image_canvas import STAGE_SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["image_compare"]

_SCRIPTS = (*(f"../image_canvas/{name}" for name in STAGE_SCRIPTS), "difference.js", "modes.js", "sides.js")


def image_compare(data: Mapping[str, Any], *, key: str) -> None:
    """Draw two pictures for comparing.

    Parameters
    ----------
    data : mapping
        The body of a view of `app.renderers.image_pair.prepare_pair`: ``left`` and ``right``, each as
        `app.components.image_canvas.image_canvas` takes one picture; ``names``, what they are called on the page;
        ``reason``, why there is no difference of the two, or "".
    key : str
        Place on the page.

    Notes
    -----
    It fills the height that ``--object-height`` names, like the picture of an entry, and offers its layers to the
    inspector of the page; where there is none they stand to the right of the pictures.
    """
    mount("image_compare", dict(data), key=key, scripts=_SCRIPTS)

"""Two pictures for comparing: each as its own page shows it, and whether they have a difference.

Used by every page on which two pictures stand together (comparing two entries, rows of joined tables)::

    view = prepare_pair(left, right, left_context, right_context, names=("pets:v2", "pets:v3"))
    draw_pair(view, key="pair")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.renderers import image_file
from app.renderers.view import Fact, View

if TYPE_CHECKING:
    from app.renderers.view import Context
    from datatypes.image import Image

__all__ = ["KEYS", "draw_pair", "prepare_pair"]

#: For the sheet of keys of a page that shows a pair.
KEYS = [
    [["M"], "the next way of comparing"],
    [[",", "."], "swipe"],
    [["Space"], "blink: the other picture"],
    [["F"], "fit"],
    [["1"], "one to one"],
    [["+", "−"], "zoom"],
    [["Shift", "arrows"], "move the pictures"],
    [["L"], "loupe; Alt held does too"],
    [["W", "A", "S", "D"], "the pixel that is told; with Shift by ten"],
    [["H"], "held: hide overlays"],
]


def prepare_pair(
    left: Image, right: Image, left_context: Context, right_context: Context, *, names: tuple[str, str] | None = None
) -> View:
    """Return the view of two pictures together.

    Parameters
    ----------
    left, right : Image
        The pictures; of any sizes and kinds.
    left_context, right_context : Context
        Where each lies; their idents differ, or the pictures are the same.
    names : tuple of str, optional
        What they are called on the page; without, the names of their entries.

    Returns
    -------
    View
        Its body is what `app.components.image_compare.image_compare` draws; notices name the side that they are about.

    Raises
    ------
    DataTypeError, StorageError
        If one of them is missing, cut or no picture; the caller shows the card of `app.renderers.problem_of`.

    Notes
    -----
    The difference itself is made in the browser, from the stored values: maximum and count of changed pixels are those
    of `Image.difference`. It needs two pictures of one size.
    """
    first, second = image_file.prepare(left, left_context), image_file.prepare(right, right_context)
    called = names or (left_context.name, right_context.name)
    sizes = [(view.body["width"], view.body["height"]) for view in (first, second)]
    reason = ""
    if sizes[0] != sizes[1]:
        reason = f"they are {first.headline} and {second.headline} pixels"
    notices = [
        notice._replace(text=f"{name}: {notice.text}")
        for name, view in zip(called, (first, second), strict=True)
        for notice in view.notices
    ]
    return View(
        type_name="Image",
        icon=image_file.ICON,
        headline=first.headline if first.headline == second.headline else f"{first.headline}, {second.headline}",
        body={"left": dict(first.body), "right": dict(second.body), "names": list(called), "reason": reason},
        facts=(Fact("Left", called[0]), *first.facts, Fact("Right", called[1]), *second.facts),
        notices=tuple(notices),
    )


def draw_pair(view: View, *, key: str) -> None:
    """Draw what `prepare_pair` made.

    Parameters
    ----------
    view : View
        See there.
    key : str
        Place on the page.
    """
    from app.components.image_compare import image_compare

    image_compare(view.body, key=key)

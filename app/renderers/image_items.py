"""Several pictures under one key (wire tag ``images/separated``): each as on its own, and a strip of all of them."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.renderers.view import Context, Fact, Notice, View, problem_of
from app.text import human_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datatypes.image import Image

__all__ = ["prepare_items"]

#: Pictures of one list that are prepared; each costs a look into its file before the page is drawn.
_MOST_ITEMS = 500


def prepare_items(values: Sequence[Image], context: Context, prepare: Callable[[Image, Context], View]) -> View:
    """Return the view of a list of pictures.

    Parameters
    ----------
    values : sequence of Image
        One at least.
    context : Context
        Where the list lies.
    prepare : callable
        Gives the view of one of them.

    Returns
    -------
    View
        Its body is that of the first picture that can be shown, with ``items``, the bodies of all, and ``total``. One
        that cannot be shown has ``problem`` in place of its pixels, and leaves the rest.
    """
    views = [_one(value, context, number, prepare) for number, value in enumerate(values[:_MOST_ITEMS])]
    shown = [view for view in views if isinstance(view, View)]
    if not shown:
        raise ValueError(f"none of {human_count(len(values), 'picture')} can be shown: {views[0]}")
    first = shown[0]
    items = [
        _item(view, value, context, number) for number, (view, value) in enumerate(zip(views, values, strict=False))
    ]
    sizes = {view.headline for view in shown}
    facts = [Fact("Pictures", f"{len(values):,}")]
    facts += first.facts if len(sizes) == 1 else [Fact("Sizes", ", ".join(sorted(sizes)[:4]))]
    return replace(
        first,
        headline=f"{human_count(len(values), 'picture')}, {first.headline}" if len(sizes) == 1 else f"{len(values):,}",
        body={**first.body, "items": items, "total": len(values)},
        facts=tuple(facts),
        caption="",
        notices=tuple(_notices(views, len(values))),
        download=context.download(),
        file_name="",
    )


def _one(value: Image, context: Context, number: int, prepare: Callable[[Image, Context], View]) -> View | str:
    """Return the view of one picture, or in words why there is none."""
    own = replace(context, name=f"{context.name}[{number}]")
    try:
        return prepare(value, own)
    except Exception as error:  # noqa: BLE001  # a boundary: one bad picture leaves the others of its list
        found = problem_of(error, own.name)
        return f"{found.subject} {found.problem}. {found.remedy}".strip()


def _item(view: View | str, value: Image, context: Context, number: int) -> dict[str, Any]:
    if isinstance(view, str):
        return {"label": f"Picture {number + 1}", "problem": view, "thumb": ""}
    return {**view.body, "label": value.caption or f"Picture {number + 1}", "thumb": _thumb(value, context, number)}


def _thumb(value: Image, context: Context, number: int) -> str:
    from app import thumbnails

    source = value.artifact_source.artifact if value.artifact_source else context.artifact
    ident = f"{context.ident}[{number}]"
    make = functools.partial(thumbnails.of_value, value, source, ident)
    return context.url_for_bytes(make, "image/webp", f"thumbnail/{thumbnails.SIDE}/{ident}")


def _notices(views: list[View | str], total: int) -> list[Notice]:
    said = Counter(notice.text for view in views if isinstance(view, View) for notice in view.notices)
    notices = [Notice(f"{count:,} of {total:,} pictures: {text}") for text, count in said.items()]
    failed = sum(isinstance(view, str) for view in views)
    if failed:
        notices.insert(0, Notice(f"{total - failed:,} of {total:,} pictures, because {failed:,} cannot be shown"))
    if len(views) < total:
        text = f"{len(views):,} of {total:,} pictures, because a page looks into that many files; Python reads them all"
        notices.insert(0, Notice(text))
    return notices

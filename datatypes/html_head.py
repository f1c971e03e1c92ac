"""The head that is put into HTML documents when they are logged, and taken off when they are read.

W&B puts a ``<base>`` and a link to a style sheet on its own host into every document. Ours is in the same place, has
the same ``<base>`` and a style of its own inline: a document that is opened anywhere asks nobody for anything.
"""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["Head", "add_head", "take_off_head"]

#: Whose head a document has.
Head = Literal["vitrina", "wandb"]

_BASE = '<base target="_blank">'
_WANDB = f'{_BASE}<link rel="stylesheet" type="text/css" href="https://app.wandb.ai/normalize.css" />'
# `:where` has no weight: any rule of the document wins.
_STYLE = (
    ":where(body){margin:8px;font-family:system-ui,sans-serif;line-height:1.4}"
    ":where(img,svg,video,canvas){max-width:100%}:where(pre){overflow:auto}"
)
#: Ours, of any release: the attribute tells it, and in which place it was put.
_OURS = re.compile(r'<base target="_blank"><style data-vitrina="(head|html|front)">[^<]*</style>')


def add_head(document: str) -> str:
    """Put our head into a document: after its first ``<head>``, else after its first ``<html>``, else in front.

    Blanks at both ends of the result are taken off. A document that has such a head already stays as it is.

    Notes
    -----
    Source: SDK 0.10.12 to 0.31.0. Both tags are looked for as written: ``<head lang="en">`` is not found.
    """
    if take_off_head(document)[1] is not None:
        return document
    for tag, place, around in (("<head>", "head", ("<head>", "")), ("<html>", "html", ("<html><head>", "</head>"))):
        before, found, after = document.partition(tag)
        if found:
            return f"{before}{around[0]}{_ours(place)}{around[1]}{after}".strip()
    return f"{_ours('front')}{document}".strip()


def _ours(place: str) -> str:
    return f'{_BASE}<style data-vitrina="{place}">{_STYLE}</style>'


def take_off_head(text: str) -> tuple[str, Head | None]:
    """Return a stored document without the head that was put into it, and whose that was.

    Text that looks like a head in any other place is the document's own.
    """
    start = text.find("<head>") + 6 if "<head>" in text else 0
    ours = _OURS.match(text, start) or _OURS.match(text)
    if ours is not None:
        before, after = text[: ours.start()], text[ours.end() :]
        if ours[1] == "html":
            before, after = before.removesuffix("<head>"), after.removeprefix("</head>")
        return before + after, "vitrina"
    for place in (start, 0):
        if text.startswith(_WANDB, place):
            before, after = text[:place], text[place + len(_WANDB) :]
            if before.endswith("<html><head>") and after.startswith("</head>"):  # most likely it had no head at all
                before, after = before.removesuffix("<head>"), after.removeprefix("</head>")
            return before + after, "wandb"
    return text, None

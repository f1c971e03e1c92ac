"""HTML documents (wire tag ``html-file``): in an opaque frame, without scripts and network; their source beside it."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING

from app.opaque import document_address
from app.renderers.html_outline import Outline, outline
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count, human_size

if TYPE_CHECKING:
    from datatypes.html import Html

TAG = "html-file"
TYPE_NAME = "Html"
ICON = "code"
KEYS = [
    [["←", "→"], "previous and next object"],
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["?"], "these keys"],
]

_OFF = "Shown without scripts and without network"
_NONE = "Shown without network; the document has no scripts"
_ON = "Its scripts run, cut off from network, storage and this page"
_DETAILS = (
    "Scripts of this document may draw and react inside its frame. They can make no request, store nothing, and see "
    "neither this page nor another file. If they try to leave for another host, the browser may open an empty "
    "connection to it before it stops them."
)

_HEADS = {"vitrina": "Vitrina’s, when it was logged", "wandb": "W&B’s, when it was logged"}


def prepare(value: Html, context: Context) -> View:
    """Return addresses of the document and its source, and what stays blank in it.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing, too large, or in no known encoding.
    """
    stored, logged, head = value.text, value.html, value.head
    found = outline(logged)
    name = value.path or context.name
    ident = hashlib.sha256(stored.encode("utf-8", "replace")).hexdigest()
    address = document_address(functools.partial(shown_text, value), f"html/{ident}")
    download = context.download(value.path)
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=human_size(len(stored.encode("utf-8", "replace"))),
        body={
            "label": found.title or context.name,
            "tabs": {},
            "url": address.still,
            "problem": "",
            "running": address.running if found.acts else None,
            "page": False,
            "payload": None,
            "off": _OFF if found.acts else _NONE,
            "on": _ON,
            "details": _DETAILS,
            "switch": "Run its scripts",
            "sources": _sources(value, context, ident),
            "tables": None,
            "controls": None,
            "settings": {},
            "fallback": None,
            "fallback_settings": {},
            "binary": False,
        },
        facts=_facts(found, stored, head),
        caption=str(getattr(value, "caption", None) or ""),
        notices=_notices(found, logged),
        download=download,
        file_name=name,
    )


def draw(view: View) -> None:
    """Draw the frame and its tabs."""
    from app.components.opaque_frame import opaque_frame

    opaque_frame(view.body, key="object-html")


def preview(value: Html) -> bytes:
    """Return title and first words as a small picture, WebP."""
    from app.renderers.text_card import text_card

    found = outline(value.html)
    return text_card(found.title, found.words)


def shown_text(value: Html) -> str:
    """Return the document as it is shown: with our head in the place of W&B's, which asks W&B's host for a style."""
    from datatypes.html_head import add_head

    return add_head(value.html) if value.head == "wandb" else value.text


def _sources(value: Html, context: Context, ident: str) -> list[dict[str, str]]:
    """Return the texts behind the tab: as stored, and as logged where a head was put in between."""
    texts = [("as stored", "text")] if value.head is None else [("as stored", "text"), ("as logged", "html")]
    mime = "application/octet-stream"
    return [
        {
            "name": label,
            "url": context.url_for_bytes(functools.partial(_bytes, value, name), mime, f"{name}/{ident}"),
        }
        for label, name in texts
    ]


def _bytes(value: Html, name: str) -> bytes:
    text: str = getattr(value, name)
    return text.encode("utf-8", "replace")


def _facts(found: Outline, stored: str, head: str | None) -> tuple[Fact, ...]:
    facts = [Fact("Title", found.title)] if found.title else []
    facts.append(Fact("Source", f"{human_count(stored.count(chr(10)) + 1, 'line')}, {len(stored):,} characters"))
    if found.scripts:
        facts.append(Fact("Scripts inside", f"{found.scripts:,}, not run at first"))
    if found.handlers:
        facts.append(Fact("Handlers in tags", f"{found.handlers:,}"))
    if head is not None:
        facts.append(Fact("Head put in", _HEADS[head]))
    return tuple(facts)


def _notices(found: Outline, document: str) -> tuple[Notice, ...]:
    if not document.strip():
        return (Notice("0 characters: the document is empty"),)
    if not found.outside:
        return ()
    parts = [human_count(number, kind) for kind, number in found.outside.items()]
    things = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    verb = "stays" if sum(found.outside.values()) == 1 else "stay"
    hosts = ", ".join(found.hosts[:3]) + (f" and {len(found.hosts) - 3:,} more" if len(found.hosts) > 3 else "")
    reason = "because they lie outside the document and this viewer opens no network"
    reason = reason.replace("they lie", "it lies") if verb == "stays" else reason
    return (Notice(f"{things} {verb} blank, {reason}{f': {hosts}' if hosts else ''}"),)

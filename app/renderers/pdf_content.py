"""A PDF among the plain files: drawn by pdf.js in an opaque frame; its facts, and the file, where that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.errors import MissingLibraryError
from app.files.kinds import pdf_facts
from app.opaque import page_address
from app.renderers.view import Context, Fact, Notice
from app.text import human_size

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PdfContent", "look_at_pdf"]

#: Bytes of a PDF that are searched for its facts.
_FACT_BYTES = 8 << 20

#: Bytes up to which a PDF is drawn at once; a browser holds the file some three times while it reads it.
_DRAWN_BYTES = 64 << 20


class PdfContent(NamedTuple):
    """What is shown of a PDF.

    Attributes
    ----------
    body : dict
        See `app.renderers.fallback.draw_body`: kind ``pdf``, or ``sheet`` where pdf.js is missing.
    facts : tuple of Fact
        What the file's plain parts say of it.
    notices : tuple of Notice
        What is not shown.
    """

    body: dict[str, Any]
    facts: tuple[Fact, ...]
    notices: tuple[Notice, ...]


def look_at_pdf(context: Context, size: int) -> PdfContent:
    """Return the view of a PDF.

    Parameters
    ----------
    context : Context
        Where it lies.
    size : int
        Its bytes.
    """
    with context.artifact.open(context.name) as file:
        found = pdf_facts(file.read(_FACT_BYTES))
    facts = tuple(Fact(*fact) for fact in found)
    try:
        address = page_address("pdf")
    except MissingLibraryError as error:
        reason = f"{error.subject} {error.problem}. {error.remedy}"
        return PdfContent(_told(context, found, reason), facts, (Notice("not drawn, because pdf.js is missing"),))
    held, notices = "", []
    if size > _DRAWN_BYTES:
        held = f"{human_size(size)}: more than {human_size(_DRAWN_BYTES)}, so it is drawn only when asked for."
        notices.append(Notice(f"{human_size(size)}: drawn when asked for, because the browser holds all of it"))
    return PdfContent(_drawn(context, address, held), facts, tuple(notices))


def _drawn(context: Context, address: str, held: str) -> dict[str, Any]:
    download = context.download()
    return {
        "kind": "pdf",
        "label": context.name.rpartition("/")[2],
        "url": address,
        "problem": "",
        "running": None,
        "page": True,
        "payload": download,
        "binary": True,
        "settings": {},
        "fallback": None,
        "controls": "pdf",
        "held": held,
        "save": download,
        "off": "",
        "on": "",
        "details": "",
        "switch": "",
        "sources": [],
        "tables": None,
    }


def _told(context: Context, found: Sequence[tuple[str, str]], reason: str) -> dict[str, Any]:
    """Return what a PDF says of itself, why it is not drawn, and how to see it."""
    section = {
        "title": "PDF document",
        "facts": [list(fact) for fact in found],
        "text": f"It is not drawn here: {reason}",
        "links": [["Save the PDF", context.download()]],
    }
    return {"kind": "sheet", "sections": [section]}

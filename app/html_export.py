"""An artifact, or one value of it, as a single HTML file: to mail, to keep, to open anywhere without us.

The file holds its pictures and sounds, names no other place and runs no script; its own policy says so to the browser.
All text of artifacts is escaped.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.html_values import body_of
from app.listed_values import listed_values
from app.renderers import Context, View, for_tag, prepared
from app.text import human_size
from app.views.inspecting import fidelity_badge, stored_json
from app.views.opening import open_entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["POLICY", "file_name", "html_pages"]

#: Most values of one file; a browser lays out no more with ease.
MAX_VALUES = 500

#: Bytes from which on no further value is written: mail servers and browsers refuse larger files.
MAX_BYTES = 96 << 20

#: What a browser lets the file do: show what it holds.
POLICY = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; form-action 'none'"

#: Style sheet that goes along.
_STYLE = Path(__file__).with_name("theme") / "export.css"


def html_pages(artifact: Any, name: str = "", state: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the file piece by piece.

    Parameters
    ----------
    artifact : StoredArtifact
        What is exported.
    name : str, optional
        Full name of one entry; without it all values.
    state : mapping, optional
        Of a table: ``q``, ``sort`` and ``cols`` of its address, so that the rows on the page are the rows in the file.

    Notes
    -----
    What is left out is said in the file, at its place.
    """
    names = [name] if name else listed_values(artifact) or list(artifact.names())
    yield _head(artifact, names)
    written = 0
    for at, entry in enumerate(names):
        if at == MAX_VALUES or written > MAX_BYTES:
            why = f"a file holds at most {MAX_VALUES:,} values and {human_size(MAX_BYTES)}"
            yield f"<p>{at:,} of {len(names):,} values, because {why}.</p>"
            break
        piece = _article(artifact, entry, state or {})
        written += len(piece)
        yield piece
    yield "</body></html>\n"


def file_name(artifact: Any, name: str = "") -> str:
    """Return the name of the file: letters, digits and a few marks alone."""
    import re

    stem = f"{artifact.name}-{artifact.version}" if artifact.version else str(artifact.name)
    if name:
        stem += f"-{name.rpartition('/')[2].partition('.')[0]}"
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', stem).strip('-.')[:100] or 'export'}.html"


def _head(artifact: Any, names: Sequence[str]) -> str:
    title = escape(str(artifact.qualified_name))
    aliases = ", ".join(alias for alias in artifact.aliases if alias != artifact.version)
    facts = [artifact.type or "no type", aliases, human_size(artifact.size), f"{len(names):,} of its entries here"]
    lines = [f"<p>{escape(' · '.join(fact for fact in facts if fact))}</p>"]
    if artifact.description:
        lines.append(f"<p>{escape(artifact.description)}</p>")
    if artifact.digest:
        lines.append(f"<p>Digest <code>{escape(str(artifact.digest))}</code></p>")
    if artifact.metadata:
        text = json.dumps(artifact.metadata, indent=2, ensure_ascii=False)
        lines.append(f"<details><summary>Metadata</summary><pre>{escape(text)}</pre></details>")
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title} · Vitrina</title><style>{_STYLE.read_text('utf-8')}</style></head>"
        f"<body><header><h1>{title}</h1>{''.join(lines)}</header>\n"
    )


def _article(artifact: Any, name: str, state: Mapping[str, str]) -> str:
    """Return one value: what it is, itself, its facts and its JSON; of a broken one, what is wrong with it."""
    try:
        entry = open_entry(artifact, name)
    except (LookupError, OSError, ValueError) as error:
        return f"<article><h2>{escape(name)}</h2><p>{escape(str(error))}</p></article>\n"
    context = Context(artifact=artifact, name=name, url_for=lambda *_: "", url_for_bytes=lambda *_: "")
    value = entry.value if entry.json is not None or for_tag(entry.tag).TAG else None
    shown = entry.problem or prepared(for_tag(entry.tag), value, context)
    if not isinstance(shown, View):
        said = " ".join(filter(None, (shown.subject, shown.problem + ".", shown.remedy)))
        return f"<article><h2>{escape(name)}</h2><p>{escape(said)}</p>{_json(entry.json)}</article>\n"
    badge = fidelity_badge(entry.value.fidelity if entry.value is not None else None)
    title = f"{badge['mark']} {badge['text']}"
    facts = "".join(f"<dt>{escape(fact.label)}</dt><dd>{escape(fact.text)}</dd>" for fact in shown.facts)
    notes = "".join(f"<p class=muted>{escape(notice.text)}</p>" for notice in shown.notices)
    caption = f"<p>{escape(shown.caption)}</p>" if shown.caption else ""
    headline = f"{escape(shown.type_name)} {escape(shown.headline)}"
    return (
        f"<article><h2>{escape(name)}</h2>"
        f"<p class=muted>{headline} <span class=badge>{escape(title)}</span></p>{caption}"
        f"<div class=object>{body_of(artifact, entry, shown, state)}</div>{notes}<dl>{facts}</dl>{_json(entry.json)}"
        "</article>\n"
    )


def _json(document: Any) -> str:
    if document is None:
        return ""
    return f"<details><summary>Stored JSON</summary><pre>{escape(stored_json(document))}</pre></details>"

"""One value or file, by its renderer; inspector, previous and next. Address: ``/entry?ref=&path=``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app import media
from app.components.inspector import inspector
from app.components.notices import notices
from app.components.problem_card import problem_card
from app.components.topbar import topbar
from app.renderers import Context, Notice, View, for_tag, prepared, problem_of
from app.session import current
from app.verifying.badges import finding_texts
from app.views import artifact as artifact_view
from app.views import frame, inspecting, store
from app.views.addresses import entry_page, export_page, given
from app.views.cell import show_cell
from app.views.opening import find_artifact, open_entry, siblings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Session
    from app.views.opening import Entry

_KEYS = [
    [["←", "→"], "previous and next object"],
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["F"], "fit"],
    [["1"], "one to one"],
    [["+", "−"], "zoom"],
    [["Shift", "arrows"], "move the picture"],
    [["H"], "held: hide overlays"],
    [["?"], "these keys"],
]


def show() -> None:
    """Draw the page that the address names, or the nearest one."""
    session = current()
    ref, path = given(st.query_params, "ref"), given(st.query_params, "path")
    artifact, ignored = find_artifact(session, ref)
    if artifact is None:
        store.show_store(ignored or [Notice("no artifact was named; what is open is shown")])
        return
    try:
        entry = open_entry(artifact, path)
    except (LookupError, OSError, ValueError) as error:
        found = problem_of(error, path)
        text = f"“{path}” was ignored: {found.subject} {found.problem}" if path else "no entry was named"
        artifact_view.show_artifact(artifact, [*ignored, Notice(f"{text}; the artifact is shown")])
        return
    if given(st.query_params, "cell"):
        unknown = show_cell(session, artifact, entry, ignored)
        if unknown is None:
            return
        ignored = [*ignored, unknown]
    show_entry(session, artifact, entry, ignored)


def show_entry(session: Session, artifact: Any, entry: Entry, ignored: Sequence[Notice] = ()) -> None:
    """Draw an entry.

    Parameters
    ----------
    session : Session
        What is open.
    artifact : StoredArtifact
        Where it lies.
    entry : Entry
        What was opened.
    ignored : sequence of Notice
        What of the address was ignored.
    """
    context = Context(artifact=artifact, name=entry.name, url_for=media.url_for, url_for_bytes=media.url_for_bytes)
    renderer, value = for_tag(entry.tag), entry.value
    if not renderer.TAG and entry.json is None:
        value = None  # a plain file of a type without a renderer: its content says more than its facts
    if len(entry.items) > 1 and getattr(renderer, "TAKES_LISTS", False):
        value = entry.items
    elif len(entry.items) > 1:
        text = f"1 of {len(entry.items):,} values, because the page of this type shows one; Python reads them all"
        ignored = [*ignored, Notice(text)]
    shown = entry.problem or prepared(renderer, value, context)
    names = siblings(artifact, entry.name)
    steps, place = frame.steps_between(names, entry.name, artifact.qualified_name)
    frame.title(frame.short_name(entry.name), artifact.qualified_name)
    frame.sidebar(session, artifact, entry.name)
    download = shown.download if isinstance(shown, View) else context.download()
    topbar(
        {
            "crumbs": frame.crumbs(session, artifact, entry.name),
            "steps": steps | _versions(session, artifact, entry.name),
            "place": place,
            "download": download,
            "pin": frame.pin(artifact),
            "export": export_page(artifact.qualified_name, entry.name),
            "compare": frame.comparison(session, artifact, entry.name),
            "keys": getattr(renderer, "KEYS", _KEYS),
            "find": frame.find_sources(session, artifact),
        }
    )
    with st.container(key="body", horizontal=True, gap=None):
        with st.container(key="main", gap=None):
            if isinstance(shown, View):
                renderer.draw(shown)
            else:
                stored = inspecting.stored_json(entry.json) if entry.json is not None else ""
                problem_card(shown, key="object-problem", stored=stored, download=download)
            texts = finding_texts(session.path, artifact, entry.name, inspecting.MAX_LOOKED_AT)
            lines = [
                *ignored,
                *(Notice(f"finding: {text}") for text in texts),
                *(shown.notices if isinstance(shown, View) else ()),
            ]
            if lines:
                with st.container(key="below", gap=None):
                    notices(lines)
        with st.container(key="side", gap=None):
            inspector(inspecting.entry_inspector(session, artifact, entry, shown))


def _versions(session: Session, artifact: Any, name: str) -> dict[str, str]:
    """Return the addresses of the same entry in the version before and after, where they have it."""
    versions = session.versions(artifact.name)
    at = next((i for i, item in enumerate(versions) if item.version == artifact.version), None)
    if at is None:
        return {}
    steps = {}
    if at + 1 < len(versions):
        steps["older"] = entry_page(versions[at + 1].qualified_name, name)
    if at > 0:
        steps["newer"] = entry_page(versions[at - 1].qualified_name, name)
    return steps

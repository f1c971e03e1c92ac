"""One version of an artifact: its values as cards, its files, versions and metadata. Address: ``/artifact?ref=``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import media, thumbnails
from app.components.empty_state import empty_state
from app.components.gallery import gallery
from app.components.heading import heading
from app.components.listing import listing
from app.components.notices import notices
from app.components.text_view import text_view
from app.components.topbar import topbar
from app.listed_values import listed_values
from app.renderers import Notice
from app.session import current
from app.tables.gallery import picture_names
from app.text import human_count, human_size
from app.views import frame, inspecting, store
from app.views.addresses import artifact_page, entry_page, given
from app.views.gallery import show_gallery
from app.views.opening import find_artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Session

#: Cards and rows of one page.
_CARDS_A_PAGE = 120
_ROWS_A_PAGE = 500

#: Versions in the switch; all of them are under Versions.
_LISTED_VERSIONS = 100

_KEYS = [
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["arrows"], "move between cards"],
    [["?"], "these keys"],
]

_EXAMPLE = """from datatypes import Image

artifact.add(Image("cat.png", caption="A cat"), "cat")"""


def show() -> None:
    """Draw the artifact that the address names, or what is open."""
    artifact, ignored = find_artifact(current(), given(st.query_params, "ref"))
    if artifact is None:
        store.show_store(ignored or [Notice("no artifact was named; what is open is shown")])
    else:
        show_artifact(artifact, ignored)


def show_artifact(artifact: Any, ignored: Sequence[Notice]) -> None:
    """Draw an artifact.

    Parameters
    ----------
    artifact : StoredArtifact
        What to show.
    ignored : sequence of Notice
        What of the address was ignored.
    """
    session = current()
    versions = session.versions(artifact.name)
    values = listed_values(artifact)
    frame.title(artifact.qualified_name)
    frame.sidebar(session, artifact)
    topbar(
        {
            "crumbs": frame.crumbs(session, artifact, chips=False),
            "steps": _steps(artifact, versions),
            "place": "",
            "download": "",
            "compare": frame.comparison(session, artifact),
            "keys": _KEYS,
            "find": frame.find_sources(session, artifact),
        }
    )
    if ignored:
        notices(ignored, key="ignored")
    with st.container(key="sheet"):
        _heading(artifact, values, versions)
        _problems(session, artifact)
        first = "Values" if values or not artifact.names() else "Files"
        tabs = st.tabs(list(_TABS), default=first, key="tab", on_change="rerun", bind="query-params")
        for tab, draw in zip(tabs, _TABS.values(), strict=True):
            if tab.open:
                with tab:
                    draw(session, artifact)


def _steps(artifact: Any, versions: Sequence[Any]) -> dict[str, str]:
    at = next((i for i, item in enumerate(versions) if item.version == artifact.version), None)
    steps = {}
    if at is not None and at + 1 < len(versions):
        steps["older"] = artifact_page(versions[at + 1].qualified_name)
    if at:
        steps["newer"] = artifact_page(versions[at - 1].qualified_name)
    return steps


def _heading(artifact: Any, values: Sequence[str], versions: Sequence[Any]) -> None:
    counts = [human_count(len(values), "value"), human_count(len(artifact.names()), "file")]
    facts = [artifact.type or "no type", *counts, human_size(artifact.size)]
    chips = [{"text": alias, "kind": "alias"} for alias in artifact.aliases if alias != artifact.version]
    data = {"title": artifact.name, "kind": "", "facts": facts, "chips": chips, "text": artifact.description or ""}
    data["versions"] = [
        {"text": item.version, "href": artifact_page(item.qualified_name), "current": item.version == artifact.version}
        for item in versions[:_LISTED_VERSIONS]
        if item.version
    ]
    if artifact.digest:
        data["digest"] = [inspecting.short_digest(artifact.digest), artifact.digest]
    heading(data, key="heading")


def _problems(session: Session, artifact: Any) -> None:
    found = [*artifact.problems, *(session.problems if session.is_single and session.opened is not artifact else ())]
    if found:
        notices([Notice(f"{item.subject}: {item.problem}. {item.remedy}".strip()) for item in found], key="problems")


def _page_of(names: Sequence[str], length: int, key: str) -> Sequence[str]:
    """Return the names of the chosen page; with more than one, the pages to choose from stand above."""
    pages = -(-len(names) // length)
    if pages <= 1:
        return names
    page = int(st.pagination(pages, key=key, bind="query-params") or 1)
    return names[(page - 1) * length : page * length]


def _searched(names: Sequence[str], what: str, key: str) -> Sequence[str]:
    """Return the names that hold the words of the search box; a short list has no box."""
    if len(names) <= 24:
        return names
    words = str(
        st.text_input(
            f"Search {what}", key=key, placeholder=f"Search {len(names):,} {what}", label_visibility="collapsed",
            icon=":material/search:", bind="query-params", width=360,
        )
    ).lower().split()  # fmt: skip
    found = [name for name in names if all(word in name.lower() for word in words)]
    if not found:
        empty_state(f"No {what} of that name", f"None of the {len(names):,} names has these words in it.", "")
    return found


def _values(_session: Session, artifact: Any) -> None:
    names = listed_values(artifact)
    if not names:
        text = "The files of this artifact are under Files. To add a value before it is logged:"
        empty_state("No values", text, _EXAMPLE)
        return
    shown = _page_of(_searched(names, "values", "q"), _CARDS_A_PAGE, "page")
    gallery([_card(artifact, name) for name in shown], key="values")


def _card(artifact: Any, name: str) -> dict[str, Any]:
    icon = frame.icon_of(name)
    note, text, problem = _card_facts(artifact, name)
    return {
        "title": frame.short_name(name),
        "href": entry_page(artifact.qualified_name, name),
        "icon": icon,
        "pictures": [thumbnails.address(artifact, name, media.url_for_bytes)] if icon == "image" else [],
        "note": note,
        "text": text,
        "chips": [],
        "problem": problem,
    }


def _card_facts(artifact: Any, name: str) -> tuple[str, str, str]:
    """Return size, caption and problem from the stored JSON; nothing is decoded for a card."""
    if not name.endswith(".json"):
        return human_size(artifact.get_path(name).size), "", ""
    try:
        document = artifact.json(name)
    except (LookupError, OSError, ValueError) as error:
        return "", "", str(error)
    if not isinstance(document, dict):
        return "", "", ""
    width, height, caption = document.get("width"), document.get("height"), document.get("caption")
    size = f"{width:,}×{height:,}" if isinstance(width, int) and isinstance(height, int) else ""
    if not size and isinstance(document.get("columns"), list):
        rows = document.get("data")
        size = f"{len(rows) if isinstance(rows, list) else '?'} × {len(document['columns'])}"
    return size, caption if isinstance(caption, str) else "", ""


def _pictures(_session: Session, artifact: Any) -> None:
    if not picture_names(listed_values(artifact)):
        text = "Pictures among the values of an artifact are shown here, with filters by class, score and size."
        empty_state("No pictures", text, 'artifact.add(Image(pixels, boxes={...}), "cat")')
        return
    show_gallery(artifact)


def _files(_session: Session, artifact: Any) -> None:
    shown = _page_of(_searched(artifact.names(), "files", "file_q"), _ROWS_A_PAGE, "file_page")
    rows = []
    for name in shown:
        entry = artifact.get_path(name)
        digest = str(entry.digest or "")
        size = human_size(int(entry.size or 0))
        href = entry_page(artifact.qualified_name, name)
        cells = [name, inspecting.short_digest(digest), size]
        rows.append({"href": href, "icon": frame.icon_of(name), "cells": cells, "wholes": [name, digest, ""]})
    listing(["Name", "Digest", ">Size"], rows, key="file-rows")


def _versions(session: Session, artifact: Any) -> None:
    rows = []
    for item in session.versions(artifact.name):
        chips = [{"text": alias, "kind": "alias"} for alias in item.aliases if alias != item.version]
        cells = [
            item.version or item.name,
            inspecting.short_digest(item.digest),
            (item.created or "")[:16].replace("T", " "),
            f"{item.entries:,}",
            human_size(item.size),
        ]
        rows.append(
            {
                "href": artifact_page(item.qualified_name),
                "icon": "artifact",
                "cells": cells,
                "chips": chips,
                "current": item.version == artifact.version,
                "wholes": ["", item.digest, item.created or "", "", ""],
            }
        )
    listing(["Version", "Digest", "Logged (UTC)", ">Entries", ">Size"], rows, key="version-rows")


def _metadata(_session: Session, artifact: Any) -> None:
    if not artifact.metadata:
        empty_state(
            "No metadata",
            "Text, numbers and lists that belong to the whole version:",
            'Artifact("pets", type="dataset", metadata={"split": "val"})',
        )
        return
    text = json.dumps(artifact.metadata, indent=2, ensure_ascii=False)
    text_view({"kind": "text", "text": text, "language": "json"}, key="metadata")


def _code(session: Session, artifact: Any) -> None:
    st.code(inspecting.artifact_code(session, artifact) + "\nartifact.download()", language="python")


#: Tab → what draws it; the names stand in the address.
_TABS = {
    "Values": _values,
    "Pictures": _pictures,
    "Files": _files,
    "Versions": _versions,
    "Metadata": _metadata,
    "Code": _code,
}

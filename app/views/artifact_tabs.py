"""What the tabs of an artifact show: values, pictures, files, versions, lineage, metadata, fidelity, code."""

from __future__ import annotations

import functools
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import media, thumbnails
from app.components.choices import choices
from app.components.empty_state import empty_state
from app.components.file_tree import file_tree
from app.components.gallery import gallery
from app.components.listing import listing
from app.components.text_view import text_view
from app.delta import delta
from app.listed_values import listed_values
from app.renderers import for_tag
from app.tables.gallery import picture_names
from app.verifying.badges import artifact_badges
from app.views import frame, inspecting
from app.views.addresses import artifact_page, compare_page, entry_page, given, with_state
from app.views.card_facts import card_facts
from app.views.fidelity_tab import show_fidelity
from app.views.gallery import show_gallery
from app.views.lineage import show_lineage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.session import Session, VersionRow

#: Cards of one page.
_CARDS_A_PAGE = 120

#: Versions that are listed, and those of them whose changes are counted.
_LISTED_VERSIONS, _COMPARED_VERSIONS = 500, 30

#: Entries up to which the changes of a version are counted.
_COMPARED_ENTRIES = 20_000

#: Types of values that can be chosen from.
_KINDS = 16

_EXAMPLE = """from datatypes import Image

artifact.add(Image("cat.png", caption="A cat"), "cat")"""


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
    shown = _page_of(_searched(_of_kind(artifact, names), "values", "q"), _CARDS_A_PAGE, "page")
    gallery([_card(artifact, name) for name in shown], key="values")


def _of_kind(artifact: Any, names: Sequence[str]) -> Sequence[str]:
    """Return the values of the type that the address names; several types stand above to choose from."""
    kinds = Counter(map(kind_of, names))
    if len(kinds) < 2:
        return names
    wanted = given(st.query_params, "kind")
    wanted = wanted if wanted in kinds else ""
    home = artifact_page(artifact.qualified_name)
    items = [{"text": "All", "note": f"{len(names):,}", "href": home, "current": not wanted}]
    for kind, count in kinds.most_common(_KINDS):
        href = with_state(home, {"kind": kind})
        items.append({"text": kind, "note": f"{count:,}", "href": href, "current": kind == wanted})
    choices("Type of values", items, key="kinds")
    return [name for name in names if not wanted or kind_of(name) == wanted]


def kind_of(name: str) -> str:
    """Return the type of an entry by its name alone, as people call it."""
    from datatypes.registry import class_for_tag

    parts = name.rpartition("/")[2].split(".")
    if len(parts) < 3 or parts[-1] != "json":
        return "Image" if frame.icon_of(name) == "image" else parts[-1] if len(parts) > 1 else "file"
    cls, renderer = class_for_tag(parts[-2]), for_tag(parts[-2])
    return cls.__name__ if cls is not None else renderer.TYPE_NAME if renderer.TAG else parts[-2]


def _card(artifact: Any, name: str) -> dict[str, Any]:
    facts = card_facts(artifact, name)
    return {
        "title": frame.short_name(name),
        "href": entry_page(artifact.qualified_name, name),
        "icon": frame.icon_of(name),
        "pictures": [] if facts.problem else thumbnails.pictures(artifact, name, media.url_for_bytes),
        "note": facts.note,
        "text": facts.text,
        "chips": [],
        "badge": inspecting.fidelity_badge(facts.record) if facts.record is not None else None,
        "problem": facts.problem,
    }


def _pictures(_session: Session, artifact: Any) -> None:
    if not picture_names(listed_values(artifact)):
        text = "Pictures among the values of an artifact are shown here, with filters by class, score and size."
        empty_state("No pictures", text, 'artifact.add(Image(pixels, boxes={...}), "cat")')
        return
    show_gallery(artifact)


def _files(_session: Session, artifact: Any) -> None:
    names = artifact.names()
    if not names:
        text = "Files of a version, whether values put them there or you did:"
        empty_state("No files", text, 'artifact.add_file("weights.pt")')
        return
    source = media.url_for_bytes(
        functools.partial(_listed_files, artifact),
        "application/json",
        f"files/{artifact.qualified_name}@{artifact.digest}",
    )
    file_tree(source, entry_page(artifact.qualified_name, ""), len(names), key="files")


def _listed_files(artifact: Any) -> bytes:
    from storage.refs import mask_credentials

    rows = [
        [
            entry.path,
            int(entry.size or 0),
            str(entry.digest or ""),
            mask_credentials(entry.ref or ""),
            frame.icon_of(entry.path),
        ]
        for entry in artifact.manifest
    ]
    return json.dumps(rows).encode("utf-8", "surrogatepass")


def _versions(session: Session, artifact: Any) -> None:
    versions = session.versions(artifact.name)
    shown = versions[:_LISTED_VERSIONS]
    rows = []
    for at, item in enumerate(shown):
        before = versions[at + 1] if at + 1 < len(versions) else None
        cells = [
            item.version or item.name,
            inspecting.short_digest(item.digest),
            (item.created or "")[:16].replace("T", " "),
            item.run or "",
            f"{item.entries:,}",
            _size_text(item, before),
            _change(session, item, before) if at < _COMPARED_VERSIONS else "",
        ]
        rows.append(
            {
                "href": artifact_page(item.qualified_name),
                "icon": "artifact",
                "cells": cells,
                "chips": [{"text": alias, "kind": "alias"} for alias in item.aliases if alias != item.version],
                "badge": artifact_badges(session.path, item)[0],
                "current": item.version == artifact.version,
                "wholes": ["", item.digest, item.created or "", item.run or "", "", "", ""],
                "action": _comparison(item, before, artifact),
            }
        )
    columns = ["Version", "Digest", "Logged (UTC)", "Run", ">Entries", ">Size", ">Changes"]
    listing(columns, rows, key="version-rows")


def _size_text(item: VersionRow, before: VersionRow | None) -> str:
    from app.text import human_size

    text = human_size(item.size)
    if before is not None and item.size != before.size:
        sign = "+" if item.size > before.size else "−"
        text += f" ({sign}{human_size(abs(item.size - before.size))})"
    return text


def _change(session: Session, item: VersionRow, before: VersionRow | None) -> str:
    """Return what changed since the version before; nothing where counting would take long."""
    if before is None or max(item.entries, before.entries) > _COMPARED_ENTRIES:
        return ""
    try:
        return delta(session.resolve(before.qualified_name), session.resolve(item.qualified_name)).text
    except (LookupError, OSError, ValueError) as error:
        return str(error)


def _comparison(item: VersionRow, before: VersionRow | None, artifact: Any) -> dict[str, str] | None:
    """Return the link that compares a version with the one that is shown, or that one with the version before."""
    if item.version != artifact.version:
        return {
            "text": f"compare with {artifact.version}",
            "href": compare_page(item.qualified_name, artifact.qualified_name),
        }
    if before is None:
        return None
    return {"text": f"compare with {before.version}", "href": compare_page(before.qualified_name, item.qualified_name)}


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
TABS: dict[str, Callable[[Session, Any], None]] = {
    "Values": _values,
    "Pictures": _pictures,
    "Files": _files,
    "Versions": _versions,
    "Lineage": show_lineage,
    "Metadata": _metadata,
    "Fidelity": show_fidelity,
    "Code": _code,
}

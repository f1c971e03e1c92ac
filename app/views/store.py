"""What is open: artifacts as cards with a collage of their first pictures. Address: ``/``."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import media, thumbnails
from app.components.empty_state import empty_state
from app.components.gallery import gallery
from app.components.listing import listing
from app.components.notices import notices
from app.components.topbar import topbar
from app.renderers import Notice
from app.session import current
from app.text import human_count, human_size
from app.views import frame
from app.views.addresses import artifact_page
from app.views.opening import listed_values, open_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Session

#: Above this, artifacts are rows: a card each would be a page of scrolling.
_CARDS = 60

#: Rows of a large store; more are found by the search.
_ROWS = 500

#: Values that are looked at for a collage of four pictures.
_LOOKED_AT = 200

_KEYS = [[["/"], "find"], [["?"], "these keys"]]

_EXAMPLE = """from datatypes import Image
from storage import Artifact, Store

artifact = Artifact("pets", type="dataset")
artifact.add(Image("cat.png"), "cat")
Store({place!r}).log_artifact(artifact)"""


_RUN_EXAMPLE = """from storage import open_source

for step, values in open_source({place!r}).history():
    print(step, values)"""


def show() -> None:
    """Draw the page; where one artifact or one file is all there is, that."""
    session = current()
    if not session.is_single:
        show_store([])
        return
    from app.views import artifact, entry

    (only,) = session.artifacts()
    if session.kind == "file" and len(only.names()) == 1:
        entry.show_entry(session, only, open_entry(only, only.names()[0]))
    else:
        artifact.show_artifact(only, [])


def show_store(ignored: Sequence[Notice]) -> None:
    """Draw what is open.

    Parameters
    ----------
    ignored : sequence of Notice
        What of the address was ignored.
    """
    session = current()
    found = session.artifacts()
    frame.title(session.title)
    frame.sidebar(session)
    topbar(
        {
            "crumbs": frame.crumbs(session),
            "steps": {},
            "place": "",
            "download": "",
            "keys": _KEYS,
            "find": frame.find_sources(session),
        }
    )
    if ignored:
        notices(ignored, key="ignored")
    with st.container(key="sheet"):
        _head(session, found)
        _problems(session)
        if not found and session.kind == "run":
            empty_state("This run logged no artifacts", "Its rows, in Python:", _RUN_EXAMPLE.format(place=session.path))
        elif not found:
            empty_state(
                "No artifacts yet", "What you log appears here. To log a picture:", _EXAMPLE.format(place=session.title)
            )
        elif len(found) <= _CARDS:
            gallery([_card(artifact) for artifact in found], key="artifacts", wide=True)
        else:
            _list(found)


def _head(session: Session, found: Sequence[Any]) -> None:
    from app.components.heading import heading

    size = sum(artifact.size for artifact in found)
    facts = [human_count(len(found), "artifact")]
    if found:
        facts.append(f"{human_size(size)} in their latest versions")
    runs = session.runs()
    if runs:
        facts.append(human_count(len(runs), "run"))
    heading({"title": session.title, "kind": session.kind, "facts": facts, "chips": []}, key="heading")


def _problems(session: Session) -> None:
    """Say what could not be read; the rest is shown all the same."""
    lines = [Notice(f"{found.subject}: {found.problem}. {found.remedy}".strip()) for found in session.problems]
    if lines:
        notices(lines, key="problems")


def _card(artifact: Any) -> dict[str, Any]:
    chips = [{"text": alias, "kind": "alias"} for alias in artifact.aliases if alias != artifact.version]
    return {
        "title": artifact.name,
        "href": artifact_page(artifact.qualified_name),
        "icon": "artifact",
        "pictures": collage(artifact),
        "note": artifact.version or "",
        "text": f"{artifact.type or 'no type'} · {human_size(artifact.size)}",
        "chips": chips[:3],
        "problem": "",
    }


def collage(artifact: Any) -> list[str]:
    """Return the addresses of previews of the first four pictures."""
    names = (name for name in islice(listed_values(artifact), _LOOKED_AT) if frame.icon_of(name) == "image")
    return [thumbnails.address(artifact, name, media.url_for_bytes) for name in islice(names, 4)]


def _list(found: Sequence[Any]) -> None:
    rows = [
        {
            "href": artifact_page(artifact.qualified_name),
            "icon": "artifact",
            "cells": [artifact.name, artifact.type, artifact.version or "", human_size(artifact.size)],
            "chips": [{"text": alias, "kind": "alias"} for alias in artifact.aliases if alias != artifact.version],
        }
        for artifact in found[:_ROWS]
    ]
    listing(["Name", "Type", "Version", ">Size"], rows, key="artifact-rows")
    if len(found) > _ROWS:
        notices(
            [Notice(f"{_ROWS:,} of {len(found):,} artifacts, because a long list is searched: press /")], key="rest"
        )

"""What is open: artifacts as cards with a collage of their first previews, runs beside them. Address: ``/``.

``?type=dataset`` shows the artifacts of one type.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import media, records, thumbnails
from app.components.choices import choices
from app.components.empty_state import empty_state
from app.components.gallery import gallery
from app.components.heading import heading
from app.components.listing import listing
from app.components.notices import notices
from app.components.topbar import topbar
from app.components.tour import tour
from app.listed_values import listed_values, unreadable
from app.renderers import Notice
from app.session import current
from app.text import human_count, human_size
from app.views import frame
from app.views.addresses import HOME, artifact_page, given, run_page, with_query
from app.views.opening import open_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Session

#: Above this, artifacts are rows: a card each would be a page of scrolling.
_CARDS = 60

#: Rows of a large store; more are found by the search.
_ROWS = 500

#: Runs beside the cards; all of them are found by the search.
_RUNS = 100

#: Values that are looked at for a collage of four pictures.
_LOOKED_AT = 200

#: Types of artifacts that can be chosen from.
_TYPES = 12

_KEYS = [[["/"], "find"], [["arrows"], "move between cards"], [["?"], "these keys"]]

_TOUR = ("Five clicks.", "Two versions of a detector, what got worse, why, whether that is true, and home with it.")

_LEAD = "Media and tables of machine-learning work, kept on this machine: look, prove, compare, share."

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
    if session.kind == "run":
        from app.views import run

        run.show_run(session, session.opened)
        return
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
    everything, runs = session.artifacts(), session.runs()
    found, unknown = _of_type(everything, given(st.query_params, "type"))
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
    if ignored or unknown:
        notices([*ignored, *unknown], key="ignored")
    with st.container(key="sheet"):
        _head(session, everything, runs)
        if session.tour:
            tour(*_TOUR, session.tour)
        _problems(session)
        with st.container(key="store", horizontal=True, gap=None):
            with st.container(key="store-artifacts", gap=None):
                _artifacts(session, everything, found)
            if runs and everything:
                with st.container(key="store-runs", gap=None):
                    _runs(runs)
        if runs and not everything:
            _runs(runs)


def _of_type(everything: Sequence[Any], wanted: str) -> tuple[Sequence[Any], list[Notice]]:
    """Return the artifacts of a type; all of them, and why, if there is none of it."""
    found = [artifact for artifact in everything if not wanted or artifact.type == wanted]
    if found or not everything:
        return found, []
    return everything, [Notice(f"the type “{wanted}” was ignored, because no artifact has it")]


def _head(session: Session, everything: Sequence[Any], runs: Sequence[Any]) -> None:
    facts = [human_count(len(everything), "artifact")]
    if everything:
        facts.append(f"{human_size(sum(map(size_of, everything)))} in their latest versions")
    if runs:
        facts.append(human_count(len(runs), "run"))
    unread = len(session.problems)
    facts.append(f"{human_count(unread, 'part')} could not be read" if unread else "everything could be read")
    data: dict[str, Any] = {"title": session.title, "kind": session.kind, "facts": facts, "chips": []}
    if session.tour:
        data["text"] = _LEAD
    elif session.path:
        data["digest"] = [f"…/{session.title}", session.path]
        data["digest_label"] = "Copy the path"
    heading(data, key="heading")


def _problems(session: Session) -> None:
    """Say what could not be read; the rest is shown all the same."""
    lines = [Notice(f"{found.subject}: {found.problem}. {found.remedy}".strip()) for found in session.problems]
    if lines:
        notices(lines, key="problems")


def _artifacts(session: Session, everything: Sequence[Any], found: Sequence[Any]) -> None:
    """Draw the artifacts, with the types to choose from when there are several."""
    kinds = Counter(artifact.type or "no type" for artifact in everything)
    if len(kinds) > 1:
        wanted = given(st.query_params, "type") if len(found) < len(everything) else ""
        items = [{"text": "All", "note": f"{len(everything):,}", "href": HOME, "current": not wanted}]
        for kind, count in kinds.most_common(_TYPES):
            href = with_query(HOME, {"type": kind})
            items.append({"text": kind, "note": f"{count:,}", "href": href, "current": kind == wanted})
        choices("Type of artifacts", items, key="kinds")
    if not everything:
        _nothing(session)
    elif len(found) <= _CARDS:
        gallery([_card(artifact) for artifact in found], key="artifacts", wide=True)
    else:
        _list(found)


def _nothing(session: Session) -> None:
    if session.kind == "run":
        empty_state("This run logged no artifacts", "Its rows, in Python:", _RUN_EXAMPLE.format(place=session.path))
    else:
        text = "What you log appears here. To log a picture:"
        empty_state("No artifacts yet", text, _EXAMPLE.format(place=session.title))


def _card(artifact: Any) -> dict[str, Any]:
    broken = unreadable(artifact)
    chips = [{"text": alias, "kind": "alias"} for alias in artifact.aliases if alias != artifact.version]
    return {
        "title": artifact.name,
        "href": artifact_page(artifact.qualified_name),
        "icon": "artifact",
        "pictures": collage(artifact) if broken is None else [],
        "note": artifact.version or "",
        "text": f"{artifact.type or 'no type'} · {human_size(size_of(artifact))}",
        "chips": chips[:3],
        "bar": records.counts_address(artifact, media.url_for_bytes) if broken is None else "",
        "problem": f"{broken.problem}. {broken.remedy}" if broken is not None else "",
    }


def size_of(artifact: Any) -> int:
    """Return the size of an artifact in bytes; 0 where its list of entries cannot be read."""
    try:
        return int(artifact.size)
    except (LookupError, OSError, ValueError):
        return 0


def collage(artifact: Any) -> list[str]:
    """Return the addresses of four previews: of different types first, then in the order of the names."""
    names = [name for name in islice(listed_values(artifact), _LOOKED_AT) if thumbnails.has_preview(name)]
    first_of_kind: dict[str, str] = {}
    for name in sorted(names, key=lambda name: frame.icon_of(name) == "table"):  # tables of text say least
        first_of_kind.setdefault(name.split(".")[-2] if name.endswith(".json") else "", name)
    chosen = [*first_of_kind.values(), *(name for name in names if name not in first_of_kind.values())][:4]
    return [found for name in chosen for found in thumbnails.pictures(artifact, name, media.url_for_bytes)]


def _runs(runs: Sequence[Any]) -> None:
    """List the runs, the newest first where that is known."""
    ordered = sorted(runs, key=lambda run: -(float(getattr(run, "started", None) or 0)))
    rows = [
        {
            "href": run_page(run.id),
            "icon": "chart",
            "cells": [run.name or run.id, getattr(run, "state", "") or run.project],
            "chips": [],
            "current": False,
        }
        for run in ordered[:_RUNS]
    ]
    listing(["Runs", ""], rows, key="run-rows")
    if len(runs) > _RUNS:
        notices([Notice(f"{_RUNS:,} of {len(runs):,} runs, because a long list is searched: press /")], key="more-runs")


def _list(found: Sequence[Any]) -> None:
    rows = [
        {
            "href": artifact_page(artifact.qualified_name),
            "icon": "artifact",
            "cells": [artifact.name, artifact.type, artifact.version or "", human_size(size_of(artifact))],
            "chips": [{"text": alias, "kind": "alias"} for alias in artifact.aliases if alias != artifact.version],
        }
        for artifact in found[:_ROWS]
    ]
    listing(["Name", "Type", "Version", ">Size"], rows, key="artifact-rows")
    if len(found) > _ROWS:
        notices(
            [Notice(f"{_ROWS:,} of {len(found):,} artifacts, because a long list is searched: press /")], key="rest"
        )

"""Two versions, entries or runs against each other. Address: ``/compare?a=&b=``.

What differs stands in one list, the worst first, each with the picture and the lines that explain its number; a pair
has a page of its own (`app.views.compare_pair`). ``show`` (changed, removed, added), ``type`` and ``page`` of the list
stand in the address too.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.comparing import jobs
from app.comparing.sides import Side, find_side
from app.components.compare_head import compare_head
from app.components.compare_list import compare_list
from app.components.compare_picker import compare_picker
from app.components.empty_state import empty_state
from app.components.listing import listing
from app.components.notices import notices
from app.components.problem_card import problem_card
from app.components.progress_line import progress_line
from app.components.topbar import topbar
from app.renderers import Notice, problem_of
from app.session import current
from app.views import frame
from app.views.addresses import compare_page, given
from app.views.compare_pair import show_pair
from app.views.compare_rows import ROWS_A_PAGE, filters, listed, row_data
from app.views.compare_sides import head_data, names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.comparing.model import Difference
    from app.session import Session

#: Seconds that the page waits for a comparison before it shows how far it is.
WAIT_SECONDS = 0.6

#: Artifacts that are looked at for suggestions, and suggestions that are listed.
_LOOKED_AT = 200
_SUGGESTED = 12
_SUGGESTED_RUNS = 4

_KEYS = [[["/"], "find"], [["?"], "these keys"]]


def show() -> None:
    """Draw what the address names, or ask for it."""
    session = current()
    texts = [given(st.query_params, key) for key in ("a", "b")]
    found = [find_side(session, text) for text in texts]
    ignored = [Notice(problem) for _, problem in found if problem]
    left, right = found[0][0], found[1][0]
    if left is not None and right is not None:
        left, right, more = _of_one_kind(session, left, right)
        ignored += more
        if left.kind == right.kind == "entry":
            show_pair(session, left, right, ignored)
            return
        if left.kind == right.kind:
            _show_two(session, left, right, ignored)
            return
    _ask(session, left, right, ignored)


def _of_one_kind(session: Session, left: Side, right: Side) -> tuple[Side, Side, list[Notice]]:
    """Bring a version and an entry together: the entry of the same name, or else the whole."""
    kinds = {left.kind, right.kind}
    if kinds != {"version", "entry"}:
        return left, right, []
    entry = left.entry or right.entry
    sides = []
    for side in (left, right):
        there, problem = (side, "") if side.entry else find_side(session, f"{side.text}/{entry}")
        if there is None or problem:
            text = f"“{entry}” was ignored, because {side.text} has no such entry; the versions are compared"
            whole = [Side(text=str(item.artifact.qualified_name), artifact=item.artifact) for item in (left, right)]
            return whole[0], whole[1], [Notice(text)]
        sides.append(there)
    return sides[0], sides[1], []


def _frame(session: Session, left: Side | None, right: Side | None) -> None:
    names = names_of(left, right)
    frame.title(f"{names} · Compare" if names else "Compare")
    shown = next((side.artifact for side in (right, left) if side is not None and side.artifact is not None), None)
    frame.sidebar(session, here=compare_page())
    crumbs = [*frame.crumbs(session), {"label": "Compare", "href": compare_page()}]
    if names:
        crumbs.append({"label": names, "href": None})
    topbar(
        {
            "crumbs": crumbs,
            "steps": {},
            "place": "",
            "download": "",
            "keys": _KEYS,
            "find": frame.find_sources(session, shown),
        }
    )


def _ask(session: Session, left: Side | None, right: Side | None, ignored: Sequence[Notice]) -> None:
    """Draw the choice of two."""
    _frame(session, None, None)
    with st.container(key="sheet"):
        if left is not None and right is not None:
            kinds = f"{left.text} is a {left.kind}, and {right.text} is a {right.kind}"
            ignored = [*ignored, Notice(f"{kinds}: choose two of a kind")]
        if ignored:
            notices(ignored, key="ignored")
        compare_picker(
            {
                "a": left.text if left is not None else "",
                "b": right.text if right is not None else "",
                "single": session.artifacts()[0].qualified_name if session.is_single else "",
            },
            key="picker",
        )
        _suggest(session)


def _suggest(session: Session) -> None:
    """List artifacts with more than one version: their two latest are what most people compare."""
    rows: list[dict[str, Any]] = []
    for latest in session.artifacts()[:_LOOKED_AT]:
        versions = session.versions(latest.name)
        if len(versions) > 1 and len(rows) < _SUGGESTED:
            old, new = versions[1], versions[0]
            href = compare_page(old.qualified_name, new.qualified_name)
            cells = [latest.name, f"{old.version} → {new.version}", (new.created or "")[:16].replace("T", " ")]
            rows.append({"href": href, "icon": "compare", "cells": cells, "wholes": ["", "", new.created or ""]})
    runs = session.runs()[: _SUGGESTED_RUNS + 1]
    for one, other in itertools.pairwise(runs):
        if one.project == other.project:
            cells = [f"{one.name} and {other.name}", f"{one.id} → {other.id}", ""]
            rows.append(
                {"href": compare_page(one.id, other.id), "icon": "chart", "cells": cells, "wholes": ["", "", ""]}
            )
    if rows:
        listing(["Latest against the version before, and runs", "Sides", "Logged (UTC)"], rows, key="suggested")


def _show_two(session: Session, left: Side, right: Side, ignored: Sequence[Notice]) -> None:
    """Draw two versions or two runs."""
    _frame(session, left, right)
    with st.container(key="sheet"):
        if ignored:
            notices(ignored, key="ignored")
        job = jobs.start(left, right, wait=WAIT_SECONDS)
        if job.error is not None:
            compare_head(head_data(session, left, right), key="head")
            problem_card(problem_of(job.error, right.text), key="compare-problem", stored="", download="")
        elif job.result is None:
            compare_head(head_data(session, left, right), key="head")
            _watch(left, right)
        else:
            _show_result(session, left, right, job.result)


@st.fragment(run_every=0.7)
def _watch(left: Side, right: Side) -> None:
    """Draw how far the comparison is, and the page anew when it has ended."""
    job = jobs.start(left, right)
    if job.ended.is_set():
        st.rerun()
    progress_line(
        {"text": f"Comparing {names_of(left, right)}", "done": job.done, "total": job.total, "unit": "entries"},
        key="compare-progress",
    )


def _show_result(session: Session, left: Side, right: Side, found: Difference) -> None:
    show_, type_ = given(st.query_params, "show"), given(st.query_params, "type")
    chips, ignored = filters(left, right, found, show_, type_)
    compare_head({**head_data(session, left, right), "chips": chips}, key="head")
    if ignored:
        notices([Notice(text) for text in ignored], key="filters-ignored")
    if found.is_equal:
        text = (
            f"All {found.equal:,} entries are the same in both." if found.equal else "Neither of the two has entries."
        )
        empty_state("Nothing differs", text, "")
        return
    rows = listed(found, show_, type_)
    pages = -(-len(rows) // ROWS_A_PAGE)
    page = 1
    if pages > 1:
        page = int(st.pagination(pages, key="page", bind="query-params") or 1)
    shown = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    compare_list({"rows": [row_data(left, right, item) for item in shown]}, key="differences")
    if pages > 1:
        start = (page - 1) * ROWS_A_PAGE
        text = f"{start + 1:,}–{start + len(shown):,} of {len(rows):,} differences, because a page has {ROWS_A_PAGE}"
        notices([Notice(f"{text}; the worst come first")], key="paged")

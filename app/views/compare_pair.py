"""One pair of entries: the two values together, as their type is best compared, and all that differs between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app import media
from app.comparing import jobs
from app.comparing.content import DECODE_ERRORS
from app.comparing.sides import Side
from app.comparing.words import fact_of, spoken
from app.components.compare_head import compare_head
from app.components.compare_lines import compare_lines
from app.components.inspector import inspector
from app.components.notices import notices
from app.components.problem_card import problem_card
from app.components.progress_line import progress_line
from app.components.table_difference import table_difference
from app.components.topbar import topbar
from app.renderers import Context, Notice, View, problem_of
from app.tables.previews import type_of
from app.views import frame, inspecting
from app.views.addresses import compare_page
from app.views.compare_rows import listed, pictures_of
from app.views.compare_sides import head_data, names_of
from storage.hashing import hasher_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.comparing.model import Change
    from app.session import Session

__all__ = ["show_pair"]

#: Seconds that the page waits for the measures before it shows how far they are.
WAIT_SECONDS = 0.8

#: Bytes of two versions that are compared for the way to the next difference, where nobody has asked for them.
_SMALL_BYTES = 8 << 20

_TABLES = frozenset({"table", "partitioned-table", "data-frame"})

#: Types whose picture of the difference shows both.
_TOGETHER = frozenset({"audio-file", "histogram"})

_KEYS = [
    [["←", "→"], "previous and next difference"],
    [["/"], "find"],
    [["?"], "these keys"],
]


def show_pair(session: Session, left: Side, right: Side, ignored: Sequence[Notice]) -> None:
    """Draw two entries.

    Parameters
    ----------
    session : Session
        What is open.
    left, right : Side
        The old and the new one.
    ignored : sequence of Notice
        What of the address was ignored.
    """
    job = jobs.start(left, right, wait=WAIT_SECONDS)
    values = [_value(side) for side in (left, right)]
    tag = _tag(values)
    view = _image_view(left, right, values) if tag == "image-file" else None
    _frame(session, left, right, _keys(view))
    lines = [*ignored, *(view.notices if isinstance(view, View) else ())]
    with st.container(key="body", horizontal=True, gap=None):
        with st.container(key="main", gap=None):
            _draw_object(left, right, tag, view)
            if lines:
                with st.container(key="below", gap=None):
                    notices(lines)
        with st.container(key="side", gap=None):
            compare_head({**head_data(session, left, right), "narrow": True, "choose": _whole(left, right)}, key="head")
            if job.error is not None:
                problem_card(problem_of(job.error, right.text), key="compare-problem", stored="", download="")
            elif job.result is None:
                _watch(left, right)
            else:
                change = job.result.changed[0] if job.result.changed else None
                inspector(_inspected(session, left, right, tag, change, view if isinstance(view, View) else None))


def _whole(left: Side, right: Side) -> str:
    """Return the address of the versions of two entries."""
    return compare_page(str(left.artifact.qualified_name), str(right.artifact.qualified_name))


def _value(side: Side) -> Any:
    """Return a decoded entry; None for a plain file and what does not decode, which the measures tell."""
    from app.tables.outline import outline

    try:
        return outline(side.artifact, side.entry) or side.artifact.get(side.entry)
    except DECODE_ERRORS:
        return None


def _tag(values: Sequence[Any]) -> str:
    tags = [str(getattr(value, "artifact_type", "") or "") for value in values]
    return tags[0] if tags[0] == tags[1] else ""


def _image_view(left: Side, right: Side, values: Sequence[Any]) -> Any:
    """Return the view of two pictures, or what kept it from being made."""
    from app.renderers.image_pair import prepare_pair

    contexts = [
        Context(artifact=side.artifact, name=side.entry, url_for=media.url_for, url_for_bytes=media.url_for_bytes)
        for side in (left, right)
    ]
    names = (left.label, right.label) if left.label != right.label else (left.text, right.text)
    try:
        return prepare_pair(values[0], values[1], contexts[0], contexts[1], names=names)
    except Exception as error:  # noqa: BLE001  # the boundary of a renderer: pictures come from a stranger's file
        return problem_of(error, right.text)


def _keys(view: Any) -> list[Any]:
    if not isinstance(view, View):
        return _KEYS
    from app.renderers.image_pair import KEYS

    return [*KEYS, *_KEYS]


def _draw_object(left: Side, right: Side, tag: str, view: Any) -> None:
    if isinstance(view, View):
        from app.renderers.image_pair import draw_pair

        draw_pair(view, key="pair")
    elif view is not None:
        problem_card(view, key="pair-problem", stored="", download="")
    elif tag in _TABLES:
        table_difference({"a": left.text, "b": right.text}, key="table-difference")
    else:
        pictures = pictures_of(left.artifact, left.entry, right.artifact, right.entry, tag)
        if tag in _TOGETHER and pictures:  # both stand in the picture of their difference already
            pictures = pictures[-1:]
        compare_lines({"a": left.text, "b": right.text, "pictures": pictures}, key="lines")


@st.fragment(run_every=0.7)
def _watch(left: Side, right: Side) -> None:
    """Draw that the values are being measured, and the page anew when that has ended."""
    if jobs.start(left, right).ended.is_set():
        st.rerun()
    progress_line({"text": "Measuring", "done": 0, "total": 0, "unit": ""}, key="compare-progress")


def _frame(session: Session, left: Side, right: Side, keys: Sequence[Any]) -> None:
    frame.title(names_of(left, right), "Compare")
    frame.sidebar(session, here=compare_page())
    whole = names_of(
        Side(text=str(left.artifact.qualified_name), artifact=left.artifact),
        Side(text=str(right.artifact.qualified_name), artifact=right.artifact),
    )
    steps, place = _steps(left, right)
    topbar(
        {
            "crumbs": [
                *frame.crumbs(session),
                {"label": "Compare", "href": compare_page()},
                {"label": whole, "href": _whole(left, right)},
                {"label": frame.short_name(right.entry), "href": None},
            ],
            "steps": steps,
            "place": place,
            "download": "",
            "keys": list(keys),
            "find": frame.find_sources(session, right.artifact),
        }
    )


def _steps(left: Side, right: Side) -> tuple[dict[str, str], str]:
    """Return the addresses of the differences before and after this one; of large versions, where they are known."""
    if left.entry != right.entry:
        return {}, ""
    wholes = [Side(text=str(side.artifact.qualified_name), artifact=side.artifact) for side in (left, right)]
    result = jobs.known(wholes[0], wholes[1])
    if result is None and sum(side.size for side in wholes) < _SMALL_BYTES:
        result = jobs.start(wholes[0], wholes[1], wait=WAIT_SECONDS).result
    names = [row.entry for row in listed(result, "changed")] if result is not None else []
    if left.entry not in names:
        return {}, ""
    at = names.index(left.entry)
    steps = {}
    for key, other in (("previous", at - 1), ("next", at + 1)):
        if 0 <= other < len(names):
            steps[key] = compare_page(*(f"{side.text}/{names[other]}" for side in wholes))
    return steps, f"{at + 1:,} of {len(names):,}"


def _command(session: Session, left: Side, right: Side) -> str:
    """Return what measures the same on the command line."""
    import shlex

    return shlex.join(["vitrina", "diff", "--store", session.path or session.title, left.text, right.text])


def _inspected(
    session: Session, left: Side, right: Side, tag: str, change: Change | None, view: View | None
) -> dict[str, Any]:
    """Return the data of the inspector: the measures in words, the stored JSON of them, the code that makes them."""
    import json

    from datatypes.wire import json_safe

    name, icon = type_of(tag) if tag else ("File", "file")
    if change is not None and "→" in change.type:
        name = change.type
    phrases = spoken(change.metrics) if change is not None else []
    facts = [list(fact_of(phrase)) for phrase in phrases]
    badge = {"kind": "warn", "mark": "≠", "text": "differs", "title": "Measured from the decoded values."}
    if change is None:
        badge = {
            "kind": "good",
            "mark": "=",
            "text": "equal",
            "title": "Equal by bytes or by value, to the last of them.",
        }
    sections = []
    if change is not None:
        facts.append(["Severity", f"{change.severity:.3g}"])
        sections.append({"title": "Measures", "text": json.dumps(json_safe(change.metrics), indent=2)})
    names = []
    for label, side in (("Old", left), ("New", right)):
        digest = str(side.artifact.get_path(side.entry).digest or "")
        if hasher_for(digest) is not None:
            names.append([label, inspecting.short_digest(digest), digest])
    sections.append({"title": "Code", "text": _command(session, left, right)})
    return {
        "type": {"name": name, "icon": icon},
        "headline": view.headline if view is not None else "",
        "caption": "",
        "badges": [badge],
        "facts": facts,
        "sections": sections,
        "names": names,
    }

"""A value that a run logged, by its own renderer. Address: ``/run?id=&key=&step=&item=``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app import media
from app.components.inspector import inspector
from app.components.notices import notices
from app.components.problem_card import problem_card
from app.components.topbar import topbar
from app.renderers import Context, Notice, View, for_tag, prepared
from app.runs.columns import columns_of
from app.runs.source import values_in
from app.views import frame, inspecting
from app.views.addresses import given, run_page, run_value_page
from app.views.opening import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.session import Session

_KEYS = [
    [["←", "→"], "the same value of the step before and after"],
    [["/"], "find"],
    [["?"], "these keys"],
]


def show_value(session: Session, run: Any, query: Mapping[str, str]) -> Notice | None:
    """Draw the value that the address names; what is returned says why there is none, and nothing is drawn.

    Parameters
    ----------
    session : Session
        What is open.
    run : ReadableRun
        The run.
    query : mapping
        The address: ``key``, ``step``, ``item``.
    """
    key = given(query, "key")
    rows = columns_of(run).media.get(key, [])
    if not rows:
        return Notice(f"the key “{key}” was ignored, because the run logged no values under it; the run is shown")
    steps = sorted({step for step, _ in rows})
    step = _nearest(steps, given(query, "step"))
    stored = next(stored for at, stored in reversed(rows) if at == step)
    source = session.run_source(str(run.id)).at(key, step)
    values = list(values_in(stored, source))
    if not values:
        return Notice(f"step {step:,} of “{key}” was ignored, because it holds no value; the run is shown")
    item = given(query, "item")
    at = int(item) if item.isdecimal() and int(item) < len(values) else 0
    value = values[at]
    name = getattr(value, "path", None)
    document = stored[at] if isinstance(stored, list) and at < len(stored) else stored
    entry = Entry(name=name if isinstance(name, str) else key, value=value, tag=value.artifact_type, json=document)
    _draw(session, run, source, entry, _Place(key, step, steps, at, len(values)))
    return None


def _nearest(steps: list[int], text: str) -> int:
    """Return the step that is named, else the one before it that has a value, else the last."""
    if not text.lstrip("-").isdecimal():
        return steps[-1]
    return max((step for step in steps if step <= int(text)), default=steps[0])


class _Place:
    """Where a value stands in its run."""

    def __init__(self, key: str, step: int, steps: list[int], item: int, items: int) -> None:
        self.key, self.step, self.steps, self.item, self.items = key, step, steps, item, items


def _draw(session: Session, run: Any, source: Any, entry: Entry, place: _Place) -> None:
    context = Context(artifact=source, name=entry.name, url_for=media.url_for, url_for_bytes=media.url_for_bytes)
    renderer = for_tag(entry.tag)
    shown = prepared(renderer, entry.value, context)
    frame.title(f"{place.key}, step {place.step}", run.name or run.id)
    frame.sidebar(session, run=run)
    at = place.steps.index(place.step)
    steps = {}
    if at:
        steps["previous"] = run_value_page(str(run.id), place.key, place.steps[at - 1], place.item)
    if at + 1 < len(place.steps):
        steps["next"] = run_value_page(str(run.id), place.key, place.steps[at + 1], place.item)
    of = f" ({place.item + 1} of {place.items})" if place.items > 1 else ""
    crumbs = [*frame.crumbs(session), {"label": run.name or run.id, "href": run_page(str(run.id))}]
    topbar(
        {
            "crumbs": [*crumbs, {"label": f"{place.key}{of}", "href": None}],
            "steps": steps,
            "place": f"step {place.step:,}",
            "download": shown.download if isinstance(shown, View) else "",
            "keys": _KEYS,
            "find": frame.find_sources(session),
        }
    )
    with st.container(key="body", horizontal=True, gap=None):
        with st.container(key="main", gap=None):
            if isinstance(shown, View):
                renderer.draw(shown)
            else:
                problem_card(shown, key="object-problem", stored=inspecting.stored_json(entry.json), download="")
            if isinstance(shown, View) and shown.notices:
                with st.container(key="below", gap=None):
                    notices(shown.notices)
        with st.container(key="side", gap=None):
            data = inspecting.entry_inspector(session, source, entry, shown)
            code = f"values = dict(run.history())[{place.step}]\nvalue = values[{place.key!r}]"
            inspector(
                {**data, "sections": [{"title": "Code", "text": _code(session, run) + code}, *data["sections"][1:]]}
            )


def _code(session: Session, run: Any) -> str:
    """Return the Python that opens a run."""
    where = session.path or session.title
    if session.kind == "run":
        return f"from storage import open_source\n\nrun = open_source({where!r})\n"
    opened = f"from storage import open_source\n\nopened = open_source({where!r})\n"
    return f"{opened}run = next(run for run in opened.runs() if run.id == {str(run.id)!r})\n"

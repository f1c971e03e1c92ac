"""A run: charts, media over steps, config, summary, artifacts, log; and a value that it logged.

Addresses: ``/run?id=`` with the tab and the state of its charts; ``/run?id=&key=&step=&item=`` for a value.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.components.empty_state import empty_state
from app.components.heading import heading
from app.components.listing import listing
from app.components.notices import notices
from app.components.run_charts import run_charts
from app.components.run_media import run_media
from app.components.text_view import text_view
from app.components.topbar import topbar
from app.renderers import Notice
from app.session import current
from app.text import human_count, human_size
from app.views import frame, store
from app.views.addresses import artifact_page, compare_page, entry_page, given
from app.views.run_value import show_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.session import Session

_KEYS = [
    [["←", "→"], "in a chart: the point before and after"],
    [["drag"], "in a chart: choose steps; a double click takes it back"],
    [["/"], "find"],
    [["?"], "these keys"],
]

#: Characters of a log that are shown; its end, where the news is.
_LOG_BYTES = 200_000

#: Files of a run that are what it printed.
_LOGS = ("output.log", "console.log", "logs/debug.log")

_FILES = 500

_EXAMPLE = """with Store("my-store").run(project="demo") as run:
    run.log({"loss": 0.3}, step=1)
    run.log({"samples": [dt.Image(pixels)]}, step=1)"""


def show() -> None:
    """Draw the run that the address names; without one, what is open."""
    session = current()
    run_id = given(st.query_params, "id") or (session.opened.id if session.kind == "run" else "")
    try:
        run = session.run(run_id)
    except LookupError:
        said = f"“{run_id}” was ignored, because no run here has this id" if run_id else "no run was named"
        store.show_store([Notice(f"{said}; what is open is shown")])
        return
    ignored: list[Notice] = []
    if given(st.query_params, "key"):
        unknown = show_value(session, run, st.query_params)
        if unknown is None:
            return
        ignored.append(unknown)
    show_run(session, run, ignored)


def show_run(session: Session, run: Any, ignored: Sequence[Notice] = ()) -> None:
    """Draw a run.

    Parameters
    ----------
    session : Session
        What is open.
    run : ReadableRun
        The run.
    ignored : sequence of Notice
        What of the address was ignored.
    """
    frame.title(run.name or run.id)
    frame.sidebar(session, run=run)
    crumbs = [*frame.crumbs(session), {"label": run.name or run.id, "href": None}]
    topbar(
        {
            "crumbs": crumbs if session.kind != "run" else crumbs[1:],
            "steps": {},
            "place": "",
            "download": "",
            "compare": compare_page(run.id),
            "keys": _KEYS,
            "find": frame.find_sources(session),
        }
    )
    if ignored:
        notices(ignored, key="ignored")
    with st.container(key="sheet"):
        _heading(run)
        tabs = st.tabs(list(_TABS), default="Charts", key="tab", on_change="rerun", bind="query-params")
        for tab, draw in zip(tabs, _TABS.values(), strict=True):
            if tab.open:
                with tab:
                    draw(session, run)
        problems = [Notice(f"{item.subject}: {item.problem}. {item.remedy}".strip()) for item in run.problems]
        if problems:
            notices(problems, key="problems")


def _heading(run: Any) -> None:
    facts = [run.project or "no project", f"run {run.id}"]
    started = getattr(run, "started", None)
    if isinstance(started, int | float):
        when = dt.datetime.fromtimestamp(started, dt.UTC)
        facts.append(f"started {when:%Y-%m-%d %H:%M} UTC")
    if sdk := getattr(run, "sdk", None):
        facts.append(f"written by W&B's SDK {sdk}")
    state = str(getattr(run, "state", "") or "")
    chips = [{"text": state, "kind": "alias" if state == "running" else ""}] if state else []
    heading({"title": run.name or run.id, "kind": "run", "facts": facts, "chips": chips}, key="heading")


def _charts(_session: Session, run: Any) -> None:
    run_charts(str(run.id), key="charts")


def _media(_session: Session, run: Any) -> None:
    run_media(str(run.id), key="media")


def _pairs(document: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the leaves of nested JSON, their keys joined by dots; values of types by their type and file."""
    if isinstance(document, dict) and document and "_type" not in document:
        for key, value in document.items():
            yield from _pairs(value, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(document, str):
        yield prefix, document
    else:
        yield prefix, json.dumps(document, ensure_ascii=False)


def _table(document: Any, title: str, text: str, key: str) -> None:
    rows = [list(pair) for pair in _pairs(document)] if document else []
    if not rows:
        empty_state(title, text, _EXAMPLE)
        return
    text_view({"kind": "table", "columns": ["Key", "Value"], "rows": rows}, key=key)


def _config(_session: Session, run: Any) -> None:
    _table(run.config, "No config", 'What a run was configured with: store.run(config={"lr": 3e-4})', "config")


def _summary(_session: Session, run: Any) -> None:
    kept = {key: value for key, value in run.stored_summary.items() if key != "_wandb"}
    _table(kept, "No summary", "The last value of each key that was logged, and what was set by hand:", "summary")


def _artifacts(session: Session, run: Any) -> None:
    recorded = list(getattr(run, "recorded_artifacts", ()))
    rows = []
    for record in recorded:
        ref = f"{record.name}:{record.version}" if record.version else record.name
        known = any(item.version == record.version for item in session.versions(record.name))
        cells = [ref, "used" if record.used else "logged", record.type]
        rows.append({"href": artifact_page(ref) if known else "", "icon": "artifact", "cells": cells, "chips": []})
    if not recorded:
        for artifact in run.artifacts():
            href = artifact_page(artifact.qualified_name)
            cells = [artifact.qualified_name, "logged", artifact.type]
            rows.append({"href": href, "icon": "artifact", "cells": cells, "chips": []})
    if rows:
        listing(["Artifact", "How", "Type"], rows, key="run-artifacts")
    else:
        example = 'run.use_artifact("pets:v0")\nrun.log_artifact(artifact)'
        empty_state("No artifacts", "What the run read and what it made is listed here:", example)


def _files(session: Session, run: Any) -> None:
    source = session.run_source(str(run.id))
    names = list(source.names())
    if not names:
        empty_state("No files", "Files of the values that the run logged lie here.", _EXAMPLE)
        return
    rows = []
    for name in names[:_FILES]:
        size = human_size(int(source.get_path(name).size or 0))
        href = entry_page(source.qualified_name, name)
        rows.append({"href": href, "icon": frame.icon_of(name), "cells": [name, size], "chips": []})
    listing(["Name", ">Size"], rows, key="run-files")
    if len(names) > _FILES:
        notices(
            [Notice(f"{_FILES:,} of {human_count(len(names), 'file')}, because a list this long is not read")],
            key="more",
        )


def _log(_session: Session, run: Any) -> None:
    found = set(run.names())
    name = next((name for name in _LOGS if name in found), None)
    if name is None:
        empty_state("No log", "W&B keeps what a program printed as output.log; this run has none.", "")
        return
    with run.open(name) as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LOG_BYTES))
        text = file.read().decode("utf-8", "replace")
    text_view({"kind": "text", "text": text, "language": "log"}, key="log")
    if size > _LOG_BYTES:
        whole = f"the last {human_size(_LOG_BYTES)} of {human_size(size)}, because the news is at the end"
        notices([Notice(whole, "the whole file", entry_page(f"run!{run.id}", name))], key="log-cut")


#: Tab → what draws it; the names stand in the address.
_TABS: dict[str, Callable[[Session, Any], None]] = {
    "Charts": _charts,
    "Media": _media,
    "Config": _config,
    "Summary": _summary,
    "Artifacts": _artifacts,
    "Files": _files,
    "Log": _log,
}

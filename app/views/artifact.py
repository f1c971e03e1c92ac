"""One version of an artifact: its values as cards, its files, versions and metadata. Address: ``/artifact?ref=``."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.components.heading import heading
from app.components.notices import notices
from app.components.problem_card import problem_card
from app.components.topbar import topbar
from app.delta import delta
from app.listed_values import listed_values, unreadable
from app.renderers import Notice
from app.session import current
from app.text import human_count, human_size
from app.verifying.badges import artifact_badges
from app.views import artifact_tabs, frame, inspecting, store
from app.views.addresses import artifact_page, export_page, given
from app.views.opening import find_artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Session
    from storage.errors import Problem

#: Versions in the switch; all of them are under Versions.
_LISTED_VERSIONS = 100

_KEYS = [
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["arrows"], "move between cards"],
    [["?"], "these keys"],
]

#: Entries up to which the header says what changed since the version before; beyond, Versions and Compare do.
_COMPARED_ENTRIES = 20_000


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
    broken = unreadable(artifact)
    frame.title(artifact.qualified_name)
    frame.sidebar(session, artifact)
    topbar(
        {
            "crumbs": frame.crumbs(session, artifact, chips=False),
            "steps": _steps(artifact, versions),
            "place": "",
            "download": "",
            "pin": frame.pin(artifact),
            "export": export_page(artifact.qualified_name) if broken is None else "",
            "compare": frame.comparison(session, artifact),
            "keys": _KEYS,
            "find": frame.find_sources(session, artifact),
        }
    )
    if ignored:
        notices(ignored, key="ignored")
    with st.container(key="sheet"):
        if broken is not None:
            _show_broken(session, artifact, broken)
            return
        values = listed_values(artifact)
        _heading(artifact, values, versions)
        _problems(session, artifact)
        first = "Values" if values or not artifact.names() else "Files"
        shown = artifact_tabs.TABS
        tabs = st.tabs(list(shown), default=first, key="tab", on_change="rerun", bind="query-params")
        for tab, draw in zip(tabs, shown.values(), strict=True):
            if tab.open:
                with tab:
                    draw(session, artifact)


def _show_broken(session: Session, artifact: Any, broken: Problem) -> None:
    """Draw an artifact whose list of entries cannot be read: why, and its other versions."""
    heading({"title": artifact.name, "kind": artifact.version or "", "facts": [], "chips": []}, key="heading")
    problem_card(broken, key="artifact-problem", stored="", download="")
    artifact_tabs.TABS["Versions"](session, artifact)


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
    facts = [artifact.type or "no type", *counts, human_size(artifact.size), *_since(artifact, versions)]
    chips = [{"text": alias, "kind": "alias"} for alias in artifact.aliases if alias != artifact.version]
    data: dict[str, Any] = {"badges": artifact_badges(current().path, artifact)}
    data |= {"title": artifact.name, "kind": "", "facts": facts, "chips": chips, "text": artifact.description or ""}
    data["versions"] = [
        {"text": item.version, "href": artifact_page(item.qualified_name), "current": item.version == artifact.version}
        for item in versions[:_LISTED_VERSIONS]
        if item.version
    ]
    if artifact.digest:
        data["digest"] = [inspecting.short_digest(artifact.digest), artifact.digest]
    heading(data, key="heading")


def _since(artifact: Any, versions: Sequence[Any]) -> list[str]:
    """Return what changed since the version before, and when and by which run this one was logged."""
    at = next((i for i, item in enumerate(versions) if item.version == artifact.version), None)
    if at is None:
        return []
    said = []
    if at + 1 < len(versions) and max(versions[at].entries, versions[at + 1].entries) <= _COMPARED_ENTRIES:
        before = versions[at + 1]
        with contextlib.suppress(LookupError, OSError, ValueError):
            said.append(f"{delta(current().resolve(before.qualified_name), artifact).text} since {before.version}")
    if versions[at].created:
        by = f" by run {versions[at].run}" if versions[at].run else ""
        said.append(f"logged {versions[at].created[:16].replace('T', ' ')} UTC{by}")
    return said


def _problems(session: Session, artifact: Any) -> None:
    found = [*artifact.problems, *(session.problems if session.is_single and session.opened is not artifact else ())]
    if found:
        notices([Notice(f"{item.subject}: {item.problem}. {item.remedy}".strip()) for item in found], key="problems")

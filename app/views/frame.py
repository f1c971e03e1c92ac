"""The frame of every page: sidebar, top bar, the object, the inspector, lines of notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.listed_values import listed_values, unreadable
from app.renderers import for_tag
from app.renderers.fallback import type_icon
from app.text import human_count, human_size
from app.theme import page_css
from app.views.addresses import (
    HOME,
    artifact_page,
    compare_page,
    entry_page,
    fidelity_page,
    run_page,
    types_page,
    with_query,
)
from datatypes.atoms import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.session import Session

__all__ = ["comparison", "crumbs", "find_sources", "icon_of", "pin", "sidebar", "steps_between", "style", "title"]

#: Artifacts and values that the sidebar lists; more are found by the search, not by scrolling.
_LISTED = 200
_LISTED_VALUES = 60
_LISTED_RUNS = 30

#: Digits of a digest in a pinned address: enough for any store, short enough to be read.
_PINNED_DIGITS = 16

#: Suffix of an object file → icon; what is not here is looked up by its tag.
_FILE_ICONS = {"json": "text", "txt": "text", "md": "text", "log": "text", "csv": "table", "parquet": "table"}
_FILE_ICONS |= dict.fromkeys(("html", "htm"), "code")
_FILE_ICONS |= dict.fromkeys(FORMATS, "molecule")
_PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "ppm", "pgm"})


#: Pages that belong to no artifact.
_PAGES = (
    {"name": "Compare", "icon": "compare", "href": compare_page()},
    {"name": "Fidelity", "icon": "check", "href": fidelity_page()},
    {"name": "Type gallery", "icon": "boxes", "href": types_page()},
)


def style() -> None:
    """Lay out the page; static text of ours, so `st.html` may have it."""
    import streamlit as st

    st.html(f"<style>{page_css()}</style>")


def title(*parts: str) -> None:
    """Name the browser's tab: the object first, for tabs are narrow."""
    import streamlit as st

    st.set_page_config(page_title=" · ".join([*parts, "Vitrina"]))


def icon_of(name: str) -> str:
    """Return the icon of an entry by its name alone."""
    parts = name.rpartition("/")[2].split(".")
    if len(parts) > 2 and parts[-1].lower() == "json":
        tag = {"bokeh": "bokeh-file", "images-separated": "images/separated"}.get(parts[-2].lower(), parts[-2])
        renderer = for_tag(tag)
        return renderer.ICON if renderer.TAG else type_icon(parts[-2])
    extension = parts[-1].lower() if len(parts) > 1 else ""
    return "image" if extension in _PICTURES else _FILE_ICONS.get(extension, "file")


def sidebar(session: Session, artifact: Any = None, current: str = "", *, here: str = "", run: Any = None) -> None:
    """Draw the sidebar.

    Parameters
    ----------
    session : Session
        What is open.
    artifact : StoredArtifact, optional
        The one that the page shows; its values are listed below it.
    current : str, optional
        Entry that the page shows.
    here : str, optional
        Address of the page, if it is one of those that stand below the list.
    run : ReadableRun, optional
        The one that the page shows.
    """
    import streamlit as st

    from app.components.navigation import navigation

    data: dict[str, Any] = {
        "title": session.title,
        "kind": session.kind,
        "current": (artifact is None and run is None and not here) or session.is_single,
    }
    if session.is_single:
        only = session.artifacts()[0]
        values = list(_value_rows(only, current))
        data |= {
            "heading": "Values",
            "artifacts": [],
            "values": values,
            "rest": _rest(values, len(listed_values(only)), "values"),
        }
        data["foot"] = human_count(len(only.names()), "entry/entries")
    else:
        data |= _artifact_rows(session.artifacts(), artifact, current)
    data["runs"], data["runs_rest"] = _run_rows(session, run)
    data["tour"] = [list(step) for step in session.tour]
    shown = [st.query_params.get(name, "") for name in ("q", "cell")]
    data["where"] = [here or current, *shown]  # the steps of the tour look at the address, which has changed with this
    data["pages"] = [{**page, "current": page["href"] == here} for page in _PAGES]
    with st.sidebar:
        navigation(data)


def _run_rows(session: Session, shown: Any) -> tuple[list[dict[str, Any]], str]:
    """Return the runs around the one that the page shows."""
    runs = session.runs()
    ids = [run.id for run in runs]
    here = ids.index(shown.id) if shown is not None and shown.id in ids else 0
    start = max(0, min(here - _LISTED_RUNS // 2, len(runs) - _LISTED_RUNS))
    rows = [
        {
            "name": str(run.name or run.id),
            "icon": "run",
            "href": run_page(str(run.id)),
            "current": shown is not None and run.id == shown.id,
        }
        for run in runs[start : start + _LISTED_RUNS]
    ]
    return rows, _rest(rows, len(runs), "runs")


def _artifact_rows(found: Sequence[Any], shown: Any, current: str) -> dict[str, Any]:
    """Return the artifacts around the one that the page shows."""
    names = [item.name for item in found]
    here = names.index(shown.name) if shown is not None and shown.name in names else 0
    start = max(0, min(here - _LISTED // 2, len(found) - _LISTED))
    rows = [_artifact_row(item, shown, current) for item in found[start : start + _LISTED]]
    rest = _rest(rows, len(found), "artifacts")
    foot = human_count(len(found), "artifact")
    return {"heading": "Artifacts", "artifacts": rows, "values": [], "rest": rest, "foot": foot}


def _rest(listed: Sequence[Any], total: int, what: str) -> str:
    return f"{len(listed):,} of {total:,} {what}, because a long list is searched" if total > len(listed) else ""


def _artifact_row(item: Any, shown: Any, current: str) -> dict[str, Any]:
    is_current = shown is not None and item.name == shown.name
    row = {
        "name": item.name,
        "version": item.version or "",
        "href": artifact_page(item.qualified_name),
        "current": is_current,
    }
    if is_current:
        row |= {"version": shown.version or "", "href": artifact_page(shown.qualified_name)}
        row["values"] = list(_value_rows(shown, current))
        row["rest"] = _rest(row["values"], len(listed_values(shown)), "values") if row["values"] else ""
    return row


def _value_rows(artifact: Any, current: str) -> Iterator[dict[str, Any]]:
    if unreadable(artifact) is not None:
        return
    values = listed_values(artifact)
    at = values.index(current) if current in values else 0
    start = max(0, min(at - _LISTED_VALUES // 2, len(values) - _LISTED_VALUES))
    for name in values[start : start + _LISTED_VALUES]:
        href = entry_page(artifact.qualified_name, name)
        yield {"name": short_name(name), "icon": icon_of(name), "href": href, "current": name == current}


def short_name(name: str) -> str:
    """Return the name under which a value was added: ``cat`` of ``cat.image-file.json``."""
    from datatypes.base import WBValue

    stem, _, ending = name.removesuffix(".json").rpartition(".")
    return stem if name.endswith(".json") and stem and ending in WBValue.type_mapping() else name


def crumbs(session: Session, artifact: Any = None, name: str = "", *, chips: bool = True) -> list[dict[str, Any]]:
    """Return the breadcrumb: what is open, the artifact (with version and aliases, unless told not to), the entry."""
    trail: list[dict[str, Any]] = [{"label": session.title, "href": HOME}]
    if artifact is None:
        return trail
    if session.is_single:
        trail.clear()
    marks = [{"text": artifact.version, "kind": "version"}] if artifact.version else []
    marks += [{"text": alias, "kind": "alias"} for alias in artifact.aliases if alias != artifact.version]
    href = artifact_page(artifact.qualified_name)
    trail.append({"label": artifact.name, "href": href, "chips": marks if chips else []})
    if name and session.kind == "file":
        trail.clear()
    if name:
        trail.append({"label": short_name(name), "href": None})
    return trail


def comparison(session: Session, artifact: Any, name: str = "") -> str:
    """Return the address that compares an artifact, or an entry of it, with the version before; else with a choice."""

    def side(ref: str) -> str:
        return f"{ref}/{name}" if name else ref

    versions = session.versions(artifact.name)
    at = next((i for i, item in enumerate(versions) if item.version == artifact.version), len(versions))
    before = side(versions[at + 1].qualified_name) if at + 1 < len(versions) else ""
    return compare_page(before, side(artifact.qualified_name))


def steps_between(names: Sequence[str], current: str, ref: str) -> tuple[dict[str, str], str]:
    """Return the addresses before and after an entry, and where it stands among its siblings."""
    at = names.index(current)
    steps = {}
    if at > 0:
        steps["previous"] = entry_page(ref, names[at - 1])
    if at + 1 < len(names):
        steps["next"] = entry_page(ref, names[at + 1])
    return steps, f"{at + 1:,} of {len(names):,}"


def find_sources(_session: Session, artifact: Any = None) -> str:
    """Return the address that answers what is typed into the find dialog; entries of the artifact shown come first."""
    return with_query("/api/find", {"ref": str(artifact.qualified_name) if artifact is not None else ""})


def pin(artifact: Any) -> dict[str, Any] | None:
    """Return the references of an artifact by name and by digest, and which the address has; None without a digest."""
    import streamlit as st

    from app.session import parse_reference

    if not artifact.digest or not artifact.version:
        return None
    fixed = f"{artifact.name}@{artifact.digest[:_PINNED_DIGITS]}"
    pinned = bool(parse_reference(st.query_params.get("ref", "")).digest)
    return {"named": artifact.qualified_name, "fixed": fixed, "pinned": pinned}


def size_text(artifact: Any) -> str:
    """Return the size of an artifact and how many entries it has."""
    return f"{human_size(artifact.size)}, {human_count(len(artifact.names()), 'entry/entries')}"

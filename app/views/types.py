"""The type gallery: every type with the code that logs it, the stored JSON, and the view. Address: ``/types``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app import media, thumbnails
from app.components.code_panes import code_panes
from app.components.gallery import gallery
from app.components.heading import heading
from app.components.inspector import inspector
from app.components.notices import notices
from app.components.problem_card import problem_card
from app.components.topbar import topbar
from app.renderers import Context, Notice, View, for_tag, prepared
from app.session import current
from app.views import frame, inspecting
from app.views.addresses import HOME, entry_page, given, types_page
from app.views.opening import open_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.demo.gallery import Example
    from app.session import Session

#: An example and the full name of its entry.
Shown = tuple["Example", str]

_KEYS = [
    [["←", "→"], "previous and next type"],
    [["/"], "find"],
    [["arrows"], "move between cards"],
    [["?"], "these keys"],
]

_TEXT = (
    "What can be logged. Each card is real data, logged by the code beside it a moment ago; "
    "open one to copy the code and to see the stored JSON."
)


def show() -> None:
    """Draw the gallery, or the example that the address names."""
    from app.demo.gallery import by_entry
    from app.demo.resident import gallery_of

    session = current()
    with st.spinner("Logging one value of every type …"):
        artifact = gallery_of(session)
    examples = list(by_entry(artifact))
    wanted = given(st.query_params, "type")
    at = next((i for i, (example, _) in enumerate(examples) if example.key == wanted), None)
    if at is None:
        ignored = [Notice(f"“{wanted}” was ignored, because no type of the gallery has this name")] if wanted else []
        _overview(session, artifact, examples, ignored)
    else:
        _example(session, artifact, examples, at)


def _bar(session: Session, artifact: Any, crumbs: list[dict[str, Any]], **more: Any) -> None:
    home = {"label": session.title, "href": HOME}
    data = {"crumbs": [home, *crumbs], "steps": {}, "place": "", "download": "", "keys": _KEYS}
    topbar(data | {"find": frame.find_sources(session, artifact)} | more)


def _overview(session: Session, artifact: Any, examples: Sequence[Shown], ignored: Sequence[Notice]) -> None:
    frame.title("Type gallery")
    frame.sidebar(session, here=types_page())
    _bar(session, artifact, [{"label": "Type gallery", "href": None}])
    if ignored:
        notices(ignored, key="ignored")
    with st.container(key="sheet"):
        names = {example.type_name for example, _ in examples}
        facts = [f"{len(names)} types", f"{len(examples)} examples", "all made on this machine"]
        heading({"title": "Type gallery", "kind": "", "facts": facts, "chips": [], "text": _TEXT}, key="heading")
        gallery([_card(artifact, *shown) for shown in examples], key="types", wide=True)


def _card(artifact: Any, example: Example, name: str) -> dict[str, Any]:
    record = _record(artifact, name)
    return {
        "title": example.type_name,
        "href": types_page(example.key),
        "icon": frame.icon_of(name),
        "pictures": thumbnails.pictures(artifact, name, media.url_for_bytes),
        "note": "",
        "text": example.text.partition("\n")[0],
        "chips": [],
        "badge": inspecting.fidelity_badge(record),
        "problem": "",
    }


def _record(artifact: Any, name: str) -> Any:
    """Return the fidelity record of an entry from its JSON; nothing is decoded."""
    from datatypes.fidelity import FidelityRecord

    try:
        document = artifact.json(name)
        found = document.get("fidelity") if isinstance(document, dict) else None
        return FidelityRecord.from_json(found) if found else None
    except (LookupError, OSError, TypeError, ValueError):
        return None


def _example(session: Session, artifact: Any, examples: Sequence[Shown], at: int) -> None:
    example, name = examples[at]
    entry = open_entry(artifact, name)
    context = Context(artifact=artifact, name=name, url_for=media.url_for, url_for_bytes=media.url_for_bytes)
    renderer = for_tag(entry.tag)
    shown = entry.problem or prepared(renderer, entry.value, context)
    frame.title(example.type_name, "Type gallery")
    frame.sidebar(session, here=types_page())
    steps = {"older": "", "newer": ""}
    if at:
        steps["previous"] = types_page(examples[at - 1][0].key)
    if at + 1 < len(examples):
        steps["next"] = types_page(examples[at + 1][0].key)
    crumbs: list[dict[str, Any]] = [
        {"label": "Type gallery", "href": types_page()},
        {"label": example.type_name, "href": None},
    ]
    keys = [
        *_KEYS[:1],
        *[row for row in getattr(renderer, "KEYS", ()) if "?" not in row[0] and "←" not in row[0]],
        *_KEYS[1:],
    ]
    place = f"{at + 1} of {len(examples)}"
    _bar(session, artifact, crumbs, steps=steps, place=place, download=context.download(), keys=keys)
    with st.container(key="body", horizontal=True, gap=None):
        with st.container(key="main", gap=None):
            if isinstance(shown, View):
                renderer.draw(shown)
            else:
                problem_card(shown, key="object-problem", stored="", download=context.download())
            with st.container(key="below", gap=None):
                whole = Notice(
                    example.text.replace("\n\n", " "), "open its page", entry_page(artifact.qualified_name, name)
                )
                notices([whole, *(shown.notices if isinstance(shown, View) else ())])
            with st.container(key="panes", gap=None):
                panes = [("Code that logs it", example.code)]
                if entry.json is not None:
                    panes.append(("Stored JSON", inspecting.stored_json(entry.json)))
                code_panes(panes, key="panes-text")
        with st.container(key="side", gap=None):
            data = inspecting.entry_inspector(session, artifact, entry, shown)
            inspector({**data, "sections": data["sections"][:1]})

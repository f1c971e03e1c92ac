"""Where an artifact comes from and where it went: the tab of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components.empty_state import empty_state
from app.components.lineage import lineage_view
from app.components.notices import notices
from app.lineage import lineage
from app.renderers import Notice
from app.views.addresses import artifact_page, run_page

if TYPE_CHECKING:
    from app.lineage import Link
    from app.session import Session

#: Boxes of one kind that are drawn.
_MOST = 30

_EXAMPLE = """with store.run(project="demo") as run:
    run.use_artifact("pets:v0")
    run.log_artifact(artifact)"""

_ICONS = {"run": "run", "artifact": "artifact", "place": "link"}


def show_lineage(session: Session, artifact: Any) -> None:
    """Draw the tab."""
    found = lineage(session, artifact)
    if found.is_empty:
        text = "No run that is here logged or used it, and no reference leads to or from it. What records that:"
        empty_state("Nothing is known of where it comes from", text, _EXAMPLE)
        return
    here = [
        {
            "title": artifact.qualified_name,
            "note": artifact.type or "",
            "what": "this version",
            "icon": "artifact",
            "href": "",
            "current": True,
        }
    ]
    before = [*_boxes(found.refers_to, "refers to"), *_boxes(found.logged_by, "logged by")]
    after = [*_boxes(found.referred_by, "referred to by"), *_boxes(found.used_by, "used by")]
    lineage_view([_boxes(found.inputs, "used by that run"), before, here, after], key="lineage")
    lines = []
    if found.looked_at < found.artifacts:
        searched = f"{found.looked_at:,} of {found.artifacts:,} artifacts were searched for references to it"
        lines.append(Notice(f"{searched}, because each is read"))
    hidden = sum(
        max(0, len(links) - _MOST) for links in (found.refers_to, found.referred_by, found.used_by, found.inputs)
    )
    if hidden:
        lines.append(Notice(f"{hidden:,} more are not drawn, because a drawing this large is not read"))
    if lines:
        notices(lines, key="lineage-notes")


def _boxes(links: tuple[Link, ...], what: str) -> list[dict[str, Any]]:
    return [
        {
            "title": link.title,
            "note": link.note,
            "what": what,
            "icon": _ICONS[link.kind],
            "href": _href(link),
            "current": False,
        }
        for link in links[:_MOST]
    ]


def _href(link: Link) -> str:
    if link.kind == "run":
        return run_page(link.target)
    return artifact_page(link.target) if link.kind == "artifact" else ""

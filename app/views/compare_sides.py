"""What stands over a comparison: both sides with the versions that they could be, the way to swap them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.views import frame, inspecting
from app.views.addresses import artifact_page, compare_page, entry_page

if TYPE_CHECKING:
    from app.comparing.sides import Side
    from app.session import Session

__all__ = ["head_data", "names_of"]

#: Versions that can be chosen here; all are on the artifact's page.
_LISTED_VERSIONS = 100


def names_of(left: Side | None, right: Side | None) -> str:
    """Return both as one text: ``pets v0 → v1``, ``a:v0 → b:v3``."""
    if left is None or right is None:
        return ""
    if left.artifact is not None and right.artifact is not None and left.artifact.name == right.artifact.name:
        versions = left.artifact.version, right.artifact.version
        if all(versions):
            text = f"{left.artifact.name} {versions[0]} → {versions[1]}"
            return f"{frame.short_name(right.entry)} · {text}" if right.entry else text
    return f"{left.text} → {right.text}"


def head_data(session: Session, left: Side, right: Side) -> dict[str, Any]:
    """Return the data of `app.components.compare_head.compare_head`."""
    return {
        "sides": [_side(session, left, right, is_left=True), _side(session, right, left, is_left=False)],
        "swap": compare_page(right.text, left.text),
        "choose": compare_page(left.text),
        "chips": [],
    }


def _side(session: Session, side: Side, other: Side, *, is_left: bool) -> dict[str, Any]:
    if side.run is not None:
        return {
            "role": "old" if is_left else "new", "name": side.label, "entry": side.run.id, "href": "", "digest": [],
            "versions": [],
        }  # fmt: skip
    artifact = side.artifact
    ref = str(artifact.qualified_name)

    def address(version: str) -> str:
        text = f"{version}/{side.entry}" if side.entry else version
        return compare_page(text, other.text) if is_left else compare_page(other.text, text)

    versions = [
        {"text": row.version, "href": address(row.qualified_name), "current": row.version == artifact.version}
        for row in session.versions(artifact.name)[:_LISTED_VERSIONS]
        if row.version
    ]
    digest = str(artifact.digest or "")
    return {
        "role": "old" if is_left else "new",
        "name": str(artifact.name),
        "entry": frame.short_name(side.entry) if side.entry else "",
        "href": entry_page(ref, side.entry) if side.entry else artifact_page(ref),
        "versions": versions,
        "digest": [inspecting.short_digest(digest), digest] if digest else [],
    }

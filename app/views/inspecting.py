"""What the inspector says of an object: type, badges, facts, stored JSON, code that loads it, digests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.text import human_size
from app.verifying.badges import finding_badges, value_badges
from app.verifying.looking import findings_of
from storage.hashing import hasher_for

if TYPE_CHECKING:
    from app.renderers.view import View
    from app.session import Session
    from app.views.opening import Entry
    from datatypes.fidelity import FidelityRecord
    from storage.errors import Problem

__all__ = [
    "MAX_LOOKED_AT",
    "SHORT_DIGEST",
    "artifact_code",
    "entry_code",
    "entry_inspector",
    "fidelity_badge",
    "short_digest",
    "stored_json",
]

#: Digits of a digest that are shown; the whole one is copied.
SHORT_DIGEST = 10

#: Most characters of stored JSON in the inspector; the file itself is a click away.
_JSON_CHARACTERS = 20_000

#: Most bytes of a value without a record that is looked through for its page.
MAX_LOOKED_AT = 4 << 20

_MARKS = {"lossless": ("good", "✓"), "bounded": ("fair", "≈"), "lossy": ("warn", "!"), "unknown": ("none", "?")}


def entry_inspector(session: Session, artifact: Any, entry: Entry, shown: View | Problem) -> dict[str, Any]:
    """Return the data of the inspector for an entry, shown or not."""
    from app.renderers import for_tag
    from app.renderers.view import View

    renderer = for_tag(entry.tag)
    view = shown if isinstance(shown, View) else None
    type_ = {"name": view.type_name, "icon": view.icon} if view else {"name": renderer.TYPE_NAME, "icon": renderer.ICON}
    sections = [{"title": "Code", "text": entry_code(session, artifact, entry)}]
    if entry.json is not None:
        sections.append({"title": "Stored JSON", "text": stored_json(entry.json)})
    names = [["Path", entry.name.rpartition("/")[2], entry.name]]
    if view and view.file_name and view.file_name != entry.name:
        names.append(["File", view.file_name.rpartition("/")[2], view.file_name])
    digest = _digest(artifact, view.file_name if view and view.file_name else entry.name)
    if digest:
        names.append(["Digest", short_digest(digest), digest])
    return {
        "type": type_,
        "headline": view.headline if view else "",
        "caption": view.caption if view else "",
        "badges": _badges(session, artifact, entry, view),
        "facts": [list(fact) for fact in view.facts] if view else [],
        "sections": sections,
        "names": names,
    }


def _badges(session: Session, artifact: Any, entry: Entry, view: View | None) -> list[dict[str, str]]:
    badges = []
    checked = value_badges(session.path, artifact, entry.name)
    if entry.json is not None and view is not None:
        badges.append(fidelity_badge(entry.value.fidelity if entry.value is not None else None))
    if view is None:
        badges.append(
            {"kind": "bad", "mark": "✗", "text": "1 problem", "title": "It cannot be shown; the card says why."}
        )
    elif checked:
        badges += checked
    elif entry.is_checked:
        title = "Its bytes were read for this page and have the digest that the manifest records."
        badges.append({"kind": "good", "mark": "✓", "text": "verified", "title": title})
    else:
        badges.append(
            {
                "kind": "none",
                "mark": "–",
                "text": "not verified",
                "title": "No digest was recorded that its bytes could be compared with.",
            }
        )
    if view is not None and not checked:
        badges += finding_badges(findings_of(artifact, entry.name, max_bytes=MAX_LOOKED_AT))
    return badges


def fidelity_badge(record: FidelityRecord | None) -> dict[str, str]:
    """Return the badge of a fidelity record: always a mark and a word beside the colour."""
    if record is None:
        title = "Nothing was recorded when it was logged, so it is not known what a conversion cost."
        return {"kind": "none", "mark": "?", "text": "fidelity unknown", "title": title}
    kind, mark = _MARKS[record.verdict]
    text: str = record.verdict
    title = "What was logged is what is stored."
    if record.verdict == "bounded" and record.max_abs_error is not None:
        text += f" {record.max_abs_error:.3g}"
        title = f"No value is farther from what was logged than {record.max_abs_error:.6g}, in its own units."
    elif record.verdict == "lossy":
        decibels = record.psnr_db if record.psnr_db is not None else record.snr_db
        text += f" {decibels:.1f} dB" if decibels is not None else ""
        title = "What is stored differs from what was logged."
    elif record.verdict == "unknown":
        text = "fidelity unknown"
        title = "Nothing was recorded when it was logged, so it is not known what a conversion cost."
    steps = f" Steps: {'; '.join(record.steps)}." if record.steps else ""
    return {"kind": kind, "mark": mark, "text": text, "title": title + steps}


def stored_json(document: Any) -> str:
    """Return JSON laid out for reading; cut, and saying so, where it is long."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if len(text) <= _JSON_CHARACTERS:
        return text
    cut = f"… {human_size(_JSON_CHARACTERS)} of {human_size(len(text))}, because the column is short"
    return f"{text[:_JSON_CHARACTERS]}\n{cut}"


def artifact_code(session: Session, artifact: Any) -> str:
    """Return the Python that opens an artifact."""
    where = session.path or session.title
    if session.kind == "store":
        lines = ["from storage import Store", "", f"store = Store({where!r})"]
        lines.append(f"artifact = store.artifact({artifact.qualified_name!r})")
    else:
        lines = ["from storage import open_source", "", f"artifact = open_source({where!r})"]
    return "\n".join(lines)


def entry_code(session: Session, artifact: Any, entry: Entry) -> str:
    """Return the Python that loads an entry."""
    if entry.tag is None:
        return f"{artifact_code(session, artifact)}\npath = artifact.get_path({entry.name!r}).download()"
    suffix = f".{entry.tag.replace('/', '-')}.json"
    short = entry.name.removesuffix(suffix)
    more = "\npixels = value.to_numpy()" if entry.tag == "image-file" else ""
    return f"{artifact_code(session, artifact)}\nvalue = artifact.get({short!r}){more}"


def short_digest(digest: str) -> str:
    """Return the first digits of a digest; which hash it is, where that is said, stays before them."""
    kind, colon, digits = digest.rpartition(":")
    return f"{kind}{colon}{digits[:SHORT_DIGEST]}…" if len(digits) > SHORT_DIGEST else digest


def _digest(artifact: Any, name: str) -> str:
    """Return the recorded digest of an entry; nothing where only size and time of the file are known."""
    try:
        digest = str(artifact.get_path(name).digest or "")
    except (LookupError, OSError, ValueError):
        return ""
    return digest if hasher_for(digest) is not None else ""

"""Badges of a verify: a mark and a word, and when it was."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from app.text import human_count
from app.verifying.looking import findings_of
from app.verifying.results import recall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.verifying.report import Finding
    from app.verifying.results import Result

__all__ = ["ago", "artifact_badges", "finding_badges", "finding_texts", "value_badges"]


def ago(seconds: float) -> str:
    """Return how long ago something was: ``just now``, ``2 min ago``, ``3 h ago``, ``5 days ago``."""
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 48 * 3600:
        return f"{seconds // 3600:.0f} h ago"
    return f"{seconds // 86400:.0f} days ago"


def _depth(result: Result) -> str:
    return "Its records were measured again." if result.is_deep else "Its records were not measured again (--deep)."


def _verified(result: Result) -> dict[str, str]:
    text = f"verified {ago(time.time() - result.time)}"
    title = f"Every byte was compared with its digest, every value opened and written again. {_depth(result)}"
    return {"kind": "good", "mark": "✓", "text": text, "title": title}


def _counted(number: int, noun: str, mark: str, kind: str, texts: tuple[str, ...]) -> dict[str, str]:
    return {"kind": kind, "mark": mark, "text": human_count(number, noun), "title": " · ".join(texts)}


def value_badges(place: str, artifact: Any, name: str) -> list[dict[str, str]]:
    """Return the badges of one value: verified and when, or its problems; its findings. None before any verify.

    Parameters
    ----------
    place : str
        Path of what is open.
    artifact : StoredArtifact
        Where it lies.
    name : str
        Its entry.
    """
    result = recall(place, artifact)
    found = result.values.get(name) if result is not None else None
    if result is None or found is None:
        return []
    texts = found.texts
    if found.problems:
        badges = [_counted(found.problems, "problem", "✗", "bad", texts[: found.problems])]
    else:
        badges = [_verified(result)]
    if found.findings:
        badges.append(_counted(found.findings, "finding", "!", "warn", texts[found.problems :]))
    return badges


def finding_texts(place: str, artifact: Any, name: str, max_bytes: int) -> list[str]:
    """Return what was probably lost of a value, in words: from the last verify, else looked for now.

    Parameters
    ----------
    place, artifact, name
        As `value_badges`.
    max_bytes : int
        Without a verify, a value whose files are larger is not looked at.
    """
    result = recall(place, artifact)
    found = result.values.get(name) if result is not None else None
    if found is not None:
        return list(found.texts[found.problems :])
    return [item.text for item in findings_of(artifact, name, max_bytes=max_bytes)]


def finding_badges(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Return the badge of findings that were made for a page; none if there are none."""
    texts = tuple(found.text for found in findings)
    return [_counted(len(texts), "finding", "!", "warn", texts[:5])] if texts else []


def artifact_badges(place: str, artifact: Any) -> list[dict[str, str]]:
    """Return the badges of a whole version; parameters as `value_badges`."""
    result = recall(place, artifact)
    if result is None:
        title = "No verify has looked at this version. Start one on the page Fidelity, or by: vitrina verify"
        return [{"kind": "none", "mark": "–", "text": "not verified", "title": title}]
    texts = tuple(f"{name}: {value.texts[0]}" for name, value in result.values.items() if value.texts)[:5]
    badges = [_counted(result.problems, "problem", "✗", "bad", texts)] if result.problems else [_verified(result)]
    if result.findings:
        badges.append(_counted(result.findings, "finding", "!", "warn", texts))
    return badges

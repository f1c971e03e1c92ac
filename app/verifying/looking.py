"""Findings of one value, for whoever shows it: made when it is looked at, not by a verify of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.verifying.closure import with_side_files
from app.verifying.files import ArtifactFiles
from app.verifying.inspecting import inspect
from app.verifying.part import Case, Part
from app.verifying.verdicts import verdict_of
from datatypes.wire import tag_of

if TYPE_CHECKING:
    from app.verifying.report import Finding

__all__ = ["findings_of"]

#: Values that were looked at last; a page asks again whenever something on it moves.
_known: dict[tuple[str, str, str], tuple[Finding, ...]] = {}
_MAX_KNOWN = 256


def findings_of(artifact: Any, name: str, *, max_bytes: int | None = None) -> tuple[Finding, ...]:
    """Return what was probably lost of a value that has no record, before it came here.

    Parameters
    ----------
    artifact : StoredArtifact
        Where it lies.
    name : str
        Its entry; what is no value has no findings.
    max_bytes : int, optional
        Look only at a value whose files are no larger together: it is decoded for this.

    Returns
    -------
    tuple of Finding
        None for a value with a record, one that is too large, or one that cannot be read.
    """
    key = (str(artifact.qualified_name), str(artifact.digest), name)
    if artifact.version and key in _known:
        return _known[key]
    case = Case(key[0], name, is_deep=False)
    part = Part(case, {}, artifact, ArtifactFiles(artifact))
    with part.guarded():
        document = artifact.json(name) if name.endswith(".json") else None
        is_unknown = tag_of(document) is not None and verdict_of(document) == "unknown"
        if isinstance(document, dict) and is_unknown and _fits(artifact, name, max_bytes):
            part.stored = document
            inspect(part, depth=1)
    found = tuple(case.findings)
    _known[key] = found
    while len(_known) > _MAX_KNOWN:
        _known.pop(next(iter(_known)), None)
    return found


def _fits(artifact: Any, name: str, max_bytes: int | None) -> bool:
    if max_bytes is None:
        return True
    entries = artifact.manifest.entries
    return sum(entries[path].size or 0 for path in with_side_files(artifact, name)) <= max_bytes

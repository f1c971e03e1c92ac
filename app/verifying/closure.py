"""Closure of a whole artifact: files that no manifest names, and the files that an entry needs."""

from __future__ import annotations

from typing import Any

from app.verifying.report import Wrong
from storage.errors import StorageError

__all__ = ["strays", "unnamed_files", "with_side_files"]

#: Frames of old SDKs are named by a path of the machine that wrote them, and name the media in their cells themselves.
_FRAMES, _SUMMARY = "media/data_frames/", "_summary_"
_NO_STEP = -1

#: Files that systems leave in any folder; they were put there by nobody.
_LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def strays(artifact: Any) -> list[Wrong]:
    """Return the files in an artifact's folder that its manifest does not name; none where there is no manifest.

    W&B's own check refuses such a folder: something was added, or the manifest lost a line.
    """
    if not getattr(artifact, "has_manifest", False):
        return []
    from storage.sources.walk import walk_files
    from storage.sources.wandb_manifest import MANIFEST_NAME

    known = artifact.manifest.entries
    refused = {problem.entry for problem in artifact.problems if problem.check == "path"}
    name = str(artifact.qualified_name)
    return [
        Wrong(name, file.name, "reference", "is in the folder, and the manifest does not name it", "Take it away.")
        for file in walk_files(artifact.root).files
        if file.name not in known
        and file.name != MANIFEST_NAME
        and file.name not in refused
        and file.name.rpartition("/")[2] not in _LEFT_BY_SYSTEMS
    ]


def unnamed_files(run: Any) -> list[str]:
    """Return the media files of a run that neither its rows nor its summary name, sorted."""
    from storage.sources.run_files import named_files

    files = frozenset(run.media_files())
    named: set[str] = set()
    for row in run.stored_rows():
        named |= named_files(row, row["_step"], files)
    named |= named_files(run.stored_summary, _NO_STEP, files)
    return sorted(name for name in files - named if _SUMMARY not in name and not name.startswith(_FRAMES))


def with_side_files(artifact: Any, name: str) -> list[str]:
    """Return an entry, and the entries that its JSON names, at any depth."""
    known = artifact.manifest.entries
    found = [name]
    try:
        waiting = [artifact.json(name)] if name.endswith(".json") else []
    except (StorageError, OSError):
        return found
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += [inner for inner in item if isinstance(inner, dict | list | str)]
        elif isinstance(item, str) and item in known:
            found.append(item)
    return list(dict.fromkeys(found))

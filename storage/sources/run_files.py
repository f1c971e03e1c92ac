"""What the names of a run's media files say: key, step and type of the value that was logged.

Rows name their files, so names matter only where rows are lost: in runs without a log or with a damaged one, which is
where most media of real runs are. ``media/<folder>/<KEY>_<STEP>_<ID><EXT>``; the ID is a number or the start of a hash.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["RunFile", "named_files", "parse_run_file", "recovered_values"]

#: Folder below ``media/`` → wire tag of a single value in it. Folders of parts (masks, boxes) are not here on purpose.
TAG_OF_FOLDER = {
    "audio": "audio-file",
    "bokeh": "bokeh-file",
    "graph": "graph-file",
    "html": "html-file",
    "images": "image-file",
    "molecule": "molecule-file",
    "object3D": "object3D-file",
    "plotly": "plotly-file",
    "table": "table-file",
    "videos": "video-file",
}
_MASKS = "images/mask/"
_NAME = re.compile(
    r"(?P<key>.+)_(?P<step>\d{1,18})_(?P<id>[0-9a-f]{20}|[0-9a-f]{8}|\d{1,7})(?P<ext>(?:\.[A-Za-z0-9]+)+)"
)


class RunFile(NamedTuple):
    """A media file and what its name says."""

    name: str
    tag: str
    key: str
    step: int
    id: str


def parse_run_file(name: str, *, quoted: bool = False) -> RunFile | None:
    """Read key and step back from the name of a media file.

    Parameters
    ----------
    name : str
        POSIX name, relative to the run's files: ``media/images/eye_7_0b3c….png``.
    quoted : bool
        Whether names are URL-quoted, as SDK 0.10.13 alone wrote them.

    Returns
    -------
    RunFile or None
        None for names of another form, for masks, and for files of the summary.
    """
    media, _, rest = name.partition("/")
    folder, _, base = rest.partition("/")
    tag = TAG_OF_FOLDER.get(folder)
    match = _NAME.fullmatch(base)
    if media != "media" or tag is None or match is None or rest.startswith(_MASKS):
        return None
    key = unquote_plus(match["key"]) if quoted else match["key"]
    return RunFile(name, tag, key, int(match["step"]), match["id"])


def named_files(row: dict[str, Any], step: int, known: frozenset[str]) -> set[str]:
    """Collect the media files, of those in `known`, that the JSON of a row names.

    Parameters
    ----------
    row : dict
        Values by key, as stored.
    step : int
        Step of the row: lists of pictures of old SDKs name no files, key and step do.
    known : frozenset of str
        Names of the run's files.
    """
    found: set[str] = set()
    stack: list[tuple[str, Any]] = list(row.items())
    while stack:
        key, item = stack.pop()
        if isinstance(item, dict):
            stack += item.items()
            if item.get("_type") == "images/separated" and "filenames" not in item:
                count, ending = item.get("count"), item.get("format")
                indexes = range(min(count, len(known))) if isinstance(count, int) else ()
                names = (f"media/images/{key}_{step}_{index}.{ending}" for index in indexes)
                found.update(name for name in names if name in known)
        elif isinstance(item, list):
            stack += [(key, inner) for inner in item]
        elif isinstance(item, str) and item in known:
            found.add(item)
    return found


def recovered_values(files: Iterable[RunFile]) -> dict[int, dict[str, Any]]:
    """Build the values that files must have belonged to: step → key → stored JSON.

    Several files of one key and step become a list: of pictures in the form of the SDK, of others one by one.
    Files with index numbers are in their order; files with hashes are in the order of their names, since the
    order in which they were logged is lost.
    """
    groups: dict[tuple[int, str, str], list[RunFile]] = defaultdict(list)
    for file in files:
        groups[file.step, file.key, file.tag].append(file)
    steps: dict[int, dict[str, Any]] = {}
    for (step, key, tag), group in sorted(groups.items()):
        group.sort(key=lambda file: (len(file.id), file.id))
        names = [file.name for file in group]
        row = steps.setdefault(step, {})
        unique = key if key not in row else f"{key} ({tag})"
        row[unique] = _value(tag, names, listed=len(group) > 1 or len(group[0].id) < 8)
    return steps


def _value(tag: str, names: list[str], *, listed: bool) -> Any:
    """Return the JSON of a value or a list of values with these files."""
    if tag == "image-file" and listed:
        ending = names[0].rpartition(".")[2]
        return {"_type": "images/separated", "count": len(names), "filenames": names, "format": ending}
    values = [{"_type": tag, "path": name} for name in names]
    return values if listed else values[0]

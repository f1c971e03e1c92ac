"""Lists of media in runs: what their JSON must have, whichever SDK wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes import wire
from datatypes.errors import WireFormatError

if TYPE_CHECKING:
    from datatypes.ports import MediaSource

__all__ = ["caption_at", "item_jsons", "named_files"]


def item_jsons(json_obj: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """Return the JSON of each item of a list that holds them whole.

    Raises
    ------
    WireFormatError
        If there is no list of objects under `field`, or not as many as ``count`` says.
    """
    tag, items = json_obj.get("_type"), json_obj.get(field)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise WireFormatError(f"{tag} JSON", f'field "{field}" is no list of objects', "Log the list again.")
    count = json_obj.get("count", len(items))
    if count != len(items):
        raise WireFormatError(f"{tag} JSON", f"says {count!r} items and holds {len(items)}", "Log the list again.")
    return items


def named_files(json_obj: dict[str, Any], source: MediaSource, folder: str) -> list[str]:
    """Return the name of the file of each item of a list that names files only.

    Names are below `folder`, whether they say so (molecules) or not (3D). Where there are none, they follow from key,
    step and index, which needs a look at what is there.

    Raises
    ------
    WireFormatError
        If there are not as many names as ``count`` says.
    """
    tag, names = json_obj.get("_type"), json_obj.get("filenames")
    count = json_obj.get("count")
    if not isinstance(names, list):
        if not isinstance(count, int) or count < 0:
            raise WireFormatError(f"{tag} JSON", f"count is {count!r}, and no files are named", "Log the list again.")
        stem = wire.list_stem(source, folder)
        found = {name.removeprefix(f"{stem}_").partition(".")[0]: name for name in source.names(f"{stem}_")}
        return [found.get(str(index), f"{stem}_{index}") for index in range(count)]
    if not all(isinstance(name, str) for name in names) or (count is not None and count != len(names)):
        raise WireFormatError(f"{tag} JSON", f"says {count!r} items and names {len(names)}", "Log the list again.")
    return [name if name.startswith(f"{folder}/") else f"{folder}/{name}" for name in names]


def caption_at(json_obj: dict[str, Any], index: int) -> str | None:
    """Return the caption of an item; ``captions`` may be absent, false, too short, or hold empty text for none."""
    captions = json_obj.get("captions")
    found = captions[index] if isinstance(captions, list) and index < len(captions) else None
    return found or None

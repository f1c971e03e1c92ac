"""What stored JSON says of itself: its tag beside its name, the kinds of its fields, the bytes of its file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datatypes.registry import class_for_tag, type_mapping
from datatypes.wire import tag_of

if TYPE_CHECKING:
    from app.verifying.part import Part

__all__ = ["check_bytes", "check_forms", "check_tag"]

_SHA256 = re.compile("[0-9a-f]{64}")

#: Fields that are whole numbers wherever they stand.
_COUNTS = ("size", "width", "height", "nrows", "ncols", "count")


def check_tag(part: Part, name: str, document: Any) -> None:
    """Compare the tag of an object file with the suffix of its name, by which W&B's SDK reads it.

    Parameters
    ----------
    part : Part
        Takes what is found.
    name : str
        The entry: ``cat.image-file.json``; a suffix that is no tag says nothing.
    document : object
        Its JSON.
    """
    if isinstance(document, dict) and not isinstance(document.get("_type", ""), str):
        part.problem("decode", f'its "_type" is {document["_type"]!r:.60}, which is no text')
        return
    suffix = name.rpartition("/")[2].removesuffix(".json").rpartition(".")[2]
    wanted = type_mapping().get(suffix)
    if not name.endswith(".json") or wanted is None or f".{suffix}.json" not in name:
        return
    if suffix == "bounding-boxes" or (name.startswith("media/") and suffix != "classes"):
        return  # a bare list; side files, which hold no tag
    tag = tag_of(document)
    if tag is None or class_for_tag(tag) is not wanted:
        part.problem("decode", f'is named as "{suffix}", and its JSON says {tag!r:.60}')


def check_forms(part: Part) -> None:
    """Check that fields are of the kind that they must be of; what is absent or null says nothing."""
    for name in _COUNTS:
        found = part.stored.get(name)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found < 0):
            part.problem("decode", f'"{name}" is {found!r:.60}, which is no count')
    caption = part.stored.get("caption")
    if caption is not None and not isinstance(caption, str):
        part.problem("decode", f'"caption" is {caption!r:.60}, which is no text')
    digest = part.stored.get("sha256")
    if digest is not None and not (isinstance(digest, str) and _SHA256.fullmatch(digest)):
        part.problem("decode", f'"sha256" is {digest!r:.60}, which is none')


def check_bytes(part: Part) -> None:
    """Compare what the JSON says of its file with the file."""
    name = part.stored.get("path")
    if not isinstance(name, str) or not part.files.has(name):
        return
    size, digest = part.stored.get("size"), part.stored.get("sha256")
    if isinstance(size, int) and (found := part.files.size(name)) != size:
        part.problem("size", f'says "size" {size:,}, and {name} has {found:,} bytes')
    elif isinstance(digest, str) and (known := part.files.sha256(name)) != digest:
        part.problem("digest", f'says "sha256" {digest[:12]}…, and {name} hashes to {known[:12]}…')

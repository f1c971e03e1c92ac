"""Wire tag → class. The type files of this folder are found by themselves, in sorted order.

A class registers when it is defined: by its tag (`artifact_type`), by old tags of the same meaning (`wire_aliases`),
by the tag of its lists in a run (`batch_type`) and by the file extensions it opens (`file_extensions`). So a new type
is one new file here, and a subclass of `WBValue` in a user's own code is found as well.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, cast

from datatypes.errors import WireFormatError
from datatypes.wire import tag_of

if TYPE_CHECKING:
    from datatypes.base import BatchableMedia, WBValue
    from datatypes.ports import MediaSource

__all__ = [
    "batch_tags",
    "class_for_tag",
    "decode",
    "facts",
    "load_types",
    "register",
    "type_mapping",
    "value_from_file",
]

_by_tag: dict[str, type[WBValue]] = {}
_by_alias: dict[str, type[WBValue]] = {}
_by_batch_tag: dict[str, type[BatchableMedia]] = {}
_by_extension: dict[str, type[WBValue]] = {}
_loaded = False


def register(cls: type[WBValue]) -> None:
    """Take a class into the tables; called for every subclass of `WBValue` when it is defined."""
    own = cls.__dict__
    if own.get("artifact_type"):
        _by_tag[own["artifact_type"]] = cls
    _by_alias.update(dict.fromkeys(own.get("wire_aliases", ()), cls))
    if own.get("batch_type"):
        tags = (own["batch_type"], *own.get("batch_aliases", ()))
        _by_batch_tag.update(dict.fromkeys(tags, cast("type[BatchableMedia]", cls)))
    _by_extension.update(dict.fromkeys(own.get("file_extensions", ()), cls))


def load_types() -> None:
    """Import every module of this folder once. An import error is an error, never a skip."""
    global _loaded  # noqa: PLW0603  # the one switch of this module
    if not _loaded:
        package = importlib.import_module("datatypes")
        for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
            importlib.import_module(f"datatypes.{module}")
        _loaded = True


def type_mapping() -> dict[str, type[WBValue]]:
    """Return wire tag → class, sorted by tag."""
    load_types()
    return dict(sorted(_by_tag.items()))


def batch_tags() -> dict[str, type[BatchableMedia]]:
    """Return the tag of a list in a run → class of its items, sorted by tag."""
    load_types()
    return dict(sorted(_by_batch_tag.items()))


def class_for_tag(tag: str) -> type[WBValue] | None:
    """Return the class for a tag of any age; None for lists and for what nobody knows."""
    load_types()
    return _by_tag.get(tag) or _by_alias.get(tag)


def decode(json_obj: Any, source: MediaSource) -> Any:
    """Decode stored JSON into a value, or a list of values where its tag is that of a list.

    Parameters
    ----------
    json_obj : dict
        Stored JSON with its tag.
    source : MediaSource
        Where its side files are; remembered as the value's `artifact_source`.

    Returns
    -------
    WBValue or list of WBValue
        `UnknownValue` where nobody knows the tag.

    Raises
    ------
    WireFormatError
        If `json_obj` has no tag or not the form that its tag promises.
    """
    tag = tag_of(json_obj)
    if tag is None:
        raise WireFormatError("stored JSON", 'has no text field "_type"', "Open the file as plain JSON instead.")
    load_types()
    if batch_class := _by_batch_tag.get(tag):
        return batch_class.seq_from_json(json_obj, source)
    from datatypes.unknown import UnknownValue

    value = (class_for_tag(tag) or UnknownValue).from_json(json_obj, source)
    if value.artifact_source is None:
        value.set_artifact_source(source)
    return value


def facts(json_obj: Any, source: MediaSource) -> dict[str, Any]:
    """Return what a reader can check of stored JSON, of a value or a list; the form of the golden data's facts.

    Raises
    ------
    WireFormatError, UnreadableMediaError, LookupError
        As `decode`, and as reading its side files.
    """
    load_types()
    if batch_class := _by_batch_tag.get(tag_of(json_obj) or ""):
        return batch_class.seq_facts(json_obj, source)
    found: dict[str, Any] = decode(json_obj, source).facts()
    return found


def value_from_file(name: str, source: MediaSource) -> WBValue | None:
    """Make a value of a plain media file by its extension; None if no type opens such files.

    Parameters
    ----------
    name : str
        Name in `source`; the longest known extension counts, in any case.
    source : MediaSource
        Where the file is.
    """
    load_types()
    base = name.rpartition("/")[2].lower()
    for start in (index for index, letter in enumerate(base) if letter == "."):
        if cls := _by_extension.get(base[start:]):
            return cls.from_file(name, source)
    return None

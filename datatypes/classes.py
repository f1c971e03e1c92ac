"""`Classes`: a set of class ids with their names (wire tag ``classes``)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypedDict

from datatypes import wire
from datatypes.base import Media
from datatypes.errors import MissingFieldError, RejectedTypeError, WireFormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from datatypes.base import WBValue
    from datatypes.ports import MediaSink, MediaSource

__all__ = ["Classes"]


class ClassesJSON(TypedDict):
    """Form on the wire."""

    _type: str
    class_set: list[dict[str, Any]]


class Classes(Media):
    """Class ids and their names.

    Parameters
    ----------
    class_set : iterable of dict
        Each with ``id`` (int or str) and ``name`` (str); further keys, such as ``color``, are kept.

    Raises
    ------
    MissingFieldError
        If an item lacks ``id`` or ``name``.
    RejectedTypeError
        If an item is no dict.
    """

    artifact_type = "classes"
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "class_set"})

    def __init__(self, class_set: Iterable[Mapping[str, Any]]) -> None:
        super().__init__()
        self.class_set = [self._checked(index, item) for index, item in enumerate(class_set)]

    @staticmethod
    def _checked(index: int, item: Mapping[str, Any]) -> dict[str, Any]:
        subject = f"class_set[{index}]"
        if not hasattr(item, "keys"):
            raise RejectedTypeError(subject, f"is {type(item).__name__}, not a dict", "Pass id and name of each class.")
        for key in ("id", "name"):
            if key not in item:
                raise MissingFieldError(subject, f'has no "{key}"', "Pass id and name of each class.")
        return dict(item)

    @property
    def names(self) -> dict[int | str, str]:
        """Id → name, in the order given; of two names for one id the later counts."""
        return {item["id"]: item["name"] for item in self.class_set}

    def to_json(self, run_or_artifact: MediaSink | None = None) -> dict[str, Any]:
        """Return the JSON; it has no side file, so any target will do, None too."""
        return {"_type": "classes", "class_set": self.class_set, **self._rest()}

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a class set. Sets of SDK 0.10.12 were never checked: a name may be missing there and becomes empty."""
        items = json_obj.get("class_set")
        if not isinstance(items, list) or not all(isinstance(item, dict) and "id" in item for item in items):
            raise WireFormatError("classes JSON", "class_set is not a list of dicts with an id", "Log the set again.")
        value = cls([{"name": "", **item} for item in items])
        value._keep_rest(json_obj)
        return value

    def get_type(self) -> Any:
        """Return the column type of the ids of this set, for ``Table(dtype=...)``."""
        from datatypes.column_dtypes import from_dtype

        return from_dtype(self)

    def stored_in(self, artifact: MediaSink) -> dict[str, str]:
        """Put the set into an artifact, once for equal content, and return the reference that pictures hold.

        Returns
        -------
        dict
            ``type`` (not ``_type``), ``path`` and ``digest`` (base64 md5 of the file).

        Notes
        -----
        Source: SDK 0.12.8 and later name the file by the md5 of Python's text of the set.
        """
        stem = hashlib.md5(str(self.class_set).encode(), usedforsecurity=False).hexdigest()
        stored = artifact.add(self, f"media/classes/{stem}_cls")
        digest = hashlib.md5(wire.canonical_json(self.to_json()), usedforsecurity=False).digest()
        return {"type": "classes-file", "path": stored.path, "digest": b64encode(digest).decode()}

    def facts(self) -> dict[str, Any]:
        """Return the set, sorted by id as text."""
        ordered = sorted(self.class_set, key=lambda item: str(item["id"]))
        return {"$media": "classes", "class_set": wire.json_safe(ordered)}

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Name the ids that were added, removed and renamed."""
        self._same_type(other)
        mine, its = self.names, other.names if isinstance(other, Classes) else {}
        return {
            "added": sorted(map(str, its.keys() - mine.keys())),
            "removed": sorted(map(str, mine.keys() - its.keys())),
            "renamed": sorted(str(key) for key in mine.keys() & its.keys() if mine[key] != its[key]),
        }

    def __eq__(self, other: object) -> bool:
        """Equal if the sets are, in their order."""
        return isinstance(other, Classes) and self.class_set == other.class_set

    __hash__ = None  # compared by value, and values change

    def __repr__(self) -> str:
        """One line: how many, and the first names."""
        names = [str(item["name"]) for item in self.class_set]
        shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
        return f"Classes({len(names)}: {shown})"

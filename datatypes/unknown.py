"""`UnknownValue`: JSON with a tag that nobody here knows. Data, not an error: shown, and written back unchanged."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

from datatypes import wire
from datatypes.base import WBValue
from datatypes.errors import WireFormatError
from datatypes.ports import SourceFile

if TYPE_CHECKING:
    from datatypes.ports import MediaSink, MediaSource

__all__ = ["UnknownValue"]


class UnknownValue(WBValue):
    """A value whose type is not known.

    Parameters
    ----------
    json_obj : dict
        Its JSON, with its tag.

    Attributes
    ----------
    tag : str
        The tag.
    json : dict
        The JSON as it was stored.

    Raises
    ------
    WireFormatError
        If there is no tag.
    """

    def __init__(self, json_obj: dict[str, Any]) -> None:
        super().__init__()
        tag = wire.tag_of(json_obj)
        if tag is None:
            raise WireFormatError("stored JSON", 'has no text field "_type"', "Open the file as plain JSON instead.")
        self.tag = tag
        self.json = copy.deepcopy(json_obj)

    @property
    def path(self) -> str | None:
        """Name of its side file, if its JSON has a text field of that name."""
        found = self.json.get("path")
        return found if isinstance(found, str) else None

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the JSON unchanged; the side file that it names goes along where it can be read."""
        origin = self.artifact_source
        if origin is not None and self.path and self.path in origin.artifact.names(self.path):
            run_or_artifact.add_file(SourceFile(origin.artifact, self.path), self.path)
        return copy.deepcopy(self.json)

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Keep the JSON as it is."""
        value = cls(json_obj)
        value.set_artifact_source(source_artifact)
        return value

    def entry_name(self, name: str) -> str:
        """Return ``name.<tag>.json``, with the tag that was read."""
        suffix = f"{self.tag.replace('/', '-')}.json"
        return name if name.endswith((suffix, ".json")) else f"{name}.{suffix}"

    def facts(self) -> dict[str, Any]:
        """Return the JSON under the mark of an unknown type."""
        return {"$unknown_type": wire.json_safe(self.json)}

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure the stored JSON by path; see `datatypes.json_difference.compare_json`."""
        from datatypes.json_difference import compare_json

        self._same_type(other)
        assert isinstance(other, UnknownValue)
        return compare_json(self.json, other.json)

    def __eq__(self, other: object) -> bool:
        """Equal if the JSON is equal."""
        return isinstance(other, UnknownValue) and self.json == other.json

    __hash__ = None  # type: ignore[assignment]  # compared by value

    def __repr__(self) -> str:
        """One line: tag and fields."""
        fields = ", ".join(key for key in self.json if key not in ("_type", "type"))
        return f"UnknownValue({self.tag!r}, fields: {fields or 'none'})"

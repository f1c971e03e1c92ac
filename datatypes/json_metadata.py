"""`JSONMetadata`: any JSON as a side file (wire tag ``metadata``), and what boxes and masks share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes import limits, wire
from datatypes.base import Media
from datatypes.errors import DecodeLimitError, RejectedTypeError, UnreadableMediaError
from datatypes.payload import BytesPayload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datatypes.base import WBValue
    from datatypes.payload import Payload
    from datatypes.ports import MediaSink, MediaSource

__all__ = ["JSONMetadata", "check_labels", "int_keys", "read_json"]


def read_json(payload: Payload, subject: str) -> Any:
    """Read a JSON side file within the limits.

    Raises
    ------
    UnreadableMediaError
        If it is not JSON.
    DecodeLimitError
        If it is larger than `limits.json_bytes`.
    """
    with payload.open() as file:
        text = file.read(limits.json_bytes() + 1)
    if len(text) > limits.json_bytes():
        problem = f"has more than the limit of {limits.json_bytes():,} bytes"
        raise DecodeLimitError(subject, problem, "Raise VITRINA_MAX_JSON_BYTES if you trust the file.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableMediaError(subject, f"is not JSON ({error})", "Restore the file.") from error


def int_keys(labels: Mapping[Any, str]) -> dict[Any, str]:
    """Turn keys that JSON made text back into whole numbers; others stay."""
    return {int(key) if isinstance(key, str) and _is_whole(key) else key: name for key, name in labels.items()}


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and text.isascii()


def check_labels(labels: Any, subject: str) -> dict[Any, str]:
    """Check class labels: a dict of numbers to text.

    Raises
    ------
    RejectedTypeError
        If they are not.
    """
    import numbers

    remedy = "Pass a dict of numbers to text."
    if not hasattr(labels, "items"):
        raise RejectedTypeError(subject, f"is {type(labels).__name__}", remedy)
    for key, name in labels.items():
        if not isinstance(key, numbers.Number) or not isinstance(name, str):
            raise RejectedTypeError(subject, f"has the item {key!r}: {name!r}", remedy)
    return {key.item() if hasattr(key, "item") else key: name for key, name in labels.items()}


class JSONMetadata(Media):
    """Any JSON, kept as a file beside the value that it belongs to.

    Parameters
    ----------
    val : object
        What `json` can write.
    key : str, optional
        Name of the set.
    **kwargs
        Accepted for the sake of subclasses in user code; not used.
    """

    artifact_type = "metadata"
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "path", "sha256", "size"})

    def __init__(self, val: Any, key: str = "", **kwargs: Any) -> None:
        super().__init__()
        self.validate(val)
        self._val = val
        self._key = key
        try:
            text = json.dumps(val)
        except (TypeError, ValueError) as error:
            raise RejectedTypeError("val", f"cannot be written as JSON ({error})", "Pass plain values.") from error
        self._set_payload(BytesPayload(text.encode(), f".{self.type_name()}.json"))

    @classmethod
    def type_name(cls) -> str:
        """Return the tag in a run; also the folder below ``media/metadata``."""
        return "metadata"

    @classmethod
    def get_media_subdir(cls) -> str:
        """Return the folder of the side files."""
        return f"media/metadata/{cls.type_name()}"

    @property
    def value(self) -> Any:
        """What was given."""
        return self._val

    def validate(self, val: Any) -> bool:
        """Check what is given; subclasses raise where it does not fit."""
        return True

    def _caption_json(self) -> dict[str, Any]:
        return {}

    def to_json(self, run_or_artifact: MediaSink) -> Any:
        """Return the JSON: tag, path, sha256, and in a run the size."""
        return {**super().to_json(run_or_artifact), "_type": self.type_name()}

    @classmethod
    def from_json(cls, json_obj: Any, source_artifact: MediaSource) -> Self:
        """Read the side file."""
        payload = cls._read_file(json_obj, source_artifact)
        value = cls(read_json(payload, payload.name))
        value._set_payload(payload)
        value._keep_rest(json_obj)
        return value

    def facts(self) -> dict[str, Any]:
        """Return the JSON."""
        return {"$media": self.type_name(), "value": wire.json_safe(self._val)}

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure by path; see `datatypes.json_difference.compare_json`."""
        from datatypes.json_difference import compare_json

        self._same_type(other)
        assert isinstance(other, JSONMetadata)
        return compare_json(self._val, other._val)

    def __eq__(self, other: object) -> bool:
        """Equal if the JSON is."""
        return isinstance(other, JSONMetadata) and type(other) is type(self) and self._val == other._val

    __hash__ = None  # compared by value

    def __repr__(self) -> str:
        """One line."""
        return f"{type(self).__name__}({self.type_name()!r}, {self._file().size} bytes)"

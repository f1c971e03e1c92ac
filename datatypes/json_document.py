"""What Plotly, Bokeh and Graph share: a side file that is one JSON document, read when it is first asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes.base import Media
from datatypes.errors import DecodeLimitError, RejectedValueError, UnreadableMediaError, WireFormatError
from datatypes.json_difference import compare_json
from datatypes.json_metadata import read_json
from datatypes.payload import BytesPayload

if TYPE_CHECKING:
    from datatypes.base import WBValue
    from datatypes.payload import Payload
    from datatypes.ports import MediaSource

__all__ = ["JSONDocument", "document_bytes"]


#: Most levels of a document that is taken apart; the deepest that libraries make, layouts of Bokeh, have some 60.
DEPTH = 200


def _is_deeper(document: Any, limit: int) -> bool:
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > limit:
            return True
        inner = (item.values() if isinstance(item, dict) else item for item in level)
        level = [item for items in inner for item in items if isinstance(item, dict | list)]
    return False


def document_bytes(document: dict[str, Any], subject: str) -> bytes:
    """Return the text of a side file: insertion order, compact, UTF-8, as SDK 0.27 and later write it.

    Raises
    ------
    RejectedValueError
        If text holds lone surrogates, or the document contains itself.
    """
    try:
        return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        problem = f"holds the lone surrogate {error.object[error.start]!r}, which UTF-8 has not"
        raise RejectedValueError(subject, problem, "Replace it.") from error
    except (ValueError, RecursionError) as error:
        raise RejectedValueError(subject, f"cannot be written as JSON ({error})", "Pass a plain document.") from error


class JSONDocument(Media):
    """A medium whose side file is a JSON object. Subclasses say what it means."""

    #: With its dots; side files that we make end so.
    extension: ClassVar[str] = ".json"
    #: Field that held the document in the row itself, in SDKs ≤0.8.22 (tags of `wire_aliases`); None: all others.
    inline_field: ClassVar[str | None] = None

    _document: dict[str, Any] | None = None
    _tag: str | None = None

    def _set_document(self, document: dict[str, Any]) -> None:
        """Keep a document that was made here, as a side file."""
        self._set_payload(BytesPayload(document_bytes(document, type(self).__name__), self.extension))
        self._document = None  # what is read back is what is stored

    @property
    def document_json(self) -> dict[str, Any]:
        """The stored document, as plain JSON; read when it is first asked for.

        Raises
        ------
        UnreadableMediaError, DecodeLimitError
            If the file is no JSON object, or larger than the limit.
        """
        if self._document is None:
            payload = self._file()
            self._document = self._checked(read_json(payload, self.path or payload.filename))
        return self._document

    def _checked(self, document: Any) -> dict[str, Any]:
        """Check what was read; subclasses say more about its form."""
        if not isinstance(document, dict):
            problem = f"is {type(document).__name__}, not an object"
            raise UnreadableMediaError(self._subject, problem, "Restore the file.")
        if _is_deeper(document, DEPTH):
            problem = f"nests more than {DEPTH} levels"
            raise DecodeLimitError(self._subject, problem, "No figure or graph does; look at the file itself.")
        return document

    @property
    def _subject(self) -> str:
        return self.path or type(self).__name__

    def _caption_json(self) -> dict[str, Any]:
        return {}

    def _run_extension(self, payload: Payload) -> str:
        return self.extension if payload.filename.lower().endswith(self.extension) else payload.extension

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a value of any SDK; its file is opened when it is used."""
        value = cls._empty()
        if json_obj.get("_type") in cls.wire_aliases:
            value._tag = json_obj["_type"]
            value._set_document(value._checked(cls._inline_document(json_obj)))
        else:
            value._set_payload(cls._read_file(json_obj, source_artifact))
        value._keep_rest(json_obj)
        return value

    @classmethod
    def _empty(cls) -> Self:
        value = cls.__new__(cls)
        Media.__init__(value)
        return value

    @classmethod
    def _inline_document(cls, json_obj: dict[str, Any]) -> dict[str, Any]:
        """Take the document out of a row of SDK ≤0.8.22."""
        field = cls.inline_field
        found = (
            {key: item for key, item in json_obj.items() if key != "_type"} if field is None else json_obj.get(field)
        )
        if not isinstance(found, dict):
            raise WireFormatError(f"{json_obj['_type']} JSON", f'field "{field}" is no object', "Log it again.")
        return found

    @classmethod
    def from_file(cls, name: str, source: MediaSource) -> JSONDocument:
        """Make a value of a plain file."""
        return cls.from_json({"_type": cls.artifact_type, "path": name}, source)

    def _comparable(self) -> Any:
        """Return what is compared: the document, brought to one spelling."""
        return self.document_json

    def facts(self) -> dict[str, Any]:
        """Return what all documents have: tag and file."""
        payload = self._file()
        file = {"path": self.path, "bytes": payload.size, "sha256": payload.sha256}
        return {"$media": self._tag or self.artifact_type, "file": file}

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure by path; see `datatypes.json_difference.compare_json`."""
        self._same_type(other)
        return compare_json(self._comparable(), other._comparable())  # type: ignore[attr-defined]  # of the same type

    def __eq__(self, other: object) -> bool:
        """Equal if the documents are by value, however they are spelled."""
        if not isinstance(other, JSONDocument) or type(other) is not type(self):
            return NotImplemented
        if self._file().sha256 == other._file().sha256:
            return True
        found = compare_json(self._comparable(), other._comparable())
        return not (found["paths_added"] or found["paths_removed"] or found["paths_changed"])

    __hash__ = None

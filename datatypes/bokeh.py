"""`Bokeh`: a document of Bokeh (wire tag ``bokeh-file``)."""

from __future__ import annotations

import functools
import os
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypedDict

from datatypes import wire
from datatypes.bokeh_json import comparable, number_of_roots, upgraded
from datatypes.errors import MissingExtraError, MissingMediaError, RejectedTypeError, UnreadableMediaError
from datatypes.extras import need
from datatypes.fidelity import FidelityRecord
from datatypes.given_file import given_payload
from datatypes.json_document import JSONDocument
from datatypes.payload import PathPayload

if TYPE_CHECKING:
    from datatypes.payload import Payload

__all__ = ["Bokeh"]


class BokehJSON(TypedDict, total=False):
    """Form on the wire; the file is the document's JSON in the form of the Bokeh that wrote it."""

    _type: Literal["bokeh-file"]
    path: str
    sha256: str
    size: int  # run only


class Bokeh(JSONDocument):
    """A document of Bokeh.

    Parameters
    ----------
    data_or_path : bokeh Model or Document, str, PathLike or file object
        A figure or another model, a document, or a file with a document's JSON: that is kept byte for byte and needs
        no Bokeh.

    Raises
    ------
    RejectedTypeError
        If it is none of these; text that is no path of a file as well.
    UnreadableMediaError
        If the file holds no document.

    Notes
    -----
    Source: SDK 0.31.0, which takes a document and then stores nothing of it.
    """

    artifact_type = "bokeh-file"
    media_folder = "media/bokeh"
    extension = ".bokeh.json"
    file_extensions = (".bokeh.json",)
    wire_keys: ClassVar[frozenset[str]] = frozenset(["_type", "path", "sha256", "size"])

    _document_problem: str | None = None

    def __init__(self, data_or_path: Any) -> None:
        super().__init__()
        classes = {f"{cls.__module__}.{cls.__name__}" for cls in type(data_or_path).__mro__}
        if "bokeh.document.document.Document" in classes:
            self._set_document(_plain(data_or_path))
        elif "bokeh.model.model.Model" in classes:
            embed = need("bokeh.embed.util", "Bokeh from a figure")
            with embed.OutputDocumentFor([data_or_path], always_new=True) as document:  # the model stays where it was
                self._set_document(_plain(document))
        else:
            payload = _given(data_or_path)
            self._set_payload(payload)
            self._fidelity = FidelityRecord("lossless", {"kind": "file", "sha256": payload.sha256})
        roots = number_of_roots(self.document_json)
        if self._fidelity is None:
            self._fidelity = FidelityRecord("lossless", {"kind": "bokeh", "roots": roots})

    def _checked(self, document: Any) -> dict[str, Any]:
        checked = super()._checked(document)
        if "roots" not in checked:
            raise UnreadableMediaError(self._subject, "is no document of Bokeh: it has no roots", "Pass another file.")
        return checked

    @property
    def version(self) -> str | None:
        """Release of Bokeh that wrote the document."""
        found = self.document_json.get("version")
        return found if isinstance(found, str) else None

    @property
    def document(self) -> Any:
        """The document, made anew each time; its JSON where Bokeh is not installed or cannot read it.

        Documents of Bokeh 2 and of early 3 are brought to today's form first. `document_problem` says what is missing.

        Raises
        ------
        UnreadableMediaError, DecodeLimitError
            If an array does not have the length that it says, or is too large.
        """
        comparable(self.document_json, self._subject)  # no array is unpacked by Bokeh before it has been checked
        try:
            documents = need("bokeh.document", "Bokeh.document")
            readable = self.document_for_installed
        except MissingExtraError as error:
            self._document_problem = str(error)
            return self.document_json
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return documents.Document.from_json(readable)
        except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
            problem = " ".join(str(error).split())[:200]  # Bokeh lets what it meets in a strange document through
            installed = need("bokeh", "Bokeh.document").__version__
            self._document_problem = f"written by Bokeh {self.version}, not readable by {installed}: {problem}"
            return self.document_json

    @property
    def document_for_installed(self) -> dict[str, Any]:
        """The JSON in the form that the installed Bokeh and its script read, without properties that they do not know.

        Raises
        ------
        MissingExtraError
            If Bokeh is not installed.
        """
        for module in ("bokeh.models", "bokeh.plotting"):
            need(module, "Bokeh.document")  # so that their classes are known by name
        models = need("bokeh.model", "Bokeh.document").Model.model_class_reverse_map

        @functools.cache
        def known(name: str) -> frozenset[str] | None:
            return frozenset(models[name].properties()) if name in models else None

        document, left_out = upgraded(self.document_json, known)
        if left_out:
            self._document_problem = f"written by Bokeh {self.version}; left out: {', '.join(left_out)[:200]}"
        return document

    @property
    def document_problem(self) -> str | None:
        """What `document` could not read; None as long as it has found nothing."""
        return self._document_problem

    def _comparable(self) -> Any:
        return comparable(self.document_json, self._subject)

    def facts(self) -> dict[str, Any]:
        """Return the release of Bokeh and the number of roots."""
        return {
            **super().facts(),
            "bokeh_version": wire.json_safe(self.version),
            "roots": number_of_roots(self.document_json),
        }

    def __repr__(self) -> str:
        """One line: where it lies, or how long it is."""
        shown = repr(self.path) if self.path else f"{self._file().size:,} bytes"
        return f"Bokeh({shown})"


def _plain(document: Any) -> dict[str, Any]:
    """Return the JSON of a document as it is once it has been read again: without values that are Bokeh's own defaults.

    So a document is equal to what comes back. One with models of the user's own cannot be read again; it stays.
    """
    first = _to_json(document)
    try:
        return _to_json(type(document).from_json(first))
    except ValueError:
        return _to_json(document)


def _to_json(document: Any) -> dict[str, Any]:
    try:
        return dict(document.to_json(deferred=False))  # Bokeh 3.9 and later must be told to give it at once
    except TypeError:
        return dict(document.to_json())


def _given(data: Any) -> Payload:
    if isinstance(data, str):
        try:
            return _named(PathPayload(data))
        except (MissingMediaError, ValueError) as error:
            problem = f"{data[:80]!r} is no path of a file"
            remedy = "Pass a figure, a document, or the path of its JSON."
            raise RejectedTypeError("data_or_path", problem, remedy) from error
    payload = None if isinstance(data, os.PathLike) and os.path.isdir(data) else given_payload(data, ".bokeh.json")  # noqa: PTH112  # any path object
    if payload is None:
        remedy = "Pass a figure, a document, or the path of its JSON."
        raise RejectedTypeError("data_or_path", f"is {type(data).__name__}", remedy)
    return _named(payload) if isinstance(payload, PathPayload) else payload


def _named(payload: PathPayload) -> PathPayload:
    """Let a file's name end as W&B's reader wants it; the bytes stay."""
    if not payload.filename.endswith(Bokeh.extension):
        payload.filename = payload.filename.removesuffix(".json") + Bokeh.extension
    return payload

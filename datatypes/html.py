"""`Html`: a document (wire tag ``html-file``; lists: ``html``)."""

from __future__ import annotations

import codecs
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import wire
from datatypes.base import BatchableMedia
from datatypes.errors import RejectedTypeError, RejectedValueError, UnreadableMediaError
from datatypes.fidelity import FidelityRecord
from datatypes.given_file import given_payload, read_limited
from datatypes.html_head import add_head, take_off_head
from datatypes.media_list import item_jsons
from datatypes.payload import BytesPayload, PathPayload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datatypes.base import WBValue
    from datatypes.html_head import Head
    from datatypes.payload import Payload
    from datatypes.ports import MediaSource, RunSink

__all__ = ["Html"]


class HtmlJSON(TypedDict, total=False):
    """Form on the wire."""

    _type: Literal["html-file"]
    path: str
    sha256: str
    size: int  # run only


class Html(BatchableMedia):
    """An HTML document.

    Parameters
    ----------
    data : str, PathLike or file object
        The document; or the path of an existing file that ends in ``.html`` or ``.htm``.
    inject : bool
        Put a small style of our own and ``<base target="_blank">`` into the document (see `datatypes.html_head`); a
        document is then stored as UTF-8. False changes no byte.
    data_is_not_path : bool
        Take text for the document in any case.

    Raises
    ------
    RejectedValueError
        If `data` is none of these.
    MissingMediaError
        If a path object leads to no file.

    Notes
    -----
    Source: SDK 0.31.0, which takes ``.html`` alone for a path; its reader insists on that ending, so a ``.htm`` file is
    stored under a name with ``.html``.
    """

    artifact_type = "html-file"
    batch_type = "html"
    media_folder = "media/html"
    file_extensions = (".html", ".htm")
    wire_keys: ClassVar[frozenset[str]] = frozenset(["_type", "path", "sha256", "size"])

    _stored_text: str | None = None

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:
        super().__init__()
        kind, given = _given(data, data_is_not_path)
        source = {"kind": kind, "sha256": given.sha256}
        self._set_payload(given)
        self._fidelity = FidelityRecord("lossless", source)
        if inject:
            document = self.text
            text = add_head(document)
            self._set_payload(BytesPayload(text.encode(), ".html"))
            self._stored_text = text
            dropped = len(take_off_head(document)[0]) - len(self.html)
            if dropped:
                steps = ["take blanks off both ends"]
                self._fidelity = FidelityRecord("lossy", source, steps, dropped=dropped)

    @property
    def text(self) -> str:
        """The document as it is stored, with the head that was put into it; read when it is first asked for.

        Raises
        ------
        UnreadableMediaError
            If its encoding cannot be told.
        """
        if self._stored_text is None:
            payload = self._file()
            subject = self.path or payload.filename
            self._stored_text = _decode(read_limited(payload, subject), subject)
        return self._stored_text

    @property
    def html(self) -> str:
        """The document without the head that Vitrina or W&B put into it."""
        return take_off_head(self.text)[0]

    @property
    def head(self) -> Head | None:
        """Whose head was put into the document: ``"vitrina"``, ``"wandb"``, or None."""
        return take_off_head(self.text)[1]

    def _caption_json(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a document of any SDK; its file is opened when it is used."""
        value = cls.__new__(cls)
        BatchableMedia.__init__(value)
        value._set_payload(cls._read_file(json_obj, source_artifact))
        value._keep_rest(json_obj)
        return value

    @classmethod
    def from_file(cls, name: str, source: MediaSource) -> Html:
        """Make a document of a plain file."""
        return cls.from_json({"_type": "html-file", "path": name}, source)

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: RunSink, key: str, step: int | str) -> dict[str, Any]:
        """Return the JSON of a list of documents that are bound to the run."""
        return {"_type": "html", "count": len(seq), "html": [item.to_json(run) for item in seq]}

    @classmethod
    def seq_from_json(cls, json_obj: dict[str, Any], source: MediaSource) -> list[Self]:
        """Read a list of documents of any SDK."""
        return [cls.from_json(item, source) for item in item_jsons(json_obj, "html")]

    def facts(self) -> dict[str, Any]:
        """Return the stored text and whether a head was put into it: ours or, as ``head`` tells, W&B's."""
        payload = self._file()
        return {
            "$media": "html-file",
            "file": {"path": self.path, "bytes": payload.size, "sha256": payload.sha256},
            "text": wire.json_safe(self.text),
            "ends_with_newline": self.text.endswith("\n"),
            "injected": self.head is not None,
            "head": self.head,
        }

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Count lines that only one of two documents has; ``changed`` is 1 also if lines only moved.

        Heads that Vitrina or W&B put in do not count.
        """
        self._same_type(other)
        if not isinstance(other, Html):
            raise RejectedTypeError("difference", "needs two documents", "Pass an Html.")
        mine, its = Counter(self.html.split("\n")), Counter(other.html.split("\n"))
        return {
            "lines_added": (its - mine).total(),
            "lines_removed": (mine - its).total(),
            "changed": 0 if self == other else 1,
        }

    def __eq__(self, other: object) -> bool:
        """Equal if the documents are, whoever put a head into them."""
        if not isinstance(other, Html):
            return NotImplemented
        return self._file().sha256 == other._file().sha256 or self.html == other.html

    __hash__ = None  # type: ignore[assignment]  # compared by value

    def __repr__(self) -> str:
        """One line: where it lies, or how long it is."""
        return f"Html({self.path!r})" if self.path else f"Html({self._file().size:,} bytes)"

    def _repr_html_(self) -> str:
        """Return the document for a notebook, in a frame without scripts, origin and network."""
        import html

        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
        page = f'<meta http-equiv="Content-Security-Policy" content="{policy}">{self.html}'
        style = "width:100%;height:24em;border:0"
        return f'<iframe sandbox referrerpolicy="no-referrer" style="{style}" srcdoc="{html.escape(page)}"></iframe>'


def _given(data: Any, data_is_not_path: bool) -> tuple[str, Payload]:
    """Return what kind of thing was given, and its bytes."""
    remedy = "Pass the document as text, the path of an .html file, or a file object."
    try:
        if isinstance(data, str) and (data_is_not_path or not _is_path(data)):
            return "text", BytesPayload(data.encode(), ".html")
        payload = PathPayload(data) if isinstance(data, str) else given_payload(data, ".html")
    except UnicodeEncodeError as error:
        problem = f"holds the lone surrogate {error.object[error.start]!r}, which UTF-8 has not"
        raise RejectedValueError("data", problem, "Replace it.") from error
    if payload is None:
        raise RejectedValueError("data", f"is {type(data).__name__}", remedy)
    if isinstance(payload, PathPayload):
        stem, suffix = os.path.splitext(payload.filename)  # noqa: PTH122  # a name and not a path
        if suffix.lower() not in Html.file_extensions or data_is_not_path:
            raise RejectedValueError(payload.filename, "is the path of no .html file", remedy)
        payload.filename = payload.filename if suffix == ".html" else f"{stem}.html"
    return "text" if isinstance(payload, BytesPayload) else "file", payload


def _is_path(text: str) -> bool:
    if not text.lower().endswith(Html.file_extensions):
        return False
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # longer than a name may be, or with a NUL: a document
        return False


#: Encodings that a page may declare: those of the Encoding Standard that Python has under the same name. A page that
#: declares Latin-1 means windows-1252, says that standard.
_DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_CHARSETS = re.compile(
    r"windows-\d{3,4}|iso-8859-\d{1,2}|koi8-[ru]|gbk|gb18030|gb2312|big5|euc-(jp|kr)|shift_jis|utf-16(le|be)?|us-ascii"
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _decode(data: bytes, subject: str) -> str:
    """Decode a page: by its byte order mark, as UTF-8, or as it declares itself in its first 1,024 bytes."""
    declared = _DECLARED.search(data[:1024])
    name = declared[1].decode("ascii").lower() if declared else ""
    name = "windows-1252" if name in ("iso-8859-1", "us-ascii") else name
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        problem = f"is not {encoding} ({error.reason} at byte {error.start})"
    if _CHARSETS.fullmatch(name):
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError) as error:
            problem += f" and not {name}, as it says ({error})"
    raise UnreadableMediaError(subject, problem, "Save it as UTF-8, or declare its encoding.")

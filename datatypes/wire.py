"""Rules of the wire that hold for every type: tags, names of side files, text of JSON, captions.

What one type looks like stands in its own file; WIRE.md has the whole, field by field. Source of all rules: files
written by W&B's SDK 0.8.15 to 0.31.0.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from datatypes.errors import RejectedValueError, WireFormatError

if TYPE_CHECKING:
    from datatypes.ports import MediaSource

__all__ = [
    "DIGITS",
    "MODEL_TAGS",
    "artifact_file_name",
    "canonical_json",
    "is_value_json",
    "json_safe",
    "list_stem",
    "run_file_name",
    "tag_of",
    "text_field",
]

#: Hex digits of a hash in the name of a side file, as SDK 0.10.32 and later write. 0.10.0 to 0.10.31 wrote 8.
DIGITS = 20

#: Saved models carry their tag under ``type`` and not ``_type``. They are pickles or worse: shown, never loaded.
MODEL_TAGS = frozenset({"pytorch-model-file", "sklearn-model-file", "tfkeras-model-file"})


def tag_of(json_obj: Any) -> str | None:
    """Return the wire tag of stored JSON, or None if it is not a value.

    Parameters
    ----------
    json_obj : object
        Anything that came out of a JSON parser.
    """
    if not isinstance(json_obj, dict):
        return None
    tag = json_obj.get("_type")
    if isinstance(tag, str):
        return tag
    tag = json_obj.get("type")
    return tag if isinstance(tag, str) and tag in MODEL_TAGS else None


def is_value_json(json_obj: Any) -> bool:
    """Whether stored JSON says that it is a value."""
    return tag_of(json_obj) is not None


def canonical_json(json_obj: Any) -> bytes:
    """Return the text of an object file in an artifact, as every SDK wrote it.

    Keys sorted, separators ``", "`` and ``": "``, non-ASCII escaped, NaN and Infinity bare, no newline at the end.
    """
    return json.dumps(json_obj, sort_keys=True).encode("ascii")


def text_field(json_obj: dict[str, Any], key: str, tag: str) -> str:
    """Return a field that must be text.

    Raises
    ------
    WireFormatError
        If it is absent or something else.
    """
    found = json_obj.get(key)
    if isinstance(found, str) and found:
        return found
    state = (
        "is missing" if key not in json_obj else f"is {type(found).__name__}, not text" if found != "" else "is empty"
    )
    raise WireFormatError(f"{tag} JSON", f'field "{key}" {state}', "Restore the object file from where it was made.")


def artifact_file_name(folder: str, digest: str, filename: str, *, generated: bool) -> str:
    """Name a side file inside an artifact.

    Parameters
    ----------
    folder : str
        Media folder of the type, POSIX, no slash at either end: ``"media/images"``.
    digest : str
        Hex sha256 of the bytes.
    filename : str
        Last path component with extension; what a person will recognise.
    generated : bool
        True for a file that we encoded: only its extension is kept.

    Returns
    -------
    str
        ``folder/<20 digits><ext>`` for generated files, ``folder/<20 digits>/filename`` for given ones.

    Raises
    ------
    RejectedValueError
        If `filename` holds a separator or is empty.

    Notes
    -----
    Source: SDK 0.10.32 and later. W&B takes the md5 of generated files where we take sha256: the name is an identifier,
    nothing reads it, and md5 costs twice as much.
    """
    if not filename or "/" in filename or "\\" in filename:
        raise RejectedValueError(repr(filename), "is not the last component of a path", "Pass a file name.")
    if generated:
        return f"{folder}/{digest[:DIGITS]}{filename[filename.index('.') :]}"
    return f"{folder}/{digest[:DIGITS]}/{filename}"


def run_file_name(folder: str, key: str, step: int | str, id_: int | str, extension: str) -> str:
    """Name a side file inside a run: ``<folder>/<KEY>_<STEP>_<ID><EXT>``.

    Parameters
    ----------
    folder : str
        Media folder of the type.
    key : str
        Last key of the value in the row; a slash makes folders.
    step : int or str
        Step of the row, or ``"summary"``.
    id_ : int or str
        Usually the first 20 digits of the file's sha256.
    extension : str
        With its dot.

    Notes
    -----
    Source: SDK 0.21.1 and later: leading slashes are taken off; components ``.`` and ``..`` become ``_`` and ``__``.
    """
    parts = key.lstrip("/").split("/")
    safe = "/".join("_" * len(part) if part in (".", "..") else part for part in parts)
    return f"{folder}/{safe}_{step}_{id_}{extension}"


def list_stem(source: MediaSource, folder: str) -> str:
    """Return ``<folder>/<KEY>_<STEP>``, from which old lists of media make the names of their files.

    A summary does not say its step: the highest one on disk for the key is taken (right in every complete run seen).

    Parameters
    ----------
    source : MediaSource
        With ``key`` and ``step`` where it is a row of a run.
    folder : str
        Media folder of the type.
    """
    stem, step = f"{folder}/{getattr(source, 'key', '')}", getattr(source, "step", "")
    if step == "summary":
        pattern = re.compile(re.escape(stem) + r"_(\d+)(_\d+)?\.[^/]+\Z")
        steps = [int(match[1]) for name in source.names(f"{stem}_") if (match := pattern.match(name))]
        step = max(steps, default=step)
    return f"{stem}_{step}"


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def json_safe(value: Any) -> Any:
    """Return `value` in strict JSON: NaN as ``{"$nan": true}``, infinities as ``{"$inf": 1}`` and ``{"$inf": -1}``.

    Lone surrogates, which no UTF-8 text can hold, become U+FFFD.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return {"$nan": True} if math.isnan(value) else {"$inf": 1 if value > 0 else -1}
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_LONE_SURROGATE.sub("\ufffd", str(key)): json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_safe(item) for item in value]
    return value

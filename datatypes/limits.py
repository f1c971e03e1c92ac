"""What a decoder may allocate. Artifacts come from strangers: a header is believed only within these limits."""

from __future__ import annotations

import os

from datatypes.errors import DecodeLimitError, RejectedValueError

__all__ = ["array_bytes", "check_array_bytes", "check_pixels", "json_bytes", "pixels"]


def _setting(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise RejectedValueError(name, f"is {text!r}, not a whole number above 0", f"Unset it for {default:,}.")
    return int(text)


def pixels() -> int:
    """Most pixels of one picture: ``VITRINA_MAX_PIXELS``, 64 million unless set (256 MB as RGBA)."""
    return _setting("VITRINA_MAX_PIXELS", 64_000_000)


def array_bytes() -> int:
    """Most bytes of one decoded array: ``VITRINA_MAX_ARRAY_BYTES``, 2 GiB unless set."""
    return _setting("VITRINA_MAX_ARRAY_BYTES", 2 << 30)


def json_bytes() -> int:
    """Most bytes of one JSON document: ``VITRINA_MAX_JSON_BYTES``, 256 MiB unless set."""
    return _setting("VITRINA_MAX_JSON_BYTES", 256 << 20)


def check_pixels(subject: str, width: int, height: int) -> None:
    """Refuse a picture that is too large to decode.

    Raises
    ------
    DecodeLimitError
        If ``width * height`` is above `pixels`.
    """
    if width * height > pixels():
        problem = f"{width:,}×{height:,} pixels are more than the limit of {pixels():,}"
        raise DecodeLimitError(subject, problem, "Raise VITRINA_MAX_PIXELS if you trust the file.")


def check_array_bytes(subject: str, size: int) -> None:
    """Refuse an array that is too large to decode.

    Raises
    ------
    DecodeLimitError
        If `size` (bytes) is above `array_bytes`.
    """
    if size > array_bytes():
        problem = f"{size:,} bytes once decoded are more than the limit of {array_bytes():,}"
        raise DecodeLimitError(subject, problem, "Raise VITRINA_MAX_ARRAY_BYTES if you trust the file.")

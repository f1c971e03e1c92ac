"""Text that came from somebody else, made fit for a terminal or a page.

A name may hold anything: colour codes, a carriage return that overwrites a line, marks that turn the writing direction.
`printable` shows such characters instead of obeying them.
"""

from __future__ import annotations

__all__ = ["MAX_NAME_CHARACTERS", "human_count", "human_size", "one_line", "printable"]

#: Longest name that is shown whole. Paths may have 1,024 bytes; a screen line is read up to some 200 characters.
MAX_NAME_CHARACTERS = 200

#: Combining marks in a row that are shown; more of them climb over the neighbouring lines. No script needs five.
_MAX_COMBINING_RUN = 4

_SIZE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def printable(text: str, limit: int | None = MAX_NAME_CHARACTERS) -> str:
    r"""Return `text` with every character that is not printable written as an escape.

    Parameters
    ----------
    text : str
        Anything; lone surrogates too.
    limit : int, optional
        Longest result in characters; the middle of longer text becomes ``…``. None for no limit.

    Returns
    -------
    str
        Printable in the sense of `str.isprintable`: no control characters, no direction marks, no line separators.

    Examples
    --------
    >>> printable("cat\x1b[31m.png")
    'cat\\x1b[31m.png'
    """
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else _escape(letter) for letter in text)
    if not text.isascii():
        text = _cut_combining_runs(text)
    if limit is not None and len(text) > limit:
        tail = limit // 3
        text = f"{text[: limit - tail - 1]}…{text[-tail:]}"
    return text


def one_line(text: str) -> str:
    """Return `text` printable and without a limit, its line breaks as spaces: for messages that hold several names."""
    return printable(" ".join(text.split()), limit=None)


def _escape(letter: str) -> str:
    code = ord(letter)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut_combining_runs(text: str) -> str:
    import unicodedata

    kept: list[str] = []
    run = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run <= _MAX_COMBINING_RUN:
            kept.append(letter)
    return "".join(kept)


def human_size(size_bytes: int) -> str:
    """Return a size with its unit, powers of 1,000, three digits: ``4.18 MB``."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    value = float(size_bytes)
    for unit in _SIZE_UNITS:
        # 999.5 would be written as 1000 of the smaller unit
        if value < 999.5 or unit == _SIZE_UNITS[-1]:
            break
        value /= 1000
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {unit}"


def human_count(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 entry`` has its own form, so `noun` is given as ``"entry/entries"``."""
    one, _, many = noun.partition("/")
    return f"{count:,} {one if count == 1 else many or one + 's'}"

"""Large tables of JSON, read in blocks: never more in memory than one block of rows.

A table's document is ``{… "data": [[…], …] …}``. What stands before the rows is found from the start, what stands after
them from the end. Both cuts, and the cut between two blocks, are guesses that a parser confirms: text from a known
place
that is valid JSON once it is closed ends where a row ends, because a prefix of JSON can be read in one way only. A
suffix
that is valid JSON once it is opened began outside of every string, because inside of one the quotes would not pair up.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["Frame", "blocks", "notes_of_rows", "read_frame"]

#: Bytes of one block; some thousand rows of a dozen cells.
_BLOCK_BYTES = 8 << 20

#: What may stand before and after the rows: types, and the notes of the fidelity record.
_HEAD_BYTES = 4 << 20
_TAIL_BYTES = 16 << 20

#: A whole number that may need more than 64 bits; the fast parser would round it.
_LONG_DIGITS = re.compile(rb"\d{19}")
_LONG_NUMBER = re.compile(rb"(?<=[\[,:\s-])\d{19,}(?=[\],}\s])")

#: Cuts that are tried from the end; a tail has as many brackets as its types and notes.
_CUTS = 20_000


class Frame(NamedTuple):
    """A document without its rows."""

    document: dict[str, Any]
    """All keys; ``data`` is an empty list."""
    start: int
    """First byte after the bracket that opens the rows."""
    stop: int
    """Bracket that closes them."""


def read_frame(file: BinaryIO, size: int) -> Frame | None:
    """Return the document around the rows; None if it does not have the form that is written, then it is read whole.

    Parameters
    ----------
    file : file object
        Opened for reading bytes, seekable.
    size : int
        Its length in bytes.
    """
    head = file.read(min(size, _HEAD_BYTES))
    start = _data_start(head)
    if start is None:
        return None
    tail_bytes = min(size - start, _TAIL_BYTES)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    cut = len(tail)
    for _ in range(_CUTS):
        cut = tail.rfind(b"]", 0, cut)
        if cut < 0:
            return None
        document = _parsed(head[:start] + b"]" + tail[cut + 1 :])
        if isinstance(document, dict) and document.get("data") == [] and "columns" in document:
            return Frame(document, start, size - tail_bytes + cut)
    return None


def _data_start(head: bytes) -> int | None:
    """Return the place after ``"data": [`` of the document itself, not of a text that looks like it."""
    at = 0
    while (at := head.find(b'"data"', at)) >= 0:
        bracket = head.find(b"[", at)
        if bracket < 0:
            return None
        if head[at + 6 : bracket].strip() == b":" and isinstance(_parsed(head[: bracket + 1] + b"]}"), dict):
            return bracket + 1
        at += 6
    return None


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def blocks(file: BinaryIO, frame: Frame, block_bytes: int = _BLOCK_BYTES) -> Iterator[list[list[Any]]]:
    """Give the rows, some thousand at a time.

    Parameters
    ----------
    file : file object
        As given to `read_frame`.
    frame : Frame
        What it returned.
    block_bytes : int
        Bytes that are read at a time; a block grows until it holds a whole row.

    Raises
    ------
    ValueError
        If the rows are no JSON.
    """
    file.seek(frame.start)
    left, rest = frame.stop - frame.start, b""
    while left or rest.strip():
        piece = file.read(min(block_bytes, left))
        left -= len(piece)
        rest += piece
        if not piece and left:
            raise ValueError("the file is shorter than it was")
        rows, rest = _whole_rows(rest, is_last=not left)
        if rows:
            yield rows
        elif not left:
            break


def _whole_rows(text: bytes, *, is_last: bool) -> tuple[list[list[Any]], bytes]:
    """Return the rows that lie whole in the text, and the rest of it."""
    if is_last:
        return _loads(b"[" + text.strip() + b"]"), b""
    cut = len(text)
    for _ in range(64):
        cut = text.rfind(b"]", 0, cut)
        if cut < 0:
            break
        following = text[cut + 1 : cut + 64].lstrip()
        if following[:1] not in (b",", b"") or following[1:].lstrip()[:1] not in (b"[", b""):
            continue  # not between two rows
        try:
            rows = _loads(b"[" + text[: cut + 1].strip() + b"]")
        except ValueError:
            continue
        rest = text[cut + 1 :].lstrip()
        if not rest:
            continue  # the comma is not here yet; the row before this one has its own
        return rows, rest[1:]
    return [], text


def _loads(text: bytes) -> list[list[Any]]:
    """Return rows; NaN and whole numbers beyond 64 bits as the standard parser reads them."""
    import orjson

    try:
        found = orjson.loads(text)
        if _LONG_DIGITS.search(text) and _LONG_NUMBER.search(text):
            found = json.loads(text)
    except orjson.JSONDecodeError:
        found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        raise ValueError("the rows are no lists")
    return found


def notes_of_rows(fidelity: Any, start: int, stop: int) -> Any:
    """Return a table's fidelity record as it is for some of its rows alone; see `datatypes.table_notes`."""
    columns = fidelity.get("columns") if isinstance(fidelity, dict) else None
    if not isinstance(columns, dict):
        return fidelity
    noted = {name: _sliced(note, start, stop) if isinstance(note, dict) else note for name, note in columns.items()}
    return {**fidelity, "columns": noted}


def _sliced(note: dict[str, Any], start: int, stop: int) -> dict[str, Any]:
    """Return what a note says of some rows: lists have an item a row, runs are (start, count) or (code, count)."""
    found = dict(note)
    for key in ("rest_ns", "text"):
        if isinstance(found.get(key), list):
            found[key] = found[key][start:stop]
    if isinstance(nulls := found.get("nulls"), list):
        runs = zip(nulls[::2], nulls[1::2], strict=False)
        inside = [(max(at, start), min(at + count, stop)) for at, count in runs if isinstance(at, int)]
        found["nulls"] = [number for at, end in inside if at < end for number in (at - start, end - at)]
    if isinstance(cells := found.get("cells"), dict) and isinstance(runs_ := cells.get("runs"), list):
        kept, at = [], 0
        for code, count in zip(runs_[::2], runs_[1::2], strict=False):
            shown = min(at + count, stop) - max(at, start)
            if shown > 0:
                kept += [code, shown]
            at += count
        found["cells"] = {**cells, "runs": kept}
    return found

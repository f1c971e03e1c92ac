"""What a verb prints: JSON for programs, columns for people, notes and errors beside them, progress while it works.

Standard output carries what was asked for and nothing else. All other lines go to standard error.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Self, TextIO

from app.text import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

__all__ = ["Progress", "bold", "columns", "complain", "note", "print_json", "print_problems", "problems_json"]


def print_json(document: Any) -> None:
    """Print one strict JSON document: ASCII alone, so that no character reaches a terminal raw."""
    import json

    from datatypes.wire import json_safe

    text = json.dumps(json_safe(document), allow_nan=False, indent=2)
    print(text.replace("\x7f", "\\u007f"))  # the one control character that JSON leaves as it is


def problems_json(problems: Iterable[Any]) -> list[dict[str, str]]:
    """Return problems as the JSON of every verb has them."""
    return [
        {"subject": str(found.subject), "problem": str(found.problem), "remedy": str(found.remedy)}
        for found in problems
    ]


def print_problems(problems: Iterable[Any], *, quiet: bool = False) -> None:
    """Say on standard error what could not be read."""
    if not quiet:
        for found in problems:
            note(_sentence(found.subject, found.problem, found.remedy))


def note(text: str) -> None:
    """Say something on standard error."""
    sys.stderr.write(f"vitrina: {one_line(text)}\n")


def complain(error: BaseException, *, verbose: bool = False) -> None:
    """Print an error as one line: ``vitrina: subject: problem. remedy``."""
    if verbose:
        import traceback

        traceback.print_exception(error)
    if hasattr(error, "subject") and hasattr(error, "problem"):
        note(_sentence(error.subject, error.problem, getattr(error, "remedy", "")))
    elif isinstance(error, OSError) and error.strerror:
        note(_sentence(str(error.filename or "system"), error.strerror, ""))
    else:
        remedy = "" if verbose else "This is a fault of vitrina: run again with -v and report what it prints."
        note(_sentence(type(error).__name__, str(error) or "no message", remedy))


def _sentence(subject: str, problem: str, remedy: str) -> str:
    text = f"{printable(str(subject))}: {str(problem).rstrip('.')}."
    return f"{text} {remedy}" if remedy else text


def _has_style(stream: TextIO) -> bool:
    """Whether a terminal that obeys codes is at the other end, and the user has nothing against them."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def bold(text: str) -> str:
    """Return text in bold where the terminal can."""
    return f"\x1b[1m{text}\x1b[0m" if _has_style(sys.stdout) else text


def columns(header: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()) -> str:
    """Return rows as aligned columns with a header.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    rows : iterable of sequence of str
        Cells; made printable here.
    right : iterable of int
        Columns of numbers, aligned at their right.
    """
    table = [[printable(cell) for cell in row] for row in rows]
    widths = [max(_width(cells[index]) for cells in [list(header), *table]) for index in range(len(header))]
    at_right = frozenset(right)

    def line(cells: Sequence[str]) -> str:
        padded = []
        for index, cell in enumerate(cells):
            gap = " " * (widths[index] - _width(cell))
            padded.append(gap + cell if index in at_right else cell + gap)
        return "  ".join(padded).rstrip()

    return "\n".join([bold(line(header)), *(line(row) for row in table)])


def _width(text: str) -> int:
    """Return the cells of a terminal that `text` takes; East Asian letters take two, combining marks none."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


class Progress:
    """A line on the terminal that says that something is being done; appears after a second, and only for people.

    Parameters
    ----------
    what : str
        What is being done: ``"copying"``.
    total : int
        Steps of the whole; 0 if nobody counts them, then the line tells the seconds.
    quiet : bool
        Never appear.

    Examples
    --------
    >>> with Progress("copying", total=3) as progress:
    ...     for _ in range(3):
    ...         progress.step()
    """

    #: Seconds before it appears, and between two updates.
    DELAY, INTERVAL = 1.0, 0.2

    def __init__(self, what: str, *, total: int = 0, quiet: bool = False) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._shown = 0
        self._thread = None
        if sys.stderr.isatty() and not quiet:
            import threading

            self._ended = threading.Event()
            self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        if self._thread is not None:
            self._thread.start()
        return self

    def step(self, count: int = 1) -> None:
        """Say that `count` more steps are done."""
        self._done += count

    def count(self, done: int, total: int) -> None:
        """Say how many of how many steps are done, where the number of steps is found out on the way."""
        self._done, self._total = done, total

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join()

    def _run(self) -> None:
        import time

        begin = time.monotonic()
        wait = self.DELAY
        while not self._ended.wait(wait):
            wait = self.INTERVAL
            self._show(self._line(time.monotonic() - begin))
        if self._shown:
            self._show("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _line(self, seconds: float) -> str:
        if not self._total:
            return f"{self._what} … {seconds:.0f} s"
        filled = min(20, 20 * self._done // self._total)
        return f"{self._what} {self._done:,} of {self._total:,} [{'=' * filled}{' ' * (20 - filled)}]"

    def _show(self, text: str) -> None:
        sys.stderr.write(f"\r{text}{' ' * max(0, self._shown - len(text))}")
        sys.stderr.flush()
        self._shown = len(text)

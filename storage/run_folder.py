"""The folder of a run in a store: its files, written so that a killed process keeps what it logged.

::

    run.json         id, project, name, time of start; written once
    history.jsonl    one line for each ``log``; only ever appended to
    summary.jsonl    what was set by hand: {"rows": rows before it, "update": {key: JSON}}
    config.jsonl     {key: JSON}; later lines win, below ``_wandb`` key by key
    artifacts.jsonl  {"used": bool, "name", "type", "version", "digest", "aliases"}
    files/media/…    side files, under W&B's names
    finish.json      time and state; with it, written once, the two below
    summary.json, config.json
    history.parquet  the rows once more; then history.jsonl is removed
    source/…         of a run that was imported: what its directory held besides its files (`importing_runs`)

A line is written by one call and is in the kernel when the call returns. A line that a crash cut is ignored.
"""

from __future__ import annotations

import json
import os
import secrets
import string
from typing import TYPE_CHECKING, Any

from storage.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = [
    "ARTIFACTS",
    "CONFIG",
    "CONFIG_LINES",
    "FILES",
    "FINISH",
    "HEADER",
    "HISTORY_LINES",
    "HISTORY_PARQUET",
    "SUMMARY",
    "SUMMARY_LINES",
    "LineFile",
    "fold_config",
    "fold_summary",
    "merge_steps",
    "new_run_id",
    "write_once",
]

FORMAT, VERSION = "vitrina-run", 1
HEADER, FINISH = "run.json", "finish.json"
HISTORY_LINES, HISTORY_PARQUET = "history.jsonl", "history.parquet"
SUMMARY_LINES, SUMMARY = "summary.jsonl", "summary.json"
CONFIG_LINES, CONFIG = "config.jsonl", "config.json"
ARTIFACTS = "artifacts.jsonl"
FILES = "files/"

_ID_LETTERS = string.ascii_lowercase + string.digits
_ID_LENGTH = 8  # as W&B's ids; 2.8e12 of them
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def new_run_id() -> str:
    """Return a new random id of a run."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))


class LineFile:
    """A file of JSON documents, one a line, that is only appended to.

    Parameters
    ----------
    path : Path
        The file; made by the first line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def append(self, document: dict[str, Any]) -> None:
        """Append one document; it is in the kernel when this returns.

        Raises
        ------
        BackendError
            If the disk is full or refuses; then no part of the line stays.
        """
        line = json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"
        written = 0
        try:
            if self._fd is None:
                self._fd = os.open(self._path, _APPEND, 0o666)
            written = os.write(self._fd, line)
            if written != len(line):  # the disk is full: take back what went in, so that the next line is whole
                os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)
        except OSError as error:
            raise self._refused(error.strerror or str(error)) from error
        if written != len(line):
            raise self._refused(f"only {written} of {len(line)} bytes went in")

    def _refused(self, why: str) -> BackendError:
        return BackendError(self._path.name, f"cannot be written: {why}", "Make space, then log again.")

    def close(self) -> None:
        """Write through to the disk and close; the next line opens it again."""
        if self._fd is not None:
            os.fsync(self._fd)
            os.close(self._fd)
            self._fd = None


def write_once(path: Path, document: Any) -> None:
    """Write a JSON document to a new file and through to the disk.

    Raises
    ------
    BackendError
        If the file exists or the disk refuses.
    """
    data = json.dumps(document, indent=1).encode("ascii") + b"\n"
    try:
        with os.fdopen(os.open(path, _NEW, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BackendError(
            path.name, f"cannot be written: {error.strerror}", "Make space and check permissions."
        ) from error


def merge_steps(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Join rows that follow each other with one step: ``log`` may be called several times for a step."""
    held: dict[str, Any] | None = None
    for row in rows:
        if held is not None and held.get("_step") == row.get("_step"):
            held = {**held, **row}
            continue
        if held is not None:
            yield held
        held = row
    if held is not None:
        yield held


def fold_summary(rows: Iterable[dict[str, Any]], updates: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Compute the summary: the last value of each key, and what was set by hand, in the order in which it happened."""
    summary: dict[str, Any] = {}
    waiting = [line for line in updates if isinstance(line.get("update"), dict) and isinstance(line.get("rows"), int)]
    for count, row in enumerate(rows):  # so many rows before this one
        while waiting and waiting[0]["rows"] <= count:
            summary |= waiting.pop(0)["update"]
        summary |= row
    for line in waiting:
        summary |= line["update"]
    return summary


def fold_config(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Compute the config: later lines win; what is below ``_wandb`` is put together key by key."""
    config: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    for line in lines:
        below = line.get("_wandb")
        for kind, group in below.items() if isinstance(below, dict) else ():
            hidden[kind] = {**hidden.get(kind, {}), **group} if isinstance(group, dict) else group
        config |= line
    return {**config, "_wandb": hidden} if hidden else config

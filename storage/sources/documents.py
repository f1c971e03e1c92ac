"""Small documents that others left beside their media: JSON, JSON lines, YAML. Damage is normal and is said.

Every reader here returns what it could read and gives each problem to `complain`, since a run with a broken summary
still has its history. Bare ``NaN`` and ``Infinity`` are accepted: Python wrote these files.
"""

from __future__ import annotations

import datetime as dt
import importlib
from typing import TYPE_CHECKING, Any, Protocol

from storage.errors import MissingFileError, NotReadableError, StorageError
from storage.strict_json import load_json, max_json_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    class Complain(Protocol):
        """Takes the subject, the problem and the remedy."""

        def __call__(self, subject: str, problem: str, remedy: str = "") -> None:
            """Take one problem."""


__all__ = ["json_lines", "json_object", "yaml_config"]

MAX_YAML_BYTES = 16 << 20  # PyYAML reads about 1 MB a second
_MAX_NODES = 1_000_000  # of a YAML document with its aliases written out: ten lines can stand for billions
_MAX_DEPTH = 100


def json_object(open_file: Callable[[str], BinaryIO], name: str, complain: Complain) -> dict[str, Any] | None:
    """Read a file that holds one JSON object; None if it is not there or not such a file."""
    data = _content(open_file, name, max_json_bytes(), complain)
    if data is None:
        return None
    try:
        document = load_json(data, name)
    except NotReadableError as error:
        complain(name, error.problem, "What it held is left out.")
        return None
    if not isinstance(document, dict):
        complain(name, f"holds {type(document).__name__}, not an object", "What it held is left out.")
        return None
    return document


def json_lines(open_file: Callable[[str], BinaryIO], name: str, complain: Complain) -> Iterator[dict[str, Any]]:
    """Iterate over a file that holds one JSON object a line; lines that are none are problems."""
    try:
        file = open_file(name)
    except MissingFileError:
        return
    except (StorageError, OSError) as error:
        complain(name, f"cannot be read: {error}")
        return
    with file:
        number, limit = 0, max_json_bytes() + 1
        while line := file.readline(limit):
            number += 1
            if not line.strip():
                continue
            try:
                row = load_json(line, name)
            except NotReadableError as error:
                cut = "is cut" if not line.endswith(b"\n") else error.problem
                complain(name, f"line {number}: {cut}", "The other lines are shown.")
                continue
            if isinstance(row, dict):
                yield row
            else:
                complain(
                    name, f"line {number}: holds {type(row).__name__}, not an object", "The other lines are shown."
                )


def yaml_config(open_file: Callable[[str], BinaryIO], name: str, complain: Complain) -> dict[str, Any] | None:
    """Read W&B's ``config.yaml``: each key has an object with its ``value``; returned is key → value as plain JSON."""
    data = _content(open_file, name, MAX_YAML_BYTES, complain)
    if data is None:
        return None
    try:
        yaml = importlib.import_module("yaml")
    except ImportError:
        complain(name, "cannot be read without a YAML library", "pip install PyYAML")
        return None
    try:
        document = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # both are safe
        plain = _Plain().of(document)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        complain(
            name, f"is not YAML that can be shown: {_short(error)}", "The config of the log is used, if there is one."
        )
        return None
    if not isinstance(plain, dict):
        complain(name, "holds no keys", "The config of the log is used, if there is one.")
        return None
    wrapped = {key: item["value"] for key, item in plain.items() if isinstance(item, dict) and "value" in item}
    bare = {key: item for key, item in plain.items() if key not in wrapped and key != "wandb_version"}
    return {**bare, **wrapped}


def _content(open_file: Callable[[str], BinaryIO], name: str, limit: int, complain: Complain) -> bytes | None:
    """Read a small file; None if it is not there, empty, or not small."""
    try:
        with open_file(name) as file:
            data = file.read(limit + 1)
    except MissingFileError:
        return None
    except (StorageError, OSError) as error:
        complain(name, f"cannot be read: {error}")
        return None
    if len(data) > limit:
        complain(name, f"has more than {limit >> 20} MiB", "What it held is left out.")
        return None
    if not data.strip():
        complain(name, "is empty", "It was probably being written when the process ended.")
        return None
    return data


class _Plain:
    """Turns what YAML can hold into what JSON can hold, aliases written out, within bounds."""

    def __init__(self) -> None:
        self._nodes = 0

    def of(self, value: Any, depth: int = 0) -> Any:
        """Convert one value."""
        self._nodes += 1
        if self._nodes > _MAX_NODES or depth > _MAX_DEPTH:
            raise ValueError("it is too large or too deep once its aliases are written out")
        if isinstance(value, dict):
            return {str(key): self.of(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple | set):
            return [self.of(item, depth + 1) for item in value]
        if isinstance(value, dt.date):  # datetime is one
            return value.isoformat()
        return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _short(error: Exception) -> str:
    """First line of an error, cut where nobody reads on."""
    return str(error).partition("\n")[0][:200] if not isinstance(error, RecursionError) else "it is nested too deeply"

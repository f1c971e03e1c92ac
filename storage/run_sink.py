"""Rows and side files in a folder: the run dialect's sink, with a store or without.

What lies in the folder of a run, and when, is said in `storage.run_folder`.
"""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from storage import run_folder
from storage.errors import AlreadyStoredError, FrozenArtifactError, InvalidNameError, NotAValueError, UnsafePathError
from storage.run_values import row_json
from storage.safe_paths import check_name, open_beneath, write_beneath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from datatypes.ports import Dialect, SourceFile

__all__ = ["DirectoryRunSink", "RunFile", "RunMapping", "safe_file_name"]

_CHUNK = 1 << 20
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\%]|[\ud800-\udfff]")
_KEPT_TAIL = 80  # bytes of a long name that stay: step, 20 digits of the hash and the extension are there
_MAX_PART = 255


class RunFile(NamedTuple):
    """A side file in a run."""

    path: str
    """Name relative to the run's files: ``media/images/…``."""
    digest: str
    """Hex sha256."""
    size: int


def safe_file_name(name: str) -> str:
    """Return the name under which a side file can lie, for names that keys make: most are returned as they are.

    Control characters, backslashes and lone surrogates are percent-encoded; empty, ``.`` and ``..`` parts become
    underscores; parts that no file system holds are cut in the middle, where the key is.
    """
    try:
        check_name(name)
    except UnsafePathError:
        escaped = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in _bytes(found[0])), name)
        parts = [_safe_part(part) for part in escaped.split("/")]
        folder, base = "/".join(parts[:2]), "/".join(parts[2:])
        if len(_bytes(base)) > 700 or len(parts) > 60:  # the whole name may have 1,024 bytes in 64 parts
            base = f"{hashlib.sha256(_bytes(base)).hexdigest()[:20]}/{parts[-1]}"
        return f"{folder}/{base}" if base else folder
    return name


def _safe_part(part: str) -> str:
    if part in {"", ".", ".."}:
        return "_" * max(1, len(part))
    raw = _bytes(part)
    if len(raw) <= _MAX_PART:
        return part
    head, tail = raw[: _MAX_PART - _KEPT_TAIL - 1], raw[-_KEPT_TAIL:]
    return f"{head.decode('utf-8', 'ignore')}~{tail.decode('utf-8', 'ignore')}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class DirectoryRunSink:
    """Rows and side files in one folder; what `Run` is made of, and a run without a store.

    Parameters
    ----------
    root : Path
        Folder of the run; made if it is not there.
    id : str, optional
        Identifier; a new random one unless given.
    project : str
        Project that the run belongs to.
    """

    dialect: ClassVar[Dialect] = "run"

    def __init__(self, root: Path, *, id: str | None = None, project: str = "") -> None:  # noqa: A002  # the port's name
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / run_folder.FILES).mkdir(exist_ok=True)
        self._id = id or run_folder.new_run_id()
        self._project = project
        self._history = run_folder.LineFile(self.root / run_folder.HISTORY_LINES)
        self._config_lines = run_folder.LineFile(self.root / run_folder.CONFIG_LINES)
        self._summary_lines = run_folder.LineFile(self.root / run_folder.SUMMARY_LINES)
        self._singletons: dict[tuple[str, str], Any] = {}
        self._clock = time.monotonic()
        self._next_step = 0
        self._rows = 0
        self._is_finished = False
        self._last_times: dict[str, Any] = {}
        self._summary = RunMapping(self._set_summary)
        self._config = RunMapping(self._set_config)

    @property
    def id(self) -> str:
        """Identifier of the run."""
        return self._id

    @property
    def project(self) -> str:
        """Project that the run belongs to."""
        return self._project

    @property
    def summary(self) -> RunMapping:
        """The last value of each key, and what is set here by hand; stored JSON when it is read."""
        return self._summary

    @property
    def config(self) -> RunMapping:
        """What the run was configured with; more can be set while it lasts."""
        return self._config

    # The port that values write to

    def add_file(self, source: Path | bytes | SourceFile, name: str) -> RunFile:
        """Take one side file; a file in a source is copied, since runs hold no references.

        Parameters
        ----------
        source : Path or bytes or SourceFile
            Where the bytes are.
        name : str
            Name wanted, relative to the run's files; unsafe parts are escaped.

        Raises
        ------
        AlreadyStoredError
            If other bytes have this name.
        """
        name = safe_file_name(name)
        try:
            with _opened(source) as given, write_beneath(self.root, run_folder.FILES + name) as file:
                digest, size = _copy(given, file)
        except AlreadyStoredError:
            with _opened(source) as given, open_beneath(self.root, run_folder.FILES + name) as file:
                digest, size = _copy(given, None)
                if (digest, size) != _copy(file, None):
                    raise
        return RunFile(name, digest, size)

    def add(self, value: Any, name: str) -> RunFile:
        """Take a nested value as an object file of its own."""
        from datatypes.base import WBValue
        from datatypes.wire import canonical_json

        if not isinstance(value, WBValue):
            raise NotAValueError(name, f"is a {type(value).__name__}, not a value", "Pass a value of `datatypes`.")
        return self.add_file(canonical_json(value.to_json(self)), f"media/{value.entry_name(name)}")

    def add_singleton(self, kind: str, key: str, value: Any) -> None:
        """Keep `value` in the config below ``_wandb.<kind>.<key>``; written when it is new."""
        self._check_open()
        if self._singletons.get((kind, key), self) != value:
            self._singletons[kind, key] = value
            self._config_lines.append({"_wandb": {kind: {key: {"key": key, "type": kind, "value": value}}}})

    # What a user calls

    def log(self, values: Mapping[str, Any], step: int | None = None) -> None:
        """Log one row; when this returns it survives the death of the process.

        Parameters
        ----------
        values : mapping
            Key → number, text, array, value of `datatypes`, or list or dict of them.
        step : int, optional
            Step of the row. Rows of one step that follow each other are one row. Unless given: one more than the last.

        Raises
        ------
        FrozenArtifactError
            If the run is finished.
        InvalidNameError
            If a key is not text or belongs to the row itself, or the step is no whole number from 0.
        NotAValueError
            If something cannot be logged.
        """
        self._check_open()
        number = self._next_step if step is None else _whole(step)
        row = row_json(values, self, number)
        times = {"_step": number, "_runtime": time.monotonic() - self._clock, "_timestamp": time.time()}
        self._history.append({**times, **row})
        self._summary._values.update(row)
        self._last_times = times
        self._next_step = number + 1
        self._rows += 1

    def close(self) -> None:
        """Write everything through to the disk; the next row opens the files again."""
        for lines in (self._history, self._config_lines, self._summary_lines):
            lines.close()

    def _set_summary(self, key: str, value: Any) -> Any:
        self._check_open()
        row = row_json({key: value}, self, "summary")
        self._summary_lines.append({"rows": self._rows, "update": row})
        return row[key]

    def _set_config(self, key: str, value: Any) -> Any:
        self._check_open()
        row = row_json({key: value}, self, "config")
        self._config_lines.append(row)
        return row[key]

    def _check_open(self) -> None:
        if self._is_finished:
            raise FrozenArtifactError(f"run {self.id}", "is finished", "Start a new run.")

    def __repr__(self) -> str:
        """One line."""
        return f"{type(self).__name__}({self.id!r}, {self._rows} rows)"


class RunMapping(MutableMapping[str, Any]):
    """The summary or the config of a run: reads like a dict of stored JSON; what is set is written at once.

    Values of `datatypes` may be set. Nothing can be deleted: what was logged is never taken back.

    Parameters
    ----------
    write : callable
        Takes key and value, writes them, and returns the stored JSON.
    """

    def __init__(self, write: Callable[[str, Any], Any]) -> None:
        self._write = write
        self._values: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = self._write(key, value)

    def __delitem__(self, key: str) -> None:
        raise InvalidNameError(repr(key), "cannot be taken out", "Set it to None.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        """One line."""
        return repr(self._values)


def _whole(step: Any) -> int:
    """Check a step; NumPy's integers are fine."""
    try:
        number = int(step)
    except (TypeError, ValueError):
        number = -1
    if number < 0 or number != step or isinstance(step, bool):
        raise InvalidNameError(f"step {step!r}", "is not a whole number from 0", "Count steps from 0.")
    return number


def _opened(source: Path | bytes | SourceFile) -> BinaryIO:
    """Open what a value hands over."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return source.open("rb") if isinstance(source, Path) else source.source.open(source.name)


def _copy(given: BinaryIO, file: BinaryIO | None) -> tuple[str, int]:
    """Copy bytes, or only hash them; return their digest and their number."""
    digest, size = hashlib.sha256(), 0
    while chunk := given.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if file is not None:
            file.write(chunk)
    return digest.hexdigest(), size

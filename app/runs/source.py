"""The files of a run as an artifact: values of rows are opened, drawn and addressed like those of artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.manifest import Manifest, ManifestEntry
from storage.reading import ReadableArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["PREFIX", "RunSource", "values_in"]

#: What a reference to the files of a run begins with; no artifact's name may hold a ``!``.
PREFIX = "run!"


class RunSource(ReadableArtifact):
    """The files of a run, read-only; and what a value of one of its rows asks for.

    Parameters
    ----------
    run : ReadableRun
        The run.
    key : str, optional
        Key of the row that is read.
    step : int or str, optional
        Its step.
    files : RunSource, optional
        An earlier one of the same run, whose list of files is used.
    """

    kind = "run"

    def __init__(self, run: Any, key: str = "", step: int | str = 0, files: RunSource | None = None) -> None:
        self.run, self.key, self.step = run, key, step
        self.name = f"{PREFIX}{run.id}"
        self.type = "run"
        self.metadata = {}
        self.problems = []
        self._entries: Manifest = files._entries if files is not None else self._list()

    def _list(self) -> Manifest:
        found = []
        for name in self.run.names():
            try:
                status = self.run.local_path(name).stat()
            except (LookupError, OSError, ValueError):
                continue
            mark = f"stat:{status.st_dev:x}-{status.st_ino:x}-{status.st_size}-{status.st_mtime_ns}"
            found.append(ManifestEntry(name, mark, status.st_size))
        return Manifest(found)

    def at(self, key: str, step: int | str) -> RunSource:
        """Return the same files as a value of one row sees them."""
        return RunSource(self.run, key, step, self)

    def _manifest(self) -> Manifest:
        return self._entries

    def _open_entry(self, entry: ManifestEntry) -> BinaryIO:
        return self.run.open(entry.path)  # type: ignore[no-any-return]  # a run is whatever storage opened

    def _local_file(self, entry: ManifestEntry) -> Path | None:
        return self.run.local_path(entry.path)  # type: ignore[no-any-return]  # as above

    def resolve(self, uri: str) -> tuple[Any, str] | None:
        """Find what an ``artifact_path`` of a row refers to."""
        return self.run.resolve(uri)  # type: ignore[no-any-return]  # as above

    def singleton(self, kind: str, key: str) -> Any:
        """Look up what the run's config keeps once for many values."""
        return self.run.singleton(kind, key)


def values_in(stored: Any, source: RunSource) -> Iterator[Any]:
    """Yield the values that a cell of a row holds, decoded; those that cannot be are unknown values.

    Parameters
    ----------
    stored : object
        Stored JSON: a value, a list of values, or W&B's form of a list.
    source : RunSource
        The files, at the row's key and step.
    """
    from datatypes.base import WBValue
    from datatypes.errors import DataTypeError
    from datatypes.unknown import UnknownValue
    from datatypes.wire import is_value_json

    if isinstance(stored, list):
        for item in stored:
            yield from values_in(item, source)
        return
    if not is_value_json(stored):
        return
    try:
        value = WBValue.init_from_json(stored, source)
    except (DataTypeError, LookupError, OSError, TypeError, ValueError):
        value = UnknownValue.from_json(stored, source)
    for item in value if isinstance(value, list) else [value]:
        if item.artifact_source is None:
            item.set_artifact_source(source, getattr(item, "path", None))
        yield item

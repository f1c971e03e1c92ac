"""The ports through which a value writes and reads its files.

A value never asks what class its target is. It asks a *sink* which dialect is spoken and where a file may go,
and a *source* to open a file. A dict and fifteen lines make either, which is how types are tested.

Two dialects exist on the wire: ``"run"`` (a value logged to a run; its JSON is a field of a history row) and
``"artifact"`` (a value added to an artifact; its JSON is a file, or a cell of a table).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from datatypes.base import WBValue

__all__ = ["Dialect", "MediaSink", "MediaSource", "RowSource", "RunSink", "SourceFile", "StoredFile"]

Dialect = Literal["run", "artifact"]


class StoredFile(Protocol):
    """What a sink says of a file that it took."""

    @property
    def path(self) -> str:
        """Name under which it lies now; POSIX. May be an earlier name of the same bytes."""

    @property
    def digest(self) -> str:
        """Hex sha256 of the bytes."""

    @property
    def size(self) -> int:
        """Length in bytes."""


class SourceFile(NamedTuple):
    """A file that already lies in a source: a sink may refer to it instead of copying."""

    source: MediaSource
    name: str


@runtime_checkable
class MediaSink(Protocol):
    """What a value may do while it is written."""

    @property
    def dialect(self) -> Dialect:
        """Which of the two wire dialects this target speaks."""

    def add_file(self, source: Path | bytes | SourceFile, name: str) -> StoredFile:
        """Take one side file.

        Parameters
        ----------
        source : Path or bytes or SourceFile
            Where the bytes are. A path is copied and never touched; a `SourceFile` may become a reference.
        name : str
            Name wanted, POSIX, relative.

        Returns
        -------
        StoredFile
            Where it lies. In an artifact, bytes that were added before keep their first name.

        Raises
        ------
        ValueError
            If other bytes already have this name.
        """

    def add(self, value: WBValue, name: str) -> StoredFile:
        """Take a nested value (a class set, a table of a join) under `name`, suffix added if missing."""


@runtime_checkable
class RunSink(MediaSink, Protocol):
    """What a value may ask of a run besides."""

    @property
    def id(self) -> str:
        """Identifier of the run."""

    @property
    def project(self) -> str:
        """Project that the run belongs to."""

    def add_singleton(self, kind: str, key: str, value: Any) -> None:
        """Keep `value` in the run's config below ``_wandb.<kind>.<key>`` (class labels live there)."""


@runtime_checkable
class MediaSource(Protocol):
    """What a value may do while it is read."""

    def open(self, name: str) -> BinaryIO:
        """Open one file for reading; lazily, when it is used.

        Raises
        ------
        LookupError
            If there is no such file.
        ValueError
            If `name` points outside, or the bytes are not the recorded ones.
        """

    def local_path(self, name: str) -> Path:
        """Path on this machine's disk, for libraries that insist on a file."""

    def get(self, name: str) -> WBValue | None:
        """Return the value stored under `name` (or under it with a known suffix); None if there is none."""

    def names(self, prefix: str = "") -> Sequence[str]:
        """Names of all files that begin with `prefix`, in the order of the manifest."""


@runtime_checkable
class RowSource(MediaSource, Protocol):
    """A source that knows which history row is being read; old lists of media name no files."""

    @property
    def key(self) -> str:
        """Key in the row."""

    @property
    def step(self) -> int | str:
        """Step of the row, or ``"summary"``."""

    def singleton(self, kind: str, key: str) -> Any:
        """What the run's config keeps below ``_wandb.<kind>.<key>``; None if there is nothing."""

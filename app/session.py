"""What is open in this process: the one place where views, routes and verbs get artifacts and runs from."""

from __future__ import annotations

import collections
import contextlib
import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from app.errors import UnknownReferenceError, ViewerStartError

if TYPE_CHECKING:
    from app.runs.source import RunSource

__all__ = ["Reference", "Session", "TourStep", "VersionRow", "current", "open_target", "parse_reference", "set_current"]

#: Artifacts kept open at once. Each is a manifest's file and a few fields; a page shows one or two.
_MAX_OPEN = 64

#: Runs whose lists of files are kept, and for how long: a page asks for them some hundred times at once.
_MAX_RUNS, _RUN_SECONDS = 8, 3.0


class VersionRow(NamedTuple):
    """One version in a list; made without opening its manifest where the store knows."""

    name: str
    type: str
    version: str | None
    aliases: tuple[str, ...]
    digest: str
    size: int
    """Sum of the sizes of its entries, bytes."""
    entries: int
    created: str | None
    """UTC, ISO 8601; None where nobody wrote it down."""
    run: str | None = None
    """Id of the run that logged it, where that is known."""

    @property
    def qualified_name(self) -> str:
        """``pets:v3``, or the name where there are no versions."""
        return f"{self.name}:{self.version}" if self.version else self.name

    @classmethod
    def of(cls, item: Any) -> VersionRow:
        """Make a row of an artifact that was opened, or of a row of a store."""
        entries = item.entries if hasattr(item, "entries") else len(item.manifest.entries)
        created, run = getattr(item, "created", None), getattr(item, "run", None)
        row = (item.name, item.type, item.version, tuple(item.aliases), item.digest, item.size, entries)
        return cls(*row, created, run if isinstance(run, str) else None)

    @property
    def number(self) -> int:
        """Number of the version; -1 where there is none."""
        text = (self.version or "").removeprefix("v")
        return int(text) if text.isdecimal() else -1


class TourStep(NamedTuple):
    """One click of a tour through what is open."""

    title: str
    text: str
    href: str


class Reference(NamedTuple):
    """The parts of ``name``, ``name:v3``, ``name:alias``, ``name@digest``."""

    name: str
    version: str = ""
    digest: str = ""

    @property
    def is_fixed(self) -> bool:
        """Whether it names the same content for ever."""
        return bool(self.digest) or (self.version[:1] == "v" and self.version[1:].isdecimal())


def parse_reference(ref: str) -> Reference:
    """Take a reference apart; the last ``:`` or ``@`` counts, so that a name may hold others."""
    at, colon = ref.rfind("@"), ref.rfind(":")
    if at > colon:
        return Reference(ref[:at], digest=ref[at + 1 :].lower())
    if colon >= 0:
        return Reference(ref[:colon], version=ref[colon + 1 :])
    return Reference(ref)


class Session:
    """An opened store, artifact, run, folder or file.

    Parameters
    ----------
    opened : object
        What `storage.open_source` returned.
    title : str
        Short name of it, for people.
    path : str, optional
        Where it lies, whole: what code on a page opens it by, and what `reload` opens again.

    Attributes
    ----------
    kind : str
        ``"store"``, ``"artifact"``, ``"run"``, ``"folder"`` or ``"file"``.
    opened : object
        As given, or as opened again since: a view of a run asks it for its rows.
    tour : tuple of TourStep
        Clicks that lead through it; none but in the demo.
    guests : Store or None
        Artifacts of ours that pages show beside what is open (the type gallery): asked when nothing here has a name.
    """

    def __init__(self, opened: Any, title: str, path: str = "") -> None:
        self.opened = opened
        self.title = title
        self.path = path
        self._lock = threading.Lock()
        self._open: collections.OrderedDict[str, Any] = collections.OrderedDict()
        self._stamp = _stamp(path)
        self.tour: tuple[TourStep, ...] = ()
        self.guests: Any = None
        self._run_sources: dict[str, tuple[float, RunSource]] = {}

    @property
    def kind(self) -> str:
        """What is open."""
        return str(self.opened.kind)

    def refresh(self) -> None:
        """Open anew what has changed on disk since; a store looks into its own log and needs no help.

        Looks at the folder alone: files that come or go are seen. A file that is written over is seen when its bytes
        are asked for (`app.media`).
        """
        if self.kind != "store" and _stamp(self.path) != self._stamp:
            self.reload()

    def reload(self) -> None:
        """Open everything anew; what cannot be read now stays as it was."""
        from storage import StorageError, open_source

        stamp = _stamp(self.path)
        try:
            opened = open_source(self.path) if self.path else self.opened
        except (StorageError, OSError):
            return
        with self._lock:
            self.opened, self._stamp = opened, stamp
            self._open.clear()

    @property
    def problems(self) -> list[Any]:
        """What could not be read; each with `subject`, `problem`, `remedy`."""
        return list(getattr(self.opened, "problems", ()))

    @property
    def is_single(self) -> bool:
        """Whether one artifact is open and nothing around it."""
        return self.kind in ("artifact", "file") or (self.kind == "folder" and not self._around())

    def artifacts(self) -> list[Any]:
        """Return the latest version of each artifact, sorted by name; the files of an opened folder count as one."""
        if self.kind in ("artifact", "file"):
            return [self.opened]
        if self.kind != "folder":
            return list(self.opened.artifacts())
        around = self._around()
        own = [self.opened] if self.opened.names() or not (around or self.opened.runs()) else []
        return sorted([*around, *own], key=lambda artifact: str(artifact.name))

    def _around(self) -> list[Any]:
        """Return the artifacts that lie in an opened folder."""
        return list(self.opened.artifacts()) if hasattr(self.opened, "artifacts") else []

    def latest_rows(self) -> list[VersionRow]:
        """Return the latest version of each artifact, sorted by name, as rows."""
        found = self.artifacts()
        return [self.versions(item.name)[0] if self.kind == "store" else VersionRow.of(item) for item in found]

    def versions(self, name: str) -> list[VersionRow]:
        """Return all versions of an artifact, newest first; none if there is no such name."""
        found: list[Any] = []
        if self.kind in ("store", "folder"):
            with contextlib.suppress(LookupError):
                found = list(self.opened.versions(name))
        rows = [VersionRow.of(item) for item in found or self.artifacts() if item.name == name]
        if not rows and self.guests is not None:
            with contextlib.suppress(LookupError):
                rows = [VersionRow.of(item) for item in self.guests.versions(name)]
        return sorted(rows, key=lambda row: row.number, reverse=True)

    def runs(self) -> list[Any]:
        """Return the runs, sorted by project, name and id."""
        if self.kind == "run":
            return [self.opened]
        return list(self.opened.runs()) if self.kind in ("store", "folder") else []

    def run(self, run_id: str) -> Any:
        """Return a run by its id.

        Raises
        ------
        UnknownReferenceError
            If there is none.
        """
        for run in self.runs():
            if run.id == run_id:
                return run
        raise UnknownReferenceError(run_id, "is no run here", "List what there is: vitrina ls")

    def run_source(self, run_id: str) -> RunSource:
        """Return the files of a run as an artifact, as they were listed a moment ago.

        Raises
        ------
        UnknownReferenceError
            If there is no such run.
        """
        import time

        from app.runs.source import RunSource

        with self._lock:
            kept = self._run_sources.get(run_id)
        if kept is None or time.monotonic() - kept[0] > _RUN_SECONDS:
            kept = (time.monotonic(), RunSource(self.run(run_id)))
            with self._lock:
                self._run_sources[run_id] = kept
                while len(self._run_sources) > _MAX_RUNS:
                    self._run_sources.pop(next(iter(self._run_sources)))
        return kept[1]

    def resolve(self, ref: str) -> Any:
        """Return the artifact that a reference names.

        Parameters
        ----------
        ref : str
            ``pets`` (latest), ``pets:v3``, ``pets:best``, ``pets@<digest>`` (the first digits do); ``run!<id>`` are the
            files of a run.

        Raises
        ------
        LookupError
            If it names nothing; the store's own error where a store is open.
        """
        with self._lock:
            found = self._open.get(ref)
            if found is not None:
                self._open.move_to_end(ref)
                return found
        if ref.startswith("run!"):
            return self.run_source(ref.removeprefix("run!"))
        try:
            artifact = self.opened.artifact(ref) if self.kind == "store" else self._resolve_here(ref)
        except LookupError as error:
            artifact = self._guest(ref, error)
        if self.kind == "store" and parse_reference(ref).is_fixed:
            with self._lock:
                self._open[ref] = artifact
                while len(self._open) > _MAX_OPEN:
                    self._open.popitem(last=False)
        return artifact

    def reference_of(self, artifact: Any) -> str:
        """Return the text by which `resolve` finds an artifact again, also after a restart."""
        return str(artifact.qualified_name)

    def _guest(self, ref: str, refusal: LookupError) -> Any:
        """Return an artifact of ours by its reference, else raise what kept one of theirs from being found."""
        if self.guests is None:
            raise refusal
        try:
            return self.guests.artifact(ref)
        except LookupError:
            raise refusal from None

    def _resolve_here(self, ref: str) -> Any:
        """Find an artifact where there is no store: by its whole name first, for a name may look like a reference."""
        here, wanted = self.artifacts(), parse_reference(ref)
        for artifact in here:
            if ref in (artifact.qualified_name, artifact.name):
                return artifact
        for artifact in here:
            if artifact.name == wanted.name and _fits(artifact, wanted):
                return artifact
        if self.kind == "folder":
            with contextlib.suppress(LookupError):
                return self.opened.artifact(ref)
        names = ", ".join(str(artifact.qualified_name) for artifact in here[:5])
        raise UnknownReferenceError(ref, "names nothing here", f"Open one of: {names}." if names else "")


def _stamp(path: str) -> tuple[int, ...]:
    """Return numbers that change when a file is written, or files come to or go from a folder."""
    try:
        found = os.stat(path) if path else None  # noqa: PTH116  # Path costs more, and this runs for each request
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns) if found else ()


def _fits(artifact: Any, wanted: Reference) -> bool:
    if wanted.digest:
        return str(artifact.digest or "").startswith(wanted.digest)
    return wanted.version in (artifact.version, *artifact.aliases) or wanted.version == "latest"


def open_target(path: str | os.PathLike[str]) -> Session:
    """Open what lies at `path`: a store, an artifact, a run, a folder or a file.

    Raises
    ------
    StorageError
        If there is nothing that can be read.
    """
    from pathlib import Path

    from storage import open_source

    where = Path(path).absolute()
    return Session(open_source(where), title=where.resolve().name or str(where), path=str(where))


_current: Session | None = None


def set_current(session: Session | None) -> None:
    """Make `session` the one that views and routes of this process show."""
    global _current  # noqa: PLW0603  # one server shows one session
    _current = session


def current() -> Session:
    """Return the session of this process, as it is on disk now.

    Raises
    ------
    ViewerStartError
        If there is none: the page script was started by something else than ``vitrina view``.
    """
    if _current is None:
        raise ViewerStartError("viewer", "nothing is open", "Start it by: vitrina view PATH")
    _current.refresh()
    return _current

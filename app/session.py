"""What is open in this process: the one place where views, routes and verbs get artifacts and runs from."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Session", "current", "open_target", "set_current"]


class Session:
    """An opened store, artifact, run, folder or file.

    Attributes
    ----------
    kind : str
        ``"store"``, ``"artifact"``, ``"run"``, ``"folder"`` or ``"file"``.
    title : str
        Short name of what is open, for the sidebar.
    problems : list of Problem
        What could not be read; each with `subject`, `problem`, `remedy`.
    """

    def __init__(self, opened: Any, title: str) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self.kind: str = opened.kind
        self.title = title

    @property
    def problems(self) -> list[Any]:
        """What could not be read when this was opened."""
        raise NotImplementedError

    def artifacts(self) -> list[Any]:
        """Latest version of each artifact, sorted by name; of a single artifact, that one."""
        raise NotImplementedError

    def versions(self, name: str) -> list[Any]:
        """All versions of an artifact, newest first."""
        raise NotImplementedError

    def runs(self) -> list[Any]:
        """Runs, sorted by project and name."""
        raise NotImplementedError

    def resolve(self, ref: str) -> Any:
        """Return the artifact that a reference names: ``pets``, ``pets:v3``, ``pets:best``, ``pets@<digest>``."""
        raise NotImplementedError


def open_target(path: str | Path) -> Session:
    """Open what lies at `path`."""
    raise NotImplementedError


def set_current(session: Session) -> None:
    """Make `session` the one that views and routes of this process show."""
    raise NotImplementedError


def current() -> Session:
    """Return the session of this process."""
    raise NotImplementedError

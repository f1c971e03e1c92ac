"""How to check: how deep, by how many threads, who is told, who may stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

__all__ = ["Options", "Stopped"]


class Stopped(Exception):  # noqa: N818  # no error: somebody asked for it
    """Raised inside of a check that is to end."""


class Options(NamedTuple):
    """How to check."""

    is_deep: bool = False
    """Whether records of fidelity are measured again."""
    step: Callable[[int], None] | None = None
    """Called with how many more files and values are done."""
    stop: threading.Event | None = None
    """Set by who wants the check to end; the report then says that it is not complete."""
    workers: int = 0
    """Threads; as many as there are cores if 0."""

    def check_stop(self) -> None:
        """End the check if somebody wants it to.

        Raises
        ------
        Stopped
            If `stop` is set.
        """
        if self.stop is not None and self.stop.is_set():
            raise Stopped

    def fixed(self, count: int = 1) -> None:
        """Say that `count` more files are hashed; given to `storage`."""
        self.check_stop()
        if self.step is not None:
            self.step(count)

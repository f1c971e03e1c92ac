"""The type gallery for a session that lacks it: built once a process, in a temporary store of its own."""

from __future__ import annotations

import atexit
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.demo.gallery import ARTIFACT

if TYPE_CHECKING:
    from app.session import Session

__all__ = ["gallery_of"]

_lock = threading.Lock()


def gallery_of(session: Session) -> Any:
    """Return the artifact with the examples: the session's own, as in the demo, else one that is built now.

    Takes some two seconds the first time.
    """
    with _lock:
        try:
            artifact = session.resolve(ARTIFACT)
        except (LookupError, ValueError):
            session.guests = _guest_store()
            return session.resolve(ARTIFACT)
        if "examples" in (artifact.metadata or {}):
            return artifact
        session.guests = session.guests or _guest_store()
        return session.guests.artifact(ARTIFACT)


def _guest_store() -> Any:
    from app.demo.build import build_gallery
    from storage import Store

    folder = tempfile.TemporaryDirectory(prefix="vitrina-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    store = Store(Path(folder.name) / "types", durability="none")
    build_gallery(store)
    return store

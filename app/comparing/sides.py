"""What an address names as one side of a comparison: a version, an entry of one, or a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.session import Session

__all__ = ["Side", "find_side"]


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side.

    Attributes
    ----------
    text : str
        By which it is found again: ``pets:v3``, ``pets:v3/cat.image-file.json``, the id of a run.
    artifact : StoredArtifact or None
        None for a run.
    entry : str
        Full name of the entry; empty for the whole.
    run : ReadableRun or None
        None for an artifact.
    """

    text: str
    artifact: Any = None
    entry: str = ""
    run: Any = None

    @property
    def kind(self) -> str:
        """``"run"``, ``"entry"`` or ``"version"``."""
        return "run" if self.run is not None else "entry" if self.entry else "version"

    @property
    def ident(self) -> str:
        """Changes with the content."""
        if self.run is not None:
            return f"run\0{self.run.id}\0{self.run.steps}"
        digest = self.artifact.get_path(self.entry).digest if self.entry else ""
        whole = self.artifact.digest or _digest_of_entries(self.artifact)
        return f"{self.artifact.qualified_name}\0{whole}\0{self.entry}\0{digest}"

    @property
    def is_fixed(self) -> bool:
        """Whether equal idents are equal content, also after a restart."""
        from storage.hashing import hasher_for

        return self.run is None and hasher_for(str(self.artifact.digest or "")) is not None

    @property
    def size(self) -> int:
        """Bytes that are read at most to look at all of it."""
        if self.run is not None:
            return 0
        if not self.entry:
            return int(self.artifact.size or 0)
        return int(self.artifact.get_path(self.entry).size or 0)

    @property
    def label(self) -> str:
        """For people: the version, or the name where there is none."""
        if self.run is not None:
            return str(self.run.name or self.run.id)
        return str(self.artifact.qualified_name)


def _digest_of_entries(artifact: Any) -> str:
    """Return what changes with the files of a folder that nobody hashed: their names, sizes and times."""
    import hashlib

    found = hashlib.sha256()
    for name, entry in sorted(artifact.manifest.entries.items()):
        found.update(f"{name}\0{entry.digest}\0{entry.size}\0".encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def find_side(session: Session, text: str) -> tuple[Side | None, str]:
    """Find what an address names.

    Parameters
    ----------
    session : Session
        What is open.
    text : str
        ``NAME``, ``NAME:vN``, ``NAME:alias``, ``NAME@DIGEST``, each with ``/entry`` behind it or not; or a run's id.

    Returns
    -------
    side : Side or None
        None if it names nothing.
    problem : str
        What was ignored of it, as a sentence; empty if nothing was.
    """
    if not text:
        return None, ""
    parts = text.split("/")
    for count in range(1, len(parts) + 1):  # names of folders' artifacts may hold slashes
        ref, entry = "/".join(parts[:count]), "/".join(parts[count:])
        try:
            artifact = session.resolve(ref)
        except (LookupError, OSError, ValueError):
            continue
        whole = str(artifact.qualified_name)
        if not entry:
            return Side(text=whole, artifact=artifact), ""
        try:
            name = str(artifact.get_path(entry).path)
        except (LookupError, OSError, ValueError):
            return Side(text=whole, artifact=artifact), f"“{entry}” was ignored, because {whole} has no such entry"
        return Side(text=f"{whole}/{name}", artifact=artifact, entry=name), ""
    for run in session.runs():
        if run.id == text:
            return Side(text=run.id, run=run), ""
    return None, f"“{text}” was ignored, because nothing here has that name"

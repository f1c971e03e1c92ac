"""All names of a session: pages, artifacts, versions, aliases and runs at once, entries as they are read."""

from __future__ import annotations

import contextlib
import heapq
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from app.finding.names import NameList, rank
from app.views.addresses import HOME, artifact_page, compare_page, entry_page, run_page, types_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.session import Session

__all__ = ["Hit", "Index", "index_of"]

#: Characters of names that are kept; a name takes some 60.
_MAX_CHARACTERS = 256_000_000

#: Seconds for which the list of artifacts, versions and runs is believed, and that one question may take.
_FRESH_SECONDS, _QUESTION_SECONDS = 5.0, 0.25

#: Entries up to which a list is searched by letters too.
_LETTERS_ENTRIES = 20_000

#: Versions of one artifact that are found by their number.
_VERSIONS = 1000

_PAGES = (
    ("Artifacts", "store", HOME),
    ("Compare", "compare", compare_page()),
    ("Fidelity", "check", "/fidelity"),
    ("Type gallery", "boxes", types_page()),
)


class Hit(NamedTuple):
    """One thing that fits."""

    name: str
    icon: str
    href: str
    where: str
    """What it is, or where it lies."""


class Found(NamedTuple):
    """What a question found."""

    hits: list[Hit]
    of: int
    """How many fit."""
    searched: int
    """Artifacts whose entries were searched."""
    artifacts: int


class _Named(NamedTuple):
    lower: str
    order: int
    hit: Hit


class Index:
    """Names of a session, gathered when they are first asked for.

    Parameters
    ----------
    session : Session
        What is open.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._top: list[_Named] = []
        self._refs: dict[str, str] = {}
        self._read_at = 0.0
        self._entries: dict[tuple[str, str], NameList] = {}
        self._reader: threading.Thread | None = None

    def find(self, text: str, ref: str = "", limit: int = 60) -> Found:
        """Return what fits best.

        Parameters
        ----------
        text : str
            As typed; empty for the pages and the first artifacts.
        ref : str
            The artifact that the page shows: its entries come before those of others.
        limit : int
            Most hits.
        """
        self._refresh(ref)
        words = text.lower().split()
        if not words:
            first = [named.hit for named in self._top[:limit]]
            return Found(first, len(self._top), len(self._entries), len(self._refs))
        ranked: list[tuple[tuple[int, int, int], Hit]] = [
            ((fit[0], named.order, fit[1]), named.hit)
            for named in self._top
            if (fit := rank(named.lower, words)) is not None
        ]
        searched = 0
        end = time.monotonic() + _QUESTION_SECONDS
        for own, names in self._in_order(ref):
            if time.monotonic() > end:
                break
            searched += 1
            ranked += self._among_entries(own, names, words, is_here=own == ref)
        best = heapq.nsmallest(limit, ranked, key=lambda item: (item[0], item[1].name))
        return Found([hit for _, hit in best], len(ranked), searched, len(self._refs))

    def _among_entries(
        self, ref: str, names: NameList, words: Sequence[str], *, is_here: bool
    ) -> Iterator[tuple[tuple[int, int, int], Hit]]:
        from app.views.frame import icon_of, short_name

        letters = is_here and names.count <= _LETTERS_ENTRIES
        for (fit, length), name in names.search(words, letters=letters):
            hit = Hit(short_name(name), icon_of(name), entry_page(ref, name), ref)
            yield (fit, 3 if is_here else 5, length), hit

    def _in_order(self, ref: str) -> Iterator[tuple[str, NameList]]:
        """Yield the lists of entries: of the artifact that the page shows first."""
        with self._lock:
            lists = dict(self._entries)
        for (own, _), names in sorted(lists.items(), key=lambda item: (item[0][0] != ref, item[0][0])):
            yield own, names

    def _refresh(self, ref: str) -> None:
        """Read artifacts, versions and runs anew once they are old; and go on reading entries."""
        if time.monotonic() - self._read_at > _FRESH_SECONDS:
            artifacts = self._session.artifacts()
            self._top = list(self._named(artifacts))
            self._refs = {str(item.qualified_name): str(item.digest) for item in artifacts}
            self._read_at = time.monotonic()
        if ref and ref not in self._refs:
            with contextlib.suppress(LookupError, OSError, ValueError):
                shown = self._session.resolve(ref)
                self._refs[str(shown.qualified_name)] = str(shown.digest)
        with self._lock:
            for key in [key for key in self._entries if self._refs.get(key[0]) != key[1]]:
                del self._entries[key]
            missing = sorted(self._refs.keys() - {key[0] for key in self._entries}, key=lambda own: own != ref)
            if missing and (self._reader is None or not self._reader.is_alive()):
                self._reader = threading.Thread(target=self._read, args=(missing,), daemon=True)
                self._reader.start()
        if ref and self._reader is not None:
            self._reader.join(0.15)  # small stores are whole at the first question

    def _read(self, missing: Sequence[str]) -> None:
        """Read names of entries, until there are more than are kept."""
        for own in missing:
            try:
                artifact = self._session.resolve(own)
                names = NameList(artifact.names())
                key = (str(artifact.qualified_name), str(artifact.digest))
            except (LookupError, OSError, ValueError):
                continue
            with self._lock:
                if sum(kept.size for kept in self._entries.values()) + names.size > _MAX_CHARACTERS:
                    return
                self._entries[key] = names

    def _named(self, artifacts: Sequence[Any]) -> Iterator[_Named]:
        """Yield everything but entries, in the order of an empty question."""
        for title, icon, href in _PAGES:
            yield _Named(title.lower(), 2, Hit(title, icon, href, "page"))
        for item in artifacts:
            name, ref = str(item.name), str(item.qualified_name)
            yield _Named(name.lower(), 0, Hit(name, "artifact", artifact_page(ref), str(item.type or "artifact")))
        for run in self._session.runs():
            name = str(run.name or run.id)
            hit = Hit(name, "run", run_page(str(run.id)), f"run {run.id}")
            yield _Named(f"{name} {run.id}".lower(), 1, hit)
        for item in artifacts:
            for row in self._session.versions(item.name)[:_VERSIONS]:
                href = artifact_page(row.qualified_name)
                for label in dict.fromkeys((row.version, *row.aliases)):
                    if label:
                        hit = Hit(f"{row.name}:{label}", "artifact", href, str(row.version or ""))
                        yield _Named(hit.name.lower(), 4, hit)


_indexes: dict[int, Index] = {}


def index_of(session: Session) -> Index:
    """Return the index of a session; there is one session a process."""
    key = id(session)
    if key not in _indexes:
        _indexes.clear()
        _indexes[key] = Index(session)
    return _indexes[key]

"""What changed between two versions, counted by names and digests; nothing is opened. Kept by the two digests."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from storage import cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Delta", "delta"]

#: Rules of counting; another number and all is counted again.
_RULES = 1


class Delta(NamedTuple):
    """Entries that came, went and changed."""

    added: int
    removed: int
    changed: int

    @property
    def text(self) -> str:
        """``+3 −1 ~2``; what is nothing is left out."""
        parts = [f"+{self.added:,}" if self.added else "", f"−{self.removed:,}" if self.removed else ""]
        parts.append(f"~{self.changed:,}" if self.changed else "")
        return " ".join(filter(None, parts)) or "no entry changed"


def delta(before: Any, after: Any) -> Delta:
    """Count the entries of `after` that `before` does not have, and the other way round.

    Parameters
    ----------
    before, after : StoredArtifact
        Two versions; the manifests of both are read once, in order.
    """
    text = f"{_RULES}\0{before.digest}\0{after.digest}"
    key = f"deltas/{hashlib.sha256(text.encode()).hexdigest()}.json"
    if before.version and after.version and (kept := cache.read_cached(key)) is not None:
        return Delta(*json.loads(kept))
    found = _count(_rows(before), _rows(after))
    if before.version and after.version:
        cache.write_cached(key, json.dumps(found).encode())
    return found


def _rows(artifact: Any) -> Iterator[tuple[str, str]]:
    for entry in artifact.manifest:
        yield entry.path, str(entry.digest or entry.ref or "")


def _count(before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]) -> Delta:
    """Walk two sorted lists side by side, so that neither is held."""
    added = removed = changed = 0
    old, new = iter(before), iter(after)
    left, right = next(old, None), next(new, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            removed, left = removed + 1, next(old, None)
        elif left is None or right[0] < left[0]:
            added, right = added + 1, next(new, None)
        else:
            changed += left[1] != right[1]
            left, right = next(old, None), next(new, None)
    return Delta(added, removed, changed)

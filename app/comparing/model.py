"""What a comparison finds."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Change", "Difference"]


class Change(NamedTuple):
    """An entry that is in both and differs."""

    entry: str
    type: str
    """Wire tag; ``"json"`` or ``"file"`` for what is no value; ``"a → b"`` where the types differ."""
    metrics: dict[str, Any]
    severity: float = 1.0
    """How much of it differs, from 0 to 1; see `app.comparing.severity`."""


class Difference(NamedTuple):
    """What it takes to get from one to the other."""

    added: list[str]
    removed: list[str]
    changed: list[Change]
    """The worst first."""
    equal: int = 0
    """Entries that are the same in both."""

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.changed)

    def as_json(self) -> dict[str, Any]:
        """Return the document that ``vitrina diff --json`` prints."""
        changed = [change._asdict() for change in self.changed]
        return {
            "equal": self.is_equal,
            "entries": {"added": self.added, "removed": self.removed, "changed": changed},
        }

    @classmethod
    def of_json(cls, document: dict[str, Any], equal: int = 0) -> Difference:
        """Read what `as_json` returned."""
        entries = document["entries"]
        return cls(entries["added"], entries["removed"], [Change(**item) for item in entries["changed"]], equal)

    def within(self, prefix: str) -> Difference:
        """Return the same with a prefix before each name."""
        return Difference(
            [prefix + name for name in self.added],
            [prefix + name for name in self.removed],
            [change._replace(entry=prefix + change.entry) for change in self.changed],
            self.equal,
        )


def joined(parts: list[Difference]) -> Difference:
    """Return several as one."""
    changed = [change for part in parts for change in part.changed]
    return Difference(
        sorted(name for part in parts for name in part.added),
        sorted(name for part in parts for name in part.removed),
        sorted(changed, key=worst_first),
        sum(part.equal for part in parts),
    )


def rank_of(kind: str, change: Change | None = None) -> int:
    """Return what sorts differences of one severity: what cannot be compared, what went, what came, what changed."""
    if change is not None and {"problem", "type_changed"} & set(change.metrics):
        return 0
    return {"removed": 1, "added": 2}.get(kind, 3)


def worst_first(change: Change) -> tuple[float, str]:
    """Return what sorts changes."""
    return -change.severity, change.entry

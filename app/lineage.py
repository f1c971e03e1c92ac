"""Where an artifact comes from and where it went, as far as what is open knows: runs and references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.refs import mask_credentials, parse_ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Session

__all__ = ["Lineage", "Link", "lineage"]

#: Artifacts whose entries are searched for references to this one, and entries of each.
MAX_ARTIFACTS, MAX_ENTRIES = 200, 20_000

#: References of one artifact that are followed.
_MAX_REFERENCES = 1000


@dataclass(frozen=True)
class Link:
    """A run or an artifact at the other end.

    Attributes
    ----------
    kind : str
        ``"run"``, ``"artifact"``, or ``"place"`` for an address elsewhere.
    target : str
        Id of the run, reference of the artifact, or the address.
    title : str
        For people.
    note : str
        How it hangs together: ``"3 entries"``.
    """

    kind: str
    target: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Lineage:
    """What is known.

    Attributes
    ----------
    logged_by, used_by : tuple of Link
        Runs.
    inputs : tuple of Link
        What the run that logged it used.
    refers_to, referred_by : tuple of Link
        Artifacts and places that entries point to, and artifacts whose entries point here.
    looked_at, artifacts : int
        How many artifacts were searched for references, of how many.
    """

    logged_by: tuple[Link, ...] = ()
    used_by: tuple[Link, ...] = ()
    inputs: tuple[Link, ...] = ()
    refers_to: tuple[Link, ...] = ()
    referred_by: tuple[Link, ...] = ()
    looked_at: int = 0
    artifacts: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not (self.logged_by or self.used_by or self.refers_to or self.referred_by)


def lineage(session: Session, artifact: Any) -> Lineage:
    """Return what is known of where an artifact comes from and where it went."""
    row = next((item for item in session.versions(artifact.name) if item.version == artifact.version), None)
    runs = session.runs()
    loggers = [run for run in runs if (row and row.run == run.id) or _has(run, artifact, used=False)]
    users = [run for run in runs if _has(run, artifact, used=True)]
    inputs = [
        Link("artifact", f"{record.name}:{record.version}", f"{record.name}:{record.version}", record.type)
        for run in loggers
        for record in getattr(run, "recorded_artifacts", ())
        if record.used and record.version
    ]
    others = [item for item in session.artifacts() if item.name != artifact.name]
    return Lineage(
        logged_by=tuple(_run_link(run) for run in loggers),
        used_by=tuple(_run_link(run) for run in users),
        inputs=tuple(inputs),
        refers_to=tuple(_references(artifact)),
        referred_by=tuple(_referring(artifact, others[:MAX_ARTIFACTS])),
        looked_at=min(len(others), MAX_ARTIFACTS),
        artifacts=len(others),
    )


def _has(run: Any, artifact: Any, *, used: bool) -> bool:
    """Whether a run recorded an artifact: this version, or the same content under this name."""
    return any(
        record.used is used
        and record.name == artifact.name
        and (record.version == artifact.version or record.digest == artifact.digest)
        for record in getattr(run, "recorded_artifacts", ())
    )


def _run_link(run: Any) -> Link:
    return Link("run", str(run.id), str(run.name or run.id), str(run.project or ""))


def _counted(found: dict[tuple[str, str], int]) -> list[Link]:
    """Return links with how many entries each stands for, the most first."""
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [
        Link(kind, target, target, f"{count:,} entr{'y' if count == 1 else 'ies'}") for (kind, target), count in ordered
    ]


def _references(artifact: Any) -> list[Link]:
    """Follow the references of an artifact's entries; those that lead nowhere here are named by their address."""
    found: dict[tuple[str, str], int] = {}
    known: dict[str, tuple[str, str]] = {}
    seen = 0
    for entry in artifact.manifest:
        if entry.ref is None:
            continue
        seen += 1
        if seen > _MAX_REFERENCES:
            break
        ref = parse_ref(entry.ref)
        host = ref.id if ref else entry.ref
        if host not in known:
            target = artifact.referenced(entry.ref) if ref else None
            masked = mask_credentials(entry.ref)
            known[host] = ("artifact", str(target.qualified_name)) if target is not None else ("place", masked)
        found[known[host]] = found.get(known[host], 0) + 1
    return _counted(found)


def _referring(artifact: Any, others: Sequence[Any]) -> list[Link]:
    """Search the entries of other artifacts for references to this one."""
    ids = {artifact.client_id, artifact.server_id} - {None}
    found: dict[tuple[str, str], int] = {}
    if not ids:
        return []
    for other in others:
        for number, entry in enumerate(other.manifest):
            if number == MAX_ENTRIES:
                break
            ref = parse_ref(entry.ref)
            if ref is not None and ref.id in ids:
                key = ("artifact", str(other.qualified_name))
                found[key] = found.get(key, 0) + 1
    return _counted(found)

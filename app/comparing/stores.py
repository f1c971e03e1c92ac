"""Two stores, or two folders of artifacts and runs: by name, the latest versions or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.comparing.artifacts import compare_artifacts
from app.comparing.model import Difference, joined
from app.comparing.runs import compare_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.session import Session

__all__ = ["compare_sessions"]


def compare_sessions(
    left: Session,
    right: Session,
    *,
    all_versions: bool = False,
    key: str | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> Difference:
    """Compare all artifacts by name, and all runs by id.

    Parameters
    ----------
    left, right : Session
        What was opened.
    all_versions : bool, optional
        Compare v0 with v0, v1 with v1 …; else the latest with the latest, whatever their numbers.
    key : str, optional
        Column that tells the rows of tables apart.
    on_step : callable, optional
        Is told how many of how many artifacts and runs have been looked at.

    Returns
    -------
    Difference
        Names are ``pets/entry``, with all versions ``pets:v0/entry``, of runs ``ID/history/loss``; an artifact or a run
        that only one side has is its name alone.
    """
    mine, its = (_artifacts(side, all_versions=all_versions) for side in (left, right))
    runs, others = ({run.id: run for run in side.runs()} for side in (left, right))
    total = len(mine.keys() & its.keys()) + len(runs.keys() & others.keys())
    parts = [
        Difference(sorted(its.keys() - mine.keys()), sorted(mine.keys() - its.keys()), []),
        Difference(sorted(others.keys() - runs.keys()), sorted(runs.keys() - others.keys()), []),
    ]
    for done, name in enumerate(sorted(mine.keys() & its.keys())):
        if on_step is not None:
            on_step(done, total)
        one, other = mine[name](), its[name]()
        if one.digest and one.digest == other.digest and not one.digest.startswith("stat:"):
            parts.append(Difference([], [], [], len(one.manifest.entries)))
        else:
            parts.append(compare_artifacts(one, other, key=key).within(f"{name}/"))
    parts += [compare_runs(runs[id_], others[id_]).within(f"{id_}/") for id_ in sorted(runs.keys() & others.keys())]
    return joined(parts)


def _artifacts(session: Session, *, all_versions: bool) -> dict[str, Callable[[], Any]]:
    """Return what opens each artifact, by the name under which it is compared."""
    latest = session.artifacts()
    if not all_versions:
        return {str(item.name): lambda item=item: item for item in latest}  # type: ignore[misc]  # bound early
    rows = [row for item in latest for row in session.versions(item.name)]
    return {row.qualified_name: lambda row=row: session.resolve(row.qualified_name) for row in rows}  # type: ignore[misc]

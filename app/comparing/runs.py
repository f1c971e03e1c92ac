"""Two runs: configuration and summary by path, each key of the history step by step, the artifacts they logged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.comparing.content import DECODE_ERRORS
from app.comparing.entries import compare_values, kind_of
from app.comparing.measures import has_changed
from app.comparing.model import Change, Difference, joined, worst_first
from app.comparing.severity import severity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["compare_runs", "series_of"]

#: Steps whose measures are told one by one; the counts are complete.
_SHOWN = 20


def compare_runs(left: Any, right: Any, *, on_step: Callable[[int, int], None] | None = None) -> Difference:
    """Compare two runs.

    Entries are called ``config/KEY``, ``summary/KEY`` and ``history/KEY``, artifacts ``artifacts/NAME``.

    Parameters
    ----------
    left, right : ReadableRun
        What only `right` has is *added*.
    on_step : callable, optional
        Is told how many of how many keys of the history have been looked at.
    """
    history = [_by_key(run) for run in (left, right)]
    return joined(
        [
            _compare_mappings("config/", left.config, right.config),
            _compare_mappings("summary/", left.summary, right.summary),
            _compare_history(history[0], history[1], on_step),
            _compare_mappings("artifacts/", _logged(left), _logged(right)),
        ]
    )


def _logged(run: Any) -> dict[str, str]:
    """Return name → digests of the artifacts that a run logged."""
    found: dict[str, list[str]] = {}
    for artifact in run.artifacts():
        found.setdefault(str(artifact.name), []).append(str(artifact.digest))
    return {name: " ".join(digests) for name, digests in found.items()}


def series_of(run: Any, key: str) -> dict[int, float]:
    """Return step → number of one key of a run's history."""
    return {step: float(value) for step, value in _by_key(run).get(key, {}).items() if _is_number(value)}


def _by_key(run: Any) -> dict[str, dict[int, Any]]:
    """Return key → step → value; of a step that was logged twice the later value."""
    found: dict[str, dict[int, Any]] = {}
    for row in run.history():
        for key, value in row.values.items():
            found.setdefault(key, {})[row.step] = value
    return found


def _compare_mappings(prefix: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> Difference:
    changed, equal = [], 0
    for key in sorted(left.keys() & right.keys()):
        change = _compare(f"{prefix}{key}", left[key], right[key])
        if change is None:
            equal += 1
        else:
            changed.append(change)
    added = sorted(f"{prefix}{key}" for key in right.keys() - left.keys())
    removed = sorted(f"{prefix}{key}" for key in left.keys() - right.keys())
    return Difference(added, removed, sorted(changed, key=worst_first), equal)


def _compare(name: str, left: Any, right: Any) -> Change | None:
    kinds = [kind_of(left), kind_of(right)]
    try:
        metrics = compare_values(left, right)
        if not has_changed(metrics):
            return None
        severity = severity_of(metrics, left, right)
    except DECODE_ERRORS as error:
        return Change(name, kinds[0], {"problem": str(error) or type(error).__name__})
    return Change(name, kinds[0] if kinds[0] == kinds[1] else " → ".join(kinds), metrics, severity)


def _compare_history(
    left: Mapping[str, dict[int, Any]], right: Mapping[str, dict[int, Any]], on_step: Callable[[int, int], None] | None
) -> Difference:
    changed, equal = [], 0
    shared = sorted(left.keys() & right.keys())
    for done, key in enumerate(shared):
        if on_step is not None:
            on_step(done, len(shared))
        change = _compare_series(f"history/{key}", left[key], right[key])
        if change is None:
            equal += 1
        else:
            changed.append(change)
    added = sorted(f"history/{key}" for key in right.keys() - left.keys())
    removed = sorted(f"history/{key}" for key in left.keys() - right.keys())
    return Difference(added, removed, sorted(changed, key=worst_first), equal)


def _compare_series(name: str, left: dict[int, Any], right: dict[int, Any]) -> Change | None:
    """Compare the values of one key, step by step."""
    shared = sorted(left.keys() & right.keys())
    found = {step: change for step in shared if (change := _compare(name, left[step], right[step])) is not None}
    added, removed = len(right.keys() - left.keys()), len(left.keys() - right.keys())
    if not (found or added or removed):
        return None
    metrics: dict[str, Any] = {"steps_added": added, "steps_removed": removed, "steps_changed": len(found)}
    metrics["max_abs"] = max((_distance(left[step], right[step]) for step in found), default=0.0)
    metrics["steps"] = {str(step): found[step].metrics for step in list(found)[:_SHOWN] if not _is_number(left[step])}
    worst = max((change.severity for change in found.values()), default=0.0)
    scale = max((abs(left[step]) for step in shared if _is_finite(left[step])), default=0.0)
    if found and all(_is_number(left[step]) and _is_number(right[step]) for step in found):
        worst = min(1.0, metrics["max_abs"] / scale) if scale else 1.0
    severity = max(worst, (added + removed) / max(len(left), len(right)))
    return Change(name, next((change.type for change in found.values()), "series"), metrics, severity)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_finite(value: Any) -> bool:
    return _is_number(value) and math.isfinite(value)


def _distance(left: Any, right: Any) -> float:
    if not (_is_number(left) and _is_number(right)):
        return 0.0
    return abs(float(left) - float(right)) if _is_finite(left) and _is_finite(right) else math.inf

"""How much of a value differs: a number from 0 to 1 without a unit, so that pictures and tables stand in one list.

It is the largest of what applies, and never 0 for what differs:

==================  ==================================================================================================
of                  severity
==================  ==================================================================================================
type, unreadable    1
pictures, video     error (root mean square) / peak, that is 10^(−psnr/20); 1 if the size differs; frames of one alone
masks               1 − the least IoU of a class
boxes               share of boxes that were added, removed or changed
tables              share of rows added or removed; share of cells changed; share of columns added or removed
audio               error / signal, that is 10^(−snr/20); share of frames that only one has; 1 if channels differ
3D objects          share of points and faces added, removed or changed; farthest move / diagonal
molecules           share of atoms added or removed; share of atoms that moved
graphs              share of nodes and edges
histograms          earth mover's distance / range of the bins; share of the total that came or went
JSON, figures       share of the places
text, HTML          share of lines
files               share of bytes between the first and the last that differ
captions and such   0.01
==================  ==================================================================================================
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.comparing.measures import has_changed

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["severity_of"]

#: What somebody wrote about a value, and whatever has no measure of its own.
FIELD = 0.01

#: The least severity of what differs.
LEAST = 1e-9


def severity_of(metrics: dict[str, Any], left: Any = None, right: Any = None) -> float:
    """Return the severity of measures; see the module.

    Parameters
    ----------
    metrics : dict
        As `difference` gives them.
    left, right : WBValue or object, optional
        What was compared: shares need to know of how much.
    """
    if not has_changed(metrics):
        return 0.0
    if "problem" in metrics or "type_changed" in metrics:
        return 1.0
    rule = _RULES.get(getattr(left, "artifact_type", None) or "", _by_path)
    found = rule(metrics, left, right)
    if "json" in metrics:
        found = max(found, FIELD)
    if metrics.get("fields") or metrics.get("labels"):
        found = max(found, FIELD)
    return min(1.0, max(LEAST, found))


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0 else 0.0


def _ratio(decibels: Any) -> float:
    """Return error / signal of a number of decibels."""
    return 0.0 if decibels is None or decibels == math.inf else min(1.0, 10 ** (-decibels / 20))


def _image(metrics: dict[str, Any], _left: Any, _right: Any) -> float:
    parts = [1.0 if "shapes" in metrics else _ratio(metrics.get("psnr_db"))]
    parts += [_mask(item) if isinstance(item, dict) else 1.0 for item in metrics.get("masks", {}).values()]
    parts += [_boxes(item) if isinstance(item, dict) else 1.0 for item in metrics.get("boxes", {}).values()]
    return max(parts)


def _mask(metrics: dict[str, Any], _left: Any = None, _right: Any = None) -> float:
    return 1.0 - min(metrics.get("mask_iou", {}).values(), default=1.0)


def _boxes(metrics: dict[str, Any], _left: Any = None, _right: Any = None) -> float:
    other = metrics["added"] + metrics["removed"]
    share = _share(other + metrics["changed"], other + metrics["matched"])
    return max(share, FIELD * bool(metrics["reordered"]))


def _table(metrics: dict[str, Any], left: Any, right: Any) -> float:
    """Rows and cells against the rows and columns of both."""
    if "table1" in metrics:
        return max(_table(metrics[side], None, None) for side in ("table1", "table2") if "rows_added" in metrics[side])
    rows, columns = _size_of_table(left, right)
    other = metrics["rows_added"] + metrics["rows_removed"]
    fields = len(metrics.get("columns_added", ())) + len(metrics.get("columns_removed", ()))
    moved = metrics.get("rows_moved", 0) + metrics.get("columns_moved", 0)
    return max(
        _share(other, rows),
        _share(metrics["cells_changed"], rows * columns),
        _share(fields, columns),
        FIELD * bool(moved),
    )


def _size_of_table(left: Any, right: Any) -> tuple[int, int]:
    sizes = [_rows_and_columns(item) for item in (left, right)]
    return max((rows for rows, _ in sizes), default=1) or 1, max((columns for _, columns in sizes), default=1) or 1


def _rows_and_columns(value: Any) -> tuple[int, int]:
    if hasattr(value, "row_count") and hasattr(value, "columns"):
        return int(value.row_count()), len(value.columns)
    if hasattr(value, "to_arrow"):
        table = value.to_arrow()
        return int(table.num_rows), int(table.num_columns)
    return 1, 1


def _audio(metrics: dict[str, Any], left: Any, right: Any) -> float:
    if "max_abs" not in metrics:
        return 1.0
    more = metrics.get("frames_added", 0) + metrics.get("frames_removed", 0)
    frames = max(((item.duration_secs or 0) * (item.sample_rate_hz or 0) for item in (left, right)), default=0)
    return max(_ratio(metrics["snr_db"]), _share(more, frames))


def _video(metrics: dict[str, Any], left: Any, right: Any) -> float:
    if "shapes" in metrics:
        return 1.0
    counts = left.n_frames or 0, right.n_frames or 0
    return max(_ratio(metrics.get("psnr_db")), _share(abs(counts[0] - counts[1]), max(counts)))


def _object3d(metrics: dict[str, Any], left: Any, right: Any) -> float:
    import numpy as np

    places = [np.asarray(item.to_numpy(), float)[:, :3] for item in (left, right)]
    total = max(map(len, places), default=0)
    both = np.vstack(places)
    both = both[np.isfinite(both).all(axis=1)]
    diagonal = float(np.linalg.norm(both.max(axis=0) - both.min(axis=0))) if len(both) else 0.0
    other = metrics["added"] + metrics["removed"] + metrics["changed"]
    faces = metrics.get("faces_added", 0) + metrics.get("faces_removed", 0)
    groups = [metrics[name] for name in ("boxes", "vectors") if name in metrics]
    shares = [_share(item["added"] + item["removed"], item["matched"] + item["added"]) for item in groups]
    distance = metrics["max_distance"] or 0.0
    return max(
        _share(other, total),
        _share(faces, total),
        _share(distance, diagonal),
        *shares,
        FIELD * bool(metrics["reordered"]),
    )


def _molecule(metrics: dict[str, Any], _left: Any, _right: Any) -> float:
    other, matched = metrics["added"] + metrics["removed"], metrics.get("matched", 0)
    return max(_share(other, other + matched), _share(metrics["moved"], matched))


def _graph(metrics: dict[str, Any], left: Any, right: Any) -> float:
    nodes = sum(metrics[f"nodes_{kind}"] for kind in ("added", "removed", "changed"))
    edges = sum(metrics[f"edges_{kind}"] for kind in ("added", "removed", "changed"))
    total = max(len(item.nodes) + len(item.edges) for item in (left, right))
    return max(_share(nodes + edges, total), FIELD * bool(metrics["reordered"]))


def _histogram(metrics: dict[str, Any], left: Any, right: Any) -> float:
    edges = [edge for item in (left, right) for edge in item.bins if math.isfinite(edge)]
    totals = [math.fsum(item.histogram) for item in (left, right)]
    span = max(edges, default=0.0) - min(edges, default=0.0)
    return max(_share(metrics["emd"], span), _share(abs(totals[0] - totals[1]), max(totals)))


def _html(metrics: dict[str, Any], left: Any, right: Any) -> float:
    lines = max(item.html.count("\n") + 1 for item in (left, right))
    return max(_share(max(metrics["lines_added"], metrics["lines_removed"]), lines), FIELD * bool(metrics["changed"]))


def _classes(metrics: dict[str, Any], left: Any, right: Any) -> float:
    return _share(
        sum(len(metrics[key]) for key in ("added", "removed", "renamed")), max(len(left.names), len(right.names))
    )


def _files(metrics: dict[str, Any], left: Any, right: Any) -> float:
    total = max(len(left.digests()), len(right.digests()))
    return _share(sum(metrics[f"files_{kind}"] for kind in ("added", "removed", "changed")), total)


def _by_path(metrics: dict[str, Any], left: Any, right: Any) -> float:
    """Return the share of places, of lines or of bytes, whichever was measured; else half: nothing is known."""
    if "sizes" in metrics:
        size = max(metrics["sizes"])
        return _share(metrics.get("bytes_between", size), size)
    if "items_changed" in metrics:
        count = metrics["items_changed"] + metrics["items_added"] + metrics["items_removed"]
        return _share(count, max(len(left), len(right)))
    if "paths_changed" not in metrics:
        return 0.5
    places = sum(metrics[f"paths_{kind}"] for kind in ("added", "removed", "changed"))
    return _share(places, max(_leaves(_document(left)), _leaves(_document(right))))


def _document(value: Any) -> Any:
    for name in ("_comparable", "json", "value"):
        found = getattr(value, name, None)
        if found is not None:
            return found() if callable(found) else found
    return value


def _leaves(document: Any) -> int:
    """Return how many places a document has; of arrays the elements."""
    found, pending = 0, [document]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        else:
            found += int(getattr(item, "size", 1)) if hasattr(item, "shape") else 1
    return max(found, 1)


_RULES: dict[str, Callable[[dict[str, Any], Any, Any], float]] = {
    "image-file": _image,
    "mask": _mask,
    "bounding-boxes": _boxes,
    "table": _table,
    "joined-table": _table,
    "partitioned-table": _table,
    "data-frame": _table,
    "audio-file": _audio,
    "video-file": _video,
    "object3D-file": _object3d,
    "molecule-file": _molecule,
    "graph-file": _graph,
    "histogram": _histogram,
    "html-file": _html,
    "classes": _classes,
    "pytorch-model-file": _files,
    "sklearn-model-file": _files,
    "tfkeras-model-file": _files,
}

"""Facts of point clouds and scenes, and how far two of them are apart."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from datatypes.errors import UnreadableMediaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datatypes.point_cloud import Cloud

__all__ = ["cloud_facts", "compare_clouds", "compare_rows"]


def cloud_facts(cloud: Cloud, subject: str) -> dict[str, Any]:
    """Return what a reader can check of a cloud; the form of ``expected.json`` in the golden data.

    ``form``, ``points``, ``row_lengths`` (those that occur), ``first`` and ``last`` row, ``finite_rows`` and over
    these ``min`` and ``max`` of x, y, z; of a scene also ``scene_type``, ``boxes`` and ``vectors`` as stored.
    """
    import numpy as np

    facts: dict[str, Any] = {"form": "points" if cloud.scene_type is None else "scene", "points": len(cloud.rows)}
    facts["row_lengths"] = sorted({len(row) for row in cloud.rows})
    if cloud.rows:
        try:
            facts["first"], facts["last"] = ([float(x) for x in cloud.rows[index]] for index in (0, -1))
        except (TypeError, ValueError) as error:
            raise UnreadableMediaError(
                subject, f"has rows that are no points ({error})", "Restore the file."
            ) from error
    if len(facts["row_lengths"]) == 1:
        array = cloud.to_numpy(subject)
        places = array[np.isfinite(array).all(axis=1), :3]
        facts["finite_rows"] = len(places)
        if len(places):
            facts["min"], facts["max"] = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    if cloud.scene_type is not None:
        facts |= {"scene_type": cloud.scene_type, "boxes": cloud.boxes, "vectors": cloud.vectors}
    return facts


def compare_clouds(left: Cloud, right: Cloud, subject: str) -> dict[str, Any]:
    """Measure how far two clouds are apart: `compare_rows`, and the same counts for boxes and vectors."""
    found = compare_rows(left.to_numpy(subject), right.to_numpy(subject))
    for name in ("boxes", "vectors"):
        mine, its = (
            Counter(json.dumps(item, sort_keys=True) for item in getattr(cloud, name) or []) for cloud in (left, right)
        )
        if mine or its:
            found[name] = {
                "matched": (mine & its).total(),
                "added": (its - mine).total(),
                "removed": (mine - its).total(),
            }
    if left.scene_type != right.scene_type:
        found["fields"] = ["scene_type"]
    return found


def compare_rows(left: NDArray[Any], right: NDArray[Any]) -> dict[str, Any]:
    """Measure how far two sets of points are apart.

    Parameters
    ----------
    left, right : ndarray
        (points, columns); the first three columns are a place.

    Returns
    -------
    dict
        ``added`` and ``removed`` (rows of one that the other has not, counted as often as they occur), ``max_distance``
        between places of rows that were removed and of rows that were added, paired in their order, and ``reordered``:
        of equal rows in another order, how many lie at another place.
    """
    import numpy as np

    if left.shape[1] != right.shape[1]:
        return {"added": len(right), "removed": len(left), "max_distance": None, "reordered": 0}
    left, right = (np.ascontiguousarray(rows, np.float64) + 0.0 for rows in (left, right))  # −0 is 0
    if left.shape == right.shape:
        differing = ~((left == right) | (np.isnan(left) & np.isnan(right))).all(axis=1)
        if not differing.any():
            return {"added": 0, "removed": 0, "max_distance": 0.0, "reordered": 0}
    mine, its = _keys(left), _keys(right)
    removed, added = left[_surplus(mine, its)], right[_surplus(its, mine)]
    pairs = min(len(removed), len(added))
    steps = np.linalg.norm(removed[:pairs, :3] - added[:pairs, :3], axis=1)
    steps = steps[np.isfinite(steps)]
    moved = 0 if len(removed) or len(added) else int(np.count_nonzero(mine != its))
    return {
        "added": len(added),
        "removed": len(removed),
        "max_distance": float(steps.max(initial=0.0)),
        "reordered": moved,
    }


def _keys(rows: NDArray[Any]) -> NDArray[Any]:
    """Bytes of each row, for comparison."""
    import numpy as np

    return rows.view(np.dtype((np.void, rows.shape[1] * 8))).reshape(-1)


def _surplus(mine: NDArray[Any], its: NDArray[Any]) -> NDArray[Any]:
    """Which of my rows have no partner among its rows, in my order."""
    spare = Counter(its.tolist())
    kept = []
    for index, key in enumerate(mine.tolist()):
        if spare[key] > 0:
            spare[key] -= 1
        else:
            kept.append(index)
    import numpy as np

    return np.array(kept, dtype=np.intp)

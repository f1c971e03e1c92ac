"""Facts of point clouds and scenes, and how far two of them are apart."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from datatypes.errors import UnreadableMediaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datatypes.point_cloud import Cloud

__all__ = ["cloud_facts", "compare_clouds", "compare_rows", "measure_pairs"]


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
    """Measure how far two sets of points are apart; see `measure_pairs`.

    Parameters
    ----------
    left, right : ndarray
        (points, columns); the first three columns are a place. With other columns no two rows are the same.
    """
    import numpy as np

    from datatypes.point_matching import pair_rows

    if left.shape[1] != right.shape[1]:
        zero = {"moved": 0, "changed": 0, "max_distance": 0.0, "reordered": 0}
        return {"added": len(right), "removed": len(left), **zero, "columns": [left.shape[1], right.shape[1]]}
    left, right = (np.ascontiguousarray(rows, np.float64) + 0.0 for rows in (left, right))  # −0 is 0
    return measure_pairs(left, right, pair_rows(left, right))


def measure_pairs(left: NDArray[Any], right: NDArray[Any], partner: NDArray[Any]) -> dict[str, Any]:
    """Return what the pairs of `datatypes.point_matching.pair_rows` say.

    Returns
    -------
    dict
        ``added`` and ``removed`` (rows without a partner), ``moved`` (those whose partner is at another place),
        ``changed`` (at the same place, but other in another column), ``max_distance`` between partners, and
        ``reordered``: of equal rows in another order, how many lie at another place.
    """
    import numpy as np

    from datatypes.point_matching import distances_of_pairs

    steps = distances_of_pairs(left, right, partner)
    at = np.flatnonzero(partner >= 0)
    rest, others = left[at, 3:], right[partner[at], 3:]
    other = ((rest != others) & ~((rest != rest) & (others != others))).any(axis=1)  # noqa: PLR0124  # NaN is NaN
    found = {
        "added": len(right) - len(at),
        "removed": len(left) - len(at),
        "moved": int(np.count_nonzero(steps)),
        "changed": int(np.count_nonzero(other & (steps == 0))),
        "max_distance": float(steps.max(initial=0.0)),
    }
    return {**found, "reordered": 0 if any(found.values()) else int(np.count_nonzero(partner != np.arange(len(left))))}

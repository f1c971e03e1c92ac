"""How far two 3D objects are apart: clouds by their points, models by their vertices and triangles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes import cloud_facts

if TYPE_CHECKING:
    from datatypes.object3d import Object3D

__all__ = ["compare_objects"]


def compare_objects(left: Object3D, right: Object3D) -> dict[str, Any]:
    """Measure how far two objects are apart; see `Object3D.difference`."""
    pairs = {"caption": (left.caption, right.caption), "format": (left.format, right.format)}
    fields = [name for name, (mine, its) in pairs.items() if mine != its]
    if left.format == right.format == "pts.json":
        found = cloud_facts.compare_clouds(left.cloud, right.cloud, left._subject)
        return {**found, "fields": sorted(fields + found.pop("fields", []))}
    if left._file().sha256 == right._file().sha256:
        zero = {"added": 0, "removed": 0, "moved": 0, "changed": 0, "max_distance": 0.0, "reordered": 0}
        return {**zero, "faces_added": 0, "faces_removed": 0, "fields": fields}
    found = _compare_models(left, right)
    return {**found, "fields": sorted([*fields, *([] if any(found.values()) else ["bytes"])])}


def _compare_models(left: Object3D, right: Object3D) -> dict[str, Any]:
    """Compare vertices as points, and faces by the vertices that are the same."""
    from collections import Counter

    import numpy as np

    from datatypes.point_matching import pair_rows

    places, corners = [], []
    for item in (left, right):
        is_cloud = item.format == "pts.json"
        vertices, faces = (item.to_numpy()[:, :3], np.zeros((0, 3), np.int64)) if is_cloud else item._arrays()
        places.append(np.ascontiguousarray(vertices, np.float64) + 0.0)
        corners.append(np.asarray(faces, np.int64))
    partner = pair_rows(*places)
    found = cloud_facts.measure_pairs(places[0], places[1], partner)
    mine, its = (Counter(map(tuple, faces.tolist())) for faces in (partner[corners[0]], corners[1]))
    return {**found, "faces_added": (its - mine).total(), "faces_removed": (mine - its).total()}

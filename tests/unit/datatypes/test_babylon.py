"""Scenes of Babylon: transforms, parents, instances, colours."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from datatypes.babylon import read_parts
from datatypes.errors import DecodeLimitError, UnreadableMediaError

POINT = [1, 2, 3, 0, 0, 0, 0, 0, 1]


def scene(*meshes, **more):
    return json.dumps(
        {"meshes": [{"positions": POINT, "indices": [0, 1, 2], **mesh} for mesh in meshes], **more}
    ).encode()


def first(*meshes, **more):
    return read_parts(scene(*meshes, **more), "s")[0].vertices[0]


def test_right_handed_with_its_winding():
    (part,) = read_parts(scene({"name": "a"}), "s")
    assert part.name == "a"
    assert part.vertices.tolist() == [[1, 2, -3], [0, 0, 0], [0, 0, -1]]
    assert part.faces.tolist() == [[2, 1, 0]]
    assert (part.vertices.dtype, part.faces.dtype) == (np.float64, np.int64)


def test_scaling_then_turning_then_moving():
    moved = first({"scaling": [2, 1, 1], "rotation": [0, math.pi / 2, 0], "position": [10, 0, 0]})
    assert np.allclose(moved, [10 + 3, 2, 2])  # (2, 2, 3) turned about y is (3, 2, −2); z is negated
    half = math.sqrt(0.5)
    assert np.allclose(
        moved, first({"scaling": [2, 1, 1], "rotationQuaternion": [0, half, 0, half], "position": [10, 0, 0]})
    )


@pytest.mark.parametrize(
    ("angles", "expected"),
    [
        ([math.pi / 2, 0, 0], [1, -3, 2]),
        ([0, 0, math.pi / 2], [-2, 1, 3]),
        ([math.pi / 2, math.pi / 2, 0], [2, -3, -1]),
    ],
)
def test_angles_turn_roll_first_and_yaw_last(angles, expected):
    assert np.allclose(first({"rotation": angles}), [*expected[:2], -expected[2]])


def test_parents_of_every_kind_and_a_chain_that_closes_on_itself():
    nodes = [{"id": "n", "position": [0, 10, 0], "parentId": "m"}]
    assert first({"id": "x", "parentId": "n"}, transformNodes=nodes).tolist() == [1, 12, -3]
    assert first({"id": "x", "parentId": "gone"}).tolist() == [1, 2, -3]
    assert first({"id": "x", "parentId": "x"}).tolist() == [1, 2, -3]
    circle = [{"id": "a", "parentId": "b"}, {"id": "b", "parentId": "a"}]
    assert first({"id": "x", "parentId": "a"}, transformNodes=circle).tolist() == [1, 2, -3]


def test_instances_hidden_meshes_and_shared_geometry():
    shared = {"vertexData": [{"id": "g", "positions": POINT, "indices": [0, 1, 2]}]}
    mesh = {"geometryId": "g", "positions": None, "indices": None, "instances": [{"name": "i", "position": [5, 0, 0]}]}
    parts = read_parts(scene(mesh, {"isVisible": False}, geometries=shared), "s")
    assert [(part.name, part.vertices[0].tolist()) for part in parts] == [("", [1, 2, -3]), ("i", [6, 2, -3])]


def test_colours():
    materials = [{"id": "m", "diffuse": [1, 0.5, 0]}]
    several = [{"id": "mm", "materials": ["gone", "m"]}]
    for name in ("m", "mm"):
        (part,) = read_parts(scene({"materialId": name}, materials=materials, multiMaterials=several), "s")
        assert part.colours.tolist() == [[255, 128, 0, 255]] * 3
    (part,) = read_parts(scene({"colors": [0, 0, 0, 0.5, 1, 1, 1, 1, 2, -1, 0, 1]}), "s")
    assert part.colours.tolist() == [[0, 0, 0, 128], [255, 255, 255, 255], [255, 0, 0, 255]]
    (plain,) = read_parts(scene({}), "s")
    assert plain.colours[0].tolist() == [178, 178, 178, 255]


def test_limits(monkeypatch):
    monkeypatch.setenv("VITRINA_MAX_ARRAY_BYTES", "200")
    with pytest.raises(DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
        read_parts(scene({"instances": [{}] * 100}), "s")
    monkeypatch.setenv("VITRINA_MAX_JSON_BYTES", "20")
    with pytest.raises(UnreadableMediaError, match="VITRINA_MAX_JSON_BYTES"):
        read_parts(scene({}), "s")

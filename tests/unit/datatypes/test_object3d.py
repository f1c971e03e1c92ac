"""`Object3D`: points, scenes and models, every input and the way back."""

from __future__ import annotations

import base64
import io
import json
import math
import struct
from pathlib import Path

import numpy as np
import pytest
from sinks import DictRun, DictStore

from datatypes.boxes3d import box3d
from datatypes.errors import (
    DecodeLimitError,
    MissingMediaError,
    RejectedTypeError,
    RejectedValueError,
    UnreadableMediaError,
    WireFormatError,
)
from datatypes.model_check import FORMATS, check_model
from datatypes.object3d import Object3D
from datatypes.registry import decode, value_from_file

INPUTS = Path(__file__).parents[2] / "golden/data/inputs"
MODELS = {"glb": "box.glb", "gltf": "box.gltf", "obj": "box.obj", "stl": "sphere.stl", "babylon": "triangle.babylon"}
BOX = {"corners": [[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], "label": "Box", "color": [1, 2, 3]}


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(500, 3))


def stored(value):
    store = DictStore()
    store.add(value, "p")
    return store, store.get("p.object3D-file.json")


def model(kind, data, name="m"):
    return decode({"_type": "object3D-file", "path": f"{name}.{kind}"}, DictStore(files={f"{name}.{kind}": data}))


class TestPoints:
    @pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "int32", "uint8", "uint64", "bool"])
    @pytest.mark.parametrize("width", [3, 4, 6])
    def test_every_bit_comes_back(self, dtype, width):
        random = np.random.default_rng(3)
        if dtype.startswith("float"):
            given = random.normal(0, 100, (40, width)).astype(dtype)
        else:
            top = 2 if dtype == "bool" else np.iinfo(dtype).max
            given = random.integers(0, top, (40, width), dtype=np.uint64 if dtype == "uint64" else np.int64).astype(
                dtype
            )
        _, again = stored(Object3D(given))
        assert again.to_numpy().dtype == given.dtype
        assert np.array_equal(again.to_numpy(), given)
        assert again.fidelity.verdict == "lossless"

    def test_what_is_not_finite_is_bare_on_the_wire(self):
        given = np.array([[np.nan, np.inf, -np.inf], [1e-320, -0.0, 1.7976931348623157e308]])
        store, again = stored(Object3D(given))
        text = store.files[again.path]
        assert text.startswith(b"[[NaN,Infinity,-Infinity],[1e-320,-0.0,")
        assert np.array_equal(again.to_numpy(), given, equal_nan=True)
        facts = again.facts()
        assert facts["first"] == [{"$nan": True}, {"$inf": 1}, {"$inf": -1}]
        assert (facts["points"], facts["finite_rows"]) == (2, 1)

    def test_text_is_that_of_python(self, points):
        store, again = stored(Object3D(points.astype(np.float32)))
        assert json.loads(store.files[again.path]) == points.astype(np.float32).tolist()

    def test_blocks_make_one_text(self, monkeypatch, points):
        whole = stored(Object3D(points))[1]
        monkeypatch.setattr("datatypes.point_cloud._BLOCK", 7)
        monkeypatch.setattr("datatypes.point_cloud.IN_MEMORY", 1000)
        parts = stored(Object3D(points))[1]
        assert parts._file().sha256 == whole._file().sha256

    def test_big_endian_and_strided(self, points):
        assert np.array_equal(stored(Object3D(points.astype(">f8")[::2]))[1].to_numpy(), points[::2])
        assert np.array_equal(stored(Object3D((points * 100).astype(">i4")))[1].to_numpy(), (points * 100).astype("i4"))

    def test_long_doubles_are_rounded_and_measured(self):
        given = np.array([[np.longdouble(1) / 3, 0, 0]])
        record = Object3D(given).fidelity
        assert record.verdict == "bounded"
        assert record.max_abs_error == float(abs(given[0, 0] - np.float64(given[0, 0])))

    def test_what_pages_do_not_show_is_said(self):
        category = Object3D(np.array([[0, 0, 0, 1], [0, 0, 0, 15], [0, 0, 0, 2.5], [0, 0, 0, 14], [0, 0, 0, np.nan]]))
        assert category.fidelity.verdict == "lossless"
        assert category.fidelity.notices == ["3 categories outside 1 to 14, which have no colour"]
        colour = stored(Object3D(np.array([[0, 0, 0, 0, 255, 300], [0, 0, 0, -1, 0, 0.0]])))[1]
        assert colour.facts()["notices"] == ["2 colour values outside 0 to 255"]

    def test_tensors(self, points):
        class Tensor:
            def detach(self):
                return self

            def cpu(self):
                return self

            def numpy(self):
                return points

        assert np.array_equal(Object3D(Tensor()).to_numpy(), points)

    @pytest.mark.parametrize("shape", [(3,), (2, 2), (2, 5), (2, 7), (1, 2, 3)])
    def test_other_shapes_are_refused(self, shape):
        with pytest.raises(RejectedValueError, match="points: have shape"):
            Object3D(np.zeros(shape))

    def test_other_dtypes_are_refused(self):
        for data in (np.zeros((1, 3), complex), np.array([["a", "b", "c"]])):
            with pytest.raises(RejectedValueError, match="dtype"):
                Object3D(data)

    @pytest.mark.parametrize(
        ("data", "kind"),
        [([[1, 2, 3]], RejectedValueError), ({"points": []}, RejectedValueError), (5, RejectedTypeError)],
    )
    def test_what_is_no_object_is_refused(self, data, kind):
        with pytest.raises(kind, match="data_or_path"):
            Object3D(data)


class TestScenes:
    def test_parts_come_back(self):
        points = np.random.default_rng(1).normal(size=(20, 6))
        vector = {"start": [0, 0, 0], "end": [0.1, 0.2, 0.5]}
        given = {"type": "lidar/beta", "points": points, "boxes": np.array([BOX]), "vectors": np.array([vector])}
        store, again = stored(Object3D(given))
        document = json.loads(store.files[again.path])
        assert document == {"type": "lidar/beta", "vectors": [vector], "points": points.tolist(), "boxes": [BOX]}
        assert np.array_equal(again.points, points)
        assert (again.boxes, again.vectors) == ([BOX], [vector])
        facts = again.facts()
        assert (facts["form"], facts["scene_type"], facts["boxes"]) == ("scene", "lidar/beta", [BOX])

    def test_lists_arrays_and_from_point_cloud_are_one(self):
        rows = [[0, 0, 0, 1], [1, 0, 0, 14]]
        by_dict = Object3D({"type": "lidar/beta", "points": rows, "boxes": [BOX]})
        by_array = Object3D({"type": "lidar/beta", "points": np.array(rows), "boxes": np.array([BOX])})
        by_parts = Object3D.from_point_cloud(rows, [{**BOX, "corners": np.array(BOX["corners"])}])
        assert by_dict == by_array == by_parts == Object3D.from_numpy(by_dict_form(rows))
        assert by_dict.vectors == []

    def test_absent_parts_are_empty(self):
        store, again = stored(Object3D({"type": "lidar/beta"}))
        assert store.files[again.path] == b'{"type":"lidar/beta","vectors":[],"points":[],"boxes":[]}'
        assert again.to_numpy().shape == (0, 3)
        assert again.facts()["points"] == 0

    def test_what_scenes_do_not_have_is_dropped_and_said(self):
        record = Object3D({"type": "lidar/beta", "points": [[0, 0, 0]], "name": "x"}).fidelity
        assert (record.verdict, record.dropped) == ("lossy", 1)
        assert record.steps == ["drop 'name', which scenes do not have"]

    def test_other_columns_are_kept_and_said(self):
        record = Object3D({"type": "lidar/beta", "points": [[0, 0, 0, 0, 5]]}).fidelity
        assert record.notices == ["5 columns, where pages expect 3, 4 or 6"]

    @pytest.mark.parametrize(
        ("scene", "problem"),
        [
            ({"type": "lidar/v2"}, "has type 'lidar/v2'"),
            ({"type": "lidar/beta", "points": [[1, 2, 3], [1]]}, "rows of different length"),
            ({"type": "lidar/beta", "points": [1, 2, 3]}, r"have shape \[3\]"),
            ({"type": "lidar/beta", "boxes": [1]}, "no list of dicts"),
            ({"type": "lidar/beta", "vectors": {"start": 0}}, "no list of dicts"),
            ({"type": "lidar/beta", "boxes": [{"label": object()}]}, "cannot be written as JSON"),
        ],
    )
    def test_malformed_scenes(self, scene, problem):
        with pytest.raises((RejectedValueError, RejectedTypeError), match=problem):
            Object3D(scene)

    def test_boxes_from_centre_size_and_turn(self):
        half = math.sqrt(0.5)
        box = box3d(
            center=(1, 2, 3), size=(2, 4, 6), orientation=(half, 0, half, 0), color=(1, 2, 3), label="a", score=0.5
        )
        corners = np.array(box["corners"])
        assert np.allclose(corners.min(axis=0), [-2, 0, 2])  # a quarter turn about y: x and z change places
        assert np.allclose(corners.max(axis=0), [4, 4, 4])
        assert np.allclose(corners[0], [-2, 0, 4])
        assert {key: box[key] for key in ("color", "label", "score")} == {
            "color": [1, 2, 3],
            "label": "a",
            "score": 0.5,
        }
        assert set(box3d(center=(0, 0, 0), size=(1, 1, 1), orientation=(2, 0, 0, 0), color=(0, 0, 0))) == {
            "corners",
            "color",
        }
        with pytest.raises(RejectedValueError, match="orientation: is zero"):
            box3d(center=(0, 0, 0), size=(1, 1, 1), orientation=(0, 0, 0, 0), color=(0, 0, 0))
        with pytest.raises(RejectedValueError, match="center: has 2 numbers"):
            box3d(center=(0, 0), size=(1, 1, 1), orientation=(1, 0, 0, 0), color=(0, 0, 0))


def by_dict_form(rows):
    return {"type": "lidar/beta", "points": np.array(rows), "boxes": [BOX]}


class TestFiles:
    @pytest.mark.parametrize("kind", FORMATS)
    def test_a_model_is_kept_byte_for_byte(self, kind):
        path = INPUTS / MODELS[kind]
        for value in (Object3D(str(path)), Object3D(path), Object3D.from_file(path)):
            store, again = stored(value)
            assert store.files[again.path] == path.read_bytes()
            assert again.path == f"media/object3D/{again._file().sha256[:20]}/{path.name}"
            assert again.format == kind
        with path.open("rb") as file:
            assert Object3D(file, file_type=kind)._file().read() == path.read_bytes()

    @pytest.mark.parametrize(
        ("kind", "counts"), {"glb": (8, 12), "gltf": (8, 12), "obj": (8, 12), "stl": (240, 80)}.items()
    )
    def test_counts_are_those_of_the_decoder(self, kind, counts):
        value = Object3D(INPUTS / MODELS[kind])
        facts = value.facts()
        assert (facts["vertices"], facts["faces"]) == counts
        mesh = value.to_trimesh()
        assert (len(mesh.vertices), len(mesh.faces)) == counts
        assert value.to_numpy().shape == (counts[0], 3)

    def test_babylon(self):
        value = Object3D(INPUTS / "triangle.babylon")
        assert value.to_numpy().tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
        assert value.to_trimesh().faces.tolist() == [[2, 1, 0]]
        assert (value.facts()["vertices"], value.facts()["faces"]) == (3, 1)

    def test_pts_json_by_path(self):
        path = INPUTS / "airplane_small.pts.json"
        store, again = stored(Object3D(str(path)))
        assert store.files[again.path] == path.read_bytes()
        assert np.array_equal(again.points, json.loads(path.read_bytes()))

    def test_a_scene_of_several_meshes_stays_one(self):
        import trimesh

        scene = trimesh.Scene([trimesh.creation.box(), trimesh.creation.icosphere(subdivisions=1)])
        scene.apply_translation([5, 0, 0])
        data = trimesh.exchange.gltf.export_glb(scene)
        value = Object3D(io.BytesIO(data), file_type="glb")
        loaded = value.to_trimesh()
        assert isinstance(loaded, trimesh.Scene)
        assert np.allclose(value.to_numpy().mean(axis=0)[0], scene.to_mesh().vertices.mean(axis=0)[0], atol=1e-6)
        assert value.facts()["vertices"] == len(value.to_numpy())

    def test_points_for_trimesh(self, points):
        import trimesh

        cloud = Object3D(np.hstack([points, np.full((500, 3), 300.0)])).to_trimesh()
        assert isinstance(cloud, trimesh.PointCloud)
        assert np.array_equal(cloud.vertices, points)
        assert cloud.colors[0].tolist() == [255, 255, 255, 255]
        scene = Object3D.from_point_cloud([[0, 0, 0, 3]], [BOX]).to_trimesh()
        assert scene.metadata["boxes"] == [BOX]
        assert scene.metadata["category"].tolist() == [3]

    def test_text_without_faces_is_points(self):
        value = Object3D(io.StringIO("v 0 0 0\nv 1 2 3\n"), file_type="obj")
        assert value.to_numpy().tolist() == [[0, 0, 0], [1, 2, 3]]

    @pytest.mark.parametrize("name", ["points.json", "a.ply", "a.OBJ", "obj", "a.obj.gz"])
    def test_other_names_are_refused(self, name):
        with pytest.raises(RejectedValueError, match="no file of a 3D object by its name"):
            Object3D(name)

    def test_missing_files_and_types(self):
        with pytest.raises(MissingMediaError, match="nowhere.obj"):
            Object3D("nowhere.obj")
        with pytest.raises(RejectedValueError, match="file_type: is missing"):
            Object3D(io.StringIO("v 0 0 0"))
        with pytest.raises(RejectedValueError, match="file_type: is 'ply'"):
            Object3D(io.StringIO("v 0 0 0"), file_type="ply")
        with pytest.raises(RejectedValueError, match="nothing is fetched"):
            Object3D("https://x/a.obj")

    def test_plain_files_of_a_source(self):
        source = DictStore(files={"scan.PTS.JSON": b"[[1,2,3]]", "x/box.obj": (INPUTS / "box.obj").read_bytes()})
        assert value_from_file("scan.PTS.JSON", source).to_numpy().tolist() == [[1, 2, 3]]
        assert value_from_file("x/box.obj", source).facts()["faces"] == 12

    def test_what_a_model_refers_to_is_said(self, tmp_path):
        path = tmp_path / "a.obj"
        path.write_text("mtllib a.mtl\nv 0 0 0\n")
        assert Object3D(path).fidelity.notices == ["refers to a.mtl, which are not stored with it"]
        path = tmp_path / "a.gltf"
        path.write_text(
            json.dumps({"asset": {}, "buffers": [{"uri": "b.bin"}], "images": [{"uri": "data:,"}, {"uri": "a.png"}]})
        )
        assert Object3D(path).fidelity.notices == ["refers to a.png, b.bin, which are not stored with it"]


class TestReferences:
    def files(self):
        document = json.loads((INPUTS / "box.gltf").read_bytes())
        data = base64.b64decode(document["buffers"][0]["uri"].partition(",")[2])
        document["buffers"][0]["uri"] = "box.bin"
        return {"a/box.gltf": json.dumps(document).encode(), "a/box.bin": data}

    def load(self, files):
        return decode({"_type": "object3D-file", "path": "a/box.gltf"}, DictStore(files=files))

    def test_entries_of_the_same_source_are_served(self):
        files = self.files()
        assert len(self.load(files).to_trimesh().faces) == 12
        assert self.load(files).facts()["faces"] == 12

    @pytest.mark.parametrize(
        "uri", ["gone.bin", "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "https://host/box.bin", "%2e%2e/x"]
    )
    def test_nothing_else_is(self, uri):
        files = self.files()
        document = json.loads(files["a/box.gltf"])
        document["buffers"][0]["uri"] = uri
        files["a/box.gltf"] = json.dumps(document).encode()
        value = self.load(files)
        with pytest.raises(UnreadableMediaError, match="needs .*, which is not in the same source"):
            value.to_trimesh()
        opened = set(value._file().source.opened)
        assert all(not name.startswith(("/", "..")) for name in opened)

    def test_a_users_own_file_reads_no_neighbours(self, tmp_path):
        for name, data in self.files().items():
            (tmp_path / Path(name).name).write_bytes(data)
        with pytest.raises(UnreadableMediaError, match=r"needs box\.bin"):
            Object3D(tmp_path / "box.gltf").to_trimesh()


def glb(document, binary=b"", **lies):
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", lies.get("text_size", len(text)), 0x4E4F534A) + text
    if binary:
        body += struct.pack("<II", lies.get("binary_size", len(binary)), 0x004E4942) + binary
    return b"glTF" + struct.pack("<II", lies.get("version", 2), lies.get("length", 12 + len(body))) + body


def triangle(**changes):
    accessor = {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"} | changes.pop("accessor", {})
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "buffers": [{"byteLength": 36} | changes.pop("buffer", {})],
        "bufferViews": [{"buffer": 0, "byteLength": 36} | changes.pop("view", {})],
        "accessors": [accessor],
    }
    return {**document, **changes}


POSITIONS = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)


def binary_stl(count, held=None):
    return bytes(80) + struct.pack("<I", count) + bytes(50 * (count if held is None else held))


class TestLies:
    def refuse(self, kind, data, problem):
        value = model(kind, data)
        for use in (value.facts, value.to_trimesh, value.to_numpy):
            with pytest.raises(UnreadableMediaError, match=problem):
                use()

    def test_what_is_right_is_read(self):
        assert model("glb", glb(triangle(), POSITIONS)).to_numpy().tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
        assert model("stl", binary_stl(2)).facts()["faces"] == 2

    @pytest.mark.parametrize("kind", FORMATS)
    @pytest.mark.parametrize("data", [b"", b"\0" * 50, b"\xff\xfe hello", bytes(range(256)) * 4])
    def test_empty_and_noise(self, kind, data):
        self.refuse(kind, data, "m.")

    @pytest.mark.parametrize("kind", FORMATS)
    def test_every_cut_of_a_file_is_refused_or_holds_what_it_says(self, kind):
        whole = (INPUTS / MODELS[kind]).read_bytes()
        for size in range(0, len(whole) - 1, max(1, len(whole) // 40)):
            value = model(kind, whole[:size])
            try:
                info = check_model(whole[:size], kind, "m")
            except UnreadableMediaError:
                with pytest.raises(UnreadableMediaError):
                    value.to_trimesh()
                continue
            assert kind == "obj"  # a text of lines, which may end after any of them
            assert info.vertices > 0
            assert len(value.to_numpy()) >= 1

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (binary_stl(1000, held=2), "says 1,000 triangles and holds 2"),
            (binary_stl(0xFFFFFFFF, held=1), "says 4,294,967,295 triangles"),
            (binary_stl(2) + b"x", "says 2 triangles and holds 2.02"),
            (binary_stl(0), "without geometry"),
            (b"solid x\nendsolid x\n", "opens 0 facets"),
            (b"solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\n", "closes 0 and has 1 vertices"),
        ],
    )
    def test_stl(self, data, problem):
        self.refuse("stl", data, problem)

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (b"v 0 0\n", "no place of three numbers in line 1"),
            (b"v a b c\n", "no place of three numbers in line 1"),
            (b"v 0 0 0\nf 1 1\n", "a face of 2 corners in line 2"),
            (b"v 0 0 0\nf 1 1 9\n", "point to vertex 9 of 1"),
            (b"v 0 0 0\nf 1 1 -2\n", "the corner '-2' in line 2"),
            (b"v 0 0 0\nf 1 1 x/1\n", "the corner 'x/1' in line 2"),
            (b"# nothing\n", "without geometry"),
        ],
    )
    def test_obj(self, data, problem):
        self.refuse("obj", data, problem)

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (glb(triangle(), POSITIONS, version=1), "GLB of version 1"),
            (glb(triangle(), POSITIONS, length=1 << 30), "says 1,073,741,824 bytes"),
            (glb(triangle(), POSITIONS, binary_size=0xFFFFFFF0), "says 4,294,967,280 bytes in a chunk"),
            (glb(triangle(), POSITIONS[:20]), "says 36 bytes in buffer 0, and holds 20"),
            (glb(triangle(), b""), "says 36 bytes in buffer 0, and holds 0"),
            (glb(triangle(view={"byteLength": 4000}), POSITIONS), "a view 0 that is not inside"),
            (glb(triangle(view={"buffer": 3}), POSITIONS), "a view 0 that is not inside"),
            (glb(triangle(accessor={"count": 1 << 40}), POSITIONS), "elements in accessor 0, more than"),
            (glb(triangle(accessor={"type": "VEC9"}), POSITIONS), "an accessor 0 of no known kind"),
            (
                glb(triangle(meshes=[{"primitives": [{"attributes": {"POSITION": 7}}]}]), POSITIONS),
                "vertices are nowhere",
            ),
            (glb(triangle(meshes=[{"primitives": [{"attributes": 1}]}]), POSITIONS), "vertices are nowhere"),
            (glb(triangle(meshes=[]), POSITIONS), "without geometry"),
            (glb([1]), "is JSON, but not glTF"),
            (glb({"asset": {}})[:-4] + b"xxxx", "is not JSON"),
        ],
    )
    def test_glb(self, data, problem):
        self.refuse("glb", data, problem)

    def test_indices_beyond_the_vertices(self):
        document = triangle(meshes=[{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}])
        document["buffers"][0]["byteLength"] = 39
        document["bufferViews"].append({"buffer": 0, "byteOffset": 36, "byteLength": 3})
        document["accessors"].append({"bufferView": 1, "componentType": 5121, "count": 3, "type": "SCALAR"})
        with pytest.raises(UnreadableMediaError, match=r"point to no vertex|cannot be decoded"):
            model("glb", glb(document, POSITIONS + b"\x00\x01\xf0")).to_trimesh()

    @pytest.mark.parametrize(
        ("document", "problem"),
        [
            ({"meshes": {}}, "no Babylon scene"),
            ({"meshes": []}, "without geometry"),
            ({"meshes": [{"positions": [0, 0, 0], "indices": [0, 0, 5]}]}, "indices point to no vertex"),
            ({"meshes": [{"positions": [0, 0], "indices": [0, 0, 0]}]}, "is malformed"),
            ({"meshes": [{"positions": ["a", 0, 0], "indices": [0, 0, 0]}]}, "is malformed"),
            ({"meshes": [5]}, "is malformed"),
        ],
    )
    def test_babylon(self, document, problem):
        self.refuse("babylon", json.dumps(document).encode(), problem)

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (b"", "is not JSON"),
            (b"[[1,2,3", "is not JSON"),
            (b"[" * 100_000, "is not JSON"),
            (b"5", "neither points nor a scene"),
            (b"{}", "neither points nor a scene"),
            (b"[1,2,3]", "no rows of numbers"),
            (b'[["a",0,0]]', "rows that are no points"),
            (b'{"type":"lidar/beta","boxes":5}', "neither points nor a scene"),
        ],
    )
    def test_pts_json(self, data, problem):
        value = model("pts.json", data)
        for use in (value.facts, value.to_trimesh, value.to_numpy):
            with pytest.raises(UnreadableMediaError, match=problem):
                use()

    def test_ragged_rows_are_told(self):
        value = model("pts.json", b"[[1,2,3],[1,2,3,4]]")
        assert value.facts()["row_lengths"] == [3, 4]
        with pytest.raises(UnreadableMediaError, match="rows that are no points"):
            value.to_numpy()

    @pytest.mark.parametrize("dtype", ["uint8", "float16", "int64", "bool", "object", 5])
    def test_a_record_from_elsewhere_does_not_change_points(self, dtype):
        record = {"verdict": "lossless", "source": {"kind": "ndarray", "dtype": dtype, "shape": [9, 9]}}
        stored_json = {"_type": "object3D-file", "path": "a.pts.json", "fidelity": record}
        value = decode(stored_json, DictStore(files={"a.pts.json": b"[[0.1,-2.5,1e300]]"}))
        assert value.to_numpy().tolist() == [[0.1, -2.5, 1e300]]

    def test_limits(self, monkeypatch):
        monkeypatch.setenv("VITRINA_MAX_JSON_BYTES", "10")
        with pytest.raises(DecodeLimitError, match="VITRINA_MAX_JSON_BYTES"):
            model("pts.json", b"[[1,2,3],[4,5,6]]").to_numpy()
        monkeypatch.setenv("VITRINA_MAX_ARRAY_BYTES", "10")
        with pytest.raises(DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
            model("obj", b"v 0 0 0\nv 0 0 0\n").to_trimesh()

    def test_a_name_that_says_nothing(self):
        value = decode({"_type": "object3D-file", "path": "thing"}, DictStore(files={"thing": b"v 0 0 0"}))
        with pytest.raises(UnreadableMediaError, match="does not say by its name"):
            value.facts()

    def test_the_model_is_no_cloud(self):
        with pytest.raises(RejectedTypeError, match="is a model"):
            _ = Object3D(INPUTS / "box.obj").points


class TestWire:
    def test_artifact_json(self, points):
        value = Object3D(points)
        digest = value._file().sha256
        fields = value.to_json(DictStore())
        fields.pop("fidelity")
        path = f"media/object3D/{digest[:20]}.pts.json"
        assert fields == {"_type": "object3D-file", "path": path, "sha256": digest, "caption": None}

    def test_run_json_and_list(self, points):
        values = [
            Object3D(points, caption="a"),
            Object3D(INPUTS / "airplane_small.pts.json"),
            Object3D(INPUTS / "box.obj"),
        ]
        run = DictRun("clouds", 8)
        for index, value in enumerate(values):
            value.bind_to_run(run, "clouds", 8, index)
        fields = json.loads(json.dumps(Object3D.seq_to_json(values, run, "clouds", 8)))
        names = ["clouds_8_0.pts.json", "clouds_8_1.pts.json", "clouds_8_2.obj"]
        assert (fields["_type"], fields["count"], fields["filenames"]) == ("object3D", 3, names)
        assert [item["path"] for item in fields["objects"]] == [f"media/object3D/{name}" for name in names]
        assert decode(fields, run) == values
        assert all(item.artifact_source.artifact is run for item in decode(fields, run))

    @pytest.mark.parametrize("filenames", [{"filenames": ["c_8_0.pts.json", "c_8_1.obj"]}, {}])
    def test_old_lists_name_files_or_none(self, filenames):
        run = DictRun("c", 8)
        run.files = {"media/object3D/c_8_0.pts.json": b"[[1,2,3]]", "media/object3D/c_8_1.obj": b"v 0 0 0"}
        first, second = decode({"_type": "object3D", "count": 2, **filenames}, run)
        assert first.to_numpy().tolist() == [[1, 2, 3]]
        assert (second.format, second.facts()["vertices"]) == ("obj", 1)

    @pytest.mark.parametrize("fields", [{}, {"count": 2, "filenames": ["a.obj"]}, {"count": 1, "objects": []}])
    def test_malformed_lists(self, fields):
        with pytest.raises(WireFormatError, match="object3D"):
            decode({"_type": "object3D", **fields}, DictRun())


class TestComparison:
    def test_equal_is_zero_exactly(self, points):
        zero = {"added": 0, "removed": 0, "moved": 0, "changed": 0, "max_distance": 0.0, "reordered": 0, "fields": []}
        assert Object3D(points).difference(Object3D(points.copy())) == zero
        assert Object3D(np.full((2, 3), np.nan)).difference(Object3D(np.full((2, 3), np.nan))) == zero

    def test_measures_equal_an_independent_computation(self, points):
        moved = points + np.random.default_rng(4).normal(0, 0.01, points.shape)
        found = Object3D(points).difference(Object3D(moved))
        assert found["max_distance"] == pytest.approx(np.sqrt(((points - moved) ** 2).sum(axis=1)).max(), rel=1e-12)
        assert (found["added"], found["removed"], found["moved"]) == (0, 0, 500)

    def test_added_removed_and_reordered(self, points):
        more = np.vstack([[[9, 9, 9]], points])
        found = Object3D(points).difference(Object3D(more))
        assert (found["added"], found["removed"], found["max_distance"], found["reordered"]) == (1, 0, 0, 0)
        assert Object3D(points).difference(Object3D(points[1:]))["removed"] == 1
        turned = Object3D(points).difference(Object3D(points[::-1].copy()))
        assert (turned["added"], turned["removed"], turned["reordered"]) == (0, 0, 500)
        assert Object3D(points) != Object3D(points[::-1].copy())

    def test_widths_boxes_and_captions(self, points):
        found = Object3D(points).difference(Object3D(np.hstack([points, points]), caption="x"))
        assert (found["added"], found["removed"], found["fields"]) == (500, 500, ["caption"])
        scene = Object3D.from_point_cloud([[0, 0, 0]], [BOX, BOX])
        other = Object3D.from_point_cloud([[0, 0, 0]], [BOX, {**BOX, "label": "y"}])
        assert scene.difference(other)["boxes"] == {"matched": 1, "added": 1, "removed": 1}
        assert scene != other
        assert Object3D([[0, 0, 0]] @ np.eye(3)).difference(scene)["fields"] == ["scene_type"]

    def test_layout_of_the_text_does_not_count(self):
        one, two = model("pts.json", b"[[1,2,3]]"), model("pts.json", b"[ [1.0, 2, 3] ]\n")
        assert one == two
        assert one.difference(two)["added"] == 0

    def test_models(self):
        obj, glb_ = Object3D(INPUTS / "box.obj"), Object3D(INPUTS / "box.glb")
        same = obj.difference(Object3D(INPUTS / "box.obj"))
        assert same.pop("fields") == []
        assert set(same.values()) == {0}
        found = obj.difference(glb_)
        assert (found["added"], found["removed"], found["fields"]) == (0, 0, ["bytes", "format"])
        moved = Object3D(io.BytesIO((INPUTS / "box.obj").read_bytes().replace(b"v -0.5", b"v -0.75")), file_type="obj")
        found = obj.difference(moved)
        assert (found["moved"], found["added"], found["removed"], found["max_distance"]) == (4, 0, 0, 0.25)
        assert (found["faces_added"], found["faces_removed"], found["fields"]) == (0, 0, [])
        assert obj != moved


def test_repr(points):
    assert repr(Object3D(points, caption="a")) == "Object3D(pts.json, 500 points of 3, 'a')"
    assert repr(Object3D(INPUTS / "box.glb")) == "Object3D(glb)"

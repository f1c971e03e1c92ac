"""The pure half of the 3D page: what the browser gets equals what NumPy and trimesh hold; what is left out is said."""

import io
import itertools
import json
import struct

import numpy as np
import pytest
import trimesh
from PIL import Image

from app.renderers import Context, View, for_tag, prepared
from app.renderers import scene_arrays as arrays_module
from app.renderers.object3d_file import preview
from app.renderers.scene_arrays import read_scene, shuffled
from app.renderers.scene_boxes import read_boxes, read_vectors
from app.renderers.scene_buffer import pack, unpack
from app.renderers.scene_picture import render
from datatypes import Object3D
from datatypes.boxes3d import box3d
from storage import open_source

RANDOM = np.random.default_rng(7)


class Addresses:
    """Stands for `app.media`: remembers what was registered."""

    def __init__(self):
        self.made = {}

    def for_entry(self, artifact, name):
        return f"/api/m/{name}"

    def for_bytes(self, data, mime, ident):
        address = f"/api/d/{len(self.made)}"
        self.made[address] = (data, mime, ident)
        return address

    def bytes_of(self, address):
        data = self.made[address][0]
        return data() if callable(data) else data


def column(data, at, dtype, count):
    return np.frombuffer(data, np.dtype(dtype), count, at)


def sent(value):
    """Return header and a function that gives an array, as the browser reads them."""
    header, data = unpack(pack(read_scene(value)))
    return header, lambda at, dtype, count: column(data, at, dtype, count)


def places(header, array, part):
    """Return the places of a part in the coordinates of the file."""
    count = part["n"] if "n" in part else part["vertices"]
    flat = array(part["xyz"], "<f4", count * 3).reshape(-1, 3).astype(np.float64)
    return flat * header["scale"] + header["center"]


def write(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return Object3D(path)


# -- clouds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [3, 4, 6])
@pytest.mark.parametrize("shift", [0.0, 4e6])
def test_points_and_their_rows(width, shift):
    rows = RANDOM.uniform(-50, 50, (500, width))
    rows[:, :3] += shift
    rows[:, 3:] = RANDOM.integers(1, 15, (500, width - 3)) if width == 4 else RANDOM.integers(0, 256, (500, width - 3))
    header, array = sent(Object3D(rows))
    points = header["points"]
    order = array(points["rows"], "<u4", 500)
    assert sorted(order.tolist()) == list(range(500))
    # float32 about the middle: half a unit in the last place of 50, wherever the cloud stands
    assert np.abs(places(header, array, points) - rows[order, :3]).max() <= 50 * 2**-24 * 1.01 + shift * 2**-52
    if width == 6:
        assert np.array_equal(array(points["rgba"], "u1", 2000).reshape(-1, 4)[:, :3], rows[order, 3:])
    else:
        assert points["rgba"] is None
    if width == 4:
        assert np.array_equal(array(points["columns"][0]["at"], "<f4", 500), rows[order, 3])
        names, counts = np.unique(rows[:, 3], return_counts=True)
        told = [(item["value"], item["count"]) for item in points["columns"][0]["categories"]]
        assert told == list(zip(names.tolist(), counts.tolist(), strict=True))


def test_the_first_points_are_a_fair_sample_and_always_the_same():
    order = shuffled(10_000)
    assert np.array_equal(order, shuffled(10_000))
    assert np.array_equal(np.sort(order), np.arange(10_000))
    # The mean of 1,000 of them lies within five standard errors of that of all.
    assert abs(order[:1000].mean() - 4999.5) < 5 * 10_000 / np.sqrt(12 * 1000)
    assert len(np.unique(order[:1000] // 1000)) == 10


def test_what_is_not_finite_is_left_out_and_said():
    rows = np.array([[0, 0, 0], [np.nan, 1, 1], [1, np.inf, 0], [1, 1, 2]])
    scene = read_scene(Object3D(rows))
    assert sorted(scene.points.rows.tolist()) == [0, 3]
    assert scene.notices == ["2 of 4 points not drawn, because a coordinate is NaN or infinite"]


def test_more_points_than_a_page_draws(monkeypatch):
    monkeypatch.setattr(arrays_module, "MAX_POINTS", 100)
    scene = read_scene(Object3D(RANDOM.random((250, 3))))
    assert (len(scene.points.xyz), scene.points.stored) == (100, 250)
    assert scene.notices == ["100 of 250 points, a fair sample, because a page draws at most 100"]


@pytest.mark.parametrize(
    ("colours", "drawn", "notices"),
    [
        ([[0.5, 0, 1]], [128, 0, 255], ["colours lie between 0 and 1, so they are drawn times 255"]),
        ([[300, -5, 17]], [255, 0, 17], ["2 of 3 colour values are cut, because they lie outside 0 to 255"]),
        ([[0, 1, 0]], [0, 1, 0], []),
    ],
)
def test_colours_that_are_no_bytes(colours, drawn, notices):
    scene = read_scene(Object3D(np.hstack([np.zeros((1, 3)), colours])))
    assert scene.points.rgba[0].tolist() == [*drawn, 255]
    assert scene.notices == notices


@pytest.mark.parametrize(
    "rows", [np.zeros((0, 3)), np.array([[4e6, 5e5, 100.0]]), np.ones((9, 3)), [[1e308, 0, 0], [-1e308, 1, 1]]]
)
def test_odd_extents(rows):
    rows = np.asarray(rows)
    header, array = sent(Object3D(rows))
    if not len(rows):
        assert (header["bounds"], header["points"]) == (None, None)
        return
    order = array(header["points"]["rows"], "<u4", len(rows))
    assert np.allclose(places(header, array, header["points"]), rows[order], rtol=1e-7, atol=header["scale"] * 1e-7)
    assert np.isfinite(header["radius"])


# -- boxes and vectors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order",
    [(0, 1, 2, 3, 4, 5, 6, 7), (0, 1, 3, 2, 4, 5, 7, 6), (4, 5, 7, 6, 0, 1, 3, 2), (0, 2, 1, 4, 6, 3, 5, 7)],
)
def test_edges_of_boxes_in_each_order_in_use(order):
    turn = [0.9, 0.1, 0.3, 0.2]
    box = box3d(center=(1, 2, 3), size=(4, 2, 1), orientation=turn, color=(255, 0, 9), label="car", score=0.5)
    given = [{**box, "corners": [box["corners"][i] for i in order]}]
    (found,), lost = read_boxes(given)
    assert (lost, found.colour, found.label, found.score) == (0, "#ff0009", "car", 0.5)
    edges = [
        np.linalg.norm(found.corners[i] - found.corners[i | bit]) for i in range(8) for bit in (1, 2, 4) if not i & bit
    ]
    assert sorted(np.round(edges, 9)) == [1] * 4 + [2] * 4 + [4] * 4


@pytest.mark.parametrize(
    "box", [{}, {"corners": None}, {"corners": [[0, 0, 0]] * 7}, {"corners": [[0, 0, np.nan]] * 8}, {"corners": "x"}, 3]
)
def test_boxes_that_cannot_be_drawn_are_counted(box):
    assert read_boxes([box]) == ([], 1)


def test_what_a_box_may_say_besides():
    corners = np.array(list(itertools.product((0, 1), repeat=3))).tolist()
    boxes, _ = read_boxes(
        [
            {"corners": corners, "color": [1e9, -3, 2.6], "score": "high", "label": 7},
            {"corners": corners, "score": True},
        ]
    )
    assert [(box.colour, box.label, box.score) for box in boxes] == [("#ff0003", "7", None), ("#e69f00", "", None)]


def test_vectors():
    vectors, lost = read_vectors(
        [{"start": [0, 0, 0], "end": [1, 2, 3], "color": [0, 255, 0]}, {"start": [0, 0], "end": [1, 1]}, None]
    )
    assert lost == 2
    assert (vectors[0].end.tolist(), vectors[0].colour) == ([1, 2, 3], "#00ff00")


def test_a_scene_says_what_it_leaves_out():
    corners = np.array(list(itertools.product((0, 2), repeat=3))).tolist()
    scene = {
        "type": "lidar/beta",
        "points": [[0, 0, 0]],
        "boxes": [{"corners": corners}, {"corners": []}],
        "vectors": [{}],
    }
    found = read_scene(Object3D(scene))
    assert found.notices == [
        "1 of 2 boxes are not drawn, because their corners are not 8 finite places",
        "1 of 1 vectors are not drawn, because their ends are no finite places",
    ]
    assert found.bounds().tolist() == [[0, 0, 0], [2, 2, 2]]


# -- models ------------------------------------------------------------------------------------------------------------


def coloured_ball():
    ball = trimesh.creation.icosphere(2)
    ball.visual.vertex_colors = RANDOM.integers(0, 256, (len(ball.vertices), 4)).astype(np.uint8)
    return ball


@pytest.mark.parametrize("kind", ["glb", "obj", "stl"])
def test_models_as_trimesh_reads_them(tmp_path, kind):
    ball = coloured_ball()
    data = ball.export(file_type=kind)
    data = data.encode() if isinstance(data, str) else data
    header, array = sent(write(tmp_path, f"ball.{kind}", data))
    theirs = trimesh.load(io.BytesIO(data), file_type=kind, process=False, force="mesh")
    mesh = header["mesh"]
    assert np.abs(places(header, array, mesh) - theirs.vertices).max() < 1e-7
    assert np.array_equal(array(mesh["index"], "<u4", mesh["faces"] * 3).reshape(-1, 3), theirs.faces)
    if kind != "stl":
        rgba = array(mesh["rgba"], "u1", mesh["vertices"] * 4).reshape(-1, 4)
        assert np.array_equal(rgba, theirs.visual.vertex_colors)
    packed = array(mesh["normals"], "<u4", mesh["vertices"]).astype(np.int64)
    normals = np.stack([((packed >> shift & 1023) ^ 512) - 512 for shift in (0, 10, 20)], axis=1) / 511
    # Computed where none are stored, also over the doubled corners of STL: of a ball they point away from its middle.
    assert np.abs(normals - theirs.vertices).max() < 0.03


def test_a_scene_of_several_meshes_in_the_places_of_their_nodes(tmp_path):
    scene = trimesh.Scene()
    turn = trimesh.transformations.rotation_matrix(0.7, [1, 2, 3], [4, 5, 6])
    scene.add_geometry(trimesh.creation.box((1, 2, 3)), transform=turn, geom_name="a")
    scene.add_geometry(trimesh.creation.icosphere(1), geom_name="b")
    header, array = sent(write(tmp_path, "two.glb", scene.export(file_type="glb")))
    theirs = scene.to_mesh()
    mesh = header["mesh"]
    triangles = places(header, array, mesh)[array(mesh["index"], "<u4", mesh["faces"] * 3)].reshape(-1, 9)
    expected = theirs.triangles.reshape(-1, 9)
    assert np.allclose(*(found[np.lexsort(found.round(4).T)] for found in (triangles, expected)), atol=1e-6)
    assert sorted(group["count"] for group in mesh["groups"]) == [36, 240]


def test_face_colours_end_at_edges(tmp_path):
    box = trimesh.creation.box()
    box.visual.face_colors = RANDOM.integers(0, 256, (12, 4)).astype(np.uint8)
    value = write(tmp_path, "box.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    from datatypes.mesh_parts import read_parts

    (part,) = read_parts(box, "box").parts
    assert np.array_equal(part.colours[::3], box.visual.face_colors)
    assert np.array_equal(part.vertices[part.faces], box.triangles)
    assert read_scene(value).faces == 1


def textured(image, **material):
    quad = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]], process=False)
    looks = trimesh.visual.material.PBRMaterial(baseColorTexture=image, **material)
    quad.visual = trimesh.visual.TextureVisuals(uv=[[0, 0], [1, 0], [1, 1], [0, 1]], material=looks)
    return quad.export(file_type="glb")


def test_textures(tmp_path):
    pixels = RANDOM.integers(0, 256, (8, 16, 3)).astype(np.uint8)
    image = Image.fromarray(pixels)
    data = textured(image, baseColorFactor=[10, 20, 30, 255], normalTexture=image, name="bricks")
    value = write(tmp_path, "quad.glb", data)
    header, array = sent(value)
    (texture,) = header["textures"]
    assert np.array_equal(array(texture["at"], "u1", 8 * 16 * 4).reshape(8, 16, 4)[:, :, :3], pixels)
    mesh = header["mesh"]
    assert array(mesh["uv"], "<f4", 8).reshape(-1, 2).tolist() == [[0, 1], [1, 1], [1, 0], [0, 0]]
    assert array(mesh["rgba"], "u1", 4).tolist() == [10, 20, 30, 255]
    scene = read_scene(value)
    assert scene.notices == ["normal maps are not drawn"]
    assert dict(scene.facts) | {"Materials": "bricks", "Textures": "16×8", "Colours": "stored"} == dict(scene.facts)


def test_large_textures_are_made_smaller_and_it_is_said(tmp_path, monkeypatch):
    from datatypes import mesh_parts

    monkeypatch.setattr(mesh_parts, "MAX_TEXTURE_SIDE", 32)
    scene = read_scene(write(tmp_path, "quad.glb", textured(Image.new("RGB", (64, 16), (9, 99, 200)))))
    assert scene.textures[0].shape == (8, 32, 4)
    assert scene.notices == ["a texture of 64×16 px is drawn at 32 px, because it is large"]


@pytest.mark.parametrize("pixels", [100, 10**7])
def test_textures_beyond_the_limit_are_not_decoded(tmp_path, monkeypatch, pixels):
    monkeypatch.setenv("VITRINA_MAX_PIXELS", str(pixels))
    scene = read_scene(write(tmp_path, "quad.glb", textured(Image.new("RGB", (64, 16), (9, 99, 200)))))
    assert len(scene.textures) == (pixels > 100)
    problem = f"64×16 pixels are more than the limit of {pixels}"
    assert scene.notices == ([] if pixels > 100 else [f"a texture is not drawn, because {problem}"])


def test_points_of_models(tmp_path):
    rows = RANDOM.random((20, 3))
    text = "".join(f"v {x:.9f} {y:.9f} {z:.9f} 1 0.5 0\n" for x, y, z in rows)
    scene = read_scene(write(tmp_path, "points.obj", text.encode()))
    assert np.abs(scene.points.xyz - rows[scene.points.rows]).max() < 1e-8
    assert (scene.faces, scene.vertices, dict(scene.facts)["Kind"]) == (0, 20, "model without faces")
    assert scene.points.rgba[0].tolist() == [255, 128, 0, 255]


# -- hostile -----------------------------------------------------------------------------------------------------------


def gltf(nodes, roots, **more):
    """A triangle, and nodes that show it."""
    triangle = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "<f4").tobytes()
    import base64

    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": 36, "uri": "data:;base64," + base64.b64encode(triangle).decode()}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": nodes,
        "scenes": [{"nodes": roots}],
        "scene": 0,
        **more,
    }
    return json.dumps(document).encode()


def test_nodes_that_contain_each_other_end(tmp_path):
    value = write(tmp_path, "loop.gltf", gltf([{"mesh": 0, "children": [1]}, {"children": [0, 1]}], [0]))
    assert read_scene(value).faces == 1


def test_a_mesh_in_a_million_places_is_refused(tmp_path, monkeypatch):
    """Each place is one number in the file, and a whole mesh in memory."""
    from datatypes.errors import DecodeLimitError

    monkeypatch.setenv("VITRINA_MAX_ARRAY_BYTES", "20000")
    value = write(tmp_path, "many.gltf", gltf([{"mesh": 0}] * 500, list(range(500))))
    with pytest.raises(DecodeLimitError, match=r"bytes once decoded are more than the limit of 20,000"):
        read_scene(value)
    with pytest.raises(DecodeLimitError):
        value.to_numpy()


def test_what_is_no_triangle_is_said(tmp_path):
    meshes = [{"primitives": [{"attributes": {"POSITION": 0}, "mode": mode} for mode in (1, 4, 6)]}]
    scene = read_scene(write(tmp_path, "lines.gltf", gltf([{"mesh": 0}], [0], meshes=meshes)))
    assert (scene.faces, scene.points) == (1, None)
    assert scene.notices == ["lines are not drawn", "fans of triangles are not drawn"]
    value = write(
        tmp_path, "lines.gltf", gltf([{"mesh": 0}], [0], meshes=[{"primitives": meshes[0]["primitives"][:1]}])
    )
    assert (read_scene(value).bounds(), read_scene(value).notices) == (None, ["lines are not drawn"])


def test_compressed_places_are_refused_not_drawn_as_zero(tmp_path):
    from datatypes.errors import UnreadableMediaError

    value = write(tmp_path, "d.gltf", gltf([{"mesh": 0}], [0], extensionsRequired=["KHR_draco_mesh_compression"]))
    with pytest.raises(
        UnreadableMediaError, match=r"is compressed by KHR_draco_mesh_compression, which is not decoded"
    ):
        read_scene(value)


@pytest.mark.parametrize("uri", ["http://192.0.2.1/a.png", "file:///etc/passwd", "../../secret.png", "//192.0.2.1/a"])
def test_outside_pictures_are_not_fetched_and_it_is_said(tmp_path, uri):
    more = {
        "images": [{"uri": uri}],
        "textures": [{"source": 0}],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
    }
    scene = read_scene(write(tmp_path, "outside.gltf", gltf([{"mesh": 0}], [0], **more)))
    assert scene.textures == []
    assert scene.notices == [f"{uri} is not in the same source, so it is not drawn"]


def test_pictures_of_types_that_run_programs_are_not_decoded(tmp_path):
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"
    data = textured(Image.new("RGB", (4, 4)))
    length = struct.unpack_from("<I", data, 12)[0]
    document, binary = json.loads(data[20 : 20 + length]), data[28 + length :]
    view = document["bufferViews"][document["images"][0]["bufferView"]]
    start = view.get("byteOffset", 0)
    binary = binary[:start] + eps.ljust(view["byteLength"], b" ") + binary[start + view["byteLength"] :]
    view["byteLength"] = max(view["byteLength"], len(eps))
    gloss = {
        "KHR_materials_pbrSpecularGlossiness": {
            "diffuseTexture": {"index": 0},
            "specularGlossinessTexture": {"index": 0},
        }
    }
    for extensions in ({}, gloss):
        document["materials"][0]["extensions"] = extensions
        text = json.dumps(document).encode()
        text += b" " * (-len(text) % 4)
        body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
        document["buffers"][0]["byteLength"] = len(binary)
        scene = read_scene(write(tmp_path, "eps.glb", struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body))
        assert scene.textures == []
        assert scene.notices == ["a texture is not drawn, because it is a picture of type EPS"]


def test_faces_with_places_that_are_not_finite(tmp_path):
    scene = read_scene(write(tmp_path, "nan.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv nan 1 0\nf 1 2 3\nf 2 3 4\n"))
    assert (scene.faces, len(scene.parts[0].faces)) == (2, 1)
    assert scene.notices == ["1 of 2 faces are not drawn, because a corner is NaN, infinite or no vertex of theirs"]
    assert np.isfinite(scene.bounds()).all()


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def look(tmp_path):
    """Return a function that prepares the view of a file in a folder."""
    addresses = Addresses()

    def prepare(name, data):
        folder = tmp_path / "folder"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        artifact = open_source(folder)
        context = Context(artifact=artifact, name=name, url_for=addresses.for_entry, url_for_bytes=addresses.for_bytes)
        return prepared(for_tag("object3D-file"), artifact.get(name), context), addresses

    return prepare


def test_the_view(look):
    ball = coloured_ball()
    view, addresses = look("ball.glb", ball.export(file_type="glb"))
    assert isinstance(view, View)
    assert view.headline == "320 faces"
    facts = dict(view.facts)
    assert facts == facts | {
        "Vertices": "162",
        "Faces": "320",
        "Normals": "none stored",
        "Colours": "stored",
        "Extents": "2 × 2 × 2",
    }
    assert facts["z range"] == "-1 … 1"
    header, _ = unpack(addresses.bytes_of(view.body["url"]))
    assert (header["mesh"]["faces"], header["up"]) == (320, "y")
    assert not view.body["empty"]
    with Image.open(io.BytesIO(addresses.bytes_of(view.body["picture"]))) as picture:
        assert (picture.format, picture.size) == ("WEBP", (320, 240))


def test_a_broken_file_is_one_card(look):
    card, _ = look("cut.stl", b"\0" * 80 + struct.pack("<I", 9) + b"\0" * 70)
    assert (card.subject, card.problem) == ("cut.stl", "says 9 triangles and holds 1.4")


def test_the_way_to_the_whole(look):
    view, _ = look("a.pts.json", b"[[0,0,0],[NaN,0,0],[1,1,1]]")
    (notice,) = view.notices
    assert (notice.action, notice.href) == ("open the file", "/api/m/a.pts.json")


# -- previews ----------------------------------------------------------------------------------------------------------


def test_a_triangle_fills_its_own_pixels():
    """Seen from above at the angle of the page: the share of the picture is that of the projected area."""
    size = 400
    triangle = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [0, 0, 1]], [[0, 1, 2]], process=False)
    value = Object3D(io.BytesIO(triangle.export(file_type="stl")), file_type="stl")
    picture = render(read_scene(value), size, size)
    yaw, pitch = np.radians(35), np.radians(24)
    right = np.array([np.cos(yaw), np.sin(yaw), 0])
    above = np.array([-np.sin(pitch) * np.sin(yaw), np.sin(pitch) * np.cos(yaw), np.cos(pitch)])
    corners = triangle.vertices @ np.stack([right, above], axis=1)
    box = np.array(list(itertools.product((0, 1), (0,), (0, 1)))) @ np.stack([right, above], axis=1)
    zoom = (0.94 * size / np.ptp(box, axis=0)).min()
    (ax, ay), (bx, by) = corners[1] - corners[0], corners[2] - corners[0]
    assert picture[:, :, 3].sum() / 255 == pytest.approx(abs(ax * by - ay * bx) / 2 * zoom**2, rel=0.01)


def test_what_is_near_hides_what_is_behind():
    grid = np.array([[x, 0.0, z] for x in np.linspace(-1, 1, 60) for z in np.linspace(-1, 1, 60)])
    behind, near = grid + np.array([0.0, 0.5, 0.0]), grid - np.array([0.0, 0.5, 0.0])  # the eye is at -y
    colours = np.repeat([[200, 0, 0], [0, 200, 0]], 3600, axis=0)
    picture = render(read_scene(Object3D(np.hstack([np.concatenate([behind, near]), colours]))))
    swapped = render(read_scene(Object3D(np.hstack([np.concatenate([near, behind]), colours[::-1]]))))
    assert np.array_equal(picture, swapped)
    near_only = (picture[:, :, :3] == (0, 200, 0)).all(axis=2)
    behind_only = (picture[:, :, :3] == (200, 0, 0)).all(axis=2)
    # As large as each other, but the one behind is partly covered.
    assert near_only.sum() > 1.3 * behind_only.sum() > 1000


@pytest.mark.parametrize("rows", [np.zeros((0, 3)), np.ones((1, 3)), RANDOM.random((3000, 6)) * 255])
def test_previews_are_small_and_transparent(rows):
    with Image.open(io.BytesIO(preview(Object3D(rows)))) as picture:
        alpha = np.asarray(picture.convert("RGBA"))[:, :, 3]
        assert max(picture.size) == 320
    assert (alpha[0, 0], bool(alpha.any())) == (0, bool(len(rows)))


def test_large_meshes_come_with_a_coarse_form(tmp_path):
    ball = trimesh.creation.icosphere(6)
    header, array = sent(write(tmp_path, "ball.glb", ball.export(file_type="glb")))
    mesh = header["mesh"]
    coarse = mesh["coarse"]
    faces = array(coarse["index"], "<u4", coarse["faces"] * 3).reshape(-1, 3)
    assert (mesh["faces"], coarse["groups"][0]["count"]) == (81_920, coarse["faces"] * 3)
    assert 2_000 < len(faces) < 20_000
    form = trimesh.Trimesh(ball.vertices, faces, process=False)
    # Closed, turned outwards, and of nearly the same volume.
    assert form.is_watertight
    assert form.volume == pytest.approx(ball.volume, rel=0.01)

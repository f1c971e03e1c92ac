"""The scene in space, against NumPy: points where the camera puts them, boxes, colours, faces, address, damage."""

import base64
import io
import itertools
import json
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import trimesh
from PIL import Image

from app.palette import colour_of

CANVAS = "canvas.space"
READY = ".stage[data-ready][data-still]"
STATUS = ".status"

#: Viridis as matplotlib has it, at each tenth.
VIRIDIS = (
    (68, 1, 84), (72, 36, 117), (65, 68, 135), (53, 95, 141), (42, 120, 142), (33, 145, 140), (34, 168, 132),
    (68, 191, 112), (122, 209, 81), (189, 223, 38), (253, 231, 37),
)  # fmt: skip

RANDOM = np.random.default_rng(11)
CENTER = np.array([4_000_000.0, 500_000.0, 100.0])  # as maps have it
ROWS = np.hstack([RANDOM.uniform(-10, 10, (120, 3)) + CENTER, RANDOM.integers(30, 256, (120, 3))])


def box(low, high, colour, **more):
    corners = CENTER + np.array(list(itertools.product(*zip(low, high, strict=True))))
    return {"corners": corners.tolist(), "color": colour, **more}


BOXES = [
    box((-9, -9, -9), (-3, -5, -6), [255, 0, 0], label="car", score=0.9),
    box((2, 2, 0), (8, 5, 3), [255, 0, 0], label="car", score=0.4),
    box((-2, 5, 4), (0, 7, 9), [0, 90, 255], label="person", score=0.7),
]


def ball():
    found = trimesh.creation.icosphere(3)
    found.visual.vertex_colors = np.c_[np.rint(127 + 127 * found.vertices), np.full(len(found.vertices), 255)]
    return found


def hostile_gltf():
    triangle = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "<f4").tobytes()
    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": 36, "uri": "data:;base64," + base64.b64encode(triangle).decode()}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "images": [{"uri": "http://192.0.2.1/spy.png"}, {"uri": "../../../../etc/passwd"}],
        "textures": [{"source": 0}, {"source": 1}],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}, "emissiveTexture": {"index": 1}}],
        "meshes": [
            {"name": "<img src=x onerror=alert(1)>", "primitives": [{"attributes": {"POSITION": 0}, "material": 0}]}
        ],
        "nodes": [{"mesh": 0, "children": [0]}],
        "scenes": [{"nodes": [0]}],
    }
    return json.dumps(document)


@pytest.fixture(scope="session")
def scene_viewer(start_viewer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes") / "scenes"
    folder.mkdir()
    scene = {"type": "lidar/beta", "points": ROWS.tolist(), "boxes": BOXES, "vectors": []}
    (folder / "scene.pts.json").write_text(json.dumps(scene))
    large = np.c_[RANDOM.normal(size=(60_000, 3)), RANDOM.integers(1, 4, 60_000)]
    (folder / "large.pts.json").write_text(json.dumps(large.round(4).tolist()))
    (folder / "empty.pts.json").write_text("[]")
    (folder / "ball.glb").write_bytes(ball().export(file_type="glb"))
    (folder / "hostile.gltf").write_text(hostile_gltf())
    (folder / "cut.glb").write_bytes(ball().export(file_type="glb")[:900])
    return start_viewer(folder)


@pytest.fixture
def show(new_page, scene_viewer):
    """Return a function that opens an object of the folder and gives its page."""

    def open_object(name, state="", ready=READY, **options):
        page = new_page(scene_viewer, **options)
        page.show(f"/entry?ref=scenes&path={name}{state}", ready)
        return page

    return open_object


def still(page):
    """Wait until all is drawn after a change."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")
    page.locator(READY).wait_for()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => done(1)))")
    return page


def canvas_pixels(page):
    """Return what WebGL drew: (height, width, 4) uint8."""
    data = page.locator(CANVAS).evaluate("canvas => canvas.toDataURL('image/png')")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))).convert("RGBA"))


def project(page, places, center, scale):
    """Return where the camera puts places of the file: (n, 2) pixels, x right and y down."""
    marks = page.locator(CANVAS).evaluate("canvas => [canvas.dataset.matrix, canvas.width, canvas.height]")
    matrix = np.array([float(number) for number in marks[0].split()]).reshape(4, 4).T
    clip = np.c_[(places - center) / scale, np.ones(len(places))] @ matrix.T
    return (clip[:, :2] / clip[:, 3:] * [1, -1] + 1) / 2 * marks[1:]


def scene_pixels(page, places):
    bounds = np.concatenate([ROWS[:, :3], *[np.array(item["corners"]) for item in BOXES]])
    low, high = bounds.min(axis=0), bounds.max(axis=0)
    scale = 2.0 ** np.ceil(np.log2((high - low).max() / 2))
    return project(page, places, (low + high) / 2, scale)


def distance_to_edges(shape, corners):
    """Return for each pixel how far it is from the edges of a box whose corners are pixels."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    found = np.full(shape[:2], np.inf)
    for first, second in ((i, i | bit) for i in range(8) for bit in (1, 2, 4) if not i & bit):
        start, along = corners[first], corners[second] - corners[first]
        share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / (along @ along), 0, 1)
        found = np.minimum(found, np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1]))
    return found


def address(page):
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def wait_for_address(page, key, value):
    page.wait_for_function(
        "([key, value]) => new URLSearchParams(location.search).get(key) === value", arg=[key, value], timeout=5000
    )


def test_points_and_boxes_where_the_camera_puts_them(show):
    page = show("scene.pts.json", "&grid=0")
    assert page.locator(STATUS).text_content() == "120 points · 3 boxes"
    picture = canvas_pixels(page)
    middles = scene_pixels(page, ROWS[:, :3])
    corners = [scene_pixels(page, np.array(item["corners"])) for item in BOXES]
    free = np.min([distance_to_edges(picture.shape, item) for item in corners], axis=0)
    checked = 0
    for index, (x, y) in enumerate(middles):
        others = np.delete(middles, index, axis=0)
        if np.hypot(*(others - (x, y)).T).min() < 10 or free[int(y), int(x)] < 10:
            continue  # another point or an edge may lie over it
        assert picture[int(y), int(x)].tolist() == [*ROWS[index, 3:], 255]
        checked += 1
    assert checked > 40

    page.locator('[data-label="person"]').click()
    without = canvas_pixels(still(page))
    assert page.locator(STATUS).text_content() == "120 points · 2 of 3 boxes, because of the filter"
    changed = (picture != without).any(axis=2)
    near = distance_to_edges(picture.shape, corners[2])
    assert changed.sum() > 100
    assert near[changed].max() < 2.5
    # And its own colour is gone from where nothing else is.
    assert not ((without[:, :, :3] == (0, 90, 255)).all(axis=2) & (near < 1)).any()
    wait_for_address(page, "off", "person")

    page.get_by_label("Score").fill("0.8")
    still(page)
    assert page.locator(STATUS).text_content() == "120 points · 1 of 3 boxes, because of the filter"
    wait_for_address(page, "score", "0.8")
    page.keyboard.press("Tab")
    page.keyboard.press("o")
    page.keyboard.press("3")
    wait_for_address(page, "lens", "orthographic")
    page.wait_for_function("() => (new URLSearchParams(location.search).get('camera') ?? '').startsWith('0,90,')")
    before = canvas_pixels(still(page))
    page.reload()
    page.locator(READY).wait_for()
    page.idle()
    assert np.array_equal(canvas_pixels(still(page)), before)
    assert address(page) == address(page) | {"off": "person", "score": "0.8", "lens": "orthographic", "grid": "0"}


def test_under_the_pointer_and_between_two_places(show):
    page = show("scene.pts.json", "&off=car,person")
    middles = scene_pixels(page, ROWS[:, :3])
    others = np.hypot(*(middles[:, None] - middles[None]).transpose(2, 0, 1)) + np.diag(np.full(len(middles), 1e9))
    first, second = np.argsort(-others.min(axis=1))[:2]
    stage = page.locator(CANVAS).bounding_box()

    def point(index):
        page.mouse.move(stage["x"] + middles[index, 0], stage["y"] + middles[index, 1])
        page.wait_for_function(
            "row => document.querySelector('[data-testid=stApp]') && window.found?.dataset.pointed === row",
            arg=str(index),
        )

    page.locator(CANVAS).evaluate("canvas => { window.found = canvas; }")
    point(first)
    told = page.locator(".readout").inner_text()
    x, y, z = (float(re.search(rf"{axis}\s*([\d,.-]+)", told)[1].replace(",", "")) for axis in "xyz")
    assert np.allclose((x, y, z), ROWS[first, :3], atol=1e-3)
    assert " ".join(f"{value:.0f}" for value in ROWS[first, 3:]) in told
    page.keyboard.press("m")
    for index in (first, second):
        point(index)
        page.mouse.click(stage["x"] + middles[index, 0], stage["y"] + middles[index, 1])
    page.wait_for_function("() => true")
    still(page)
    distance = float(re.search(r"distance ([\d,.]+)", page.locator(STATUS).text_content())[1].replace(",", ""))
    assert distance == pytest.approx(np.linalg.norm(ROWS[first, :3] - ROWS[second, :3]), abs=1e-3)
    with page.expect_download() as saved:
        page.get_by_label("Save this view as PNG").click()
    with Image.open(saved.value.path()) as picture:
        assert picture.size == (round(stage["width"]), round(stage["height"]))
        assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 100


def test_a_mesh_its_colours_and_its_edges(show):
    page = show("ball.glb", "&grid=0&shade=unlit&lens=orthographic&camera=0,0,3,0,0,0&point=99&wrong=1")
    shape = ball()
    assert page.locator(STATUS).text_content() == f"{len(shape.faces):,} faces, {len(shape.vertices):,} vertices"
    assert page.locator(".ignored").text_content() == "Ignored in the address: point=99"
    picture = canvas_pixels(page)
    places = project(page, shape.vertices, np.zeros(3), 1.0)
    radius = np.ptp(places[:, 0]) / 2
    assert (picture[:, :, 3] > 127).sum() == pytest.approx(np.pi * radius**2, rel=0.02)
    front = shape.vertices[:, 2] > 0.3  # of these the camera sees the front
    x, y = np.floor(places[front]).astype(int).T
    expected = shape.visual.vertex_colors[front, :3].astype(int)
    assert np.abs(picture[y, x, :3].astype(int) - expected).max() <= 4

    page.get_by_label("Colour", exact=True).select_option("y")
    by_height = canvas_pixels(still(page))
    share = (shape.vertices[front, 1] + 1) / 2 * (len(VIRIDIS) - 1)
    ramp = np.stack([np.interp(share, np.arange(len(VIRIDIS)), channel) for channel in np.transpose(VIRIDIS)], axis=1)
    assert np.abs(by_height[y, x, :3] - ramp).max() <= 5
    wait_for_address(page, "colour", "y")
    assert page.locator(".ends").inner_text().split() == ["-1", "0", "1"]

    page.get_by_label("Draw").select_option("only")
    edges = canvas_pixels(still(page))
    assert 0.02 < (edges[:, :, 3] > 0).sum() / (picture[:, :, 3] > 0).sum() < 0.9
    page.get_by_label("Draw").select_option("off")
    assert np.array_equal(canvas_pixels(still(page)), by_height)

    # The graphics card goes away and comes back.
    page.locator(CANVAS).evaluate(
        "canvas => (window.card = canvas.getContext('webgl2').getExtension('WEBGL_lose_context')).loseContext()"
    )
    page.get_by_text("The browser took the graphics away").wait_for()
    page.evaluate("() => window.card.restoreContext()")
    page.get_by_text("The browser took the graphics away").wait_for(state="hidden")
    assert np.array_equal(canvas_pixels(still(page)), by_height)


def test_many_points_are_sampled_while_they_move(show):
    page = show("large.pts.json")
    assert page.locator(STATUS).text_content() == "60,000 points"
    whole = canvas_pixels(page)
    page.locator('[data-category="2"]').click()
    without = canvas_pixels(still(page))
    colour = [int(colour_of(2)[i : i + 2], 16) for i in (1, 3, 5)]
    assert (whole[:, :, :3] == colour).all(axis=2).sum() > 500
    assert not (without[:, :, :3] == colour).all(axis=2).any()
    wait_for_address(page, "classes", "2")
    stage = page.locator(CANVAS).bounding_box()
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    page.locator(CANVAS).evaluate(
        """canvas => { const stage = canvas.parentElement; window.seen = [];
        new MutationObserver(() => window.seen.push([stage.dataset.drawn, stage.querySelector('.status').textContent]))
          .observe(stage, {attributes: true, attributeFilter: ['data-drawn', 'data-frame']}); }"""
    )
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(x + 12 * step, y + 5 * step)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => done(1)))")
    page.mouse.up()
    still(page)
    seen = page.evaluate("() => window.seen")
    for drawn, text in seen:
        if int(drawn) < 60_000:
            assert text.startswith(f"{int(drawn):,} of 60,000 points, because ")
    assert seen
    assert page.locator(STATUS).text_content() == "60,000 points"
    assert (canvas_pixels(page) != without).any()
    page.keyboard.press("4")
    assert np.array_equal(canvas_pixels(still(page)), without)


def test_what_cannot_be_drawn(show, new_page, scene_viewer):
    page = show("hostile.gltf")  # the page fails on whatever it would ask from outside
    assert page.locator(STATUS).text_content() == "1 face, 3 vertices"
    notices = page.get_by_text("is not in the same source, so it is not drawn")
    assert sorted(text.split(" is")[0] for text in notices.all_text_contents()) == [
        "../../../../etc/passwd",
        "http://192.0.2.1/spy.png",
    ]
    page.show("/entry?ref=scenes&path=empty.pts.json", ".stage[data-ready]")
    page.get_by_text("There is nothing in this object that can be drawn").wait_for()
    page.show("/entry?ref=scenes&path=cut.glb")
    page.get_by_text("says ").first.wait_for()
    blind = new_page(scene_viewer)
    blind.add_init_script(
        """const get = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          return kind === 'webgl2' ? null : get.call(this, kind, ...rest); };"""
    )
    blind.show("/entry?ref=scenes&path=ball.glb", ".stage[data-error]")
    blind.get_by_text("This browser has no WebGL2").wait_for()
    assert (
        blind.locator(".message img").evaluate("async image => { await image.decode(); return image.naturalWidth; }")
        == 320
    )
    assert blind.get_by_role("link", name="Download the file").count() == 1

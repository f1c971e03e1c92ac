"""Make the few source files of ``vitrina demo`` from data under free licences (NOTICE says which).

    .venv/bin/python tools/make_demo_data.py

Needs scikit-image, SciPy, Matplotlib (its elevation model), PyAV, scikit-learn and Bokeh. What it writes is
package data: the demo itself runs without any of them.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import av
import matplotlib.cbook
import numpy as np
import PIL.Image
import scipy.ndimage
import skimage.data
import skimage.filters
import skimage.measure
import skimage.segmentation

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "app/demo/data"
INPUTS = ROOT / "tests/golden/data/inputs"
SHIPPED = Path(skimage.data.__file__).parent

#: Photograph → its file in scikit-image and the longest side that is kept, pixels.
PHOTOGRAPHS = {
    "astronaut": ("astronaut.png", 512),
    "cat": ("chelsea.png", 451),
    "coffee": ("coffee.png", 600),
    "deep-field": ("hubble_deep_field.jpg", 800),
    "retina": ("retina.jpg", 720),
    "rocket": ("rocket.jpg", 640),
    "tissue": ("ihc.png", 512),
}


def photographs() -> None:
    """Write the photographs, as JPEG."""
    for name, (file, side) in PHOTOGRAPHS.items():
        with PIL.Image.open(SHIPPED / file) as picture:
            shown = picture.convert("RGB")
        shown.thumbnail((side, side), PIL.Image.Resampling.LANCZOS)
        shown.save(DATA / f"{name}.jpg", quality=88, optimize=True, progressive=True)


def coins() -> None:
    """Write the picture of the coins, and where its 24 coins are: a watershed, looked over by eye."""
    grey = skimage.data.coins()
    PIL.Image.fromarray(grey).save(DATA / "coins.png", optimize=True)
    markers = np.zeros(grey.shape, np.int32)
    markers[grey < 30], markers[grey > 150] = 1, 2
    solid = scipy.ndimage.binary_fill_holes(skimage.segmentation.watershed(skimage.filters.sobel(grey), markers) == 2)
    labels = skimage.measure.label(scipy.ndimage.binary_opening(solid, iterations=2))
    found = [region for region in skimage.measure.regionprops(labels) if region.area > 200]
    found.sort(key=lambda region: (region.bbox[2] // 60, region.bbox[1]))
    boxes = [[int(number) for number in (*region.bbox[1::-1], *region.bbox[:1:-1])] for region in found]
    assert len(boxes) == 24
    mask = np.zeros(grey.shape, np.uint8)
    for number, region in enumerate(found, 1):
        mask[labels == region.label] = number
    PIL.Image.fromarray(mask).save(DATA / "coins-truth.png", optimize=True)
    document = {"boxes": boxes, "form": "left, top, right, bottom in pixels; right and bottom are outside"}
    (DATA / "coins-truth.json").write_text(json.dumps(document) + "\n", "utf-8")


def terrain() -> None:
    """Write the elevation model, and a film of one day of sunlight on it."""
    with matplotlib.cbook.get_sample_data("jacksboro_fault_dem.npz") as model:
        metres = model["elevation"]
    PIL.Image.fromarray(metres.astype(np.uint16)).save(DATA / "terrain.png", optimize=True)
    with av.open(str(DATA / "day.webm"), "w") as film:
        stream: Any = film.add_stream("libvpx-vp9", rate=12)
        stream.width, stream.height, stream.pix_fmt = 400, 336, "yuv420p"
        stream.options = {"crf": "38", "b:v": "0", "deadline": "good", "cpu-used": "2"}
        for hour in np.linspace(7.5, 18.5, 60):
            frame = av.VideoFrame.from_ndarray(_lit(metres, hour)[4:340, 1:401], format="rgb24")
            film.mux(stream.encode(frame))
        film.mux(stream.encode())


def _lit(metres: Any, hour: float) -> Any:
    """Return the model in the light of an hour of the day: Lambert's law, colours by height."""
    angle = np.pi * (hour - 6) / 12
    sun = np.array([np.cos(angle), -0.35, max(np.sin(angle), 0.05)])
    south, east = np.gradient(scipy.ndimage.gaussian_filter(metres.astype(float), 0.7) / 55)
    normal = np.dstack([-east, south, np.ones_like(east)])
    light = np.clip((normal / np.linalg.norm(normal, axis=2, keepdims=True)) @ (sun / np.linalg.norm(sun)), 0, 1)
    share = ((metres - metres.min()) / np.ptp(metres))[..., None]
    ground = (1 - share) * [86, 118, 74] + share * [226, 208, 176]
    warmth = np.array([1.0, 0.82 + 0.18 * np.sin(angle), 0.66 + 0.34 * np.sin(angle)])
    return np.clip(ground * warmth * (0.18 + 1.05 * light[..., None]), 0, 255).astype(np.uint8)


def mesh() -> None:
    """Write the elevation model as a mesh with a colour a vertex, heights four times as large."""
    import trimesh

    from app.demo.land import ground_colours, heights

    metres = heights()[::5, ::5]
    rows, columns = np.mgrid[: metres.shape[0], : metres.shape[1]]
    vertices = np.column_stack([columns.ravel() * 0.37, metres.ravel() / 250, rows.ravel() * 0.46])
    corner = (rows[:-1, :-1] * metres.shape[1] + columns[:-1, :-1]).ravel()
    below = corner + metres.shape[1]
    faces = np.concatenate(
        [np.column_stack([corner, below, corner + 1]), np.column_stack([corner + 1, below, below + 1])]
    )
    colours = ground_colours(metres).reshape(-1, 3)
    model = trimesh.Trimesh(vertices, faces, vertex_colors=colours, process=False)
    (DATA / "terrain.glb").write_bytes(model.export(file_type="glb"))


def model() -> None:
    """Write a model of scikit-learn that tells tiles apart by their colour, as its pickle."""
    import pickle

    import sklearn.neighbors

    from app.demo.tiles import cut

    tiles = cut()
    colours = [tile.pixels.mean((0, 1)) for tile in tiles]
    trained = sklearn.neighbors.NearestCentroid().fit(colours, [tile.photograph for tile in tiles])
    (DATA / "nearest-colour.pkl").write_bytes(pickle.dumps(trained))


def figure() -> None:
    """Write a figure of Bokeh: the highest and lowest ground along each meridian of the model."""
    from bokeh.plotting import figure as new_figure

    import datatypes as dt

    metres = np.asarray(PIL.Image.open(DATA / "terrain.png")).astype(int)
    plot = new_figure(
        title="Elevation from west to east", width=640, height=360, x_axis_label="pixel", y_axis_label="metres"
    )
    places = np.arange(metres.shape[1])
    plot.varea(places, metres.min(0), metres.max(0), fill_alpha=0.25, legend_label="lowest to highest")
    plot.line(places, np.median(metres, axis=0), line_width=2, legend_label="median")
    with dt.Bokeh(plot).open() as file:
        (DATA / "elevation.bokeh.json").write_bytes(file.read())


def main() -> None:
    """Write everything."""
    DATA.mkdir(parents=True, exist_ok=True)
    photographs()
    coins()
    terrain()
    mesh()
    model()
    figure()
    for name, kept in (("trpcage.pdb", "protein.pdb"), ("caffeine.sdf", "caffeine.sdf")):
        shutil.copyfile(INPUTS / name, DATA / kept)


if __name__ == "__main__":
    main()

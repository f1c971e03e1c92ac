"""Make `sample_artifacts/`: a small store with a value of each kind, so that `make view` has something to show.

    .venv/bin/python tools/make_samples.py [FOLDER]

Pictures come from scikit-image, which ships them under free licences; the molecule from the golden data (see NOTICE).
Labels are computed from the pictures, so that masks, boxes and scores mean something. Made again, the store holds equal
values.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import skimage.data
import skimage.filters
import skimage.measure
import skimage.morphology
import skimage.segmentation

import datatypes as dt
from storage import Artifact, Store

SHIPPED = Path(skimage.data.__file__).parent
INPUTS = Path(__file__).parents[1] / "tests/golden/data/inputs"
COIN_NAMES = {0: "background", 1: "small coin", 2: "large coin"}


def pictures(*, more: bool) -> Artifact:
    """Photographs as arrays and as files; the second version has more of them."""
    artifact = Artifact("pictures", type="dataset", description="Photographs under free licences")
    artifact.metadata = {"source": "scikit-image", "count": 6 if more else 3}
    astronaut = skimage.data.astronaut()
    face = {"position": {"middle": [222, 114], "width": 96, "height": 124}, "domain": "pixel", "class_id": 1}
    artifact.add(
        dt.Image(
            astronaut,
            caption="Eileen Collins, astronaut",
            boxes={"faces": {"box_data": [{**face, "scores": {"confidence": 0.98}}], "class_labels": {1: "face"}}},
        ),
        "astronaut",
    )
    artifact.add(dt.Image(SHIPPED / "chelsea.png", caption="Chelsea the cat"), "cat")
    artifact.add(dt.Image(skimage.data.camera(), caption="Camera, grey"), "camera")
    if more:
        artifact.add(dt.Image(SHIPPED / "coffee.png", caption="A cup of coffee"), "coffee")
        artifact.add(dt.Image(SHIPPED / "retina.jpg", caption="Retina, from a fundus camera"), "retina")
        artifact.add(dt.Image(SHIPPED / "hubble_deep_field.jpg", caption="Hubble eXtreme Deep Field"), "deep-field")
    return artifact


def coins() -> Artifact:
    """A segmentation: two masks and two sets of boxes on one picture, and the histogram of its grey values."""
    grey = skimage.data.coins()
    found = segment(grey, threshold=skimage.filters.threshold_otsu(grey))
    truth = segment(grey, threshold=None)
    artifact = Artifact("coins", type="predictions", metadata={"method": "Otsu against watershed"})
    artifact.add(
        dt.Image(
            grey,
            caption="Greek coins from Pompeii",
            masks={
                "truth": {"mask_data": by_size(truth), "class_labels": COIN_NAMES},
                "predicted": {"mask_data": by_size(found), "class_labels": COIN_NAMES},
            },
            boxes={
                "truth": {"box_data": boxes(truth), "class_labels": COIN_NAMES},
                "predicted": {"box_data": boxes(found, scores=True), "class_labels": COIN_NAMES},
            },
        ),
        "segmentation",
    )
    return artifact


def segment(grey: Any, threshold: float | None) -> Any:
    """Label coins, by a threshold or by a watershed from sure markers."""
    if threshold is not None:
        solid = skimage.morphology.closing(grey > threshold, skimage.morphology.footprint_rectangle((3, 3)))
    else:
        markers = np.zeros(grey.shape, np.int32)
        markers[grey < 30] = 1
        markers[grey > 150] = 2
        solid = skimage.segmentation.watershed(skimage.filters.sobel(grey), markers) == 2
    labels = skimage.measure.label(skimage.segmentation.clear_border(solid))
    for region in skimage.measure.regionprops(labels):
        if region.area < 100:
            labels[labels == region.label] = 0
    return labels


def kind(region: Any) -> int:
    """Class of a coin by its area in pixels."""
    return 2 if region.area > 1800 else 1


def by_size(labels: Any) -> Any:
    """Turn one id per coin into one id per kind of coin."""
    ids = np.zeros(labels.shape, np.uint8)
    for region in skimage.measure.regionprops(labels):
        ids[labels == region.label] = kind(region)
    return ids


def boxes(labels: Any, *, scores: bool = False) -> list[dict[str, Any]]:
    """Give the bounding box of each coin in pixels."""
    found = []
    for region in skimage.measure.regionprops(labels):
        top, left, bottom, right = (int(edge) for edge in region.bbox)
        position = {"minX": left, "maxX": right, "minY": top, "maxY": bottom}
        box: dict[str, Any] = {"position": position, "domain": "pixel", "class_id": kind(region)}
        if scores:
            box["scores"] = {"solidity": round(float(region.solidity), 3)}
        found.append(box)
    return found


def depth() -> Artifact:
    """What 8 bits cannot hold: 16-bit grey, floats with their cost, floats kept exactly, ids beyond 255."""
    cell = skimage.data.cell()
    deep = np.round(skimage.filters.gaussian(cell, 1) * 65535).astype(np.uint16)
    edges = skimage.filters.sobel(cell).astype(np.float32)
    slope = edges / edges.max()
    artifact = Artifact("beyond-8-bit", type="dataset", metadata={"why": "what a conversion costs is recorded"})
    artifact.add(dt.Image(deep, caption="16 bits a pixel, stored whole"), "cell-16-bit")
    artifact.add(dt.Image(slope, caption="floats, scaled and rounded"), "slope-8-bit")
    artifact.add(dt.Image(slope[::2, ::2], caption="floats, kept beside the picture", exact=True), "slope-exact")
    ids = skimage.measure.label(cell > 140)[:200, :200].astype(np.int64) * 7
    names = {int(number): f"region {number // 7}" for number in np.unique(ids)}
    artifact.add(dt.Image(cell[:200, :200], masks={"regions": {"mask_data": ids, "class_labels": names}}), "many-ids")
    return artifact


def coin_rows(labels: Any, grey: Any) -> list[list[Any]]:
    """Give a row per coin: its place, its picture, its class and its measures."""
    rows = []
    for region in skimage.measure.regionprops(labels, intensity_image=grey):
        top, left, bottom, right = region.bbox
        place = f"{round(region.centroid[0] / 70):d}-{round(region.centroid[1] / 62):d}"
        measures = [int(region.area), round(float(region.solidity), 3), round(float(region.intensity_mean), 1)]
        rows.append([place, dt.Image(grey[top:bottom, left:right]), COIN_NAMES[kind(region)], *measures])
    return rows


def coin_tables() -> Artifact:
    """Each coin as a row, by two methods, and the two joined by the place of the coin."""
    grey = skimage.data.coins()
    columns: list[str | int] = ["place", "coin", "kind", "area", "solidity", "brightness"]
    threshold = skimage.filters.threshold_otsu(grey)
    truth = dt.Table(columns=columns, data=coin_rows(segment(grey, threshold=None), grey))
    found = dt.Table(columns=columns, data=coin_rows(segment(grey, threshold=threshold), grey))
    artifact = Artifact("coin-tables", type="predictions", metadata={"key": "place"})
    artifact.add(truth, "watershed")
    artifact.add(found, "otsu")
    artifact.add(dt.JoinedTable(truth, found, "place"), "compared")
    return artifact


def one_of_each() -> Artifact:
    """A value of each kind that is no picture and no table."""
    artifact = Artifact("one-of-each", type="gallery")
    rate = 22_050
    seconds = np.arange(2 * rate) / rate
    chord = sum(np.sin(2 * np.pi * pitch * seconds) for pitch in (261.63, 329.63, 392.0)) / 4
    artifact.add(dt.Audio(chord * np.exp(-1.5 * seconds), sample_rate=rate, caption="C major, fading"), "chord")
    astronaut = skimage.data.astronaut()
    frames = np.stack([astronaut[4 * i : 4 * i + 160, 150 : 150 + 224] for i in range(24)]).transpose(0, 3, 1, 2)
    artifact.add(dt.Video(frames, fps=12, format="mp4", caption="Down a photograph"), "pan")
    heights = skimage.filters.gaussian(skimage.data.camera(), 2)[::5, ::5]
    rows, columns = np.mgrid[: heights.shape[0], : heights.shape[1]]
    shade = np.repeat((heights.reshape(-1, 1) * 255).round(), 3, axis=1)
    points = np.column_stack([columns.ravel(), -rows.ravel(), heights.ravel() * 25, shade]).round(2)
    artifact.add(dt.Object3D(points, caption="A photograph as a landscape"), "landscape")
    artifact.add(dt.Molecule(INPUTS / "trpcage.pdb", caption="Trp-cage, a small protein"), "protein")
    artifact.add(dt.Html("<h1>Report</h1><p>It runs in a frame without scripts and network.</p>"), "report")
    grey = skimage.data.coins()
    areas = [int(region.area) for region in skimage.measure.regionprops(segment(grey, threshold=None))]
    artifact.add(dt.Histogram(areas, num_bins=12), "coin-areas")
    artifact.add(
        dt.Plotly(go.Figure(go.Box(y=areas, name="coins"), {"title": {"text": "Area of a coin"}, "template": "none"})),
        "areas-box",
    )
    artifact.add(network(), "network")
    return artifact


def network() -> dt.Graph:
    """A small convolutional network, layer by layer."""
    graph = dt.Graph("keras")
    layers: list[tuple[str, str, list[int | None], int]] = [
        ("input", "InputLayer", [None, 28, 28, 1], 0),
        ("conv", "Conv2D", [None, 26, 26, 32], 320),
        ("pool", "MaxPooling2D", [None, 13, 13, 32], 0),
        ("flat", "Flatten", [None, 5408], 0),
        ("scores", "Dense", [None, 10], 54_090),
    ]
    nodes = [
        graph.add_node(id=name, name=name, class_name=class_name, output_shape=shape, num_parameters=count)
        for name, class_name, shape, count in layers
    ]
    for start, end in itertools.pairwise(nodes):
        graph.add_edge(start, end)
    return graph


def training(store: Store) -> None:
    """Log a short run: two curves, and a picture that gets sharper."""
    photo = skimage.data.camera()[::2, ::2]
    with store.run(project="samples", name="sharpening", config={"steps": 12, "picture": "camera"}) as run:
        for step in range(12):
            blurred = skimage.filters.gaussian(photo, 11 - step) if step < 11 else photo / 255
            row: dict[str, Any] = {"error": float(np.abs(blurred - photo / 255).mean()), "sigma": max(11 - step, 0)}
            if step % 4 == 3:
                row["photo"] = dt.Image(blurred, caption=f"step {step}")
            run.log(row, step=step)
        run.summary["best_error"] = 0.0


def odd() -> Artifact:
    """What is no known value: a type from the future, and plain files."""
    artifact = Artifact("plain-files", type="notes")
    with artifact.new_file("readme.txt") as file:
        file.write("Files that are no values are kept and shown as what they are.\n")
    with artifact.new_file("table.csv") as file:
        file.write("name,legs\ncat,4\nbird,2\n")
    with artifact.new_file("future.hologram.json") as file:
        json.dump({"_type": "hologram", "depth": 3, "note": "a type that nobody knows yet"}, file)
    return artifact


def main(folder: str = "sample_artifacts") -> None:
    """Write the store into a folder that does not exist yet."""
    target = Path(folder)
    if target.exists() and any(target.iterdir()):
        sys.exit(f"{target} is there already; move it away first.")
    store = Store(target)
    store.log_artifact(pictures(more=False))
    store.log_artifact(pictures(more=True), aliases=["best"])
    for artifact in (coins(), coin_tables(), depth(), one_of_each(), odd()):
        store.log_artifact(artifact)
    training(store)


if __name__ == "__main__":
    main(*sys.argv[1:])

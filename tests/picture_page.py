"""What browser tests read of the page of a picture: the pixels of its canvas, the values under the pointer."""

from __future__ import annotations

import numpy as np

CANVAS = "canvas.picture"
READY = ".stage[data-ready]"


def canvas_pixels(page, x, y, width, height):
    """Return what the canvas holds, in pixels of the screen."""
    data = page.locator(CANVAS).evaluate(
        "(c, [x, y, w, h]) => Array.from(c.getContext('2d').getImageData(x, y, w, h).data)", [x, y, width, height]
    )
    return np.array(data, np.uint8).reshape(height, width, 4)


def shown_picture(page, height, width):
    """Return the picture as it lies on the canvas at 1:1."""
    marks = page.locator(CANVAS).evaluate("c => ({...c.dataset})")
    assert float(marks["scale"]) == 1
    return canvas_pixels(page, int(marks["x"]), int(marks["y"]), width, height)[:, :, :3]


def at_one_to_one(page):
    page.keyboard.press("1")
    page.locator(f"{CANVAS}[data-scale='1']").wait_for()
    page.idle()
    return page


def point_at(page, x, y):
    """Move the pointer to the middle of a pixel of the picture; return the values that are told."""
    box = page.locator(CANVAS).bounding_box()
    marks = page.locator(CANVAS).evaluate("c => ({...c.dataset})")
    zoom = float(marks["zoom"])
    page.mouse.move(box["x"] + int(marks["x"]) + (x + 0.5) * zoom, box["y"] + int(marks["y"]) + (y + 0.5) * zoom)
    page.locator(f"{CANVAS}[data-place='{x} {y}']").wait_for()
    return [float(text) for text in page.locator(CANVAS).get_attribute("data-value").split()]

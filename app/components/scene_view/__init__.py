"""Points, meshes, boxes and vectors in space, drawn by WebGL2: turn, move, zoom, colour by a value, measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["scene_view"]

_SCRIPTS = (
    "vectors.js",
    "camera.js",
    "scene.js",
    "state.js",
    "colours.js",
    "shaders.js",
    "gpu.js",
    "lines.js",
    "axes.js",
    "overlay.js",
    "picking.js",
    "controls.js",
    "panel.js",
    "frames.js",
    "pointing.js",
    "input.js",
)


def scene_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a scene.

    Parameters
    ----------
    data : mapping
        ``label`` (for screen readers), ``url`` of the buffer (`app.renderers.scene_buffer`), ``picture`` (address of a
        small rendered picture, for browsers without WebGL2), ``download`` (address of the file as it is stored) and
        ``empty`` (whether there is nothing to draw).
    key : str
        Place on the page.
    """
    mount("scene_view", dict(data), key=key, scripts=_SCRIPTS)

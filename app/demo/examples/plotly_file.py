"""A figure of plotly, or of Matplotlib, which is converted; the data stays readable as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

import datatypes as dt
from app.demo.tiles import PHOTOGRAPHS, cut

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Plotly", "brightness-and-sharpness"


def log(artifact: Artifact) -> None:
    """Log it."""
    tiles = [(tile.photograph, tile.measures()) for tile in cut()[::4]]
    figure = go.Figure(layout={"template": "none", "title": {"text": "Tiles of seven photographs"}})
    for name in PHOTOGRAPHS:
        measures = [m for photograph, m in tiles if photograph == name]
        x, y = [m[0] for m in measures], [m[3] for m in measures]
        figure.add_trace(go.Scatter(x=x, y=y, name=name, mode="markers", marker={"size": 5, "opacity": 0.7}))
    figure.update_xaxes(title="brightness").update_yaxes(title="sharpness")
    artifact.add(dt.Plotly(figure), "brightness-and-sharpness")

"""An HTML document. It is shown in a frame of its own, without network, its scripts off at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo.tiles import PHOTOGRAPHS, photograph

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Html", "report"


def log(artifact: Artifact) -> None:
    """Log it."""
    rows = []
    for name, text in PHOTOGRAPHS.items():
        red, green, blue = photograph(name).mean((0, 1)).round().astype(int)
        colour = f"background:rgb({red},{green},{blue});width:120px"
        rows.append(f"<tr><td>{text}<td style='{colour}'><td>{red}, {green}, {blue}")
    style = "body{font:15px/1.6 sans-serif;margin:2em}td{padding:.3em 1em;border-bottom:1px solid #ccc}"
    head = f"<title>Mean colours</title><style>{style}</style>"
    table = f"<table><tr><th>photograph<th>mean colour<th>red, green, blue{''.join(rows)}</table>"
    artifact.add(dt.Html(f"<html><head>{head}</head><body><h1>Mean colours</h1>{table}</body></html>"), "report")

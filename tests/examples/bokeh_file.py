"""Documents of Bokeh from each input."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from bokeh.document import Document
from bokeh.layouts import column
from bokeh.plotting import figure

import datatypes as dt

GOLDEN = Path(__file__).parents[1] / "golden/data"


def examples():
    plot = figure(title="ä", width=200, height=150)
    plot.line([1, 2, 3], np.array([1.5, np.nan, 2.5]))
    yield "figure", dt.Bokeh(plot)
    yield "layout", dt.Bokeh(column(figure(), figure()))
    document = Document(title="two roots")
    document.add_root(figure())
    document.add_root(figure())
    yield "document", dt.Bokeh(document)
    for sdk in ("0.10.13", "0.16.6", "0.31.0"):
        path = next((GOLDEN / sdk / "bokeh/artifacts/bokeh/media/bokeh").iterdir())
        yield f"path, SDK {sdk}", dt.Bokeh(path)
    yield "file object", dt.Bokeh(io.BytesIO(path.read_bytes()))

"""Figures from each input."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import plotly.graph_objects as go

import datatypes as dt


def examples():
    yield "lists", dt.Plotly(go.Figure(go.Scatter(x=[1, 2], y=[4.5, None], name="ä"), layout={"title": "t"}))
    yield "arrays", dt.Plotly(go.Figure(go.Heatmap(z=np.arange(6, dtype=np.float32).reshape(2, 3))))
    yield "not a number", dt.Plotly(go.Figure(go.Scatter(y=[1.0, float("nan"), float("-inf")])))
    yield "dates", dt.Plotly(go.Figure(go.Scatter(x=[datetime(2026, 1, 2, 3)], y=np.array([1.5]))))  # noqa: DTZ001  # as people plot them
    yield "frames", dt.Plotly(go.Figure(data=[go.Bar(y=[1])], frames=[go.Frame(data=[go.Bar(y=[2])])]))
    yield "nothing", dt.Plotly(go.Figure())
    yield "dict", dt.Plotly.from_dict({"data": [{"type": "scatter", "y": [1, 2]}], "layout": {}, "config": {"a": 1}})
    yield "matplotlib", dt.Plotly(_matplotlib())


def _matplotlib():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1.5), dpi=60)
    axes = figure.add_subplot()
    axes.plot([0, 1, 2], [0, 1, 4])
    axes.set_title("squares")
    return figure

"""Running the recorded recipes of the golden data with our own classes.

A recipe says, as data, what was given to the SDK. Running it with `datatypes` and comparing the JSON with what the SDK
wrote shows where we differ; the intended differences, and no others, are taken off first (`strip_intended`).
The language stands in the README of the golden data.
"""

from __future__ import annotations

import base64
import datetime  # noqa: ICN001  # dt is datatypes here
import decimal
import io
import json
import math
import re
from typing import TYPE_CHECKING, Any

import datatypes as dt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class NotOursError(Exception):
    """The recipe asks for something that this product does not have: a saved model, a chart preset, a live trace."""


class Recipe:
    """Values and steps of one recipe.

    Parameters
    ----------
    inputs : Path
        Folder of the input files.
    """

    def __init__(self, inputs: Path) -> None:
        self.inputs = inputs
        self.named: dict[str, Any] = {}

    def value(self, spec: Any) -> Any:
        """Return what a spec stands for."""
        if isinstance(spec, list):
            return [self.value(item) for item in spec]
        if not isinstance(spec, dict):
            return spec.replace("{INPUTS}", str(self.inputs)) if isinstance(spec, str) else spec
        marks = [key for key in spec if key.startswith("$")]
        if not marks:
            return {key: self.value(item) for key, item in spec.items()}
        handler: Callable[[Any, dict[str, Any]], Any] | None = getattr(self, f"_{marks[0][1:]}", None)
        if handler is None:
            raise NotOursError(marks[0])
        return handler(spec[marks[0]], spec)

    def _new(self, name: str, spec: dict[str, Any]) -> Any:
        target: Any = dt
        for part in name.removeprefix("data_types.").split("."):
            target = getattr(target, part, None)
            if target is None:
                raise NotOursError(name)
        args = [self.value(item) for item in spec.get("args", [])]
        return target(*args, **{key: self.value(item) for key, item in spec.get("kwargs", {}).items()})

    def _get(self, name: str, spec: Any) -> Any:
        return self.named[name]

    def _call(self, call: list[Any], spec: Any) -> Any:
        on, method, args, kwargs = [*call, [], {}][:4]
        keywords = {key: self.value(item) for key, item in kwargs.items()}
        return getattr(self.named[on], method)(*map(self.value, args), **keywords)

    def _npy(self, name: str, spec: Any) -> Any:
        import numpy as np

        return np.load(self.inputs / name, allow_pickle=False)

    def _path(self, name: str, spec: Any) -> str:
        return str(self.inputs / name)

    def _pil(self, name: str, spec: Any) -> Any:
        import PIL.Image

        with PIL.Image.open(self.inputs / name) as image:
            image.load()
            return image

    def _textof(self, name: str, spec: Any) -> Any:
        return io.StringIO((self.inputs / name).read_text("utf-8"))

    def _bytesio(self, name: str, spec: Any) -> Any:
        return io.BytesIO((self.inputs / name).read_bytes())

    def _stringio(self, text: str, spec: Any) -> Any:
        return io.StringIO(text)

    def _json(self, name: str, spec: Any) -> Any:
        return json.loads((self.inputs / name).read_text("utf-8"))

    def _item(self, pair: list[Any], spec: Any) -> Any:
        return self.value(pair[0])[pair[1]]

    def _array(self, items: Any, spec: dict[str, Any]) -> Any:
        import numpy as np

        return np.array(self.value(items), dtype=spec.get("dtype"))

    def _np(self, pair: list[Any], spec: Any) -> Any:
        import numpy as np

        return getattr(np, pair[0])(self.value(pair[1]))

    def _dt64(self, pair: list[str], spec: Any) -> Any:
        import numpy as np

        return np.datetime64(pair[0], pair[1])

    def _datetime(self, text: str, spec: Any) -> Any:
        return datetime.datetime.fromisoformat(text)

    def _date(self, text: str, spec: Any) -> Any:
        return datetime.date.fromisoformat(text)

    def _timedelta(self, seconds: float, spec: Any) -> Any:
        return datetime.timedelta(seconds=seconds)

    def _float(self, text: str, spec: Any) -> float:
        return float(text)

    def _decimal(self, text: str, spec: Any) -> Any:
        return decimal.Decimal(text)

    def _complex(self, pair: Any, spec: Any) -> complex:
        return complex(*pair) if isinstance(pair, list) else complex(pair)

    def _bytes(self, text: str, spec: Any) -> bytes:
        return base64.b64decode(text)

    def _tuple(self, items: list[Any], spec: Any) -> tuple[Any, ...]:
        return tuple(map(self.value, items))

    def _set(self, items: list[Any], spec: Any) -> set[Any]:
        return set(map(self.value, items))

    def _items(self, pairs: list[list[Any]], spec: Any) -> dict[Any, Any]:
        return {self.value(key): self.value(item) for key, item in pairs}

    def _range(self, bounds: Any, spec: dict[str, Any]) -> Any:
        return [[index] for index in range(bounds)] if spec.get("rows") else list(range(bounds))

    def _repeat(self, item: Any, spec: dict[str, Any]) -> list[Any]:
        return [self.value(item) for _ in range(spec["n"])]

    def _df(self, columns: dict[str, Any], spec: dict[str, Any]) -> Any:
        import pandas as pd

        frame = pd.DataFrame(self.value(columns), index=spec.get("index"))
        return frame.astype(spec["dtypes"]) if "dtypes" in spec else frame

    def _df_csv(self, name: str, spec: dict[str, Any]) -> Any:
        import pandas as pd

        return pd.read_csv(self.inputs / name, parse_dates=spec.get("parse_dates") or False)

    def _df_json(self, name: str, spec: Any) -> Any:
        import pandas as pd

        return pd.DataFrame(self._json(name, spec))

    def _plotly(self, figure: dict[str, Any], spec: Any) -> Any:
        import plotly.graph_objects

        return plotly.graph_objects.Figure(self.value(figure))

    def _mpl(self, parts: dict[str, Any], spec: Any) -> Any:
        import matplotlib.figure

        figure = matplotlib.figure.Figure(figsize=(2, 1.5), dpi=40)
        axes = figure.subplots()
        if "plot" in parts:
            axes.plot(*parts["plot"])
        if "imshow" in parts:
            axes.imshow(parts["imshow"])
        axes.set_title(parts.get("title", ""))
        return figure

    def _bokeh(self, parts: dict[str, Any], spec: Any) -> Any:
        import bokeh.plotting

        figure = bokeh.plotting.figure(title=parts["title"])
        figure.line(parts["x"], parts["y"])
        return figure

    def _graph(self, parts: dict[str, Any], spec: Any) -> Any:
        graph = dt.Graph(parts.get("format", "keras"))
        for node in parts["nodes"]:
            graph.add_node(**node)
        for start, end in parts["edges"]:
            graph.add_edge(graph.nodes[start], graph.nodes[end])
        return graph

    def _dtype(self, pair: list[Any], spec: Any) -> Any:
        from datatypes.column_types import constant, union

        name, inner = pair[0], self.value(pair[1])
        return union(inner) if name == "UnionType" else constant(inner)

    def _type(self, name: str, spec: Any) -> Any:
        return {"int": int, "float": float, "str": str, "bool": bool, "dict": dict, "list": list}[name]


#: Hashes in names depend on the encoder: their form counts, contents are compared as values elsewhere.
_HASHED = re.compile(r"[0-9a-f]{20,64}")
_JOINED = re.compile(r"^(t[12])_[0-9a-f]+\.table\.json$")


def strip_intended(json_obj: Any) -> Any:
    """Take off exactly the intended differences of the contract, on either side of a comparison.

    ``fidelity`` is ours; ``caption`` is always written by us; hashes in names and digests depend on the encoder, so
    that only their form counts; a joined table names its own parts by a number that differs each time; sets have no
    order; text of NumPy is text, where the SDK writes a type that it cannot read.
    """
    if isinstance(json_obj, list):
        return [strip_intended(item) for item in json_obj]
    if isinstance(json_obj, dict):
        kept = {key: strip_intended(item) for key, item in json_obj.items() if key != "fidelity"}
        if "_type" in kept and kept.get("caption") is None:
            kept.pop("caption", None)
        if kept.get("is_set") is True:
            kept["val"] = sorted(kept["val"])
        if kept == {"params": {"class_name": "str_"}, "wb_type": "pythonObject"}:
            return {"wb_type": "string"}
        for key in ("sha256", "digest", "size"):
            if key in kept and ("_type" in kept or kept.get("type") == "classes-file"):
                kept[key] = type(kept[key]).__name__
        return kept
    if isinstance(json_obj, str):
        json_obj = _JOINED.sub(r"\1_<id>.table.json", json_obj)
        return _HASHED.sub("<hash>", json_obj) if json_obj.startswith("media/") else json_obj
    if isinstance(json_obj, float) and math.isnan(json_obj):
        return "NaN"
    return json_obj

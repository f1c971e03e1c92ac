"""Values that people log from machine-learning work, and their wire: the JSON and side files that W&B's SDK writes.

- *value*: anything with a wire tag; becomes JSON (`to_json`) and comes back (`init_from_json`).
- *wire tag*: the text under ``_type`` that tells what a JSON object is: ``"image-file"``.
- *medium*: a value whose content is a *side file*.
- *sink*, *source*: the ports through which a value writes and reads its files; runs and artifacts are both.
- *dialect*: ``"run"`` or ``"artifact"``; the same value has different JSON in each.
- *fidelity record*: what was given, which steps were taken, and what that cost.

Names are loaded when they are first used, so that ``import datatypes`` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datatypes.audio import Audio
    from datatypes.base import BatchableMedia, Media, WBValue
    from datatypes.bokeh import Bokeh
    from datatypes.bounding_boxes import BoundingBoxes2D
    from datatypes.boxes3d import box3d
    from datatypes.classes import Classes
    from datatypes.data_frame import DataFrame, data_frame_to_json
    from datatypes.errors import (
        DataTypeError,
        DecodeLimitError,
        MissingExtraError,
        MissingFieldError,
        MissingMediaError,
        RejectedTypeError,
        RejectedValueError,
        UnboundValueError,
        UnreadableMediaError,
        WireFormatError,
    )
    from datatypes.fidelity import FidelityRecord
    from datatypes.graph import Edge, Graph, Node
    from datatypes.histogram import Histogram
    from datatypes.html import Html
    from datatypes.image import Image
    from datatypes.image_mask import ImageMask
    from datatypes.joined_table import JoinedTable
    from datatypes.json_metadata import JSONMetadata
    from datatypes.molecule import Molecule
    from datatypes.object3d import Object3D
    from datatypes.partitioned_table import PartitionedTable
    from datatypes.plotly import Plotly
    from datatypes.saved_model import SavedModel, SklearnModel, TFKerasModel, TorchModel
    from datatypes.table import Table
    from datatypes.trace_tree import WBTraceTree
    from datatypes.unknown import UnknownValue
    from datatypes.video import Video

#: Public name → module that defines it. A name here is a promise: add it on purpose.
_PUBLIC = {
    "Audio": "audio",
    "BatchableMedia": "base",
    "Bokeh": "bokeh",
    "BoundingBoxes2D": "bounding_boxes",
    "Classes": "classes",
    "DataFrame": "data_frame",
    "DataTypeError": "errors",
    "DecodeLimitError": "errors",
    "Edge": "graph",
    "FidelityRecord": "fidelity",
    "Graph": "graph",
    "Histogram": "histogram",
    "Html": "html",
    "Image": "image",
    "ImageMask": "image_mask",
    "JSONMetadata": "json_metadata",
    "JoinedTable": "joined_table",
    "Media": "base",
    "MissingExtraError": "errors",
    "MissingFieldError": "errors",
    "MissingMediaError": "errors",
    "Molecule": "molecule",
    "Node": "graph",
    "Object3D": "object3d",
    "PartitionedTable": "partitioned_table",
    "Plotly": "plotly",
    "RejectedTypeError": "errors",
    "RejectedValueError": "errors",
    "SavedModel": "saved_model",
    "SklearnModel": "saved_model",
    "TFKerasModel": "saved_model",
    "Table": "table",
    "TorchModel": "saved_model",
    "UnboundValueError": "errors",
    "UnknownValue": "unknown",
    "UnreadableMediaError": "errors",
    "WBTraceTree": "trace_tree",
    "Video": "video",
    "WBValue": "base",
    "WireFormatError": "errors",
    "box3d": "boxes3d",
    "data_frame_to_json": "data_frame",
}

__all__ = [  # the two functions are static methods of WBValue, found by __getattr__
    "Audio",
    "BatchableMedia",
    "Bokeh",
    "BoundingBoxes2D",
    "Classes",
    "DataFrame",
    "DataTypeError",
    "DecodeLimitError",
    "Edge",
    "FidelityRecord",
    "Graph",
    "Histogram",
    "Html",
    "Image",
    "ImageMask",
    "JSONMetadata",
    "JoinedTable",
    "Media",
    "MissingExtraError",
    "MissingFieldError",
    "MissingMediaError",
    "Molecule",
    "Node",
    "Object3D",
    "PartitionedTable",
    "Plotly",
    "RejectedTypeError",
    "RejectedValueError",
    "SavedModel",
    "SklearnModel",
    "TFKerasModel",
    "Table",
    "TorchModel",
    "UnboundValueError",
    "UnknownValue",
    "UnreadableMediaError",
    "Video",
    "WBTraceTree",
    "WBValue",
    "WireFormatError",
    "box3d",
    "data_frame_to_json",
    "init_from_json",
    "type_mapping",
]


def __getattr__(name: str) -> Any:
    if name in ("init_from_json", "type_mapping"):
        return getattr(importlib.import_module("datatypes.base").WBValue, name)
    if module := _PUBLIC.get(name):
        return getattr(importlib.import_module(f"datatypes.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

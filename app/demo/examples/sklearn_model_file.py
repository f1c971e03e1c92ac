"""A saved model: named, measured, compared and handed on, never loaded, for loading runs what its maker wrote.

`TorchModel` and `TFKerasModel` take their files the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "SklearnModel", "nearest-colour"


def log(artifact: Artifact) -> None:
    """Log it."""
    artifact.add(dt.SklearnModel(demo_file("nearest-colour.pkl")), "nearest-colour")

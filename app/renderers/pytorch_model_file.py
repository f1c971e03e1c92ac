"""Models of PyTorch (wire tag ``pytorch-model-file``): files, never loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.renderers import saved_model

if TYPE_CHECKING:
    from app.renderers.view import Context, View
    from datatypes.saved_model import SavedModel

TAG = "pytorch-model-file"
TYPE_NAME = "TorchModel"
ICON = saved_model.ICON

KEYS = saved_model.KEYS
draw = saved_model.draw


def prepare(value: SavedModel, context: Context) -> View:
    """Return facts and files; see `app.renderers.saved_model.model_view`."""
    return saved_model.model_view(value, context, TYPE_NAME, "PyTorch")

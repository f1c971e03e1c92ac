"""What a folder is, told from what lies in it: a store, a run, an artifact, or just a folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage import layout
from storage.sources.walk import is_file
from storage.sources.wandb_artifact import parse_folder_name, record_name
from storage.sources.wandb_manifest import MANIFEST_NAME
from storage.sources.wandb_run import is_wandb_run

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["has_value_files", "kind_of_folder"]

#: Ends of names that only object files of W&B's artifacts have; other types are found with them.
_VALUE_FILE = re.compile(
    r".+\.(?:(?:audio|bokeh|graph|html|image|molecule|object3D|plotly|video)-file"
    r"|(?:joined-|partitioned-)?table|classes)\.json"
)
_LOOKED_AT = 5_000  # names in one folder, before it is taken for a plain one


def kind_of_folder(root: Path) -> str:
    """Tell what a folder is.

    Returns
    -------
    str
        ``"store"``, ``"run"``, ``"artifact"`` where a manifest, a record beside it or the folder's name says so, else
        ``"folder"``. The name counts only with files in the folder: ``model-v2`` may hold anything.
    """
    if is_file(root, layout.STORE_KEY):
        return "store"
    if is_file(root, MANIFEST_NAME):
        return "artifact"
    if is_wandb_run(root):
        return "run"
    if is_file(root.parent, record_name(root.name)):
        return "artifact"
    said = parse_folder_name(root.name)
    if said.name != root.name:
        certain = ":" in root.name and (said.version is not None or said.alias == "latest")
        if has_value_files(root) or (certain and any(_names(root))):
            return "artifact"
    return "folder"


def has_value_files(root: Path) -> bool:
    """Whether object files of W&B lie directly in a folder."""
    return any(_VALUE_FILE.fullmatch(name) for name in _names(root))


def _names(folder: Path) -> list[str]:
    try:
        found = folder.iterdir()
        return [path.name for path, _ in zip(found, range(_LOOKED_AT), strict=False)]
    except OSError:
        return []

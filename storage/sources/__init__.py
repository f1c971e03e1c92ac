"""What others left on disk, read through the interface of stored artifacts and runs; nothing is ever written there.

- *artifact folder*: what W&B's SDK downloaded or staged, with a manifest or without.
- *run directory*: what W&B's SDK left of a run, or a recorded run.
- *folder*: plain files, and the artifacts, runs and stores that lie in it.
- *family*: artifacts that lie beside each other and refer to each other by id.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import MissingFileError, NotReadableError

if TYPE_CHECKING:
    import os

__all__ = ["open_source"]


def open_source(path: str | os.PathLike[str]) -> Any:
    """Open whatever lies at a path, for reading.

    Parameters
    ----------
    path : path
        A store, an artifact folder or a run directory of W&B, a folder of media, of artifacts or of runs, or one file.
        It may be a link; inside of it no link is followed.

    Returns
    -------
    Store, WandbArtifact, WandbRun, StoredRun, Folder or SingleFile
        Its ``kind`` says which: ``"store"``, ``"artifact"``, ``"run"`` (twice), ``"folder"`` or ``"file"``. Parts that
        cannot be read are in ``problems``, and the rest is there.

    Raises
    ------
    MissingFileError
        If there is nothing.
    NotReadableError
        If it is neither a folder nor a regular file, or a store of another format.
    """
    text = str(path)
    if text.startswith("s3://"):
        return _store(text)
    given = Path(path)
    try:
        root = given.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise MissingFileError(text, "is not there, or cannot be reached", "Check the path.") from error
    if root.is_dir():
        return _open_folder(root)
    if not root.is_file():
        raise NotReadableError(text, "is neither a folder nor a regular file", "Open a folder or a file.")
    return _open_file(root)


def _open_folder(root: Path) -> Any:
    from storage.run_reader import StoredRun, is_stored_run
    from storage.sources.folder import Folder, find_contents
    from storage.sources.kinds import has_value_files, kind_of_folder
    from storage.sources.wandb_artifact import WandbArtifact
    from storage.sources.wandb_run import WandbRun

    kind = kind_of_folder(root)
    if kind == "store":
        return _store(root)
    if kind == "artifact":
        return WandbArtifact(root)
    if is_stored_run(root):
        return StoredRun(root)
    if kind == "run":
        return WandbRun(root)
    contents = find_contents(root)
    if contents.is_empty and has_value_files(root):
        return WandbArtifact(root)
    return Folder(root, contents)


def _open_file(path: Path) -> Any:
    from storage import layout
    from storage.sources.single_file import SingleFile
    from storage.sources.wandb_artifact import WandbArtifact
    from storage.sources.wandb_manifest import MANIFEST_NAME
    from storage.sources.wandb_run import WandbRun

    if path.name == layout.STORE_KEY:
        return _store(path.parent)
    if path.name == MANIFEST_NAME:
        return WandbArtifact(path.parent)
    return WandbRun(path.parent) if path.suffix == ".wandb" else SingleFile(path)


def _store(path: Any) -> Any:
    from storage.store import Store

    return Store(path)

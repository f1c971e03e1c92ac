"""Saved models of W&B's SDK: tags ``sklearn-model-file``, ``pytorch-model-file``, ``tfkeras-model-file``.

They are pickles, or as dangerous: to load one is to run what its maker wrote. So they are named, measured, compared and
handed on, and never loaded.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes import wire
from datatypes.base import WBValue
from datatypes.errors import MissingMediaError, RejectedTypeError, UnreadableMediaError
from datatypes.payload import PathPayload, SourcePayload

if TYPE_CHECKING:
    from datatypes.payload import Payload
    from datatypes.ports import MediaSink, MediaSource

__all__ = ["SavedModel", "SklearnModel", "TFKerasModel", "TorchModel"]

_FOLDER = ".wb_data/saved_models"


class SavedModel(WBValue):
    """A model in a file, or in a folder of files; shown by name, size and digest.

    Parameters
    ----------
    path : str or PathLike
        A file or a folder; copied byte for byte.

    Raises
    ------
    MissingMediaError
        If there is nothing at the path.
    RejectedTypeError
        If it is no path. A model itself is not taken: write it to a file with its own library.

    Notes
    -----
    Source: SDK 0.12.12 to 0.31.0. The tag is under ``type`` and not ``_type``; ``path`` is a file, or the name that all
    files of a folder begin with.
    """

    wire_keys: ClassVar[frozenset[str]] = frozenset(["type", "path"])

    def __init__(self, path: Any) -> None:
        super().__init__()
        if not isinstance(path, str | os.PathLike):
            problem = f"is {type(path).__name__}, not a path"
            raise RejectedTypeError("model", problem, "Write the model to a file with its own library.")
        found = Path(path)
        self._name: str | None = None
        self._beside: dict[str, Payload] = {}
        if found.is_dir():
            files = sorted(item for item in found.rglob("*") if item.is_file())
            self._files: dict[str, Payload] = {
                f"/{item.relative_to(found).as_posix()}": PathPayload(item) for item in files
            }
        else:
            self._files = {"": PathPayload(found)}
        if not self._files:
            raise MissingMediaError(str(path), "is an empty folder", "Pass a file, or a folder with files.")

    @property
    def path(self) -> str | None:
        """Name of the file, or of the folder, in its artifact; None as long as it lies in none."""
        return self._name

    def files(self) -> list[tuple[str, int]]:
        """Return name and size in bytes of each file; names are relative to the folder, of a single file its own."""
        return [(name.removeprefix("/") or payload.filename, _size(payload)) for name, payload in self._files.items()]

    def head(self, name: str, length: int = 512) -> bytes:
        """Return the first bytes of a file of `files`; nothing is done with them.

        Raises
        ------
        KeyError
            If there is no such file.
        """
        payload = self._files[f"/{name}"] if f"/{name}" in self._files else self._files[""]
        with payload.open() as file:
            return file.read(length)

    def digests(self) -> dict[str, str]:
        """Return the hex sha256 of each file, by the end of its name; all bytes are read once."""
        return {name: payload.sha256 for name, payload in self._files.items()}

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the JSON; the files go to the target."""
        name = self._name
        if name is None:
            first = next(iter(self._files.values()))
            ending = first.extension if "" in self._files else ""
            name = f"{_FOLDER}/{first.sha256[: wire.DIGITS]}{ending}"
        for end, payload in self._files.items():
            stored = run_or_artifact.add_file(payload.handover, f"{name}{end}")
            name = stored.path if not end else name
        for beside, payload in self._beside.items():
            run_or_artifact.add_file(payload.handover, beside)
        return {"type": self.artifact_type, "path": name, **self._rest()}

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read which files a model has; none is opened."""
        value = cls.__new__(cls)
        WBValue.__init__(value)
        value._name = name = wire.text_field(json_obj, "path", str(cls.artifact_type))
        inside = source_artifact.names(f"{name.rstrip('/')}/")
        value._files = {item[len(name.rstrip("/")) :]: SourcePayload(source_artifact, item) for item in inside}
        if not value._files:
            value._files = {"": SourcePayload(source_artifact, name)}
        beside = json_obj.get("dep_py_files_path")
        names = source_artifact.names(f"{beside.rstrip('/')}/") if isinstance(beside, str) and beside else ()
        value._beside = {item: SourcePayload(source_artifact, item) for item in names}
        value._keep_rest(json_obj)
        return value

    def facts(self) -> dict[str, Any]:
        """Return names and sizes; the key of the tag is told too, since it is another one than for all other values."""
        files = [{"name": name, "bytes": size} for name, size in self.files()]
        return {"$media": self.artifact_type, "path": self._name, "type_key": "type", "files": files}

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Count files by name and digest."""
        self._same_type(other)
        mine, its = self.digests(), other.digests() if isinstance(other, SavedModel) else {}
        return {
            "files_added": len(its.keys() - mine.keys()),
            "files_removed": len(mine.keys() - its.keys()),
            "files_changed": sum(1 for name in mine.keys() & its.keys() if mine[name] != its[name]),
        }

    def __eq__(self, other: object) -> bool:
        """Equal if type, names and bytes of the files are."""
        if not isinstance(other, SavedModel) or type(other) is not type(self):
            return NotImplemented
        return self.digests() == other.digests()

    __hash__ = None  # type: ignore[assignment]  # compared by value

    def __repr__(self) -> str:
        """One line: where it lies, and how many files it has."""
        count = len(self._files)
        shown = f"{self._name!r}" if self._name else f"{count} file{'s' if count > 1 else ''}"
        return f"{type(self).__name__}({shown})"


def _size(payload: Payload) -> int:
    """Return the size of a file without reading it."""
    with payload.open() as file:
        try:
            return file.seek(0, os.SEEK_END)
        except OSError as error:
            raise UnreadableMediaError(
                payload.filename, f"cannot be measured ({error})", "Restore the file."
            ) from error


class SklearnModel(SavedModel):
    """A model of scikit-learn: one pickle."""

    artifact_type = "sklearn-model-file"


class TorchModel(SavedModel):
    """A model of PyTorch: one file with pickles inside."""

    artifact_type = "pytorch-model-file"


class TFKerasModel(SavedModel):
    """A model of Keras in TensorFlow: a folder."""

    artifact_type = "tfkeras-model-file"

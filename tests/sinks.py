"""A sink, a source and a run in memory: what a value asks of a store, in a page of code."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from datatypes import wire
from datatypes.base import WBValue
from datatypes.ports import Dialect, SourceFile

if TYPE_CHECKING:
    from collections.abc import Sequence


class DictFile(NamedTuple):
    """What was stored."""

    path: str
    digest: str
    size: int


class DictStore:
    """Sink and source at once; files are a dict of name → bytes.

    In the artifact dialect, bytes that were added before keep their first name, as in an artifact.
    """

    def __init__(self, dialect: Dialect = "artifact", files: dict[str, bytes] | None = None) -> None:
        self.dialect: Dialect = dialect
        self.files = dict(files or {})
        self.opened: list[str] = []
        self.id, self.project = "run1", "demo"
        self.singletons: dict[tuple[str, str], Any] = {}
        self.key, self.step = "", 0

    def add_file(self, source: Path | bytes | SourceFile, name: str) -> DictFile:
        if isinstance(source, SourceFile):
            with source.source.open(source.name) as file:
                data = file.read()
        else:
            data = source.read_bytes() if isinstance(source, Path) else source
        if self.dialect == "artifact":
            ending = name.rpartition("/")[2].partition(".")[2]
            same = (known for known, bytes_ in self.files.items() if bytes_ == data and known.endswith(f".{ending}"))
            name = next(same, name)
        if self.files.setdefault(name, data) != data:
            raise ValueError(f"{name} has other bytes")
        return DictFile(name, hashlib.sha256(data).hexdigest(), len(data))

    def add(self, value: WBValue, name: str) -> DictFile:
        name = value.entry_name(name)
        data = wire.canonical_json(value.to_json(self))
        self.files.setdefault(name, data)
        return DictFile(name, hashlib.sha256(self.files[name]).hexdigest(), len(self.files[name]))

    def add_singleton(self, kind: str, key: str, value: Any) -> None:
        self.singletons[kind, key] = value

    def open(self, name: str) -> BinaryIO:
        self.opened.append(name)
        if name not in self.files:
            raise LookupError(name)
        return io.BytesIO(self.files[name])

    def local_path(self, name: str) -> Path:
        raise LookupError(f"{name} lies in memory")

    def get(self, name: str) -> WBValue | None:
        import json

        if name not in self.files:
            return None
        value: WBValue = WBValue.init_from_json(json.loads(self.files[name]), self)
        value.set_artifact_source(self, name)
        return value

    def names(self, prefix: str = "") -> Sequence[str]:
        return [name for name in self.files if name.startswith(prefix)]


class DictRun(DictStore):
    """A run in memory: the run dialect, and what its config keeps."""

    def __init__(self, key: str = "img", step: int | str = 3) -> None:
        super().__init__("run")
        self.key, self.step = key, step  # type: ignore[assignment]  # a row's step may be the word "summary"
        self.artifacts: dict[str, DictStore] = {}

    def singleton(self, kind: str, key: str) -> Any:
        return self.singletons.get((kind, key))

    def log_table_artifact(self, table: WBValue, key: str, step: int | str) -> dict[str, str]:
        artifact, number = DictStore(), f"a{len(self.artifacts)}"
        self.artifacts[number] = artifact
        return {"artifact_path": f"wandb-client-artifact://{number}/{artifact.add(table, key).path}"}

    def resolve(self, uri: str) -> tuple[DictStore, str] | None:
        number, _, name = uri.partition("://")[2].partition("/")
        return (self.artifacts[number], name) if number in self.artifacts else None


class FolderSource:
    """A folder as a source; of a run also its config, for class labels. References are not followed."""

    def __init__(self, folder: Path, *, config: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.config = config or {}
        self.key, self.step = "", 0

    def open(self, name: str) -> BinaryIO:
        return self.local_path(name).open("rb")

    def local_path(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise LookupError(name)
        return path

    def get(self, name: str) -> WBValue | None:
        import json

        if not (self.folder / name).is_file():
            return None
        value: WBValue = WBValue.init_from_json(json.loads((self.folder / name).read_bytes()), self)
        value.set_artifact_source(self, name)
        return value

    def names(self, prefix: str = "") -> Sequence[str]:
        found = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        return sorted(name for name in found if name.startswith(prefix))

    def at(self, key: str, step: int | str) -> FolderSource:
        """The same source for one value of a history row."""
        row = FolderSource(self.folder, config=self.config)
        row.key, row.step = key, step  # type: ignore[assignment]  # a row's step may be the word "summary"
        return row

    def singleton(self, kind: str, key: str) -> Any:
        return self.config.get("_wandb", {}).get(kind, {}).get(key, {}).get("value")

"""`WBValue`, `Media` and `BatchableMedia`: what every value can do.

A *value* is anything with a wire tag. A *medium* is a value with a side file. A *batchable medium* has a form of its
own for lists in a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes import registry, wire
from datatypes.errors import RejectedTypeError, RejectedValueError, UnboundValueError
from datatypes.fidelity import FidelityRecord
from datatypes.payload import SourcePayload

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from datatypes.payload import Payload
    from datatypes.ports import MediaSink, MediaSource, RunSink, StoredFile

__all__ = ["ArtifactSource", "BatchableMedia", "Media", "WBValue"]


class ArtifactSource:
    """Where a value came from.

    Parameters
    ----------
    artifact : MediaSource
        The artifact that it was read from.
    name : str, optional
        Entry of the value itself; None if it was a cell, or a part of another value.
    """

    __slots__ = ("artifact", "name")

    def __init__(self, artifact: MediaSource, name: str | None = None) -> None:
        self.artifact = artifact
        self.name = name

    def __getitem__(self, key: str) -> Any:
        """Give a field in the spelling of old SDKs: ``source["artifact"]``."""
        if key not in self.__slots__:
            raise KeyError(key)
        return getattr(self, key)

    def __repr__(self) -> str:
        """One line."""
        return f"ArtifactSource({self.artifact!r}, {self.name!r})"


class WBValue:
    """Anything that has a wire tag, becomes JSON and comes back from it."""

    #: Wire tag; None for classes that are never stored under a tag of their own.
    artifact_type: ClassVar[str | None] = None
    #: Old tags of the same meaning.
    wire_aliases: ClassVar[tuple[str, ...]] = ()
    #: Extensions (lower case, with dot) of plain files that this class opens without any JSON.
    file_extensions: ClassVar[tuple[str, ...]] = ()
    #: Fields of the JSON that the class itself reads and writes; all others are kept as they are.
    wire_keys: ClassVar[frozenset[str]] = frozenset()

    _artifact_source: ArtifactSource | None = None
    _fidelity: FidelityRecord | None = None
    _unknown_fields: dict[str, Any] | None = None

    def __init__(self) -> None:
        self._artifact_source = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Enter the class into the registry."""
        super().__init_subclass__(**kwargs)
        registry.register(cls)

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the value's JSON; its side files go to the target.

        Parameters
        ----------
        run_or_artifact : MediaSink
            A run or an artifact.
        """
        raise NotImplementedError

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a value from its JSON.

        Parameters
        ----------
        json_obj : dict
            Stored JSON of any SDK.
        source_artifact : MediaSource
            Where its side files are; they are opened when they are used.

        Raises
        ------
        WireFormatError
            If the JSON is not of this type's form.
        """
        raise NotImplementedError

    @classmethod
    def from_file(cls, name: str, source: MediaSource) -> WBValue:
        """Make a value of a plain file, for classes with `file_extensions`."""
        raise NotImplementedError

    @classmethod
    def with_suffix(cls, name: str, filetype: str = "json") -> str:
        """Return the name of the object file in an artifact: ``name.<tag>.json`` unless it ends so already."""
        suffix = f"{cls.artifact_type}.{filetype}" if cls.artifact_type else filetype
        return name if name.endswith(suffix) else f"{name}.{suffix}"

    def entry_name(self, name: str) -> str:
        """Return the name under which an artifact keeps this value; as `with_suffix`, where the class is enough."""
        return self.with_suffix(name)

    @staticmethod
    def init_from_json(json_obj: dict[str, Any], source_artifact: MediaSource) -> Any:
        """Read a value of any type; see `datatypes.registry.decode`."""
        return registry.decode(json_obj, source_artifact)

    @staticmethod
    def type_mapping() -> dict[str, type[WBValue]]:
        """Return wire tag → class of all known types."""
        return registry.type_mapping()

    @property
    def artifact_source(self) -> ArtifactSource | None:
        """Where the value came from; None if it was made here.

        Set by whoever reads it: an `ArtifactSource`, a source, a dict with ``"artifact"`` and ``"name"``, or None.
        """
        return self._artifact_source

    @artifact_source.setter
    def artifact_source(self, origin: ArtifactSource | MediaSource | dict[str, Any] | None) -> None:
        if origin is None or isinstance(origin, ArtifactSource):
            self._artifact_source = origin
        elif isinstance(origin, dict):
            self._artifact_source = ArtifactSource(origin["artifact"], origin.get("name"))
        else:
            self._artifact_source = ArtifactSource(origin)

    def set_artifact_source(self, artifact: MediaSource, name: str | None = None) -> None:
        """Say where the value came from, in the spelling of the SDK."""
        self._artifact_source = ArtifactSource(artifact, name)

    def is_unchanged(self) -> bool:
        """Whether the value is still what its source holds, so that a reference to it says the truth."""
        return True

    @property
    def fidelity(self) -> FidelityRecord | None:
        """What the conversion cost; None for types that convert nothing."""
        return self._fidelity

    def facts(self) -> dict[str, Any]:
        """Return what a reader can check, in plain JSON types; the form of ``expected.json`` in the golden data."""
        return {"$media": self.artifact_type}

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure how far another value of the same type is away; all measures are zero exactly for equal values."""
        raise NotImplementedError

    def _same_type(self, other: WBValue) -> None:
        if type(other) is not type(self):
            names = type(self).__name__, type(other).__name__
            raise RejectedTypeError(
                "difference", f"{names[0]} cannot be compared with {names[1]}", "Pass two of a type."
            )

    def _keep_rest(self, json_obj: dict[str, Any]) -> None:
        """Remember the fidelity record, and the fields that the class does not know: they are written back."""
        if "fidelity" in json_obj:
            self._fidelity = FidelityRecord.from_json(json_obj["fidelity"])
        rest = {key: item for key, item in json_obj.items() if key not in self.wire_keys and key != "fidelity"}
        self._unknown_fields = rest or None

    def _rest(self) -> dict[str, Any]:
        """Return fields to write besides the class's own."""
        rest = dict(self._unknown_fields or {})
        record = self.fidelity
        if record is not None and record.verdict != "unknown":
            rest["fidelity"] = record.to_json()
        return rest

    def __repr__(self) -> str:
        """One line."""
        return f"{type(self).__name__}()"


class Media(WBValue):
    """A value whose content is a side file.

    Parameters
    ----------
    caption : str, optional
        Text shown with it.
    """

    #: Folder of the side files, POSIX, no slash at either end.
    media_folder: ClassVar[str] = "media"

    _payload: Payload | None = None
    _name: str | None = None
    _bound: tuple[RunSink, StoredFile] | None = None

    def __init__(self, caption: str | None = None) -> None:
        super().__init__()
        self._caption = caption

    @property
    def caption(self) -> str | None:
        """Text shown with the medium."""
        return self._caption

    @classmethod
    def get_media_subdir(cls) -> str:
        """Return the folder of the side files."""
        return cls.media_folder

    @property
    def path(self) -> str | None:
        """Name of the side file in its artifact or run; None as long as it lies in none."""
        return self._name

    def open(self) -> BinaryIO:
        """Open the side file for reading."""
        return self._file().open()

    def local_path(self) -> Path:
        """Path of the side file on this machine's disk."""
        return self._file().local_path()

    def file_is_set(self) -> bool:
        """Whether there is a side file."""
        return self._payload is not None

    def is_bound(self) -> bool:
        """Whether the value belongs to a run."""
        return self._bound is not None

    def _file(self) -> Payload:
        if self._payload is None:
            raise RejectedValueError(type(self).__name__, "has no file", "Make the value from data or a path first.")
        return self._payload

    def _set_payload(self, payload: Payload) -> None:
        self._payload = payload
        self._name = payload.name if isinstance(payload, SourcePayload) else None

    def bind_to_run(self, run: RunSink, key: str, step: int | str, id_: int | str | None = None) -> None:
        """Put the side file into a run, under the name that its key and step give.

        Parameters
        ----------
        run : RunSink
            The run.
        key : str
            Last key of the value in the row.
        step : int or str
            Step of the row, or ``"summary"``.
        id_ : int or str, optional
            Tells values of one key and step apart; the first 20 digits of the file's sha256 unless given.

        Raises
        ------
        RejectedTypeError
            If `run` is None.
        """
        if run is None:
            raise RejectedTypeError("run", "is None", "Pass the run that the value is logged to.")
        payload = self._file()
        suffix = payload.sha256[: wire.DIGITS] if id_ is None else id_
        name = wire.run_file_name(self.get_media_subdir(), key, step, suffix, self._run_extension(payload))
        stored = run.add_file(payload.handover, name)
        self._bound, self._name = (run, stored), stored.path

    def _run_extension(self, payload: Payload) -> str:
        return payload.extension

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the fields that every medium has: tag, path, sha256, in a run also the size, and the caption.

        Raises
        ------
        UnboundValueError
            If the target is a run and `bind_to_run` was not called.
        RejectedValueError
            If the value is bound to another run.
        """
        return {**self._file_json(run_or_artifact), **self._caption_json(), **self._rest()}

    def _file_json(self, target: MediaSink) -> dict[str, Any]:
        if target.dialect == "run":
            stored = self._bound_file(target)
            return {"_type": self.artifact_type, "path": stored.path, "sha256": stored.digest, "size": stored.size}
        stored = self._store_file(target)
        return {"_type": self.artifact_type, "path": stored.path, "sha256": stored.digest}

    def _caption_json(self) -> dict[str, Any]:
        """Return the caption, also when there is none: SDK 0.31 cannot read audio without the key."""
        return {"caption": self._caption}

    def _bound_file(self, run: MediaSink) -> StoredFile:
        if self._bound is None:
            raise UnboundValueError(
                type(self).__name__, "has not been bound to a run", "Call bind_to_run() before to_json(run)."
            )
        if self._bound[0] is not run:
            raise RejectedValueError(type(self).__name__, "is bound to another run", "Make a new value for this run.")
        return self._bound[1]

    def _store_file(self, artifact: MediaSink) -> StoredFile:
        return self._store_payload(artifact, self._file())

    def _store_payload(self, artifact: MediaSink, payload: Payload) -> StoredFile:
        """Put a side file into an artifact; one that lies in a source already keeps its name where that is free."""
        if isinstance(payload, SourcePayload):
            try:
                return artifact.add_file(payload.handover, payload.name)
            except ValueError:
                if not _is_name_taken(artifact, payload):
                    raise
        name = wire.artifact_file_name(
            self.get_media_subdir(), payload.sha256, payload.filename, generated=payload.generated
        )
        return artifact.add_file(payload.handover, name)

    @classmethod
    def _read_file(cls, json_obj: dict[str, Any], source: MediaSource) -> SourcePayload:
        return SourcePayload(source, wire.text_field(json_obj, "path", json_obj.get("_type") or str(cls.artifact_type)))

    def __eq__(self, other: object) -> bool:
        """Equal if type, bytes and caption are equal."""
        if not isinstance(other, Media) or type(other) is not type(self):
            return NotImplemented
        mine, its = self._payload, other._payload
        if mine is None or its is None:
            return mine is its
        return self._caption == other._caption and mine.sha256 == its.sha256

    __hash__ = None  # type: ignore[assignment]  # compared by value, and values change


def _is_name_taken(artifact: MediaSink, payload: SourcePayload) -> bool:
    """Whether `artifact` refused a file because other bytes have its name: then another name will do."""
    names = getattr(artifact, "names", None)
    return names is not None and payload.name in names(payload.name)


class BatchableMedia(Media):
    """A medium whose lists have a form of their own in a run."""

    #: Tag of a list of such values.
    batch_type: ClassVar[str | None] = None
    #: Old tags of lists.
    batch_aliases: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def seq_to_json(cls, seq: Sequence[BatchableMedia], run: RunSink, key: str, step: int | str) -> dict[str, Any]:
        """Return the JSON of a list of values of this type; they are bound to the run already."""
        raise NotImplementedError

    @classmethod
    def seq_from_json(cls, json_obj: dict[str, Any], source: MediaSource) -> list[Self]:
        """Read a list of values of this type."""
        raise NotImplementedError

    @classmethod
    def seq_facts(cls, json_obj: dict[str, Any], source: MediaSource) -> dict[str, Any]:
        """Return what a reader can check of a list: its own fields, and the facts of each item."""
        items = [item.facts() for item in cls.seq_from_json(json_obj, source)]
        return {"$media": json_obj.get("_type"), "count": len(items), "items": items}


def captions_of(items: Sequence[Media]) -> list[str | None] | bool:
    """Return the captions of a list as the wire has them: false if the first item has none."""
    return [item.caption for item in items] if items and items[0].caption is not None else False

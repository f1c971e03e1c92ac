"""`Object3D`: points, scenes and models (wire tag ``object3D-file``; lists: ``object3D``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import cloud_facts, cloud_text, media_list, mesh, model_check, object3d_difference, point_cloud, wire
from datatypes.base import BatchableMedia
from datatypes.errors import RejectedTypeError, UnreadableMediaError
from datatypes.object3d_input import FILE_TYPES, load_object, type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datatypes.base import WBValue
    from datatypes.mesh_parts import ModelParts
    from datatypes.payload import Payload
    from datatypes.ports import MediaSource, RunSink

__all__ = ["Object3D"]


class Object3DJSON(TypedDict, total=False):
    """Form on the wire."""

    _type: Literal["object3D-file"]
    path: str
    sha256: str
    size: int  # run only
    caption: str | None


class Object3DListJSON(TypedDict, total=False):
    """Form of a list in a run."""

    _type: Literal["object3D"]
    count: int
    filenames: list[str]  # below media/object3D
    objects: list[Object3DJSON]


class Object3D(BatchableMedia):
    """Points, a scene or a model.

    Parameters
    ----------
    data_or_path : array, dict, str, PathLike or file object
        Points: (n, 3) x, y, z; (n, 4) with a category, a whole number from 1 to 14; (n, 6) with red, green and blue
        from 0 to 255. What lies outside is kept, and the record says so. A scene: a dict of ``type``
        ``"lidar/beta"``, ``points``, ``boxes`` (``corners``: 8 places, ``label``, ``color``, ``score``) and
        ``vectors`` (``start``, ``end``), each an array or a list. A path or a file object is kept byte for byte.
    caption : str, optional
        Text shown with it.
    file_type : {"babylon", "glb", "gltf", "obj", "pts.json", "stl"}, optional
        What a file object holds. A path says it by its end.
    exact : bool
        Accepted for the sake of the other types: numbers are always stored so that every bit comes back.

    Raises
    ------
    RejectedValueError, RejectedTypeError, MissingMediaError
        If it is no 3D object.
    """

    SUPPORTED_TYPES: ClassVar[frozenset[str]] = frozenset(FILE_TYPES)

    artifact_type = "object3D-file"
    batch_type = "object3D"
    media_folder = "media/object3D"
    file_extensions = tuple(f".{kind}" for kind in FILE_TYPES)
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "path", "sha256", "size", "caption"})

    _cloud: point_cloud.Cloud | None = None

    def __init__(
        self, data_or_path: Any, caption: str | None = None, file_type: str | None = None, *, exact: bool = False
    ) -> None:
        super().__init__(caption=caption)
        payload, self._format, self._fidelity = load_object(data_or_path, file_type)
        self._set_payload(payload)

    @classmethod
    def from_numpy(cls, data: Any, caption: str | None = None) -> Self:
        """Make an object of an array of points, or of a scene."""
        return cls(data, caption=caption)

    @classmethod
    def from_point_cloud(
        cls,
        points: Any,
        boxes: Any,
        vectors: Any = None,
        point_cloud_type: str = point_cloud.SCENE_TYPE,
        *,
        caption: str | None = None,
    ) -> Self:
        """Make a scene of its parts.

        Parameters
        ----------
        points : array or list
            Rows of 3, 4 or 6 numbers; see the class.
        boxes, vectors : sequence of dict
            See the class.
        point_cloud_type : {"lidar/beta"}
            Kind of scene.
        caption : str, optional
            Text shown with it.
        """
        scene = {"type": point_cloud_type, "points": points, "boxes": boxes, "vectors": vectors}
        return cls(scene, caption=caption)

    @classmethod
    def from_file(  # W&B's signature, and that of every type here, under one name
        cls, data_or_path: Any, file_type: str | MediaSource | None = None, caption: str | None = None
    ) -> Self:
        """Make an object of a file.

        Parameters
        ----------
        data_or_path : str, PathLike or file object
            The file; a name in the source, if there is one.
        file_type : str or MediaSource, optional
            What a file object holds; or the source in which the file lies, which is opened when it is used.
        caption : str, optional
            Text shown with it.
        """
        if file_type is None or isinstance(file_type, str):
            return cls(data_or_path, caption=caption, file_type=file_type)
        return cls.from_json({"_type": "object3D-file", "path": data_or_path, "caption": caption}, file_type)

    @property
    def _subject(self) -> str:
        return self.path or self._file().filename

    @property
    def format(self) -> str:
        """Type of the file: ``"pts.json"``, ``"glb"`` …; empty if its name does not say."""
        return self._format

    @property
    def cloud(self) -> point_cloud.Cloud:
        """Points, boxes and vectors as they are stored; read once.

        Raises
        ------
        RejectedTypeError
            If it is a model.
        UnreadableMediaError, DecodeLimitError
            If the file is not of its form, or too large.
        """
        if self._format != "pts.json":
            raise RejectedTypeError(self._subject, "is a model, not a cloud of points", "Use to_trimesh or to_numpy.")
        if self._cloud is None:
            self._cloud = point_cloud.read_cloud(self._file(), self._subject)
        return self._cloud

    def cloud_arrays(self) -> cloud_text.CloudArrays:
        """Return points as an array, boxes and vectors: what `cloud` has, without a Python object a number.

        Raises
        ------
        RejectedTypeError, UnreadableMediaError, DecodeLimitError
            As `cloud`.
        """
        if self._format != "pts.json":
            raise RejectedTypeError(self._subject, "is a model, not a cloud of points", "Use model_parts or to_numpy.")
        if self._cloud is not None:
            return cloud_text.CloudArrays(self._cloud.to_numpy(self._subject), *self._cloud[1:])
        return cloud_text.read_arrays(self._file(), self._subject)

    @property
    def points(self) -> NDArray[Any]:
        """Points of a cloud or a scene: (points, columns)."""
        return self.cloud.to_numpy(self._subject, self._dtype())

    @property
    def boxes(self) -> list[Any]:
        """Boxes of a scene."""
        return self.cloud.boxes or []

    @property
    def vectors(self) -> list[Any]:
        """Vectors of a scene."""
        return self.cloud.vectors or []

    def _dtype(self) -> str | None:
        given = self.fidelity.source.get("dtype") if self.fidelity is not None else None
        sizes = (8, 16, 32, 64)
        known = {f"{kind}{size}" for kind in ("int", "uint", "float") for size in sizes} - {"float8"}
        return given if given in known or given == "bool" else None

    def to_numpy(self) -> NDArray[Any]:
        """Return the points: (points, columns), or of a model its vertices in the coordinates of the scene.

        Points have the dtype that was given, where the record knows and it holds them; else float64. Vertices are
        (vertices, 3) float64.

        Raises
        ------
        UnreadableMediaError, DecodeLimitError
            If the file is not of its form, or too large.
        """
        return self.points if self._format == "pts.json" else self._arrays()[0]

    def _arrays(self) -> tuple[NDArray[Any], NDArray[Any]]:
        return mesh.model_arrays(self.to_trimesh())

    def to_trimesh(self) -> Any:
        """Return the object for trimesh.

        Returns
        -------
        trimesh.PointCloud or trimesh.Trimesh or trimesh.Scene
            Points with their colours (boxes and vectors of a scene are in its ``metadata``); the one mesh of a model,
            or its scene. Textures and buffers are looked for in the same source only.

        Raises
        ------
        UnreadableMediaError
            If the file lies, is cut or empty: never an empty scene.
        DecodeLimitError
            If it is too large.
        """
        if self._format == "pts.json":
            return mesh.cloud_to_trimesh(self.cloud, self._subject)
        return mesh.load_model(self._file(), self._model_format(), self._subject)

    def model_parts(self) -> ModelParts:
        """Return the meshes of a model with their colours, normals and textures, as they are to be drawn.

        Raises
        ------
        RejectedTypeError
            If it is a cloud of points.
        UnreadableMediaError, DecodeLimitError
            As `to_trimesh`.
        """
        if self._format == "pts.json":
            raise RejectedTypeError(self._subject, "is a cloud of points, not a model", "Use cloud or to_numpy.")
        return mesh.load_parts(self._file(), self._model_format(), self._subject)

    def _model_format(self) -> str:
        if self._format not in model_check.FORMATS:
            known = ", ".join(FILE_TYPES)
            raise UnreadableMediaError(self._subject, "does not say by its name what it is", f"Name it .{known}.")
        return self._format

    def _run_extension(self, payload: Payload) -> str:
        return f".{self._format}" if self._format == "pts.json" else payload.extension

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read an object of any SDK, from an artifact or a run; the file is opened when it is used."""
        value = cls.__new__(cls)
        BatchableMedia.__init__(value, caption=json_obj.get("caption"))
        payload = cls._read_file(json_obj, source_artifact)
        value._set_payload(payload)
        value._format = type_of(payload.filename) or type_of(payload.filename.lower()) or ""
        value._keep_rest(json_obj)
        return value

    def facts(self) -> dict[str, Any]:
        """Return what a reader can check: of points their number and bounds, of a model its vertices and triangles."""
        payload = self._file()
        facts: dict[str, Any] = {"$media": "object3D-file", "caption": self._caption}
        facts["file"] = {"path": self.path, "bytes": payload.size, "sha256": payload.sha256}
        if self._format == "pts.json":
            facts |= cloud_facts.cloud_facts(self.cloud, self._subject)
        else:
            kind = self._model_format()
            info = model_check.check_model(mesh.read_model(payload, self._subject), kind, self._subject)
            facts |= {"form": "model", "format": kind, "vertices": info.vertices, "faces": info.faces}
        if self.fidelity is not None and self.fidelity.notices:
            facts["notices"] = self.fidelity.notices
        return wire.json_safe(facts)  # type: ignore[no-any-return]  # a dict stays one

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure how far two objects are apart.

        Returns
        -------
        dict
            Of clouds: see `datatypes.cloud_facts.measure_pairs`, ``boxes`` and ``vectors`` (``matched``, ``added``,
            ``removed``). Of models the same for vertices, ``faces_added``, ``faces_removed``. ``fields``: what else
            differs; ``bytes`` where the shapes are the same and the files are not.
        """
        self._same_type(other)
        if not isinstance(other, Object3D):
            raise RejectedTypeError("difference", "needs two 3D objects", "Pass an Object3D.")
        return object3d_difference.compare_objects(self, other)

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: RunSink, key: str, step: int | str) -> dict[str, Any]:
        """Return the JSON of a list of objects that are bound to the run."""
        jsons = [item.to_json(run) for item in seq]
        names = [item["path"].removeprefix(f"{cls.media_folder}/") for item in jsons]
        return {"_type": "object3D", "filenames": names, "count": len(jsons), "objects": jsons}

    @classmethod
    def seq_from_json(cls, json_obj: dict[str, Any], source: MediaSource) -> list[Self]:
        """Read a list of objects of any SDK; old lists name files only."""
        if isinstance(json_obj.get("objects"), list):
            items = media_list.item_jsons(json_obj, "objects")
        else:
            names = media_list.named_files(json_obj, source, cls.media_folder)
            items = [{"_type": "object3D-file", "path": name} for name in names]
        values = [cls.from_json(item, source) for item in items]
        for index, value in enumerate(values):
            value.set_artifact_source(source)
            value._caption = value._caption or media_list.caption_at(json_obj, index)
        return values

    @classmethod
    def seq_facts(cls, json_obj: dict[str, Any], source: MediaSource) -> dict[str, Any]:
        """Return what a reader can check of a list: the names of its files, and each object."""
        return {**super().seq_facts(json_obj, source), "filenames": json_obj.get("filenames")}

    def __eq__(self, other: object) -> bool:
        """Equal if caption and content are: points however their text is laid out, models byte for byte."""
        import numpy as np

        if not isinstance(other, Object3D) or type(other) is not type(self):
            return NotImplemented
        if (self._caption, self._format) != (other._caption, other._format):
            return False
        if self._file().sha256 == other._file().sha256:
            return True
        if self._format != "pts.json" or self.cloud[1:] != other.cloud[1:]:
            return False
        mine, its = self.cloud.to_numpy(self._subject), other.cloud.to_numpy(other._subject)
        return bool(np.array_equal(mine, its, equal_nan=True))

    __hash__ = None  # type: ignore[assignment]  # compared by value

    def __repr__(self) -> str:
        """One line: format, size if it is known, caption."""
        parts = [self._format or "?"]
        shape = self.fidelity.source.get("shape") if self.fidelity is not None else None
        if isinstance(shape, list) and len(shape) == 2:
            parts.append(f"{shape[0]} points of {shape[1]}")
        parts += [f"{self._caption!r}"] if self._caption else []
        return f"Object3D({', '.join(parts)})"

"""`Molecule`: a molecule in one of the formats of its field (wire tag ``molecule-file``; lists: ``molecule``)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import atoms, limits, media_list, rdkit_molecule, wire
from datatypes.base import BatchableMedia
from datatypes.errors import RejectedTypeError, RejectedValueError, UnreadableMediaError
from datatypes.media_input import file_object_bytes, file_payload, file_record, given_name, made_payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datatypes.base import WBValue
    from datatypes.payload import Payload
    from datatypes.ports import MediaSource, RunSink

__all__ = ["Molecule"]


class MoleculeJSON(TypedDict, total=False):
    """Form on the wire."""

    _type: Literal["molecule-file"]
    path: str
    sha256: str
    size: int  # run only
    caption: str | None


class MoleculeListJSON(TypedDict, total=False):
    """Form of a list in a run: neither hashes nor objects."""

    _type: Literal["molecule"]
    count: int
    filenames: list[str]  # whole paths
    captions: list[str | None] | Literal[False]


class Molecule(BatchableMedia):
    """A molecule.

    Parameters
    ----------
    data_or_path : str, PathLike or file object
        Kept byte for byte, and opened when it is used. A file object that knows its name is taken for its path.
    caption : str, optional
        Text shown with it.
    file_type : str, optional
        What a file object without a name holds: one of `SUPPORTED_TYPES`. A path says it by its end, in lower case.

    Raises
    ------
    RejectedValueError, MissingMediaError
        If it is no molecule by its name or type.
    """

    SUPPORTED_TYPES: ClassVar[frozenset[str]] = frozenset(atoms.FORMATS)
    SUPPORTED_RDKIT_TYPES: ClassVar[frozenset[str]] = frozenset({"mol", "sdf"})

    artifact_type = "molecule-file"
    batch_type = "molecule"
    media_folder = "media/molecule"
    file_extensions = tuple(f".{kind}" for kind in atoms.FORMATS)
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "path", "sha256", "size", "caption"})

    def __init__(self, data_or_path: Any, caption: str | None = None, file_type: str | None = None) -> None:
        super().__init__(caption=caption)
        if file_type is not None and file_type not in atoms.FORMATS:
            raise RejectedValueError("file_type", f"is {file_type!r}", f"Use one of {', '.join(atoms.FORMATS)}.")
        payload = _load(data_or_path, file_type)
        self._set_payload(payload)
        self._fidelity = file_record(payload)

    @classmethod
    def from_rdkit(
        cls,
        data_or_path: Any,
        caption: str | None = None,
        convert_to_3d_and_optimize: bool = True,  # noqa: FBT001, FBT002, RUF100  # W&B's own signature
        mmff_optimize_molecule_max_iterations: int = 200,
    ) -> Self:
        """Make a molecule of what RDKit knows, stored as PDB.

        Parameters
        ----------
        data_or_path : str, PathLike or rdkit.Chem.Mol
            A molecule of RDKit, or a ``.mol`` or ``.sdf`` file, of which the first molecule is taken.
        caption : str, optional
            Text shown with it.
        convert_to_3d_and_optimize : bool
            Add hydrogens, find places in space, and relax them by the MMFF force field.
        mmff_optimize_molecule_max_iterations : int
            Most steps of that.

        Raises
        ------
        MissingExtraError
            If RDKit is not installed.
        RejectedValueError, RejectedTypeError, MissingMediaError
            If it is no molecule.
        """
        molecule, source = rdkit_molecule.load(data_or_path)
        return cls._from_mol(
            molecule, source, caption, mmff_optimize_molecule_max_iterations if convert_to_3d_and_optimize else None
        )

    @classmethod
    def from_smiles(
        cls,
        data: str,
        caption: str | None = None,
        sanitize: bool = True,  # noqa: FBT001, FBT002, RUF100  # W&B's own signature
        convert_to_3d_and_optimize: bool = True,  # noqa: FBT001, FBT002, RUF100  # as above
        mmff_optimize_molecule_max_iterations: int = 200,
    ) -> Self:
        """Make a molecule of its SMILES text, stored as PDB; see `from_rdkit`.

        Parameters
        ----------
        data : str
            SMILES.
        caption : str, optional
            Text shown with it.
        sanitize : bool
            Let RDKit check valences and find rings.
        convert_to_3d_and_optimize, mmff_optimize_molecule_max_iterations
            See `from_rdkit`.
        """
        molecule, source = rdkit_molecule.parse_smiles(data, sanitize=sanitize)
        return cls._from_mol(
            molecule, source, caption, mmff_optimize_molecule_max_iterations if convert_to_3d_and_optimize else None
        )

    @classmethod
    def _from_mol(cls, molecule: Any, source: dict[str, Any], caption: str | None, iterations: int | None) -> Self:
        text, record = rdkit_molecule.to_pdb(molecule, source, iterations)
        value = cls(io.StringIO(text), caption=caption, file_type="pdb")
        value._fidelity = record
        return value

    @property
    def _subject(self) -> str:
        return self.path or self._file().filename

    @property
    def format(self) -> str:
        """Format of the file by the end of its name: ``"pdb"``, ``"sdf"`` …; empty if it does not say."""
        extension = self._file().extension.removeprefix(".")
        return extension if extension in atoms.FORMATS else extension.lower()

    def atoms(self) -> list[atoms.Atom]:
        """Return the atoms of all models in the file, in their order: label and place.

        Raises
        ------
        UnreadableMediaError
            If the file is not of its format, is cut, or holds no atom.
        DecodeLimitError
            If it is larger than `limits.array_bytes`.
        """
        if self.format not in atoms.FORMATS:
            known = ", ".join(atoms.FORMATS)
            raise UnreadableMediaError(self._subject, "is no molecule by its name", f"Name it as one of {known}.")
        payload = self._file()
        limits.check_array_bytes(self._subject, payload.size)
        return atoms.read_atoms(payload.read(), self.format, self._subject)

    def to_py3dmol(self, width: int = 640, height: int = 480, **options: Any) -> Any:
        """Return a view for notebooks, styled as it first opens in the viewer; `py3Dmol` has what more it can do.

        Parameters
        ----------
        width, height : int
            Pixels.
        **options
            For ``py3Dmol.view``: ``js`` names where the notebook's browser gets 3Dmol.js from. Unless it is given that
            is the address that py3Dmol chooses, so showing the view needs a network; to make it needs none.

        Returns
        -------
        py3Dmol.view

        Raises
        ------
        RejectedValueError
            If the file is binary (``mmtf``): 3Dmol takes text from Python.
        UnreadableMediaError
            As for `atoms`.
        """
        import py3Dmol

        if self.format == "mmtf":
            raise RejectedValueError(self._subject, "is binary, and py3Dmol takes text", "Show it with vitrina view.")
        residues = {(atom.chain, atom.residue) for atom in self.atoms()}
        style = {"cartoon": {"colorscheme": "chain"}} if len(residues) > 1 else {"stick": {}}
        view = py3Dmol.view(width=width, height=height, **options)
        view.addModel(
            self._file().read().decode("utf-8", "replace"), atoms.NAMES_IN_3DMOL.get(self.format, self.format)
        )
        view.setStyle(style)
        view.zoomTo()
        return view

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a molecule of any SDK, from an artifact or a run; the file is opened when it is used."""
        value = cls.__new__(cls)
        BatchableMedia.__init__(value, caption=json_obj.get("caption"))
        value._set_payload(cls._read_file(json_obj, source_artifact))
        value._keep_rest(json_obj)
        return value

    @classmethod
    def from_file(cls, name: str, source: MediaSource) -> Molecule:
        """Make a molecule of a plain file, which is opened when it is used."""
        return cls.from_json({"_type": "molecule-file", "path": name}, source)

    def facts(self) -> dict[str, Any]:
        """Return what a reader can check: format, number of atoms, caption, the file."""
        payload = self._file()
        facts: dict[str, Any] = {"$media": "molecule-file", "caption": self._caption, "format": self.format}
        facts["file"] = {"path": self.path, "bytes": payload.size, "sha256": payload.sha256}
        facts["atoms"] = len(self.atoms())
        return wire.json_safe(facts)  # type: ignore[no-any-return]  # a dict stays one

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure how far two molecules are apart, atom by atom.

        Returns
        -------
        dict
            See `datatypes.atoms.compare_atoms`, and ``fields``: which of caption and format differ; also ``bytes``
            where the atoms are the same and the files are not.
        """
        self._same_type(other)
        if not isinstance(other, Molecule):
            raise RejectedTypeError("difference", "needs two molecules", "Pass a Molecule.")
        pairs = {"bytes": (self._file().sha256, other._file().sha256), "caption": (self.caption, other.caption)}
        pairs["format"] = (self.format, other.format)
        fields = [name for name, (mine, its) in pairs.items() if mine != its]
        if "bytes" not in fields:
            return {"added": 0, "removed": 0, "moved": 0, "max_distance": 0.0, "fields": fields}
        found = atoms.compare_atoms(self.atoms(), other.atoms())
        if found["added"] or found["removed"] or found["moved"]:
            fields.remove("bytes")
        return {**found, "fields": fields}

    @classmethod
    def captions(cls, molecules: Sequence[Molecule]) -> list[str | None] | Literal[False]:
        """Return the captions, None where there is none; False if no molecule has one."""
        captions = [molecule.caption for molecule in molecules]
        return captions if any(text is not None for text in captions) else False

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: RunSink, key: str, step: int | str) -> dict[str, Any]:
        """Return the JSON of a list of molecules that are bound to the run."""
        jsons = [molecule.to_json(run) for molecule in seq]
        meta = {"_type": "molecule", "filenames": [item["path"] for item in jsons], "count": len(jsons)}
        records = [item.get("fidelity") for item in jsons]
        meta["captions"] = cls.captions(seq)
        return {**meta, "fidelity": records} if any(records) else meta

    @classmethod
    def seq_from_json(cls, json_obj: dict[str, Any], source: MediaSource) -> list[Self]:
        """Read a list of molecules of any SDK."""
        records = json_obj.get("fidelity")
        values = []
        for index, name in enumerate(media_list.named_files(json_obj, source, cls.media_folder)):
            item: dict[str, Any] = {"_type": "molecule-file", "path": name}
            item["caption"] = media_list.caption_at(json_obj, index)
            if isinstance(records, list) and index < len(records) and records[index]:
                item["fidelity"] = records[index]
            value = cls.from_json(item, source)
            value.set_artifact_source(source)
            values.append(value)
        return values

    @classmethod
    def seq_facts(cls, json_obj: dict[str, Any], source: MediaSource) -> dict[str, Any]:
        """Return what a reader can check of a list: names, captions, and each molecule."""
        declared = {name: json_obj.get(name) for name in ("filenames", "captions")}
        return {**super().seq_facts(json_obj, source), **declared}

    def __repr__(self) -> str:
        """One line: format and caption."""
        return f"Molecule({', '.join([self.format or '?', *([repr(self._caption)] if self._caption else [])])})"


def _load(data: Any, file_type: str | None) -> Payload:
    if hasattr(data, "read"):
        name = getattr(data, "name", None)
        if isinstance(name, str) and file_type is None:
            data = name
        elif file_type is None:
            raise RejectedValueError("file_type", "is missing", "Say what the file object holds: file_type='pdb'.")
        else:
            return made_payload(file_object_bytes(data, "file object"), f".{file_type}")
    known = given_name(data)
    if known is None:
        problem = f"is {type(data).__name__}"
        raise RejectedValueError("data_or_path", problem, "Pass a path, or a file object with file_type.")
    if known.rpartition(".")[2] not in atoms.FORMATS or "." not in known:
        remedy = f"Pass a file that ends in one of {', '.join(atoms.FORMATS)}."
        raise RejectedValueError(known, "is no molecule by its name", remedy)
    return file_payload(data)

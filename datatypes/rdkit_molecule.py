"""Molecules of RDKit to PDB text, and what that costs; needs the extra ``rdkit``."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from datatypes.atoms import read_atoms
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.extras import need
from datatypes.fidelity import FidelityRecord
from datatypes.payload import PathPayload

if TYPE_CHECKING:
    from datatypes.fidelity import Verdict

__all__ = ["load", "parse_smiles", "to_pdb"]

_WRITTEN = 1e-3  # PDB has three decimals, in ångström


def load(data: Any) -> tuple[Any, dict[str, Any]]:
    """Return a molecule of RDKit, and what it came from.

    Parameters
    ----------
    data : str, PathLike or rdkit.Chem.Mol
        A ``.mol`` or ``.sdf`` file, of which the first molecule is taken, or a molecule.
    """
    chem = need("rdkit.Chem", "Molecule.from_rdkit")
    if isinstance(data, chem.Mol):
        return data, {"kind": "rdkit.Mol", "atoms": data.GetNumAtoms()}
    if not isinstance(data, str | os.PathLike):
        found = type(data).__name__
        raise RejectedTypeError("data_or_path", f"is {found}", "Pass a path, or a molecule of RDKit.")
    path = os.fspath(data)
    extension = os.path.splitext(path)[1]  # noqa: PTH122  # of a name
    if extension not in (".mol", ".sdf"):
        raise RejectedValueError(path, "is neither a .mol nor a .sdf file", "Use Molecule(path), or convert it.")
    payload = PathPayload(path)
    if extension == ".mol":
        molecule = chem.MolFromMolFile(str(payload.local_path()))
    else:
        molecule = next(iter(chem.SDMolSupplier(str(payload.local_path()))), None)
    if molecule is None:
        raise RejectedValueError(path, "is not understood by RDKit", "Check the file, or use Molecule(path).")
    return molecule, {"kind": "file", "sha256": payload.sha256}


def parse_smiles(text: str, *, sanitize: bool) -> tuple[Any, dict[str, Any]]:
    """Return a molecule of RDKit of a SMILES text, and what it came from."""
    chem = need("rdkit.Chem", "Molecule.from_smiles")
    if not isinstance(text, str):
        raise RejectedTypeError("data", f"is {type(text).__name__}", "Pass SMILES as text.")
    molecule = chem.MolFromSmiles(text, sanitize=sanitize)
    if molecule is None:
        raise RejectedValueError("data", f"{text[:80]!r} is no SMILES that RDKit understands", "Correct it.")
    return molecule, {"kind": "smiles", "sha256": hashlib.sha256(text.encode()).hexdigest()}


def to_pdb(molecule: Any, source: dict[str, Any], iterations: int | None) -> tuple[str, FidelityRecord]:
    """Return the PDB text of a molecule, and the record.

    Parameters
    ----------
    molecule : rdkit.Chem.Mol
        Left as it is.
    source : dict
        What it came from.
    iterations : int, optional
        Most steps of the MMFF force field after places were found; None to keep the places that it has.
    """
    chem = need("rdkit.Chem", "Molecule.from_rdkit")
    steps = []
    if iterations is not None:
        spatial = need("rdkit.Chem.AllChem", "Molecule.from_rdkit in space")
        molecule = chem.AddHs(molecule)
        if spatial.EmbedMolecule(molecule) != 0:
            remedy = "Pass convert_to_3d_and_optimize=False, or a molecule that has places."
            raise RejectedValueError("molecule", "cannot be laid out in space by RDKit", remedy)
        steps = ["add hydrogens and find places in space"]
        if spatial.MMFFOptimizeMolecule(molecule, maxIters=iterations) >= 0:
            steps.append(f"relax by MMFF, at most {iterations} steps")
    text = chem.MolToPDBBlock(molecule)
    steps.append(f"write PDB: places to {_WRITTEN} ångström, bond orders as repeated bonds")
    if not molecule.GetNumConformers():
        return text, FidelityRecord("lossy", source, [*steps, "without places"])
    written = read_atoms(text.encode(), "pdb", "PDB of RDKit")
    given = molecule.GetConformer().GetPositions()
    distance = max(
        sum((a - b) ** 2 for a, b in zip(atom.place, place, strict=True)) ** 0.5
        for atom, place in zip(written, given.tolist(), strict=True)
    )
    verdict: Verdict = "lossy" if iterations is not None else "bounded"
    return text, FidelityRecord(verdict, source, steps, max_distance=distance)

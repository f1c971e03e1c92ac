"""A molecule from PDB, SDF, MOL2, CIF, XYZ and more; also a molecule of RDKit, or SMILES."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Molecule", "protein"


def log(artifact: Artifact) -> None:
    """Log it."""
    artifact.add(dt.Molecule(demo_file("protein.pdb"), caption="Trp-cage, a protein of 20 residues"), "protein")

"""Molecules by path and file object."""

from __future__ import annotations

import io
from pathlib import Path

from datatypes.molecule import Molecule

INPUTS = Path(__file__).parents[1] / "golden/data/inputs"


def examples():
    yield "pdb", Molecule(INPUTS / "ala3.pdb", caption="ala")
    yield "sdf", Molecule(str(INPUTS / "caffeine.sdf"))
    yield "text", Molecule(io.StringIO((INPUTS / "trpcage.pdb").read_text("utf-8")), caption="ü", file_type="pdb")
    yield "bytes", Molecule(io.BytesIO((INPUTS / "caffeine.sdf").read_bytes()), file_type="sd")

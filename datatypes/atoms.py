"""Atoms of molecule files: a small reader for each format that W&B names, enough to count and to compare.

Nothing here draws or completes a molecule: bonds, charges and symmetry stay in the file.
"""

from __future__ import annotations

import itertools
import math
import struct
from typing import TYPE_CHECKING, NamedTuple

from datatypes import cif, mmtf
from datatypes.elements import element_of_name, element_of_symbol
from datatypes.errors import DecodeLimitError, UnreadableMediaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["FORMATS", "NAMES_IN_3DMOL", "Atom", "compare_atoms", "read_atoms"]

#: Names of 3Dmol.js for those of its formats that W&B spells otherwise.
NAMES_IN_3DMOL = {"mmcif": "cif", "mcif": "cif", "sd": "sdf"}


class Atom(NamedTuple):
    """One atom.

    Attributes
    ----------
    label : str
        What it is called within its molecule.
    place : tuple of float
        Where it is, in the unit of the file: ångström, of GRO files nanometres, of crystals without other places
        fractions of the cell.
    element : str
        Symbol; empty where neither file nor name says it.
    chain, residue : str
        Chain, and name and number of the residue; empty where the format has none.
    model : int
        Which molecule or frame of the file, from 1.
    """

    label: str
    place: tuple[float, float, float]
    element: str = ""
    chain: str = ""
    residue: str = ""
    model: int = 1


def read_atoms(data: bytes, kind: str, subject: str) -> list[Atom]:
    """Read the atoms of a molecule file, of all its models, in their order.

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : str
        One of `FORMATS`.
    subject : str
        Name for messages.

    Raises
    ------
    UnreadableMediaError
        If it is not of that format, is cut, or holds no atom.
    """
    remedy = "Restore the file, or convert it to PDB or SDF."
    try:
        if kind == "mmtf":
            atoms = list(itertools.starmap(Atom, mmtf.read_atoms(data)))
        else:
            atoms = list(_READERS[kind](data.decode("utf-8", "replace").splitlines()))
    except DecodeLimitError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error) as error:
        raise UnreadableMediaError(subject, f"is no whole {kind} file ({error})", remedy) from error
    if not atoms:
        raise UnreadableMediaError(subject, f"holds no atom that a {kind} file would have", remedy)
    return atoms


def _place(words: list[str]) -> tuple[float, float, float]:
    x, y, z = (float(word) for word in words)
    return x, y, z


def _pdb(lines: list[str]) -> Iterator[Atom]:
    model = 1
    has_atoms = False
    for line in lines:
        if line.startswith("MODEL "):
            model += has_atoms
            has_atoms = False
        elif line.startswith(("ATOM  ", "HETATM")):
            has_atoms = True
            chain, name, kind = line[21:22].strip(), line[12:16].strip(), line[17:20].strip()
            residue = f"{kind}{line[22:27].strip()}"
            element = element_of_symbol(line[76:78]) or element_of_name(name, kind)
            place = _place([line[30:38], line[38:46], line[46:54]])
            yield Atom(f"{chain}:{residue}:{name}", place, element, chain, residue, model)


def _pqr(lines: list[str]) -> Iterator[Atom]:
    for line in lines:
        words = line.split()
        if words and words[0] in ("ATOM", "HETATM"):
            if len(words) < 10:
                raise ValueError(f"an atom of {len(words)} fields")
            chain = words[4] if len(words) > 10 else ""
            residue = f"{words[3]}{words[-6]}"
            element = element_of_name(words[2], words[3])
            yield Atom(":".join(words[2:-5]), _place(words[-5:-2]), element, chain, residue)


def _gro(lines: list[str]) -> Iterator[Atom]:
    at, model = 0, 0
    while at + 1 < len(lines) and lines[at + 1].strip():
        model += 1
        count = int(lines[at + 1])
        rows = lines[at + 2 : at + 2 + count]
        if count < 0 or len(rows) < count or len(lines) <= at + 2 + count:
            raise ValueError(f"{count} atoms and a box announced, {max(len(lines) - at - 2, 0)} lines there")
        for row in rows:
            name, kind = row[10:15].strip(), row[5:10].strip()
            place = _place([row[20:28], row[28:36], row[36:44]])
            residue = f"{kind}{row[:5].strip()}"
            yield Atom(f"{row[:10].strip()}:{name}", place, element_of_name(name, kind), "", residue, model)
        at += count + 3


def _mol2(lines: list[str]) -> Iterator[Atom]:
    section, announced, found, model = "", 0, 0, 0
    for number, line in enumerate(lines):
        if line.startswith("@<TRIPOS>"):
            section = line[9:].strip()
            if section == "MOLECULE":
                model += 1
                announced += int(lines[number + 2].split()[0])
        elif section == "ATOM" and line.strip() and not line.startswith("#"):
            words = line.split()
            found += 1
            element = element_of_symbol(words[5].partition(".")[0]) if len(words) > 5 else ""
            residue = words[7] if len(words) > 7 else ""
            label = ":".join([words[1], *words[5:8]])
            yield Atom(label, _place(words[2:5]), element or element_of_name(words[1]), "", residue, max(model, 1))
    if found != announced:
        raise ValueError(f"{announced} atoms announced, {found} there")


def _sdf(lines: list[str]) -> Iterator[Atom]:
    start, model = 0, 0
    while start < len(lines) and any(line.strip() for line in lines[start:]):
        end = next((index for index in range(start, len(lines)) if lines[index].startswith("$$$$")), len(lines))
        model += 1
        for symbol, place in _molfile(lines[start:end]):
            yield Atom(symbol, place, element_of_symbol(symbol), model=model)
        start = end + 1


def _molfile(lines: list[str]) -> Iterator[tuple[str, tuple[float, float, float]]]:
    counts = lines[3]
    if "V3000" in counts:
        yield from _molfile_v3000(lines)
        return
    count = int(counts[:3])
    rows = lines[4 : 4 + count]
    if len(rows) < count or not any(line.startswith("M  END") for line in lines[4 + count :]):
        raise ValueError(f"{count} atoms and an end announced, {len(rows)} lines there")
    for row in rows:
        yield row[31:34].strip(), _place([row[:10], row[10:20], row[20:30]])


def _molfile_v3000(lines: list[str]) -> Iterator[tuple[str, tuple[float, float, float]]]:
    inside, announced, found = False, None, 0
    for line in lines:
        words = line.split()[2:] if line.startswith("M  V30") else []
        if words[:1] == ["COUNTS"]:
            announced = int(words[1])
        elif words[:2] in (["BEGIN", "ATOM"], ["END", "ATOM"]):
            inside = words[0] == "BEGIN"
        elif inside and words:
            found += 1
            yield words[1], _place(words[2:5])
    if found != announced:
        raise ValueError(f"{announced} atoms announced, {found} there")


def _cif(lines: list[str]) -> Iterator[Atom]:
    for row in cif.read_atoms(lines):
        kind = row.residue.rstrip("-0123456789")
        element = element_of_symbol(row.symbol) or element_of_name(row.name, kind)
        yield Atom(row.label, row.place, element, row.chain, row.residue, row.model)


_READERS: dict[str, Callable[[list[str]], Iterator[Atom]]] = {
    "pdb": _pdb,
    "pqr": _pqr,
    "mmcif": _cif,
    "mcif": _cif,
    "cif": _cif,
    "sdf": _sdf,
    "sd": _sdf,
    "gro": _gro,
    "mol2": _mol2,
}

#: Molecule formats, as W&B names them.
FORMATS = (*_READERS, "mmtf")


def compare_atoms(left: list[Atom], right: list[Atom]) -> dict[str, float | int]:
    """Measure how far two molecules are apart.

    Returns
    -------
    dict
        ``matched``: atoms of one label, paired in their order; ``added`` and ``removed``: those without a partner;
        ``moved``: partners at another place; ``max_distance`` between partners, in the unit of the files.
    """
    waiting: dict[str, list[Atom]] = {}
    for atom in reversed(right):
        waiting.setdefault(atom.label, []).append(atom)
    matched, moved, worst = 0, 0, 0.0
    for atom in left:
        if partners := waiting.get(atom.label):
            distance = _distance(atom.place, partners.pop().place)
            worst = max(worst, distance)
            matched, moved = matched + 1, moved + (distance > 0)
    return {
        "matched": matched,
        "added": len(right) - matched,
        "removed": len(left) - matched,
        "moved": moved,
        "max_distance": worst,
    }


def _distance(left: Sequence[float], right: Sequence[float]) -> float:
    """Return how far apart two places are; a coordinate that is NaN in both is the same, in one is infinitely far."""
    steps = [
        0.0 if one == two or (math.isnan(one) and math.isnan(two)) else one - two
        for one, two in zip(left, right, strict=True)
    ]
    return math.inf if any(math.isnan(step) for step in steps) else math.hypot(*steps)

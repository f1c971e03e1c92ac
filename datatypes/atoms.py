"""Atoms of molecule files: a small reader for each format that W&B names, enough to count and to compare.

Nothing here draws or completes a molecule: bonds, charges and symmetry stay in the file.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, NamedTuple

from datatypes import cif, mmtf
from datatypes.errors import DecodeLimitError, UnreadableMediaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["FORMATS", "Atom", "compare_atoms", "read_atoms"]


class Atom(NamedTuple):
    """One atom: what it is called within its molecule, and where it is, in the unit of the file."""

    label: str
    place: tuple[float, float, float]


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
            atoms = [Atom(label, place) for label, place in mmtf.read_atoms(data)]
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
    for line in lines:
        if line.startswith(("ATOM  ", "HETATM")):
            label = f"{line[21:22].strip()}:{line[17:20].strip()}{line[22:27].strip()}:{line[12:16].strip()}"
            yield Atom(label, _place([line[30:38], line[38:46], line[46:54]]))


def _pqr(lines: list[str]) -> Iterator[Atom]:
    for line in lines:
        words = line.split()
        if words and words[0] in ("ATOM", "HETATM"):
            if len(words) < 10:
                raise ValueError(f"an atom of {len(words)} fields")
            yield Atom(":".join(words[2:-5]), _place(words[-5:-2]))


def _gro(lines: list[str]) -> Iterator[Atom]:
    at = 0
    while at + 1 < len(lines) and lines[at + 1].strip():
        count = int(lines[at + 1])
        rows = lines[at + 2 : at + 2 + count]
        if count < 0 or len(rows) < count or len(lines) <= at + 2 + count:
            raise ValueError(f"{count} atoms and a box announced, {max(len(lines) - at - 2, 0)} lines there")
        for row in rows:
            yield Atom(f"{row[:10].strip()}:{row[10:15].strip()}", _place([row[20:28], row[28:36], row[36:44]]))
        at += count + 3


def _mol2(lines: list[str]) -> Iterator[Atom]:
    section, announced, found = "", 0, 0
    for number, line in enumerate(lines):
        if line.startswith("@<TRIPOS>"):
            section = line[9:].strip()
            if section == "MOLECULE":
                announced += int(lines[number + 2].split()[0])
        elif section == "ATOM" and line.strip() and not line.startswith("#"):
            words = line.split()
            found += 1
            yield Atom(":".join([words[1], *words[5:8]]), _place(words[2:5]))
    if found != announced:
        raise ValueError(f"{announced} atoms announced, {found} there")


def _sdf(lines: list[str]) -> Iterator[Atom]:
    start = 0
    while start < len(lines) and any(line.strip() for line in lines[start:]):
        end = next((index for index in range(start, len(lines)) if lines[index].startswith("$$$$")), len(lines))
        yield from _molfile(lines[start:end])
        start = end + 1


def _molfile(lines: list[str]) -> Iterator[Atom]:
    counts = lines[3]
    if "V3000" in counts:
        yield from _molfile_v3000(lines)
        return
    count = int(counts[:3])
    rows = lines[4 : 4 + count]
    if len(rows) < count or not any(line.startswith("M  END") for line in lines[4 + count :]):
        raise ValueError(f"{count} atoms and an end announced, {len(rows)} lines there")
    for row in rows:
        yield Atom(row[31:34].strip(), _place([row[:10], row[10:20], row[20:30]]))


def _molfile_v3000(lines: list[str]) -> Iterator[Atom]:
    inside, announced, found = False, None, 0
    for line in lines:
        words = line.split()[2:] if line.startswith("M  V30") else []
        if words[:1] == ["COUNTS"]:
            announced = int(words[1])
        elif words[:2] in (["BEGIN", "ATOM"], ["END", "ATOM"]):
            inside = words[0] == "BEGIN"
        elif inside and words:
            found += 1
            yield Atom(words[1], _place(words[2:5]))
    if found != announced:
        raise ValueError(f"{announced} atoms announced, {found} there")


def _cif(lines: list[str]) -> Iterator[Atom]:
    for label, place in cif.read_atoms(lines):
        yield Atom(label, place)


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

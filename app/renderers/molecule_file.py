"""Molecules (wire tag ``molecule-file``): drawn by 3Dmol in an opaque frame; a table of atoms, and the text."""

from __future__ import annotations

import functools
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from app.errors import MissingLibraryError
from app.opaque import page_address
from app.renderers.molecule_picture import picture_of
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count, human_size
from datatypes.atoms import NAMES_IN_3DMOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datatypes.atoms import Atom
    from datatypes.molecule import Molecule

TAG = "molecule-file"
TYPE_NAME = "Molecule"
ICON = "molecule"
KEYS = [
    [["←", "→"], "previous and next object"],
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["drag"], "turn"],
    [["wheel"], "zoom"],
    [["Shift", "arrows"], "turn by ten degrees"],
    [["+", "−"], "zoom"],
    [["F"], "fit"],
    [["click", "click"], "distance of two atoms"],
    [["?"], "these keys"],
]

#: Atoms above which lines are drawn at first: cartoon and sticks of more take seconds and do not turn smoothly.
_LARGE = 50_000

#: Atoms that the table shows; all are in its CSV file.
_ROWS = 1_000

_NAMES = {
    "pdb": "PDB", "pqr": "PQR", "mmcif": "mmCIF", "mcif": "mmCIF", "cif": "CIF", "sdf": "SDF", "sd": "SDF",
    "gro": "GROMACS", "mol2": "MOL2", "mmtf": "MMTF",
}  # fmt: skip


def prepare(value: Molecule, context: Context) -> View:
    """Return what is counted in a molecule and where the frame, its data, and the table of atoms are.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing, of no known format, or cut.
    """
    atoms = value.atoms()
    name = value.path or context.name
    source: Any = value.artifact_source.artifact if value.artifact_source else context.artifact
    download = context.url_for(source, name)
    file = source.get_path(name)
    size, ident = int(file.size or 0), f"{file.digest}/{value.format}"
    notices = _notices(atoms, value.format)
    problem = ""
    try:
        address = page_address("molecule")
    except MissingLibraryError as error:
        address, problem = "", f"{error.subject} {error.problem}. {error.remedy}"
        notices = (Notice("not drawn; atoms and text stand behind the tabs"), *notices)
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=human_count(len(atoms), "atom"),
        body={
            "label": value.caption or context.name.partition(".")[0],
            "tabs": {"view": "Molecule", "data": "Atoms"},
            "url": address,
            "problem": problem,
            "running": None,
            "page": True,
            "payload": download,
            "off": "",
            "on": "",
            "details": "",
            "switch": "",
            "sources": [] if value.format == "mmtf" else [{"name": "as stored", "url": download}],
            "tables": context.url_for_bytes(
                functools.partial(_tables, value, context, ident), "application/json", f"atoms/{ident}"
            ),
            "controls": "molecule",
            "settings": {"format": NAMES_IN_3DMOL.get(value.format, value.format)},
            "fallback": context.url_for_bytes(
                functools.partial(plain_pdb, value), "application/octet-stream", f"atoms.pdb/{ident}"
            ),
            "fallback_settings": {"format": "pdb"},
            "binary": value.format == "mmtf",
        },
        facts=_facts(atoms, value.format, size),
        caption=value.caption or "",
        notices=notices,
        download=download,
        file_name=name,
    )


def draw(view: View) -> None:
    """Draw the frame, its controls and tabs."""
    from app.components.opaque_frame import opaque_frame

    opaque_frame(view.body, key="object-molecule")


def preview(value: Molecule) -> bytes:
    """Return the first model as a small picture: atoms and bonds from the side that shows most of it."""
    atoms = value.atoms()
    return picture_of([atom for atom in atoms if atom.model == atoms[0].model], value.format)


def plain_pdb(value: Molecule) -> bytes:
    """Return the atoms as PDB text: for formats, or spellings of them, that 3Dmol does not read."""
    import math

    scale = 10 if value.format == "gro" else 1
    lines = []
    model = 0
    for atom in value.atoms():
        if atom.model != model:
            lines += ["ENDMDL"] * bool(model) + [f"MODEL     {atom.model:4d}"]
            model = atom.model
        if not all(map(math.isfinite, atom.place)):
            continue
        name, kind = atom.label.rpartition(":")[2][:4], atom.residue.rstrip("0123456789")[:3]
        number = atom.residue[len(atom.residue.rstrip("0123456789")) :][-4:] or "1"
        x, y, z = (number_ * scale for number_ in atom.place)
        lines.append(
            f"ATOM  {len(lines) % 100_000:5d} {name:<4} {kind:>3} {atom.chain[:1] or ' '}{number:>4}    "
            f"{x:8.3f}{y:8.3f}{z:8.3f}  1.00  0.00          {atom.element.upper():>2}"
        )
    return "\n".join([*lines, "ENDMDL", "END", ""]).encode("ascii", "replace")


def formula(atoms: Sequence[Atom]) -> str:
    """Return the sum formula in Hill's order: carbon, hydrogen, then the alphabet; empty if an element is unknown."""
    counts = Counter(atom.element for atom in atoms)
    if "" in counts:
        return ""
    first = [symbol for symbol in ("C", "H") if "C" in counts and symbol in counts]
    order = [*first, *sorted(set(counts) - set(first))]
    return "".join(f"{symbol}{counts[symbol] if counts[symbol] > 1 else ''}" for symbol in order)


def _facts(atoms: Sequence[Atom], kind: str, size_bytes: int) -> tuple[Fact, ...]:
    models = len({atom.model for atom in atoms})
    first = [atom for atom in atoms if atom.model == atoms[0].model]
    facts = [Fact("Atoms", f"{len(first):,}" + (f" in model 1, {len(atoms):,} in all" if models > 1 else ""))]
    if models > 1:
        facts.append(Fact("Models", f"{models:,}"))
    if chains := {atom.chain for atom in first if atom.chain}:
        shown = sorted(chains)
        facts.append(Fact("Chains", f"{len(chains):,}: {', '.join(shown[:8])}{' …' if len(shown) > 8 else ''}"))
    if residues := {(atom.chain, atom.residue) for atom in first if atom.residue}:
        facts.append(Fact("Residues", f"{len(residues):,}"))
    if text := formula(first):
        facts.append(Fact("Formula", text))
    facts.append(Fact("File", f"{_NAMES.get(kind, kind)}, {human_size(size_bytes)}"))
    return tuple(facts)


def _notices(atoms: Sequence[Atom], kind: str) -> tuple[Notice, ...]:
    notices = []
    models = len({atom.model for atom in atoms})
    if models > 1:
        notices.append(Notice(f"1 of {models:,} models, because they would cover each other; “Model” has the others"))
    if sum(atom.model == atoms[0].model for atom in atoms) > _LARGE:
        notices.append(Notice(f"drawn as lines at first, because it has more than {_LARGE:,} atoms"))
    if kind == "gro":
        notices.append(
            Notice("drawn and measured in ångström, because pictures of molecules are; the file has nanometres")
        )
    return tuple(notices)


def _tables(value: Molecule, context: Context, ident: str) -> bytes:
    """Return the first atoms as JSON for the tab; the whole is a CSV file."""
    atoms = value.atoms()
    address = context.url_for_bytes(functools.partial(_csv, value), "application/octet-stream", f"atoms.csv/{ident}")
    unit = {"gro": "nm"}.get(value.format, "as stored" if value.format in ("cif", "mcif") else "Å")
    columns = ["atom", "element", "residue", "chain", "model", *(f"{axis} ({unit})" for axis in "xyz")]
    table = {
        "name": "atoms", "columns": columns, "rows": [_row(atom) for atom in atoms[:_ROWS]], "total": len(atoms),
        "url": address,
    }  # fmt: skip
    return json.dumps([table], ensure_ascii=False).encode()


def _row(atom: Atom) -> list[Any]:
    place = [number if number == number else "nan" for number in atom.place]  # noqa: PLR0124  # NaN is no JSON
    return [atom.label.rpartition(":")[2], atom.element, atom.residue, atom.chain, atom.model, *place]


def _csv(value: Molecule) -> bytes:
    import csv
    import io

    from app.tables.export import defused

    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["atom", "element", "residue", "chain", "model", "x", "y", "z"])
    for atom in value.atoms():
        writer.writerow([defused(item) if isinstance(item, str) else item for item in _row(atom)])
    return buffer.getvalue().encode()

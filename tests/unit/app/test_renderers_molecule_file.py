"""Molecules, the pure half: what is counted, what is said, the small picture, and the form that 3Dmol always reads."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from app import vendored
from app.renderers import Context, for_tag, prepared
from app.renderers.molecule_file import formula, plain_pdb, preview
from app.renderers.molecule_picture import bonds_of
from datatypes import Molecule
from datatypes.atoms import Atom, read_atoms
from storage import open_source

INPUTS = Path(__file__).parents[2] / "golden" / "data" / "inputs"
LINE = "ATOM  {0:>5}  {1:<3} ALA {2}{3:>4}    {4:8.3f}{5:8.3f}{6:8.3f}  1.00  0.00           {7}\n"


@pytest.fixture
def look(tmp_path):
    """Return a function that stores a molecule and prepares its view; what was registered is in `made`, by kind."""
    made = {}

    def register(data, mime, ident):
        made[ident.split("/")[0]] = data
        return f"/api/d/{ident.split('/')[0]}"

    def prepare(name, data):
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        artifact = open_source(tmp_path)
        context = Context(
            artifact=artifact, name=name, url_for=lambda _, entry: f"/api/m/{entry}", url_for_bytes=register
        )
        return prepared(for_tag("molecule-file"), artifact.get(name), context)

    prepare.made = made
    return prepare


def test_a_protein_is_counted(look):
    view = look("trpcage.pdb", (INPUTS / "trpcage.pdb").read_bytes())
    facts = dict(view.facts)
    assert view.headline == "296 atoms"
    assert (facts["Atoms"], facts["Chains"], facts["Residues"]) == ("296", "1: A", "20")
    assert facts["File"].startswith("PDB, ")
    assert view.notices == ()
    assert view.body["payload"] == "/api/m/trpcage.pdb"
    assert view.body["settings"] == {"format": "pdb"}
    (table,) = json.loads(look.made["atoms"]())
    assert (table["total"], len(table["rows"])) == (296, 296)
    assert table["rows"][0][:5] == ["N", "N", "ASN1", "A", 1]


def test_each_suffix_has_a_name_that_3dmol_knows(look):
    assert look("x.sd", (INPUTS / "caffeine.sdf").read_bytes()).body["settings"] == {"format": "sdf"}
    cif = "data_x\n_atom_site.label_atom_id ZN\n_atom_site.Cartn_x 1\n_atom_site.Cartn_y 2\n_atom_site.Cartn_z 3\n"
    for name in ("x.mmcif", "x.mcif", "x.cif"):
        assert look(name, cif).body["settings"] == {"format": "cif"}


def test_models_and_units_are_told(look):
    atom = LINE.format(1, "CA", "A", 1, 0, 0, 0, "C")
    view = look("two.pdb", f"MODEL 1\n{atom}ENDMDL\nMODEL 2\n{atom}{atom}ENDMDL\n")
    assert "1 of 2 models" in view.notices[0].text
    assert dict(view.facts)["Atoms"] == "1 in model 1, 3 in all"
    gro = "w\n    1\n    1SOL     OW    1   0.100   0.200   0.300\n 1 1 1\n"
    view = look("w.gro", gro)
    assert "the file has nanometres" in view.notices[0].text
    assert json.loads(look.made["atoms"]())[0]["columns"][-3:] == ["x (nm)", "y (nm)", "z (nm)"]


def test_a_large_structure_is_drawn_as_lines_and_says_so(look):
    text = "".join(LINE.format(i % 100_000, "O", " ", 1, i % 100, i // 100 % 100, 0, "O") for i in range(50_001))
    view = look("large.pdb", text)
    assert view.notices[0].text == "drawn as lines at first, because it has more than 50,000 atoms"
    table = json.loads(look.made["atoms"]())[0]
    assert (len(table["rows"]), table["total"]) == (1_000, 50_001)
    rows = list(csv.reader(io.StringIO(look.made["atoms.csv"]().decode())))
    assert len(rows) == 50_002


def test_names_that_are_formulas_are_defused_in_the_sheet(look):
    look("x.pdb", LINE.format(1, "=1+", "A", 1, 0, 0, 0, "C"))
    look.made["atoms"]()
    assert list(csv.reader(io.StringIO(look.made["atoms.csv"]().decode())))[1][0].startswith("'=1+")


def test_without_3dmol_the_page_says_what_to_run(look, monkeypatch, tmp_path):
    from app.opaque.pages import page

    monkeypatch.setattr(vendored, "_FOLDER", tmp_path / "nothing")
    page.cache_clear()
    view = look("ala3.pdb", (INPUTS / "ala3.pdb").read_bytes())
    page.cache_clear()
    assert view.body["url"] == ""
    assert "python hatch_build.py" in view.body["problem"]
    assert view.body["tables"]
    assert view.body["sources"]


@pytest.mark.parametrize("data", [b"", b"ATOM      1  CA  ALA A   1       1.0", b"\0\1\2"])
def test_what_is_no_whole_molecule_is_a_card(look, data):
    assert look("cut.pdb", data).subject == "cut.pdb"


def test_the_formula_is_in_hills_order():
    atoms = Molecule(INPUTS / "caffeine.sdf").atoms()
    assert formula(atoms) == "C8H10N4O2"
    assert formula([Atom("O", (0, 0, 0), "O"), Atom("H", (0, 0, 0), "H"), Atom("H", (0, 0, 0), "H")]) == "H2O"
    assert formula([Atom("?", (0, 0, 0))]) == ""


def test_bonds_are_those_of_the_file():
    value = Molecule(INPUTS / "caffeine.sdf")
    atoms = value.atoms()
    found = bonds_of([atom.element for atom in atoms], np.array([atom.place for atom in atoms]))
    lines = (INPUTS / "caffeine.sdf").read_text(encoding="utf-8").splitlines()
    counts = int(lines[3][:3]), int(lines[3][3:6])
    rows = lines[4 + counts[0] : 4 + counts[0] + counts[1]]
    expected = sorted(tuple(sorted((int(row[:3]) - 1, int(row[3:6]) - 1))) for row in rows)
    assert [tuple(pair) for pair in found.tolist()] == expected


def test_the_preview_shows_elements_by_colour():
    picture = PilImage.open(io.BytesIO(preview(Molecule(INPUTS / "caffeine.sdf"))))
    pixels = np.asarray(picture.convert("RGBA")).astype(int)
    assert pixels.shape == (240, 320, 4)
    assert pixels[0, 0, 3] == 0
    seen = pixels[pixels[..., 3] > 200]
    red = ((seen[:, 0] > 200) & (seen[:, 1] < 80) & (seen[:, 2] < 80)).sum()
    blue = ((seen[:, 2] > 200) & (seen[:, 0] < 110)).sum()
    assert red > 100
    assert blue > red  # four nitrogens, two oxygens


def test_one_atom_and_unknown_places_have_a_preview(tmp_path):
    path = tmp_path / "one.pdb"
    path.write_text(LINE.format(1, "CA", "A", 1, 5, 5, 5, "C"), encoding="utf-8")
    assert np.asarray(PilImage.open(io.BytesIO(preview(Molecule(path)))))[..., 3].max() == 255


def test_what_3dmol_always_reads_has_the_same_atoms():
    for name in ("trpcage.pdb", "caffeine.sdf"):
        value = Molecule(INPUTS / name)
        again = read_atoms(plain_pdb(value), "pdb", "m")
        assert [atom.element for atom in again] == [atom.element for atom in value.atoms()]
        given = np.array([atom.place for atom in value.atoms()])
        assert np.abs(np.array([atom.place for atom in again]) - given).max() <= 5.1e-4

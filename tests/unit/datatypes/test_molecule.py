"""`Molecule`: every format, every input and the way back."""

from __future__ import annotations

import io
import json
import math
import struct
import sys
from pathlib import Path

import pytest
from sinks import DictRun, DictStore

from datatypes.atoms import FORMATS, Atom, compare_atoms, read_atoms
from datatypes.elements import element_of_name
from datatypes.errors import (
    DecodeLimitError,
    MissingExtraError,
    MissingMediaError,
    RejectedTypeError,
    RejectedValueError,
    UnreadableMediaError,
    WireFormatError,
)
from datatypes.molecule import Molecule
from datatypes.registry import decode, value_from_file

INPUTS = Path(__file__).parents[2] / "golden/data/inputs"

PQR = "REMARK x\nATOM 1 N ALA A 1 0.5 -1.25 2.0 0.1 1.85\nHETATM 2 O HOH 7 1.0 1.0 1.0 -0.8 1.6\nEND\n"
GRO = (
    "water\n    2\n"
    "    1SOL     OW    1   0.230   0.628   0.113\n"
    "    1SOL    HW1    2   0.137   0.626   0.150\n"
    "   1.82060   1.82060   1.82060\n"
)
MOL2 = (
    "@<TRIPOS>MOLECULE\nwater\n 3 2 1\nSMALL\nNO_CHARGES\n"
    "@<TRIPOS>ATOM\n1 O1 0.0 0.0 0.0 O.3\n2 H1 0.9 0.0 0.0 H 1 HOH1\n3 H2 0.0 0.9 0.0 H 1 HOH1\n"
    "@<TRIPOS>BOND\n1 1 2 1\n2 1 3 1\n"
)
CRYSTAL = """data_salt
_cell_length_a 5.64(1)
loop_
_symmetry_equiv_pos_as_xyz
'x, y, z'
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 0.0 0.0(2) 0.0
# a remark
Cl1 0.5 0.5 ?
_note
;
loop_ of nothing
;
"""
PROTEIN = """data_1ABC
#
loop_
_atom_site.group_PDB
_atom_site.id
_atom_site.label_atom_id
_atom_site.label_alt_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.auth_seq_id
ATOM 1 N . ALA A 1.0 2.0 3.0 1
ATOM 2 "O5'" A ALA A 1.5 2.0 -3.0
1
loop_
_other.id
5
"""
SINGLE = """data_x
_atom_site.id 1
_atom_site.label_atom_id ZN
_atom_site.Cartn_x 1
_atom_site.Cartn_y 2
_atom_site.Cartn_z 3
"""
V3000 = (
    "m\n\n\n  0  0  0     0  0            999 V3000\nM  V30 BEGIN CTAB\nM  V30 COUNTS 2 1 0 0 0\nM  V30 BEGIN ATOM\n"
    "M  V30 1 C 0 0 0 0\nM  V30 2 O 1.2 0 0 0\nM  V30 END ATOM\nM  V30 BEGIN BOND\nM  V30 1 2 1 2\nM  V30 END BOND\n"
    "M  V30 END CTAB\nM  END\n"
)


def packed(value):
    """MessagePack, as far as MMTF needs it."""
    if isinstance(value, bool) or value is None:
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return struct.pack(">B", value) if 0 <= value < 128 else b"\xd2" + struct.pack(">i", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        return b"\xd9" + struct.pack(">B", len(value.encode())) + value.encode()
    if isinstance(value, bytes):
        return b"\xc5" + struct.pack(">H", len(value)) + value
    if isinstance(value, list):
        return b"\xdc" + struct.pack(">H", len(value)) + b"".join(map(packed, value))
    items = b"".join(packed(key) + packed(item) for key, item in value.items())
    return bytes([0x80 + len(value)]) + items if len(value) < 16 else b"\xde" + struct.pack(">H", len(value)) + items


def coordinates(values):
    """Codec 10: differences of whole thousandths, those beyond 16 bits split."""
    steps, before = [], 0
    for value in [round(value * 1000) for value in values]:
        step, before = value - before, value
        while step >= 32767:
            steps.append(32767)
            step -= 32767
        while step <= -32768:
            steps.append(-32768)
            step += 32768
        steps.append(step)
    return struct.pack(">iii", 10, len(values), 1000) + struct.pack(f">{len(steps)}h", *steps)


def mmtf_file(**changes):
    fields = {
        "mmtfVersion": "1.0.0",
        "numAtoms": 3,
        "numGroups": 2,
        "resolution": 1.5,
        "groupList": [
            {"groupName": "ALA", "atomNameList": ["N", "CA"]},
            {"groupName": "HOH", "atomNameList": ["O"]},
        ],
        "groupTypeList": struct.pack(">iii2i", 4, 2, 0, 0, 1),
        "groupIdList": struct.pack(">iii4i", 8, 2, 0, 1, 1, 6, 1),
        "xCoordList": coordinates([1.5, -40.125, 90.0]),
        "yCoordList": coordinates([0, 0.001, 0]),
        "zCoordList": struct.pack(">iii3f", 1, 3, 0, 1, 2, 3),
        "unused": [None, True, -5, "ä"],
    }
    return packed(fields | changes)


EXPECTED = {
    "pqr": (
        PQR,
        [Atom("N:ALA:A:1", (0.5, -1.25, 2.0), "N", "A", "ALA1"), Atom("O:HOH:7", (1.0, 1.0, 1.0), "O", "", "HOH7")],
    ),
    "gro": (
        GRO,
        [
            Atom("1SOL:OW", (0.230, 0.628, 0.113), "O", "", "SOL1"),
            Atom("1SOL:HW1", (0.137, 0.626, 0.150), "H", "", "SOL1"),
        ],
    ),
    "mol2": (
        MOL2,
        [
            Atom("O1:O.3", (0, 0, 0), "O"),
            Atom("H1:H:1:HOH1", (0.9, 0, 0), "H", "", "HOH1"),
            Atom("H2:H:1:HOH1", (0, 0.9, 0), "H", "", "HOH1"),
        ],
    ),
    "mmcif": (
        PROTEIN,
        [Atom("A:1:ALA:N", (1, 2, 3), "N", "A", "ALA1"), Atom("A:1:ALA:O5':A", (1.5, 2, -3), "O", "A", "ALA1")],
    ),
    "mcif": (SINGLE, [Atom("ZN", (1, 2, 3), "Zn")]),
    "sd": (V3000, [Atom("C", (0, 0, 0), "C"), Atom("O", (1.2, 0, 0), "O")]),
}


class TestAtoms:
    @pytest.mark.parametrize(
        ("name", "residue", "element"),
        [
            ("CA", "ALA", "C"),
            ("CA", "CA", "Ca"),
            ("1HB2", "LEU", "H"),
            ("CL1", "LIG", "Cl"),
            ("NA", "HEM", "N"),
            ("NA+", "NA", "Na"),
            ("FE", "HEM", "Fe"),
            ("Na1", "", "Na"),
            ("OW", "SOL", "O"),
            ("D1", "DOD", "H"),
            ("C", "C", "C"),
            ("'12", "", ""),
        ],
    )
    def test_names_mean_elements(self, name, residue, element):
        assert element_of_name(name, residue) == element

    def test_models_and_chains_of_mmtf(self):
        chains = {"chainNameList": struct.pack(">iii", 5, 2, 4) + b"A\0\0\0BB\0\0", "groupsPerChain": [1, 1]}
        found = read_atoms(mmtf_file(**chains, chainsPerModel=[1, 1]), "mmtf", "m")
        assert [(atom.chain, atom.model) for atom in found] == [("A", 1), ("A", 1), ("BB", 2)]

    def test_models_of_pdb_and_sdf(self):
        pdb = "MODEL        1\n{0}ENDMDL\nMODEL        2\n{0}ENDMDL\n".format(
            "ATOM      1  CA  ALA A   1       0.000   0.000   0.000  1.00  0.00           C\n"
        )
        assert [atom.model for atom in read_atoms(pdb.encode(), "pdb", "m")] == [1, 2]
        sdf = (INPUTS / "caffeine.sdf").read_text(encoding="utf-8")
        sdf = sdf if sdf.rstrip().endswith("$$$$") else sdf + "$$$$\n"
        assert {atom.model for atom in read_atoms((sdf * 3).encode(), "sdf", "m")} == {1, 2, 3}

    @pytest.mark.parametrize("kind", EXPECTED)
    def test_each_format(self, kind):
        text, atoms = EXPECTED[kind]
        assert read_atoms(text.encode(), kind, "m") == atoms
        assert read_atoms(text.replace("\n", "\r\n").encode(), kind, "m") == atoms

    def test_crystals_have_fractions_and_unknown_places(self):
        sodium, chlorine = read_atoms(CRYSTAL.encode(), "cif", "m")
        assert sodium == ("Na1", (0, 0, 0), "Na", "", "", 1)
        assert chlorine.label == "Cl1"
        assert math.isnan(chlorine.place[2])

    def test_mmtf(self):
        atoms = read_atoms(mmtf_file(), "mmtf", "m")
        assert atoms == [
            ("ALA1:N", (1.5, 0, 1), "N", "", "ALA1", 1),
            ("ALA1:CA", (-40.125, 0.001, 2), "C", "", "ALA1", 1),
            ("HOH7:O", (90.0, 0.0, 3), "O", "", "HOH7", 1),
        ]

    def test_pdb_and_sdf_of_the_golden_data(self):
        atoms = Molecule(INPUTS / "ala3.pdb").atoms()
        assert len(atoms) == 33
        assert atoms[1] == ("A:ALA1:H1", (0.027, -1.132, -0.239), "H", "A", "ALA1", 1)
        caffeine = Molecule(INPUTS / "caffeine.sdf").atoms()
        assert (len(caffeine), caffeine[1]) == (24, ("N", (2.0638, -0.6620, -0.1928), "N", "", "", 1))
        assert len(Molecule(INPUTS / "trpcage.pdb").atoms()) == 296

    def test_several_models_count(self):
        one = (INPUTS / "caffeine.sdf").read_bytes().rstrip()
        assert one.endswith(b"$$$$")
        assert len(read_atoms(one + b"\n" + one + b"\n\n", "sdf", "m")) == 48
        assert len(read_atoms((GRO + GRO).encode(), "gro", "m")) == 4

    @pytest.mark.parametrize("kind", FORMATS)
    @pytest.mark.parametrize("data", [b"", b"\n\n\n\n\n\n", b"hello, this is no molecule", bytes(range(256))])
    def test_noise_is_one_clear_error(self, kind, data):
        with pytest.raises(UnreadableMediaError, match="m: (is no whole|holds no atom)"):
            read_atoms(data, kind, "m")

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            ("pdb", "ATOM      1  N   ALA A   1       0.0"),
            ("pqr", "ATOM 1 N ALA A 1 0.5"),
            ("gro", GRO[:60]),
            ("gro", GRO.replace("    2\n", "   -2\n")),
            ("mol2", MOL2.replace("3 H2 0.0 0.9 0.0 H 1 HOH1\n", "")),
            ("mmcif", PROTEIN.replace("-3.0\n1\n", "-3.0\n")),
            ("cif", "_x\n;\nno end"),
            ("sdf", "\n".join((INPUTS / "caffeine.sdf").read_text().splitlines()[:12])),
            ("sdf", V3000.replace("M  V30 2 O 1.2 0 0 0\n", "")),
        ],
    )
    def test_what_is_cut_is_refused(self, kind, text):
        with pytest.raises(UnreadableMediaError, match=f"m: is no whole {kind} file"):
            read_atoms(text.encode(), kind, "m")

    @pytest.mark.parametrize(
        "data",
        [
            mmtf_file()[:-40],
            mmtf_file(numAtoms=4),
            mmtf_file(numAtoms="3"),
            mmtf_file(xCoordList=coordinates([1])),
            mmtf_file(xCoordList=struct.pack(">iii", 99, 3, 0)),
            mmtf_file(groupIdList=struct.pack(">iii4i", 8, 2, 0, 1, 2_000_000_000, 6, 1)),
            mmtf_file(groupIdList=struct.pack(">iii2i", 8, 2_000_000_000, 0, 1, 2_000_000_000)),
            mmtf_file(groupTypeList=struct.pack(">iii2i", 4, 2, 0, 0, 9)),
            b"\x91" * 5000,
            b"\xdf\xff\xff\xff\xff",
            b"\xc1",
        ],
    )
    def test_mmtf_that_lies(self, data):
        with pytest.raises(UnreadableMediaError, match="m: is no whole mmtf file"):
            read_atoms(data, "mmtf", "m")

    def test_limits(self, monkeypatch):
        monkeypatch.setenv("VITRINA_MAX_ARRAY_BYTES", "100")
        with pytest.raises(DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
            Molecule(INPUTS / "ala3.pdb").atoms()
        with pytest.raises(DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
            read_atoms(mmtf_file(numAtoms=1000), "mmtf", "m")


class TestInputs:
    def test_paths_are_kept_byte_for_byte(self):
        path = INPUTS / "ala3.pdb"
        store = DictStore()
        for molecule in (Molecule(str(path)), Molecule(path)):
            fields = molecule.to_json(store)
            assert fields["path"] == f"media/molecule/{molecule._file().sha256[:20]}/ala3.pdb"
            assert store.files[fields["path"]] == path.read_bytes()
        with path.open("rb") as file:  # it knows its name
            assert Molecule(file).to_json(store)["path"] == fields["path"]

    @pytest.mark.parametrize("kind", FORMATS)
    def test_file_objects(self, kind, tmp_path):
        text = io.StringIO("ä")
        molecule = Molecule(text, file_type=kind, caption="x")
        assert molecule._file().read() == "ä".encode()
        assert (molecule.format, molecule._file().extension) == (kind, f".{kind}")
        path = tmp_path / f"m.{kind}"
        path.write_bytes(b"1")
        assert Molecule(path).format == kind

    @pytest.mark.parametrize("data", ["x.PDB", "x.mol", "pdb", "x.pdb.gz", INPUTS / "iris_15.csv"])
    def test_other_names_are_refused(self, data):
        with pytest.raises(RejectedValueError, match="is no molecule by its name"):
            Molecule(data)

    def test_other_inputs_are_refused(self):
        with pytest.raises(RejectedValueError, match="data_or_path: is int"):
            Molecule(5)
        with pytest.raises(RejectedValueError, match="file_type: is missing"):
            Molecule(io.StringIO("x"))
        with pytest.raises(RejectedValueError, match="file_type: is 'mol'"):
            Molecule(io.StringIO("x"), file_type="mol")
        with pytest.raises(MissingMediaError, match=r"nowhere\.pdb"):
            Molecule("nowhere.pdb")

    def test_plain_files_of_a_source(self):
        source = DictStore(files={"x/ALA.PDB": (INPUTS / "ala3.pdb").read_bytes()})
        assert value_from_file("x/ALA.PDB", source).facts()["atoms"] == 33
        stranger = decode({"_type": "molecule-file", "path": "a.xyz"}, DictStore(files={"a.xyz": b""}))
        with pytest.raises(UnreadableMediaError, match=r"a\.xyz: is no molecule by its name"):
            stranger.facts()


class TestRdkit:
    def test_without_it_the_extra_is_named(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "rdkit", None)
        monkeypatch.setitem(sys.modules, "rdkit.Chem", None)
        for make in (lambda: Molecule.from_smiles("CC"), lambda: Molecule.from_rdkit("a.mol")):
            with pytest.raises(MissingExtraError, match=r'pip install "vitrina\[rdkit\]"'):
                make()

    def test_files_and_molecules(self):
        from rdkit import Chem

        molecule = Chem.MolFromMolFile(str(INPUTS / "caffeine.mol"))
        by_file = Molecule.from_rdkit(INPUTS / "caffeine.mol", convert_to_3d_and_optimize=False)
        by_mol = Molecule.from_rdkit(molecule, caption="c", convert_to_3d_and_optimize=False)
        assert by_file._file().read() == by_mol._file().read()
        assert (by_mol.caption, by_mol.format, by_mol.facts()["atoms"]) == ("c", "pdb", 14)
        given = molecule.GetConformer().GetPositions()
        distance = max(math.dist(atom.place, place) for atom, place in zip(by_mol.atoms(), given, strict=True))
        assert by_mol.fidelity.verdict == "bounded"
        assert by_mol.fidelity.max_distance == pytest.approx(distance, rel=1e-9)
        assert by_mol.fidelity.max_distance <= 0.0005 * math.sqrt(3) + 1e-12
        assert Molecule.from_rdkit(INPUTS / "caffeine.sdf").facts()["atoms"] == 24

    def test_smiles(self):
        ethanol = Molecule.from_smiles("CCO", caption="ethanol")
        assert ethanol.facts()["atoms"] == 9
        assert ethanol.fidelity.verdict == "lossy"
        assert len(ethanol.fidelity.steps) == 3
        assert Molecule.from_smiles("CCO", convert_to_3d_and_optimize=False).facts()["atoms"] == 3

    def test_what_it_does_not_understand(self, tmp_path):
        (tmp_path / "a.mol").write_text("nonsense")
        for make, kind in (
            (lambda: Molecule.from_smiles("not smiles"), RejectedValueError),
            (lambda: Molecule.from_smiles(5), RejectedTypeError),
            (lambda: Molecule.from_rdkit(5), RejectedTypeError),
            (lambda: Molecule.from_rdkit("a.pdb"), RejectedValueError),
            (lambda: Molecule.from_rdkit("nowhere.mol"), MissingMediaError),
            (lambda: Molecule.from_rdkit(tmp_path / "a.mol"), RejectedValueError),
        ):
            with pytest.raises(kind):
                make()


class TestWire:
    def test_artifact_json(self):
        molecule = Molecule(io.StringIO(PQR), file_type="pqr")
        digest = molecule._file().sha256
        fields = molecule.to_json(DictStore())
        fields.pop("fidelity")
        path = f"media/molecule/{digest[:20]}.pqr"
        assert fields == {"_type": "molecule-file", "path": path, "sha256": digest, "caption": None}

    def test_run_list(self):
        molecules = [Molecule(INPUTS / "ala3.pdb", caption="a"), Molecule(INPUTS / "caffeine.sdf")]
        run = DictRun("m", 7)
        for index, molecule in enumerate(molecules):
            molecule.bind_to_run(run, "m", 7, index)
        fields = json.loads(json.dumps(Molecule.seq_to_json(molecules, run, "m", 7)))
        names = ["media/molecule/m_7_0.pdb", "media/molecule/m_7_1.sdf"]
        assert {key: fields[key] for key in ("_type", "count", "filenames", "captions")} == {
            "_type": "molecule",
            "count": 2,
            "filenames": names,
            "captions": ["a", None],
        }
        again = decode(fields, run)
        assert again == molecules
        assert [item.fidelity for item in again] == [item.fidelity for item in molecules]
        assert Molecule.captions(again[1:]) is False

    @pytest.mark.parametrize("names", [{"filenames": ["media/molecule/m_7_0.pdb", "media/molecule/m_7_1.sdf"]}, {}])
    def test_old_lists(self, names):
        run = DictRun("m", 7)
        run.files = {
            "media/molecule/m_7_0.pdb": (INPUTS / "ala3.pdb").read_bytes(),
            "media/molecule/m_7_1.sdf": (INPUTS / "caffeine.sdf").read_bytes(),
        }
        found = decode({"_type": "molecule", "count": 2, "captions": False, **names}, run)
        assert [(item.caption, item.facts()["atoms"]) for item in found] == [(None, 33), (None, 24)]

    @pytest.mark.parametrize("fields", [{}, {"count": 2, "filenames": ["a.pdb"]}, {"count": -1}, {"filenames": [5]}])
    def test_malformed_lists(self, fields):
        with pytest.raises(WireFormatError, match="molecule"):
            decode({"_type": "molecule", **fields}, DictRun())


class TestComparison:
    def test_equal_is_zero_exactly(self):
        one, two = Molecule(INPUTS / "ala3.pdb"), Molecule(INPUTS / "ala3.pdb")
        assert one == two
        assert one.difference(two) == {"added": 0, "removed": 0, "moved": 0, "max_distance": 0.0, "fields": []}

    def test_atom_by_atom(self):
        text = (INPUTS / "ala3.pdb").read_text()
        lines = text.splitlines(keepends=True)
        moved = text.replace("   0.027  -1.132  -0.239", "   0.327  -1.132  -0.639")
        one, two = Molecule(INPUTS / "ala3.pdb"), Molecule(io.StringIO(moved), file_type="pdb", caption="x")
        found = one.difference(two)
        assert found["max_distance"] == pytest.approx(0.5)
        assert (found["matched"], found["added"], found["removed"]) == (33, 0, 0)
        assert (found["moved"], found["fields"]) == (1, ["caption"])
        assert one != two
        fewer = Molecule(io.StringIO("".join(lines[:1] + lines[4:])), file_type="pdb")
        assert (one.difference(fewer)["removed"], fewer.difference(one)["added"]) == (3, 3)

    def test_labels_that_repeat_are_paired_in_their_order(self):
        left = [Atom("C", (0, 0, 0)), Atom("C", (1, 0, 0)), Atom("O", (0, 0, math.nan))]
        right = [Atom("C", (0, 0, 0.25)), Atom("C", (1, 0, 0)), Atom("O", (0, 0, 5))]
        found = compare_atoms(left, right)
        assert found == {"matched": 3, "added": 0, "removed": 0, "moved": 2, "max_distance": math.inf}
        assert compare_atoms(left, left[:2])["max_distance"] == 0


def test_repr():
    assert repr(Molecule(INPUTS / "ala3.pdb", caption="a")) == "Molecule(pdb, 'a')"


class TestPy3Dmol:
    """For notebooks: the view has the file's own text, and the style that the viewer opens with."""

    def test_a_chain_of_residues_is_a_cartoon(self):
        text = (INPUTS / "ala3.pdb").read_text()
        page = Molecule(INPUTS / "ala3.pdb").to_py3dmol(width=320, js="here.js")._make_html()
        assert json.dumps(text)[1:-1] in page
        assert '"cartoon"' in page
        assert "here.js" in page
        assert "width: 320px" in page

    def test_a_small_molecule_is_sticks_under_the_name_that_3dmol_knows(self):
        counts, atom = "  1  0  0  0  0  0  0  0  0  0  1 V2000", "    0.0000    0.0000    0.0000 O   0  0"
        text = f"water\n\n\n{counts}\n{atom}\nM  END\n$$$$\n"
        view = Molecule(io.StringIO(text), file_type="sd").to_py3dmol()
        assert '"stick"' in view.startjs
        assert '"sdf"' in view.startjs

    def test_a_binary_format_is_refused(self):
        molecule = Molecule(io.StringIO("x"), file_type="mmtf")
        with pytest.raises(RejectedValueError, match="binary"):
            molecule.to_py3dmol()

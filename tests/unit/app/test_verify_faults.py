"""One planted fault at a time: each is named by its check, at its entry; without any, all is well."""

import base64
import hashlib
import json
import shutil
import warnings

import numpy as np
import pytest
from value_contract import examples

import datatypes as dt
from app.session import open_target
from app.verifying import Options, verify_artifact, verify_session
from storage import Artifact, Store, open_source
from storage.export import export_wandb

PIXELS = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)


def picture(**more):
    mask = np.zeros((20, 30), np.uint8)
    mask[5:9] = 2
    labels = {0: "sky", 2: "tree"}
    box = {"position": {"minX": 0.1, "maxX": 0.5, "minY": 0.1, "maxY": 0.5}, "class_id": 2}
    return dt.Image(
        PIXELS,
        masks={"truth": {"mask_data": mask, "class_labels": labels}},
        boxes={"pred": {"box_data": [box], "class_labels": labels}},
        **more,
    )


@pytest.fixture(scope="module")
def every_type(tmp_path_factory):
    """A store with a value made from each example of each type."""
    folder = tmp_path_factory.mktemp("every") / "store"
    artifact = Artifact("everything", type="dataset")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for tag in sorted(dt.type_mapping()):
            for index, (_, value) in enumerate(examples(tag)):
                artifact.add(value, f"{tag}-{index}")
    artifact.add_file(b"plain", "notes.txt")
    Store(folder).log_artifact(artifact, aliases=["best"])
    return folder


def test_a_clean_store_of_every_type_is_well(every_type):
    report = verify_session(open_target(every_type), Options(is_deep=True))
    assert report.problems == []
    assert report.is_ok
    assert {verdict.type for verdict in report.verdicts} >= set(dt.type_mapping()) - {"bounding-boxes"}
    assert {verdict.state for verdict in report.verdicts} <= {"verified", "unknown"}


def test_one_bit_of_any_blob(every_type, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(every_type, store)
    blobs = sorted(store.glob("blobs/*/*"))
    assert len(blobs) > 150
    for blob in blobs:
        data = blob.read_bytes()
        if not data:
            continue
        blob.chmod(0o600)
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        blob.write_bytes(bytes(changed))
        problems = Store(store).verify()
        assert problems, blob.name
        assert {found.check for found in problems} == {"digest"}, blob.name
        blob.write_bytes(data)
    assert Store(store).verify() == []


def test_one_bit_of_any_record(every_type, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(every_type, store)
    for record in sorted([*store.glob("log/*"), store / "store.json"]):
        data = record.read_bytes()
        for place in (1, len(data) // 2, len(data) - 3):
            record.chmod(0o600)
            record.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            assert not is_well(store), (record.name, place)
        record.write_bytes(data)
    assert is_well(store)


def is_well(store):
    """Whether a store verifies; one whose header is none is not opened at all."""
    try:
        return verify_session(open_target(store)).is_ok
    except ValueError:
        return False


# ------------------------------------------------------------------------------------------- folders as W&B has them


@pytest.fixture
def folder(tmp_path):
    """An exported artifact whose parts can be edited, manifest and all."""
    artifact = Artifact("pets", type="dataset")
    artifact.add(picture(), "cat")
    artifact.add(dt.Image(np.sin(np.arange(600.0)).reshape(20, 30)), "scaled")
    artifact.add(dt.Audio(np.linspace(-0.9, 0.9, 800, dtype=np.float32), sample_rate=8000), "tone")
    table = dt.Table(columns=["n", "image"], data=[[1, dt.Image(PIXELS[::2])], [2, dt.Image(PIXELS[::-1])]])
    artifact.add(table, "table")
    return export_wandb(artifact, tmp_path / "pets")


def write(folder, name, data):
    """Replace a file, and make the manifest agree: fixity is kept."""
    (folder / name).write_bytes(data)
    manifest = json.loads((folder / "wandb_manifest.json").read_bytes())
    entry = manifest["contents"].setdefault(name, {})
    entry |= {"digest": base64.b64encode(hashlib.md5(data).digest()).decode(), "size": len(data)}
    (folder / "wandb_manifest.json").write_text(json.dumps(manifest))
    (folder.parent / "pets.artifact.json").unlink(missing_ok=True)


def forget(folder, name):
    """Take an entry out of folder and manifest."""
    (folder / name).unlink()
    manifest = json.loads((folder / "wandb_manifest.json").read_bytes())
    del manifest["contents"][name]
    (folder / "wandb_manifest.json").write_text(json.dumps(manifest))
    (folder.parent / "pets.artifact.json").unlink(missing_ok=True)


def edit(folder, name, change):
    document = json.loads((folder / name).read_bytes())
    change(document)
    write(folder, name, json.dumps(document, sort_keys=True).encode())


def problems_of(folder, *, deep=False):
    report = verify_artifact(open_source(folder), Options(is_deep=deep))
    return [(found.entry, found.check) for found in report.problems], report


CAT, SCALED, TONE, TABLE = (
    "cat.image-file.json",
    "scaled.image-file.json",
    "tone.audio-file.json",
    "table.table.json",
)


def test_the_folder_is_well(folder):
    found, report = problems_of(folder, deep=True)
    assert found == []
    assert [verdict.state for verdict in report.verdicts if verdict.type == "image-file"] == ["verified"] * 2


FAULTS = {
    "size that is not so": (CAT, lambda d: d.update(size=7), "size"),
    "sha256 of another file": (CAT, lambda d: d.update(sha256="0" * 64), "digest"),
    "width": (CAT, lambda d: d.update(width=31), "decode"),
    "height": (SCALED, lambda d: d.update(height=2), "decode"),
    "file that is not there": (CAT, lambda d: d.update(path="media/images/none.png"), "reference"),
    "file outside": (CAT, lambda d: d.update(path="../../secret.png"), "reference"),
    "mask that is not there": (CAT, lambda d: d["masks"]["truth"].update(path="media/none.png"), "reference"),
    "class file that is not there": (CAT, lambda d: d["classes"].update(path="media/none.classes.json"), "reference"),
    "digest of the class file": (CAT, lambda d: d["classes"].update(digest="A" * 22 + "=="), "reference"),
    "box without a position": (CAT, lambda d: d["boxes"]["pred"][0].pop("position"), "decode"),
    "no path at all": (CAT, lambda d: d.pop("path"), "decode"),
    "format of another file": (CAT, lambda d: d.update(format="jpg"), "decode"),
    "caption that is no text": (CAT, lambda d: d.update(caption=[1]), "decode"),
    "masks that are none": (CAT, lambda d: d.update(masks=[]), "decode"),
    "tag that is not that of its name": (CAT, lambda d: d.update(_type="audio-file"), "decode"),
    "tag that is none": (CAT, lambda d: d.update(_type=7), "decode"),
    "sha256 of no file": (CAT, lambda d: d.update(sha256=7), "decode"),
    "cell that does not fit its type": (TABLE, lambda d: d["data"][0].__setitem__(0, "one"), "decode"),
    "cell that lost its tag": (TABLE, lambda d: d["data"][0][1].pop("_type"), "decode"),
    "column without a type": (TABLE, lambda d: d["column_types"]["params"]["type_map"].pop("n"), "decode"),
    "rows": (TABLE, lambda d: d.update(nrows=3), "decode"),
    "columns": (TABLE, lambda d: d.update(ncols=9), "decode"),
    "row that is too short": (TABLE, lambda d: d["data"][1].pop(), "decode"),
    "cell whose file is not there": (TABLE, lambda d: d["data"][1][1].update(path="media/x.png"), "reference"),
    "cell of another width": (TABLE, lambda d: d["data"][0][1].update(width=1), "decode"),
    "verdict that nobody knows": (CAT, lambda d: d["fidelity"].update(verdict="perfect"), "fidelity"),
    "lossless with an error": (CAT, lambda d: d["fidelity"].update(max_abs_error=0.5), "fidelity"),
    "shape of another picture": (CAT, lambda d: d["fidelity"]["source"].update(shape=[5, 5, 3]), "fidelity"),
    "range that uint8 has not": (CAT, lambda d: d["fidelity"]["source"].update(max=300), "fidelity"),
    "range turned round": (SCALED, lambda d: d["fidelity"]["source"].update(min=9.0), "fidelity"),
    "rmse above the maximum": (SCALED, lambda d: d["fidelity"].update(rmse=1.0), "fidelity"),
    "bound beyond its steps": (SCALED, lambda d: d["fidelity"].update(max_abs_error=0.5), "fidelity"),
    "bounded without a bound": (SCALED, lambda d: d["fidelity"].pop("max_abs_error"), "fidelity"),
    "decibels": (SCALED, lambda d: d["fidelity"].update(psnr_db=99.0), "fidelity"),
    "sha256 that is none": (SCALED, lambda d: d["fidelity"]["source"].update(sha256="abc"), "fidelity"),
    "samples": (TONE, lambda d: d["fidelity"]["source"].update(shape=[801]), "fidelity"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_in_json_is_named(folder, what):
    entry, change, check = FAULTS[what]
    edit(folder, entry, change)
    found, report = problems_of(folder)
    assert found[:1] == [(entry, check)], report.problems
    assert {name for name, _ in found} == {entry}


DEEP = {
    "sha256 of another array": (CAT, lambda d: d["fidelity"]["source"].update(sha256="1" * 64)),
    "dtype of another array": (CAT, lambda d: d["fidelity"]["source"].update(dtype="uint16")),
    "lossless that was not": (
        SCALED,
        lambda d: d.update(fidelity={"verdict": "lossless", "source": d["fidelity"]["source"]}),
    ),
    "minimum of the array": (CAT, lambda d: d["fidelity"]["source"].update(min=3)),
    "mask": (CAT, lambda d: d["masks"]["truth"]["fidelity"]["source"].update(sha256="2" * 64)),
    "cell": (TABLE, lambda d: d["data"][0][1]["fidelity"]["source"].update(sha256="3" * 64)),
}


@pytest.mark.parametrize("what", DEEP)
def test_a_record_that_lies_is_named_when_measured_again(folder, what):
    entry, change = DEEP[what]
    edit(folder, entry, change)
    assert problems_of(folder)[0] == []
    found, report = problems_of(folder, deep=True)
    assert found == [(entry, "fidelity")]
    assert "its record lies" in report.problems[0].problem
    assert [row.state for row in report.verdicts if row.entry == entry] == ["failed"]


def test_pixels_that_were_changed_behind_the_record(folder):
    document = json.loads((folder / CAT).read_bytes())
    image = dt.Image(PIXELS[:, ::-1].copy())
    write(folder, document["path"], image._file().read())
    edit(folder, CAT, lambda d: d.pop("sha256"))
    assert problems_of(folder)[0] == []
    assert problems_of(folder, deep=True)[0] == [(CAT, "fidelity")]


def mask_png(ids):
    return dt.Image(np.asarray(ids, np.uint8))._file().read() if np.max(ids) > 1 else b""


def test_mask_id_outside_of_its_classes(folder):
    document = json.loads((folder / CAT).read_bytes())
    ids = np.full((20, 30), 2, np.uint8)
    ids[0] = 9
    write(folder, document["masks"]["truth"]["path"], mask_png(ids))

    def without_record(d):
        d["masks"]["truth"] = {"_type": "mask", "path": d["masks"]["truth"]["path"]}
        del d["fidelity"]

    edit(folder, CAT, without_record)
    found, report = problems_of(folder)
    assert found == [(CAT, "reference")]
    assert "ids 9" in report.problems[0].problem


def test_missing_class_file(folder):
    document = json.loads((folder / CAT).read_bytes())
    forget(folder, document["classes"]["path"])
    assert problems_of(folder)[0] == [(CAT, "reference")]


def test_class_file_of_something_else(folder):
    document = json.loads((folder / CAT).read_bytes())
    write(folder, document["classes"]["path"], b'{"_type": "metadata"}')
    found, _ = problems_of(folder)
    assert (CAT, "decode") in found


def test_file_that_the_manifest_does_not_name(folder):
    (folder / "stray.bin").write_bytes(b"x")
    assert problems_of(folder)[0] == [("stray.bin", "reference")]


def test_file_that_is_gone_and_one_that_was_changed(folder):
    document = json.loads((folder / CAT).read_bytes())
    (folder / document["path"]).unlink()
    assert problems_of(folder)[0] == [(document["path"], "missing")]
    (folder / document["path"]).write_bytes(b"x")
    assert problems_of(folder)[0] == [(document["path"], "size")]


def test_cut_sound(folder):
    document = json.loads((folder / TONE).read_bytes())
    data = (folder / document["path"]).read_bytes()
    write(folder, document["path"], data[: len(data) // 2])
    edit(folder, TONE, lambda d: d.pop("sha256"))
    assert problems_of(folder)[0] == [(TONE, "decode")]


@pytest.mark.parametrize("text", [b"[" * 5000, b'{"_type": "table", "columns": 7, "data": "x"}', b"\xff\xfe{}", b"{"])
def test_json_that_is_hostile_is_a_problem_and_no_crash(folder, text):
    write(folder, TABLE, text)
    found, report = problems_of(folder)
    assert {entry for entry, _ in found} == {TABLE}
    assert not report.is_ok


def test_one_bit_of_any_file_of_a_folder(folder):
    manifest = json.loads((folder / "wandb_manifest.json").read_bytes())["contents"]
    for name in manifest:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert problems_of(folder)[0] == [(name, "digest")]
        (folder / name).write_bytes(data)
    assert problems_of(folder)[0] == []


# ------------------------------------------------------------------------------------------- runs


@pytest.fixture
def run_folder(tmp_path):
    """A store with a run that logged a picture with a mask, a list, a table and numbers; the folder of the run."""
    store = Store(tmp_path / "store")
    with store.run(project="demo", name="first") as run:
        run.log({"loss": 0.5, "cat": picture(), "list": [dt.Image(PIXELS), dt.Image(PIXELS[::-1])]}, step=1)
        run.log({"rows": dt.Table(columns=["n"], data=[[1], [2]])}, step=2)
    (folder,) = (tmp_path / "store" / "runs").iterdir()
    return folder


def run_problems(folder):
    report = verify_session(open_target(folder.parents[1]))
    return {(found.entry, found.check) for found in report.problems}, report


def test_a_clean_run(run_folder):
    found, report = run_problems(run_folder)
    assert found == set()
    assert report.values >= 4


def test_files_of_a_run(run_folder):
    pictures = sorted(run_folder.glob("files/media/images/cat_*.png"))
    data = pictures[0].read_bytes()
    for changed, check in ((data[:-1] + b"x", "digest"), (data + b"x", "size")):
        pictures[0].write_bytes(changed)
        assert ('step 1, key "cat"', check) in run_problems(run_folder)[0]
    pictures[0].unlink()
    assert run_problems(run_folder)[0] == {('step 1, key "cat"', "reference")}
    pictures[0].write_bytes(data)
    (mask,) = run_folder.glob("files/media/images/mask/*.png")
    mask.unlink()
    assert run_problems(run_folder)[0] == {('step 1, key "cat"', "reference")}


def test_a_file_that_no_row_names(run_folder):
    (run_folder / "files" / "media" / "images" / "stray_7_0123456789.png").write_bytes(b"x")
    assert run_problems(run_folder)[0]


def test_a_table_of_a_run_that_was_cut(run_folder):
    (table,) = run_folder.glob("files/media/table/*.json")
    document = json.loads(table.read_bytes())
    document["data"].pop()
    table.write_text(json.dumps(document))
    assert ('step 2, key "rows"', "size") in run_problems(run_folder)[0]

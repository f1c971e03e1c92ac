"""What every SDK wrote is whole, decodes and comes back; what W&B lost is a finding; a fault in any part is named."""

import json
import shutil

import pytest

from app.verifying import Options, verify_artifact, verify_run
from storage import open_source
from storage.check import check_entry


def test_a_recorded_artifact_is_well(golden_artifact):
    report = verify_artifact(open_source(golden_artifact.folder), Options(is_deep=True))
    assert report.problems == []
    assert report.entries == golden_artifact.expected["entries"]
    assert {verdict.state for verdict in report.verdicts} <= {"unknown"}


def test_a_recorded_run_is_well(golden_run):
    report = verify_run(open_source(golden_run.folder))
    assert report.problems == []


def test_one_bit_of_any_file(golden_artifact, tmp_path):
    folder = tmp_path / golden_artifact.folder.name
    shutil.copytree(golden_artifact.folder, folder)
    artifact = open_source(folder)
    for entry in artifact.manifest:
        path = folder / entry.path
        if entry.ref is not None or not path.is_file() or not path.stat().st_size:
            continue
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 64]))
        assert [found.check for found in check_entry(artifact, entry)] == ["digest"], entry.path
        path.write_bytes(data)
        assert check_entry(artifact, entry) == []


def test_a_side_file_that_the_manifest_forgot(golden_artifact, tmp_path):
    """Fixity holds, and the value that needs it is named; so is a file that only lies there."""
    folder = tmp_path / golden_artifact.folder.name
    shutil.copytree(golden_artifact.folder, folder)
    manifest = json.loads((folder / "wandb_manifest.json").read_bytes())
    jsons = [name for name in manifest["contents"] if name.endswith(".json") and (folder / name).is_file()]
    texts = {name: (folder / name).read_text("utf-8") for name in jsons}
    side = [
        (name, value)
        for name in manifest["contents"]
        for value, text in texts.items()
        if name.startswith("media/") and "ref" not in manifest["contents"][name] and json.dumps(name) in text
    ]
    if not side:  # nothing but references: a file that came from elsewhere
        (folder / "stray.txt").write_text("from elsewhere")
    name, value = side[0] if side else ("stray.txt", None)
    manifest["contents"].pop(name, None)
    (folder / "wandb_manifest.json").write_text(json.dumps(manifest))
    found = {(wrong.entry, wrong.check) for wrong in verify_artifact(open_source(folder)).problems}
    assert (name, "reference") in found
    if value is not None:
        assert {check for entry, check in found if entry == value} & {"reference", "decode"}


#: What the recordings show of W&B's losses: case, entry, kind, number.
KNOWN = [
    ("0.31.0/images", "float_0_1.image-file.json", "cast-not-scaled", 1),
    ("0.10.12/html", "path_no_inject.json", "path-stored", None),
    ("0.31.0/table-mixed", "scalars.table.json", "beyond-2^53", None),
]


@pytest.mark.parametrize(("case", "entry", "kind", "number"), KNOWN)
def test_what_was_lost_is_found(golden_data, case, entry, kind, number):
    (folder,) = [path for path in (golden_data / case / "artifacts").iterdir() if path.is_dir()]
    report = verify_artifact(open_source(folder))
    found = {(item.entry, item.kind): item for item in report.findings}
    assert (entry, kind) in found
    assert number is None or found[entry, kind].number == number
    assert report.is_ok

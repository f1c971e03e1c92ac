"""Each limit and loss that W&B is known for is recognised in what has no record, explained, and never a failure."""

import io
import json

import numpy as np
import pytest
from PIL import Image

import datatypes as dt
from app.verifying import verify_artifact, verify_run
from storage import open_source


@pytest.fixture
def found_in(tmp_path):
    """Write one object file with its side files into a folder; return the findings as kind → number."""

    def run(name, document, **files):
        folder = tmp_path / "old:v0"
        for path, data in files.items():
            target = folder / path.replace("__", "/").replace("_dot_", ".")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(document))
        report = verify_artifact(open_source(folder))
        assert report.problems == []
        assert report.is_ok
        assert all(found.entry == name for found in report.findings)
        assert all("because" in found.text or "W&B" in found.text for found in report.findings)
        return {found.kind: found.number for found in report.findings}

    return run


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def image(found_in, pixels):
    document = {"_type": "image-file", "path": "media/a.png", "format": "png"}
    return found_in("a.image-file.json", document, media__a_dot_png=png(pixels))


def test_picture_whose_largest_value_is_one(found_in):
    assert image(found_in, np.eye(8, dtype=np.uint8)) == {"cast-not-scaled": 1}


def test_picture_that_is_almost_white(found_in):
    pixels = np.full((20, 20), 255, np.uint8)
    pixels[0, :3] = 7
    assert image(found_in, pixels) == {"scaled-twice": round(397 / 400, 6)}
    pixels[:2] = 7
    assert image(found_in, pixels) == {}


@pytest.mark.parametrize("pixels", [np.zeros((4, 4), np.uint8), np.eye(4, dtype=bool)])
def test_black_and_two_valued_pictures_are_no_finding(found_in, pixels):
    assert image(found_in, pixels) == {}


@pytest.mark.parametrize("rows", [10_000, 50_000, 200_000])
def test_tables_as_long_as_a_limit(found_in, rows):
    for count, wanted in ((rows, {"rows-cut": rows}), (rows - 1, {})):
        data = [[index] for index in range(count)]
        document = {"_type": "table", "columns": ["n"], "data": data, "nrows": count, "ncols": 1}
        assert found_in("t.table.json", document) == wanted


def table(found_in, cells, kind):
    types = {"wb_type": "typedDict", "params": {"type_map": {"c": kind}}}
    document = {"_type": "table", "columns": ["c"], "data": [[cell] for cell in cells], "column_types": types}
    return found_in("t.table.json", document)


def optional(kind):
    return {"wb_type": "union", "params": {"allowed_types": [{"wb_type": "none"}, {"wb_type": kind}]}}


def test_nulls_where_nan_may_have_been(found_in):
    assert table(found_in, [1.5, None, 2, None], optional("number")) == {"nan-as-null": 2}
    assert table(found_in, ["a", None], optional("string")) == {}


def test_instants(found_in):
    assert table(found_in, [1700000000000, None, 5], optional("timestamp")) == {"time-cut": 2}


def test_whole_numbers_that_floats_do_not_hold(found_in):
    exact, beyond = 2**53, 2**53 + 2
    assert table(found_in, [exact, -exact], {"wb_type": "number"}) == {}
    assert table(found_in, [float(beyond), 1], {"wb_type": "number"}) == {"beyond-2^53": beyond}


def wav(samples):
    return dt.Audio(samples, sample_rate=8000)._file().read()


def test_samples_at_full_scale(found_in):
    document = {"_type": "audio-file", "path": "media/a.wav", "caption": None}
    loud = np.array([0, 32767, -32768, 32767, 12, -32767], np.int16)
    assert found_in("s.audio-file.json", document, media__a_dot_wav=wav(loud)) == {"clipped": 3}
    assert found_in("s.audio-file.json", document, media__a_dot_wav=wav(loud // 2)) == {}


def test_declared_rate_that_is_not_that_of_the_file(found_in):
    document = {"_type": "audio-file", "path": "media/a.wav", "caption": None, "sample_rate": 44100}
    quiet = np.zeros(9, np.int16)
    assert found_in("s.audio-file.json", document, media__a_dot_wav=wav(quiet)) == {"rate-not-of-file": 44100}


def test_cloud_as_long_as_a_limit(found_in):
    document = {"_type": "object3D-file", "path": "media/a.pts.json"}
    text = json.dumps([[0, 1, 2]] * 300_000).encode()
    assert found_in("o.object3D-file.json", document, media__a_dot_pts_dot_json=text) == {"points-cut": 300_000}


def masked(found_in, ids, classes):
    document = {
        "_type": "image-file",
        "path": "media/a.png",
        "masks": {"m": {"_type": "mask", "path": "media/m.mask.png"}},
        "classes": {"type": "classes-file", "path": "media/c.classes.json"},
    }
    class_file = {"_type": "classes", "class_set": [{"id": number, "name": f"n{number}"} for number in classes]}
    files = {"media__a_dot_png": png(np.full((4, 4), 9, np.uint8)), "media__m_dot_mask_dot_png": png(ids)}
    files["media__c_dot_classes_dot_json"] = json.dumps(class_file).encode()
    return found_in("i.image-file.json", document, **files)


def test_mask_ids_that_wrapped(found_in):
    ids = np.full((4, 4), 300 % 256, np.uint8)
    assert masked(found_in, ids, [1, 300]) == {"ids-wrapped": 44}
    assert masked(found_in, np.full((4, 4), 1, np.uint8), [0, 1]) == {}


def test_gif_with_merged_frames(found_in):
    frames = [Image.fromarray(np.full((8, 8), grey, np.uint8)) for grey in (0, 80, 160)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=[100, 300, 100])
    document = {"_type": "video-file", "path": "media/v.gif"}
    assert found_in("v.video-file.json", document, media__v_dot_gif=buffer.getvalue()) == {"frames-merged": 2}


def run_findings(tmp_path, row, **files):
    """Findings of a run directory of W&B with one row."""
    folder = tmp_path / "run"
    for path, data in files.items():
        target = folder / "files" / path.replace("__", "/").replace("_dot_", ".")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "history.jsonl").write_text(json.dumps({"_step": 0, **row}) + "\n")
    report = verify_run(open_source(folder))
    assert report.problems == []
    return {found.kind: found.number for found in report.findings}


@pytest.mark.parametrize("count", [107, 108, 109])
def test_lists_as_long_as_the_limit(tmp_path, count):
    name = "media/images/x_0_a.png"
    row = {"x": {"_type": "images/separated", "count": count, "format": "png", "filenames": [name] * count}}
    found = run_findings(tmp_path, row, media__images__x_0_a_dot_png=png(np.full((3, 3), 9, np.uint8)))
    assert found == ({"images-cut": 108} if count == 108 else {})


def test_tables_of_runs(tmp_path):
    text = json.dumps({"columns": ["n"], "data": [[index] for index in range(10_000)]}).encode()
    row = {"t": {"_type": "table-file", "path": "media/table/t_0_a.table.json", "ncols": 1, "nrows": 12_345}}
    found = run_findings(tmp_path, row, media__table__t_0_a_dot_table_dot_json=text)
    assert found == {"rows-cut": 10_000}  # and before it what the row declares: 12,345


def test_arrays_of_runs(tmp_path):
    row = {"h": {"_type": "histogram", "values": [1] * 32, "bins": list(range(33))}}
    assert run_findings(tmp_path, row) == {"array-binned": 32}


def test_values_with_a_record_have_no_findings(tmp_path):
    from storage import Artifact, Store

    artifact = Artifact("mine", type="dataset")
    artifact.add(dt.Image(np.eye(8, dtype=np.float32) / 300), "almost black")
    artifact.add(dt.Audio(np.array([2.0, -2.0, 0.1], np.float32), sample_rate=8000), "loud")
    artifact.add(dt.Table(columns=["n"], data=[[float("nan")], [2**60]]), "numbers")
    report = verify_artifact(Store(tmp_path / "store").log_artifact(artifact))
    assert report.findings == []
    assert report.is_ok

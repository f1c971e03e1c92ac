"""Side files of a run: W&B's names, any key, nothing overwritten."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datatypes as dtypes
from storage.errors import AlreadyStoredError
from storage.run import Run
from storage.run_reader import StoredRun
from storage.run_sink import DirectoryRunSink, safe_file_name
from storage.safe_paths import check_name

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(None, tmp_path, config={"lr": 1, "layers": [64, 32]})  # type: ignore[arg-type]  # no store is asked


@pytest.fixture
def sink(tmp_path: Path) -> DirectoryRunSink:
    return DirectoryRunSink(tmp_path / "sink", id="abc", project="demo")


def stored(sink: DirectoryRunSink) -> list[dict[str, Any]]:
    text = (sink.root / "history.jsonl").read_text("ascii")
    rows = [json.loads(line) for line in text.splitlines()]
    return [{key: value for key, value in row.items() if key not in ("_runtime", "_timestamp")} for row in rows]


def pixels(seed: int = 0, shape: tuple[int, ...] = (6, 8, 3)) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


class TestMedia:
    def test_a_picture_lies_under_its_name(self, sink):
        sink.log({"eye": dtypes.Image(pixels(), caption="left")}, step=7)
        value = stored(sink)[0]["eye"]
        data = (sink.root / "files" / value["path"]).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        assert value["path"] == f"media/images/eye_7_{digest[:20]}.png"
        assert (value["_type"], value["sha256"], value["size"], value["caption"]) == (
            "image-file",
            digest,
            len(data),
            "left",
        )

    def test_lists_of_one_type_take_its_form_and_mixed_ones_go_value_by_value(self, sink):
        one, two = dtypes.Image(pixels(1)), dtypes.Image(pixels(2))
        histogram = dtypes.Histogram([1, 2, 3])
        sink.log({"same": [one, two], "mixed": [one, 5, {"deep": two}], "numbers": [histogram]})
        row = stored(sink)[0]
        assert (row["same"]["_type"], row["same"]["count"]) == ("images/separated", 2)
        assert [type(item) for item in row["mixed"]] == [dict, int, dict]
        assert row["mixed"][0]["path"].startswith("media/images/mixed_0_")
        assert row["mixed"][2]["deep"]["path"].startswith("media/images/deep_0_")
        assert row["numbers"][0]["_type"] == "histogram"

    def test_nested_values_are_named_by_the_last_key(self, sink):
        sink.log({"train": {"image": dtypes.Image(pixels(1))}, "val": {"image": dtypes.Image(pixels(2))}})
        row = stored(sink)[0]
        paths = [row["train"]["image"]["path"], row["val"]["image"]["path"]]
        assert all(path.startswith("media/images/image_0_") for path in paths)
        assert len(set(paths)) == 2

    def test_equal_bytes_are_fine_and_others_refused(self, sink):
        first = sink.add_file(b"a", "media/x.bin")
        assert sink.add_file(b"a", "media/x.bin") == first == ("media/x.bin", hashlib.sha256(b"a").hexdigest(), 1)
        with pytest.raises(AlreadyStoredError):
            sink.add_file(b"b", "media/x.bin")
        assert (sink.root / "files/media/x.bin").read_bytes() == b"a"

    def test_a_users_file_is_copied_and_not_touched(self, sink, tmp_path):
        mine = tmp_path / "mine.png"
        mine.write_bytes(b"not a picture")
        before = mine.stat()
        assert sink.add_file(mine, "media/mine.png").size == 13
        assert (mine.read_bytes(), mine.stat().st_mtime_ns) == (b"not a picture", before.st_mtime_ns)

    def test_class_labels_go_to_the_config(self, run):
        masks = {"pred": {"mask_data": np.zeros((6, 8), dtype=np.uint8), "class_labels": {0: "sky"}}}
        run.log({"eye": dtypes.Image(pixels(), masks=masks)})
        run.log({"eye": dtypes.Image(pixels(1), masks=masks)})
        read = StoredRun(run.root)
        expected = {"mask/class_labels": {"eye_wandb_delimeter_pred": {"0": "sky"}}}
        assert read.class_labels == expected
        assert len((run.root / "config.jsonl").read_text().splitlines()) == 3  # lr, layers, and the labels once
        run.finish()
        assert StoredRun(run.root).class_labels == expected
        value = next(StoredRun(run.root).history()).values["eye"]
        assert value.masks["pred"].class_labels == {0: "sky"}

    @pytest.mark.parametrize(
        "key",
        [
            "a/b",
            "a b",
            "ü",
            "../../etc",
            "..",
            ".",
            "/abs",
            "a//b",
            "a\\b",
            "nul\0",
            "C:/x",
            "\ud800",
            "k" * 300,
            "d/" * 80,
            "%",
        ],
    )
    def test_any_key_makes_a_safe_name(self, run, key):
        run.log({key: dtypes.Image(pixels())})
        ((_, values),) = StoredRun(run.root).rows_json()
        path = values[key]["path"]
        check_name(path)
        assert path.startswith("media/images/")
        assert (run.root / "files" / path).is_file()
        ((_, decoded),) = StoredRun(run.root).history()
        np.testing.assert_array_equal(decoded[key].to_numpy(), pixels())
        assert sorted(path.name for path in run.root.parent.parent.iterdir()) == ["runs"]

    def test_two_keys_that_escape_alike_stay_apart(self, run):
        keys = ["a//b", "a/_/b", "x" * 300 + "1", "x" * 300 + "2"]
        run.log({key: dtypes.Image(pixels(index)) for index, key in enumerate(keys)})
        ((_, decoded),) = StoredRun(run.root).history()
        for index, key in enumerate(keys):
            np.testing.assert_array_equal(decoded[key].to_numpy(), pixels(index))

    def test_safe_names_stay_as_they_are(self):
        assert safe_file_name("media/images/a b/ü_1_2.png") == "media/images/a b/ü_1_2.png"

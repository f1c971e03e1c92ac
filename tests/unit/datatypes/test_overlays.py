"""Boxes, masks, class sets and JSON metadata on their own: what they refuse, measure and keep."""

from __future__ import annotations

import json

import numpy as np
import PIL.Image
import pytest
from sinks import DictRun, DictStore

import datatypes as dt

CORNERS = {"minX": 0, "maxX": 0.5, "minY": 0.25, "maxY": 1}


def boxes(*items, **more):
    return dt.BoundingBoxes2D({"box_data": list(items), **more}, "b")


class TestBoxes:
    @pytest.mark.parametrize(
        "position",
        [
            None,
            {},
            {"minX": 0, "maxX": 1},
            {**CORNERS, "minX": "0"},
            {**CORNERS, "minX": None},
            {"middle": [1, 2, 3], "width": 1, "height": 1},
            {"middle": [1, "2"], "width": 1, "height": 1},
            {"middle": [1, 2], "height": 1},
            [0, 1, 2, 3],
        ],
    )
    def test_an_incomplete_position_names_the_box(self, position):
        with pytest.raises(
            TypeError, match=r"box 1: has no complete position\. Give minX, maxX, minY, maxY, or middle"
        ):
            boxes({"position": CORNERS, "class_id": 1}, {"position": position, "class_id": 1})

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"scores": [0.5]}, "has scores"),
            ({"scores": {1: 0.5}}, "has scores"),
            ({"scores": {"iou": "0.5"}}, "has scores"),
            ({"class_id": 1.0}, "has class_id 1.0"),
            ({"class_id": "1"}, "has class_id '1'"),
            ({"box_caption": 3}, "has box_caption 3"),
        ],
    )
    def test_a_field_of_the_wrong_kind_names_the_box(self, change, message):
        with pytest.raises(TypeError, match=f"box 0: {message}"):
            boxes({"position": CORNERS, "class_id": 1, **change})

    def test_what_is_missing_is_a_key_error_and_a_type_error(self):
        for kind in (KeyError, TypeError):
            with pytest.raises(kind, match='boxes: have no "box_data"'):
                dt.BoundingBoxes2D({}, "b")
            with pytest.raises(kind, match="box 0: has no class_id"):
                boxes({"position": CORNERS})

    @pytest.mark.parametrize("data", [({},), {"a": 1}, "x", None])
    def test_only_a_list_is_a_list(self, data):
        with pytest.raises(TypeError, match="Pass a list of dicts|not a dict"):
            dt.BoundingBoxes2D({"box_data": data}, "b")

    @pytest.mark.parametrize("labels", [{"1": "a"}, {1: 5}, ["a"]])
    def test_labels_are_numbers_to_text(self, labels):
        with pytest.raises(TypeError, match="class_labels: .*Pass a dict of numbers to text"):
            boxes(class_labels=labels)

    def test_without_labels_the_ids_name_themselves(self):
        assert boxes(*({"position": CORNERS, "class_id": i} for i in (7, 2, 7))).class_labels == {
            2: "class_2",
            7: "class_7",
        }

    def test_corners_in_pixels(self):
        middle = {"position": {"middle": [5, 4], "width": 2, "height": 6}, "class_id": 1, "domain": "pixel"}
        outside = {"position": {"middle": [0.5, 0.5], "width": 2, "height": 0.5}, "class_id": 1}
        found = boxes({"position": CORNERS, "class_id": 1}, middle, outside).corners(100, 40)
        assert found == [(0, 10, 50, 40), (4, 1, 6, 7), (-50, 10, 150, 30)]

    def test_in_a_run_labels_go_to_its_config_and_the_side_file(self):
        run = DictRun("img", 2)
        value = boxes({"position": CORNERS, "class_id": 1}, class_labels={1: "cat"})
        value.bind_to_run(run, "img", 2)
        stored = value.to_json(run)
        assert stored["_type"] == "boxes2D"
        assert stored["path"] == f"media/metadata/boxes2D/img_2_{stored['sha256'][:20]}.boxes2D.json"
        assert json.loads(run.files[stored["path"]]) == {"box_data": value.box_data, "class_labels": {"1": "cat"}}
        assert run.singletons == {("bounding_box/class_labels", "img_wandb_delimeter_b"): {"1": "cat"}}

    def test_a_damaged_side_file_is_named(self):
        run = DictRun()
        run.files["x.boxes2D.json"] = b'{"box_data": 3}'
        value = dt.init_from_json({"_type": "boxes2D", "path": "x.boxes2D.json"}, run)
        with pytest.raises(dt.WireFormatError, match=r"x\.boxes2D\.json: has no list under box_data"):
            value.facts()

    def test_equal_boxes_are_paired_once(self):
        one = {"position": CORNERS, "class_id": 1}
        other = {"position": CORNERS, "class_id": 2}
        found = boxes(one, one, other).difference(boxes(one, other, other))
        assert (found["matched"], found["removed"], found["added"], found["changed"]) == (2, 1, 1, 0)


class TestMasks:
    @pytest.mark.parametrize("data", [np.zeros(3), np.zeros((1, 2, 3)), np.zeros((0, 3)), 5])
    def test_only_two_axes(self, data):
        with pytest.raises(TypeError, match="mask_data: has shape"):
            dt.ImageMask({"mask_data": data}, "m")

    @pytest.mark.parametrize("ids", [[[0, -1]], [[65_536, 0]], [[np.nan, 0]], [[np.inf, 0]]])
    def test_ids_that_no_png_holds_are_named(self, ids):
        with pytest.raises(TypeError, match=r"mask_data: has ids from .*Pass ids from 0 to 65,535"):
            dt.ImageMask({"mask_data": np.array(ids)}, "m")

    @pytest.mark.parametrize("ids", [[["a"]], [[1 + 2j]], [[None]]])
    def test_only_numbers(self, ids):
        with pytest.raises(TypeError, match="mask_data: has dtype"):
            dt.ImageMask({"mask_data": np.array(ids)}, "m")

    def test_without_data(self):
        for kind in (KeyError, TypeError):
            with pytest.raises(kind, match='mask: has neither "mask_data" nor "path"'):
                dt.ImageMask({"class_labels": {}}, "m")

    @pytest.mark.parametrize(("top", "dtype"), [(255, np.uint8), (256, np.uint16), (65_535, np.uint16)])
    def test_ids_beyond_255_are_kept(self, top, dtype):
        mask = dt.ImageMask({"mask_data": np.array([[0, top]])}, "m")
        assert mask.to_numpy().dtype == dtype
        assert mask.to_numpy().tolist() == [[0, top]]
        assert mask.fidelity.verdict == "lossless"

    def test_fractions_are_cut_and_measured(self):
        mask = dt.ImageMask({"mask_data": np.array([[0.0, 2.75]])}, "m")
        assert mask.to_numpy().tolist() == [[0, 2]]
        assert (mask.fidelity.verdict, mask.fidelity.max_abs_error) == ("bounded", 0.75)

    def test_a_picture_by_path_is_kept_as_it_is(self, tmp_path):
        path = tmp_path / "m.gif"
        PIL.Image.fromarray(np.array([[0, 9]], np.uint8)).save(path)
        mask, store = dt.ImageMask({"path": path, "class_labels": {9: "x"}}, "m"), DictStore()
        stored = mask.to_json(store)
        assert store.files[stored["path"]] == path.read_bytes()
        assert stored["path"].endswith("/m.gif")
        assert dt.init_from_json(stored, store).class_labels == {9: "x"}

    def test_in_a_run_labels_go_to_its_config(self):
        run = DictRun("img", "summary")
        mask = dt.ImageMask({"mask_data": np.array([[0, 3]])}, "m")
        mask.bind_to_run(run, "img", "summary")
        assert mask.path == f"media/images/mask/img_summary_{mask._file().sha256[:20]}.mask.png"
        labels = {"0": "class_0", "3": "class_3"}
        assert run.singletons == {("mask/class_labels", "img_wandb_delimeter_m"): labels}

    def test_masks_of_other_sizes_share_nothing(self):
        found = dt.ImageMask({"mask_data": np.zeros((2, 3))}).difference(dt.ImageMask({"mask_data": np.zeros((2, 2))}))
        assert found == {"changed_pixels": 6, "mask_iou": {"0": 0.0}, "shapes": [[2, 3], [2, 2]]}


class TestClasses:
    @pytest.mark.parametrize("item", [{"id": 1}, {"name": "x"}, {}])
    def test_id_and_name_are_needed(self, item):
        with pytest.raises(TypeError, match=r'class_set\[1\]: has no "(id|name)"'):
            dt.Classes([{"id": 0, "name": "a"}, item])

    def test_only_dicts(self):
        with pytest.raises(TypeError, match=r"class_set\[0\]: is int, not a dict"):
            dt.Classes([3])

    def test_the_name_of_the_file_is_the_sdks(self):
        store = DictStore()
        found = dt.Classes([{"id": 1, "name": "face"}]).stored_in(store)
        assert found == {
            "type": "classes-file",
            "path": "media/classes/b8a56a9441f273ee7b0c8cf05ae8bcc0_cls.classes.json",
            "digest": "ksiJbcnZz+uTC9USnbsCbQ==",
        }

    def test_the_set_is_a_column_type(self):
        kind = dt.Classes([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]).get_type()
        assert dt.Table(columns=["c"], data=[[1], [2]], dtype=[kind]).data == [[1], [2]]
        with pytest.raises(TypeError, match='row 0, column "c": holds int 3'):
            dt.Table(columns=["c"], data=[[3]], dtype=[kind])

    def test_difference_names_ids(self):
        left = dt.Classes([{"id": 1, "name": "a"}, {"id": "x", "name": "b"}])
        right = dt.Classes([{"id": 1, "name": "c"}, {"id": 2, "name": "b"}])
        assert left.difference(right) == {"added": ["2"], "removed": ["x"], "renamed": ["1"]}


class TestMetadata:
    def test_what_json_cannot_write_is_refused(self):
        with pytest.raises(TypeError, match="val: cannot be written as JSON"):
            dt.JSONMetadata({"a": object()})

    def test_a_subclass_has_its_own_folder_and_check(self):
        class Pose(dt.JSONMetadata):
            @classmethod
            def type_name(cls):
                return "pose"

            def validate(self, val):
                if "joints" not in val:
                    raise TypeError("no joints")
                return True

        with pytest.raises(TypeError, match="no joints"):
            Pose({})
        run = DictRun("p", 1)
        pose = Pose({"joints": []}, "key")
        pose.bind_to_run(run, "p", 1)
        assert pose.to_json(run)["_type"] == "pose"
        assert pose.path.startswith("media/metadata/pose/p_1_")

    def test_what_is_no_json_is_named(self):
        store = DictStore(files={"m.json": b"{"})
        with pytest.raises(dt.UnreadableMediaError, match=r"m\.json: is not JSON"):
            dt.init_from_json({"_type": "metadata", "path": "m.json"}, store)

    def test_a_document_is_read_only_within_the_limit(self, monkeypatch):
        monkeypatch.setenv("VITRINA_MAX_JSON_BYTES", "3")
        store = DictStore(files={"m.json": b"[1, 2]"})
        with pytest.raises(dt.DecodeLimitError, match=r"m\.json: has more than the limit of 3 bytes"):
            dt.init_from_json({"_type": "metadata", "path": "m.json"}, store)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ({"_type": "image-file"}, 'image-file JSON: field "path" is missing'),
        ({"_type": "image-file", "path": 3}, 'field "path" is int, not text'),
        ({"_type": "image-file", "path": ""}, 'field "path" is empty'),
        ({"_type": "image-file", "path": "x", "boxes": [1]}, "boxes is list, not an object"),
        ({"_type": "image-file", "path": "x", "boxes": {"b": [1]}}, "boxes: hold something that is no box"),
        ({"_type": "image-file", "path": "x", "masks": {"m": 3}}, "mask JSON: is int, not an object"),
        ({"_type": "image-file", "path": "x", "fidelity": {"verdict": "perfect"}}, "fidelity: is not a record"),
        ({"_type": "classes", "class_set": {"id": 1}}, "class_set is not a list of dicts"),
        ({"_type": "histogram", "values": [1], "bins": [1]}, "has no list of n values and n \\+ 1 bins"),
        ({"_type": "images/separated", "count": "3"}, "count is '3'"),
        ({"type": "image-file"}, 'has no text field "_type"'),
        ([1], 'has no text field "_type"'),
    ],
)
def test_json_that_breaks_its_promise_is_named(stored, message):
    with pytest.raises(dt.WireFormatError, match=message):
        dt.init_from_json(stored, DictStore())

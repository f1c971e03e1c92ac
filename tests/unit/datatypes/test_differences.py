"""Measures of `difference` against independent computations; exactly zero where nothing differs."""

import io
import itertools
import math

import numpy as np
import pytest
from scipy.spatial import cKDTree

import datatypes as dt
from datatypes.array_difference import decibels, distances, peak_of, root_mean_square
from datatypes.box_difference import MIN_IOU, pair_boxes
from datatypes.cloud_facts import compare_rows
from datatypes.json_difference import compare_json, json_changes
from datatypes.point_matching import REACH, pair_rows
from datatypes.table_pairing import detect_key, longest_rise

RNG = np.random.default_rng(12)
CORNERS = ("minX", "minY", "maxX", "maxY")


def box(left, top, right, bottom, class_id=1, **more):
    return {"position": dict(zip(CORNERS, (left, top, right, bottom), strict=True)), "class_id": class_id, **more}


def iou(one, other):
    """Intersection over union, one number at a time."""
    a, b = ([item["position"][key] for key in CORNERS] for item in (one, other))
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return shared / (areas - shared) if areas > shared else 0.0


class TestArrays:
    @pytest.mark.parametrize("dtype", ["uint8", "uint16", "int64", "uint64", "float32", "float64", "bool"])
    def test_equal_is_zero(self, dtype):
        array = RNG.integers(0, 2, (5, 4)).astype(dtype)
        assert not distances(array, array.copy()).any()

    @pytest.mark.parametrize(
        ("dtype", "one", "other", "expected"),
        [
            ("uint8", 0, 255, 255.0),
            ("uint64", 2**63, 2**63 + 1, 1.0),
            ("int64", -(2**63), 2**63 - 1, 2.0**64),
            ("int64", 2**60, 2**60 + 1, 1.0),
            ("float64", 0.5, 0.25, 0.25),
            ("float64", math.nan, math.nan, 0.0),
            ("float64", math.inf, math.inf, 0.0),
            ("float64", math.inf, -math.inf, math.inf),
            ("float32", math.nan, 1.0, math.inf),
            ("float64", -1e308, 1e308, math.inf),
            ("float64", 5e-324, 0.0, 5e-324),
        ],
    )
    def test_one_element(self, dtype, one, other, expected):
        assert distances(np.array([one], dtype), np.array([other], dtype)).tolist() == [expected]

    def test_mixed_dtypes(self):
        assert distances(np.array([2**53 + 1], np.int64), np.array([2.0**53])).tolist() == [1.0]

    def test_root_mean_square_neither_overflows_nor_vanishes(self):
        assert root_mean_square(np.array([3e200, 4e200])) == pytest.approx(math.sqrt(12.5) * 1e200)
        assert root_mean_square(np.array([3e-200, 4e-200])) == pytest.approx(math.sqrt(12.5) * 1e-200)
        assert root_mean_square(np.zeros(0)) == 0

    def test_peaks_and_decibels(self):
        assert [peak_of(np.zeros(1, kind)) for kind in ("uint8", "uint16", "bool", "float64")] == [255, 65535, 1, 1]
        assert peak_of(np.array([-2.0, 3.0, math.nan])) == 5
        assert (decibels(1, 0), decibels(0, 1), decibels(1, math.inf)) == (math.inf, -math.inf, -math.inf)
        assert decibels(10, 1) == 20

    def test_pictures_with_nan_and_infinities(self):
        pixels = np.array([[0.0, math.nan], [math.inf, 1.0]])
        same = dt.Image(pixels, exact=True).difference(dt.Image(pixels.copy(), exact=True))
        assert (same["max_abs"], same["changed_pixels"], same["psnr_db"]) == (0, 0, math.inf)


class TestBoxes:
    def compare(self, left, right, **sizes):
        sets = [dt.BoundingBoxes2D({"box_data": boxes, "class_labels": {1: "a", 2: "b"}}) for boxes in (left, right)]
        return sets[0].difference(sets[1])

    def test_moved_added_removed(self):
        left = [box(0, 0, 0.4, 0.4), box(0.5, 0.5, 0.9, 0.9, 2), box(0.1, 0.6, 0.2, 0.7)]
        right = [box(0.02, 0, 0.42, 0.4), box(0.5, 0.5, 0.9, 0.9, 1), box(0.1, 0.6, 0.2, 0.7)]
        found = self.compare(left, right)
        counts = {key: found[key] for key in ("matched", "added", "removed", "changed", "reordered")}
        assert counts == {"matched": 2, "added": 1, "removed": 1, "changed": 1, "reordered": 0}
        assert found["min_iou"] == pytest.approx(iou(left[0], right[0]))

    def test_a_field_that_changed_is_a_change_and_no_move(self):
        found = self.compare([box(0, 0, 1, 1, scores={"s": 0.5})], [box(0, 0, 1, 1, scores={"s": 0.75})])
        assert (found["matched"], found["changed"], found["min_iou"]) == (1, 1, 1)

    def test_order_and_labels(self):
        one, two = box(0, 0, 0.1, 0.1), box(0.5, 0.5, 1, 1, 2)
        assert self.compare([one, two], [two, one])["reordered"] == 1
        renamed = [dt.BoundingBoxes2D({"box_data": [one], "class_labels": {1: name}}) for name in "ab"]
        assert renamed[0].difference(renamed[1])["labels"] == ["1"]

    def test_pixels_meet_fractions_on_pictures(self):
        pixels = np.zeros((50, 100), np.uint8)
        left = dt.Image(pixels, boxes={"b": {"box_data": [box(0.1, 0.2, 0.5, 0.6)]}})
        right = dt.Image(pixels, boxes={"b": {"box_data": [box(10, 10, 50, 30, domain="pixel")]}})
        found = left.difference(right)["boxes"]["b"]
        assert (found["matched"], found["changed"], found["min_iou"]) == (1, 1, pytest.approx(1))

    def test_pairs_are_those_of_brute_force(self):
        def some(count):
            low = RNG.random((count, 2))
            return [box(*spot, *(spot + size), int(kind)) for spot, size, kind in zip(
                low, RNG.random((count, 2)) * 0.5, RNG.integers(0, 3, count), strict=True)]  # fmt: skip

        left = some(60)
        right = [box(*(value + RNG.normal(0, 0.01) for value in item["position"].values()), item["class_id"])
                 for item in left[:40]] + some(20)  # fmt: skip
        weights = sorted(
            ((-iou(a, b), i, k) for i, a in enumerate(left) for k, b in enumerate(right)
             if a["class_id"] == b["class_id"] and iou(a, b) >= MIN_IOU),
        )  # fmt: skip
        expected, mine, its = {}, set(), set()
        for _, i, k in weights:
            if i not in mine and k not in its:
                expected[i] = k
                mine.add(i)
                its.add(k)
        found = pair_boxes(left, right, lambda item, _side: tuple(item["position"][key] for key in CORNERS))
        assert {pair.left: pair.right for pair in found} == expected
        assert all(pair.iou == pytest.approx(iou(left[pair.left], right[pair.right])) for pair in found)

    def test_boxes_without_a_place_are_paired_if_equal(self):
        odd = {"class_id": 1, "position": "nowhere"}
        found = pair_boxes([odd, odd], [odd], lambda *_: None)
        assert [(pair.left, pair.right) for pair in found] == [(0, 0)]


class TestMasks:
    def test_iou_of_each_class(self):
        left, right = RNG.integers(0, 5, (40, 30)), RNG.integers(0, 6, (40, 30))
        found = dt.ImageMask({"mask_data": left}).difference(dt.ImageMask({"mask_data": right}))
        for number in range(6):
            one, other = left == number, right == number
            assert found["mask_iou"][str(number)] == np.sum(one & other) / np.sum(one | other)
        assert found["changed_pixels"] == np.sum(left != right)

    def test_ids_beyond_a_byte(self):
        ids = np.array([[0, 300], [60000, 300]])
        found = dt.ImageMask({"mask_data": ids}).difference(dt.ImageMask({"mask_data": ids.T.copy()}))
        assert found["mask_iou"] == {"0": 1.0, "300": pytest.approx(1 / 3), "60000": 0.0}

    def test_labels(self):
        masks = [dt.ImageMask({"mask_data": np.eye(2), "class_labels": {0: "a", 1: name}}) for name in "bc"]
        assert masks[0].difference(masks[1])["labels"] == ["1"]
        assert "labels" not in masks[0].difference(masks[0])


class TestSounds:
    def test_other_lengths_are_compared_as_far_as_both_go(self):
        noise = RNG.normal(0, 0.1, 1000)
        other = np.concatenate([noise, np.ones(50) * 0.5])
        other[7] += 0.125
        found = dt.Audio(noise, 8000, exact=True).difference(dt.Audio(other, 8000, exact=True))
        assert found["max_abs"] == np.abs(other[:1000] - noise).max()
        assert found["snr_db"] == pytest.approx(10 * np.log10(np.sum(noise**2) / np.sum((other[:1000] - noise) ** 2)))
        assert (found["frames_added"], found["frames_removed"], found["fields"]) == (50, 0, [])

    def test_another_rate_is_a_field(self):
        noise = RNG.normal(0, 0.1, 100)
        found = dt.Audio(noise, 8000, exact=True).difference(dt.Audio(noise, 16000, exact=True))
        assert (found["max_abs"], found["fields"]) == (0, ["sample_rate_hz"])

    def test_nan_is_nan(self):
        sound = np.array([0.0, math.nan, 0.5])
        assert dt.Audio(sound, 8000, exact=True).difference(dt.Audio(sound, 8000, exact=True))["max_abs"] == 0


class TestPoints:
    def test_moves_are_the_distances_of_a_tree(self):
        points = RNG.random((400, 3))
        moved = RNG.permutation(points + RNG.normal(0, 1e-4, points.shape))
        found = compare_rows(points, moved)
        nearest, _ = cKDTree(moved).query(points)
        assert (found["added"], found["removed"], found["moved"]) == (0, 0, 400)
        assert found["max_distance"] == pytest.approx(nearest.max())

    def test_known_edits(self):
        points = RNG.random((300, 6))
        edited = np.vstack([points[3:], RNG.random((7, 6)) + 5])
        edited[10, 0] += 1e-3
        edited[20, 4] = 2.0
        found = compare_rows(points, edited)
        assert found == {
            "added": 7, "removed": 3, "moved": 1, "changed": 1, "max_distance": pytest.approx(1e-3), "reordered": 0,
        }  # fmt: skip

    def test_what_moved_far_is_one_that_came_and_one_that_went(self):
        points = np.vstack([np.zeros((1, 3)), np.ones((1, 3)), RNG.random((50, 3))])
        found = compare_rows(points, np.vstack([points[1:], [[0.5, 9, 0]], [[0.5, 9, 1]]]))
        assert (found["added"], found["removed"], found["moved"]) == (2, 1, 0)

    def test_repeated_rows_are_counted_as_often_as_they_occur(self):
        row = np.ones((1, 3))
        found = compare_rows(np.repeat(row, 5, axis=0), np.repeat(row, 3, axis=0))
        assert (found["added"], found["removed"]) == (0, 2)

    def test_partners_are_near_or_at_the_same_number(self):
        left, right = RNG.random((200, 3)), RNG.random((150, 3))
        partner = pair_rows(left, right)
        found = np.flatnonzero(partner >= 0)
        assert len(set(partner[found])) == len(found)
        both = np.vstack([left, right])
        reach = REACH * np.linalg.norm(both.max(axis=0) - both.min(axis=0))
        assert (np.linalg.norm(left[found] - right[partner[found]], axis=1) <= reach).all()

    def test_nan_is_nan_and_minus_zero_is_zero(self):
        left = np.array([[math.nan, 0.0, 1.0], [-0.0, 1, 2]])
        assert not any(compare_rows(left, np.array([[math.nan, 0.0, 1.0], [0.0, 1, 2]])).values())
        assert compare_rows(left, np.array([[1.0, 0.0, 1.0], [0.0, 1, 2]]))["max_distance"] == math.inf

    def test_faces_follow_their_vertices(self):
        text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\nf 1 2 4\n"
        more = "v 9 9 9\n" + text.replace("f 1 2 3", "f 2 3 4").replace("f 1 2 4", "f 2 3 5") + "f 1 2 3\n"
        models = [dt.Object3D(io.StringIO(source), file_type="obj") for source in (text, more)]
        found = models[0].difference(models[1])
        assert (found["added"], found["faces_added"], found["faces_removed"]) == (1, 1, 0)


class TestTables:
    def table(self, rows, columns=("a", "b")):
        return dt.Table(columns=list(columns), data=rows)

    def test_a_row_in_the_middle_shifts_nothing(self):
        rows = [[number % 7, f"text {number}"] for number in range(200)]
        edited = [*rows[:50], [77, "row"], *rows[50:120], *rows[121:]]
        edited[10] = [edited[10][0], "other"]
        found = self.table(rows).difference(self.table(edited))
        counts = {key: found[key] for key in ("rows_added", "rows_removed", "cells_changed", "rows_moved")}
        assert counts == {"rows_added": 1, "rows_removed": 1, "cells_changed": 1, "rows_moved": 0}
        assert found["changed_by_column"] == {"b": 1}

    def test_the_key_is_found_by_its_name(self):
        rows = [[number, number % 3] for number in range(20)]
        left, right = self.table(rows, ("image_id", "x")), self.table(rows[::-1], ("image_id", "x"))
        assert detect_key(left, right) == "image_id"
        found = left.difference(right)
        assert (found["cells_changed"], found["rows_moved"], found["key"]) == (0, 19, "image_id")
        assert left != right
        twice = self.table([*rows, [0, 5]], ("image_id", "x"))
        assert detect_key(left, twice) is None

    def test_columns_in_another_order(self):
        left, right = self.table([[1, 2]]), self.table([[2, 1]], ("b", "a"))
        found = left.difference(right)
        assert (found["columns_moved"], found["cells_changed"]) == (1, 0)

    def test_equal_tables_measure_zero(self):
        cells = [[1, math.nan, None, "x", [1, 2]], [2, math.inf, True, "y", [3]]]
        left, right = (self.table(cells, "abcde") for _ in range(2))
        assert not any(left.difference(right).values())

    @pytest.mark.parametrize("numbers", [[], [3, 1, 2, 5, 4], [5, 4, 3], [1, 2, 3], [2, 2, 3]])
    def test_longest_rise(self, numbers):
        places = longest_rise(numbers)
        chosen = [numbers[place] for place in places]
        assert places == sorted(places)
        assert all(a < b for a, b in itertools.pairwise(chosen))
        longest = [1] * len(numbers)  # of those that end here, by looking at all pairs
        for end in range(len(numbers)):
            for start in range(end):
                if numbers[start] < numbers[end]:
                    longest[end] = max(longest[end], longest[start] + 1)
        assert len(places) == max(longest, default=0)


class TestDocuments:
    def test_each_place_is_given_once(self):
        left = {"a": [1, 2, {"x": 1}], "b": {"deep": [1]}, "same": math.nan}
        right = {"a": [1, 3, {"x": 1, "y": 2}, 4], "c": 0, "same": math.nan}
        changes = {change.path: (change.kind, change.old, change.new) for change in json_changes(left, right)}
        assert changes == {
            "/a/1": ("changed", 2, 3),
            "/a/2/y": ("added", None, 2),
            "/a/3": ("added", None, 4),
            "/b": ("removed", {"deep": [1]}, None),
            "/c": ("added", None, 0),
        }
        found = compare_json(left, right)
        assert (found["paths_added"], found["paths_removed"], found["paths_changed"]) == (3, 1, 1)

    def test_metadata_and_unknown_values_are_measured_by_path(self):
        unknown = [dt.UnknownValue({"_type": "later", "k": number, "n": math.nan}) for number in (1, 3)]
        found = unknown[0].difference(unknown[1])
        assert (found["paths"], found["max_abs"]) == (["/k"], 2)
        assert not any(unknown[0].difference(unknown[0]).values())


def test_histograms_with_nan():
    left = dt.Histogram(np_histogram=([1, 2], [0, 1, math.nan]))
    right = dt.Histogram(np_histogram=([1, 2], [0, 1, float("nan")]))
    assert left.difference(right) == {"emd": 0.0, "bins_changed": 0}
    assert left.difference(dt.Histogram(np_histogram=([1, 2], [0, 1, 2])))["bins_changed"] == 1

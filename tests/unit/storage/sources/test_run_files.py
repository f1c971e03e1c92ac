"""Names of a run's media files, and the values that they stand for when no row names them."""

from __future__ import annotations

import pytest

from storage.sources.run_files import RunFile, named_files, parse_run_file, recovered_values

HASH = "0b3c5d7e9f0a1b2c3d4e"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"media/images/eye_7_{HASH}.png", ("image-file", "eye", 7, HASH)),
        ("media/images/eye_7_0b3c5d7e.png", ("image-file", "eye", 7, "0b3c5d7e")),
        ("media/images/eye_7_12.png", ("image-file", "eye", 7, "12")),
        (f"media/images/a/b c (x=1.5)_10_{HASH}.jpg", ("image-file", "a/b c (x=1.5)", 10, HASH)),
        (f"media/object3D/p_0_{HASH}.pts.json", ("object3D-file", "p", 0, HASH)),
        (f"media/table/a_1_b_2_{HASH}.table.json", ("table-file", "a_1_b", 2, HASH)),
        ("media/videos/v_100_0.mp4", ("video-file", "v", 100, "0")),
    ],
)
def test_key_and_step_are_read_back(name: str, expected: tuple[str, str, int, str]) -> None:
    assert parse_run_file(name) == RunFile(name, *expected)


@pytest.mark.parametrize(
    "name",
    [
        f"media/images/mask/eye_7_{HASH}.mask.png",
        "media/metadata/boxes2D/eye_7_00.boxes2D.json",
        f"media/images/eye_summary_{HASH}.png",
        f"media/images/eye_{HASH}.png",
        "media/images/eye_7_0b3c5d7e",
        "media/unknown/eye_7_0.bin",
        f"images/eye_7_{HASH}.png",
        "output.log",
        "",
    ],
)
def test_other_names_say_nothing(name: str) -> None:
    assert parse_run_file(name) is None


def test_quoted_names_are_decoded_for_the_one_release_that_wrote_them() -> None:
    name = "media/images/a%2Fb+%C3%BC_1_0b3c5d7e.png"
    assert parse_run_file(name, quoted=True) == RunFile(name, "image-file", "a/b ü", 1, "0b3c5d7e")
    plain = parse_run_file(name)
    assert plain is not None
    assert plain.key == "a%2Fb+%C3%BC"


def test_named_files_sees_values_lists_and_parts() -> None:
    known = frozenset({"media/a.png", "media/m.png", "media/images/x_3_0.png", "media/images/x_3_1.png", "media/other"})
    row = {
        "one": {"_type": "image-file", "path": "media/a.png", "masks": {"p": {"path": "media/m.png"}}},
        "nested": {"x": {"_type": "images/separated", "count": 2, "format": "png"}},
        "text": "media/nowhere",
    }
    assert named_files(row, 3, known) == known - {"media/other"}
    assert named_files({"x": {"_type": "images/separated", "count": 10**12, "format": "png"}}, 4, known) == set()


def test_recovered_values_are_single_or_lists() -> None:
    names = [f"media/images/x_2_{index}.png" for index in (10, 9, 0)]
    names += [f"media/images/y_1_{HASH}.png", f"media/audio/y_1_{HASH}.wav"]
    names += ["media/html/z_2_0.html", "media/html/z_2_1.html", "media/images/solo_2_0.jpg"]
    files = [file for name in names if (file := parse_run_file(name))]
    assert recovered_values(files) == {
        1: {
            "y": {"_type": "audio-file", "path": f"media/audio/y_1_{HASH}.wav"},
            "y (image-file)": {"_type": "image-file", "path": f"media/images/y_1_{HASH}.png"},
        },
        2: {
            "x": {
                "_type": "images/separated",
                "count": 3,
                "filenames": ["media/images/x_2_0.png", "media/images/x_2_9.png", "media/images/x_2_10.png"],
                "format": "png",
            },
            "z": [
                {"_type": "html-file", "path": "media/html/z_2_0.html"},
                {"_type": "html-file", "path": "media/html/z_2_1.html"},
            ],
            "solo": {
                "_type": "images/separated",
                "count": 1,
                "filenames": ["media/images/solo_2_0.jpg"],
                "format": "jpg",
            },
        },
    }

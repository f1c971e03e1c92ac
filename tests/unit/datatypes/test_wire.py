"""Rules of the wire: tags, names of side files, text; and that WIRE.md speaks of every tag."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from sinks import DictRun

import datatypes as dt
from datatypes import registry, wire
from datatypes.errors import RejectedValueError

WIRE = (Path(dt.__file__).parent / "WIRE.md").read_text("utf-8")


@pytest.mark.parametrize("tag", sorted({*dt.type_mapping(), *registry.batch_tags()} - {"bounding-boxes"}))
def test_every_tag_is_described(tag):
    assert f"`{tag}`" in WIRE


@pytest.mark.parametrize(
    ("stored", "tag"),
    [
        ({"_type": "table"}, "table"),
        ({"type": "sklearn-model-file"}, "sklearn-model-file"),
        ({"type": "table"}, None),
        ({"_type": 3}, None),
        ({}, None),
        ([{"_type": "table"}], None),
        ("table", None),
    ],
)
def test_the_tag_is_read_from_its_field(stored, tag):
    assert wire.tag_of(stored) == tag
    assert wire.is_value_json(stored) == (tag is not None)


def test_names_in_an_artifact():
    digest = "0123456789abcdef" * 4
    assert wire.artifact_file_name("media/x", digest, "x.mask.png", generated=True) == (
        "media/x/0123456789abcdef0123.mask.png"
    )
    assert wire.artifact_file_name("media/x", digest, "a b.png", generated=False) == (
        "media/x/0123456789abcdef0123/a b.png"
    )
    for name in ("", "a/b.png", "a\\b.png"):
        with pytest.raises(RejectedValueError, match="is not the last component of a path"):
            wire.artifact_file_name("media/x", digest, name, generated=False)


@pytest.mark.parametrize(
    ("key", "stem"),
    [("a", "a"), ("/a/b c", "a/b c"), ("..", "__"), ("a/../.", "a/__/_"), ("ü.x", "ü.x")],
)
def test_names_in_a_run(key, stem):
    assert wire.run_file_name("media/x", key, "summary", "id", ".png") == f"media/x/{stem}_summary_id.png"


def test_a_summary_takes_the_highest_step_on_disk():
    run = DictRun("k", "summary")
    run.files = {f"media/images/{name}": b"" for name in ("k_9_0.png", "k_10_0.png", "k_x_0.png", "kk_11_0.png")}
    assert wire.list_stem(run, "media/images") == "media/images/k_10"
    assert wire.list_stem(DictRun("k", 3), "media/images") == "media/images/k_3"


def test_strict_json_has_a_form_for_every_float():
    given = {"a": [math.nan, math.inf, -math.inf, 1.5], 3: "\ud800x", "t": (1,)}
    safe = wire.json_safe(given)
    assert safe == {"a": [{"$nan": True}, {"$inf": 1}, {"$inf": -1}, 1.5], "3": "\ufffdx", "t": [1]}
    assert json.loads(json.dumps(safe, allow_nan=False)) == safe

"""The examples of the type gallery: all types have one, and what is shown as code is what was executed."""

import ast

import pytest

import datatypes as dt
from app.demo.gallery import SHOWN_BY, all_examples, by_entry, gallery
from datatypes.registry import load_types
from storage import Store

KEYS = [example.key for example in all_examples()]

#: What an execution of its own cannot repeat: times.
TIMED = {"wb_trace_tree"}


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("gallery") / "store", durability="none").log_artifact(gallery())


def test_every_type_has_an_example(logged):
    load_types()
    names = {cls.__name__ for cls in dt.WBValue.type_mapping().values()} | {"UnknownValue"}
    shown = {example.type_name for example in all_examples()} | set(SHOWN_BY)
    assert names - shown == set()
    assert set(SHOWN_BY.values()) <= {example.type_name for example in all_examples()}


def test_every_example_is_in_the_artifact(logged):
    assert [example.key for example, _ in by_entry(logged)] == KEYS
    assert logged.verify() == []


def test_entries_hold_the_type_that_the_example_names(logged):
    parts = {"BoundingBoxes2D": "Image", "ImageMask": "Image"}
    for example, name in by_entry(logged):
        assert type(logged.get(name)).__name__ == parts.get(example.type_name, example.type_name)


def spans(artifact, name):
    return artifact.get(name).root_span["child_spans"]


@pytest.mark.parametrize("key", KEYS)
def test_the_code_runs_as_it_is_shown(key, logged, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = next(item for item in all_examples() if item.key == key)
    exec(compile(example.code, key, "exec"), {})
    again = Store(tmp_path / "my-store").artifact("type-gallery")
    (name,) = (full for item, full in by_entry(again) if item.key == key)
    if key in TIMED:
        assert [span["results"] for span in spans(again, name)] == [span["results"] for span in spans(logged, name)]
    else:
        assert again.json(name) == logged.json(name)


@pytest.mark.parametrize("example", all_examples(), ids=KEYS)
def test_the_code_needs_nothing_that_it_does_not_import(example):
    tree = ast.parse(example.code)
    assert "TYPE_CHECKING" not in example.code
    assert example.text
    assert "app.demo.examples" not in example.code
    assert tree.body

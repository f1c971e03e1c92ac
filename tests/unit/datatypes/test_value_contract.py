"""The contract of all values, on every registered tag."""

from __future__ import annotations

import json

import pytest
from sinks import DictRun, DictStore
from value_contract import (
    example_files,
    examples,
    nonzero,
    tag_key,
    written_to_artifact,
    written_to_run,
)

import datatypes as dt
from datatypes import registry, wire
from datatypes.base import Media

TAGS = sorted(dt.type_mapping())


def decode(tag, stored, source):
    """Read JSON of a tag; sets of boxes in artifacts are bare lists without one."""
    if isinstance(stored, list):
        return dt.type_mapping()[tag].from_json(stored, source)
    return dt.init_from_json(stored, source)


def test_every_tag_has_examples():
    assert sorted(map(tag_key, TAGS)) == sorted(example_files())


def test_every_class_is_public():
    assert {cls.__name__ for cls in dt.type_mapping().values()} <= set(dt.__all__)


@pytest.mark.parametrize("tag", TAGS)
class TestValueContract:
    def test_comes_back_equal_from_an_artifact(self, tag):
        for name, value in examples(tag):
            stored, source = written_to_artifact(value)
            back = decode(tag, stored, source)
            assert type(back) is type(value), name
            assert back == value, name
            assert list(nonzero(back.difference(value))) == [], name

    def test_comes_back_equal_from_a_run(self, tag):
        for name, value in examples(tag):
            stored, run = written_to_run(value)
            back = decode(tag, stored, run)
            assert back == value, name
            assert list(nonzero(value.difference(back))) == [], name

    def test_is_written_again_as_it_was(self, tag):
        for name, value in examples(tag):
            stored, source = written_to_artifact(value)
            again, _ = written_to_artifact(decode(tag, stored, source))
            assert again == stored, name

    def test_unknown_fields_survive(self, tag):
        for name, value in examples(tag):
            stored, source = written_to_artifact(value)
            if isinstance(stored, dict):
                stored["x-future"] = {"kept": [1, None]}
                again, _ = written_to_artifact(decode(tag, stored, source))
                assert again == stored, name

    def test_facts_are_strict_json(self, tag):
        for name, value in examples(tag):
            stored, source = written_to_artifact(value)
            text = json.dumps(decode(tag, stored, source).facts(), allow_nan=False)
            assert text != "{}", name

    def test_says_what_it_is_in_one_line(self, tag):
        for name, value in examples(tag):
            assert repr(value).startswith(type(value).__name__), name
            assert "\n" not in repr(value), name

    def test_a_medium_without_a_run_has_no_json_in_one(self, tag):
        for name, value in examples(tag):
            if isinstance(value, Media) and value.file_is_set():
                with pytest.raises(dt.UnboundValueError, match="bind_to_run"):
                    value.to_json(DictRun())
                with pytest.raises(TypeError, match="Pass the run"):
                    value.bind_to_run(None, "key", 0)
            assert name

    def test_differs_from_another_type(self, tag):
        _, value = examples(tag)[0]
        assert value != dt.UnknownValue({"_type": "other"})
        with pytest.raises(TypeError, match="cannot be compared"):
            value.difference(dt.UnknownValue({"_type": "other"}))

    def test_is_found_by_its_tag(self, tag):
        assert registry.class_for_tag(tag) is dt.type_mapping()[tag]

    def test_has_a_suffix_that_is_added_once(self, tag):
        cls = dt.type_mapping()[tag]
        name = cls.with_suffix("thing")
        assert name == f"thing.{tag}.json"
        assert cls.with_suffix(name) == name

    def test_text_of_the_object_is_that_of_the_sdk(self, tag):
        for name, value in examples(tag):
            stored, _ = written_to_artifact(value)
            text = wire.canonical_json(stored)
            assert text == json.dumps(stored, sort_keys=True).encode(), name


def test_what_nobody_knows_is_kept_with_its_file():
    stored = {"_type": "point-cloud-9", "path": "media/x.bin", "n": [1, {"$": None}]}
    source = DictStore(files={"media/x.bin": b"\x00\x01"})
    value = dt.init_from_json(stored, source)
    target = DictStore()
    assert value.to_json(target) == stored
    assert target.files == {"media/x.bin": b"\x00\x01"}
    assert value.entry_name("thing") == "thing.point-cloud-9.json"

"""Types of columns: W&B's rules of inference, and both directions of their JSON."""

from __future__ import annotations

import datetime  # noqa: ICN001  # dt is datatypes here
import decimal
import enum

import numpy as np
import pandas as pd
import pytest

import datatypes as dt
from datatypes.column_dtypes import from_dtype
from datatypes.column_inference import admit, type_of
from datatypes.column_merging import merge
from datatypes.column_types import (
    ANY,
    NONE,
    NUMBER,
    STRING,
    UNKNOWN,
    ColumnType,
    column_type_from_json,
    constant,
    list_of,
    members,
    optional,
    short_form,
    typed_dict,
    types_from_json,
    types_to_json,
    union,
)
from datatypes.errors import RejectedTypeError, WireFormatError


class Colour(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


class Name(str):
    __slots__ = ()


CELLS = [
    (None, "none"),
    (float("nan"), "none"),
    (np.float32("nan"), "none"),
    (pd.NaT, "none"),
    (pd.NA, "none"),
    (np.datetime64("NaT"), "none"),
    (True, "boolean"),
    (np.True_, "boolean"),
    (1, "number"),
    (2**100, "number"),
    (1.5, "number"),
    (np.int8(1), "number"),
    (np.float16(1), "number"),
    (decimal.Decimal(1), "number"),
    (datetime.timedelta(1), "number"),
    (np.timedelta64(1, "s"), "number"),
    ("x", "string"),
    (Name("x"), "string"),
    (np.str_("x"), "string"),
    (b"x", "string"),
    (Colour.RED, "string"),
    (Number.ONE, "string"),
    (datetime.time(), "string"),
    (pd.Period("2020"), "string"),
    (len, "string"),
    ("wandb-artifact://a/b", "artifactVersion"),
    (datetime.date(2020, 1, 1), "timestamp"),
    (datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), "timestamp"),
    (np.datetime64("2020"), "timestamp"),
    (pd.Timestamp("2020"), "timestamp"),
    ([], {"list": "unknown", "length": 0}),
    ([1, 2.5], {"list": "number", "length": 2}),
    ((1, None), {"list": {"union": ["none", "number"]}, "length": 2}),
    ({1, 2}, {"list": "number", "length": 2}),
    ([1, "x"], {"list": "any", "length": 2}),
    ([1, "x", None], {"list": {"union": ["any", "none"]}, "length": 3}),
    ([[1], [2, 3]], {"list": {"list": "number", "length": 2}, "length": 2}),
    ({"a": 1, 2: None}, {"typedDict": {"a": "number", "2": "none"}}),
    (np.zeros((2, 3)), {"ndarray": [2, 3]}),
    (np.zeros(()), {"ndarray": []}),
    (dt.Histogram([1, 2]), {"pythonObject": "Histogram"}),
    (dt.UnknownValue({"_type": "new"}), "any"),
    ([dt.UnknownValue({"_type": "new"})], "any"),
    ({"a": [dt.Histogram([1])]}, "any"),
]


@pytest.mark.parametrize(("cell", "expected"), CELLS, ids=lambda item: str(item)[:30])
def test_type_of_a_cell(cell, expected):
    assert short_form(type_of(cell).to_json()) == expected


@pytest.mark.parametrize("cell", [1j, np.complex64(1), object(), memoryview(b"")])
def test_cells_without_a_type(cell):
    assert type_of(cell) is None


def test_a_tensor_is_an_array():
    class Tensor:
        __module__ = "torch"
        shape = (2, 1)

        def detach(self):
            return self

        def cpu(self):
            return self

        def numpy(self):
            return np.zeros((2, 1))

    assert short_form(type_of(Tensor()).to_json()) == {"ndarray": [2, 1]}


ADMITTED = [
    (optional(UNKNOWN), 1, "None or Number"),
    (optional(UNKNOWN), None, "None or Unknown"),
    (UNKNOWN, None, None),
    (NUMBER, None, None),
    (NUMBER, True, None),
    (NUMBER, "x", None),
    (ANY, "x", "Any"),
    (ANY, None, None),
    (optional(ANY), None, "Any or None"),
    (list_of(NUMBER, 2), [1], "Number[]"),
    (list_of(NUMBER, 2), ["x"], None),
    (list_of(NUMBER), [None], "None or Number[]"),
    (list_of(NUMBER), np.zeros(1), None),
    (typed_dict({"a": NUMBER}), {"a": 2}, "{'a': Number}"),
    (typed_dict({"a": NUMBER}), {}, None),
    (typed_dict({"a": optional(NUMBER)}), {}, "{'a': None or Number}"),
    (typed_dict({"a": NUMBER}), {"a": 1, "b": 1}, None),
    (typed_dict({"a": NONE}), {"a": "x"}, "{'a': None or String}"),
    (constant("a"), "a", "a"),
    (constant("a"), "b", None),
    (constant(1), True, None),
    (constant({1, 2}), {2, 1}, "[1, 2]"),
    (union([constant("a"), NUMBER]), 5, "Number or a"),
    (from_dtype(dt.Classes([{"id": 1, "name": "x"}])), 1, "Classesid"),
    (from_dtype(dt.Classes([{"id": 1, "name": "x"}])), 2, None),
    (from_dtype(dt.Classes([{"id": 1, "name": "x"}])), True, None),
]


@pytest.mark.parametrize(("column_type", "cell", "expected"), ADMITTED)
def test_what_a_column_takes(column_type, cell, expected):
    found = admit(column_type, cell)
    assert (None if found is None else str(found).partition("(")[0]) == expected


def test_lengths_that_differ_are_forgotten_by_merging_and_follow_the_last_cell():
    assert merge(list_of(NUMBER, 2), list_of(NUMBER, 3)).params["length"] is None
    assert admit(list_of(NUMBER, 2), [1, 2, 3]).params["length"] == 3


def test_unions_are_flat_sorted_and_without_repetitions():
    found = union([STRING, union([NUMBER, NONE]), NUMBER, list_of(STRING)])
    assert [str(item) for item in members(found)] == ["None", "Number", "String", "String[]"]
    assert union([NUMBER, NUMBER]) == NUMBER


PICTURES = [
    (None, None),
    ({"gt": {"box_data": [], "class_labels": {1: "cat"}}}, None),
]


def test_the_type_of_pictures_unites_what_hangs_on_them():
    pixels = np.zeros((4, 4), np.uint8)
    box = {"position": {"minX": 0, "maxX": 1, "minY": 0, "maxY": 1}, "class_id": 1, "scores": {"conf": 0.5}}
    first = dt.Image(pixels, boxes={"gt": {"box_data": [box], "class_labels": {1: "cat"}}})
    second = dt.Image(pixels, masks={"m": {"mask_data": pixels, "class_labels": {0: "sky", 1: "dog"}}})
    found = admit(admit(optional(UNKNOWN), first), second)
    [picture] = [item for item in members(found) if item.name == "image-file"]
    values = {key: item["params"]["val"] for key, item in picture.to_json()["params"].items()}
    assert values == {
        "box_class_maps": {"gt": {"1": "cat"}},
        "box_layers": {"gt": [1]},
        "box_score_keys": ["conf"],
        "class_map": {"0": "sky", "1": "cat"},  # the first row's name wins
        "mask_class_maps": {"m": {"0": "sky", "1": "dog"}},
        "mask_layers": {"m": [0, 1]},
    }
    assert column_type_from_json(found.to_json()) == found


@pytest.mark.parametrize(
    "column_type",
    [
        optional(list_of(typed_dict({"a": optional(constant("x"))}), 3)),
        ColumnType("ndarray", {"shape": (2, 2), "serialization_path": {"path": "p", "key": "k"}}),
        ColumnType("table", {"column_types": typed_dict({"a": NUMBER})}),
        ColumnType("pythonObject", {"class_name": "Molecule"}),
        ColumnType("from-the-future", {"x": [1, {"y": None}]}),
    ],
)
def test_types_survive_their_json(column_type):
    assert column_type_from_json(column_type.to_json()) == column_type


def test_old_names_are_read_and_shown_as_stored():
    stored = {"wb_type": "dictionary", "params": {"type_map": {"a": {"wb_type": "wandb.Image"}}}}
    assert str(column_type_from_json(stored)).startswith("{'a': Image-file")
    assert short_form(stored) == {"dictionary": {"a": "wandb.Image"}}


def test_integer_columns_are_text_in_the_map():
    stored = types_to_json([0, "b"], [NUMBER, STRING])
    assert list(types_from_json(stored)) == ["0", "b"]


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "number",
        {"wb_type": 5},
        {"wb_type": "union", "params": []},
        {"wb_type": "union", "params": {"allowed_types": {}}},
        {"wb_type": "union", "params": {"allowed_types": [1]}},
        {"wb_type": "typedDict", "params": {"type_map": []}},
        {"wb_type": "list", "params": {"element_type": "x"}},
        {"wb_type": "ndarray", "params": {"shape": 5}},
    ],
)
def test_what_is_no_type_is_refused(stored):
    with pytest.raises(WireFormatError, match="column_types"):
        column_type_from_json(stored)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"box_layers": 5},
        {"box_layers": {"params": {"val": {"a": [{}]}}}},
        {"box_score_keys": {"params": {"val": {}}}},
    ],
)
def test_types_of_pictures_of_any_form_are_read(params):
    assert column_type_from_json({"wb_type": "image-file", "params": params}).params["box_layers"] == {}


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (int, "number"),
        (float, "number"),
        (str, "string"),
        (bool, "boolean"),
        (dict, {"typedDict": {}}),
        (list, {"list": "unknown", "length": None}),
        (np.float32, "number"),
        (np.dtype("int8"), "number"),
        (datetime.datetime, "timestamp"),
        (NUMBER, "number"),
        ([int], {"list": "number", "length": None}),
        ([], {"list": "unknown", "length": None}),
        ([int, str], {"union": ["number", "string"]}),
        ({"a": int}, {"typedDict": {"a": "number"}}),
        (dt.Image, "image-file"),
        (dt.Audio, "audio-file"),
        ("exactly", {"const": "exactly"}),
        (7, {"const": 7}),
        (type(None), "none"),
    ],
)
def test_what_users_pass_as_dtype(dtype, expected):
    assert short_form(from_dtype(dtype).to_json()) == expected


def test_lists_without_an_end_are_refused_by_the_table():
    endless = []
    endless.append(endless)
    table = dt.Table(columns=["a"], data=[[endless]])
    with pytest.raises(RejectedTypeError, match="nested more than"):
        table.to_json(type("Sink", (), {"dialect": "artifact"})())

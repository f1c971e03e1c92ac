"""The ``.wandb`` log: framing, records, leaves and damage, on logs that the test writes itself."""

from __future__ import annotations

import io
import math
import struct
import zlib
from typing import Any

import pytest

from storage.sources.wandb_log import LoggedArtifact, LoggedEntry, WandbLog

BLOCK = 32_768


def read(data: bytes) -> WandbLog:
    return WandbLog(lambda: io.BytesIO(data))


def rows(data: bytes) -> list[dict[str, Any]]:
    return list(read(data).rows())


IMAGE = {"_type": "image-file", "path": "media/images/a_0_1.png", "masks": {"pred": {"_type": "mask", "path": "m.png"}}}


def test_rows_of_both_dialects_are_the_same(log_writer: Any) -> None:
    row = {"_step": 3, "loss": 0.5, "img": IMAGE, "list": [1, {"a": 2}], "a.b": {"c/d": None}, "empty": {}}
    assert rows(log_writer().row(row).bytes()) == [row]
    assert rows(log_writer().leaves(row).bytes()) == [row]


def test_step_comes_from_the_item_then_the_message_then_the_order(log_writer: Any) -> None:
    writer = log_writer()
    writer.history([writer.item("_step", 7)], step=9)
    writer.history([writer.item("x", 1)], step=9)
    writer.history([writer.item("x", 1)], step=0)
    writer.history([writer.item("x", 1)])
    assert [row["_step"] for row in rows(writer.bytes())] == [7, 9, 0, 3]


def test_typed_values_are_read(log_writer: Any) -> None:
    w = log_writer()
    w.history(
        [
            w.item("none", typed=w.number(3, 1)),
            w.item("yes", typed=w.number(4, 1)),
            w.item("integer", typed=w.number(5, -3)),
            w.item("number", typed=w.double(6, 0.25)),
            w.item("text", typed=w.delimited(7, '"q"')),
            w.item(["json", "inner"], typed=w.delimited(8, "[1, NaN]")),
        ]
    )
    (row,) = rows(w.bytes())
    assert math.isnan(row["json"]["inner"].pop())
    assert row == {
        "none": None, "yes": True, "integer": -3, "number": 0.25, "text": '"q"', "json": {"inner": [1]}, "_step": 0,
    }  # fmt: skip


def test_summary_applies_leaf_by_leaf_and_a_type_replaces_the_old_value(log_writer: Any) -> None:
    w = log_writer()
    w.summary(
        [w.item(["img", "_type"], "image-file"), w.item(["img", "masks", "pred", "path"], "m.png"), w.item(["n"], 1)]
    )
    w.summary([w.item(["img", "path"], "b.png"), w.item(["img", "_type"], "image-file"), w.item(["d", "a"], 1)])
    w.summary([w.item(["d", "b"], 2), w.item(["gone"], 1)])
    w.summary([], remove=[w.delimited(1, "gone")])
    assert read(w.bytes()).summary == {
        "img": {"_type": "image-file", "path": "b.png"}, "n": 1, "d": {"a": 1, "b": 2},
    }  # fmt: skip


def test_config_run_files_artifacts_and_version(log_writer: Any) -> None:
    w = log_writer()
    w.header("0.31.0+15f8cbc").config([w.item("lr", 1), w.item(["_wandb", "visualize", "pr"], {"panel_type": "Vega2"})])
    more = w.delimited(4, w.delimited(1, w.item("lr", 2))) + w.delimited(5, w.delimited(1, w.item("best", 3)))
    w.run("abc", "demo", "first", more).files(["media/images/x.png", "config.yaml"])
    w.artifact("run_table", "run-abc-t", [("t.table.json", "D3I65/m/B3RERek6xVlRVg==", 12)])
    w.record(25, w.delimited(2, "dataset") + w.delimited(3, "pets:v0"))
    entry = LoggedEntry("t.table.json", "D3I65/m/B3RERek6xVlRVg==", 12)
    log = read(w.bytes())
    assert log.config == {"lr": 2, "_wandb": {"visualize": {"pr": {"panel_type": "Vega2"}}}}
    assert log.summary == {"best": 3}
    assert log.run == {"id": "abc", "project": "demo", "name": "first"}
    assert log.files == ["media/images/x.png", "config.yaml"]
    assert log.artifacts == [
        LoggedArtifact("run-abc-t", "run_table", "d1", ("latest",), "c1", (entry,)),
        LoggedArtifact("pets:v0", "dataset", used=True),
    ]
    assert (log.sdk, log.row_count, log.record_count, log.ending) == ("0.31.0", 0, 6, "")
    assert read(w.telemetry("0.16.6").bytes()).sdk == "0.16.6"


@pytest.mark.parametrize("size", [1, BLOCK - 80, BLOCK - 60, BLOCK - 55, BLOCK, 3 * BLOCK, 100_000])
def test_records_across_blocks(log_writer: Any, size: int) -> None:
    row = {"_step": 0, "text": "x" * size}
    assert rows(log_writer().row(row).row({"_step": 1}).bytes()) == [row, {"_step": 1}]


@pytest.mark.parametrize("left", range(15))
def test_every_remainder_of_a_block(log_writer: Any, left: int) -> None:
    writer = log_writer()
    fixed = len(log_writer().raw(b"").data)  # header and one chunk head
    writer.raw(writer.delimited(13, bytes(BLOCK - fixed - left - 4)))
    assert len(writer.data) == BLOCK - left
    assert rows(writer.row({"_step": 5, "x": "y" * 40}).bytes()) == [{"_step": 5, "x": "y" * 40}]


def test_skipped_records_are_counted_and_not_read(log_writer: Any) -> None:
    log = read(log_writer().record(7, b"\xff\xff").record(13, b"\xff").row({"_step": 0}).bytes())
    assert (log.record_count, log.row_count, log.problems) == (3, 1, [])


def test_every_cut_gives_the_rows_before_it(log_writer: Any) -> None:
    writer = log_writer()
    ends = []
    for step in range(4):
        writer.row({"_step": step, "x": "v" * 20_000})
        ends.append(len(writer.data))
    data = writer.bytes()
    for cut in [
        *range(30),
        *range(ends[0] - 12, ends[0] + 12),
        *range(BLOCK - 9, BLOCK + 9),
        *range(len(data) - 20, len(data)),
    ]:
        log = read(data[:cut])
        whole = sum(end <= cut for end in ends)
        assert [row["_step"] for row in log.rows()] == list(range(whole)), cut
        assert log.row_count == whole
        assert bool(log.ending) == (cut not in (7, *ends)), cut


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (b"", "the file is empty"),
        (b":W&B", "the file does not begin like a W&B log"),
        (b"PK\x03\x04" + bytes(100), "the file does not begin like a W&B log"),
        (b":W&B\xe1\xbe\0", ""),
        (b":W&B\xe1\xbe\0" + bytes(70_000), "the rest is filled with zeros"),
    ],
)
def test_logs_without_records(data: bytes, ending: str) -> None:
    log = read(data)
    assert (log.record_count, log.row_count, log.ending, list(log.rows())) == (0, 0, ending, [])


def test_a_zero_filled_tail_and_a_bad_checksum_end_quietly(log_writer: Any) -> None:
    good = log_writer().row({"_step": 0}).bytes()
    zeros = read(good + bytes(500))
    assert (zeros.row_count, zeros.ending) == (1, "the rest is filled with zeros")
    two = bytearray(log_writer().row({"_step": 0}).row({"_step": 1}).bytes())
    two[-1] ^= 1
    bad = read(bytes(two))
    assert (bad.row_count, bad.ending) == (1, "a checksum does not fit its bytes")


def test_a_chunk_out_of_order_ends_the_log(log_writer: Any) -> None:
    def chunk(kind: int, data: bytes) -> bytes:
        body = bytes([kind]) + data
        return struct.pack("<IH", zlib.crc32(body), len(data)) + body

    head = log_writer().row({"_step": 0}).bytes()
    assert read(head + chunk(3, b"x")).ending == "a record goes on that was never started"
    assert read(head + chunk(2, b"x") + chunk(1, b"")).ending == "a record was started and never ended"
    assert read(head + chunk(2, b"x")).ending == "the last record is cut"


def test_records_that_are_no_messages_are_problems_and_the_rest_is_read(log_writer: Any) -> None:
    w = log_writer()
    w.raw(b"\x0f\xff").record(2, w.delimited(1, b"\x0a\x7f")).row({"_step": 1, "x": 2})
    w.history([w.item("_step", 2), w.item("bad", typed=w.delimited(16, "{")), w.delimited(1, "novalue")])
    log = read(w.bytes())
    assert list(log.rows()) == [{"_step": 0}, {"_step": 1, "x": 2}, {"_step": 2}]
    assert log.row_count == 3
    assert log.problems[0].startswith("record 1 is not a protobuf message")
    assert "novalue has no value" in log.problems


def test_hostile_items_stay_harmless(log_writer: Any) -> None:
    w = log_writer()
    w.history(
        [
            w.item(["k"] * 101, 1),
            w.item("deep", typed=w.delimited(16, "[" * 100_000)),
            w.item(["a"], 1),
            w.item(["a", "b"], 2),
        ]
    )
    w.history([w.delimited(2, b"\xff\xfe") + w.delimited(16, "1")])
    log = read(w.bytes())
    assert list(log.rows()) == [{"a": {"b": 2}, "_step": 0}, {"\ufffd\ufffd": 1, "_step": 1}]
    assert "an item has 101 keys" in log.problems

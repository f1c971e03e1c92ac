"""Runs and W&B's logs: what is logged comes back, and no bytes whatever make a reader fail."""

from __future__ import annotations

import io
import json
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import NotReadableError
from storage.run import Run
from storage.run_reader import StoredRun
from storage.run_sink import safe_file_name
from storage.safe_paths import check_name
from storage.sources.run_reading import BOOKKEEPING
from storage.sources.wandb_log import WandbLog
from storage.sources.wandb_manifest import parse_manifest

ANY_TEXT = st.text(st.characters(codec=None), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3), max_leaves=8
)
KEYS = ANY_TEXT.filter(lambda key: key not in BOOKKEEPING)
# A dict with a tag is a value and not plain data, which other tests are about.
PLAIN = JSON.filter(lambda value: "_type" not in json.dumps(value) and '"type"' not in json.dumps(value))
ROWS = st.lists(st.dictionaries(KEYS, PLAIN, max_size=4), max_size=6)


def same(one: Any, two: Any) -> bool:
    """Equal with types, signs of zero and NaN."""
    return json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_rows_come_back_as_they_were_logged(rows):
    with tempfile.TemporaryDirectory() as folder:
        run = Run(None, Path(folder))
        for row in rows:
            run.log(row)
        for _ in ("while it runs", "when it is finished"):
            read = StoredRun(run.root)
            assert same([list(row) for row in read.history()], [[step, row] for step, row in enumerate(rows)])
            assert same(read.summary, {key: value for row in rows for key, value in row.items()})
            assert (read.steps, read.problems) == (len(rows), [])
            run.finish()


@given(st.text(st.characters(codec=None), max_size=400))
def test_any_key_gives_a_name_that_the_gate_takes(key):
    name = safe_file_name(f"media/images/{key}_0_{'a' * 20}.png")
    check_name(name)
    assert name.startswith("media/images/")
    assert name.endswith(f"{'a' * 20}.png")


def chunk(kind: int, data: bytes) -> bytes:
    body = bytes([kind]) + data
    return struct.pack("<IH", zlib.crc32(body), len(data)) + body


@given(st.lists(st.tuples(st.integers(0, 6), st.binary(max_size=60)), max_size=6), st.binary(max_size=20))
def test_any_records_and_any_tail_are_survived(chunks, tail):
    data = b":W&B\xe1\xbe\0" + b"".join(chunk(kind, body) for kind, body in chunks) + tail
    log = WandbLog(lambda: io.BytesIO(data))
    assert len(list(log.rows())) == log.row_count


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data):
    log = WandbLog(lambda: io.BytesIO(b":W&B\xe1\xbe\0" + data))
    assert len(list(log.rows())) == log.row_count
    assert WandbLog(lambda: io.BytesIO(data)).record_count == 0 or data.startswith(b":W&B")


@given(JSON | st.binary(max_size=50))
def test_any_manifest_is_read_or_refused(document):
    text = document if isinstance(document, bytes) else json.dumps({"version": 1, "contents": document}).encode()
    try:
        parsed = parse_manifest(text)
    except NotReadableError:
        return
    contents = json.loads(text)["contents"]
    left_out = {problem.entry for problem in parsed.problems if problem.check == "record"}
    assert parsed.entries.keys() | left_out == contents.keys()


@given(
    st.dictionaries(
        ANY_TEXT, st.fixed_dictionaries({"digest": ANY_TEXT}, optional={"size": JSON, "ref": JSON}), max_size=4
    )
)
def test_entries_of_any_form(contents):
    parsed = parse_manifest(json.dumps({"version": 1, "contents": contents}).encode())
    for path, entry in parsed.entries.items():
        assert entry.raw == contents[path] or entry.raw != entry.raw  # NaN among them
        assert entry.size is None or entry.size >= 0

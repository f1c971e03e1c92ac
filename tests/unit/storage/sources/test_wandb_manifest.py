"""W&B's manifest: every shape, hostile ones among them, and its digests."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from typing import Any

import pytest

from storage.errors import NotReadableError
from storage.sources.wandb_manifest import artifact_digest, digest_text, parse_manifest

MD5 = b64encode(hashlib.md5(b"x").digest()).decode()
HEX = hashlib.md5(b"x").hexdigest()


def manifest(contents: Any, **more: Any) -> bytes:
    return json.dumps({"version": 1, "storagePolicy": "wandb-storage-policy-v1", "contents": contents, **more}).encode()


def test_shapes_of_entries() -> None:
    contents = {
        "a.txt": {"digest": MD5, "size": 1},
        "b.txt": {
            "digest": MD5,
            "size": "12",
            "local_path": "/dead/tmp1",
            "skip_cache": True,
            "birthArtifactID": "QQ==",
        },
        "c.txt": {"digest": MD5, "extra": {"alg": "XXH128"}},
        "d.csv": {"digest": "https://example.com/d.csv", "ref": "https://example.com/d.csv", "size": None},
        "e.csv": {"digest": MD5, "ref": "s3://b/k", "size": 5, "extra": {"etag": "q", "versionID": "v"}},
        "f.json": {"digest": MD5, "ref": "wandb-artifact://41/x.json", "size": 0},
    }
    parsed = parse_manifest(manifest(contents, storagePolicyConfig={"storageLayout": "V2", "storageRegion": "r"}))
    assert parsed.problems == []
    assert list(parsed.entries) == list(contents)
    assert [entry.digest for entry in parsed.entries.values()] == [
        f"md5:{HEX}", f"md5:{HEX}", f"xxh128:{HEX}", "https://example.com/d.csv", MD5, f"md5:{HEX}",
    ]  # fmt: skip
    assert [entry.size for entry in parsed.entries.values()] == [1, 12, None, None, 5, 0]
    assert [entry.algorithm for entry in parsed.entries.values()] == ["md5", "md5", "xxh128", None, None, None]
    assert [entry.raw for entry in parsed.entries.values()] == list(contents.values())
    assert parsed.algorithm == "md5"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ([], "its manifest entry is list, not an object"),
        ({}, "its manifest entry has no digest"),
        ({"digest": 5}, "its manifest entry has no digest"),
        ({"digest": MD5, "ref": 5}, "its reference is not text"),
        ({"digest": MD5, "size": -1}, "its size is -1, not a number of bytes"),
        ({"digest": MD5, "size": 1.5}, "its size is 1.5, not a number of bytes"),
        ({"digest": MD5, "size": True}, "its size is true, not a number of bytes"),
        ({"digest": MD5, "size": "many"}, 'its size is "many", not a number of bytes'),
    ],
)
def test_a_bad_entry_is_left_out_and_the_rest_is_read(raw: Any, problem: str) -> None:
    parsed = parse_manifest(manifest({"bad": raw, "good": {"digest": MD5, "size": 1}}))
    assert list(parsed.entries) == ["good"]
    assert [(found.entry, found.problem) for found in parsed.problems] == [("bad", problem)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Expecting value"),
        (b"[]", 'has no object "contents"'),
        (b'{"version": 1}', 'has no object "contents"'),
        (b'{"contents": {"a": {"digest": "x"}, "a": {"digest": "y"}}}', "the key 'a' occurs twice"),
        (b"[" * 200_000 + b"]" * 200_000, "nested more than 100 deep"),
        (b"\xff\xfe\x00", "codec can't decode"),
    ],
)
def test_a_manifest_that_cannot_be_believed_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotReadableError, match=message):
        parse_manifest(data)


def test_an_unknown_version_is_said() -> None:
    parsed = parse_manifest(b'{"version": 2, "contents": {"a": {"digest": "x"}}}')
    assert list(parsed.entries) == ["a"]
    assert parsed.problems[0][1] == "has version 2, not 1"


def test_digest_of_an_artifact() -> None:
    parsed = parse_manifest(manifest({"b": {"digest": MD5}, "a": {"digest": "ref", "ref": "x://y"}}))
    expected = hashlib.md5(f"wandb-artifact-manifest-v1\na:ref\nb:{MD5}\n".encode()).hexdigest()
    assert artifact_digest(parsed.entries.values(), "md5") == expected


@pytest.mark.parametrize("stored", ["", "abc", "AAAA", "ü", "s3://bucket/key", f"{MD5}\n"])
def test_other_texts_stay_as_they_are(stored: str) -> None:
    assert digest_text(stored, "md5") == stored

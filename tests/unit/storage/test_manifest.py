"""Manifests: sorted, read by page, and believed only as far as their bytes are those that were recorded."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import CorruptBlobError, NotReadableError
from storage.manifest import Manifest, ManifestEntry, Tail, artifact_digest, encode_manifest, entry_from_json
from storage.paged_manifest import PagedManifest

PATHS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\/\0"), min_size=1, max_size=12)


def entry(path, **fields):
    return ManifestEntry(path, hashlib.sha256(path.encode()).hexdigest(), len(path), **fields)


def paged(manifest, header=None, data=None):
    encoded = encode_manifest(manifest, header or {})
    data = encoded.data if data is None else data
    reads = []

    def read(offset, length):
        reads.append(length)
        return data[offset : offset + length]

    made = PagedManifest(read, encoded.tail, "pets:v0, manifest")
    made.reads = reads
    return made


@given(st.lists(PATHS, unique=True, max_size=40))
def test_the_blob_says_what_the_entries_say_in_order(paths):
    manifest = Manifest(entry(path, epoch=3, ref="s3://x" if "a" in path else None) for path in paths)
    again = paged(manifest)
    assert list(again) == list(manifest)
    assert [item.epoch for item in again] == [3] * len(paths)
    assert list(again.entries) == sorted(paths) == again.names()
    assert (len(again), again.size, again.digest) == (len(manifest), manifest.size, manifest.digest)
    for path in paths:
        assert again.entries[path] == manifest.entries[path]
        assert again.names(path[:1]) == manifest.names(path[:1]) == sorted(p for p in paths if p.startswith(path[:1]))
    assert "nothing/there" not in again
    assert again.entries.get("") is None


@pytest.fixture(scope="module")
def large():
    return Manifest(entry(f"media/{n % 7}/{n:05}.png", epoch=0) for n in range(3_000))


def test_one_entry_is_found_without_the_others(large):
    again = paged(large)
    assert again.entries["media/3/01221.png"] == large.entries["media/3/01221.png"]
    total = len(encode_manifest(large, {}).data)
    assert len(again.index) > 5
    assert sum(again.reads) < total / 4
    assert again.names("media/3/") == large.names("media/3/")
    assert list(again.entries.values()) == list(large)
    assert dict(again.entries.items()) == dict(large.entries)


def test_as_text_it_is_a_header_sorted_lines_and_an_index(large):
    encoded = encode_manifest(large, {"type": "dataset", "metadata": {"a": "ü"}})
    lines = [json.loads(line) for line in encoded.data.decode().splitlines()]
    assert lines[0] == {
        "format": "vitrina-manifest", "version": 1, "digest": large.digest, "entries": 3_000, "size": large.size,
        "type": "dataset", "metadata": {"a": "ü"},
    }  # fmt: skip
    assert [line["path"] for line in lines[1:3001]] == list(large.entries)
    index = lines[3001:]
    assert [line["page"] for line in index] == sorted(line["page"] for line in index)
    assert index[0]["page"] == 0
    for line in index:
        page = encoded.data[line["page"] : line["page"] + line["length"]]
        assert hashlib.sha256(page).hexdigest() == line["sha256"]
        assert page.endswith(b"\n")
    assert encoded.data.endswith(encoded.data[encoded.tail.offset :])
    assert encoded.tail.offset + encoded.tail.length == len(encoded.data)


def test_no_flipped_bit_is_ever_believed():
    manifest = Manifest(entry(f"file-{n}", epoch=0) for n in range(4))
    data = encode_manifest(manifest, {"type": "dataset"}).data
    for position in range(len(data)):
        broken = bytearray(data)
        broken[position] ^= 1 << (position % 8)
        again = paged(manifest, {"type": "dataset"}, bytes(broken))
        with pytest.raises(CorruptBlobError, match="are not those that were recorded"):
            assert (again.header, list(again)) is None


@pytest.mark.parametrize("length", range(0, 822, 37))
def test_no_cut_is_ever_believed(length):
    manifest = Manifest(entry(f"file-{n}", epoch=0) for n in range(4))
    data = encode_manifest(manifest, {}).data
    assert length < len(data)
    with pytest.raises(CorruptBlobError):
        list(paged(manifest, data=data[:length]))


def test_a_manifest_that_was_made_badly_is_named():
    line = b'{"path": "b", "digest": 3}\n'
    header = b'{"format": "something else"}\n'
    pages = header + line
    index = b"".join(
        json.dumps(
            {"page": start, "length": len(page), "first": first, "sha256": hashlib.sha256(page).hexdigest()}
        ).encode()
        + b"\n"
        for start, page, first in ((0, header, ""), (len(header), line, "b"))
    )
    data, tail = pages + index, Tail(len(pages), len(index), hashlib.sha256(index).hexdigest())
    made = PagedManifest(lambda offset, length: data[offset : offset + length], tail, "pets:v0")
    with pytest.raises(NotReadableError, match="the entry 'b' has a field that is missing or of a wrong kind"):
        next(iter(made))
    with pytest.raises(NotReadableError, match="is not a manifest that this release reads"):
        len(made)


@pytest.mark.parametrize(
    "line",
    [
        [], {}, {"path": "a"}, {"path": "a", "digest": 1}, {"path": 1, "digest": "d"},
        {"path": "a", "digest": "d", "size": -1}, {"path": "a", "digest": "d", "size": 1.0},
        {"path": "a", "digest": "d", "size": True}, {"path": "a", "digest": "d", "epoch": -1},
        {"path": "a", "digest": "d", "ref": 3}, {"path": "a", "digest": "d", "extra": []},
    ],
)  # fmt: skip
def test_entries_of_a_wrong_form(line):
    with pytest.raises(ValueError, match="an entry is no object|has a field that is missing"):
        entry_from_json(line)


def test_the_digest_covers_paths_digests_and_sizes_and_nothing_else():
    one = [ManifestEntry("a", "d1", 1), ManifestEntry("b", "d2", None)]
    digest = artifact_digest(one)
    same = [ManifestEntry("a", "d1", 1, "s3://x", {"k": 1}, 7), ManifestEntry("b", "d2", None)]
    assert digest == artifact_digest(same)
    others = [
        [ManifestEntry("a", "d1", 2), one[1]],
        [ManifestEntry("a", "d3", 1), one[1]],
        [ManifestEntry("c", "d1", 1), one[1]],
        [one[0], ManifestEntry("b", "d2", 0)],
        one[:1],
    ]  # fmt: skip
    assert digest not in {artifact_digest(other) for other in others}
    expected = hashlib.sha256(b"vitrina-artifact-v1\na\0d1\x001\nb\0d2\0\n").hexdigest()
    assert digest == expected

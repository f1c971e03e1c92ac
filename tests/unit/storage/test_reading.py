"""What all readable artifacts share: finding, opening, decoding, following, and refusing what is not as recorded."""

from __future__ import annotations

import pytest

from datatypes import UnknownValue
from datatypes.classes import Classes
from storage.errors import CorruptBlobError, InvalidNameError, MissingFileError, NotReadableError
from storage.manifest import Manifest, ManifestEntry
from storage.stored import StoredArtifact

CLASSES = {"_type": "classes", "class_set": [{"id": 1, "name": "cat"}]}
UNKNOWN = {"_type": "hologram", "depth": 3}


def test_it_has_the_interface(make_artifact):
    assert isinstance(make_artifact({}), StoredArtifact)


class TestGet:
    def test_by_full_name_by_suffix_and_by_tag_inside(self, make_artifact):
        artifact = make_artifact(
            {
                "c.classes.json": CLASSES,
                "old.json": CLASSES,
                "wrong.image-file.json": CLASSES,
                "h.hologram.json": UNKNOWN,
            }
        )
        for name in ("c.classes.json", "c", "old.json", "old", "wrong.image-file.json", "wrong"):
            value = artifact.get(name)
            assert isinstance(value, Classes)
            assert value.class_set == CLASSES["class_set"]
            assert value.artifact_source.artifact is artifact
        assert artifact.get("old").artifact_source.name == "old.json"
        assert artifact.get("h") == UnknownValue(UNKNOWN)
        assert artifact.get("h").artifact_source.name == "h.hologram.json"

    def test_none_for_what_is_no_value(self, make_artifact):
        artifact = make_artifact({"notes.txt": b"hello", "list.json": [1, 2], "plain.json": {"a": 1}})
        for name in ("nothing", "notes.txt", "notes", "list.json", "list", "plain", "../x", "/x", ""):
            assert artifact.get(name) is None

    def test_a_picture_without_json_is_an_image_that_is_no_reference(self, make_artifact):
        artifact = make_artifact({"cat.png": b"not decoded to be found"})
        value = artifact.get("cat.png")
        assert (value.artifact_type, value.path) == ("image-file", "cat.png")
        assert value.artifact_source.name is None

    def test_two_that_fit_are_both_named(self, make_artifact):
        artifact = make_artifact({"x.classes.json": CLASSES, "x.image-file.json": CLASSES})
        with pytest.raises(
            InvalidNameError, match=r"pets:v0: 'x' fits more than one entry: x\.classes\.json, x\.image"
        ):
            artifact.get("x")
        assert artifact.get("x.image-file.json").class_set == CLASSES["class_set"]

    def test_the_exact_name_wins(self, make_artifact):
        artifact = make_artifact({"x": b"bytes", "x.classes.json": CLASSES})
        assert artifact.get("x") is None
        assert artifact.get_path("x").path == "x"

    def test_json_that_cannot_be_read(self, make_artifact):
        artifact = make_artifact(
            {"cut.image-file.json": b'{"_type": "table"', "utf16.json": '{"_type": "x"}'.encode("utf-16")}
        )
        for name in ("cut", "utf16"):
            with pytest.raises(NotReadableError, match=r"pets:v0, entry .*: is not JSON"):
                artifact.get(name)

    def test_values_that_name_each_other_in_a_circle(self, make_artifact):
        artifact = make_artifact({}, {"a.classes.json": "wandb-client-artifact://cccccccc/b.classes.json",
                                      "b.classes.json": "wandb-client-artifact://cccccccc/a.classes.json"})  # fmt: skip
        with pytest.raises(NotReadableError, match="names itself in a circle"):
            artifact.get("a")
        with pytest.raises(NotReadableError, match="names itself in a circle"):
            artifact.open("a")
        assert [(item.check, item.entry) for item in artifact.verify()] == [
            ("reference", "a.classes.json"), ("reference", "b.classes.json"),
        ]  # fmt: skip

    def test_a_long_chain_of_references_ends(self, make_artifact):
        refs = {f"{n:02}.json": f"wandb-client-artifact://cccccccc/{n + 1:02}.json" for n in range(30)}
        artifact = make_artifact({"30.json": CLASSES}, refs)
        assert artifact.get("20.json").class_set == CLASSES["class_set"]
        with pytest.raises(NotReadableError, match="more than 16 deep"):
            artifact.get("00.json")


class TestReferences:
    def test_both_schemes_are_followed(self, make_artifact):
        target = make_artifact(
            {"c.classes.json": CLASSES}, name="target", client_id="abc", server_id="QXJ0aWZhY3Q6MQ=="
        )
        artifact = make_artifact(
            {},
            {
                "one.classes.json": "wandb-client-artifact://abc/c.classes.json",
                "two.classes.json": "wandb-artifact://41727469666163743a31/c.classes.json",
            },
        )
        artifact.others.append(target)
        for name in ("one", "two"):
            value = artifact.get(name)
            assert (value.artifact_source.artifact, value.artifact_source.name) == (target, "c.classes.json")
            assert artifact.open(f"{name}.classes.json").read() == target.data["c.classes.json"]
        assert artifact.verify() == []

    def test_a_missing_one_is_named(self, make_artifact):
        artifact = make_artifact({}, {"x.json": "wandb-artifact://41727469666163743a32/deep/y.json"})
        with pytest.raises(
            MissingFileError, match=r"refers to deep/y\.json of the artifact with server id QXJ0aWZhY3Q6Mg=="
        ):
            artifact.open("x.json")
        assert [item.check for item in artifact.verify()] == ["reference"]

    def test_others_are_shown_and_never_followed(self, make_artifact):
        artifact = make_artifact({}, {"x": "https://user:secret@example.com/x"})
        with pytest.raises(MissingFileError, match=r"https://…@example\.com/x, which is shown and never followed"):
            artifact.open("x")
        assert artifact.verify() == []
        assert artifact.get_path("x").ref_target() == "https://user:secret@example.com/x"

    def test_a_reference_to_a_reference_names_the_first(self, make_artifact):
        artifact = make_artifact({"a": b"1"}, {"b": "wandb-client-artifact://zzz/b"})
        assert artifact.ref_url("a") == "wandb-client-artifact://cccccccc/a"
        assert artifact.get_path("b").ref_url() == "wandb-client-artifact://zzz/b"


class TestBytes:
    def test_open_checks_before_it_hands_out(self, make_artifact):
        for size in (5, 3 << 20):
            artifact = make_artifact({"x.bin": bytes(size)})
            assert artifact.open("x.bin").read() == bytes(size)
            artifact.data["x.bin"] = bytes(size - 1) + b"\1"
            with pytest.raises(
                CorruptBlobError, match=rf"pets:v0, entry x\.bin: {size:,} bytes hash to \w+…, the manif"
            ):
                artifact.open("x.bin")
            with pytest.raises(CorruptBlobError):
                artifact.local_path("x.bin")
            with pytest.raises(CorruptBlobError):
                artifact.json("x.bin")

    def test_verify_names_what_is_wrong(self, make_artifact):
        artifact = make_artifact({"a": b"good", "b": b"flip", "c": b"long", "d": b"gone"})
        artifact.data["b"] = b"flop"
        artifact.data["c"] = b"longer"
        del artifact.data["d"]
        artifact.entries = Manifest([*artifact.entries, ManifestEntry("../e", "0" * 64, 1)])
        found = artifact.verify()
        assert [(item.entry, item.check) for item in found] == [
            ("../e", "path"), ("../e", "missing"), ("b", "digest"), ("c", "size"), ("d", "missing"),
        ]  # fmt: skip
        assert {item.artifact for item in found} == {"pets:v0"}
        assert all(item.subject == f"pets:v0, entry {item.entry}" and item.problem and item.remedy for item in found)
        assert "4 bytes hash to" in found[2].problem
        assert "6 bytes, the manifest says 4" in found[3].problem

    def test_a_copy_in_the_cache_has_the_name_and_is_made_again_when_it_was_changed(self, make_artifact):
        artifact = make_artifact({"media/x.obj": b"v 1 2 3"})
        path = artifact.local_path("media/x.obj")
        assert (path.name, path.read_bytes()) == ("x.obj", b"v 1 2 3")
        assert artifact.get_path("media/x.obj").download() == path
        opened = len(artifact.opened)
        assert artifact.local_path("media/x.obj") == path
        assert len(artifact.opened) == opened
        path.chmod(0o644)
        path.write_bytes(b"v 9 9 9")
        assert artifact.local_path("media/x.obj").read_bytes() == b"v 1 2 3"

    def test_an_entry_stands_for_a_path(self, make_artifact, tmp_path):
        artifact = make_artifact({"a/b.txt": b"text"})
        entry = artifact.get_path("a/b.txt")
        with open(entry, "rb") as file:  # noqa: PTH123  # the point of the test
            assert file.read() == b"text"
        assert entry.download(tmp_path / "out") == tmp_path / "out/a/b.txt"
        assert (tmp_path / "out/a/b.txt").read_bytes() == b"text"
        with pytest.raises(MissingFileError, match="has no entry nothing"):
            artifact.get_path("nothing")


def test_value_names_go_by_suffix_first_and_open_only_the_rest(make_artifact):
    artifact = make_artifact(
        {
            "a.image-file.json": b"never opened",
            "b.json": CLASSES,
            "c.json": {"no": "tag"},
            "d.txt": b"",
            "m.json": {"type": "sklearn-model-file", "path": "x"},
            "media/x.pts.json": [[1, 2, 3]],
            "z.hologram.json": UNKNOWN,
        }
    )
    assert artifact.value_names() == ["a.image-file.json", "b.json", "m.json", "z.hologram.json"]
    assert "a.image-file.json" not in artifact.opened
    assert artifact.names("media/") == ["media/x.pts.json"]
    assert [entry.path for entry in artifact.files()] == sorted(artifact.data)

"""Names, aliases and references to versions."""

from __future__ import annotations

import pytest

from storage import layout
from storage.errors import InvalidNameError
from storage.names import VersionRef, check_alias, check_artifact_name, check_type, parse_version_ref


@pytest.mark.parametrize("name", ["a", "pets-2.0_final", "..", "x" * 128])
def test_names_that_w_and_b_takes(name):
    assert check_artifact_name(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a:b", "ü", "x" * 129, "a\n", None, 3])
def test_names_that_it_refuses(name):
    with pytest.raises(InvalidNameError, match="is none") as caught:
        check_artifact_name(name)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("alias", ["best", "v", "v01", "v-1", "V3", "release 1.0", "é", "latest"])
def test_aliases(alias):
    assert check_alias(alias) == alias


@pytest.mark.parametrize("alias", ["", "v0", "v12", "a/b", "a:b", "a@b", "a\0", "x" * 129, None])
def test_what_is_no_alias(alias):
    with pytest.raises(InvalidNameError):
        check_alias(alias)


@pytest.mark.parametrize("name", ["job", "wandb-history", "", None])
def test_types_that_w_and_b_keeps(name):
    with pytest.raises(InvalidNameError):
        check_type(name)
    assert check_type("dataset") == "dataset"


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("pets", VersionRef("pets")),
        ("pets:v3", VersionRef("pets", number=3)),
        ("pets:best", VersionRef("pets", alias="best")),
        ("pets:v03", VersionRef("pets", alias="v03")),
        ("pets@ABCDEF12", VersionRef("pets", digest="abcdef12")),
    ],
)
def test_references(text, parsed):
    assert parse_version_ref(text) == parsed


@pytest.mark.parametrize(
    "text", ["", "a b", "pets:", "pets:a:b", "pets@123", "pets@xyz12345", ":v1", "pets:v1/x", None]
)
def test_what_is_no_reference(text):
    with pytest.raises(InvalidNameError):
        parse_version_ref(text)


def test_latest_by_any_spelling():
    assert parse_version_ref("pets").is_latest
    assert parse_version_ref("pets:latest").is_latest
    assert not parse_version_ref("pets:best").is_latest
    assert not parse_version_ref("pets:v0").is_latest


class TestKeys:
    def test_what_is_made_is_taken_apart(self):
        digest = "ab" * 32
        assert layout.blob_key(digest, 7) == f"blobs/ab/{digest}.000007"
        assert layout.blob_from_key(layout.blob_key(digest, 7)) == (digest, 7)
        assert layout.record_key(12) == "log/0000000012"
        assert layout.number_from_key("log/0000000012") == 12

    @pytest.mark.parametrize(
        "key", ["blobs/ac/" + "ab" * 32 + ".000000", "blobs/ab/x.000000", "log/12", "blobs/ab/.DS_Store"]
    )
    def test_others_are_none(self, key):
        assert layout.blob_from_key(key) is None
        assert layout.number_from_key(key) is None

    def test_run_ids_become_one_folder_on_every_system(self):
        assert layout.run_prefix("abc_1-2") == "runs/abc_1-2"
        assert layout.run_prefix("A/../ü") == "runs/%41%2F%2E%2E%2F%C3%BC"
        assert len({layout.run_prefix(name).casefold() for name in ("run", "Run", "RUN")}) == 3

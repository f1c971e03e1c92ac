"""What a reference means, in a store and where there is none."""

import types

import pytest

from app import media
from app.errors import UnknownReferenceError, ViewerStartError
from app.session import Reference, Session, VersionRow, current, open_target, parse_reference, set_current


@pytest.mark.parametrize(
    ("ref", "expected", "fixed"),
    [
        ("pets", Reference("pets"), False),
        ("pets:v3", Reference("pets", version="v3"), True),
        ("pets:v3x", Reference("pets", version="v3x"), False),
        ("pets:best", Reference("pets", version="best"), False),
        ("pets@ABCD", Reference("pets", digest="abcd"), True),
        ("a:b:v1", Reference("a:b", version="v1"), True),
        ("", Reference(""), False),
    ],
)
def test_parts(ref, expected, fixed):
    assert parse_reference(ref) == expected
    assert parse_reference(ref).is_fixed is fixed


class Artifact:
    kind, problems, type, size = "artifact", (), "dataset", 7
    manifest = types.SimpleNamespace(entries={"a": 1, "b": 2})

    def __init__(self, name="pets", version="v3", aliases=("latest", "best"), digest="ab" * 32):
        self.name, self.version, self.aliases, self.digest = name, version, aliases, digest

    @property
    def qualified_name(self):
        return f"{self.name}:{self.version}" if self.version else self.name


class Store:
    kind, problems = "store", ("p",)

    def __init__(self):
        self.asked = []

    def artifact(self, ref):
        self.asked.append(ref)
        if ref == "none":
            raise LookupError(ref)
        return Artifact(version=f"v{len(self.asked)}")


class TestOneArtifact:
    @pytest.mark.parametrize("ref", ["pets", "pets:v3", "pets:best", "pets:latest", "pets@" + "ab" * 32, "pets@abab"])
    def test_is_found(self, ref):
        artifact = Artifact()
        assert Session(artifact, "x").resolve(ref) is artifact

    @pytest.mark.parametrize("ref", ["dogs", "pets:v4", "pets:worst", "pets@ff", "", "pets:", ":v3"])
    def test_is_not_found(self, ref):
        with pytest.raises(UnknownReferenceError) as caught:
            Session(Artifact(), "x").resolve(ref)
        assert (caught.value.subject, caught.value.remedy) == (ref, "Open one of: pets:v3.")

    def test_without_a_version(self):
        folder = Artifact(name="my:folder", version=None, aliases=())
        session = Session(folder, "x")
        assert session.resolve("my:folder") is folder
        assert session.reference_of(folder) == "my:folder"

    def test_lists(self):
        artifact = Artifact()
        session = Session(artifact, "x")
        row = VersionRow("pets", "dataset", "v3", ("latest", "best"), "ab" * 32, 7, 2, None)
        assert (session.artifacts(), session.versions("x"), session.runs()) == ([artifact], [], [])
        assert session.versions("pets") == session.latest_rows() == [row]
        assert (row.qualified_name, row.number) == ("pets:v3", 3)


class TestStore:
    def test_fixed_references_are_kept_and_moving_ones_asked_again(self):
        store = Store()
        session = Session(store, "x")
        assert session.resolve("pets:v3") is session.resolve("pets:v3")
        assert session.resolve("pets:best") is not session.resolve("pets:best")
        assert store.asked == ["pets:v3", "pets:best", "pets:best"]

    def test_only_some_are_kept(self):
        store = Store()
        session = Session(store, "x")
        for number in range(100):
            session.resolve(f"pets:v{number}")
        assert len(session._open) == 64
        session.resolve("pets:v0")
        assert len(store.asked) == 101

    def test_errors_are_the_store_s(self):
        with pytest.raises(LookupError, match="none"):
            Session(Store(), "x").resolve("none")

    def test_problems(self):
        assert Session(Store(), "x").problems == ["p"]


class TestRefresh:
    """What lies in a plain folder may change while it is shown."""

    @pytest.fixture
    def shown(self, tmp_path):
        folder = tmp_path / "pictures"
        folder.mkdir()
        (folder / "a.txt").write_text("a")
        set_current(open_target(folder))
        yield folder
        set_current(None)

    def test_new_files_are_seen(self, shown):
        before = current().opened
        assert current().opened is before
        (shown / "b.txt").write_text("b")
        assert list(current().opened.names()) == ["a.txt", "b.txt"]

    def test_folder_that_is_gone_stays_as_it_was(self, shown):
        before = current().opened
        (shown / "a.txt").unlink()
        shown.rmdir()
        assert current().opened is before

    def test_file_that_is_written_over_has_another_address(self, shown):
        old = media.url_for("pictures", "a.txt")
        (shown / "a.txt").write_text("another")
        answer = media._find_entry(*old.removeprefix("/api/m/").split("/"), None)
        assert answer.status_code == 404
        assert b"has changed" in answer.body
        new = media.url_for("pictures", "a.txt")
        assert new != old
        answer = media._find_entry(*new.removeprefix("/api/m/").split("/"), None)
        answer._file.seek(0)
        assert answer._file.read() == b"another"
        answer._file.close()

    def test_path_is_whole(self, shown, monkeypatch):
        monkeypatch.chdir(shown.parent)
        assert open_target("pictures").path == str(shown)


def test_current():
    session = Session(Artifact(), "x")
    set_current(session)
    assert current() is session
    set_current(None)
    with pytest.raises(ViewerStartError, match="vitrina view PATH"):
        current()

"""Checks of many small files: quick, and as strict as one by one; a step may end them."""

from pathlib import Path

import pytest

from storage import Artifact, Store
from storage.check import LARGE_BYTES, check_data, in_threads
from storage.errors import MissingFileError, UnsafePathError
from storage.hashing import Hasher
from storage.safe_paths import FolderReader, check_name, is_plain_name


def open_files():
    """How many descriptors are open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


class TestFolderReader:
    def test_reads_what_lies_there(self, tmp_path):
        names = ["a/x.bin", "a/y.bin", "b/c/z.bin", "top.bin", "a/x.bin"]
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(name.encode() * 1000)
        before = open_files()
        reader = FolderReader(tmp_path)
        assert [reader.read(name) for name in names] == [name.encode() * 1000 for name in names]
        reader.close()
        reader.close()
        assert open_files() == before

    def test_follows_no_link_and_leaves_nothing_beneath(self, tmp_path):
        (tmp_path / "root" / "a").mkdir(parents=True)
        (tmp_path / "secret").write_bytes(b"x")
        (tmp_path / "root" / "a" / "link").symlink_to(tmp_path / "secret")
        (tmp_path / "root" / "out").symlink_to(tmp_path)
        reader = FolderReader(tmp_path / "root")
        for name in ("a/link", "out/secret", "../secret", "a", "/etc/passwd"):
            with pytest.raises(UnsafePathError):
                reader.read(name)
        with pytest.raises(MissingFileError):
            reader.read("a/none")
        reader.close()


@pytest.mark.parametrize(
    "name", ["a", "a/b.txt", "media/images/0a1b.png", "A-1_2.x y/z", "x" * 127, "ä", ".", "..", "a/../b", "a//b", "/a"]
)
@pytest.mark.parametrize("end", ["", "/", "\\", "\n", "\0", ":"])
def test_plain_names_are_names(name, end):
    """The quick way says yes to nothing that the slow way refuses."""
    if is_plain_name(name + end):
        parts = (name + end).split("/")
        assert all(part not in ("", ".", "..") for part in parts)
        assert check_name(name + end) == tuple(parts)


def test_data_against_digests_of_each_kind():
    data = b"hello" * 100
    for algorithm in ("sha256", "md5"):
        hasher = Hasher(algorithm)
        hasher.update(data)
        assert check_data(data, hasher.text, len(data)) is None
        assert check_data(data[:-1] + b"x", hasher.text, len(data))[0] == "digest"
        assert check_data(data[:-1], hasher.text, len(data))[0] == "size"
    assert check_data(data, "https://example.org/x", len(data)) is None  # not the digest of bytes


def test_a_step_that_raises_ends_the_work():
    done = []

    def work(number):
        done.append(number)
        return number

    def step():
        if len(done) >= 3:
            raise KeyboardInterrupt

    pieces = [(1, lambda number=number: work(number)) for number in range(10)]
    with pytest.raises(KeyboardInterrupt):
        in_threads(pieces, step)
    assert done == [0, 1, 2]
    done.clear()
    large = [(LARGE_BYTES, lambda number=number: work(number)) for number in range(10)]
    assert in_threads(large) == list(range(10))


@pytest.mark.parametrize("memory", [True, False])
def test_every_file_is_a_step(tmp_path, memory):
    store = Store.in_memory() if memory else Store(tmp_path / "store")
    artifact = Artifact("many", type="dataset")
    for number in range(30):
        artifact.add_file(f"{number}".encode() * 50, f"d{number % 3}/{number}.bin")
    artifact.add_file(b"", "empty")
    saved = store.log_artifact(artifact)
    steps = []
    assert saved.verify(lambda: steps.append(1)) == []
    assert len(steps) == 31
    steps.clear()
    assert store.verify(lambda: steps.append(1)) == []
    assert len(steps) == 31

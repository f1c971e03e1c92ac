"""The user's key: kept, private, replaced when others could have read it."""

import os
import stat
from pathlib import Path

import pytest

from app import viewer_key
from app.viewer_key import KEY_BYTES, load_viewer_key, state_folder

posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_is_kept(tmp_path):
    first = load_viewer_key(tmp_path / "state")
    assert len(first.secret) == KEY_BYTES
    assert first.notice == ""
    assert load_viewer_key(tmp_path / "state") == first


@posix
def test_is_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        load_viewer_key(tmp_path / "state")
    finally:
        os.umask(before)
    assert mode(tmp_path / "state") == 0o700
    assert mode(tmp_path / "state" / "viewer.key") == 0o600
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["viewer.key"]


@posix
@pytest.mark.parametrize("open_mode", [0o640, 0o604, 0o666])
def test_is_replaced_when_others_could_read_it(tmp_path, open_mode):
    first = load_viewer_key(tmp_path)
    (tmp_path / "viewer.key").chmod(open_mode)
    second = load_viewer_key(tmp_path)
    assert second.secret != first.secret
    assert mode(tmp_path / "viewer.key") == 0o600


@posix
def test_links_are_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"k" * KEY_BYTES)
    elsewhere.chmod(0o600)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "viewer.key").symlink_to(elsewhere)
    assert load_viewer_key(tmp_path / "state").secret != b"k" * KEY_BYTES
    assert elsewhere.read_bytes() == b"k" * KEY_BYTES
    assert not (tmp_path / "state" / "viewer.key").is_symlink()


@posix
def test_a_pipe_does_not_hang_it(tmp_path):
    os.mkfifo(tmp_path / "viewer.key", 0o600)
    assert len(load_viewer_key(tmp_path).secret) == KEY_BYTES


@pytest.mark.parametrize("content", [b"", b"short", b"k" * (KEY_BYTES + 1)])
def test_damage_is_mended(tmp_path, content):
    path = tmp_path / "viewer.key"
    path.write_bytes(content)
    path.chmod(0o600)
    assert len(load_viewer_key(tmp_path).secret) == KEY_BYTES
    assert len(path.read_bytes()) == KEY_BYTES


def test_without_a_place_it_is_a_passing_one(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    first, second = (load_viewer_key(tmp_path / "file" / "state") for _ in range(2))
    assert first.secret != second.secret
    assert (
        first.notice == "bookmarks will not outlive this viewer, because its key could not be kept (Not a directory)."
    )


class TestStateFolder:
    def test_by_xdg(self, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        assert state_folder() == tmp_path / "vitrina"

    @pytest.mark.parametrize("value", ["", "relative/state"])
    def test_relative_is_ignored(self, monkeypatch, tmp_path, value):
        monkeypatch.setenv("XDG_STATE_HOME", value)
        monkeypatch.setattr(viewer_key.sys, "platform", "linux")
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        assert state_folder() == tmp_path / ".local" / "state" / "vitrina"

    @pytest.mark.parametrize(
        ("platform", "tail"),
        [("darwin", "Library/Application Support/vitrina"), ("win32", "AppData/Local/vitrina")],
    )
    def test_elsewhere(self, monkeypatch, tmp_path, platform, tail):
        monkeypatch.delenv("XDG_STATE_HOME", raising=False)
        monkeypatch.delenv("LOCALAPPDATA", raising=False)
        monkeypatch.setattr(viewer_key.sys, "platform", platform)
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        assert state_folder() == tmp_path / tail

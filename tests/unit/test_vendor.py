"""The build hook that fetches packages of the browser's side: with a client that stands in for npm, and no network."""

import base64
import hashlib
import importlib.util
import io
import json
import os
import re
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = b"window.library = 1;\n"
LICENCE = b"Do as you like.\n"


@pytest.fixture(scope="module")
def hook():
    spec = importlib.util.spec_from_file_location("vitrina_build_hook", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def archive_of(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose lock names one package, and an ``npm`` on the path that packs `archive`."""
    archive = archive_of({"package/lib.js": SCRIPT, "package/LICENSE": LICENCE, "package/evil.js": b"no"})
    root, programs = tmp_path / "project", tmp_path / "programs"
    (root / "app").mkdir(parents=True)
    programs.mkdir()
    (tmp_path / "archive.tgz").write_bytes(archive)
    lock = {
        "npm": {"distribution": "no-such-npm", "version": "1", "sha256": []},
        "packages": {
            "library": {
                "version": "1.2.3",
                "sha512": base64.b64encode(hashlib.sha512(archive).digest()).decode(),
                "files": {"package/lib.js": "lib.js", "package/LICENSE": "LICENSE"},
            }
        },
    }
    (root / "vendor.lock.json").write_text(json.dumps(lock), encoding="utf-8")
    npm = programs / "npm"
    npm.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"open({str(tmp_path / 'calls')!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))\n"
        f"folder = sys.argv[sys.argv.index('--pack-destination') + 1]\n"
        f"shutil.copy({str(tmp_path / 'archive.tgz')!r}, folder + '/library-1.2.3.tgz')\n",
        encoding="utf-8",
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return root


def calls(project):
    found = project.parent / "calls"
    return found.read_text(encoding="utf-8").splitlines() if found.exists() else []


def test_the_listed_files_are_kept_and_no_other(hook, project):
    assert hook.fetch(project)
    folder = project / "app" / "_vendor"
    kept = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    lock = (project / "vendor.lock.json").read_bytes()
    assert kept == {"library/lib.js": SCRIPT, "library/LICENSE": LICENCE, "vendor.lock.json": lock}
    assert "pack library@1.2.3 --ignore-scripts" in calls(project)[0]
    assert not hook.fetch(project)
    assert len(calls(project)) == 1  # nothing is fetched twice


def test_a_changed_archive_stops_the_build(hook, project):
    (project.parent / "archive.tgz").write_bytes(archive_of({"package/lib.js": b"evil"}))
    with pytest.raises(
        hook.ChangedArchiveError, match=r"library@1\.2\.3: the archive has sha512 .* Nothing of it was kept"
    ):
        hook.fetch(project)
    assert list((project / "app").rglob("*.js")) == []


def test_another_lock_fetches_again(hook, project):
    hook.fetch(project)
    path = project / "vendor.lock.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert hook.fetch(project)


def test_without_a_network_the_build_goes_on(hook, project, monkeypatch):
    (project.parent / "programs" / "npm").write_text("#!/bin/sh\necho no network >&2\nexit 1\n", encoding="utf-8")
    with pytest.raises(hook.NotFetchedError, match="could not fetch library@1.2.3 .no network.. With a network, run"):
        hook.fetch(project)
    said = []
    built = hook.VendorHook.__new__(hook.VendorHook)
    monkeypatch.setattr(hook.VendorHook, "root", str(project), raising=False)
    monkeypatch.setattr(hook.VendorHook, "app", type("App", (), {"display_warning": said.append}), raising=False)
    built.initialize("standard", {})
    assert len(said) == 1


def test_a_missing_npm_is_asked_of_pip(hook, project, monkeypatch):
    monkeypatch.setattr(hook.shutil, "which", lambda _: None)
    monkeypatch.setattr(
        hook, "_run", lambda command, *rest: (_ for _ in ()).throw(hook.NotFetchedError(" ".join(command)))
    )
    with pytest.raises(hook.NotFetchedError, match=r"-m pip install .*--only-binary=:all: --require-hashes --target"):
        hook.fetch(project)


def test_the_lock_names_versions_digests_and_licences_and_no_address():
    text = (ROOT / "vendor.lock.json").read_text(encoding="utf-8")
    lock = json.loads(text)
    assert "://" not in text
    for package in lock["packages"].values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert len(base64.b64decode(package["sha512"])) == 64
        assert package["licence"]
        assert any(name.startswith("LICENSE") for name in package["files"].values())
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert all(name in notice.lower() for name in lock["packages"])


def test_what_was_fetched_is_what_the_lock_says():
    from app.vendored import vendored_file

    assert vendored_file("3dmol", "3Dmol-min.js").stat().st_size == 537_792
    assert "BSD-3-Clause" in vendored_file("3dmol", "LICENSE").read_text("utf-8")
    assert vendored_file("pdfjs-dist", "pdf.worker.min.mjs").stat().st_size == 1_327_591
    assert "Apache License" in vendored_file("pdfjs-dist", "LICENSE").read_text("utf-8")

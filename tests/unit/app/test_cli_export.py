"""``vitrina export``: the folder opens again with the same content; a file of HTML holds all of it and runs nothing."""

import base64
import html.parser
import io
import json
import re
import zipfile

import numpy as np
import PIL.Image
import pyarrow.parquet
import pytest

import datatypes as dt
from app.cli import main
from storage import Artifact, Store


def test_exported_folder_is_equal(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("VITRINA_STORE", raising=False)
    artifact = Artifact("pets", type="dataset")
    artifact.add(dt.Image(np.arange(12, dtype=np.uint8).reshape(3, 4)), "cat")
    Store(tmp_path / "s").log_artifact(artifact)
    out = str(tmp_path / "out")
    assert main(["export", "--json", f"{tmp_path}/s//pets", out, "--format", "wandb"]) == 0
    assert json.loads(capsys.readouterr().out) == {"artifact": "pets:v0", "path": out, "format": "wandb"}
    assert (tmp_path / "out" / "wandb_manifest.json").is_file()
    assert main(["diff", "--json", f"{tmp_path}/s//pets", str(tmp_path / "out")]) == 0
    assert json.loads(capsys.readouterr().out)["equal"] is True


def test_refusals(tmp_path, capsys):
    artifact = Artifact("pets", type="dataset")
    artifact.add(dt.Image(np.zeros((2, 2), np.uint8)), "cat")
    Store(tmp_path / "s").log_artifact(artifact)
    assert main(["export", f"{tmp_path}/s//pets/cat", str(tmp_path / "out"), "--format", "wandb"]) == 2
    assert not (tmp_path / "out").exists()
    assert capsys.readouterr().out == ""


@pytest.fixture
def demo_like(tmp_path, monkeypatch):
    """A picture with boxes, a table with pictures and hostile text, a plain file."""
    monkeypatch.delenv("VITRINA_STORE", raising=False)
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))
    artifact = Artifact("mixed", type="dataset", description="<script>alert(1)</script>")
    pixels = np.arange(4800, dtype=np.uint8).reshape(40, 40, 3)
    artifact.add(dt.Image(pixels, caption='"><img src=http://203.0.113.1/x>'), "picture")
    table = dt.Table(columns=["name", "<b>", "seen"])
    for number in range(3):
        table.add_data(f"=cmd|{number}", number / 3, dt.Image(pixels + number))
    artifact.add(table, "rows")
    with artifact.new_file("note.txt") as file:
        file.write("</pre><script>alert(2)</script>")
    Store(tmp_path / "s").log_artifact(artifact)
    return tmp_path


def addresses_in(text):
    """Return the addresses that elements of a page name."""
    found = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.extend(value for name, value in attributes if name in ("src", "href", "action", "srcset"))

    Reader().feed(text)
    return found


class TestHtml:
    def test_it_holds_everything_and_nothing_foreign(self, demo_like, capsys):
        out = demo_like / "out.html"
        assert main(["export", "--json", f"{demo_like}/s//mixed", str(out), "--format", "html"]) == 0
        assert json.loads(capsys.readouterr().out) == {"artifact": "mixed:v0", "path": str(out), "format": "html"}
        text = out.read_text("utf-8")
        assert "<script" not in text
        assert all(address.startswith("data:") for address in addresses_in(text))
        assert text.count("data:image/webp;base64,") == 4  # the picture, and one in each row
        assert "default-src 'none'" in text
        assert "3 of 3 rows" in text
        assert "&lt;script&gt;alert(1)" in text

    def test_the_picture_is_the_one_that_was_logged(self, demo_like):
        out = demo_like / "one.html"
        assert main(["export", f"{demo_like}/s//mixed/picture", str(out), "--format", "html"]) == 0
        (data,) = re.findall(r"data:image/webp;base64,([^\"]+)", out.read_text("utf-8"))
        shown = np.asarray(PIL.Image.open(io.BytesIO(base64.b64decode(data))))
        assert np.array_equal(shown, np.arange(4800, dtype=np.uint8).reshape(40, 40, 3))

    def test_what_is_there_is_not_written_over(self, demo_like, capsys):
        (demo_like / "kept.html").write_text("mine")
        assert main(["export", f"{demo_like}/s//mixed", str(demo_like / "kept.html"), "--format", "html"]) == 2
        assert (demo_like / "kept.html").read_text() == "mine"
        assert "is there already" in capsys.readouterr().err


def test_parquet_has_the_rows(demo_like):
    out = demo_like / "rows.parquet"
    assert main(["export", f"{demo_like}/s//mixed", str(out), "--format", "parquet"]) == 0
    found = pyarrow.parquet.read_table(out)
    assert found.column_names == ["name", "<b>", "seen"]
    assert found["name"].to_pylist() == ["=cmd|0", "=cmd|1", "=cmd|2"]


def test_zip_has_the_files(demo_like):
    out = demo_like / "all.zip"
    assert main(["export", f"{demo_like}/s//mixed", str(out), "--format", "zip"]) == 0
    artifact = Store(demo_like / "s").artifact("mixed")
    with zipfile.ZipFile(out) as archive:
        assert sorted(archive.namelist()) == sorted(artifact.names())
        for name in archive.namelist():
            with artifact.open(name) as file:
                assert archive.read(name) == file.read()

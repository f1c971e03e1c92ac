"""``vitrina export``: the folder opens again with the same content."""

import json

import numpy as np

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

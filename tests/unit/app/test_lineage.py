"""Runs and references around an artifact, from a store with one of each."""

import numpy as np
import pytest

import datatypes as dt
from app.lineage import Link, lineage
from app.session import open_target
from storage import Artifact, Store


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A run that uses pictures and logs a model; a report that refers to a picture, and to a place elsewhere."""
    folder = tmp_path_factory.mktemp("lineage") / "store"
    store = Store(folder)
    pictures = Artifact("pictures", type="dataset")
    pictures.add(dt.Image(np.zeros((2, 2), np.uint8)), "black")
    saved = store.log_artifact(pictures)
    with store.run(project="demo", name="training") as run:
        run.use_artifact("pictures:v0")
        model = Artifact("model", type="model")
        with model.new_file("weights.txt") as file:
            file.write("1")
        run.log_artifact(model)
    report = Artifact("report", type="report")
    report.add(saved.get("black"), "shown")
    report.add_reference("https://user:secret@host.example/x.bin", name="far.bin", checksum=False)
    store.log_artifact(report)
    return open_target(folder)


def test_a_model_comes_from_its_run_and_what_that_used(session):
    found = lineage(session, session.resolve("model"))
    assert [(link.kind, link.title, link.note) for link in found.logged_by] == [("run", "training", "demo")]
    assert found.inputs == (Link("artifact", "pictures:v0", "pictures:v0", "dataset"),)
    assert found.used_by == found.referred_by == found.refers_to == ()


def test_a_dataset_is_used_and_referred_to(session):
    found = lineage(session, session.resolve("pictures"))
    assert [link.title for link in found.used_by] == ["training"]
    assert next((link.target, link.note) for link in found.referred_by)[0] == "report:v0"
    assert (found.looked_at, found.artifacts) == (2, 2)


def test_references_are_followed_and_their_passwords_hidden(session):
    found = {link.kind: link for link in lineage(session, session.resolve("report")).refers_to}
    assert found["artifact"].target == "pictures:v0"
    assert found["place"].target == "https://…@host.example/x.bin"


def test_nothing_is_known_of_what_stands_alone(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    session = open_target(tmp_path)
    assert lineage(session, session.artifacts()[0]).is_empty

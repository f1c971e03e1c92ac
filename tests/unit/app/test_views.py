"""Pages without a browser. AppTest shows of a component only its name and data, which is what these tests read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import app
from app import media
from app import session as sessions
from app.delta import delta
from app.session import Session, open_target
from app.views.addresses import artifact_page, entry_page
from datatypes import Image
from storage import Artifact, Store


def store_page():
    from app.views import store

    store.show()


def artifact_page_script():
    from app.views import artifact

    artifact.show()


def entry_page_script():
    from app.views import entry

    entry.show()


def not_found_page():
    from app.views import not_found

    not_found.show()


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory):
    """Two versions of pets, best is the first; scans with one value."""
    folder = tmp_path_factory.mktemp("views") / "zoo"
    store = Store(folder)
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    for number in range(2):
        pets = Artifact("pets", type="dataset", description="*all* of them", metadata={"split": number})
        pets.add(Image(picture + number, caption="![x](http://203.0.113.1/x.png)"), "cat")
        pets.add(Image(picture + 9), "dog")
        with pets.new_file("notes.txt") as file:
            file.write("hello")
        store.log_artifact(pets, aliases=["best"] if number == 0 else [])
    scans = Artifact("scans", type="volume")
    scans.add(Image(picture), "scan")
    store.log_artifact(scans)
    return folder


@pytest.fixture
def opened(store_folder):
    session = open_target(store_folder)
    sessions.set_current(session)
    yield session
    sessions.set_current(None)


def run(script, **query):
    page = AppTest.from_function(script, default_timeout=30)
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception, [item.value for item in page.exception]
    return page


def components(page):
    """Return name → data of the components of a page; of two of a name, the last."""
    found = {}
    for element in page.get("bidi_component"):
        [found[element.proto.component_name.removeprefix("vitrina.")]] = json.loads(element.proto.json)
    return found


class TestStore:
    def test_a_card_for_each_artifact(self, opened):
        cards = components(run(store_page))["gallery"]["cards"]
        assert [(card["title"], card["note"], card["href"]) for card in cards] == [
            ("pets", "v1", "/artifact?ref=pets:v1"),
            ("scans", "v0", "/artifact?ref=scans:v0"),
        ]
        assert [len(card["pictures"]) for card in cards] == [2, 1]
        assert all(address.startswith("/api/d/") for card in cards for address in card["pictures"])
        assert [chip["text"] for chip in cards[0]["chips"]] == ["latest"]

    def test_the_sidebar_names_what_is_open(self, opened):
        sidebar = components(run(store_page))["navigation"]
        assert (sidebar["title"], sidebar["kind"], sidebar["foot"]) == ("zoo", "store", "2 artifacts")
        assert [(row["name"], row["version"]) for row in sidebar["artifacts"]] == [("pets", "v1"), ("scans", "v0")]

    def test_an_empty_store_teaches(self, tmp_path):
        class Nothing:
            kind = "store"
            problems = ()

            def artifacts(self):
                return []

            def runs(self):
                return []

        sessions.set_current(Session(Nothing(), "nothing"))
        shown = components(run(store_page))["empty_state"]
        sessions.set_current(None)
        assert shown["title"] == "No artifacts yet"
        compile(shown["code"], "example", "exec")

    def test_an_address_that_no_page_has(self, opened):
        shown = components(run(not_found_page, address="/nope"))
        assert shown["notices"]["lines"][0]["text"].startswith("“/nope” was ignored")
        assert len(shown["gallery"]["cards"]) == 2


class TestArtifact:
    def test_values_as_cards(self, opened):
        shown = components(run(artifact_page_script, ref="pets:v0"))
        cards = shown["gallery"]["cards"]
        assert [(card["title"], card["note"]) for card in cards] == [("cat", "4×4"), ("dog", "4×4")]
        assert cards[0]["href"] == "/entry?ref=pets:v0&path=cat.image-file.json"
        assert cards[0]["text"] == "![x](http://203.0.113.1/x.png)"

    def test_the_header_switches_versions(self, opened):
        heading = components(run(artifact_page_script, ref="pets:best"))["heading"]
        assert heading["title"] == "pets"
        assert [(item["text"], item["current"]) for item in heading["versions"]] == [("v1", False), ("v0", True)]
        assert [chip["text"] for chip in heading["chips"]] == ["best"]
        assert heading["digest"][1] == opened.resolve("pets:v0").digest
        assert heading["digest"][0] == f"{heading['digest'][1][:10]}…"

    def test_steps_lead_to_other_versions(self, opened):
        assert components(run(artifact_page_script, ref="pets:v0"))["topbar"]["steps"] == {
            "newer": "/artifact?ref=pets:v1"
        }
        assert components(run(artifact_page_script, ref="pets:v1"))["topbar"]["steps"] == {
            "older": "/artifact?ref=pets:v0"
        }

    @pytest.mark.parametrize(
        ("tab", "name"),
        [
            ("Files", "file_tree"),
            ("Versions", "listing"),
            ("Lineage", "empty_state"),
            ("Metadata", "text_view"),
            ("Fidelity", "listing"),
            ("Values", "gallery"),
        ],
    )
    def test_the_address_names_the_tab(self, opened, tab, name):
        shown = components(run(artifact_page_script, ref="pets:v0", tab=tab))
        assert name in shown
        assert len({"listing", "text_view", "gallery", "file_tree", "empty_state"} & shown.keys()) == 1

    def test_files_are_those_of_the_manifest(self, opened):
        tree = components(run(artifact_page_script, ref="pets:v0", tab="Files"))["file_tree"]
        data, mime = media._derived.get(tree["source"].rpartition("/")[2])
        assert mime == "application/json"
        artifact = opened.resolve("pets:v0")
        assert [(row[0], row[1], row[2]) for row in json.loads(data)] == [
            (entry.path, entry.size, entry.digest) for entry in artifact.files()
        ]
        assert tree["total"] == len(artifact.names())

    def test_versions_say_what_changed(self, opened):
        newer, older = components(run(artifact_page_script, ref="pets:v1", tab="Versions"))["listing"]["rows"]
        assert newer["cells"][-1] == str(delta(opened.resolve("pets:v0"), opened.resolve("pets:v1")).text)
        assert newer["action"] == {"text": "compare with v0", "href": "/compare?a=pets:v0&b=pets:v1"}
        assert older["cells"][-1] == ""
        assert older["action"]["href"] == "/compare?a=pets:v0&b=pets:v1"

    def test_each_version_says_whether_it_was_verified(self, opened, monkeypatch, tmp_path):
        from app.verifying import Options, verify_artifact
        from app.verifying.results import remember

        monkeypatch.setenv("VITRINA_CACHE", str(tmp_path))
        remember(opened.path, verify_artifact(opened.resolve("pets:v0"), Options()), is_deep=False)
        rows = components(run(artifact_page_script, ref="pets:v0", tab="Versions"))["listing"]["rows"]
        assert [(row["cells"][0], row["badge"]["text"]) for row in rows] == [
            ("v1", "not verified"),
            ("v0", "verified just now"),
        ]

    def test_a_version_that_is_not_there_falls_back_to_the_latest(self, opened):
        shown = components(run(artifact_page_script, ref="pets:v7"))
        assert shown["heading"]["title"] == "pets"
        assert shown["notices"]["lines"][0]["text"] == (
            "“pets:v7” was ignored, because pets has no such version; pets:v1 is shown"
        )

    def test_a_name_that_is_not_there_falls_back_to_the_store(self, opened):
        shown = components(run(artifact_page_script, ref="unicorns:v0"))
        assert shown["notices"]["lines"][0]["text"].startswith("“unicorns:v0” was ignored: ")
        assert [card["title"] for card in shown["gallery"]["cards"]] == ["pets", "scans"]


class TestEntry:
    def shown(self, path="cat.image-file.json", ref="pets:v0"):
        return components(run(entry_page_script, ref=ref, path=path))

    def test_a_picture_with_its_inspector(self, opened):
        shown = self.shown()
        assert shown["image_canvas"]["width"] == 4
        inspector = shown["inspector"]
        assert inspector["type"] == {"name": "Image", "icon": "image"}
        assert inspector["headline"] == "4×4"
        assert inspector["caption"] == "![x](http://203.0.113.1/x.png)"
        assert [(badge["mark"], badge["text"]) for badge in inspector["badges"]] == [
            ("✓", "lossless"),
            ("✓", "verified"),
        ]
        stored = {section["title"]: section["text"] for section in inspector["sections"]}
        assert json.loads(stored["Stored JSON"])["_type"] == "image-file"

    def test_the_code_loads_the_value(self, opened, store_folder, monkeypatch):
        code = next(part["text"] for part in self.shown()["inspector"]["sections"] if part["title"] == "Code")
        monkeypatch.chdir(store_folder.parent)
        names = {}
        exec(code, names)
        assert np.array_equal(names["pixels"], np.arange(48, dtype=np.uint8).reshape(4, 4, 3))

    def test_previous_and_next_are_the_other_values(self, opened):
        topbar = self.shown()["topbar"]
        assert topbar["place"] == "1 of 2"
        assert topbar["steps"] == {
            "next": "/entry?ref=pets:v0&path=dog.image-file.json",
            "newer": "/entry?ref=pets:v1&path=cat.image-file.json",
        }

    def test_a_short_name_is_enough(self, opened):
        assert self.shown("dog")["topbar"]["crumbs"][-1]["label"] == "dog"

    def test_a_plain_file_is_shown_by_its_content(self, opened):
        shown = self.shown("notes.txt")
        assert shown["text_view"]["text"] == "hello"
        assert [badge["text"] for badge in shown["inspector"]["badges"]] == ["verified"]

    def test_an_entry_that_is_not_there_falls_back_to_the_artifact(self, opened):
        shown = self.shown("bird.image-file.json")
        assert shown["notices"]["lines"][0]["text"].startswith("“bird.image-file.json” was ignored: ")
        assert [card["title"] for card in shown["gallery"]["cards"]] == ["cat", "dog"]

    def test_the_old_version_of_an_address_still_opens(self, opened):
        shown = self.shown(ref="pets:v5")
        assert shown["image_canvas"]["width"] == 4
        assert "pets:v1 is shown" in shown["notices"]["lines"][0]["text"]


class TestAddresses:
    def test_they_stay_readable(self):
        assert artifact_page("pets:v3") == "/artifact?ref=pets:v3"
        assert entry_page("pets@0a", "media/a b&c=d.png") == "/entry?ref=pets@0a&path=media/a%20b%26c%3Dd.png"

    def test_any_name_can_be_one(self):
        assert entry_page("a", "\ud800#?%") == "/entry?ref=a&path=%ED%A0%80%23%3F%25"


def test_the_page_script_runs(opened):
    page = AppTest.from_file("../../../app/main.py", default_timeout=30).run()
    assert not page.exception
    assert "gallery" in components(page)


def test_the_first_page_needs_no_pandas(tmp_path):
    """To import it takes longer than all else until something is shown."""
    script = """
import sys
import numpy as np
from streamlit.testing.v1 import AppTest
from app import session
from datatypes.image import Image
from storage import Artifact, Store
artifact = Artifact("pets", type="dataset")
artifact.add(Image(np.zeros((4, 4, 3), np.uint8)), "cat")
Store("store").log_artifact(artifact)
session.set_current(session.open_target("store"))
page = AppTest.from_file(sys.argv[1], default_timeout=60).run()
assert page.get("bidi_component"), page
assert "pandas" not in sys.modules
assert "pyarrow" not in sys.modules
"""
    main = Path(app.__file__).with_name("main.py")
    root = main.parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root), "VITRINA_CACHE": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", script, str(main)], check=True, cwd=tmp_path, env=environment)


class TestBrokenArtifact:
    """One artifact whose list of entries is damaged: its card and page say so, everything else is there."""

    @pytest.fixture
    def damaged(self, tmp_path):
        store = Store(tmp_path / "zoo")
        for name in ("good", "torn"):
            artifact = Artifact(name, type="dataset")
            artifact.add(Image(np.zeros((2, 2), np.uint8)), "black")
            saved = store.log_artifact(artifact)
        key = saved._stored.record.manifest
        path = tmp_path / "zoo" / key
        path.chmod(0o644)
        path.write_bytes(b"torn")
        session = open_target(tmp_path / "zoo")
        sessions.set_current(session)
        yield session
        sessions.set_current(None)

    def test_the_store(self, damaged):
        cards = components(run(store_page))["gallery"]["cards"]
        assert [(card["title"], bool(card["problem"]), len(card["pictures"])) for card in cards] == [
            ("good", False, 1),
            ("torn", True, 0),
        ]

    def test_its_own_page(self, damaged):
        shown = components(run(artifact_page_script, ref="torn:v0"))
        assert "torn:v0" in shown["problem_card"]["subject"]
        assert shown["problem_card"]["remedy"]
        assert [row["cells"][0] for row in shown["listing"]["rows"]] == ["v0"]

    def test_the_page_of_an_entry_of_it(self, damaged):
        shown = components(run(entry_page_script, ref="torn:v0", path="black.image-file.json"))
        assert "problem_card" in shown

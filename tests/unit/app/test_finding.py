"""Finding by name: ranks, the fast list against a slow one, and all that a session has."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import session as sessions
from app.finding.api import answer
from app.finding.index import Index
from app.finding.names import NameList, rank
from app.session import open_target
from storage import Artifact, Store

LETTERS = "abcİ-/ ."


class TestRank:
    @pytest.mark.parametrize(
        ("name", "text", "wanted"),
        [
            ("pets", "pets", 0),
            ("images/cat.image-file.json", "cat", 0),
            ("pets:v3", "pets", 1),
            ("images/catalogue.json", "cat", 1),
            ("big black cat", "cat bl", 2),
            ("concatenate", "cat", 3),
            ("coin-detector", "cdr", 4),
            ("coin-detector", "xyz", None),
        ],
    )
    def test_kinds_of_fit(self, name, text, wanted):
        found = rank(name, text.split())
        assert (found and found[0]) == wanted

    def test_better_fits_come_first(self):
        names = ["concatenate", "cat", "category", "black-cat", "c-a-t"]
        assert sorted(names, key=lambda name: rank(name, ["cat"])) == [
            "cat", "category", "black-cat", "concatenate", "c-a-t",
        ]  # fmt: skip


class TestNameList:
    @given(
        st.lists(st.text(LETTERS, max_size=8), max_size=20),
        st.lists(st.text("abc", min_size=1), min_size=1, max_size=2),
    )
    def test_it_finds_what_looking_at_each_finds(self, names, words):
        for letters in (False, True):
            wanted = [
                (found, name)
                for name in names
                if (found := rank(name.lower(), words)) is not None and (letters or found[0] < 4)
            ]
            assert sorted(NameList(names).search(words, letters=letters)) == sorted(wanted)

    def test_a_hundred_thousand_names_take_a_moment(self):
        names = NameList(f"media/images/{number:06d}.png" for number in range(100_000))
        assert [name for _, name in names.search(["031415"])] == ["media/images/031415.png"]
        assert sum(1 for _ in names.search(["images"])) == 5_000  # no more are looked at


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finding") / "zoo"
    store = Store(folder)
    for number in range(2):
        pets = Artifact("pets", type="dataset")
        for name in ("images/cat.txt", "images/dog.txt", f"note-{number}.txt"):
            with pets.new_file(name) as file:
                file.write(name)
        store.log_artifact(pets, aliases=["best"] if number == 0 else [])
    scans = Artifact("scans", type="volume")
    with scans.new_file("catheter.txt") as file:
        file.write("x")
    store.log_artifact(scans)
    with store.run(project="p", name="catwalk") as run:
        run.log({"loss": 1})
    return open_target(folder)


def found(index, text, ref=""):
    deadline = time.monotonic() + 10
    while (answer := index.find(text, ref)).searched < answer.artifacts and time.monotonic() < deadline:
        time.sleep(0.02)
    return [(hit.name, hit.where) for hit in answer.hits]


class TestIndex:
    def test_everything_is_found(self, session):
        index = Index(session)
        assert found(index, "pets")[0] == ("pets", "dataset")
        assert ("pets:v0", "v0") in found(index, "pets:v0")
        assert found(index, "pets:best")[0] == ("pets:best", "v0")
        assert found(index, "type gallery")[0] == ("Type gallery", "page")
        names = [name for name, _ in found(index, "cat")]
        assert names[0] == "images/cat.txt"
        assert {"catwalk", "catheter.txt"} <= set(names)

    def test_entries_of_the_page_come_first(self, session):
        assert found(Index(session), "txt", "scans:v0")[0] == ("catheter.txt", "scans:v0")

    def test_an_older_version_that_is_shown_is_searched(self, session):
        index = Index(session)
        assert found(index, "note-0") == []
        assert ("note-0.txt", "pets:v0") in found(index, "note-0", "pets:v0")

    def test_hits_lead_to_their_pages(self, session):
        hits = {hit.name: hit.href for hit in Index(session).find("").hits}
        assert hits["pets"] == "/artifact?ref=pets:v1"
        assert hits["catwalk"].startswith("/run?id=")
        assert hits["Compare"] == "/compare"

    def test_the_answer_is_json(self, session):
        sessions.set_current(session)
        try:
            document = answer({"q": "pets" * 1000, "ref": "no such"})
        finally:
            sessions.set_current(None)
        assert document["hits"] == []
        assert document["of"] == 0

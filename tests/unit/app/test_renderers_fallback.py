"""What has no renderer of its own: by content, in bounds, never a crash."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.renderers import Context, View, for_tag, prepared
from datatypes import UnknownValue
from storage import open_source


@pytest.fixture
def look(tmp_path):
    def prepare(name, data):
        folder = tmp_path / "folder"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        return view_of(open_source(folder), name)

    return prepare


def view_of(artifact, name, value=None):
    context = Context(
        artifact=artifact, name=name, url_for=lambda _, entry: f"/api/m/{entry}", url_for_bytes=lambda *_: "/api/d/0"
    )
    return prepared(for_tag(None), value, context)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"hello\n", "text"),
        ("a.json", b'{"b": [1, 2]}', "JSON"),
        ("a.json", b"{broken", "text"),
        ("a.csv", b"x,y\n1,2\n", "CSV"),
        ("a.tsv", b"x\ty\n1\t2\n", "TSV"),
        ("no-extension", "grüße".encode(), "text"),
        ("bom.txt", b"\xef\xbb\xbfhello", "text"),
        ("a.bin", b"\x00\x01\x02", "binary"),
        ("a.txt", b"\xff\xfe\x00h", "binary"),
        ("a.parquet", b"PAR1\x00\x00", "Parquet"),
        ("model.pkl", b"\x80\x04\x95\x00", "Python pickle, never loaded"),
        ("empty", b"", "text"),
    ],
)
def test_what_a_file_is_its_bytes_say(look, name, data, kind):
    view = look(name, data)
    assert dict(view.facts)["Content"] == kind
    assert view.download == f"/api/m/{name}"


def test_json_is_laid_out(look):
    assert look("a.json", b'{"b":[1]}').body["text"] == '{\n  "b": [\n    1\n  ]\n}'


def test_csv_shows_its_header_and_first_rows(look):
    lines = ["name,score", *(f"row {i},{i / 10}" for i in range(80))]
    view = look("a.csv", "\n".join(lines).encode())
    assert view.body["columns"] == ["name", "score"]
    assert view.body["rows"][49] == ["row 49", "4.9"]
    assert len(view.body["rows"]) == 50
    assert view.notices[0].text == "50 rows of 80 lines, because this is a first look"


def test_long_text_is_cut_and_says_so(look):
    view = look("long.txt", "ä".encode() * 400_000)
    assert len(view.body["text"].encode()) <= 512 * 1024
    assert view.notices[0] == (
        "524 kB of 800 kB, because a page of text has a limit",
        "download the whole file",
        "/api/m/long.txt",
    )


def test_bytes_are_shown_in_hex(look):
    view = look("a.bin", bytes(range(256)) * 4)
    first = view.body["text"].splitlines()[4]
    assert first == "00000040  40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO"
    assert len(view.body["text"].splitlines()) == 32
    assert view.notices[0].text == "512 of 1,024 bytes, because this is no text"


def test_an_unknown_type_is_shown_as_it_is_stored(look, tmp_path):
    stored = {"_type": "hologram", "rays": 3, "note": "<script>", "deep": {"nan": float("nan")}}
    look("other.txt", b"x")
    view = view_of(open_source(tmp_path / "folder"), "a.hologram.json", UnknownValue(stored))
    assert (view.type_name, view.headline) == ("hologram", "unknown type")
    assert json.loads(view.body["text"]) == {**stored, "deep": {"nan": {"$nan": True}}}
    assert view.notices[0].text == "hologram: shown as stored, because nobody here knows this type"


class Tabular:
    """A value of a known type that has no renderer."""

    artifact_type = "grid"
    caption = None
    path = None

    def facts(self):
        return {
            "columns": ["a", 1],
            "nrows": 1000,
            "first_rows": [["x", None], [{"$media": "image-file", "caption": "cat"}, 2.5]],
        }


def test_rows_of_a_value_are_shown_as_a_table(look, tmp_path):
    look("other.txt", b"x")
    view = view_of(open_source(tmp_path / "folder"), "a.grid.json", Tabular())
    assert view.body == {"kind": "table", "columns": ["a", "1"], "rows": [["x", ""], ["(image-file) cat", "2.5"]]}
    assert view.headline == "1,000 × 2"
    assert view.notices[0].text == "2 of 1,000 rows, because tables have no page of their own yet"


def test_a_value_that_breaks_is_one_problem(look, tmp_path):
    class Breaking(Tabular):
        def facts(self):
            raise RuntimeError("no facts today")

    look("other.txt", b"x")
    found = view_of(open_source(tmp_path / "folder"), "a.grid.json", Breaking())
    assert found.subject == "a.grid.json"
    assert found.problem == "cannot be shown (RuntimeError: no facts today)"


@given(data=st.binary(max_size=2000), name=st.sampled_from(["a.csv", "a.json", "a.tsv", "a.txt", "a"]))
def test_any_bytes_have_a_view(tmp_path_factory, data, name):
    folder = tmp_path_factory.mktemp("any")
    (folder / name).write_bytes(data)
    assert isinstance(view_of(open_source(folder), name), View)

"""What has no renderer of its own: by content, in bounds, never a crash."""

import io
import json

import numpy as np
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
        ("a.txt", b"\xff\xfe\x00\x00", "binary"),
        ("utf16.txt", "grüße".encode("utf-16"), "text"),
        ("latin.txt", "grüße aus Köln".encode("cp1252"), "text"),
        ("a.md", b"# title\n", "Markdown"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG picture"),
        ("a.jsonl", b'{"a": 1}\n{"a": 2}\n', "JSON lines"),
        ("a.pdf", b"%PDF-1.7\n", "PDF"),
        ("a.bz2", b"BZh91AY&SY\x00", "bzip2"),
        ("a.parquet", b"PAR1\x00\x00", "Parquet"),
        ("model.pkl", b"\x80\x04\x95\x00", "Python pickle, never loaded"),
        ("empty", b"", "empty"),
    ],
)
def test_what_a_file_is_its_bytes_say(look, name, data, kind):
    view = look(name, data)
    assert dict(view.facts)["Content"] == kind
    assert view.download == f"/api/m/{name}"


def test_json_is_a_tree_that_the_page_reads_itself(look):
    view = look("a.json", b'{"b":[1], "c": 2}')
    assert view.body == {"kind": "json", "url": "/api/m/a.json", "file": "a.json"}
    assert dict(view.facts)["Top level"] == "2 keys"


def test_json_beyond_a_tree_is_text(look, monkeypatch):
    monkeypatch.setattr("app.renderers.file_content._TREE_BYTES", 10)
    view = look("a.json", b'{"b": [1, 2, 3]}')
    assert view.body["kind"] == "text"


def test_csv_shows_its_header_and_first_rows(look):
    lines = ["name,score", *(f"row {i},{i / 10}" for i in range(80))]
    view = look("a.csv", "\n".join(lines).encode())
    assert view.body["columns"] == ["name", "score"]
    assert view.body["rows"][49] == ["row 49", "4.9"]
    assert len(view.body["rows"]) == 50
    assert view.notices[0].text == "50 rows of 80 lines, because this is a first look"


def test_long_text_comes_in_parts(look):
    view = look("long.txt", b"a" + "ä".encode() * 400_000)
    assert view.body["text"] == "a" + "ä" * 262_143  # the character that the limit cuts is left to the next part
    assert (view.body["used"], view.body["size"]) == (524_287, 800_001)
    assert (view.body["url"], view.body["encoding"]) == ("/api/m/long.txt", "utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_and_decoded(look, encoding):
    view = look("a.txt", "Straße\nZürich\n".encode(encoding))
    assert view.body["text"] == "Straße\nZürich\n"
    assert dict(view.facts)["Lines"] == "2"
    assert ("Encoding" in dict(view.facts)) is (encoding != "utf-8")


def test_bytes_are_asked_for_by_range(look):
    view = look("a.bin", bytes(range(256)) * 4)
    assert view.body == {"kind": "bytes", "url": "/api/m/a.bin", "size": 1024}


def npy(array, **options):
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def test_an_array_of_two_axes_is_a_picture_of_its_values(look):
    view = look("a.npy", npy(np.tile(np.float32([1.5, -2.0, np.nan, 0, 3, np.inf]), (4, 1))))
    assert view.body["kind"] == "picture"
    assert (view.body["picture"]["width"], view.body["picture"]["height"]) == (6, 4)
    facts = dict(view.facts)
    assert (facts["Shape"], facts["Type"], facts["Minimum"], facts["Maximum"]) == ("4 × 6", "float32", "-2", "3")
    assert (facts["Mean"], facts["NaN"], facts["Infinite"]) == ("0.625", "4", "4")


def test_other_arrays_are_values_as_text(look):
    view = look("a.npy", npy(np.asfortranarray(np.arange(30).reshape(2, 3, 5))))
    assert view.body["text"].split("\n")[1].split() == ["5", "6", "7", "8", "9"]
    assert dict(view.facts)["Maximum"] == "29"
    long = look("b.npy", npy(np.arange(5000)))
    assert long.notices[0].text == "2,000 of 5,000 values, because this is a first look"


def test_arrays_of_objects_are_never_loaded(look):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was loaded",))

    view = look("a.npy", npy(np.array([Trap()], dtype=object), allow_pickle=True))
    assert dict(view.facts)["Content"] == "NumPy array of objects"
    assert "never loaded" in view.body["sections"][0]["text"]


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }",
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (10,), }",
    ],
)
def test_arrays_that_lie_about_their_size_are_one_problem(look, header):
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 8
    found = look("a.npy", data)
    assert not isinstance(found, View)
    assert "bytes" in found.problem


@pytest.mark.parametrize("header", [b"__import__('os').abort()", b"(" * 5000, b"{}", b"\xff"])
def test_headers_that_are_none_are_bytes(look, header):
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    assert look("a.npy", data).body["kind"] == "bytes"


def test_archives_of_arrays_are_listed_by_their_headers(look):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=np.arange(5, dtype=np.int16), b=np.zeros((1000, 1000)))
    view = look("a.npz", buffer.getvalue())
    assert view.body["sections"][0]["rows"] == [
        ["a", "int16", "5", "138 B"],
        ["b", "float64", "1,000 × 1,000", "8.00 MB"],
    ]


PDF = b"%PDF-1.4\n1 0 obj<</Type /Pages /Kids[] /Count 12>>endobj <</Title (Report)>>\xff"


def test_a_pdf_is_drawn_in_a_frame_from_its_bytes(look, monkeypatch):
    monkeypatch.setattr("app.renderers.pdf_content.page_address", "/api/f/p/{}/0".format)
    view = look("sub/a.pdf", PDF)
    wanted = {"kind": "pdf", "label": "a.pdf", "url": "/api/f/p/pdf/0", "binary": True, "controls": "pdf", "held": ""}
    assert view.body == {**view.body, **wanted}
    assert (view.body["payload"], view.body["save"]) == ("/api/m/sub/a.pdf", "/api/m/sub/a.pdf")
    assert {"PDF version": "1.4", "Pages": "12", "Title": "Report"}.items() <= dict(view.facts).items()
    assert view.notices == ()


@pytest.mark.parametrize(
    ("stored", "title"),
    [(b"\xfe\xff\x00R\x20\xac", "R€"), (rb"a \(b\) \\ \374", "a (b) \\ ü"), (rb"\376\377\000R", "R")],
)
def test_the_title_of_a_pdf_is_decoded(look, stored, title):
    view = look("a.pdf", b"%PDF-1.4\n<</Title (" + stored + b")>>")
    assert dict(view.facts)["Title"] == title


def test_a_pdf_beyond_the_limit_is_drawn_when_asked_for(look, monkeypatch):
    monkeypatch.setattr("app.renderers.pdf_content.page_address", "/api/f/p/{}/0".format)
    monkeypatch.setattr("app.renderers.pdf_content._DRAWN_BYTES", 50)
    view = look("a.pdf", PDF)
    assert view.body["held"] == f"{len(PDF)} B: more than 50 B, so it is drawn only when asked for."
    assert view.notices[0].text == f"{len(PDF)} B: drawn when asked for, because the browser holds all of it"


def test_a_pdf_without_pdfjs_is_told_and_saved(look, monkeypatch, tmp_path):
    from app.opaque.pages import page

    page.cache_clear()
    monkeypatch.setattr("app.vendored._FOLDER", tmp_path / "none")
    view = look("a.pdf", PDF)
    section = view.body["sections"][0]
    assert section["facts"] == [["PDF version", "1.4"], ["Pages", "12"], ["Title", "Report"]]
    assert "pdfjs-dist was not fetched" in section["text"]
    assert "python hatch_build.py" in section["text"]
    assert section["links"] == [["Save the PDF", "/api/m/a.pdf"]]


def test_an_unknown_type_is_shown_as_it_is_stored(look, tmp_path):
    stored = {"_type": "hologram", "rays": 3, "note": "<script>", "deep": {"nan": float("nan")}}
    look("other.txt", b"x")
    view = view_of(open_source(tmp_path / "folder"), "a.hologram.json", UnknownValue(stored))
    assert (view.type_name, view.headline) == ("hologram", "unknown type")
    assert view.body["kind"] == "json"
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
    assert view.notices[0].text == "2 of 1,000 rows, because this type has no page of its own"


def test_a_value_that_breaks_is_one_problem(look, tmp_path):
    class Breaking(Tabular):
        def facts(self):
            raise RuntimeError("no facts today")

    look("other.txt", b"x")
    found = view_of(open_source(tmp_path / "folder"), "a.grid.json", Breaking())
    assert found.subject == "a.grid.json"
    assert found.problem == "cannot be shown (RuntimeError: no facts today)"


@given(
    data=st.binary(max_size=2000),
    name=st.sampled_from(["a.csv", "a.json", "a.tsv", "a.txt", "a.md", "a.jsonl", "a.npy", "a"]),
)
def test_any_bytes_have_a_view(tmp_path_factory, data, name):
    folder = tmp_path_factory.mktemp("any")
    (folder / name).write_bytes(data)
    assert isinstance(view_of(open_source(folder), name), View)

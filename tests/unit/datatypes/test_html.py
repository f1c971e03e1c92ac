"""`Html`: text, paths and file objects; the head that is put in and taken off; lists; hostile bytes."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sinks import DictRun, DictStore

from datatypes import Html, WBValue
from datatypes.errors import DecodeLimitError, MissingMediaError, RejectedValueError, UnreadableMediaError
from datatypes.fidelity import FidelityRecord
from datatypes.html_head import add_head, take_off_head

WANDB_HEAD = '<base target="_blank"><link rel="stylesheet" type="text/css" href="https://app.wandb.ai/normalize.css" />'
DOCUMENTS = {
    "fragment": "<p>fragment &amp; entity</p>",
    "with head": "<html><head><title>t</title></head><body>b</body></html>",
    "empty head": "<html><head></head><body>b</body></html>",
    "no head": "<html><body>no head</body></html>",
    "two heads": "<html><head></head><pre><head></head></pre></html>",
    "foreign head": '<html lang="de"><head lang="de"></head></html>',
    "head in a sample": f"<pre>{WANDB_HEAD}</pre>",
    "empty": "",
}


def stored(value: Html) -> str:
    return value.open().read().decode()


def back(value: Html) -> Html:
    store = DictStore()
    entry = store.add(value, "page")
    assert entry.path == "page.html-file.json"
    return store.get(entry.path)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
@pytest.mark.parametrize("inject", [True, False])
def test_a_document_comes_back_equal(document, inject):
    value = Html(document, inject=inject)
    again = back(value)
    assert again.html == document == value.html
    assert again == value
    assert again.difference(value) == {"lines_added": 0, "lines_removed": 0, "changed": 0}
    assert again.fidelity == value.fidelity
    assert value.fidelity.verdict == "lossless"
    assert again.head == ("vitrina" if inject else None)


def test_inject_false_changes_no_byte():
    assert stored(Html("  <p>ä</p>\r\n", inject=False)) == "  <p>ä</p>\r\n"


@pytest.mark.parametrize(
    ("document", "before", "after"),
    [
        ("<html><head><title/></head></html>", "<html><head>", "<title/></head></html>"),
        ("<html><body/></html>", "<html><head>", "</head><body/></html>"),
        ("<p>x</p>", "", "<p>x</p>"),
    ],
)
def test_the_head_goes_where_the_sdk_puts_it(document, before, after):
    text = stored(Html(document))
    assert text.startswith(before + '<base target="_blank"><style data-vitrina=')
    assert text.endswith("</style>" + after)


def test_no_foreign_link_is_put_in():
    assert "http" not in stored(Html("<html><body/></html>"))


def test_blanks_at_both_ends_go_as_in_the_sdk_and_are_counted():
    value = Html("<p>x</p> \n")
    assert value.html == "<p>x</p>"
    assert value.fidelity.verdict == "lossy"
    assert value.fidelity.dropped == 2
    assert back(value).fidelity == value.fidelity


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (f"{WANDB_HEAD}<p>one</p>", "<p>one</p>"),
        (f"<html><head>{WANDB_HEAD}<title>t</title></head></html>", "<html><head><title>t</title></head></html>"),
        (f"<html><head>{WANDB_HEAD}</head><body>b</body></html>", "<html><body>b</body></html>"),
        (f"<p>{WANDB_HEAD}</p>", f"<p>{WANDB_HEAD}</p>"),
    ],
)
def test_the_head_of_wandb_is_taken_off(text, document):
    store = DictStore(files={"a.html": text.encode()})
    value = WBValue.init_from_json({"_type": "html-file", "path": "a.html"}, store)
    assert not store.opened
    assert value.html == document
    assert value.text == text
    assert value.head == ("wandb" if text != document else None)
    assert value == Html(document)


def test_a_head_is_not_put_in_twice():
    once = Html("<p>x</p>")
    assert stored(Html(once.text)) == once.text
    assert stored(Html(f"{WANDB_HEAD}<p/>")) == f"{WANDB_HEAD}<p/>"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_head_put_in_comes_off_again(document):
    text = add_head(document)
    if take_off_head(document)[1] is None:
        assert take_off_head(text)[0].strip() == document.strip()


@given(st.lists(st.sampled_from(["<html>", "<head>", "</head>", "<html><head>", " ", "x", WANDB_HEAD]), max_size=6))
def test_a_head_comes_off_whatever_tags_there_are(parts):
    document = "".join(parts).strip()
    if take_off_head(document)[1] is None:
        assert take_off_head(add_head(document)) == (document, "vitrina")


@pytest.mark.parametrize("name", ["a.html", "a.HTML", "a.htm"])
@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["text", "PathLike"])
def test_a_path_is_copied_byte_for_byte_under_a_name_that_the_sdk_reads(tmp_path, name, kind):
    path = tmp_path / name
    path.write_bytes(b"<p>\xe4</p>\r\n")
    value = Html(kind(path), inject=False)
    store = DictStore()
    fields = value.to_json(store)
    assert fields["path"] == f"media/html/{value._file().sha256[:20]}/a.html"
    assert store.files[fields["path"]] == path.read_bytes()
    assert "caption" not in fields


def test_a_path_with_inject_is_read(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<p>ü</p>", encoding="utf-8")
    value = Html(str(path))
    assert value.html == "<p>ü</p>"
    assert value.fidelity.source["kind"] == "file"


def test_text_that_is_no_existing_html_file_is_the_document(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    for text in (str(tmp_path / "none.html"), str(tmp_path / "a.txt"), "x" * 5000 + ".html", "a\0.html"):
        assert Html(text, inject=False).html == text


def test_data_is_not_path(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<p/>")
    assert Html(str(path), inject=False, data_is_not_path=True).html == str(path)


@pytest.mark.parametrize("file", [io.StringIO("<b>from io</b>"), io.BytesIO(b"<b>from io</b>")])
def test_file_objects_are_rewound_and_read(file):
    file.read()
    assert Html(file).html == "<b>from io</b>"
    assert stored(Html(file, inject=False)) == "<b>from io</b>"


@pytest.mark.parametrize("data", [5, None, b"<p/>", ["<p/>"]])
def test_what_is_no_document_is_refused(data):
    with pytest.raises(RejectedValueError, match=r"data: is \w+\. Pass the document as text"):
        Html(data)


def test_refused_paths_and_text(tmp_path):
    other = tmp_path / "a.txt"
    other.write_text("x")
    with pytest.raises(RejectedValueError, match=r"a\.txt: is the path of no \.html file"):
        Html(other)
    with pytest.raises(MissingMediaError, match=r"none\.html"):
        Html(tmp_path / "none.html")
    with pytest.raises(RejectedValueError, match="lone surrogate"):
        Html("a\ud800")


def test_encodings():
    def read(data: bytes) -> str:
        store = DictStore(files={"a.html": data})
        return Html.from_file("a.html", store).text

    assert read(b"\xef\xbb\xbf<p>\xc3\xa4") == "<p>ä"
    assert read("<p>ä".encode("utf-16")) == "<p>ä"
    assert read(b'<meta charset="ISO-8859-1"><p>\xe4\x80').endswith("<p>ä€")
    assert read('<meta charset="shift_jis"><p>表'.encode("shift_jis")).endswith("<p>表")
    for declared in (b"", b'<meta charset="rot13">', b'<meta charset="unicode_escape">', b'<meta charset="euc-jp">'):
        with pytest.raises(UnreadableMediaError, match=r"a\.html: is not utf-8"):
            read(declared + b"<p>\xe4")


def test_a_document_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setenv("VITRINA_MAX_JSON_BYTES", "10")
    value = Html.from_file("a.html", DictStore(files={"a.html": b"x" * 11}))
    with pytest.raises(DecodeLimitError, match="limit of 10 bytes"):
        _ = value.html


def test_a_run_and_a_list_in_a_run():
    run = DictRun("pages", 7)
    values = [Html("<p>a</p>"), Html("<p>b</p>", inject=False)]
    for value in values:
        value.bind_to_run(run, "pages", 7)
    fields = Html.seq_to_json(values, run, "pages", 7)
    assert fields["_type"] == "html"
    assert fields["count"] == 2
    first = fields["html"][0]
    assert first["path"] == f"media/html/pages_7_{first['sha256'][:20]}.html"
    assert first["size"] == len(run.files[first["path"]])
    assert WBValue.init_from_json(json.loads(json.dumps(fields)), run) == values
    with pytest.raises(ValueError, match=r'html JSON: field "html" is no list'):
        WBValue.init_from_json({"_type": "html", "count": 1}, run)


def test_unknown_fields_and_records_survive():
    store = DictStore(files={"a.html": b"<p/>"})
    fields = {
        "_type": "html-file",
        "path": "a.html",
        "sha256": Html("<p/>", inject=False)._file().sha256,
        "later": [1],
        "fidelity": FidelityRecord("lossless", {"kind": "text"}).to_json(),
    }
    assert WBValue.init_from_json(fields, store).to_json(store) == fields


def test_difference_counts_lines():
    left, right = Html("a\nb\nc", inject=False), Html("b\na\nd", inject=False)
    assert left.difference(right) == {"lines_added": 1, "lines_removed": 1, "changed": 1}
    assert Html("a\nb").difference(Html("b\na")) == {"lines_added": 0, "lines_removed": 0, "changed": 1}


def test_facts_and_shows():
    value = Html('<p title="q">é</p>')
    facts = back(value).facts()
    assert facts["injected"] is True
    assert facts["head"] == "vitrina"
    assert facts["text"] == value.text
    assert facts["file"]["bytes"] == len(value.text.encode())
    shown = value._repr_html_()
    assert shown.startswith("<iframe sandbox ")
    assert '<p title="q">' not in shown
    assert "&lt;p title=&quot;q&quot;&gt;" in shown
    assert repr(Html("<p/>", inject=False)) == "Html(4 bytes)"

"""HTML documents, the pure half: what acts in them, what stays blank, which text is shown and which stands behind."""

import io

import numpy as np
import pytest
from PIL import Image as PilImage

from app.opaque import _running_page, _without_frames
from app.policies import STILL_POLICY, page_policy, running_policy
from app.renderers import Context, for_tag, prepared
from app.renderers.html_file import preview, shown_text
from app.renderers.html_outline import outline
from datatypes import Html
from storage import open_source

WANDB_HEAD = '<base target="_blank"><link rel="stylesheet" type="text/css" href="https://app.wandb.ai/normalize.css" />'


@pytest.fixture
def look(tmp_path):
    """Return a function that stores a document and prepares its view; texts that were registered are in `made`."""
    made = {}

    def register(data, mime, ident):
        made[ident.split("/")[0]] = data
        return f"/api/d/{len(made)}"

    def prepare(document):
        data = document if isinstance(document, bytes) else document.encode()
        (tmp_path / "page.html").write_bytes(data)
        artifact = open_source(tmp_path)
        context = Context(
            artifact=artifact, name="page.html", url_for=lambda _, name: f"/api/m/{name}", url_for_bytes=register
        )
        return prepared(for_tag("html-file"), artifact.get("page.html"), context)

    prepare.made = made
    return prepare


def test_what_stays_blank_is_counted_with_its_reason(look):
    view = look(
        '<title>A &amp; B</title><script src="https://b.example/x.js"></script><img src="//a.example/i.png">'
        '<img src="data:image/png;base64,xx"><img srcset="pic.png 2x"><link rel=stylesheet href=/s.css>'
        "<iframe src=https://c.example/f></iframe><!-- <img src=http://d.example> --><a href=http://e.example>link</a>"
        "<style>p { background: url(https://f.example/p.png) } q { background: url(data:x) }</style>"
    )
    (notice,) = view.notices
    assert notice.text == (
        "1 script, 2 images, 1 style sheet, 1 frame and 1 file of styles stay blank, because they lie outside the "
        "document and this viewer opens no network: a.example, b.example, c.example and 1 more"
    )
    assert view.body["running"] is None  # a script that cannot be loaded is nothing to switch on
    assert view.body["label"] == "A & B"


@pytest.mark.parametrize(
    ("document", "acts"),
    [
        ("<p>text", False),
        ("<script>x()</script>", True),
        ('<script type="module">x()</script>', True),
        ('<script type="application/json">{}</script>', False),
        ("<p onclick=x()>", True),
        ("<p title='one = 1'>", False),
        ("<a href='javascript:x()'>", True),
    ],
)
def test_a_switch_stands_only_where_scripts_are(look, document, acts):
    view = look(document)
    assert (view.body["running"] is not None) == acts
    assert view.body["url"].endswith("/still")


def test_the_head_of_wandb_is_told_and_not_shown(look):
    view = look(f"<html><head>{WANDB_HEAD}<title>t</title></head><body>b</body></html>")
    assert [source["name"] for source in view.body["sources"]] == ["as stored", "as logged"]
    assert ("Head put in", "W&B’s, when it was logged") in view.facts
    assert view.notices == ()
    assert look.made["html"]() == b"<html><head><title>t</title></head><body>b</body></html>"
    value = Html(f"{WANDB_HEAD}<p>b", inject=False)
    assert "app.wandb.ai" not in shown_text(value)


def test_sources_are_the_stored_text(look):
    document = "<p>Größe\r\n<p>" + "x" * 10
    view = look(document)
    assert [source["name"] for source in view.body["sources"]] == ["as stored"]
    assert look.made["text"]() == document.encode()
    assert look("").notices[0].text == "0 characters: the document is empty"


def test_a_document_in_no_encoding_is_a_card(look):
    assert "is not utf-8" in look(b"<p>\xff\xfe\xff").problem


def test_frames_inside_a_still_document_are_none():
    document = '<iFrame src="http://x">old</IFRAME><frame\nsrc=x><iframes><frameset></frameset>'
    expected = '<x-frame hidden src="http://x">old</x-frame><x-frame hidden\nsrc=x><iframes><frameset></frameset>'
    assert _without_frames(document).decode() == expected


def test_a_running_document_is_inert_until_our_script_has_read_it():
    page = _running_page("<!DOCTYPE html><script>alert('</script>')</script>", "abc").decode()
    assert page.startswith("<!doctype html>")
    assert page.count("<script") == 2
    assert "<script>alert" not in page
    assert not _running_page("<p>quirks", "abc").startswith(b"<!doctype")


def test_policies_allow_no_request():
    for policy in (STILL_POLICY, running_policy("n"), page_policy(["x"]), page_policy(["x"], evaluates=True)):
        assert policy.startswith("sandbox")
        assert "allow-same-origin" not in policy
        assert "http" not in policy
        assert "'self'" not in policy.replace("frame-ancestors 'self'", "")
    assert "script-src" not in STILL_POLICY
    assert "unsafe-eval" not in page_policy(["x"])
    first, second = running_policy("n").split(", ")
    assert "'nonce-n'" in first
    assert "nonce" not in second


def test_the_outline_of_a_long_hostile_text_is_found_in_time():
    for piece in ("<", "<a ", "<script", "<!--", "<style", "<p on", "<img src=", "url(", "<h1>", "<title>"):
        outline(piece * 200_000)


def test_the_preview_is_a_sheet_with_words():
    picture = np.asarray(PilImage.open(io.BytesIO(preview(Html("<title>Report</title><p>All is well.")))).convert("L"))
    empty = np.asarray(PilImage.open(io.BytesIO(preview(Html("<p></p>")))).convert("L"))
    assert picture.shape == empty.shape == (200, 320)
    assert picture.min() < 90
    assert empty.min() > 250

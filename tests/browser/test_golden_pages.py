"""Every value that a real SDK wrote is drawn by its own page: no error of a script or of the policy, nothing empty.

One viewer an SDK, one page, and the way from value to value is the page's own, as a visitor takes it: no load in
between. `new_page` fails the test on whatever would leave the machine.
"""

from pathlib import Path

import numpy as np
import pytest

from app.renderers import for_tag
from app.session import open_target
from app.views.addresses import entry_page
from app.views.opening import open_entry

GOLDEN = Path(__file__).parents[1] / "golden" / "data"
SDKS = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir() and (path / "images").is_dir())

#: The way from page to page without a load; see `go` in `app/components/shared.js`.
GO = """href => { history.pushState(null, "", href);
  window.dispatchEvent(new PopStateEvent("popstate", { state: null })); }"""

DRAWN = ".st-key-main [data-ready], .st-key-main [data-error]"


def values_of(sdk):
    """Give the address of each value, its name, and whether it can be opened at all."""
    session = open_target(GOLDEN / sdk)
    for artifact in session.artifacts():
        for name in artifact.value_names():
            entry = open_entry(artifact, name)
            yield entry_page(artifact.qualified_name, name), name, entry


@pytest.mark.slow
@pytest.mark.parametrize("sdk", SDKS)
def test_every_value_is_drawn(sdk, start_viewer, new_page, tmp_path):
    page = new_page(start_viewer(GOLDEN / sdk, env={"VITRINA_CACHE": str(tmp_path)}))
    page.show("/", "[data-ready]")
    seen = set()
    for href, name, entry in values_of(sdk):
        page.evaluate(GO, href)
        page.locator(".crumbs").get_by_text(short_name(name), exact=True).last.wait_for(timeout=30_000)
        page.idle()
        page.locator(DRAWN).first.wait_for(timeout=30_000)
        errors = page.locator(".st-key-main [data-error]").evaluate_all("all => all.map(one => one.dataset.error)")
        if entry.problem is None:
            assert errors == [], f"{href}: {errors}"
            seen.add(for_tag(entry.tag).TYPE_NAME)
        else:
            assert len(errors) == 1, f"{href}: {errors}"
        pixels = page.pixels(page.locator(".st-key-main"))
        assert page.seen == [], f"{href}: {page.seen}"
        assert np.unique(pixels.reshape(-1, 3), axis=0).shape[0] > 2, f"{href}: nothing is drawn"
    assert {"Image", "Table", "Audio"} <= seen


def short_name(name):
    from app.views.frame import short_name as short

    return short(name)

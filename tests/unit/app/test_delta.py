"""Changes between versions, counted against sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delta import Delta, _count, delta
from storage import Artifact, Store

NAMES = st.dictionaries(st.text("abc/", min_size=1, max_size=3), st.sampled_from("xyz"), max_size=8)


@given(NAMES, NAMES)
def test_it_counts_as_sets_do(before, after):
    changed = sum(before[name] != after[name] for name in before.keys() & after.keys())
    wanted = Delta(len(after.keys() - before.keys()), len(before.keys() - after.keys()), changed)
    assert _count(sorted(before.items()), sorted(after.items())) == wanted


@pytest.mark.parametrize(
    ("counts", "text"),
    [((0, 0, 0), "no entry changed"), ((1200, 0, 0), "+1,200"), ((1, 2, 3), "+1 −2 ~3"), ((0, 0, 5), "~5")],
)
def test_it_says_what_is_not_nothing(counts, text):
    assert Delta(*counts).text == text


def test_it_is_kept_by_the_digests(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))
    store = Store(tmp_path / "store")
    for text in ("one", "two"):
        artifact = Artifact("a", type="t")
        with artifact.new_file("note.txt") as file:
            file.write(text)
        with artifact.new_file(f"{text}.txt") as file:
            file.write("x")
        store.log_artifact(artifact)
    versions = [store.artifact(f"a:v{number}") for number in range(2)]
    assert delta(*versions) == Delta(1, 1, 1)
    monkeypatch.setattr("app.delta._count", lambda *_: pytest.fail("counted again"))
    assert delta(*versions) == Delta(1, 1, 1)

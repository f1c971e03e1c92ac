"""The story of the demo: detectors against a slow reading of the same rules, and the numbers that it is told by."""

import itertools

import numpy as np
import pytest
import scipy.ndimage
import skimage.filters
from hypothesis import given, settings
from hypothesis import strategies as st

from app.demo import story, tiles
from app.demo.build import STEPS, build
from app.demo.network import residual_network
from app.demo.strings import plucked
from app.demo.tour import WORST, tour
from app.demo.vision import Found, box_blur, components, intersection_over_union, otsu, score
from storage import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The whole demo, and what it said while it was built."""
    store = Store(tmp_path_factory.mktemp("demo") / "demo", durability="none")
    said = []
    build(store, said.append)
    assert len(said) == STEPS
    return store


class TestVision:
    @given(st.integers(0, 2**30 - 1), st.integers(1, 6))
    @settings(max_examples=200, deadline=None)
    def test_components_are_those_of_scipy(self, bits, width):
        cells = np.array([bits >> place & 1 for place in range(30)], bool)[: 30 // width * width].reshape(-1, width)
        labels, count = scipy.ndimage.label(cells)
        places = scipy.ndimage.find_objects(labels)
        wanted = {
            (at[1].start, at[0].start, at[1].stop, at[0].stop, int((labels == number).sum()))
            for number, at in enumerate(places, 1)
        }
        found = components(cells)
        assert len(found) == count
        assert set(found) == wanted

    def test_the_threshold_is_that_of_scikit_image(self):
        for _, grey in story.conditions():
            assert otsu(grey) == skimage.filters.threshold_otsu(grey)

    def test_the_mean_over_a_square(self):
        values = np.random.default_rng(0).uniform(0, 255, (20, 31))
        assert np.allclose(box_blur(values, 5), scipy.ndimage.uniform_filter(values, 5, mode="reflect"))

    @pytest.mark.parametrize(
        ("one", "other", "wanted"),
        [((0, 0, 2, 2), (0, 0, 2, 2), 1), ((0, 0, 2, 2), (1, 0, 3, 2), 1 / 3), ((0, 0, 1, 1), (1, 1, 2, 2), 0)],
    )
    def test_overlap(self, one, other, wanted):
        assert intersection_over_union(one, other) == pytest.approx(wanted)

    def test_a_true_box_is_matched_once(self):
        twice = [Found((0, 0, 10, 10), 0.9), Found((0, 0, 10, 9), 0.8)]
        result = score([(0, 0, 10, 10), (20, 20, 30, 30)], twice)
        assert result == (1, 1, 1, 1.0)
        assert result.f1 == 0.5


class TestStory:
    def test_numbers_follow_from_the_boxes(self, store):
        for version in ("v0", "v1"):
            table = store.artifact(f"{story.DETECTOR}:{version}").get("scenes")
            assert list(table.columns) == story.COLUMNS
            for _, row in table.iterrows():
                boxes = {name: boxes.corners(384, 303) for name, boxes in row[1].boxes.items()}
                found = [Found(tuple(map(int, box)), 0) for box in boxes["found"]]
                result = score([tuple(map(int, box)) for box in boxes["truth"]], found)
                assert (row[6], row[7], row[8]) == (len(found), result.missed, result.false)
                assert row[2] == round(result.f1, 3)

    def test_the_newer_detector_is_worse_in_one_scene(self, store):
        old, new = (store.artifact(f"{story.DETECTOR}:{version}").get("scenes") for version in ("v0", "v1"))
        both = zip(old.get_column("scene"), old.get_column("f1"), new.get_column("f1"), strict=True)
        assert [scene for scene, before, after in both if after < before] == [WORST]

    def test_the_joined_table_copies_nothing(self, store):
        joined = store.artifact(story.COMPARISON)
        assert tuple(joined.get("old-and-new").counts()) == (14, 0, 0)
        rows = joined.get("old-and-new").join()
        for side, version in (("f1_x", "v0"), ("f1_y", "v1")):
            scores = store.artifact(f"{story.DETECTOR}:{version}").get("scenes").get_column("f1")
            assert list(rows.get_column(side)) == list(scores)
        assert not any(name.startswith("media/images") for name in joined.names())

    def test_the_tour_leads_to_what_is_there(self, store):
        steps = tour(store)
        assert len(steps) == 5
        assert all(step.href.startswith("/") and step.title and step.text for step in steps)
        assert "q=f1_y" in steps[1].href
        assert "row=11" in steps[2].href

    def test_building_again_adds_no_version(self, store):
        before = {row.name: store.versions(row.name)[0].version for row in store.artifacts()}
        store.log_artifact(story.evaluation(1))
        assert {row.name: store.versions(row.name)[0].version for row in store.artifacts()} == before


class TestParts:
    def test_tiles_are_cut_from_their_photographs(self):
        for tile in itertools.islice(tiles.cut(), 0, None, 97):
            whole = tiles.photograph(tile.photograph)
            top, left = tile.row * tiles.SIDE, tile.column * tiles.SIDE
            assert np.array_equal(tile.pixels, whole[top : top + tiles.SIDE, left : left + tiles.SIDE])

    def test_the_run_learns(self, store):
        (run,) = store.runs()
        rows = [values for _, values in run.rows_json()]
        losses = [row["train/loss"] for row in rows]
        assert np.mean(losses[-20:]) < 0.5 * losses[0]
        assert sum("guess" in row for row in rows) == 7

    def test_the_network_has_the_parameters_of_the_paper(self):
        graph = residual_network([2, 2, 2, 2])
        assert sum(node.num_parameters for node in graph.nodes) == 11_689_512

    def test_a_string_sounds_at_its_pitch(self):
        sound = plucked(69, 1.0, 22_050)
        spectrum = np.abs(np.fft.rfft(sound))
        assert abs(int(np.argmax(spectrum[:600])) - 440) <= 5  # hertz: the sound is one second long
        assert np.abs(sound).max() <= 1

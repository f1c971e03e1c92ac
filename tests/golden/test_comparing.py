"""What real SDKs wrote, against itself and against what other SDKs wrote under the same name."""

import itertools
from collections import defaultdict
from pathlib import Path

import pytest

from app.comparing import compare_artifacts, nonzero
from app.comparing.words import spoken
from app.session import open_target


@pytest.fixture(scope="module")
def by_recipe():
    """Return recipe → artifacts of several SDKs, the oldest first."""
    found = defaultdict(list)
    for artifact in open_target(Path(__file__).parent / "data").artifacts():
        if "/" in artifact.name:
            found[artifact.name.partition("/")[2]].append(artifact)
    return found


def test_everything_equals_itself(by_recipe):
    for artifacts in by_recipe.values():
        for artifact in artifacts:
            found = compare_artifacts(artifact, artifact)
            assert found.is_equal, artifact.name
            assert found.equal == len(artifact.manifest.entries)


def test_every_value_is_measured_and_every_measure_has_words(by_recipe):
    pairs = [pair for artifacts in by_recipe.values() for pair in itertools.pairwise(artifacts)]
    assert len(pairs) > 100
    for left, right in pairs:
        for change in compare_artifacts(left, right).changed:
            assert "problem" not in change.metrics, (left.name, change.entry)
            assert 0 < change.severity <= 1
            assert list(nonzero(change.metrics))
            assert spoken(change.metrics), (left.name, change.entry, change.metrics)


def test_swapping_the_sides_swaps_what_was_added(by_recipe):
    for artifacts in by_recipe.values():
        for left, right in itertools.pairwise(artifacts):
            forth, back = compare_artifacts(left, right), compare_artifacts(right, left)
            assert (forth.added, forth.removed) == (back.removed, back.added)
            assert {change.entry for change in forth.changed} == {change.entry for change in back.changed}

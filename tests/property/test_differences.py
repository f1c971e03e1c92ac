"""Random known edits: `difference` counts exactly those, whatever they are and however many."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from value_contract import nonzero

import datatypes as dt
from datatypes.cloud_facts import compare_rows

COLUMNS = ("a", "b", "c", "d")


def unique_rows(count, key):
    """Rows of which every cell occurs once, so that edits can be told apart."""
    return [[row if key else f"r{row}", f"b{row}", row * 1.5, f"d{row}"] for row in range(count)]


@st.composite
def table_edits(draw):
    """A number of rows, and what is done to them: cells that change, rows that go, places where new ones come."""
    count = draw(st.integers(1, 40))
    rows = st.integers(0, count - 1)
    removed = draw(st.sets(rows, max_size=6))
    cells = draw(st.sets(st.tuples(rows, st.integers(1, 3)), max_size=8))
    cells = {(row, column) for row, column in cells if row not in removed}
    cells = {(row, column) for row, column in cells if len({c for r, c in cells if r == row}) < 3}
    added = draw(st.lists(st.integers(0, count), max_size=5))
    return count, removed, cells, sorted(added)


def edited(rows, removed, cells, added, key):
    new = []
    for row, old in enumerate([*rows, None]):
        new += [
            [10_000 + row * 100 + at if key else f"n{row}-{at}", f"nb{row}-{at}", -1.0 - row - at / 10, "new"]
            for at in range(added.count(row))
        ]
        if old is not None and row not in removed:
            changed = {column for other, column in cells if other == row}
            new.append(
                [(-7.0 if column == 2 else f"e{row}") if column in changed else old[column] for column in range(4)]
            )
    return new


@settings(max_examples=120, deadline=None)
@given(table_edits())
def test_rows_by_key(edits):
    count, removed, cells, added = edits
    rows = unique_rows(count, key=True)
    columns = ("id", *COLUMNS[1:])
    left = dt.Table(columns=list(columns), data=rows)
    right = dt.Table(columns=list(columns), data=edited(rows, removed, cells, added, key=True))
    found = left.difference(right)
    by_column = {name: sum(1 for _, column in cells if columns[column] == name) for name in columns}
    assert (found["rows_removed"], found["rows_added"]) == (len(removed), len(added))
    assert found["changed_by_column"] == {name: number for name, number in by_column.items() if number}
    assert (found["cells_changed"], found["rows_moved"]) == (len(cells), 0)
    assert (left == right) == (not list(nonzero(found)))


@settings(max_examples=120, deadline=None)
@given(table_edits())
def test_rows_by_their_order(edits):
    count, removed, cells, added = edits
    rows = unique_rows(count, key=False)
    left = dt.Table(columns=list(COLUMNS), data=rows)
    right = dt.Table(columns=list(COLUMNS), data=edited(rows, removed, cells, added, key=False))
    found = left.difference(right)
    # A row that went where another came is one that changed: nothing tells the two apart.
    replaced = (len(removed) - found["rows_removed"], len(added) - found["rows_added"])
    assert replaced[0] == replaced[1] >= 0
    assert found["cells_changed"] == len(cells) + 4 * replaced[0]
    assert (left == right) == (not list(nonzero(found)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_pixels(data):
    kind = data.draw(st.sampled_from(["uint8", "uint16"]))
    height, width = data.draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    top = np.iinfo(kind).max
    pixels = np.full((height, width), 100, kind)
    places = data.draw(st.dictionaries(st.integers(0, height * width - 1), st.integers(0, top), max_size=10))
    other = pixels.copy()
    for place, value in places.items():
        other.flat[place] = value
    found = dt.Image(pixels).difference(dt.Image(other))
    error = other.astype(float) - pixels
    assert found["changed_pixels"] == np.count_nonzero(error)
    assert found["max_abs"] == np.abs(error).max()
    if error.any():
        assert abs(found["psnr_db"] - 20 * np.log10(top / np.sqrt(np.mean(error**2)))) < 1e-9
    else:
        assert not list(nonzero(found))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sets(st.integers(0, 99), max_size=8),
    st.sets(st.integers(0, 99), max_size=8),
    st.integers(0, 6),
    st.booleans(),
)
def test_points(seed, removed, moved, more, shuffled):
    rng = np.random.default_rng(seed)
    spots = np.stack(np.meshgrid(*[np.arange(5.0)] * 3), axis=-1).reshape(-1, 3)[:100] + rng.random((100, 3)) * 0.1
    points = np.hstack([spots, rng.random((100, 1))])
    steps = np.zeros_like(points)
    for at in moved - removed:
        steps[at, :3] = rng.normal(0, 0.004, 3)
    other = np.delete(points + steps, sorted(removed), axis=0)
    other = np.vstack([other, rng.random((more, 4)) + np.array([8, 8, 8, 0])])
    if shuffled:
        other = rng.permutation(other)
    found = compare_rows(points, other)
    is_far = len(removed) == more > 0  # as many rows on both sides: those at one number are taken for one
    counts = found["added"], found["removed"], found["moved"] + found["changed"]
    if not is_far:
        assert counts == (more, len(removed), len(moved - removed))
        lengths = np.linalg.norm(steps[:, :3], axis=1)
        assert abs(found["max_distance"] - lengths.max()) < 1e-12
    else:
        assert counts[0] == counts[1] <= more


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
                    max_leaves=12))  # fmt: skip
def test_documents_equal_themselves(document):
    import copy

    from datatypes.json_difference import compare_json

    assert not list(nonzero(compare_json(document, copy.deepcopy(document))))
    assert list(nonzero(compare_json({"x": document}, {"x": [document]})))

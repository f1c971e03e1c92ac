"""Known edits to artifacts of every type: the comparison reports those edits and no others."""

import json
import math

import numpy as np
import pytest

import datatypes as dt
from app.comparing import compare_artifacts, compare_entries, compare_runs, compare_sessions, jobs, nonzero
from app.comparing.details import details_of, text_details
from app.comparing.model import Difference
from app.comparing.pictures import difference_picture, series_picture
from app.comparing.severity import severity_of
from app.comparing.sides import Side, find_side
from app.comparing.words import fact_of, spoken
from app.session import open_target
from storage import Artifact, Store
from storage.export import export_wandb

RNG = np.random.default_rng(3)
PIXELS = RNG.integers(0, 256, (12, 16, 3), dtype=np.uint8)
CLIP = RNG.integers(0, 256, (5, 3, 16, 24), dtype=np.uint8)
POINTS = RNG.random((60, 3))
SOUND = RNG.normal(0, 0.1, 400)
IDS = RNG.integers(0, 3, (12, 16))
LABELS = {0: "a", 1: "b", 2: "c"}
MOLECULE = "2\nwater\nO 0.0 0.0 0.0\nH 0.0 0.0 1.0\n"


def changed(array, at, value):
    copy = array.copy()
    copy[at] = value
    return copy


def graph(kind="Dense", edges=((0, 1), (1, 2))):
    found = dt.Graph()
    nodes = [dt.Node(id=at, name=f"n{at}", class_name=kind if at == 1 else "Dense") for at in range(3)]
    for node in nodes:
        found.add_node(node)
    for one, other in edges:
        found.add_edge(nodes[one], nodes[other])
    return found


def mask(ids):
    return {"m": {"mask_data": ids, "class_labels": LABELS}}


def pdb(x):
    return f"ATOM      1  N   ALA A   1    {x:8.3f}   0.000   0.000  1.00  0.00           N  \nEND\n"


def molecule(x):
    import io

    return dt.Molecule(io.StringIO(pdb(x)), file_type="pdb")


#: Name, value before, value after, and all that must be told of it, measure → number.
EDITS = {
    "pixel": (lambda: dt.Image(PIXELS), lambda: dt.Image(changed(PIXELS, (3, 4), PIXELS[3, 4] ^ 8)),
              {"max_abs": 8, "changed_pixels": 1}),
    "caption": (lambda: dt.Image(PIXELS), lambda: dt.Image(PIXELS, caption="x"), {"fields": ["caption"]}),
    "mask": (lambda: dt.Image(PIXELS, masks=mask(IDS)),
             lambda: dt.Image(PIXELS, masks=mask(changed(IDS, (0, 0), (IDS[0, 0] + 1) % 3))),
             {"masks.m.changed_pixels": 1}),
    "sound": (lambda: dt.Audio(SOUND, 8000, exact=True), lambda: dt.Audio(changed(SOUND, 9, 0.5), 8000, exact=True),
              {"max_abs": abs(0.5 - SOUND[9])}),
    "film": (lambda: dt.Video(CLIP, exact=True), lambda: dt.Video(changed(CLIP, (2, 0, 3, 4), CLIP[2, 0, 3, 4] ^ 16),
                                                                  exact=True),
             {"changed_frames": 1, "changed_pixels": 1, "max_abs": 16}),
    "points": (lambda: dt.Object3D(POINTS, exact=True), lambda: dt.Object3D(POINTS[1:], exact=True), {"removed": 1}),
    "atoms": (lambda: molecule(0), lambda: molecule(0.5), {"moved": 1, "max_distance": 0.5}),
    "net": (graph, lambda: graph("Conv", ((0, 1),)), {"nodes_changed": 1, "edges_removed": 1}),
    "bins": (lambda: dt.Histogram(np_histogram=([1, 2, 3], [0, 1, 2, 3])),
             lambda: dt.Histogram(np_histogram=([1, 2, 4], [0, 1, 2, 3])), {"bins_changed": 1}),
    "page": (lambda: dt.Html("a\nb", inject=False), lambda: dt.Html("a\nc", inject=False),
             {"lines_added": 1, "lines_removed": 1, "changed": 1}),
    "rows": (lambda: dt.Table(columns=["id", "x"], data=[[at, at / 4] for at in range(9)]),
             lambda: dt.Table(columns=["id", "x"], data=[[at, at / 4 + (at == 3)] for at in range(1, 10)]),
             {"rows_added": 1, "rows_removed": 1, "cells_changed": 1, "changed_by_column.x": 1}),
    "parts": (lambda: dt.Classes([{"id": 0, "name": "a"}]), lambda: dt.Classes([{"id": 0, "name": "b"}]),
              {"renamed": ["0"]}),
}  # fmt: skip

#: Measures that follow from others: decibels, shares, and how a measure was taken.
_DERIVED = ("matched", "psnr_db", "snr_db", "mask_iou", "emd", "key")


def numbers(metrics, place=""):
    """Return the measures that say that something differs, flat."""
    found = {}
    for key, item in metrics.items():
        name = f"{place}{key}"
        if key in _DERIVED or name.startswith(_DERIVED):
            continue
        if isinstance(item, dict):
            found |= numbers(item, f"{name}.")
        elif item:
            found[name] = item
    return found


def logged(store, values, files=()):
    artifact = Artifact("everything", type="dataset")
    for name, value in values.items():
        artifact.add(value, name)
    for name, text in dict(files).items():
        with artifact.new_file(name) as file:
            file.write(text)
    return Store(store).log_artifact(artifact)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two versions of an artifact with a value of each type; every one of them was edited."""
    store = tmp_path_factory.mktemp("pair") / "store"
    befores = {name: before() for name, (before, _, _) in EDITS.items()}
    afters = {name: after() for name, (_, after, _) in EDITS.items()}
    files = {"notes.txt": "one\ntwo\n", "config.json": '{"lr": 0.1, "same": [1, 2]}'}
    edited = {"notes.txt": "one\n2\n", "config.json": '{"lr": 0.2, "same": [1, 2]}'}
    same = {"untouched": dt.Image(PIXELS[:4])}
    left = logged(store, {**befores, **same, "gone": dt.Image(PIXELS[:5])}, files)
    return left, logged(store, {**afters, **same, "come": dt.Image(PIXELS[:6])}, edited)


class TestEdits:
    def test_those_and_no_others(self, pair):
        found = compare_artifacts(*pair)
        assert found.added == ["come.image-file.json"]
        assert found.removed == ["gone.image-file.json"]
        by_name = {change.entry.split(".")[0]: change for change in found.changed}
        assert set(by_name) == {*EDITS, "notes", "config"}
        for name, (_, _, expected) in EDITS.items():
            told = numbers(by_name[name].metrics)
            assert told == {key: pytest.approx(item) if isinstance(item, float) else item
                            for key, item in expected.items()}, name  # fmt: skip
        assert by_name["config"].metrics["paths"] == ["/lr"]
        notes = by_name["notes"].metrics
        assert (notes["lines_added"], notes["lines_removed"], notes["first_difference"]) == (1, 1, 4)

    def test_an_artifact_against_itself_is_equal(self, pair):
        found = compare_artifacts(pair[0], pair[0])
        assert found.is_equal
        assert found.equal == len(pair[0].manifest.entries)

    def test_swapped_sides_swap_added_and_removed(self, pair):
        forth, back = compare_artifacts(*pair), compare_artifacts(*reversed(pair))
        assert (back.added, back.removed) == (forth.removed, forth.added)
        assert {change.entry for change in back.changed} == {change.entry for change in forth.changed}

    def test_the_worst_comes_first_and_everything_is_between_nothing_and_all(self, pair):
        severities = [change.severity for change in compare_artifacts(*pair).changed]
        assert severities == sorted(severities, reverse=True)
        assert all(0 < severity <= 1 for severity in severities)

    def test_one_entry_alone_measures_the_same(self, pair):
        for change in compare_artifacts(*pair).changed:
            assert compare_entries(pair[0], change.entry, pair[1], change.entry) == change

    def test_against_a_folder_that_was_exported_for_wandb(self, pair, tmp_path):
        export_wandb(pair[0], tmp_path / "everything-v0")
        folder = open_target(tmp_path / "everything-v0").artifacts()[0]
        assert [change for change in compare_artifacts(pair[0], folder).changed if change.type != "file"] == []
        crossed = compare_artifacts(folder, pair[1])
        edited = {change.entry for change in crossed.changed}
        assert {change.entry for change in compare_artifacts(*pair).changed} <= edited

    def test_progress_is_told(self, pair):
        steps = []
        compare_artifacts(*pair, on_step=lambda done, total: steps.append((done, total)))
        assert [done for done, _ in steps] == list(range(len(steps)))
        assert {total for _, total in steps} == {len(steps)}


class TestBroken:
    def test_what_does_not_decode_is_compared_by_its_bytes(self, tmp_path):
        for name, data in (("a", b"no picture"), ("b", b"no pixel")):
            (tmp_path / f"{name}.png").write_bytes(data)
        sides = [open_target(tmp_path / f"{name}.png").artifacts()[0] for name in "ab"]
        change = compare_entries(sides[0], "a.png", sides[1], "b.png")
        assert change.severity == 1
        assert "problem" in change.metrics
        assert change.metrics["first_difference"] == len("no pi")

    def test_another_type_under_one_name(self, tmp_path):
        for name, value in (("a", dt.Image(PIXELS)), ("b", dt.Html("x", inject=False))):
            (tmp_path / name).mkdir()
            artifact = Artifact("one", type="t")
            artifact.add(value, "v")
            Store(tmp_path / name).log_artifact(artifact)
        sides = [Store(tmp_path / name).artifact("one") for name in "ab"]
        change = compare_entries(sides[0], "v.image-file.json", sides[1], "v.html-file.json")
        assert (change.type, change.metrics["type_changed"]) == ("image-file → html-file", 1)

    def test_bytes_between(self, tmp_path):
        (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 9000)
        (tmp_path / "b.bin").write_bytes(bytes(range(256)) * 4500 + b"xyz" + bytes(range(256)) * 4500)
        sides = [open_target(tmp_path / f"{name}.bin").artifacts()[0] for name in "ab"]
        metrics = compare_entries(sides[0], "a.bin", sides[1], "b.bin").metrics
        assert (metrics["first_difference"], metrics["bytes_between"]) == (256 * 4500, 3)
        assert metrics["sizes"] == [256 * 9000, 256 * 9000 + 3]


class TestRuns:
    def run(self, store, loss, *, picture=PIXELS, lr=0.1, extra=()):
        with Store(store).run(project="p", name="r", config={"lr": lr, "same": 1}) as run:
            for step in range(4):
                row = {"loss": loss[step], "acc": step / 4}
                if step == 2:
                    row["image"] = dt.Image(picture)
                run.log({**row, **dict(extra)}, step=step)
        return next(item for item in Store(store).runs() if item.id == run.id)

    def test_keys_and_steps_that_differ_and_no_others(self, tmp_path):
        left = self.run(tmp_path / "s", [4, 3, 2, 1])
        right = self.run(tmp_path / "s", [4, 3.5, 2, 1], picture=changed(PIXELS, (0, 0, 0), PIXELS[0, 0, 0] ^ 4),
                         lr=0.3, extra={"more": 1}.items())  # fmt: skip
        found = compare_runs(left, right)
        assert found.added == ["history/more", "summary/more"]
        assert found.removed == []
        by_name = {change.entry: change.metrics for change in found.changed}
        assert set(by_name) == {"config/lr", "history/loss", "history/image", "summary/image"}
        assert (by_name["history/loss"]["steps_changed"], by_name["history/loss"]["max_abs"]) == (1, 0.5)
        assert by_name["history/image"]["steps"]["2"]["changed_pixels"] == 1
        assert compare_runs(left, left).is_equal

    def test_other_steps(self, tmp_path):
        left, right = self.run(tmp_path / "s", [4, 3, 2, 1]), self.run(tmp_path / "s", [4, math.nan, 2, 1])
        [change] = [item for item in compare_runs(left, right).changed if item.entry == "history/loss"]
        assert change.metrics["max_abs"] == math.inf


class TestStores:
    def test_by_name_the_latest_or_all_versions(self, tmp_path):
        def log(store, name, pixels):
            artifact = Artifact(name, type="t")
            artifact.add(dt.Image(pixels), "cat")
            Store(tmp_path / store).log_artifact(artifact)

        log("a", "pets", PIXELS)
        log("a", "pets", PIXELS[:6])
        log("a", "old", PIXELS)
        log("b", "pets", PIXELS[:6])
        log("b", "pets", PIXELS[:5])
        log("b", "new", PIXELS)
        sides = [open_target(tmp_path / name) for name in "ab"]
        latest = compare_sessions(*sides)
        assert (latest.added, latest.removed) == (["new"], ["old"])
        assert [change.entry for change in latest.changed] == ["pets/cat.image-file.json"]
        every = compare_sessions(*sides, all_versions=True)
        assert (every.added, every.removed) == (["new:v0"], ["old:v0"])
        assert [change.entry for change in every.changed] == [
            "pets:v0/cat.image-file.json",
            "pets:v1/cat.image-file.json",
        ]
        assert compare_sessions(sides[0], sides[0]).is_equal


class TestLists:
    def test_lists_of_values(self):
        from app.comparing.entries import compare_values

        left = [dt.Image(PIXELS), dt.Image(PIXELS[:4])]
        right = [dt.Image(PIXELS), dt.Image(changed(PIXELS[:4], (0, 0), 0)), dt.Image(PIXELS)]
        found = compare_values(left, right)
        assert (found["items_added"], found["items_removed"], found["items_changed"]) == (1, 0, 1)
        assert list(found["items"]) == ["1"]
        assert not list(nonzero(compare_values(left, left)))


class TestWords:
    @pytest.mark.parametrize(
        ("metrics", "expected"),
        [
            ({"max_abs": 0.0, "changed_pixels": 0, "psnr_db": math.inf, "fields": []}, []),
            ({"max_abs": 7.0, "changed_pixels": 1, "psnr_db": 40.0},
             ["largest error 7", "1 pixel changed", "PSNR 40 dB"]),
            ({"masks": {"m": {"changed_pixels": 2000, "mask_iou": {"0": 1.0, "1": 0.5, "2": 0.25}}, "n": "added"}},
             ["masks m: 2,000 pixels changed", "masks m: class 2 IoU 0.25, least of 2", "masks n: added"]),
            ({"rows_added": 0, "cells_changed": 3, "changed_by_column": {"x": 3}, "key": "id"}, ["3 cells changed"]),
            ({"changed": 1, "sizes": [6, 9], "first_difference": 1}, ["6 → 9 bytes"]),
            ({"problem": "cut"}, ["cannot be decoded: cut"]),
            ({"shapes": [[2, 3], [4, 3]], "changed_pixels": 12}, ["2×3 → 4×3", "12 pixels changed"]),
            ({"fields": ["caption", "fps"]}, ["other caption, fps"]),
        ],
    )  # fmt: skip
    def test_only_what_differs_is_told(self, metrics, expected):
        assert spoken(metrics) == expected

    @pytest.mark.parametrize(
        ("phrase", "expected"),
        [
            ("2,000 pixels changed", ("Pixels changed", "2,000")),
            ("PSNR 40 dB", ("PSNR", "40 dB")),
            ("largest error 0.5", ("Largest error", "0.5")),
            ("masks m: 3 pixels changed", ("masks m: pixels changed", "3")),
            ("other caption", ("", "other caption")),
        ],
    )
    def test_facts(self, phrase, expected):
        assert fact_of(phrase) == expected


class TestDetails:
    def test_every_type_says_what_differs(self, pair):
        for change in compare_artifacts(*pair).changed:
            name = change.entry.split(".")[0]
            if name in ("pixel", "sound", "rows", "notes"):
                continue
            left, right = (side.get(change.entry) for side in pair)
            if left is None:
                left, right = (side.json(change.entry) for side in pair)
            assert list(details_of(left, right)), name
            assert not list(details_of(left, left)), name

    def test_lines_of_text(self):
        found = list(text_details("a\nb\nc\nd", "a\nB\nc\nd\ne"))
        assert [tuple(item) for item in found] == [("changed", "line 2", "b", "B"), ("added", "line 5", "", "e")]

    def test_long_texts_are_compared_between_their_ends(self):
        lines = [str(number) for number in range(30_000)]
        edited = [*lines[:500], "x", *lines[501:]]
        found = list(text_details("\n".join(lines), "\n".join(edited)))
        assert [tuple(item) for item in found] == [("changed", "line 501", "500", "x")]


class TestPictures:
    def test_one_pixel_of_a_large_picture_is_seen(self):
        import io

        import PIL.Image

        large = np.zeros((2000, 3000), np.uint8)
        data = difference_picture(dt.Image(large), dt.Image(changed(large, (1500, 2900), 1)))
        alpha = np.asarray(PIL.Image.open(io.BytesIO(data)).convert("RGBA"))[:, :, 3]
        rows, columns = np.nonzero(alpha == 255)
        step = 5  # ⌈3000 / 640⌉
        assert (rows.tolist(), columns.tolist()) == ([1500 // step], [2900 // step])

    @pytest.mark.parametrize("name", ["pixel", "mask", "sound", "film", "points", "bins"])
    def test_types_that_are_drawn(self, name):
        before, after, _ = EDITS[name]
        assert difference_picture(before(), after())[:4] == b"RIFF"

    def test_what_has_no_picture_says_so(self):
        with pytest.raises(ValueError, match="of different sizes"):
            difference_picture(dt.Image(PIXELS), dt.Image(PIXELS[:4]))
        with pytest.raises(ValueError, match="no picture of this difference"):
            difference_picture(graph(), graph())
        with pytest.raises(ValueError, match="no number"):
            series_picture({0: math.nan}, {})
        assert series_picture({0: 1.0, 1: 2.0}, {0: 1.0})[:4] == b"RIFF"


class TestSeverity:
    def test_more_is_worse(self):
        error = [severity_of({"psnr_db": decibels}, dt.Image(PIXELS), None) for decibels in (60.0, 30.0, 10.0)]
        assert error == sorted(error)
        left = dt.Table(columns=["x"], data=[[number] for number in range(10)])
        shares = [
            severity_of({"rows_added": 0, "rows_removed": count, "cells_changed": 0}, left, left)
            for count in (1, 5, 10)
        ]
        assert shares == [0.1, 0.5, 1.0]

    def test_nothing_is_zero_and_something_is_not(self):
        assert severity_of({"max_abs": 0.0, "psnr_db": math.inf}) == 0
        assert severity_of({"psnr_db": 400.0}, dt.Image(PIXELS)) > 0


class TestJobs:
    def sides(self, pair):
        return [Side(text=str(item.qualified_name), artifact=item) for item in pair]

    def test_a_result_is_kept_by_the_digests(self, pair, tmp_path, monkeypatch):
        monkeypatch.setenv("VITRINA_CACHE", str(tmp_path))
        jobs.forget()
        first = jobs.start(*self.sides(pair), wait=60)
        assert first.error is None
        assert jobs.start(*self.sides(pair)) is first
        jobs.forget()
        monkeypatch.setattr(jobs, "compare", None)  # a second comparison would fail
        again = jobs.start(*self.sides(pair), wait=60)
        assert again.error is None
        assert again.result == first.result
        [kept] = (tmp_path / "comparisons").iterdir()
        kept.write_text("{}")
        jobs.forget()
        assert isinstance(jobs.start(*self.sides(pair), wait=60).error, TypeError)
        jobs.forget()

    def test_documents_come_back(self, pair):
        found = compare_artifacts(*pair)
        again = Difference.of_json(json.loads(json.dumps(found.as_json())), found.equal)
        assert again == found


class TestSides:
    def test_what_an_address_names(self, pair, tmp_path):
        store = tmp_path / "s"
        logged(store, {"cat": dt.Image(PIXELS)})
        session = open_target(store)
        side, problem = find_side(session, "everything:v0/cat")
        assert (side.text, side.entry, problem) == ("everything:v0/cat.image-file.json", "cat.image-file.json", "")
        assert find_side(session, "everything")[0].text == "everything:v0"
        side, problem = find_side(session, "everything/dog")
        assert side.kind == "version"
        assert problem == "“dog” was ignored, because everything:v0 has no such entry"
        assert find_side(session, "nothing:v7") == (
            None,
            "“nothing:v7” was ignored, because nothing here has that name",
        )
        assert find_side(session, "") == (None, "")

    def test_a_folder_that_nobody_hashed_changes_with_its_files(self, tmp_path):
        (tmp_path / "f").mkdir()
        (tmp_path / "f" / "a.txt").write_text("x")
        before = find_side(open_target(tmp_path / "f"), "f")[0]
        (tmp_path / "f" / "a.txt").write_text("yy")
        after = find_side(open_target(tmp_path / "f"), "f")[0]
        assert before.ident != after.ident
        assert not before.is_fixed

    def test_values_of_unknown_types_are_called_by_their_tag(self, tmp_path):
        for name, number in (("a", 1), ("b", 2)):
            (tmp_path / name).mkdir()
            document = {"_type": "later-type", "x": number}
            (tmp_path / name / "v.later-type.json").write_text(json.dumps(document))
        sides = [open_target(tmp_path / name).artifacts()[0] for name in "ab"]
        change = compare_entries(sides[0], "v.later-type.json", sides[1], "v.later-type.json")
        assert (change.type, change.metrics["paths"]) == ("later-type", ["/x"])

"""Html, Plotly, Bokeh, graphs, traces and saved models of five SDK releases: read, shown, and written again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from facts import missing_facts
from golden_values import artifact_objects, stored_rows
from recipes import NotOursError, Recipe
from sinks import DictRun, DictStore, FolderSource

import datatypes as dt
from datatypes import registry, wire
from datatypes.html_head import take_off_head

SINGLE = {"html-file", "plotly-file", "bokeh-file", "graph-file", "wb_trace_tree", *wire.MODEL_TAGS}
LISTS = {"html"}
DATA = Path(__file__).parent / "data"


def is_ours(fact):
    return isinstance(fact, dict) and fact.get("$media") in SINGLE | LISTS


def run_values(golden_run):
    """Give (step, key, stored JSON, fact), items of mixed lists one by one."""
    rows = stored_rows(golden_run.folder)
    for row in [*golden_run.expected["rows"], {"step": "summary", "values": golden_run.expected["summary"]}]:
        for key, fact in row["values"].items():
            stored = rows[row["step"]][key]
            pairs = zip(stored, fact, strict=True) if isinstance(fact, list) else [(stored, fact)]
            yield from ((row["step"], key, item, item_fact) for item, item_fact in pairs if is_ours(item_fact))


def cells(golden_artifact):
    """Give (place, stored JSON, fact) of cells whose file lies in the artifact itself."""
    for name, fact in golden_artifact.expected["objects"].items():
        if fact.get("$media") != "table" or "rows" not in fact or not (golden_artifact.folder / name).is_file():
            continue
        data = json.loads((golden_artifact.folder / name).read_bytes())["data"]
        for row, expected in zip(data, fact["rows"], strict=True):
            for cell, cell_fact in zip(row, expected, strict=True):
                if is_ours(cell_fact) and (golden_artifact.folder / cell["path"]).is_file():
                    yield name, cell, cell_fact


def assert_same(stored, source, expected, place):
    """A value has the recorded facts, and comes back equal from both dialects, its files byte for byte."""
    value = registry.decode(stored, source)
    assert missing_facts(expected, value.facts(), place) == []
    store, run = DictStore(), DictRun()
    again = registry.decode(json.loads(wire.canonical_json(value.to_json(store))), store)
    assert again == value
    if isinstance(value, dt.Media):
        with value.open() as file, again.open() as copy:
            assert copy.read() == file.read()
        value.bind_to_run(run, "key", 0)
    logged = registry.decode(value.to_json(run), run)
    assert logged == value
    assert not any(value.difference(logged).values())


def test_objects_of_artifacts(golden_artifact):
    source = FolderSource(golden_artifact.folder)
    for name, expected in artifact_objects(golden_artifact, SINGLE | LISTS):
        assert_same(json.loads((golden_artifact.folder / name).read_bytes()), source, expected, name)


def test_cells_of_tables(golden_artifact):
    source = FolderSource(golden_artifact.folder)
    for place, stored, expected in cells(golden_artifact):
        assert_same(stored, source, expected, place)


def test_values_of_runs(golden_run):
    source = FolderSource(golden_run.folder / "files")
    for step, key, stored, expected in run_values(golden_run):
        place, found = f"{step} {key}", source.at(key.rpartition(".")[2], step)
        if expected["$media"] in LISTS:
            assert missing_facts(expected, registry.facts(stored, found), place) == []
        else:
            assert_same(stored, found, expected, place)


def test_written_again_the_json_says_the_same(golden_artifact):
    source = FolderSource(golden_artifact.folder)
    for name, _ in artifact_objects(golden_artifact, SINGLE | LISTS):
        stored = json.loads((golden_artifact.folder / name).read_bytes())
        again = json.loads(wire.canonical_json(source.get(name).to_json(DictStore())))
        assert missing_facts(stored, again, name) == []


def test_figures_are_made_by_the_installed_libraries(golden_artifact):
    source = FolderSource(golden_artifact.folder)
    for _, stored, fact in cells(golden_artifact):
        value = registry.decode(stored, source)
        if isinstance(value, dt.Plotly):
            assert len(value.figure.data) == fact["traces"]
            assert value.figure.layout.title.text == fact["title"]
        elif isinstance(value, dt.Bokeh):
            assert len(value.document.roots) == fact["roots"]
            assert value.document_problem is None


def logged_recipes():
    """Each value of ours that a recipe of SDK 0.31 logs to a run."""
    for path in sorted((DATA / "0.31.0").glob("run-*/recipe.json")):
        logs = [step for step in json.loads(path.read_text("utf-8"))["steps"] if step["op"] == "log"]
        for index, step in enumerate(logs):
            for key, spec in step["data"].items():
                if any(f'"{mark}"' in json.dumps(spec) for mark in ("$graph", "$plotly", "$mpl", "$bokeh", "Html")):
                    yield pytest.param(path.parent / "run", index, key, spec, id=f"{path.parent.name}/{key}")


@pytest.mark.parametrize(("folder", "step", "key", "spec"), list(logged_recipes()))
def test_a_recipe_run_with_our_classes_gives_what_the_sdk_gave(folder, step, key, spec, golden_inputs):
    stored = stored_rows(folder)[step][key]
    try:
        given = Recipe(golden_inputs).value(spec)
    except NotOursError as error:
        pytest.fail(f"the recipe needs {error}")
    run, source = DictRun(key, step), FolderSource(folder / "files").at(key, step)
    ours = given if isinstance(given, dt.WBValue | list) else dt.Plotly.make_plot_media(given)
    if isinstance(given, list) and not all(isinstance(item, dt.Html) for item in given):
        return  # a mixed list is logged item by item
    theirs = registry.decode(stored, source)
    if isinstance(ours, list):
        assert ours == theirs
        return
    ours.bind_to_run(run, key, step)
    fields = ours.to_json(run)
    assert fields["_type"] == stored["_type"]
    assert fields.keys() - {"fidelity", "caption"} == stored.keys() - {"caption"}
    if isinstance(ours, dt.Plotly):
        assert_figures_agree(ours, theirs)
    elif isinstance(ours, dt.Bokeh):
        assert ours == theirs
    elif isinstance(ours, dt.Html):
        assert take_off_head(theirs.text)[0] == ours.html
        assert (ours.head is None) == (theirs.head is None)
    elif isinstance(ours, dt.Graph):
        assert fields == stored


def assert_figures_agree(ours, theirs):
    """All but what the releases of plotly and matplotlib differ in: template, generated names, number of ticks."""
    for figure in (ours, theirs):
        layout = figure.document_json["layout"]
        layout.pop("template", None)
        for axis in (layout.get("xaxis", {}), layout.get("yaxis", {})):
            axis.pop("nticks", None)
        for trace in figure.document_json["data"]:
            if str(trace.get("name", "")).startswith("_"):
                del trace["name"]
    assert ours.difference(theirs) == {
        "paths_added": 0,
        "paths_removed": 0,
        "paths_changed": 0,
        "max_abs": 0.0,
        "paths": [],
    }

"""Every recorded run opens, with the rows, config, labels, summary keys and media files that were logged."""

from __future__ import annotations

from storage.sources.run_files import named_files, parse_run_file
from storage.sources.wandb_run import WandbRun, is_wandb_run


def test_a_recorded_run_has_its_structure(golden_run):
    expected = golden_run.expected
    assert is_wandb_run(golden_run.folder)
    run = WandbRun(golden_run.folder)
    assert [(step, sorted(values)) for step, values in run.rows_json()] == [
        (row["step"], sorted(row["values"])) for row in expected["rows"]
    ]
    assert run.steps == len(expected["rows"])
    assert run.config == expected["config"]
    assert run.class_labels == expected["class_labels"]
    assert run.media_files() == expected["media_files"]
    assert sorted(run.summary) == sorted(expected["summary"])
    assert run.problems == []


def test_plain_values_of_rows_are_equal(golden_run):
    run = WandbRun(golden_run.folder)
    for row, expected in zip(run.history(), golden_run.expected["rows"], strict=True):
        for key, fact in expected["values"].items():
            if isinstance(fact, bool | int | float | str) or fact is None:
                assert (row.step, key, row.values[key], type(row.values[key])) == (row.step, key, fact, type(fact))


def test_without_its_rows_a_run_still_shows_its_media(golden_run, tmp_path):
    """The names of the files alone bring back keys and steps, which is all there is in most real runs."""
    whole = WandbRun(golden_run.folder)
    files = [name for name in whole.media_files() if parse_run_file(name, quoted=golden_run.case.sdk == "0.10.13")]
    for name in files:
        path = tmp_path / "run-20250101_000000-lost" / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    config = tmp_path / "run-20250101_000000-lost" / "config.json"
    config.parent.mkdir(exist_ok=True)  # the media of two runs belong to their summaries alone
    config.write_text(f'{{"_wandb": {{"cli_version": "{golden_run.case.sdk}"}}}}')
    (config.parent / "files").mkdir(exist_ok=True)
    lost = WandbRun(tmp_path / "run-20250101_000000-lost")
    known = frozenset(files)
    shown = {(step, key) for step, values in lost.rows_json() for key in values}
    assert set().union(*(named_files(values, step, known) for step, values in lost.rows_json())) == known
    logged = set()
    for step, values in whole.rows_json():
        logged |= {(step, key) for key, value in _leaves(values) if named_files({key: value}, step, known)}
    assert {(step, key.partition(" (")[0]) for step, key in shown} <= logged


def _leaves(values):
    """Pairs of last key and value."""
    for key, value in values.items():
        yield key, value
        if isinstance(value, dict) and "_type" not in value:
            yield from _leaves(value)

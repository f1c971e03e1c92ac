"""Run directories as SDKs of all ages left them, and as crashes left them. Everything is made here."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from storage.errors import MissingFileError, NotReadableError, UnsafePathError
from storage.sources.run_reading import HistoryRow
from storage.sources.wandb_run import WandbRun, is_wandb_run

if TYPE_CHECKING:
    from pathlib import Path

HASH = "0b3c5d7e9f0a1b2c3d4e"
NAME = f"media/images/eye_1_{HASH}.png"
IMAGE = {"_type": "image-file", "path": NAME, "size": 3}


def write(root: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return root


def rows(run: WandbRun) -> list[tuple[int, dict[str, Any]]]:
    return [tuple(row) for row in run.rows_json()]


@pytest.fixture
def modern(tmp_path: Path, log_writer: Any) -> Path:
    """An online run of the Go core."""
    w = log_writer()
    w.header("0.19.8").run("ab12", "demo", "first")
    w.leaves({"_step": 0, "_timestamp": 1.0, "loss": 0.5})
    w.leaves({"_step": 1, "_timestamp": 2.0, "eye": IMAGE})
    w.summary([w.item(["loss"], 0.5), w.item(["only_log"], 1), w.item(["_timestamp"], 2.0)])
    w.config([w.item("lr", 1), w.item(["_wandb", "visualize", "pr"], {"panel_type": "Vega2"})])
    config = b"wandb_version: 1\nlr:\n  desc: null\n  value: 2\n_wandb:\n  value:\n    cli_version: 0.19.8\n"
    return write(
        tmp_path / "wandb/run-20250101_000000-ab12",
        {
            "run-ab12.wandb": w.bytes(),
            f"files/{NAME}": b"png",
            "files/wandb-summary.json": {"loss": 0.25, "_timestamp": 3.0},
            "files/config.yaml": config,
            "files/output.log": b"",
            "logs/debug.log": b"",
        },
    )


def test_log_summary_and_config_are_merged(modern: Path) -> None:
    run = WandbRun(modern)
    assert (run.kind, run.id, run.project, run.name, run.sdk, run.steps) == (
        "run",
        "ab12",
        "demo",
        "first",
        "0.19.8",
        2,
    )
    assert rows(run) == [(0, {"loss": 0.5}), (1, {"eye": IMAGE})]
    assert run.stored_summary == {"loss": 0.25, "only_log": 1, "_timestamp": 3.0}
    assert run.config == {"lr": 2}
    assert run.stored_config["_wandb"] == {"visualize": {"pr": {"panel_type": "Vega2"}}, "cli_version": "0.19.8"}
    assert run.media_files() == [NAME]
    assert run.problems == []
    with run.open(NAME) as file:
        assert file.read() == b"png"
    assert run.local_path(NAME).read_bytes() == b"png"


def test_an_older_summary_file_gives_way_to_the_log(modern: Path) -> None:
    write(modern, {"files/wandb-summary.json": {"loss": 9, "extra": 1, "_timestamp": 1.0}})
    assert WandbRun(modern).stored_summary == {"loss": 0.5, "only_log": 1, "extra": 1, "_timestamp": 2.0}


def test_an_offline_run_is_only_a_log(tmp_path: Path, log_writer: Any) -> None:
    w = log_writer()
    labels = {"eye_wandb_delimeter_pred": {"key": "k", "type": "t", "value": {"1": "iris"}}}
    w.config([w.item(["_wandb", "mask/class_labels"], labels)]).leaves({"_step": 4, "eye": IMAGE})
    root = write(
        tmp_path / "offline-run-20250101_000000-zz9", {"run-zz9.wandb": w.bytes(), "files/requirements.txt": b""}
    )
    run = WandbRun(root)
    assert is_wandb_run(root)
    assert (run.id, run.name, run.project, run.config) == ("zz9", "zz9", "", {})
    assert rows(run) == [(4, {"eye": IMAGE})]
    assert run.singleton("mask/class_labels", "eye_wandb_delimeter_pred") == {"1": "iris"}
    assert run.singleton("mask/class_labels", "other") is None
    assert run.class_labels == {"mask/class_labels": {"eye_wandb_delimeter_pred": {"1": "iris"}}}


def test_a_flat_run_of_2019(tmp_path: Path) -> None:
    history = (
        b'{"_step": 0, "loss": NaN}\n\n[1]\n{broken}\n{"_step": 1, "big": 123456789012345678901, "v": Infinity}\n{"_st'
    )
    root = write(
        tmp_path / "run-20190101_000000-old1",
        {
            "wandb-history.jsonl": history,
            "wandb-summary.json": b'{"loss": NaN}',
            "wandb-events.jsonl": b"",
            "config.yaml": b"lr:\n  desc: null\n  value: 1\n",
            "media/images/x_0.png": b"",
        },
    )
    run = WandbRun(root)
    (first_step, first), second = rows(run)
    assert first_step == 0
    assert math.isnan(first["loss"])
    assert second == (1, {"big": 123456789012345678901, "v": math.inf})
    assert run.config == {"lr": 1}
    assert math.isnan(run.summary["loss"])
    assert run.media_files() == ["media/images/x_0.png"]
    assert [problem.problem.partition(" JSON: ")[0] for problem in run.problems] == [
        "line 3: holds list, not an object",
        "line 4: is not",
        "line 6: is cut",
    ]


def test_media_without_rows_come_back_at_their_steps(tmp_path: Path, log_writer: Any) -> None:
    root = write(
        tmp_path / "run-20250101_000000-lost",
        {
            "run-lost.wandb": log_writer().row({"_step": 1, "loss": 1}).row({"_step": 5, "loss": 2}).bytes()
            + b"\1\2\3",
            f"files/media/images/eye_0_{HASH}.png": b"",
            f"files/media/images/eye_5_{HASH}.png": b"",
            f"files/media/audio/say_9_{HASH}.wav": b"",
            "files/media/images/loose.png": b"",
            "files/wandb-summary.json": {
                "eye": {"_type": "image-file", "path": f"media/images/eye_5_{HASH}.png", "caption": "c"}
            },
        },
    )
    run = WandbRun(root)
    assert run.steps == 4
    assert rows(run) == [
        (0, {"eye": {"_type": "image-file", "path": f"media/images/eye_0_{HASH}.png"}}),
        (1, {"loss": 1}),
        (5, {"loss": 2, "eye": {"_type": "image-file", "path": f"media/images/eye_5_{HASH}.png", "caption": "c"}}),
        (9, {"say": {"_type": "audio-file", "path": f"media/audio/say_9_{HASH}.wav"}}),
    ]
    assert [problem.problem for problem in run.problems] == [
        "the file is cut inside a record; 2 rows before that are read",
        "3 media files are named by no row; they are shown at the keys and steps of their names",
    ]


@pytest.mark.parametrize(
    "log",
    [b"", b":W&B\xe1\xbe\0", bytes(1000), b":W&B\xe1\xbe\0" + bytes(50_000)],
    ids=["empty", "header-only", "no-log", "zero-filled"],
)
def test_a_run_without_a_readable_log_shows_its_files(tmp_path: Path, log: bytes) -> None:
    root = write(tmp_path / "offline-run-20250101_000000-x", {"run-x.wandb": log, f"files/{NAME}": b"p"})
    run = WandbRun(root)
    assert rows(run) == [(1, {"eye": {"_type": "image-file", "path": NAME}})]
    assert run.summary == run.config == {}


def test_a_run_with_nothing_at_all(tmp_path: Path) -> None:
    root = write(
        tmp_path / "run-20250101_000000-nil",
        {"files/requirements.txt": b"", "files/config.yaml": b"", "files/wandb-summary.json": b""},
    )
    run = WandbRun(root)
    assert (rows(run), run.steps, run.summary, run.config, run.media_files()) == ([], 0, {}, {}, [])
    assert {(problem.subject, problem.problem) for problem in run.problems} == {
        ("files/wandb-summary.json", "is empty"),
        ("files/config.yaml", "is empty"),
    }
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotReadableError):
        WandbRun(tmp_path / "empty")


def test_a_resumed_run_finds_files_in_its_earlier_directory(tmp_path: Path, log_writer: Any) -> None:
    write(
        tmp_path / "run-20250101_000000-same", {"run-same.wandb": log_writer().bytes(), "files/media/a.json": b"first"}
    )
    write(tmp_path / "run-20250102_000000-other", {"run-other.wandb": log_writer().bytes(), "files/media/b.json": b"x"})
    root = write(
        tmp_path / "run-20250103_000000-same", {"run-same.wandb": log_writer().bytes(), "files/media/c.json": b"third"}
    )
    run = WandbRun(root)
    with run.open("media/a.json") as file:
        assert file.read() == b"first"
    with pytest.raises(MissingFileError):
        run.open("media/b.json")


def test_latest_run_as_link_and_as_folder(modern: Path) -> None:
    link = modern.parent / "latest-run"
    link.symlink_to(modern.name)
    assert not is_wandb_run(link)
    assert WandbRun(link.resolve()).id == "ab12"
    link.unlink()
    modern.rename(link)
    assert is_wandb_run(link)
    assert (WandbRun(link).id, WandbRun(link).steps) == ("ab12", 2)


def test_links_are_not_followed(modern: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    (modern / "files/media/images/out_2_0.png").symlink_to(tmp_path / "secret.png")
    (modern / "files/media/dangling").symlink_to("/nowhere/model.pt")
    (modern / "logs/debug-core.log").symlink_to("/nowhere/debug-core.log")  # every run has this one: not worth a word
    run = WandbRun(modern)
    assert run.media_files() == [NAME]
    assert {(problem.entry, problem.problem) for problem in run.problems} == {
        ("media/images/out_2_0.png", "is a link, and links are not followed"),
        ("media/dangling", "is a link, and links are not followed"),
    }
    with pytest.raises(UnsafePathError):
        run.open("media/images/out_2_0.png")
    with pytest.raises(UnsafePathError):
        run.open("../run-ab12.wandb")


def test_a_config_of_another_kind_is_a_problem(modern: Path) -> None:
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 10)) for i in range(8)
    )
    for text, problem in [
        (b"- 1\n", "holds no keys"),
        (b"a: [1\n", "is not YAML that can be shown"),
        (b"a: !!python/object:os.system {}\n", "is not YAML that can be shown"),
        (bomb, "is not YAML that can be shown: it is too large or too deep once its aliases are written out"),
    ]:
        write(modern, {"files/config.yaml": text})
        run = WandbRun(modern)
        assert run.config == {"lr": 1}
        assert run.problems[0].problem.startswith(problem)


def test_dates_and_numbers_as_keys_in_a_config(modern: Path) -> None:
    write(modern, {"files/config.yaml": b"when:\n  value: 2024-01-02\nmap:\n  value: {1: a}\nplain: 3\n"})
    assert WandbRun(modern).config == {"lr": 1, "when": "2024-01-02", "map": {"1": "a"}, "plain": 3}


def test_values_are_decoded_and_bad_ones_kept(tmp_path: Path, log_writer: Any) -> None:
    row = {
        "_step": 2,
        "nested": {"eye": IMAGE},
        "list": [{"_type": "from-the-future", "x": 1}, 5],
        "broken": {"_type": "image-file"},
    }
    root = write(
        tmp_path / "run-20250101_000000-d", {"run-d.wandb": log_writer().row(row).bytes(), f"files/{NAME}": b""}
    )
    run = WandbRun(root)
    ((step, values),) = run.history()
    assert step == 2
    eye = values["nested"]["eye"]
    assert (eye.path, eye.artifact_source.artifact.key, eye.artifact_source.artifact.step) == (NAME, "eye", 2)
    assert values["list"][0].json == {"_type": "from-the-future", "x": 1}
    assert values["list"][1] == 5
    assert values["broken"].json == {"_type": "image-file"}
    assert [problem.subject for problem in run.problems] == ['step 2, key "broken"']


def test_class_labels_reach_the_value(tmp_path: Path, log_writer: Any) -> None:
    w = log_writer()
    labels = {"eye_wandb_delimeter_pred": {"value": {"1": "iris"}}}
    w.config([w.item(["_wandb", "mask/class_labels"], labels)]).row({"_step": 2, "eye": {"_type": "new", "path": NAME}})
    run = WandbRun(write(tmp_path / "run-20250101_000000-d", {"run-d.wandb": w.bytes(), f"files/{NAME}": b""}))
    source = next(run.history()).values["eye"].artifact_source.artifact
    assert source.singleton("mask/class_labels", "eye_wandb_delimeter_pred") == {"1": "iris"}
    assert source.singleton("bounding_box/class_labels", "eye_wandb_delimeter_pred") is None
    assert source.names("media/") == [NAME]


def test_rows_are_named_tuples(modern: Path) -> None:
    assert next(WandbRun(modern).rows_json()) == HistoryRow(step=0, values={"loss": 0.5})


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"run-1.wandb": b""}, True),
        ({"wandb-summary.json": b"{}"}, True),
        ({"files/wandb-metadata.json": b"{}"}, True),
        ({"history.jsonl": b"", "files/x": b""}, True),
        ({"history.jsonl": b""}, False),
        ({"files/x": b""}, False),
        ({"media/images/x.png": b""}, False),
        ({}, False),
    ],
)
def test_what_a_run_directory_is(tmp_path: Path, files: dict[str, bytes], expected: bool) -> None:
    root = tmp_path / "folder"
    root.mkdir()
    assert is_wandb_run(write(root, files)) is expected


def test_the_name_alone_decides_with_media_in_it(tmp_path: Path) -> None:
    root = write(tmp_path / "run-20190101_000000-abc", {"media/images/x.png": b""})
    assert is_wandb_run(root)

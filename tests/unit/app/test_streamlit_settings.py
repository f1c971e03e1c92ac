"""Streamlit's options: ours, whatever lies around; each in a process of its own, because Streamlit keeps them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import app
from app.streamlit_settings import settings

HOME = Path(app.__file__).parents[1]

APPLY = "from app.streamlit_settings import apply_settings; apply_settings(1)"

PRINT = """
import json, sys
from app.streamlit_settings import apply_settings
apply_settings(8720)
from streamlit import config
print(json.dumps({name: option.value for name, option in config.get_config_options().items()}))
"""


def run(code, *, env=None, cwd=None):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, "PYTHONPATH": str(HOME), **(env or {})},
        cwd=cwd or HOME,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )


def options(**where):
    done = run(PRINT, **where)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert re.fullmatch("[0-9a-f]{64}", found.pop("server.cookieSecret"))  # drawn anew at each start
    return found


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return options(cwd=tmp_path_factory.mktemp("empty"))


def test_ours_are_set(ours):
    for name, value in settings(8720).items():
        assert ours[name] == value


@pytest.mark.parametrize(
    "toml",
    [
        '[server]\naddress = "0.0.0.0"\nenableStaticServing = true\n[runner]\nfastReruns = false',
        '[theme]\nbase = "https://evil.example/x.toml"\nfontFaces = [{family = "x", url = "https://evil.example/"}]',
        "[theme.sidebar.light]\nx = 1",
        "this is not toml",
        "[server]\nunknownOption = 1",
    ],
)
def test_files_change_nothing(tmp_path, ours, toml):
    for folder in (tmp_path / "home" / ".streamlit", tmp_path / "work" / ".streamlit"):
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(toml)
    assert options(env={"HOME": str(tmp_path / "home")}, cwd=tmp_path / "work") == ours


def test_variables_change_nothing(ours):
    names = [name.replace(".", "_") for name in ours]
    env = {f"STREAMLIT_{''.join('_' + c if c.isupper() else c for c in name).upper()}": "evil" for name in names}
    assert len(env) > 100
    assert options(env=env) == ours


def test_home_and_folder_are_given_back(tmp_path):
    done = run(f"{APPLY}; import os; print(os.getcwd(), os.environ['HOME'])", env={"HOME": "/some/home"}, cwd=tmp_path)
    assert (done.stdout, done.stderr) == (f"{tmp_path} /some/home\n", "")


def test_folder_that_is_gone_does_not_matter(tmp_path):
    (tmp_path / "gone").mkdir()
    done = run(f"import os; os.rmdir({str(tmp_path / 'gone')!r}); {APPLY}", cwd=tmp_path / "gone")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "server.address",
            "0.0.0.0",
            (
                "Streamlit option server.address: is '0.0.0.0' (<user defined>), "
                "but the viewer is safe only with '127.0.0.1'."
            ),
        ),
        ("ui.hideTopBar", True, "Streamlit option ui.hideTopBar: is set to True by <user defined>."),
    ],
)
def test_option_that_differs_stops_the_start(name, value, message):
    code = f"""
from app.streamlit_settings import apply_settings, check_settings
apply_settings(8720)
from streamlit import config
config.set_option({name!r}, {value!r})
check_settings(8720)
"""
    done = run(code)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.splitlines()[-1].endswith("Take that setting away, or start from another environment.")

"""The type gallery and the demo: every type with the code that logs it, on real data that comes with the package.

`demo_file` names a source file; `app.demo.gallery` finds the examples, one module a type in `app.demo.examples`;
`app.demo.build` fills a store with them and with the story of two detectors.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["demo_file"]

_DATA = Path(__file__).with_name("data")


def demo_file(name: str) -> Path:
    """Return the path of a source file of the demo; NOTICE says where each comes from.

    Raises
    ------
    FileNotFoundError
        If the installation lacks it.
    """
    path = _DATA / name
    if not path.is_file():
        raise FileNotFoundError(f"{name}: is no file of the demo. Install Vitrina again.")
    return path

"""Front-end packages that came when Vitrina was installed, or did not: where their files lie.

They are not in the repository. The build fetches them by the npm client, in the versions and with the digests of
``vendor.lock.json``; without a network the installation succeeds and the folder stays empty.
"""

from __future__ import annotations

from pathlib import Path

from app.errors import MissingLibraryError

__all__ = ["vendored_file"]

_FOLDER = Path(__file__).with_name("_vendor")


def vendored_file(package: str, name: str) -> Path:
    """Return the path of a file of a package.

    Parameters
    ----------
    package : str
        Its name in ``vendor.lock.json``.
    name : str
        The file's name there.

    Raises
    ------
    MissingLibraryError
        If it was not fetched.
    """
    path = _FOLDER / package / name
    if not path.is_file():
        remedy = "With a network, run `python hatch_build.py` in the checkout, or install Vitrina again."
        raise MissingLibraryError(package, "was not fetched when Vitrina was installed", remedy)
    return path

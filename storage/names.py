"""Names of artifacts and aliases, and references to versions: ``name``, ``name:v3``, ``name:best``, ``name@DIGEST``."""

from __future__ import annotations

import re
from typing import NamedTuple

from storage.errors import InvalidNameError
from storage.state import LATEST

__all__ = ["VersionRef", "check_alias", "check_artifact_name", "check_type", "parse_version_ref"]

_NAME = re.compile(r"[a-zA-Z0-9_\-.]{1,128}")
_VERSION = re.compile(r"v(0|[1-9][0-9]*)")
_ALIAS = re.compile(r"[^/:@\x00-\x1f\x7f]{1,128}")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


def check_artifact_name(name: str) -> str:
    """Return `name` if W&B and we take it: 1 to 128 of ``a-z A-Z 0-9 _ - .``.

    Raises
    ------
    InvalidNameError
        If it is another text.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):  # type: ignore[redundant-expr]  # names come from callers
        remedy = "Use 1 to 128 letters, digits, '_', '-' and '.'."
        raise InvalidNameError(f"artifact name {name!r:.140}", "is none", remedy)
    return name


def check_type(type_name: str) -> str:
    """Return `type_name` if it is one: text that W&B does not keep for itself.

    Raises
    ------
    InvalidNameError
        If it is empty, ``job`` or begins with ``wandb-``.
    """
    if not isinstance(type_name, str) or not type_name:  # type: ignore[redundant-expr]  # as above
        raise InvalidNameError(f"artifact type {type_name!r:.140}", "is none", "Give a word: 'dataset', 'model'.")
    if type_name == "job" or type_name.startswith("wandb-"):
        raise InvalidNameError(f"artifact type {type_name!r}", "is kept by W&B for itself", "Choose another word.")
    return type_name


def check_alias(alias: str) -> str:
    """Return `alias` if it is one: at most 128 characters, no ``/ : @``, and not the form of a version.

    Raises
    ------
    InvalidNameError
        If it is none.
    """
    if not isinstance(alias, str) or not _ALIAS.fullmatch(alias):  # type: ignore[redundant-expr]  # as above
        remedy = "Use 1 to 128 characters without '/', ':', '@' and control characters."
        raise InvalidNameError(f"alias {alias!r:.140}", "is none", remedy)
    if _VERSION.fullmatch(alias):
        raise InvalidNameError(f"alias {alias!r}", "is the form of a version", "Choose a name that is no version.")
    return alias


class VersionRef(NamedTuple):
    """A reference to a version, taken apart; at most one of the last three is set."""

    name: str
    number: int | None = None
    alias: str | None = None
    digest: str | None = None

    @property
    def is_latest(self) -> bool:
        """Whether it means the highest live version."""
        return (self.number, self.digest) == (None, None) and self.alias in {None, LATEST}


def parse_version_ref(ref: str) -> VersionRef:
    """Take a reference apart.

    Raises
    ------
    InvalidNameError
        If it has not one of the four forms.
    """
    if not isinstance(ref, str):
        raise InvalidNameError(
            f"reference {ref!r:.140}", "is not text", "Write name, name:v3, name:alias, name@DIGEST."
        )
    name, at, digest = ref.partition("@")
    if at:
        if not _DIGEST.fullmatch(digest.lower()):
            raise InvalidNameError(f"reference {ref!r:.200}", "has no digest", "Give 8 to 64 hex digits after '@'.")
        return VersionRef(check_artifact_name(name), digest=digest.lower())
    name, colon, rest = ref.partition(":")
    check_artifact_name(name)
    if not colon:
        return VersionRef(name)
    if version := _VERSION.fullmatch(rest):
        return VersionRef(name, number=int(version[1]))
    return VersionRef(name, alias=check_alias(rest))

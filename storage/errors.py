"""Errors of `storage`, one tree; each says what it is about, what is wrong and what to do.

::

    StorageError
    ├─ NotInStoreError     (LookupError)                 no such store, name, version, alias or entry
    │  └─ MissingFileError (FileNotFoundError)           a manifest or a caller names a file that is not there
    │     └─ MissingPathError (ValueError)               a path that was given to be added leads to nothing
    ├─ AlreadyStoredError  (FileExistsError, ValueError) the name is taken by other bytes
    ├─ CorruptBlobError    (ValueError)                  bytes are not those that were recorded
    ├─ FrozenArtifactError (ValueError)                  a change to an artifact that was logged
    ├─ VersionConflictError                              the store has moved on, or something still needs it
    ├─ UnsafePathError     (ValueError)                  a path that leads outside, or to no regular file
    ├─ InvalidNameError    (ValueError)                  a name of an artifact, alias, entry or reference that is none
    ├─ NotAValueError      (TypeError, ValueError)       something that is no value was given to `Artifact.add`
    ├─ NotReadableError    (ValueError)                  not a store, an artifact, a manifest, JSON within limits
    └─ BackendError        (OSError)                     the disk or the service below refused; raised `from` its error

Leaves also derive from the builtin that a caller would guess, so both kinds of ``except`` work.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "AlreadyStoredError",
    "BackendError",
    "CorruptBlobError",
    "FrozenArtifactError",
    "InvalidNameError",
    "MissingFileError",
    "MissingPathError",
    "NotAValueError",
    "NotInStoreError",
    "NotReadableError",
    "Problem",
    "StorageError",
    "UnsafePathError",
    "VersionConflictError",
]


class Problem(NamedTuple):
    """A finding: something that could not be read, or that a check found wrong. Data, where an error would stop."""

    subject: str
    """The thing that is at fault: a file, a record, ``pets:v3``."""
    problem: str
    """What is wrong with it, as a fact."""
    remedy: str = ""
    """What the reader can do about it."""
    check: str = ""
    """Stable name of the check that found it: ``path``, ``missing``, ``size``, ``digest``, ``reference``."""
    artifact: str = ""
    """Version that it concerns, ``"pets:v3"``; empty if it concerns the whole store."""
    entry: str = ""
    """Entry of that version; empty if it concerns the whole version."""


class StorageError(Exception):
    """Base of all errors that `storage` raises on purpose.

    Parameters
    ----------
    subject : str
        The thing that is at fault: a file, a name, a version.
    problem : str
        What is wrong with it, as a fact.
    remedy : str, optional
        What the reader can do about it.
    """

    def __init__(self, subject: str, problem: str, remedy: str = "") -> None:
        self.subject = subject
        self.problem = problem
        self.remedy = remedy
        message = f"{subject}: {problem.rstrip('.')}."
        super().__init__(f"{message} {remedy}" if remedy else message)

    def __reduce__(self) -> tuple[type[StorageError], tuple[str, str, str]]:
        """Keep the three fields when an error crosses a process border."""
        return type(self), (self.subject, self.problem, self.remedy)

    def as_problem(self, check: str = "", artifact: str = "", entry: str = "") -> Problem:
        """Return the same three facts as a finding."""
        return Problem(self.subject, self.problem, self.remedy, check, artifact, entry)


class NotInStoreError(StorageError, LookupError):
    """There is no such store, name, version, alias or entry."""


class MissingFileError(NotInStoreError, FileNotFoundError):
    """A manifest, a reference or a caller names a file that is not there."""


class MissingPathError(MissingFileError, ValueError):
    """A path that was given to be added leads to nothing; a ValueError in W&B's SDK."""


class AlreadyStoredError(StorageError, FileExistsError, ValueError):
    """The name is taken by other bytes."""


class CorruptBlobError(StorageError, ValueError):
    """Bytes are not those that were recorded."""


class FrozenArtifactError(StorageError, ValueError):
    """A change to an artifact that was logged."""


class VersionConflictError(StorageError):
    """The store has moved on since the caller looked, or something still needs what is to go."""


class UnsafePathError(StorageError, ValueError):
    """A path leads outside its folder, through a link, or to something that is not a regular file."""


class InvalidNameError(StorageError, ValueError):
    """A name of an artifact, an alias, an entry or a reference breaks the rules, or fits more than one thing."""


class NotAValueError(StorageError, TypeError, ValueError):
    """Something that is no value was given to `Artifact.add`: a ValueError in old SDKs, a TypeError in new ones."""


class NotReadableError(StorageError, ValueError):
    """Something is not the store, artifact, manifest or document that it should be, or exceeds a limit."""


class BackendError(StorageError, OSError):
    """The disk or the service below refused; the cause is its own error."""

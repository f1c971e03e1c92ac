"""Errors of the command line and the viewer, one tree; each says what it is about, what is wrong and what to do.

::

    AppError                               exit code 2
    ├─ UsageError             (ValueError)   the command cannot be carried out as it was given
    ├─ UnknownReferenceError  (LookupError)  a reference names nothing
    ├─ AmbiguousEntryError    (LookupError)  the short name of an entry fits several
    ├─ IntruderError          (ImportError)  another distribution's package stands in for one of ours
    ├─ MissingLibraryError    (ImportError)  a library of the browser's side was not installed
    └─ ViewerStartError       (RuntimeError) the viewer's server cannot start as it must
"""

from __future__ import annotations

__all__ = [
    "AppError",
    "IntruderError",
    "MissingLibraryError",
    "UnknownReferenceError",
    "UsageError",
    "ViewerStartError",
]


class AppError(Exception):
    """Base of all errors that `app` raises on purpose.

    Parameters
    ----------
    subject : str
        The thing that is at fault: a path, a reference, an option.
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


class UsageError(AppError, ValueError):
    """The command cannot be carried out as it was given."""


class UnknownReferenceError(AppError, LookupError):
    """A reference names nothing."""


class IntruderError(AppError, ImportError):
    """Another distribution's package stands in for one of ours."""


class MissingLibraryError(AppError, ImportError):
    """A library of the browser's side was not installed."""


class ViewerStartError(AppError, RuntimeError):
    """The viewer's server cannot start as it must."""

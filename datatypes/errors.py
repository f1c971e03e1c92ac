"""Errors of `datatypes`, one tree; each says what it is about, what is wrong and what to do.

::

    DataTypeError
    ├─ RejectedValueError   (ValueError)     an argument has a value that the type cannot hold
    ├─ RejectedTypeError    (TypeError)      an argument is of a kind that the type cannot hold
    ├─ WireFormatError      (ValueError)     stored JSON is not what its `_type` promises
    ├─ MissingFieldError    (KeyError, TypeError)  a dict that was given lacks a key
    ├─ UnreadableMediaError (OSError, ValueError)  a file cannot be decoded
    ├─ DecodeLimitError     (ValueError)     decoding would take more than the limits allow
    ├─ MissingMediaError    (FileNotFoundError)  a path that was given leads to no file
    ├─ UnboundValueError    (RuntimeError)   a value was asked for run JSON before `bind_to_run`
    └─ MissingExtraError    (ImportError)    an optional library is not installed

Leaves also derive from the builtin that a caller of W&B's SDK would catch.
"""

from __future__ import annotations

__all__ = [
    "DataTypeError",
    "DecodeLimitError",
    "MissingExtraError",
    "MissingFieldError",
    "MissingMediaError",
    "RejectedTypeError",
    "RejectedValueError",
    "UnboundValueError",
    "UnreadableMediaError",
    "WireFormatError",
]


class DataTypeError(Exception):
    """Base of all errors that `datatypes` raises on purpose.

    Parameters
    ----------
    subject : str
        The thing that is at fault: a file name, an argument, a place in a table.
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

    def __reduce__(self) -> tuple[type[DataTypeError], tuple[str, str, str]]:
        """Keep the three fields when an error crosses a process border."""
        return type(self), (self.subject, self.problem, self.remedy)


class RejectedValueError(DataTypeError, ValueError):
    """An argument has a value that the type cannot hold."""


class RejectedTypeError(DataTypeError, TypeError):
    """An argument is of a kind that the type cannot hold."""


class MissingFieldError(DataTypeError, KeyError, TypeError):
    """A dict that was given lacks a key; SDKs raise a KeyError or a TypeError for it, by their age."""

    def __str__(self) -> str:
        """Return the message; a KeyError would show its quoted form."""
        return str(self.args[0])


class WireFormatError(DataTypeError, ValueError):
    """Stored JSON is not what its `_type` promises."""


class UnreadableMediaError(DataTypeError, OSError, ValueError):
    """A file cannot be decoded as what it claims to be."""


class DecodeLimitError(DataTypeError, ValueError):
    """Decoding would take more memory or time than the limits allow."""


class MissingMediaError(DataTypeError, FileNotFoundError):
    """A path that was given leads to no file that can be read."""


class UnboundValueError(DataTypeError, RuntimeError):
    """A value was asked for its JSON in a run before it was bound to one."""


class MissingExtraError(DataTypeError, ImportError):
    """An optional library is needed and not installed."""

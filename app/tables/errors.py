"""Errors of the table page; they end on the page, in the place where the mistake was made.

::

    AppError
    ├─ ExpressionError   (ValueError)    the expression is none that may run, or does not fit the columns
    ├─ QueryError        (RuntimeError)  rows could not be had: too long, too much memory
    └─ NotATableError    (ValueError)    the entry is no table
"""

from __future__ import annotations

from app.errors import AppError

__all__ = ["ExpressionError", "NotATableError", "QueryError"]


class ExpressionError(AppError, ValueError):
    """The expression is none that may run, or does not fit the columns."""


class QueryError(AppError, RuntimeError):
    """Rows could not be had: it took too long, or more memory than the viewer may use."""


class NotATableError(AppError, ValueError):
    """The entry is no table."""

"""What can be wrong with a function, apart from what its own code raises.

::

    FunctionError
    ├── LoadError      there is no such handler, or it cannot be called with (event, context)
    └── ResultError    what it returned has no form in JSON, or is too large
"""

from __future__ import annotations


class FunctionError(Exception):
    """Something about a function that keeps it from being run as the platform does."""


class LoadError(FunctionError):
    """A handler cannot be loaded; the message says what was wanted, what was found, and what to do."""


class ResultError(FunctionError):
    """A result that cannot be sent.

    Attributes:
        path: where in the result, e.g. ``result["photo"]``.
        reason: what is wrong there and what to do.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"

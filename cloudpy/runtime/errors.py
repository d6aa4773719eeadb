"""Errors of a function that its code does not raise itself.

::

    FunctionError
    ├── LoadError        the handler is missing, or cannot be called with (event, context)
    ├── ResultError      its result cannot be encoded as JSON, or is too large
    ├── TimeLimitError   it ran longer than its time limit
    ├── ExitError        it called sys.exit(), which would end the instance
    └── RequestRejected  the request is invalid
"""

from __future__ import annotations


class FunctionError(Exception):
    """A function cannot be run as the platform runs it."""


class LoadError(FunctionError):
    """A handler cannot be loaded; the message says what was expected, what is there, and what to do."""


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


class TimeLimitError(FunctionError):
    """A handler ran longer than its time limit.

    Attributes:
        limit: in seconds.
    """

    def __init__(self, limit: float) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return time_limit_text(self.limit)


class ExitError(FunctionError):
    """A handler called ``sys.exit()``: on the platform that ends the instance, here only its own invocation.

    Attributes:
        argument: of ``sys.exit()``, as Python writes it; empty if there was none.
    """

    def __init__(self, argument: str) -> None:
        super().__init__(argument)
        self.argument = argument

    def __str__(self) -> str:
        return sys_exit_text(self.argument)


class RequestRejected(FunctionError):  # noqa: N818  names the outcome, which is an HTTP response
    """A request that is rejected without calling the handler.

    Attributes:
        status: the HTTP status.
        code: the platform's name for it, e.g. ``BAD_REQUEST``.
        message: a sentence for the caller; it never quotes the request.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


def time_limit_text(seconds: float) -> str:
    """Return the sentence about an invocation that took too long."""
    return f"the function ran longer than its time limit of {seconds:g} s"


def sys_exit_text(argument: str) -> str:
    """Return the sentence about a function that called ``sys.exit()``."""
    return (
        f"the function called sys.exit({argument}), which ends the instance on the platform: return a result or raise"
        " an error"
    )

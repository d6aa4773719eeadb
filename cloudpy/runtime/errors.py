"""What can be wrong with a function, apart from what its own code raises.

::

    FunctionError
    ├── LoadError        there is no such handler, or it cannot be called with (event, context)
    ├── ResultError      what it returned has no form in JSON, or is too large
    ├── TimeLimitError   it ran longer than its time limit
    ├── ExitError        it called sys.exit(), which would end the instance
    └── RequestRejected     the request is not one that can be handed to it
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


class TimeLimitError(FunctionError):
    """A handler ran longer than its time limit.

    Attributes:
        limit: in seconds.
    """

    def __init__(self, limit: float) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return f"the function ran longer than its time limit of {self.limit:g} seconds"


class ExitError(FunctionError):
    """A handler called ``sys.exit()``: on the platform that ends the instance, here only its own invocation."""


class RequestRejected(FunctionError):  # noqa: N818  names the outcome, which is an HTTP response
    """A request that no handler is called for.

    Attributes:
        status: the HTTP status that says why.
        code: the platform's word for it, e.g. ``BAD_REQUEST``.
        message: a sentence for the caller; it never quotes the request.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message

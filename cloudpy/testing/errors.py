"""Errors of the test kit. None is a CloudSDKError: a handler that catches those does not catch these.

::

    Exception
    ├── StubError                 a stub, an event or a recording that WeChat would never send
    ├── TimeLimitError            the function ran longer than its time limit (a runtime TimeLimitError)
    └── AssertionError
        ├── UnexpectedCallError   a call without a stub, raised where it was made
        └── ExpectationError      violations of the whole test, raised at its end
"""

from __future__ import annotations

from ..runtime import errors as _runtime


class StubError(Exception):
    """A stub, event or recording that WeChat would never send. The message says what to change."""


class TimeLimitError(_runtime.TimeLimitError):
    """The function ran longer than its time limit; the platform would have stopped it.

    Attributes:
        limit: in seconds.
        invocation: which function, and what happened: ``steps was stopped``, ``steps took 3.2 s``.
    """

    def __init__(self, limit: float, invocation: str) -> None:
        super().__init__(limit)
        self.args = (limit, invocation)
        self.invocation = invocation

    def __str__(self) -> str:
        return (
            f"{self.invocation}: {super().__str__()}（函数执行超时）; set another with invoke(…, timeout=SECONDS),"
            " None for no limit"
        )


class UnexpectedCallError(AssertionError):
    """A call that is neither stubbed nor known to the local WeChat.

    If the code under test catches it, it is reported again when the test ends.
    """


class ExpectationError(AssertionError):
    """Violations between the code under test and the local WeChat, raised when the test ends."""


for _error in (StubError, TimeLimitError, UnexpectedCallError, ExpectationError):
    _error.__module__ = "cloudpy.testing"  # tracebacks show the public name

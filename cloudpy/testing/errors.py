"""Errors of the test kit. None is a CloudSDKError: a handler that catches those does not catch these.

::

    Exception
    ├── StubError                 a stub, an event or a recording that WeChat would never send
    ├── TimeLimitError            the function ran longer than its time limit
    └── AssertionError
        ├── UnexpectedCallError   a call without a stub, raised where it was made
        └── ExpectationError      violations of the whole test, raised at its end
"""

from __future__ import annotations


class StubError(Exception):
    """A stub, event or recording that WeChat would never send. The message says what to change."""


class TimeLimitError(Exception):
    """The function ran longer than its time limit; the platform would have stopped it."""


class UnexpectedCallError(AssertionError):
    """A call that is neither stubbed nor known to the local WeChat.

    If the code under test catches it, it is reported again when the test ends.
    """


class ExpectationError(AssertionError):
    """Violations between the code under test and the local WeChat, raised when the test ends."""


for _error in (StubError, TimeLimitError, UnexpectedCallError, ExpectationError):
    _error.__module__ = "cloudpy.testing"  # tracebacks show the public name

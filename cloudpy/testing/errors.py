"""What the test kit raises. None of it is a CloudSDKError: a handler that catches those does not catch these.

::

    Exception
    ├── StubError                 a stub, an event or a recording that WeChat would never send
    ├── TimeLimitError            the function ran longer than its time limit
    └── AssertionError
        ├── UnexpectedCallError   a call that nothing was said about, raised where it was made
        └── ExpectationError      what is wrong with the test as a whole, told at its end
"""

from __future__ import annotations


class StubError(Exception):
    """A stub, an event or a recording that WeChat would never send; the message says what to change."""


class TimeLimitError(Exception):
    """The function ran longer than its time limit; the platform would have ended it."""


class UnexpectedCallError(AssertionError):
    """A call that is neither stubbed nor known to the local WeChat.

    Should the code under test catch it, it is told again when the test ends.
    """


class ExpectationError(AssertionError):
    """What went wrong between the code under test and the local WeChat, told when the test ends."""


for _kind in (StubError, TimeLimitError, UnexpectedCallError, ExpectationError):
    _kind.__module__ = "cloudpy.testing"  # where a reader of a traceback finds it

"""Calls from one function to another: the protocol of what runs them, and their result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .users import Caller


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a function that another function called.

    Attributes:
        result: JSON text of the return value; after an exception, the platform's JSON text for the error.
        code: code of the gateway when there is no result (``FUNCTIONS_EXECUTE_FAIL``, ``SERVER_TIMEOUT``,
            ``FUNCTION_NOT_FOUND``, …), else empty.
        message: message that goes with the code.
    """

    result: str = ""
    code: str = ""
    message: str = ""


def not_found(hint: str = "") -> CallResult:
    """Return the platform's error for a function that does not exist, followed by `hint`, a sentence of cloudpy's."""
    return CallResult(code="FUNCTION_NOT_FOUND", message=f"FunctionName parameter could not be found. {hint}".rstrip())


class FunctionCaller(Protocol):
    """Runs the functions of one environment by name. Thread-safe, and reentrant from the functions it runs."""

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Run one function to its end. Blocks, so servers call it in a thread.

        Args:
            name: name of the function.
            event: JSON text of the event.
            caller: user at the root of the chain, name of the calling function, and the SOURCE that the called
                function sees (``wx_client,scf``).
            timeout: seconds that the caller waits at most.
        """
        ...

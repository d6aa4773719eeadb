"""The functions that a function calls by name: what runs them, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .users import Caller


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one function that another one called.

    Attributes:
        result: the JSON text of what it returned; of an error that came out of it, the platform's text for it.
        code: the gateway's code when there is no result (``FUNCTIONS_EXECUTE_FAIL``, ``SERVER_TIMEOUT``,
            ``FUNCTION_NOT_FOUND``, …), else empty.
        message: the words that go with the code.
    """

    result: str = ""
    code: str = ""
    message: str = ""


def not_found(hint: str = "") -> Ran:
    """Return what the platform answers for a function that does not exist; `hint` is a sentence of ours after it."""
    return Ran(code="FUNCTION_NOT_FOUND", message=f"FunctionName parameter could not be found. {hint}".rstrip())


class Siblings(Protocol):
    """The functions of one environment, by name; safe to ask from several threads, and by a function they run."""

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> Ran:
        """Runs one function to its end; blocks, so that a server asks in a thread.

        Args:
            name: of the function.
            event: the JSON text of its event.
            caller: who calls: the user at the root of the chain, the name of the function that calls, and the SOURCE
                that the called function sees (``wx_client,scf``).
            timeout: seconds that the caller will wait at the most.
        """
        ...

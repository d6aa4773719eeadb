"""The steps of ``runTransaction``, without I/O: when to start, commit, roll back and retry.

The generator yields the next step and receives its outcome; a failure is thrown into it. Both clients share it, and
tests run it without network and database.
"""

from __future__ import annotations

from collections.abc import Generator

from ..errors import CloudSDKError, TransactionConflictError, TransactionExpiredError, TransactionRolledBackError
from .base import invalid, shown
from .operation import Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_RETRIES = 100
_FIRST_PAUSE = 0.02  # seconds, doubled for each retry; the pause is a random part of it
_MAX_PAUSE = 0.5


class Run:
    """Call the user's function with this transaction, and send its result to the generator."""

    __slots__ = ("transaction",)

    def __init__(self, transaction: State) -> None:
        self.transaction = transaction


class Pause:
    """Wait a random time up to `seconds`, so that two transactions in conflict do not meet again."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class State:
    """One transaction: its id and how it has ended."""

    __slots__ = ("committed", "id", "reason", "rolled_back")

    def __init__(self, id: str) -> None:
        self.id = id
        self.committed = False
        self.rolled_back = False
        self.reason: Any = None


def start() -> Operation:
    """Return the operation that starts a transaction; its result is the State."""
    # Idempotent: the database ends a transaction that nobody uses after 30 seconds.
    return Operation("startTransaction", "startTransaction", {}, _started, idempotent=True, whole=True)


def commit(state: State) -> Operation:
    """Return the operation that commits the transaction."""

    def read(answer: dict[str, Any]) -> dict[str, Any]:
        state.committed = True
        return answer

    params = {"transactionId": state.id}
    return Operation("transaction.commit", "commitTransaction", params, read, whole=True)


def rollback(state: State, reason: Any = None) -> Operation:
    """Return the operation that rolls the transaction back."""

    def read(answer: dict[str, Any]) -> dict[str, Any]:
        state.rolled_back = True
        state.reason = reason
        return answer

    params = {"transactionId": state.id}
    return Operation("transaction.rollback", "abortTransaction", params, read, whole=True)


def check(function: Any, times: Any) -> None:
    """Check the arguments of ``runTransaction``.

    Raises:
        CloudSDKError: the function is not callable, or the number of retries is invalid.
    """
    if not callable(function):
        raise invalid(f"runTransaction:fail expected a function of one transaction, got {shown(function)}")
    if isinstance(times, bool) or not isinstance(times, int) or times > MAX_RETRIES:
        raise invalid(
            f"runTransaction:fail times must be an integer of retries, {MAX_RETRIES} at most, got {shown(times)}"
        )


def run(times: int) -> Generator[Operation | Run | Pause, Any, Any]:
    """Yield the steps of ``runTransaction``; `times` is the number of retries after a conflict, as in Node."""
    retries = 0
    while True:
        state: State = yield start()
        try:
            result = yield Run(state)
            if not state.rolled_back:
                yield commit(state)
                return result
        except GeneratorExit:
            raise
        except BaseException as error:
            if state.rolled_back:
                # As in Node the reason wins: later failures come from the end of the transaction.
                if state.reason is not None or isinstance(error, TransactionExpiredError):
                    raise _reason(state) from error
                raise
            if not state.committed:
                yield from _aborted(state)
            if state.committed or not _is_conflict(error) or retries >= times:
                raise
        else:
            raise _reason(state)
        yield Pause(min(_MAX_PAUSE, _FIRST_PAUSE * 2**retries))
        retries += 1


def _is_conflict(error: BaseException) -> bool:
    """Return whether it was a conflict of transactions; as in Node, a plain write to a busy document is not."""
    return isinstance(error, TransactionConflictError) and error.code == "DATABASE_TRANSACTION_CONFLICT"


def _aborted(state: State) -> Generator[Operation, Any, None]:
    try:
        yield rollback(state)
    except CloudSDKError:
        pass  # a conflict has ended it already, or the database will after 30 seconds; what failed before matters more


def _reason(state: State) -> BaseException:
    if isinstance(state.reason, BaseException):
        return state.reason
    text = "runTransaction:fail the transaction was rolled back"
    if state.reason is not None:
        text += f": {state.reason!r}" if isinstance(state.reason, (str, int, float)) else "; see the error's reason"
    return TransactionRolledBackError(-1, text, api="database", message=text, reason=state.reason)


def _started(answer: dict[str, Any]) -> State:
    id = answer["transactionId"]
    if not isinstance(id, str) or not id:
        raise TypeError
    return State(id)

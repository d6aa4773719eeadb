"""``runTransaction`` as steps, without I/O: when to start, commit, abort, and begin again.

The generator yields what is to be done and is sent what came of it; a failure is thrown into it. So both clients
share one logic, and tests run it with neither network nor database.
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
    """Call the user's function with a transaction of this id; what it returns is wanted."""

    __slots__ = ("transaction",)

    def __init__(self, transaction: State) -> None:
        self.transaction = transaction


class Pause:
    """Let up to so many seconds pass, at random: those that met each other should not meet again."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class State:
    """One transaction: its id, and whether it has ended."""

    __slots__ = ("committed", "id", "reason", "rolled_back")

    def __init__(self, id: str) -> None:
        self.id = id
        self.committed = False
        self.rolled_back = False
        self.reason: Any = None


def start() -> Operation:
    """The operation that starts a transaction; its result is the State."""
    # One that is started twice and used once is ended by the database after 30 seconds: it may be sent again.
    return Operation("startTransaction", "startTransaction", {}, _started, idempotent=True, whole=True)


def commit(state: State) -> Operation:
    """The operation that makes the transaction's changes last."""

    def read(answer: dict[str, Any]) -> dict[str, Any]:
        state.committed = True
        return answer

    params = {"transactionId": state.id}
    return Operation("transaction.commit", "commitTransaction", params, read, whole=True)


def rollback(state: State, reason: Any = None) -> Operation:
    """The operation that undoes the transaction's changes."""

    def read(answer: dict[str, Any]) -> dict[str, Any]:
        state.rolled_back = True
        state.reason = reason
        return answer

    params = {"transactionId": state.id}
    return Operation("transaction.rollback", "abortTransaction", params, read, whole=True)


def check(function: Any, times: Any) -> None:
    """Refuse what ``runTransaction`` cannot run.

    Raises:
        CloudSDKError: the function cannot be called, or the number of retries is none.
    """
    if not callable(function):
        raise invalid(f"runTransaction:fail it takes a function of one transaction, got {shown(function)}")
    if isinstance(times, bool) or not isinstance(times, int) or times > MAX_RETRIES:
        raise invalid(
            f"runTransaction:fail times must be an integer of retries, {MAX_RETRIES} at most, got {shown(times)}"
        )


def run(times: int) -> Generator[Operation | Run | Pause, Any, Any]:
    """The steps of ``runTransaction``; `times` is the number of retries after a conflict, as in Node."""
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
                # As in Node, the reason counts: what fails after it does so because the transaction has ended.
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
    """Whether the transaction met a conflict. As in Node, a plain write that met a busy document is none."""
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
